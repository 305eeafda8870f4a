//! Natural logarithm.
//!
//! x = 2^e m with m in [1, 2); a table gives 1/c for the centre c of m's interval of width 1/128, and
//! ln x = e ln 2 + ln c + ln(1 + r) with r = m/c - 1, |r| <= 2^-8, by a polynomial of degree six (truncation 1e-19). The
//! sum is taken with more bits than the result has and rounded once, to nearest.

use super::tables::{LN_1P_Q62, LN_2_Q120, LN_OFFSET_Q62, RECIPROCAL_Q62};
use crate::MathError;
use crate::fixed::{mul_q62, polynomial_q62};

/// ln of a positive number in two parts: `exponent ln 2 + fraction`, the fraction in Q62 in [0, ln 2).
#[derive(Clone, Copy)]
pub(super) struct Logarithm {
    exponent: i64,
    fraction_q62: i64,
}

/// Natural logarithm of a positive integer, Q56, to nearest.
///
/// Domain: 1 <= x < 2^64, so the result lies in [0, 44.4]. Error at most 8.5e-18, of which 7e-18 is the last place.
///
/// # Errors
/// [`MathError::OutOfDomain`] at zero.
pub fn ln_u64_q56(x: u64) -> Result<i64, MathError> {
    Ok(Logarithm::of(x)?.q56())
}

/// Natural logarithm of a positive number in Q64, Q56, to nearest. Error at most 8.7e-18.
///
/// # Errors
/// [`MathError::OutOfDomain`] at zero.
pub fn ln_q64_q56(x_q64: u128) -> Result<i64, MathError> {
    Ok(Logarithm::of_q64(x_q64)?.q56())
}

/// ln(numerator / denominator), Q56, to nearest: one rounding for both. Error at most 1e-17.
///
/// # Errors
/// [`MathError::OutOfDomain`] if either is zero.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "exponents are in 0..64 and fractions in [0, 2^62]"
)]
pub fn ln_ratio_q56(numerator: u64, denominator: u64) -> Result<i64, MathError> {
    let (above, below) = (Logarithm::of(numerator)?, Logarithm::of(denominator)?);
    let difference = Logarithm {
        exponent: above.exponent - below.exponent,
        fraction_q62: above.fraction_q62 - below.fraction_q62,
    };
    Ok(difference.q56())
}

/// ln(1 + x) for x in Q62, -1/2 <= x <= 1, as Q62. Error at most 1.6e-18 absolute.
///
/// # Errors
/// [`MathError::OutOfDomain`] outside.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "1 + x lies in [2^61, 2^63] and is positive; the result lies in [-0.7, 0.7]"
)]
pub fn ln_1p_q62(x_q62: i64) -> Result<i64, MathError> {
    if !(-(1 << 61)..=1 << 62).contains(&x_q62) {
        return Err(MathError::OutOfDomain);
    }
    if x_q62.unsigned_abs() < 1 << 54 {
        // Next to zero the polynomial alone keeps the digits of x.
        return Ok(mul_q62(polynomial_q62(&LN_1P_Q62, x_q62), x_q62));
    }
    let sum = Logarithm::of((x_q62 + super::ONE_Q62) as u64)?;
    let whole_q62 = (i128::from(sum.exponent - 62).wrapping_mul(LN_2_Q120) >> 58) as i64;
    Ok(whole_q62 + sum.fraction_q62)
}

/// ln(x / 1e9) for a number in the scale of prices and ratios, Q56, to nearest. Error at most 1e-17.
///
/// # Errors
/// [`MathError::OutOfDomain`] at zero.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "exponents are in 0..64 and fractions in [0, 2^62]"
)]
pub fn ln_e9_q56(x_e9: u64) -> Result<i64, MathError> {
    let above = Logarithm::of(x_e9)?;
    let difference = Logarithm {
        exponent: above.exponent - LN_1E9.exponent,
        fraction_q62: above.fraction_q62 - LN_1E9.fraction_q62,
    };
    Ok(difference.q56())
}

/// Of 1e9 itself, so that it is not computed again for every ratio.
const LN_1E9: Logarithm = Logarithm {
    exponent: 29,
    fraction_q62: 2_868_457_638_680_451_760,
};

