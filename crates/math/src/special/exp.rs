//! Exponential.
//!
//! x = n (ln 2 / 128) + r with |r| <= ln 2 / 256: 2^(n/128) comes from a table of 128 steps and a shift, exp(r) from a
//! polynomial of degree five (truncation 2e-20 relative).

use super::Exponential;
use super::tables::{EXP_Q62, EXP_STEP_Q62, STEP_Q80, STEPS_PER_UNIT_Q55};
use crate::MathError;
use crate::fixed::{mul_q62, polynomial_q62};

/// Largest argument of [`exp_m1_q62`]: one.
const MAX_M1_Q62: u64 = 1 << 62;

/// exp(-x) for x >= 0 in Q56, as Q62 in [0, 1].
///
/// A negative x is taken as zero and gives one; from x = 43 on the result is zero (the true value is below one unit of
/// the last place). Error at most 8e-19 absolute, rounded down.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "0 < x < 43 in Q56: n lies in -7,941..=0 and so the shift in 62..=125; the product is below 2^125.01, \
              and shifted by 62 below 2^63.01, as unsigned"
)]
pub fn exp_neg_q62(x_q56: i64) -> i64 {
    if x_q56 <= 0 {
        return super::ONE_Q62;
    }
    if x_q56 >= 43 * super::ONE_Q56 {
        return 0;
    }
    let (steps, r_q62) = reduced(x_q56.wrapping_neg());
    let value = (product_q124(steps, r_q62) >> (62 - (steps >> 7))) as u64;
    value.min(super::ONE_Q62 as u64) as i64
}

/// exp(x) for x in Q56.
///
/// Domain: every x of the format, so the result lies between 2^-185 and 2^185. Error at most 1e-18 relative, rounded
/// down. An argument that is itself rounded to Q56 adds at most 7e-18.
///
/// # Errors
/// [`MathError::OutOfDomain`] never.
pub fn exp_q56(x_q56: i64) -> Result<Exponential, MathError> {
    let (steps, r_q62) = reduced(x_q56);
    scaled(steps, r_q62)
}

/// exp(x) - 1 for |x| <= 1 in Q62, as Q62. Error at most 1.5e-18 absolute.
///
/// The argument is finer than in [`exp_q56`], so that a small rate keeps its digits.
///
/// # Errors
/// [`MathError::OutOfDomain`] for |x| > 1.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "|x| <= 2^62: x in Q80 is below 2^80 and |n| at most 185; exp(x) <= e in Q62 is below 2^63.5 and less one \
              below 2^63"
)]
pub fn exp_m1_q62(x_q62: i64) -> Result<i64, MathError> {
    if x_q62.unsigned_abs() > MAX_M1_Q62 {
        return Err(MathError::OutOfDomain);
    }
    let steps = (mul_q62(x_q62, STEPS_PER_UNIT_Q55) + (1 << 54)) >> 55;
    let r_q62 = (((i128::from(x_q62) << 18) - i128::from(steps).wrapping_mul(STEP_Q80)) >> 18) as i64;
    if steps == 0 {
        // Next to zero: the polynomial less one keeps the digits of x.
        return Ok(polynomial_q62(&EXP_Q62, r_q62) - super::ONE_Q62);
    }
    let value_q62 = (product_q124(steps, r_q62) >> (62 - (steps >> 7))) as u64;
    Ok(value_q62.wrapping_sub(super::ONE_Q62 as u64) as i64)
}

/// x = steps (ln 2 / 128) + r: the nearest number of steps and r in Q62.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "|x| < 128 bounds the number of steps by 23,640; their product with a step in Q80 is within 2^88 and its \
              difference from x within half a step"
)]
pub(super) const fn reduced(x_q56: i64) -> (i64, i64) {
    let steps_q111 = (x_q56 as i128).wrapping_mul(STEPS_PER_UNIT_Q55 as i128);
    let steps = ((steps_q111 >> 110) as i64 + 1) >> 1;
    let r_q80 = ((x_q56 as i128) << 24) - (steps as i128).wrapping_mul(STEP_Q80);
    (steps, (r_q80 >> 18) as i64)
}

/// 2^(steps/128 - floor) exp(r), Q124: in (0.997, 2.006).
#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "both factors are positive, the first below 1.003 and the second below 2 in Q62; the index is below 128"
)]
fn product_q124(steps: i64, r_q62: i64) -> u128 {
    let power = polynomial_q62(&EXP_Q62, r_q62) as u64;
    u128::from(power).wrapping_mul(u128::from(EXP_STEP_Q62[(steps & 127) as usize] as u64))
}

/// 2^(steps/128) exp(r) with its own exponent.
#[expect(clippy::as_conversions, reason = "the number of steps is below 2^15")]
#[expect(clippy::arithmetic_side_effects, reason = "exponents of at most 186 and 1 add up")]
pub(super) fn scaled(steps: i64, r_q62: i64) -> Result<Exponential, MathError> {
    let value = Exponential::from_product(product_q124(steps, r_q62), 124).ok_or(MathError::OutOfDomain)?;
    Ok(Exponential {
        exponent: value.exponent + (steps >> 7) as i32,
        ..value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturates_at_both_ends() {
        assert_eq!(exp_neg_q62(0), super::super::ONE_Q62);
        assert_eq!(exp_neg_q62(-5), super::super::ONE_Q62);
        assert_eq!(exp_neg_q62(43 << 56), 0);
        assert_eq!(exp_neg_q62(i64::MAX), 0);
    }

    #[test]
    fn any_argument_has_an_exponential() {
        let one = exp_q56(0).unwrap();
        assert_eq!((one.mantissa_q63 >> 2, one.exponent), (1 << 61, 0));
        assert_eq!(exp_q56(i64::MAX).unwrap().exponent, 184);
        assert_eq!(exp_q56(i64::MIN).unwrap().exponent, -185);
    }

    #[test]
    fn less_one_is_exact_at_zero_and_refuses_more_than_one() {
        assert_eq!(exp_m1_q62(0), Ok(0));
        assert_eq!(exp_m1_q62(1), Ok(1));
        assert_eq!(exp_m1_q62((1 << 62) + 1), Err(MathError::OutOfDomain));
        assert_eq!(exp_m1_q62(i64::MIN), Err(MathError::OutOfDomain));
    }
}
