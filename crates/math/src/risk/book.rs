//! What an account holds in one underlying, and what it can lose there.

use super::scenario::{MOVES, PriceShocks, SCENARIOS, scenario};
use crate::quantity::{E9, LotSize, Lots, Price, Ratio, Value};
use crate::{MathError, Round, mul_div, mul_div_signed};

/// Most expiries that one account can hold in one underlying.
pub const MAX_EXPIRIES: usize = 16;

/// A strike as the account's book needs it: [`super::StrikeRisk`] with the spot price at which it was computed.
#[derive(Clone, Copy, Debug)]
pub struct StrikeView<'a> {
    /// Spot at which the array was computed.
    pub reference: Price,
    /// Mark of the call per lot at the reference.
    pub mark: Value,
    /// Discounted forward per lot at the reference.
    pub forward_value: Value,
    /// Discounted strike per lot.
    pub strike_value: Value,
    /// Delta of the call, 1e-9 units of the underlying per lot.
    pub delta_units_e9: i64,
    /// Gamma cash per lot.
    pub gamma_cash: Value,
    /// Results of the call in each scenario.
    pub pnl_e9: &'a [i64; SCENARIOS],
    /// Largest magnitude among them.
    pub pnl_bound_e9: u64,
}

/// Marks of a strike's call and put, per lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Value of one lot of the call.
    pub call: Value,
    /// Value of one lot of the put.
    pub put: Value,
    /// Discounted forward per lot at the present spot.
    pub forward: Value,
}

impl StrikeView<'_> {
    /// Marks moved to the present spot, to first order in the call's delta and exactly in the forward; never below
    /// intrinsic. Rounded down per lot, so long and short are marked at the same number. Source: design section 5.3.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] if the reference is zero (never refreshed); [`MathError::Overflow`].
    pub fn marks(&self, spot: Price) -> Result<Marks, MathError> {
        if spot == self.reference && spot.e9() != 0 {
            // Nothing to move: the common case, since whoever acts refreshes first.
            let parity = self.forward_value.try_sub(self.strike_value)?;
            let call = self.mark.max(parity).or_zero();
            return Ok(Marks {
                call,
                put: call.try_sub(parity)?,
                forward: self.forward_value,
            });
        }
        let step_e9 = difference_e9(spot, self.reference)?;
        let forward = Value::from_e9(mul_div_signed(
            self.forward_value.e9(),
            spot.e9(),
            self.reference.e9(),
            Round::Down,
        )?);
        let moved = mul_div_signed(step_e9, self.delta_units_e9.unsigned_abs(), E9, Round::Down)?;
        let parity = forward.try_sub(self.strike_value)?;
        let call = self.mark.try_add(Value::from_e9(moved))?.max(parity).or_zero();
        Ok(Marks {
            call,
            put: call.try_sub(parity)?,
            forward,
        })
    }
}

fn difference_e9(a: Price, b: Price) -> Result<i64, MathError> {
    let to_signed = |price: Price| i64::try_from(price.e9()).map_err(|_| MathError::Overflow);
    to_signed(a)?.checked_sub(to_signed(b)?).ok_or(MathError::Overflow)
}

/// Collateral priced by the underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collateral {
    /// Amount in 1e-9 units of the underlying.
    pub units_e9: u64,
    /// Worth at the oracle price.
    pub value: Value,
    /// Part of the worth that does not count.
    pub haircut: Ratio,
}

/// Parameters of the requirement in one underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskParams {
    /// Price moves and tail weights.
    pub shocks: PriceShocks,
    /// Initial contingency per net short option, as a fraction of spot.
    pub initial_short: Ratio,
    /// Maintenance contingency per net short option, as a fraction of spot.
    pub maintenance_short: Ratio,
    /// Contingency on the net delta of each expiry.
    pub roll: Ratio,
}

