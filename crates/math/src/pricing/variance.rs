//! Total variance and its square root.

use crate::MathError;
use crate::special::sqrt_q64;

/// Total variance sigma^2 T, dimensionless, Q64. At most 2^16; a second at 1% volatility is still 5.8e7 raw units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotalVariance(u128);

impl TotalVariance {
    /// No variance left: at expiry.
    pub const ZERO: Self = Self(0);

    /// From Q64.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] from 2^16 on.
    pub const fn from_q64(q64: u128) -> Result<Self, MathError> {
        if q64 >> 80 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(q64))
    }

    /// Q64.
    pub const fn q64(self) -> u128 {
        self.0
    }

    /// `self * numerator / denominator`, rounded down: variance that is left of a slice as time passes.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the result is 2^16 or more.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "80 + 48 bits fit u128; the divisor was checked"
    )]
    pub fn scaled(self, numerator: u64, denominator: u64) -> Result<Self, MathError> {
        if denominator == 0 {
            return Err(MathError::DivideByZero);
        }
        if numerator >> 48 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Self::from_q64(self.0 * u128::from(numerator) / u128::from(denominator))
    }

    /// `self * factor^2` for a factor in Q40 below eight, each product rounded down.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a factor of eight or more, or a result of 2^16 or more.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "80 + 43 bits fit u128; after one product at most 83 + 43"
    )]
    pub fn times_square_q40(self, factor_q40: u64) -> Result<Self, MathError> {
        if factor_q40 >> 43 != 0 {
            return Err(MathError::OutOfDomain);
        }
        let factor = u128::from(factor_q40);
        Self::from_q64((((self.0 * factor) >> 40) * factor) >> 40)
    }
}

/// The standard deviation s = sqrt(w) and its reciprocal: what a price needs of the variance, computed once and shared
/// by all prices at that variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    s_q56: i64,
    /// 1/s with 64 significant bits: `x * reciprocal >> shift` is x / s, in the format of x.
    reciprocal: u64,
    shift: u32,
}

/// |d1| and |d2| are clamped here: the normal tail beyond 8.5 is nothing.
const MAX_STANDARDISED_Q56: i128 = 1 << 61;

impl Deviation {
    /// Square root and reciprocal of a total variance; `None` where there is no variance and an option is worth its
    /// intrinsic value. Both are exact but for rounding down in the last place.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "s is in 1..2^63, so it has 1..=63 leading zeros and its normalised form is at least 2^63; the \
                  quotient is at most 2^64 and is capped"
    )]
    pub fn of(variance: TotalVariance) -> Option<Self> {
        let s = sqrt_q64(variance.q64());
        if s == 0 {
            return None;
        }
        let zeros = s.leading_zeros();
        let quotient = (1_u128 << 127) / u128::from(s << zeros);
        let reciprocal = u64::try_from(quotient).unwrap_or(u64::MAX);
        Some(Self {
            s_q56: s as i64,
            reciprocal,
            shift: 71 - zeros,
        })
    }

    /// The standard deviation, Q56.
    pub const fn s_q56(self) -> i64 {
        self.s_q56
    }

    /// x / s, rounded down and clamped.
    #[expect(clippy::as_conversions, reason = "the clamp bounds the result")]
    fn quotient_q56(self, x_q56: i64) -> i64 {
        let product = i128::from(x_q56).wrapping_mul(i128::from(self.reciprocal)) >> self.shift;
        product.clamp(MAX_STANDARDISED_Q56.wrapping_neg(), MAX_STANDARDISED_Q56) as i64
    }

    /// d1 and d2 of Black's formula at a log-moneyness ln(F/K).
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "|k/s| <= 2^61 and s/2 < 2^62, so |d1| < 2^62 + 2^61 and |d2| < 2^63"
    )]
    pub(crate) fn standardise(self, log_moneyness_q56: i64) -> (i64, i64) {
        let quotient = self.quotient_q56(log_moneyness_q56);
        let half = self.s_q56 >> 1;
        (quotient + half, quotient - half)
    }

    /// value / s, rounded down and saturating.
    #[expect(clippy::as_conversions, reason = "the minimum bounds the result")]
    pub(crate) fn divide(self, value: u64) -> u64 {
        let quotient = u128::from(value).wrapping_mul(u128::from(self.reciprocal)) >> self.shift;
        quotient.min(u128::from(u64::MAX)) as u64
    }
}
