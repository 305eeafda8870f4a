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

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: u64 = 31_536_000;
    const QUARTER: u64 = 7_884_000;

    #[test]
    fn variance_is_the_square_times_years_and_back() {
        let variance = |e12, seconds| {
            Volatility::from_e12(e12)
                .total_variance(seconds)
                .map(TotalVariance::q64)
        };
        assert_eq!(variance(1_000_000_000_000, YEAR), Ok(1 << 64));
        assert_eq!(variance(1_000_000_000_000, QUARTER), Ok(1 << 62));
        assert_eq!(variance(500_000_000_000, YEAR), Ok(1 << 62));
        // 0.64 x 2^64, rounded down.
        assert_eq!(variance(800_000_000_000, YEAR), Ok(11_805_916_207_174_113_034));
        assert!(variance(255_999_999_999_999, YEAR).is_ok());
        assert_eq!(variance(255_999_999_999_999, 2 * YEAR), Err(MathError::OutOfDomain));
        assert_eq!(variance(256_000_000_000_000, 1), Err(MathError::OutOfDomain));
        let back = |q64, seconds| {
            let variance = TotalVariance::from_q64(q64).unwrap();
            Volatility::of_variance(variance, seconds).map(Volatility::e12)
        };
        assert_eq!(back(1 << 62, YEAR), Ok(500_000_000_000));
        assert_eq!(back(1 << 62, QUARTER), Ok(1_000_000_000_000));
        assert_eq!(back(1 << 62, 0), Err(MathError::DivideByZero));
    }

    #[test]
    fn volatility_is_the_deviation_over_the_root_of_time() {
        let of = |s_q56, seconds| Volatility::of_deviation(s_q56, seconds).map(Volatility::e12);
        assert_eq!(
            (of(1 << 56, YEAR), of(3 << 54, YEAR)),
            (Ok(1_000_000_000_000), Ok(750_000_000_000))
        );
        assert_eq!((of(1 << 56, QUARTER), of(0, 1)), (Ok(2_000_000_000_000), Ok(0)));
        // mpmath: sqrt(31,536,000 / 604,800) = 7.2210011...
        assert_eq!(of(1 << 56, 604_800), Ok(7_221_001_117_771));
        assert_eq!(
            (of(1, 0), of(-1, 1)),
            (Err(MathError::DivideByZero), Err(MathError::OutOfDomain))
        );
    }
}
