//! Half-spreads in price: what a trade pays beyond its volatility.

use super::inventory::Side;
use crate::quantity::{E9, Ratio, SECONDS_PER_YEAR, Value};
use crate::special::sqrt_q64;
use crate::{MathError, Round, mul_div};

/// The rule of the half-spreads in price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceSpread {
    /// Gap charge: h2 sigma_gap^2 / 2, sigma_gap being the relative jump that no hedge follows.
    pub gap: Ratio,
    /// Net cash gamma (S^2 d2V/dS2, USD) at which the whole gap charge is due; positive.
    pub gamma_cap: Value,
    /// Relative move of the oracle that a quote may miss: see [`latency_move`].
    pub latency: Ratio,
    /// Least price of a lot.
    pub tick: Value,
}

impl PriceSpread {
    /// Gap charge of a trade that takes the pool's net cash gamma from one value to another, rounded up.
    ///
    /// A lot of cash gamma g traded at net gamma G pays `gap g max(0, -+G) / gamma_cap` (minus for a buyer, who takes
    /// gamma away; plus for a seller): its share of the gap loss, dearer the more the pool already leans that way. Along
    /// the path that integrates to the difference of `G |G| / 2`, so cutting the trade changes nothing; the half that
    /// brings the pool back is free, or a larger order would have a better price.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a cap that is not positive; [`MathError::Overflow`].
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a difference of squares of i64 halves is below 2^126; the cap is positive"
    )]
    pub(super) fn gap_charge(&self, side: Side, before: Value, after: Value) -> Result<u64, MathError> {
        if self.gap == Ratio::ZERO {
            return Ok(0);
        }
        if self.gamma_cap <= Value::ZERO {
            return Err(MathError::OutOfDomain);
        }
        let lean = |gamma: Value| match side {
            Side::Buy => u128::from(gamma.e9().min(0).unsigned_abs()),
            Side::Sell => u128::from(gamma.e9().max(0).unsigned_abs()),
        };
        let (before, after) = (lean(before), lean(after));
        let twice = (after * after).saturating_sub(before * before);
        let share = twice.div_ceil(2 * u128::from(self.gamma_cap.e9().unsigned_abs()));
        let charge = share
            .checked_mul(u128::from(self.gap.e9()))
            .ok_or(MathError::Overflow)?;
        u64::try_from(charge.div_ceil(u128::from(E9))).map_err(|_| MathError::Overflow)
    }

    /// Gap charge of the last lot of a trade, an upper bound of every lot's, rounded up.
    pub(super) fn last_gap(&self, side: Side, after: Value, lot_gamma: Value) -> Result<u64, MathError> {
        if self.gap == Ratio::ZERO {
            return Ok(0);
        }
        let lean = match side {
            Side::Buy => after.e9().min(0),
            Side::Sell => after.e9().max(0),
        };
        let cap = self.gamma_cap.to_unsigned_e9()?;
        let share = mul_div(lean.unsigned_abs(), lot_gamma.e9().unsigned_abs(), cap, Round::Up)?;
        mul_div(share, self.gap.e9(), E9, Round::Up)
    }

    /// Latency charge of lots of a cash delta, rounded up: |delta| S z sigma sqrt(latency).
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub(super) fn latency_charge(&self, lots: u64, lot_delta: Value) -> Result<u64, MathError> {
        let delta = lot_delta.e9().unsigned_abs();
        let delta = lots.checked_mul(delta).ok_or(MathError::Overflow)?;
        mul_div(delta, self.latency.e9(), E9, Round::Up)
    }
}

/// Relative move z sigma sqrt(latency) that an oracle can lag behind, rounded up.
///
/// `deviations` is z, `volatility` sigma a year.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a latency of a year or more; [`MathError::Overflow`].
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "seconds below 2^25 shifted by 64 fit u128; the divisor is a constant; the root is below 2^56"
)]
pub fn latency_move(deviations: Ratio, volatility: Ratio, latency_seconds: u64) -> Result<Ratio, MathError> {
    if latency_seconds >= SECONDS_PER_YEAR {
        return Err(MathError::OutOfDomain);
    }
    let years_q64 = (u128::from(latency_seconds) << 64) / u128::from(SECONDS_PER_YEAR);
    let root_q56 = sqrt_q64(years_q64) + 1;
    let yearly = mul_div(deviations.e9(), volatility.e9(), E9, Round::Up)?;
    mul_div(yearly, root_q56, 1 << 56, Round::Up).map(Ratio::from_e9)
}
