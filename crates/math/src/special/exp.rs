//! Exponential.

use super::tables::{EXP_Q62, EXP_STEP_Q62, STEP_Q68, STEPS_PER_UNIT_Q56};
use crate::fixed::polynomial_q62;

/// exp(-x) for x >= 0 in Q56, as Q62 in [0, 1].
///
/// A negative x is taken as zero and gives one; from x = 43 on the result is zero (the true value is below one unit of
/// the last place). Error at most 3e-18 absolute, rounded down.
///
/// -x = n (ln 2 / 64) + r with 0 <= r < ln 2 / 64: 2^(n/64) from a table of 64 steps and a shift, exp(r) by a
/// polynomial of degree six (truncation 1e-17 relative).
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "x < 43 * 2^56 bounds the number of steps by 3,971 and every difference by one step; the index is below 64; \
              with at least one halving the result is at most one"
)]
pub fn exp_neg_q62(x_q56: i64) -> i64 {
    if x_q56 <= 0 {
        return super::ONE_Q62;
    }
    if x_q56 >= 43 * super::ONE_Q56 {
        return 0;
    }
    // The least number of steps that is at least x, so that r is not negative.
    let steps_q112 = i128::from(x_q56).wrapping_mul(i128::from(STEPS_PER_UNIT_Q56));
    let steps = ((steps_q112 >> 112) as i64) + 1;
    let r_q68 = i128::from(steps).wrapping_mul(i128::from(STEP_Q68)) - (i128::from(x_q56) << 12);
    let r_q62 = (r_q68 >> 6) as i64;
    let power = polynomial_q62(&EXP_Q62, r_q62);
    let halvings = (steps + 63) >> 6;
    let index = (halvings * 64 - steps) as usize;
    let product = i128::from(power).wrapping_mul(i128::from(EXP_STEP_Q62[index & 63]));
    (product >> (62 + halvings)) as i64
}
