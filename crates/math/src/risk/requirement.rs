//! What a book in one underlying is worth and can lose.

use super::UnderlyingBook;
use super::scenario::{MOVES, SCENARIOS, scenario};
use crate::quantity::{E9, Lots, Price, Ratio, Value};
use crate::{MathError, Round, mul_div, mul_div_signed};

/// Parameters of the requirement in one underlying, besides its scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskParams {
    /// Initial contingency per net short option, as a fraction of spot.
    pub initial_short: Ratio,
    /// Maintenance contingency per net short option, as a fraction of spot.
    pub maintenance_short: Ratio,
    /// Contingency on the net delta of each expiry.
    pub roll: Ratio,
    /// Initial contingency per option above the free share of its strike's open interest, as a fraction of spot.
    pub concentration: Ratio,
}

/// What one underlying contributes to an account's health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnderlyingRisk {
    /// Options at mark.
    pub option_value: Value,
    /// Collateral after haircut.
    pub collateral_value: Value,
    /// Haircut taken from the collateral.
    pub haircut: Value,
    /// W: greatest weighted loss over the scenarios, not negative.
    pub scenario_loss: Value,
    /// Scenario of that loss.
    pub worst_scenario: u8,
    /// Greatest loss when option gains do not count: the withdrawal rule's counterpart of W.
    pub withdrawal_loss: Value,
    /// Contingencies of the initial requirement.
    pub initial_contingency: Value,
    /// Contingencies of the maintenance requirement.
    pub maintenance_contingency: Value,
    /// What the initial requirement adds for the price's interval, and for what re-centring may hide.
    pub initial_uncertainty: Value,
    /// The same for a withdrawal, where options without shorts count for nothing and so cost nothing.
    pub withdrawal_uncertainty: Value,
    /// What a liquidation must leave to the account: how much better it may stand somewhere in the oracle's confidence
    /// interval, or once its arrays are refreshed.
    pub liquidation_tolerance: Value,
}

impl UnderlyingRisk {
    /// The same where the book cannot lose more than `greatest_loss` until its last expiry, marks included: no requirement
    /// asks for more than that. Source: design section 5.2.
    #[must_use]
    pub fn capped(self, greatest_loss: Value) -> Self {
        let limit = greatest_loss.or_zero();
        let scenario_loss = self.scenario_loss.min(limit);
        // Both are at least zero and the loss at most the limit, so the rest is not negative.
        let rest = limit.try_sub(scenario_loss).unwrap_or(Value::ZERO);
        Self {
            scenario_loss,
            initial_contingency: self.initial_contingency.min(rest),
            maintenance_contingency: self.maintenance_contingency.min(rest),
            ..self
        }
    }
}

