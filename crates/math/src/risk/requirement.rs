//! What a book in one underlying is worth and can lose.

use super::UnderlyingBook;
use super::drift::recentred;
use super::scenario::{MOVES, PRICE_MOVES, SCENARIOS};
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

/// What a health is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A trade or a withdrawal, which the price's uncertainty counts against.
    Action,
    /// Starting a liquidation, before which it counts for the account: that costs another pass over the scenarios.
    Liquidation,
    /// The maintenance requirement alone.
    Maintenance,
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
    /// Greatest loss when option gains do not count: the withdrawal rule's counterpart of W, at what options are worth on former
    /// slices as far as it is no larger than it could be at the marks.
    pub withdrawal_loss: Value,
    /// Contingencies of the initial requirement, with what the options may be worth less on former slices.
    pub initial_contingency: Value,
    /// The same for a withdrawal, with the rest of the loss on former slices: nothing where options still count for nothing there.
    pub withdrawal_contingency: Value,
    /// What the options may be worth less on former slices.
    pub former_cost: Value,
    /// What of that takes the place of the scenarios' loss below the greatest loss, where there is no room for both. The initial
    /// requirement gives no credit on it.
    pub uncredited_loss: Value,
    /// Contingencies of the maintenance requirement.
    pub maintenance_contingency: Value,
    /// What the initial requirement adds for the price's interval, and for what re-centring may hide.
    pub initial_uncertainty: Value,
    /// The same for a withdrawal, where options without shorts count for nothing and so cost nothing.
    pub withdrawal_uncertainty: Value,
    /// What a liquidation must leave to the account: how much better it may stand somewhere in the oracle's confidence
    /// interval, or once its arrays are refreshed. Only for [`Purpose::Liquidation`].
    pub liquidation_tolerance: Option<Value>,
}

impl UnderlyingRisk {
    /// The same where the book cannot lose more than `greatest_loss` until its last expiry, marks included: no requirement
    /// asks for more than that. The least of two sub-additive numbers is not sub-additive, so merging capped books may cost
    /// more than they did apart; the scenarios' sums for the correlation credit are left as they are.
    ///
    /// What former slices cost is the first part of an initial requirement: options that are worth less already can lose so
    /// much less in scenarios. Source: design section 5.2; decision 0020.
    #[must_use]
    pub fn capped(self, greatest_loss: Value) -> Self {
        let limit = greatest_loss.or_zero();
        let scenario_loss = self.scenario_loss.min(limit);
        // Both are at least zero and the loss at most the limit, so the rest is not negative.
        let rest = limit.try_sub(scenario_loss).unwrap_or(Value::ZERO);
        let former_cost = self.former_cost.min(limit);
        Self {
            scenario_loss,
            // Of two numbers that are not negative.
            uncredited_loss: former_cost.try_sub(rest).unwrap_or(Value::ZERO).or_zero(),
            initial_contingency: self.initial_contingency.min(rest),
            withdrawal_contingency: self.withdrawal_contingency.min(rest),
            maintenance_contingency: self.maintenance_contingency.min(rest),
            ..self
        }
    }
}

