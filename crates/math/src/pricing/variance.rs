//! Total variance and its square root.

use crate::MathError;
use crate::quantity::SECONDS_PER_YEAR;
use crate::special::{Exponential, Root, normalised_root};

/// Total variance sigma^2 T, dimensionless, Q96. At most 2^16; a second at 1% volatility is still 2.5e17 raw units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotalVariance(u128);

impl TotalVariance {
    /// No variance left: at expiry.
    pub const ZERO: Self = Self(0);

    /// From Q96.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] from 2^16 on.
    pub const fn from_q96(q96: u128) -> Result<Self, MathError> {
        if q96 >> 112 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(q96))
    }

    /// From Q64.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] from 2^16 on.
    pub const fn from_q64(q64: u128) -> Result<Self, MathError> {
        if q64 >> 80 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(q64 << 32))
    }

    /// Q96.
    pub const fn q96(self) -> u128 {
        self.0
    }

    /// Q64, rounded down.
    pub const fn q64(self) -> u128 {
        self.0 >> 32
    }

    /// `self * numerator / denominator`, rounded down: variance that is left of a slice as time passes.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the numerator or denominator is 2^48 or more, or the
    /// result 2^16 or more.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "the upper half is below 2^48 and the numerator too: their product is below 2^96; a remainder is below \
                  the divisor, 2^48, and shifted by 64 below 2^112, as is the lower half's product; the quotient of the \
                  upper half is checked before it is shifted"
    )]
    pub fn scaled(self, numerator: u64, denominator: u64) -> Result<Self, MathError> {
        if denominator == 0 {
            return Err(MathError::DivideByZero);
        }
        if (numerator | denominator) >> 48 != 0 {
            return Err(MathError::OutOfDomain);
        }
        if numerator == denominator {
            return Ok(self);
        }
        let (numerator, denominator) = (u128::from(numerator), u128::from(denominator));
        let upper = (self.0 >> 64) * numerator;
        let (whole, rest) = (upper / denominator, upper % denominator);
        let lower = (rest << 64) + (self.0 & u128::from(u64::MAX)) * numerator;
        if whole >> 48 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Self::from_q96((whole << 64) + lower / denominator)
    }

    /// `self * factor^2` for a factor in Q40 below eight, each of two products rounded down.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a factor of eight or more, or a result of 2^16 or more.
    pub fn times_square_q40(self, factor_q40: u64) -> Result<Self, MathError> {
        if factor_q40 >> 43 != 0 {
            return Err(MathError::OutOfDomain);
        }
        Self::from_q96(times_q40(Self::from_q96(times_q40(self.0, factor_q40))?.0, factor_q40))
    }
}

/// value x factor for a value below 2^112 and a factor in Q40 below eight, rounded down.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the upper half is below 2^48: times 2^43 and shifted by 24 it is below 2^115; the lower product is below 2^107"
)]
const fn times_q40(value: u128, factor_q40: u64) -> u128 {
    #[expect(clippy::as_conversions, reason = "u64 to u128 is lossless; `from` is not const")]
    let (factor, low_word) = (factor_q40 as u128, u64::MAX as u128);
    (((value >> 64) * factor) << 24) + (((value & low_word) * factor) >> 40)
}

/// The standard deviation s = sqrt(w) and its reciprocal: what a price needs of the variance, computed once and shared
/// by all prices at that variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    s_q56: i64,
    /// s with 64 significant bits: `x * root >> root_shift` is x s.
    root: u64,
    root_shift: u32,
    /// 1/s with 64 significant bits: `x * reciprocal >> shift` is x / s, in the format of x.
    reciprocal: u64,
    shift: u32,
}

/// |d1| and |d2| are clamped here: the normal tail beyond 8.5 is nothing.
const MAX_STANDARDISED_Q56: i128 = 1 << 61;
/// Least shift of a root: s below 2^7, the range of Q56.
const MIN_ROOT_SHIFT: u32 = 57;
/// Largest shift of a root: s of 2^-64 or more.
const MAX_ROOT_SHIFT: u32 = 127;

