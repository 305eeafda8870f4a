//! The slow average of a price that guards against momentary ones.

use crate::quantity::{E9, Price};
use crate::{MathError, Round, mul_div};

/// Seconds in which the average closes most of the gap to the price: one hour.
const TIME_CONSTANT_SECONDS: u64 = 3_600;
/// Farthest that one call moves the average after an hour or more x 1e9: 6% of itself.
const MAX_HOURLY_STEP_E9: u64 = 60_000_000;

/// The average after a price that stood `elapsed_seconds` after the one before: it closes the part elapsed / (elapsed +
/// one hour) of the gap, but moves by at most 6% of itself, below an hour pro rata. An average of zero starts at the price.
/// Rounds the step toward the old average. Source: design section 8.
///
/// The bound is of one call, and calls compound: however often it is called, in an hour the average rises by less than
/// e^0.06 - 1, 6.184% of itself, and falls by at most 6%.
///
/// # Errors
/// [`MathError::Overflow`] never for prices below 2^63.
pub fn moving_average(average: Price, price: Price, elapsed_seconds: u64) -> Result<Price, MathError> {
    if average.e9() == 0 {
        return Ok(price);
    }
    let gap = price.e9().abs_diff(average.e9());
    let weight_divisor = elapsed_seconds
        .checked_add(TIME_CONSTANT_SECONDS)
        .ok_or(MathError::Overflow)?;
    let by_weight = mul_div(gap, elapsed_seconds, weight_divisor, Round::Down)?;
    let hour_limit = mul_div(average.e9(), MAX_HOURLY_STEP_E9, E9, Round::Down)?;
    let by_limit = mul_div(
        hour_limit,
        elapsed_seconds.min(TIME_CONSTANT_SECONDS),
        TIME_CONSTANT_SECONDS,
        Round::Down,
    )?;
    let step = by_weight.min(by_limit);
    let moved = if price >= average {
        average.e9().checked_add(step)
    } else {
        average.e9().checked_sub(step)
    };
    moved.map(Price::from_e9).ok_or(MathError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(average: u64, price: u64, seconds: u64) -> u64 {
        moving_average(Price::from_e9(average), Price::from_e9(price), seconds)
            .unwrap()
            .e9()
    }

    #[test]
    fn starts_at_the_first_price() {
        assert_eq!(after(0, 220, 5), 220);
    }

    #[test]
    fn closes_half_the_gap_in_an_hour_when_the_gap_is_small() {
        assert_eq!(after(100_000, 102_000, 3_600), 101_000);
        assert_eq!(after(100_000, 98_000, 3_600), 99_000);
    }

    #[test]
    fn moves_at_most_six_percent_an_hour_and_pro_rata() {
        assert_eq!(after(100_000, 50_000, 3_600), 94_000);
        assert_eq!(after(100_000, 1_000_000, 1_800), 103_000);
        assert_eq!(after(100_000, 1_000_000, 36_000), 106_000);
        assert_eq!(after(100_000, 50_000, 0), 100_000);
    }

    #[test]
    fn calls_of_a_second_compound_to_the_exponential_of_six_percent_an_hour() {
        let hour = |price: u64| (0..3_600).fold(1_000_000_000_000, |average, _| after(average, price, 1));
        // 1e12 (1 + 0.06 / 3,600)^3,600 and 1e12 (1 - 0.06 / 3,600)^3,600 in exact decimals; a step rounds by less than two.
        let (risen, fallen) = (hour(1 << 62), hour(1));
        assert!(
            risen <= 1_061_836_015_633 && risen > 1_061_836_015_633 - 2 * 3_600,
            "{risen}"
        );
        assert!(
            (941_764_062_696..941_764_062_696 + 2 * 3_600).contains(&fallen),
            "{fallen}"
        );
    }
}