impl UnderlyingRisk {
    /// The same with an initial requirement of at least `requirement`, before any credit: what it lacks is a contingency, of
    /// withdrawals too. The maintenance requirement stays. Source: design section 5.3.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn raised_to(self, requirement: Value) -> Result<Self, MathError> {
        let missing = requirement
            .try_sub(self.scenario_loss)?
            .try_sub(self.initial_contingency)?
            .or_zero();
        Ok(Self {
            initial_contingency: self.initial_contingency.try_add(missing)?,
            withdrawal_contingency: self.withdrawal_contingency.try_add(missing)?,
            ..self
        })
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
        purpose: Purpose,
        systemic_e9: &mut [i64; SCENARIOS],
    ) -> Result<UnderlyingRisk, MathError> {
        self.close_groups()?;
        let haircut = self.base_haircut;
        let collateral_value = self.base_value.try_sub(haircut)?;
        let put_forward = self.put_forward_total()?;
        let losses = self.losses(put_forward, collateral_value, systemic_e9)?;
        let deltas = self.deltas(collateral_value)?;
        let (initial_contingency, maintenance_contingency) = self.contingencies(params, &deltas)?;
        let scenario_loss = Value::from_e9(losses.worst_e9).try_neg()?;
        let withdrawal_loss = Value::from_e9(losses.worst_withdrawal_e9).try_neg()?;
        let of_former_slices = if self.former_cost == Value::ZERO {
            Value::ZERO
        } else {
            // At the marks either options count for nothing, or they count in full: then W and what they are short of nothing.
            let at_marks = collateral_value.max(scenario_loss.try_sub(self.option_value)?);
            withdrawal_loss.try_sub(at_marks.or_zero())?.or_zero()
        };
        let settled_debt = self.settled_value.try_neg()?.or_zero();
        let of_collateral = self.interval_cost(deltas.collateral_e9)?;
        let of_all = self.interval_cost(deltas.total_e9()?)?.try_add(self.recentring)?;
        Ok(UnderlyingRisk {
            option_value: self.option_value.try_add(self.settled_value)?,
            collateral_value,
            haircut,
            scenario_loss,
            worst_scenario: losses.worst_scenario,
            withdrawal_loss: withdrawal_loss.try_sub(of_former_slices)?.try_add(settled_debt)?,
            initial_contingency: initial_contingency.try_add(self.former_cost)?,
            withdrawal_contingency: initial_contingency.try_add(of_former_slices)?,
            former_cost: self.former_cost,
            uncredited_loss: Value::ZERO,
            maintenance_contingency,
            initial_uncertainty: of_all,
            // Options may count for nothing where the price truly is, and then collateral stands alone.
            withdrawal_uncertainty: if self.holds_short {
                of_all.max(of_collateral)
            } else {
                of_collateral
            },
            liquidation_tolerance: match purpose {
                Purpose::Action | Purpose::Maintenance => None,
                Purpose::Liquidation => Some(self.liquidation_tolerance(&deltas, put_forward, collateral_value)?),
            },
        })
    }

    /// The worst weighted results over the scenarios, zero if none is a loss.
    fn losses(
        &self,
        put_forward: Value,
        collateral_value: Value,
        systemic_e9: &mut [i64; SCENARIOS],
    ) -> Result<Losses, MathError> {
        // A put is the call less the forward, which moves with the price.
        let of_puts = self.shocks.linear_e9(put_forward.try_neg()?)?;
        let of_collateral = self.shocks.weighted_linear_e9(collateral_value)?;
        // Without shorts an option's value is never negative: only rounding could say so, or a bound on what it may be.
        let option_value_e9 = if self.holds_short {
            self.option_value.try_sub(self.former_cost)?.e9()
        } else {
            i64::MAX
        };
        let mut losses = Losses::default();
        let scenarios = self.pnl_e9.iter().zip(systemic_e9).zip(PRICE_MOVES);
        for (index, ((pnl, systemic), price_move)) in (0_u8..).zip(scenarios) {
            let at = |results: &[i64; MOVES]| results.get(price_move).copied().unwrap_or(0);
            let options = pnl.checked_add(at(&of_puts)).ok_or(MathError::Overflow)?;
            let options = self.shocks.weighted(price_move, options);
            let collateral = at(&of_collateral);
            let total = options.checked_add(collateral).ok_or(MathError::Overflow)?;
            if total < losses.worst_e9 {
                (losses.worst_e9, losses.worst_scenario) = (total, index);
            }
            let held = option_value_e9.saturating_add(options).min(0);
            let withdrawal = held.checked_add(collateral).ok_or(MathError::Overflow)?;
            losses.worst_withdrawal_e9 = losses.worst_withdrawal_e9.min(withdrawal);
            *systemic = systemic.checked_add(total).ok_or(MathError::Overflow)?;
        }
        Ok(losses)
    }

    fn put_forward_total(&self) -> Result<Value, MathError> {
        let mut total = Value::ZERO;
        for value in self.put_forward.iter().take(self.expiries) {
            total = total.try_add(*value)?;
        }
        Ok(total)
    }

    /// Deltas with respect to spot. A put's is the call's less the forward's.
    fn deltas(&self, collateral_value: Value) -> Result<Deltas, MathError> {
        let mut deltas = Deltas::default();
        for (put_forward, call_delta) in self.put_forward.iter().zip(self.call_delta_e9).take(self.expiries) {
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

    /// Cost of the price's interval to a delta.
    fn interval_cost(&self, delta_e9: i64) -> Result<Value, MathError> {
        signed(self.interval.worst_loss_e9(delta_e9)?)
    }

    /// How much better maintenance health may be anywhere in the oracle's confidence interval, or after a refresh.
    ///
    /// Equity less a part of a scenario's loss is part value now, part value in the scenario: so it moves by at most the
    /// larger of the two. Each value moves by its middle slope and, as after any step, by the drift. Contingencies are taken as they
    /// stand. Rounds up.
    fn liquidation_tolerance(
        &self,
        deltas: &Deltas,
        put_forward: Value,
        collateral_value: Value,
    ) -> Result<Value, MathError> {
        let (spot_e9, confidence_e9) = (self.interval.spot().e9(), self.interval.confidence().e9());
        if spot_e9 == 0 || confidence_e9 == 0 {
            return Ok(self.recentring);
        }
        let step_q30 = mul_div(confidence_e9, 1 << 30, spot_e9, Round::Up)?.min(1 << 30);
        let moved = recentred(&self.pnl_e9, self.shocks, step_q30.cast_signed())?;
        let linear = collateral_value.try_sub(put_forward)?;
        let linear_moves = self.shocks.linear_e9(linear)?;
        let mut largest = self.interval.confidence_cost_e9(deltas.total_e9()?)?;
        for ((moved, pnl), price_move) in moved.iter().zip(self.pnl_e9).zip(PRICE_MOVES) {
            let at_move = linear_moves.get(price_move).copied().unwrap_or(0);
            let linear_e9 = linear.e9().checked_add(at_move).ok_or(MathError::Overflow)?;
            let of_linear = mul_div_signed(linear_e9, step_q30, 1 << 30, Round::Down)?;
            let change = moved.checked_sub(pnl).and_then(|change| change.checked_add(of_linear));
            largest = largest.max(change.ok_or(MathError::Overflow)?.unsigned_abs().saturating_add(2));
        }
        let by_drift = mul_div_signed(self.drift.e9(), step_q30, 1 << 30, Round::Up).map(Value::from_e9)?;
        signed(largest)?.try_add(by_drift)?.try_add(self.recentring)
    }
}

/// Weighted results of the worst scenarios, USD x 1e9, not positive.
#[derive(Clone, Copy, Default)]
struct Losses {
    worst_e9: i64,
    worst_scenario: u8,
    worst_withdrawal_e9: i64,
}

/// Deltas of a book in 1e-9 units of the underlying.
#[derive(Clone, Copy, Default)]
struct Deltas {
    options_e9: i64,
    collateral_e9: i64,
    /// Sum over expiries of the magnitude.
    expiries_e9: u64,
}

impl Deltas {
    fn total_e9(&self) -> Result<i64, MathError> {
        self.options_e9
            .checked_add(self.collateral_e9)
            .ok_or(MathError::Overflow)
    }
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