impl UnderlyingBook<'_> {
    /// What the book is worth and can lose. Adds each scenario's weighted result to `systemic_e9`, for the losses that
    /// several underlyings have together. Results round down, requirements up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn assess(
        &mut self,
        params: &RiskParams,
        systemic_e9: &mut [i64; SCENARIOS],
    ) -> Result<UnderlyingRisk, MathError> {
        self.close_group()?;
        let haircut = self.base_haircut;
        let collateral_value = self.base_value.try_sub(haircut)?;
        let (mut worst, mut worst_withdrawal, mut worst_scenario) = (0_i64, 0_i64, 0_u8);
        // A put is the call less the forward, which moves with the price.
        let of_puts = self.shocks.linear_e9(self.put_forward_total()?.try_neg()?)?;
        let of_collateral = self.shocks.linear_e9(collateral_value)?;
        // Without shorts an option's value is never negative: only rounding could say so.
        let option_value_e9 = if self.holds_short {
            self.option_value.e9()
        } else {
            i64::MAX
        };
        for (index, (pnl, systemic)) in (0_u8..).zip(self.pnl_e9.iter().zip(systemic_e9)) {
            let price_move = scenario(usize::from(index)).price_move;
            let at = |results: &[i64; MOVES]| results.get(price_move).copied().unwrap_or(0);
            let options = pnl.checked_add(at(&of_puts)).ok_or(MathError::Overflow)?;
            let options = self.shocks.weighted(price_move, options);
            let collateral = self.shocks.weighted(price_move, at(&of_collateral));
            let total = options.checked_add(collateral).ok_or(MathError::Overflow)?;
            if total < worst {
                (worst, worst_scenario) = (total, index);
            }
            let held = option_value_e9.saturating_add(options).min(0);
            worst_withdrawal = worst_withdrawal.min(held.checked_add(collateral).ok_or(MathError::Overflow)?);
            *systemic = systemic.checked_add(total).ok_or(MathError::Overflow)?;
        }
        let deltas = self.deltas(collateral_value)?;
        let (initial_contingency, maintenance_contingency) = self.contingencies(params, &deltas)?;
        let settled_debt = self.settled_value.try_neg()?.or_zero();
        Ok(UnderlyingRisk {
            option_value: self.option_value.try_add(self.settled_value)?,
            collateral_value,
            haircut,
            scenario_loss: Value::from_e9(worst).try_neg()?,
            worst_scenario,
            withdrawal_loss: Value::from_e9(worst_withdrawal).try_sub(settled_debt)?.try_neg()?,
            initial_contingency,
            maintenance_contingency,
            initial_uncertainty: self.initial_uncertainty(deltas.options_e9, deltas.collateral_e9, true)?,
            withdrawal_uncertainty: self.initial_uncertainty(
                deltas.options_e9,
                deltas.collateral_e9,
                self.holds_short,
            )?,
            liquidation_tolerance: self.liquidation_tolerance(&deltas)?,
        })
    }

    fn put_forward_total(&self) -> Result<Value, MathError> {
        let mut total = Value::ZERO;
        for value in self.put_forward {
            total = total.try_add(value)?;
        }
        Ok(total)
    }

    /// Deltas with respect to spot. A put's is the call's less the forward's.
    fn deltas(&self, collateral_value: Value) -> Result<Deltas, MathError> {
        let mut deltas = Deltas::default();
        for (put_forward, call_delta) in self.put_forward.iter().zip(self.call_delta_e9) {
            if *put_forward == Value::ZERO && call_delta == 0 {
                continue;
            }
            let of_puts = self.per_spot(*put_forward)?;
            let net = call_delta.checked_sub(of_puts).ok_or(MathError::Overflow)?;
            deltas.options_e9 = deltas.options_e9.checked_add(net).ok_or(MathError::Overflow)?;
            deltas.expiries_e9 = deltas
                .expiries_e9
                .checked_add(net.unsigned_abs())
                .ok_or(MathError::Overflow)?;
        }
        deltas.collateral_e9 = self.per_spot(collateral_value)?;
        Ok(deltas)
    }

    /// Value over spot, in 1e-9 units of the underlying, rounded down; nothing without a price.
    fn per_spot(&self, value: Value) -> Result<i64, MathError> {
        match self.interval.spot().e9() {
            spot_e9 if spot_e9 != 0 && value != Value::ZERO => mul_div_signed(value.e9(), E9, spot_e9, Round::Down),
            _ => Ok(0),
        }
    }

    /// Naked shorts, expiry deltas and concentration. None where the account is short nothing.
    fn contingencies(&self, params: &RiskParams, deltas: &Deltas) -> Result<(Value, Value), MathError> {
        if !self.holds_short {
            return Ok((Value::ZERO, Value::ZERO));
        }
        let lot_value = self.lot.value(self.interval.spot(), Round::Up)?;
        let notional = |lots: u64| {
            let lots = i64::try_from(lots).map_err(|_| MathError::Overflow)?;
            Lots::new(lots).value(lot_value)
        };
        let shorts = notional(self.net_short_lots)?;
        let delta_notional = delta_value(deltas.expiries_e9, self.interval.spot())?;
        let roll = params.roll.of(delta_notional, Round::Up)?;
        let concentration = params.concentration.of(notional(self.concentrated_lots)?, Round::Up)?;
        let initial = params
            .initial_short
            .of(shorts, Round::Up)?
            .try_add(roll)?
            .try_add(concentration)?;
        let maintenance = params.maintenance_short.of(shorts, Round::Up)?.try_add(roll)?;
        Ok((initial, maintenance))
    }

    /// Cost of the price's interval to collateral and, if they count, options, and what re-centring may hide of these.
    fn initial_uncertainty(
        &self,
        options_e9: i64,
        collateral_e9: i64,
        options_count: bool,
    ) -> Result<Value, MathError> {
        let counted = if options_count { options_e9 } else { 0 };
        let delta = counted.checked_add(collateral_e9).ok_or(MathError::Overflow)?;
        let cost = signed(self.interval.worst_loss_e9(delta)?)?;
        if options_count {
            cost.try_add(self.recentring)
        } else {
            Ok(cost)
        }
    }

    /// What delta and drift can be worth over the oracle's confidence, besides re-centring.
    fn liquidation_tolerance(&self, deltas: &Deltas) -> Result<Value, MathError> {
        let delta = deltas
            .options_e9
            .checked_add(deltas.collateral_e9)
            .ok_or(MathError::Overflow)?;
        let first_order = signed(self.interval.confidence_cost_e9(delta)?)?;
        let (spot_e9, confidence_e9) = (self.interval.spot().e9(), self.interval.confidence().e9());
        let by_drift = if spot_e9 == 0 || confidence_e9 == 0 {
            Value::ZERO
        } else {
            mul_div_signed(self.drift.e9(), confidence_e9, spot_e9, Round::Up).map(Value::from_e9)?
        };
        first_order.try_add(by_drift)?.try_add(self.recentring)
    }
}

/// Deltas of a book in 1e-9 units of the underlying.
#[derive(Clone, Copy, Default)]
struct Deltas {
    options_e9: i64,
    collateral_e9: i64,
    /// Sum over expiries of the magnitude.
    expiries_e9: u64,
}

/// What a delta is worth at a price, rounded up.
fn delta_value(delta_e9: u64, price: Price) -> Result<Value, MathError> {
    signed(mul_div(delta_e9, price.e9(), E9, Round::Up)?)
}

fn signed(value_e9: u64) -> Result<Value, MathError> {
    i64::try_from(value_e9)
        .map(Value::from_e9)
        .map_err(|_| MathError::Overflow)
}
