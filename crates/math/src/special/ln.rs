//! Natural logarithm.

use super::tables::{LN_1P_Q62, LN_2_Q62, LN_OFFSET_Q62, RECIPROCAL_Q62};
use crate::MathError;
use crate::fixed::{mul_q62, polynomial_q62};

/// Natural logarithm of a positive integer, Q56.
///
/// Domain: 1 <= x < 2^64, so the result lies in [0, 44.4]. Error at most 4e-17 (four units of the last place), checked
/// against `tests/vectors/prim.csv` and 60-digit values.
///
/// x = 2^e * m with m in [1, 2); a table gives 1/c for the centre c of m's interval of width 1/128, and
/// ln x = e ln 2 + ln c + ln(1 + r) with r = m/c - 1, |r| < 2^-8, by a polynomial of degree six (truncation 2e-18).
///
/// # Errors
/// [`MathError::OutOfDomain`] at zero.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the shift is 0..=63 for x > 0; the index has seven bits and the tables 128 entries; the product of the \
              mantissa (Q63) and a reciprocal (Q62, at most 1) shifted by 63 is below 2^63"
)]
pub fn ln_u64_q56(x: u64) -> Result<i64, MathError> {
    if x == 0 {
        return Err(MathError::OutOfDomain);
    }
    let zeros = x.leading_zeros();
    let mantissa_q63 = x << zeros;
    let exponent = i64::from(63 - zeros);
    let index = ((mantissa_q63 >> 56) & 127) as usize;
    let product = u128::from(mantissa_q63).wrapping_mul(u128::from(RECIPROCAL_Q62[index])) >> 63;
    let r_q62 = (product as i64).wrapping_sub(super::ONE_Q62);
    let ln_1p_q62 = mul_q62(polynomial_q62(&LN_1P_Q62, r_q62), r_q62);
    let fraction_q62 = LN_OFFSET_Q62[index].wrapping_add(ln_1p_q62);
    let whole_q62 = i128::from(exponent).wrapping_mul(i128::from(LN_2_Q62));
    Ok((whole_q62.wrapping_add(i128::from(fraction_q62)) >> 6) as i64)
}

/// ln(numerator / denominator), Q56. Error at most 8e-17.
///
/// # Errors
/// [`MathError::OutOfDomain`] if either is zero.
pub fn ln_ratio_q56(numerator: u64, denominator: u64) -> Result<i64, MathError> {
    Ok(ln_u64_q56(numerator)?.wrapping_sub(ln_u64_q56(denominator)?))
}