impl Deviation {
    /// Square root and reciprocal of a total variance; `None` where there is no variance and an option is worth its
    /// intrinsic value. Both have 64 significant bits, rounded down, whatever the size of the variance. A variance of
    /// 2^14 or more counts as just below that: an option is worth its upper bound long before.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a variance below 2^14 in Q96 has at least 18 leading zeros: the half shift is in 9..=63, and 111 less it \
                  in 48..=102; its shift for s in Q56 in 1..=55"
    )]
    pub fn of(variance: TotalVariance) -> Option<Self> {
        const MAX_Q96: u128 = (1 << 110) - 1;
        let Root { root, half_shift } = normalised_root(variance.q96().min(MAX_Q96))?;
        Some(Self::from_parts(root, 48 + half_shift))
    }

    /// sqrt(T) for T in years of 365 days; `None` at expiry. Rounded down in the 64th bit. Times of 2^40 seconds or more
    /// count as that.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "seconds below 2^40 shifted by 72 fit u128, and their quotient by 31,536,000 shifted by 24 too"
    )]
    pub fn of_time(seconds: u64) -> Option<Self> {
        let seconds_q72 = u128::from(seconds.min((1 << 40) - 1)) << 72;
        let year = u128::from(SECONDS_PER_YEAR);
        let years_q96 = ((seconds_q72 / year) << 24) + ((seconds_q72 % year) << 24) / year;
        Self::of(TotalVariance(years_q96))
    }

    /// From s = root / 2^root_shift with the top bit of the root set.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "root_shift is in 57..=127 (s below 2^7 and not below 2^-64): s in Q56 is below 2^63 and both shifts are \
                  in 0..=71"
    )]
    const fn from_parts(root: u64, root_shift: u32) -> Self {
        let right = root_shift - 56;
        Self {
            // A deviation below 2^-56 has no digit in Q56.
            s_q56: if right < 64 { (root >> right) as i64 } else { 0 },
            root,
            root_shift,
            reciprocal: Root { root, half_shift: 0 }.reciprocal(),
            // 1/s = 2^root_shift / root = reciprocal / 2^(127 - root_shift).
            shift: 127 - root_shift,
        }
    }

    /// s times a factor in Q40, rounded down in the 64th bit: a volatility shock. `None` where nothing is left. Capped just
    /// below 2^7, where every option is worth its upper bound.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "a non-zero product has at most 64 leading zeros, since the root's top bit is set"
    )]
    pub fn times_q40(self, factor_q40: u64) -> Option<Self> {
        const ONE_Q40: u64 = 1 << 40;
        if factor_q40 == ONE_Q40 {
            return Some(self);
        }
        let product = u128::from(self.root).wrapping_mul(u128::from(factor_q40));
        if product == 0 {
            return None;
        }
        let zeros = product.leading_zeros();
        let root = ((product << zeros) >> 64) as u64;
        // product / 2^(root_shift + 40), of which the root takes 64 - zeros bits.
        match (self.root_shift + zeros).saturating_sub(24) {
            ..MIN_ROOT_SHIFT => Some(Self::from_parts(u64::MAX, MIN_ROOT_SHIFT)),
            root_shift @ MIN_ROOT_SHIFT..=MAX_ROOT_SHIFT => Some(Self::from_parts(root, root_shift)),
            _ => None,
        }
    }

    /// The larger of two deviations.
    pub const fn max(self, other: Self) -> Self {
        let other_is_larger =
            other.root_shift < self.root_shift || (other.root_shift == self.root_shift && other.root > self.root);
        if other_is_larger { other } else { self }
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

    /// s as a number of any size.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "shifts are at most 127"
    )]
    pub(super) const fn value(self) -> Exponential {
        Exponential {
            mantissa_q63: self.root,
            exponent: 63 - self.root_shift as i32,
        }
    }

    /// 1/s as a number of any size.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "shifts are at most 127"
    )]
    pub(super) const fn inverse(self) -> Exponential {
        Exponential {
            mantissa_q63: self.reciprocal,
            exponent: 63 - self.shift as i32,
        }
    }

    /// value x s, rounded down and saturating.
    #[expect(clippy::as_conversions, reason = "the minimum bounds the result")]
    pub(crate) fn multiply(self, value: u64) -> u64 {
        let product = u128::from(value).wrapping_mul(u128::from(self.root)) >> self.root_shift;
        product.min(u128::from(u64::MAX)) as u64
    }
}

#[cfg(test)]
mod tests;