impl Logarithm {
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "the shift is 0..=63 for x > 0; the index has seven bits and the tables 128 entries; the product of the \
                  mantissa (Q63) and a reciprocal (Q62, at most 1) shifted by 63 is below 2^63"
    )]
    pub(super) fn of(x: u64) -> Result<Self, MathError> {
        if x == 0 {
            return Err(MathError::OutOfDomain);
        }
        let zeros = x.leading_zeros();
        let mantissa_q63 = x << zeros;
        let index = ((mantissa_q63 >> 56) & 127) as usize;
        let product = u128::from(mantissa_q63).wrapping_mul(u128::from(RECIPROCAL_Q62[index])) >> 63;
        let r_q62 = (product as i64).wrapping_sub(super::ONE_Q62);
        let ln_1p_q62 = mul_q62(polynomial_q62(&LN_1P_Q62, r_q62), r_q62);
        Ok(Self {
            exponent: i64::from(63 - zeros),
            fraction_q62: LN_OFFSET_Q62[index].wrapping_add(ln_1p_q62),
        })
    }

    /// Of a number in Q64, by its 64 highest bits: what is below them is under 1.1e-19 of it.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "a number of more than 64 bits is shifted right by 1..=64; exponents stay within +-128"
    )]
    pub(super) fn of_q64(x_q64: u128) -> Result<Self, MathError> {
        let right = 64_u32.saturating_sub(x_q64.leading_zeros());
        let top = Self::of((x_q64 >> right) as u64)?;
        Ok(Self {
            exponent: top.exponent + i64::from(right) - 64,
            ..top
        })
    }

    /// Of a number in Q96, likewise.
    #[expect(clippy::arithmetic_side_effects, reason = "exponents stay within +-128")]
    pub(super) fn of_q96(x_q96: u128) -> Result<Self, MathError> {
        let as_q64 = Self::of_q64(x_q96)?;
        Ok(Self {
            exponent: as_q64.exponent - 32,
            ..as_q64
        })
    }

    /// `power_e9 x 1e-9` times the logarithm, Q62, rounded down.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a logarithm is below 89 in Q62 and so below 2^69; times a power below 2^43 it is below 2^112"
    )]
    pub(super) fn times_e9(self, power_e9: i64) -> i128 {
        (self.q62() * i128::from(power_e9)).div_euclid(1_000_000_000)
    }

    fn q62(self) -> i128 {
        let whole_q62 = i128::from(self.exponent).wrapping_mul(LN_2_Q120) >> 58;
        whole_q62.wrapping_add(i128::from(self.fraction_q62))
    }

    /// Q56, to nearest.
    #[expect(clippy::as_conversions, reason = "the magnitude is below 89 in Q56, within i64")]
    pub(super) fn q56(self) -> i64 {
        (self.q62().wrapping_add(32) >> 6) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_no_logarithm_left_and_zero_none_at_all() {
        assert_eq!(ln_u64_q56(1), Ok(0));
        assert_eq!(ln_ratio_q56(7, 7), Ok(0));
        assert_eq!(ln_q64_q56(1 << 64), Ok(0));
        assert_eq!(ln_u64_q56(0), Err(MathError::OutOfDomain));
        assert_eq!(ln_ratio_q56(0, 1), Err(MathError::OutOfDomain));
        assert_eq!(ln_ratio_q56(1, 0), Err(MathError::OutOfDomain));
        assert_eq!(ln_q64_q56(0), Err(MathError::OutOfDomain));
    }

    #[test]
    fn two_is_the_constant_on_either_side_of_one() {
        // ln 2 x 2^56 to nearest, from a table of constants.
        let ln_2_q56 = 49_946_518_145_322_874;
        assert_eq!(ln_u64_q56(2), Ok(ln_2_q56));
        assert_eq!(ln_ratio_q56(3, 6), Ok(-ln_2_q56));
        assert_eq!(ln_q64_q56(1 << 63), Ok(-ln_2_q56));
        assert_eq!(ln_q64_q56(1 << 127), ln_u64_q56(1 << 63));
    }

    #[test]
    fn over_a_billion_is_the_ratio() {
        for x in [1, 7, 340_000_000, 1_000_000_000, 1_180_000_000, u64::MAX] {
            assert_eq!(ln_e9_q56(x), ln_ratio_q56(x, 1_000_000_000));
        }
        assert_eq!(ln_e9_q56(0), Err(MathError::OutOfDomain));
    }

    #[test]
    fn of_one_plus_a_little_is_that_little() {
        assert_eq!(ln_1p_q62(0), Ok(0));
        let tiny = 1 << 28;
        assert!(ln_1p_q62(tiny).unwrap().abs_diff(tiny) <= 1);
        assert!(ln_1p_q62(-tiny).unwrap().abs_diff(-tiny) <= 1);
        assert_eq!(ln_1p_q62((1 << 62) + 1), Err(MathError::OutOfDomain));
        assert_eq!(ln_1p_q62(-(1 << 61) - 1), Err(MathError::OutOfDomain));
    }
}
