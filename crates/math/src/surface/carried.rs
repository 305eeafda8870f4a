//! A ratio of one tenor at another.
//!
//! What a forward is over spot, and what a discount factor is, grow with a rate: F/S = exp(c T) and D = exp(-r T). At the
//! rate that a ratio q says for T seconds, it is q^(t / T) for t seconds: exp(ln q t / T).

use crate::MathError;
use crate::quantity::{E9, Ratio};
use crate::special::{exp_q56, ln_e9_q56};

/// Most that the logarithm of a result may be: 4, a ratio of 54.6.
const MAX_LOG_Q56: u128 = 4 << 56;

/// `ratio` for `from_seconds`, carried at its rate to `to_seconds`: `ratio^(to / from)`, to the nearest 1e-9 but for a
/// relative error of 1e-17 (1 + to / from). Where to and from are the same it is the ratio itself. Saturates at exp(4) and exp(-4).
///
/// # Errors
/// [`MathError::OutOfDomain`] for a ratio of zero; [`MathError::DivideByZero`] for no seconds to carry from.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::as_conversions,
    reason = "a logarithm is below 45 x 2^56 < 2^62 and seconds below 2^64, so their product is below 2^126; divided by seconds \
              that are not zero and held at 2^58 it fits i64; a result is below 2^6 in Q56 and, times 1e9, below 2^93"
)]
pub fn carried_ratio(ratio: Ratio, from_seconds: u64, to_seconds: u64) -> Result<Ratio, MathError> {
    let log_q56 = ln_e9_q56(ratio.e9())?;
    if from_seconds == 0 {
        return Err(MathError::DivideByZero);
    }
    if from_seconds == to_seconds {
        return Ok(ratio);
    }
    let carried = u128::from(log_q56.unsigned_abs()) * u128::from(to_seconds) / u128::from(from_seconds);
    let magnitude_q56 = carried.min(MAX_LOG_Q56) as i64;
    let carried_q56 = if log_q56 < 0 { -magnitude_q56 } else { magnitude_q56 };
    let result_q56 = exp_q56(carried_q56)?.to_fixed(56).ok_or(MathError::Overflow)?;
    let half_q56 = 1_u128 << 55;
    Ok(Ratio::from_e9(
        ((u128::from(result_q56) * u128::from(E9) + half_q56) >> 56) as u64,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test states what it expects by failing there")]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    fn carried(ratio_e9: u64, from: u64, to: u64) -> u64 {
        carried_ratio(Ratio::from_e9(ratio_e9), from, to).unwrap().e9()
    }

    #[test]
    fn follows_the_rate_to_the_last_digit() {
        // round(q^(t / T) x 1e9) with 60 digits (mpmath).
        for (ratio_e9, from, to, expected) in [
            (1_002_743_982, 864_000, 2_592_000, 1_008_254_555),
            (1_025_000_000, 7_862_400, 23_587_200, 1_076_890_625),
            (1_008_000_000, 2_592_000, 604_800, 1_001_860_969),
            (999_999_999, 604_800, 31_449_600, 999_999_948),
            (975_308_642, 8_640_000, 28_771_217, 920_117_053),
            (900_000_000, 31_536_000, 1, 999_999_997),
            (1_123_456_789, 12_345, 23_456, 1_247_553_435),
            (1_000_000_001, 86_400, 259_200, 1_000_000_003),
            (1_500_000_000, 31_536_000, 31_449_600, 1_498_334_630),
            (50_000_000, 25_920_000, 26_006_400, 49_503_196),
        ] {
            assert_eq!(carried(ratio_e9, from, to), expected, "{ratio_e9} {from} {to}");
        }
    }

    #[test]
    fn a_ratio_at_its_own_tenor_is_itself_and_one_is_one_at_any() {
        for ratio_e9 in [1, 900_000_000, 999_999_999, 1_000_000_001, u64::MAX] {
            assert_eq!(carried(ratio_e9, 7 * DAY, 7 * DAY), ratio_e9);
        }
        assert_eq!(carried(E9, 1, u64::MAX), E9);
        assert_eq!(carried(1_100_000_000, 7 * DAY, 0), E9);
    }

    #[test]
    fn there_and_back_is_the_same_but_for_the_rounding_between() {
        // Half a unit at three times the tenor is a sixth of one here.
        for ratio_e9 in (900_000_000..1_100_000_000).step_by(1_234_567) {
            let far = carried(ratio_e9, 30 * DAY, 90 * DAY);
            assert_eq!(carried(far, 90 * DAY, 30 * DAY), ratio_e9);
        }
    }

    #[test]
    fn saturates_at_four_e_folds_and_refuses_what_has_no_rate() {
        // exp(4) and exp(-4) x 1e9.
        assert_eq!(carried(1_005_000_000, 60, 365 * DAY), 54_598_150_033);
        assert_eq!(carried(995_000_000, 60, 365 * DAY), 18_315_639);
        assert_eq!(carried_ratio(Ratio::from_e9(0), 1, 1), Err(MathError::OutOfDomain));
        assert_eq!(carried_ratio(Ratio::ONE, 0, 1), Err(MathError::DivideByZero));
    }
}