/// An account's positions and collateral in one underlying, summed strike by strike.
#[derive(Clone, Debug)]
pub struct UnderlyingBook {
    spot: Price,
    confidence: Price,
    lot: LotSize,
    /// Sum over strikes of (call + put lots) x the call's result.
    pnl_e9: [i64; SCENARIOS],
    /// Bound on every entry of `pnl_e9`, kept below 2^63: why the sums may wrap without wrapping.
    pnl_bound_e9: u64,
    /// Sum of put lots x the forward per lot: what parity takes off for each relative move.
    put_forward: Value,
    option_value: Value,
    /// Payoffs of settled expiries: certain, so a debt among them is a debt like negative cash.
    settled_value: Value,
    option_delta_e9: i64,
    expiry_delta_e9: [i64; MAX_EXPIRIES],
    second_order: Value,
    net_short_lots: u64,
    net_call_lots: Lots,
    holds_short: bool,
    base_units_e9: u64,
    base_value: Value,
    base_haircut: Value,
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
    /// What the price's confidence interval can cost, to first order, and what the marks' first-order re-centring can
    /// hide, to second order.
    pub uncertainty: Value,
    /// The same for a withdrawal, where options without shorts count for nothing and so cost nothing.
    pub withdrawal_uncertainty: Value,
}

impl UnderlyingBook {
    /// An empty book at a spot price known to within `confidence`.
    pub const fn new(spot: Price, confidence: Price, lot: LotSize) -> Self {
        Self {
            spot,
            confidence,
            lot,
            pnl_e9: [0; SCENARIOS],
            pnl_bound_e9: 0,
            put_forward: Value::ZERO,
            option_value: Value::ZERO,
            settled_value: Value::ZERO,
            option_delta_e9: 0,
            expiry_delta_e9: [0; MAX_EXPIRIES],
            second_order: Value::ZERO,
            net_short_lots: 0,
            net_call_lots: Lots::ZERO,
            holds_short: false,
            base_units_e9: 0,
            base_value: Value::ZERO,
            base_haircut: Value::ZERO,
        }
    }

    /// Adds a strike's call and put. `expiry` tells expiries apart and is below [`MAX_EXPIRIES`].
    ///
    /// # Errors
    /// [`MathError::Overflow`] where a sum could leave the range of [`Value`]; [`MathError::OutOfDomain`] for an expiry
    /// out of range; [`MathError::DivideByZero`] for a strike that was never refreshed.
    pub fn add_strike(
        &mut self,
        expiry: usize,
        call: Lots,
        put: Lots,
        strike: &StrikeView<'_>,
    ) -> Result<(), MathError> {
        let net = call.try_add(put)?;
        let bound = net
            .magnitude()
            .checked_mul(strike.pnl_bound_e9)
            .ok_or(MathError::Overflow)?;
        self.pnl_bound_e9 = self
            .pnl_bound_e9
            .checked_add(bound)
            .filter(|bound| i64::try_from(*bound).is_ok())
            .ok_or(MathError::Overflow)?;
        // Every partial sum is at most the bound above, below 2^63: wrapping never happens, and checking each of the 33
        // products would cost eight times as much.
        for (sum, pnl) in self.pnl_e9.iter_mut().zip(strike.pnl_e9) {
            *sum = sum.wrapping_add(net.get().wrapping_mul(*pnl));
        }
        let marks = strike.marks(self.spot)?;
        let value = call.value(marks.call)?.try_add(put.value(marks.put)?)?;
        self.option_value = self.option_value.try_add(value)?;
        self.put_forward = self.put_forward.try_add(put.value(strike.forward_value)?)?;
        self.add_delta(expiry, net, put, strike)?;
        self.add_second_order(net, strike)?;
        // A call and a put of opposite sign are a conversion: no naked option.
        let short = if net.get() < 0 { net.magnitude() } else { 0 };
        self.net_short_lots = self.net_short_lots.checked_add(short).ok_or(MathError::Overflow)?;
        self.net_call_lots = self.net_call_lots.try_add(call)?;
        self.holds_short |= call.get() < 0 || put.get() < 0;
        Ok(())
    }

