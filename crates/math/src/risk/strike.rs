//! A strike as an account's book reads it.

use super::scenario::SCENARIOS;
use crate::fixed::{mul_q62, scale_by_q62};
use crate::quantity::{E9, Price, Value};
use crate::special::ONE_Q62;
use crate::{MathError, Round, mul_div, mul_div_signed};

/// A strike as the account's book needs it: [`super::StrikeRisk`] with the spot price at which it was computed.
///
/// Marks and results hold at the reference. Near it they are re-centred to first order, and the error is at most the drift
/// times the relative step a lot, and rounding, in mark and in any scenario of an account's equity less requirement:
/// proved from the convexity of a call in the price, for steps up to 3% and at most a fifth of the price range, at the
/// same time and with the same range: what time does to a strike is the business of the age that its reader allows.
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

/// The way from the spot price of a strike's numbers to the present one, computed once for all strikes of one reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    spot: Price,
    reference: Price,
    difference_e9: i64,
    /// Magnitude of the difference over the reference, Q62, rounded down.
    relative_q62: u64,
}

impl Step {
    /// The step between two prices.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] if the reference is zero (never refreshed); [`MathError::OutOfDomain`] for a step of one
    /// or more; [`MathError::Overflow`] for a price of 2^63 or more.
    pub fn between(reference: Price, spot: Price) -> Result<Self, MathError> {
        let to_signed = |price: Price| i64::try_from(price.e9()).map_err(|_| MathError::Overflow);
        let difference_e9 = to_signed(spot)?
            .checked_sub(to_signed(reference)?)
            .ok_or(MathError::Overflow)?;
        let relative_q62 = mul_div(difference_e9.unsigned_abs(), 1 << 62, reference.e9(), Round::Down)?;
        if relative_q62 >> 62 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self {
            spot,
            reference,
            difference_e9,
            relative_q62,
        })
    }

    /// Whether the present price is the reference.
    pub const fn is_zero(&self) -> bool {
        self.difference_e9 == 0
    }

    /// The present price.
    pub const fn spot(&self) -> Price {
        self.spot
    }

    /// The price that the step starts from.
    pub const fn reference(&self) -> Price {
        self.reference
    }

    /// The relative step, Q30, rounded toward zero.
    #[expect(clippy::arithmetic_side_effects, reason = "a magnitude below 2^30 has a negative")]
    pub(super) const fn relative_q30(&self) -> i64 {
        let magnitude = (self.relative_q62 >> 32).cast_signed();
        if self.difference_e9 < 0 { -magnitude } else { magnitude }
    }

    /// Most that the value and the results of an account's lots may be off after the step: their drift times it, and what the
    /// rounding of the step and of the results costs. `size_e9` is the sum over lots of the largest result and the forward.
    /// Rounds up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub(super) fn doubt(&self, drift: Value, size_e9: u64, held_lots: u64) -> Result<Value, MathError> {
        /// Units that marks, results, forwards and the differences between them lose to rounding, a lot.
        const UNITS_PER_LOT: u64 = 48;
        let by_drift = scale_by_q62(drift.or_zero().e9().unsigned_abs(), self.relative_q62);
        // A delta is known to 1e-9 of the underlying, which the difference of prices multiplies; the step is a multiple of
        // 2^-30 and so are the factors of the results.
        let by_delta = mul_div(self.difference_e9.unsigned_abs(), 1, E9, Round::Up)?;
        let per_lot = by_delta.saturating_add(UNITS_PER_LOT);
        let by_rounding = held_lots.saturating_mul(per_lot).saturating_add(size_e9 >> 27);
        let doubt = by_drift.saturating_add(by_rounding).saturating_add(2);
        i64::try_from(doubt)
            .map(Value::from_e9)
            .map_err(|_| MathError::Overflow)
    }

    /// A forward at the present spot.
    pub(super) fn moved(&self, forward: Value) -> Result<Value, MathError> {
        if self.is_zero() {
            return Ok(forward);
        }
        self.applied_to(forward)
    }

    /// `value` moved by the relative step, which was rounded toward zero: within two units below 2^61. A value that is not
    /// negative stays so.
    #[expect(clippy::arithmetic_side_effects, reason = "a step is below one")]
    fn applied_to(&self, value: Value) -> Result<Value, MathError> {
        let relative_q62 = self.relative_q62.cast_signed();
        if self.difference_e9 < 0 {
            return Ok(Value::from_e9(mul_q62(value.e9(), ONE_Q62 - relative_q62)));
        }
        value.try_add(Value::from_e9(mul_q62(value.e9(), relative_q62)))
    }
}

impl StrikeView<'_> {
    /// Marks moved to the present spot: see [`StrikeView::marks_after`].
    ///
    /// # Errors
    /// As [`Step::between`]; [`MathError::Overflow`].
    pub fn marks(&self, spot: Price) -> Result<Marks, MathError> {
        self.marks_after(&Step::between(self.reference, spot)?)
    }

    /// Marks moved by a step from the strike's reference, to first order in the call's delta and exactly but for rounding in
    /// the forward; never below intrinsic. Rounded down per lot, so long and short are marked at the same number. Source:
    /// design section 5.3.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn marks_after(&self, step: &Step) -> Result<Marks, MathError> {
        self.marks_with(step, step.moved(self.forward_value)?)
    }

    /// The same where the moved forward is known.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub(super) fn marks_with(&self, step: &Step, forward: Value) -> Result<Marks, MathError> {
        // Mostly there is nothing to move, since whoever acts refreshes first.
        let moved_e9 = if step.is_zero() {
            0
        } else {
            mul_div_signed(step.difference_e9, self.delta_units_e9.unsigned_abs(), E9, Round::Down)?
        };
        let parity = forward.try_sub(self.strike_value)?;
        let call = self.mark.try_add(Value::from_e9(moved_e9))?.max(parity).or_zero();
        Ok(Marks {
            call,
            put: call.try_sub(parity)?,
            forward,
        })
    }
}
