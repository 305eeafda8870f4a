//! Inverse of the normal distribution.

use super::ln::Logarithm;
use super::sqrt::sqrt_q64;
use super::tables::QUANTILE_Q59;
use crate::MathError;
use crate::fixed::polynomial_q62;

const ONE_Q96: u128 = 1 << 96;
/// Least tail: 2^-60, about 8.7e-19.
const MIN_TAIL_Q96: u128 = 1 << 36;
/// Where the table starts: t = 1.125, below sqrt(2 ln 2) = 1.177, the place of a tail of one half.
const START_Q56: u64 = 9 << 53;

/// The x with Phi(x) = p, in Q56, for a probability in Q96.
///
/// Domain: 2^-60 <= p <= 1 - 2^-60, so that |x| < 8.8. Error at most 5.8e-17 absolute. Exactly odd: the quantiles of p and
/// 1 - p are opposite.
///
/// With q the smaller tail, t = sqrt(-2 ln q) lies in [1.17, 9.13), on which x is a smooth function of t: a table of
/// polynomials of degree eight on intervals of 1/16.
///
/// # Errors
/// [`MathError::OutOfDomain`] outside.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "p is below one; -2 ln q <= 83.2 in Q64 is positive; after `get` the index is inside the table; the place \
              within an interval has 52 bits; quantiles are below 9 in Q59"
)]
pub fn normal_quantile_q56(p_q96: u128) -> Result<i64, MathError> {
    if !(MIN_TAIL_Q96..=ONE_Q96 - MIN_TAIL_Q96).contains(&p_q96) {
        return Err(MathError::OutOfDomain);
    }
    let upper = p_q96 > ONE_Q96 >> 1;
    let tail_q96 = if upper { ONE_Q96 - p_q96 } else { p_q96 };
    let ln_tail_q56 = Logarithm::of_q96(tail_q96)?.q56();
    let t_q56 = sqrt_q64((ln_tail_q56.unsigned_abs() as u128) << 9);
    let place = t_q56.saturating_sub(START_Q56);
    let row = QUANTILE_Q59.get((place >> 52) as usize).ok_or(MathError::OutOfDomain)?;
    let within_q62 = (((place & ((1 << 52) - 1)) << 11) as i64) - super::ONE_Q62;
    let x_q56 = (polynomial_q62(row, within_q62).max(0) + 4) >> 3;
    Ok(if upper { x_q56 } else { -x_q56 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_zero_and_tails_are_opposite() {
        assert_eq!(normal_quantile_q56(ONE_Q96 >> 1).map(|x| x.abs() < 4), Ok(true));
        for tail in [MIN_TAIL_Q96, 1 << 70, (1 << 95) - (1 << 60)] {
            let low = normal_quantile_q56(tail).unwrap();
            assert!(low < 0);
            assert_eq!(normal_quantile_q56(ONE_Q96 - tail), Ok(-low));
        }
    }

    #[test]
    fn refuses_tails_that_are_too_thin() {
        assert_eq!(normal_quantile_q56(MIN_TAIL_Q96 - 1), Err(MathError::OutOfDomain));
        assert_eq!(
            normal_quantile_q56(ONE_Q96 - MIN_TAIL_Q96 + 1),
            Err(MathError::OutOfDomain)
        );
        assert_eq!(normal_quantile_q56(u128::MAX), Err(MathError::OutOfDomain));
    }
}