    fn add_delta(&mut self, expiry: usize, net: Lots, put: Lots, strike: &StrikeView<'_>) -> Result<(), MathError> {
        let forward_units = mul_div_signed(strike.forward_value.e9(), E9, strike.reference.e9(), Round::Down)?;
        let calls = net
            .get()
            .checked_mul(strike.delta_units_e9)
            .ok_or(MathError::Overflow)?;
        let puts = put.get().checked_mul(forward_units).ok_or(MathError::Overflow)?;
        let delta = calls.checked_sub(puts).ok_or(MathError::Overflow)?;
        let place = self.expiry_delta_e9.get_mut(expiry).ok_or(MathError::OutOfDomain)?;
        *place = place.checked_add(delta).ok_or(MathError::Overflow)?;
        self.option_delta_e9 = self.option_delta_e9.checked_add(delta).ok_or(MathError::Overflow)?;
        Ok(())
    }

    /// Half the gamma cash times the squared relative step since the reference.
    fn add_second_order(&mut self, net: Lots, strike: &StrikeView<'_>) -> Result<(), MathError> {
        let step_e9 = difference_e9(self.spot, strike.reference)?;
        if step_e9 == 0 {
            return Ok(());
        }
        let relative_e9 = mul_div(step_e9.unsigned_abs(), E9, strike.reference.e9(), Round::Up)?;
        let once = mul_div_signed(strike.gamma_cash.e9(), relative_e9, E9, Round::Up)?;
        let per_lot = mul_div_signed(once, relative_e9, 2_000_000_000, Round::Up)?;
        let magnitude = i64::try_from(net.magnitude()).map_err(|_| MathError::Overflow)?;
        let cost = Lots::new(magnitude).value(Value::from_e9(per_lot))?;
        self.second_order = self.second_order.try_add(cost)?;
        Ok(())
    }

