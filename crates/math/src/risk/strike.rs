//! A strike as an account's book reads it.

use super::scenario::SCENARIOS;
use crate::quantity::{E9, Price, Value};
use crate::{MathError, Round, mul_div, mul_div_signed};

/// A strike as the account's book needs it: [`super::StrikeRisk`] with the spot price at which it was computed.
///
/// Marks and results hold at the reference. Near it they are re-centred to first order, and the error is at most
/// [`StrikeView::recentring_doubt`] a lot, in mark and in any scenario of an account's equity less requirement: proved
/// from the convexity of a call in the price, for steps up to 3% and at most a fifth of the price range.
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
    /// Bound on the error of re-centring per unit of relative step, USD x 1e9 per lot.
    pub drift_e9: u64,
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

    /// Most that a lot's value and results may be off once they are re-centred to `spot`: drift times the relative step, and
    /// what the rounding of the step and of the results costs. Rounds up; nothing at the reference itself.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] if the reference is zero (never refreshed); [`MathError::Overflow`].
    pub fn recentring_doubt(&self, spot: Price) -> Result<Value, MathError> {
        /// Units that marks, results and the differences between them lose to rounding.
        const ROUNDING_UNITS: u64 = 24;
        let distance = spot.e9().abs_diff(self.reference.e9());
        if distance == 0 && self.reference.e9() != 0 {
            return Ok(Value::ZERO);
        }
        let by_drift = mul_div(self.drift_e9, distance, self.reference.e9(), Round::Up)?;
        // The step is a multiple of 2^-30 and so are the factors of the results.
        let by_step = self.pnl_bound_e9.saturating_add(self.forward_value.e9().unsigned_abs()) >> 27;
        let doubt = by_drift.saturating_add(by_step).saturating_add(ROUNDING_UNITS);
        i64::try_from(doubt)
            .map(Value::from_e9)
            .map_err(|_| MathError::Overflow)
    }
}

fn difference_e9(a: Price, b: Price) -> Result<i64, MathError> {
    let to_signed = |price: Price| i64::try_from(price.e9()).map_err(|_| MathError::Overflow);
    to_signed(a)?.checked_sub(to_signed(b)?).ok_or(MathError::Overflow)
}
