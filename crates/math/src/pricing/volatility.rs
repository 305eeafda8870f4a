//! Volatility per year.

use super::TotalVariance;
use crate::MathError;
use crate::quantity::{E12, SECONDS_PER_YEAR};
use crate::special::sqrt_q64;

/// Volatility per year x 1e12: 80% is 800,000,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Volatility(u64);

impl Volatility {
    /// Units of 1e-12.
    pub const fn from_e12(e12: u64) -> Self {
        Self(e12)
    }

    /// Units of 1e-12.
    pub const fn e12(self) -> u64 {
        self.0
    }

    /// s / sqrt(T) for a standard deviation s in Q56 and T in seconds of the protocol's year. Rounds down; error below
    /// 1e-12 + 1e-13 of the result.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] for no time; [`MathError::OutOfDomain`] for a negative deviation;
    /// [`MathError::Overflow`].
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "a year is below 2^25 seconds, so the quotient is below 2^121 and its root below 2^61; times a deviation \
                  below 2^63 and shifted by 52 that is below 2^72, and times 1e12 below 2^112"
    )]
    pub fn of_deviation(s_q56: i64, seconds: u64) -> Result<Self, MathError> {
        let s = u128::try_from(s_q56).map_err(|_| MathError::OutOfDomain)?;
        if seconds == 0 {
            return Err(MathError::DivideByZero);
        }
        let inverse_root_q48 = ((u128::from(SECONDS_PER_YEAR) << 96) / u128::from(seconds)).isqrt();
        let volatility_q52 = (s * inverse_root_q48) >> 52;
        u64::try_from((volatility_q52 * u128::from(E12)) >> 52)
            .map(Self)
            .map_err(|_| MathError::Overflow)
    }

    /// sqrt(w / T), rounded down.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] for no time; [`MathError::Overflow`].
    #[expect(clippy::as_conversions, reason = "the root is below 2^63")]
    pub fn of_variance(variance: TotalVariance, seconds: u64) -> Result<Self, MathError> {
        Self::of_deviation(sqrt_q64(variance.q64()) as i64, seconds)
    }

    /// Total variance sigma^2 T, rounded down: at most 2^-64 (1 + T in years) below the exact value.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the volatility is 25,600% or more, or the result is 2^16 or more.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "below 256e12 = 2^47.9 the square is below 2^95.8; shifted by 28 it is below 2^124 and, divided by 1e12 \
                  and shifted by 36, below 2^121; the divisors are constants"
    )]
    pub fn total_variance(self, seconds: u64) -> Result<TotalVariance, MathError> {
        if self.0 >= 256 * E12 {
            return Err(MathError::OutOfDomain);
        }
        // sigma^2 x 1e24 in Q28 over 1e12 is x 1e12 in Q28; again in Q64 it is sigma^2 itself.
        let square_e12_q28 = ((u128::from(self.0) * u128::from(self.0)) << 28) / u128::from(E12);
        let square_q64 = (square_e12_q28 << 36) / u128::from(E12);
        TotalVariance::from_q64(square_q64)?.scaled(seconds, SECONDS_PER_YEAR)
    }
}