    /// Adds the certain payoff of a settled expiry: equity in full; for a withdrawal a gain counts for nothing until it is
    /// paid out, and a debt in full, whatever unexpired options are worth.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add_settled(&mut self, payoff: Value) -> Result<(), MathError> {
        self.settled_value = self.settled_value.try_add(payoff)?;
        Ok(())
    }

    /// Adds collateral priced by this underlying. The haircut rounds up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add_collateral(&mut self, collateral: Collateral) -> Result<(), MathError> {
        self.base_units_e9 = self
            .base_units_e9
            .checked_add(collateral.units_e9)
            .ok_or(MathError::Overflow)?;
        self.base_value = self.base_value.try_add(collateral.value)?;
        self.base_haircut = self
            .base_haircut
            .try_add(collateral.haircut.of(collateral.value, Round::Up)?)?;
        Ok(())
    }

    /// Haircut that remains when collateral matched by net short calls takes none (it is their cover). Rounds up.
    fn uncovered_haircut(&self) -> Result<Value, MathError> {
        let short_calls = if self.net_call_lots.get() < 0 {
            self.net_call_lots.magnitude()
        } else {
            0
        };
        let short_units = short_calls.saturating_mul(self.lot.units_e9());
        let uncovered = self.base_units_e9.saturating_sub(short_units);
        if uncovered == self.base_units_e9 {
            return Ok(self.base_haircut);
        }
        mul_div_signed(self.base_haircut.e9(), uncovered, self.base_units_e9, Round::Up).map(Value::from_e9)
    }

    /// What the book is worth and can lose. Adds each scenario's weighted result to `systemic_e9`, for the losses that
    /// several underlyings have together. Results round down, requirements up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn assess(&self, params: &RiskParams, systemic_e9: &mut [i64; SCENARIOS]) -> Result<UnderlyingRisk, MathError> {
        let haircut = self.uncovered_haircut()?;
        let collateral_value = self.base_value.try_sub(haircut)?;
        let (mut worst, mut worst_withdrawal, mut worst_scenario) = (0_i64, 0_i64, 0_u8);
        let linear = self.linear_results(&params.shocks, collateral_value)?;
        for (index, (pnl, systemic)) in (0_u8..).zip(self.pnl_e9.iter().zip(systemic_e9)) {
            let price_move = scenario(usize::from(index)).price_move;
            let (put_shift, collateral) = linear.get(price_move).copied().ok_or(MathError::OutOfDomain)?;
            let options = pnl.checked_add(put_shift).ok_or(MathError::Overflow)?;
            let options = params.shocks.weighted(price_move, options)?;
            let collateral = params.shocks.weighted(price_move, collateral)?;
            let total = options.checked_add(collateral).ok_or(MathError::Overflow)?;
            if total < worst {
                (worst, worst_scenario) = (total, index);
            }
            // Without shorts an option's value is never negative: only rounding could say so.
            let held = if self.holds_short {
                self.option_value
                    .e9()
                    .checked_add(options)
                    .ok_or(MathError::Overflow)?
                    .min(0)
            } else {
                0
            };
            worst_withdrawal = worst_withdrawal.min(held.checked_add(collateral).ok_or(MathError::Overflow)?);
            *systemic = systemic.checked_add(total).ok_or(MathError::Overflow)?;
        }
        let (initial_contingency, maintenance_contingency) = self.contingencies(params)?;
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
            uncertainty: self.uncertainty(collateral_value, true)?,
            withdrawal_uncertainty: self.uncertainty(collateral_value, self.holds_short)?,
        })
    }

    /// Per move: what parity takes off the puts, and what the collateral gains.
    fn linear_results(&self, shocks: &PriceShocks, collateral_value: Value) -> Result<[(i64, i64); MOVES], MathError> {
        let mut results = [(0, 0); MOVES];
        for (result, move_e9) in results.iter_mut().zip(shocks.moves_e9()) {
            let puts = mul_div_signed(
                signed_by(self.put_forward.e9(), *move_e9)?,
                move_e9.unsigned_abs(),
                E9,
                Round::Up,
            )?;
            let base = signed_by(collateral_value.e9(), *move_e9)?;
            *result = (
                puts.checked_neg().ok_or(MathError::Overflow)?,
                mul_div_signed(base, move_e9.unsigned_abs(), E9, Round::Down)?,
            );
        }
        Ok(results)
    }

    /// Naked shorts and expiry deltas. None where the account is short nothing.
    fn contingencies(&self, params: &RiskParams) -> Result<(Value, Value), MathError> {
        if !self.holds_short {
            return Ok((Value::ZERO, Value::ZERO));
        }
        let shorts = i64::try_from(self.net_short_lots).map_err(|_| MathError::Overflow)?;
        let short_notional = Lots::new(shorts).value(self.lot.value(self.spot, Round::Up)?)?;
        let mut delta_notional = Value::ZERO;
        for delta_e9 in self.expiry_delta_e9 {
            delta_notional = delta_notional.try_add(self.delta_cost(delta_e9, self.spot)?)?;
        }
        let roll = params.roll.of(delta_notional, Round::Up)?;
        let initial = params.initial_short.of(short_notional, Round::Up)?.try_add(roll)?;
        let maintenance = params.maintenance_short.of(short_notional, Round::Up)?.try_add(roll)?;
        Ok((initial, maintenance))
    }

    /// Cost of the confidence interval to collateral and, if they count, options.
    fn uncertainty(&self, collateral_value: Value, options_count: bool) -> Result<Value, MathError> {
        let base_units = match self.spot.e9() {
            0 => 0,
            spot_e9 => mul_div_signed(collateral_value.e9(), E9, spot_e9, Round::Down)?,
        };
        if !options_count {
            return self.delta_cost(base_units, self.confidence);
        }
        let delta = self
            .option_delta_e9
            .checked_add(base_units)
            .ok_or(MathError::Overflow)?;
        self.delta_cost(delta, self.confidence)?.try_add(self.second_order)
    }

    /// Magnitude of what a delta gains or loses over a price step, rounded up.
    fn delta_cost(&self, delta_e9: i64, step: Price) -> Result<Value, MathError> {
        let cost = mul_div(delta_e9.unsigned_abs(), step.e9(), E9, Round::Up)?;
        i64::try_from(cost).map(Value::from_e9).map_err(|_| MathError::Overflow)
    }
}

/// `value`, negated if `sign` is negative.
fn signed_by(value: i64, sign: i64) -> Result<i64, MathError> {
    if sign < 0 {
        value.checked_neg().ok_or(MathError::Overflow)
    } else {
        Ok(value)
    }
}
