//! Standard normal distribution.

use super::exp::exp_neg_q62;
use super::tables::{INV_SQRT_TAU_Q62, TAIL_Q62};
use crate::fixed::{mul_q62, polynomial_q62};

/// Phi(x), the probability that a standard normal variable is at most x, for x in Q56; Q62 in [0, 1].
///
/// Error at most 1e-17 absolute. Zero below -8.5 and one above 8.5, where the true tail is below 1e-17.
/// Phi(x) + Phi(-x) is exactly one but at zero, where each is one half to within 5e-18.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "the polynomial's value is a tail probability, in [0, 1/2]; after `get` the index is inside the table"
)]
pub fn normal_cdf_q62(x_q56: i64) -> u64 {
    let magnitude = x_q56.unsigned_abs();
    // Intervals are 1/32 wide: the 51 bits below are the place within one, mapped to t in [-1, 1).
    let tail = match TAIL_Q62.get((magnitude >> 51) as usize) {
        None => 0,
        Some(coefficients) => {
            let place = magnitude & ((1 << 51) - 1);
            let t_q62 = ((place << 12) as i64) - super::ONE_Q62;
            polynomial_q62(coefficients, t_q62).max(0)
        }
    };
    if x_q56 < 0 {
        tail as u64
    } else {
        (super::ONE_Q62 - tail) as u64
    }
}

/// 1 - Phi(x), the probability that a standard normal variable exceeds x, for x in Q56; Q62 in [0, 1]. The same as
/// Phi(-x), with the same error.
pub fn normal_sf_q62(x_q56: i64) -> u64 {
    normal_cdf_q62(x_q56.saturating_neg())
}

/// Density of the standard normal distribution at x (Q56), Q62. Error at most 1e-17 absolute; zero beyond |x| = 9.2.
#[expect(
    clippy::as_conversions,
    reason = "the square of a number below 2^60 shifted by 57 is below 2^63; a density is positive"
)]
pub fn normal_pdf_q62(x_q56: i64) -> u64 {
    let magnitude = x_q56.unsigned_abs();
    if magnitude >= 16 << 56 {
        return 0;
    }
    let half_square_q56 = (u128::from(magnitude).wrapping_mul(u128::from(magnitude)) >> 57) as i64;
    mul_q62(exp_neg_q62(half_square_q56), INV_SQRT_TAU_Q62) as u64
}
