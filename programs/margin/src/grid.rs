//! The listing grid: which expiries and strikes anyone may list.
//!
//! Expiries are at 08:00 UTC: every Friday up to eight weeks away, from there the last Friday of each month up to 26 weeks, from
//! there the last Friday of each quarter up to the market's tenor, which is two years at most. No moment has more than 8 + 5 + 7.
//!
//! A strike is a multiple of the step. The step is the market's own times the least of 1, 2, 5, 10, 20, ... that makes it 2% of
//! spot; longer tenors have twice and four times that, and strikes below 0.7 or above 1.4 of spot are on every other step.
//! The window of strikes around spot opens with the tenor too, within the market's limits. It holds at most 64 strikes of
//! the grid, whatever spot is: a full chain that lacks one of them has a slot that is no longer listable.

use crate::error::MarginError;
use crate::state::MarketLimits;
use tenor_math::Round;
use tenor_math::quantity::{E9, Price, Ratio, UnixSeconds};

const SECONDS_PER_DAY: u64 = 86_400;
const SECONDS_PER_WEEK: u64 = 7 * SECONDS_PER_DAY;
/// Friday 1970-01-02, 08:00 UTC.
const FIRST_EXPIRY: u64 = SECONDS_PER_DAY + 8 * 3_600;
/// A chain must live at least this long, so that its surface can settle in.
const MIN_TENOR_SECONDS: u64 = 10_800;
/// Farthest weekly expiry.
const WEEKLY_SECONDS: u64 = 8 * SECONDS_PER_WEEK;
/// Farthest monthly expiry.
const MONTHLY_SECONDS: u64 = 26 * SECONDS_PER_WEEK;

/// Least step as a fraction of spot: 2%.
const STEP_OF_SPOT: Ratio = Ratio::from_bps(200);
/// Between these fractions of spot every step is a strike, beyond them every other.
const NEAR: (Ratio, Ratio) = (Ratio::from_bps(7_000), Ratio::from_bps(14_000));
/// Larger multiples of the market's step are not tried: 2e9.
const MAX_SCALE: u64 = 2 * E9;

/// How coarse the grid is and how far it reaches at a tenor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reach {
    /// Multiple of the step.
    coarseness: u64,
    /// Lowest strike as a fraction of spot.
    low: Ratio,
    /// Highest strike as a multiple of spot.
    high: Ratio,
}

impl Reach {
    const fn at(tenor_seconds: u64) -> Self {
        let (coarseness, low, high) = if tenor_seconds <= WEEKLY_SECONDS {
            (1, 5_000, 20_000)
        } else if tenor_seconds <= MONTHLY_SECONDS {
            (2, 3_500, 30_000)
        } else {
            (4, 2_500, 40_000)
        };
        Self {
            coarseness,
            low: Ratio::from_bps(low),
            high: Ratio::from_bps(high),
        }
    }
}

/// Checks that an expiry is on the grid, at least three hours and at most the market's tenor away. A tenor of zero lists nothing.
///
/// # Errors
/// [`MarginError::ExpiryNotOnGrid`].
pub fn check_expiry(expiry: UnixSeconds, now: UnixSeconds, limits: &MarketLimits) -> Result<(), MarginError> {
    let tenor = expiry.since(now);
    if tenor < MIN_TENOR_SECONDS || tenor > limits.max_tenor_seconds {
        return Err(MarginError::ExpiryNotOnGrid);
    }
    let seconds = u64::try_from(expiry.get()).map_err(|_| MarginError::ExpiryNotOnGrid)?;
    let since_first = seconds.checked_sub(FIRST_EXPIRY).ok_or(MarginError::ExpiryNotOnGrid)?;
    let is_friday = since_first.checked_rem(SECONDS_PER_WEEK) == Some(0);
    let is_quarters_last = || is_last_of_month(seconds) && month(seconds).checked_rem(3) == Some(0);
    let is_listed_so_far_ahead =
        tenor <= WEEKLY_SECONDS || (tenor <= MONTHLY_SECONDS && is_last_of_month(seconds)) || is_quarters_last();
    if !is_friday || !is_listed_so_far_ahead {
        return Err(MarginError::ExpiryNotOnGrid);
    }
    Ok(())
}

/// Whether a week later is another month.
fn is_last_of_month(seconds: u64) -> bool {
    month(seconds) != month(seconds.saturating_add(SECONDS_PER_WEEK))
}

/// Month of a moment after 1970, 1 to 12. Years are taken from March on, so that a leap day is a year's last; see Howard
/// Hinnant, *chrono-compatible low-level date algorithms*.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "divisors are constants; days are below 2^48, and each difference is of a day and of days before it"
)]
const fn month(seconds: u64) -> u64 {
    /// From 0000-03-01 to 1970-01-01.
    const DAYS_BEFORE_1970: u64 = 719_468;
    const DAYS_PER_ERA: u64 = 146_097;
    let day_of_era = (seconds / SECONDS_PER_DAY + DAYS_BEFORE_1970) % DAYS_PER_ERA;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    }
}

/// Checks that a strike is a multiple of the step inside the window around spot.
///
/// # Errors
/// [`MarginError::StrikeNotOnGrid`], [`MarginError::MathOverflow`].
pub fn check_strike(strike: Price, spot: Price, tenor_seconds: u64, limits: &MarketLimits) -> Result<(), MarginError> {
    if is_listable(strike, spot, tenor_seconds, limits)? {
        Ok(())
    } else {
        Err(MarginError::StrikeNotOnGrid)
    }
}

/// Whether a strike is a multiple of the step inside the window around spot.
///
/// # Errors
/// [`MarginError::MathOverflow`].
pub fn is_listable(strike: Price, spot: Price, tenor_seconds: u64, limits: &MarketLimits) -> Result<bool, MarginError> {
    let reach = Reach::at(tenor_seconds);
    let low = reach.low.max(Ratio::from_e9(limits.strike_window_low_e9));
    let high = reach.high.min(Ratio::from_e9(limits.strike_window_high_e9));
    let of_spot = |ratio: Ratio, round| ratio.of_count(spot.e9(), round).map_err(MarginError::from);
    let is_inside = |(low, high): (Ratio, Ratio)| -> Result<bool, MarginError> {
        Ok((of_spot(low, Round::Up)?..=of_spot(high, Round::Down)?).contains(&strike.e9()))
    };
    let sparsity: u64 = if is_inside(NEAR)? { 1 } else { 2 };
    let step = near_step_e9(spot, limits.strike_step_e9)?
        .checked_mul(reach.coarseness)
        .and_then(|step| step.checked_mul(sparsity))
        .ok_or(MarginError::MathOverflow)?;
    let is_on_grid = strike.e9() != 0 && strike.e9().checked_rem(step) == Some(0);
    Ok(is_on_grid && is_inside((low, high))?)
}

/// The step of near expiries and strikes: the market's, times the least of 1, 2, 5, 10, 20, 50, ... that makes it 2% of spot.
fn near_step_e9(spot: Price, step_e9: u64) -> Result<u64, MarginError> {
    let least_e9 = STEP_OF_SPOT.of_count(spot.e9(), Round::Up)?;
    let mut decade = 1_u64;
    while decade <= MAX_SCALE {
        for digit in [1_u64, 2, 5] {
            let scaled = decade.checked_mul(digit).and_then(|scale| scale.checked_mul(step_e9));
            let scaled = scaled.ok_or(MarginError::MathOverflow)?;
            if scaled >= least_e9 {
                return Ok(scaled);
            }
        }
        decade = decade.saturating_mul(10);
    }
    Err(MarginError::MathOverflow)
}

#[cfg(test)]
#[allow(clippy::integer_division, reason = "whole steps and hours")]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test states what it expects by failing there"
)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn limits() -> MarketLimits {
        MarketLimits {
            strike_step_e9: 5 * E9,
            strike_window_low_e9: 250_000_000,
            strike_window_high_e9: 4 * E9,
            max_tenor_seconds: 730 * SECONDS_PER_DAY,
            band_of_mark_e9: 0,
            band_of_spot_e9: 0,
            max_open_interest_lots: 0,
            min_forward_ratio_e9: 0,
            min_discount_e9: 0,
        }
    }

    fn is_expiry(expiry: i64, now: i64) -> bool {
        check_expiry(UnixSeconds::new(expiry), UnixSeconds::new(now), &limits()).is_ok()
    }

    fn is_strike(dollars: u64, spot: u64, days: u64) -> bool {
        let (strike, spot) = (Price::from_e9(dollars * E9), Price::from_e9(spot * E9));
        is_listable(strike, spot, days * SECONDS_PER_DAY, &limits()).unwrap()
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        // date -u -d @... : leap days, the ends of years, and a century without a leap day.
        let known = [
            (0, 1),
            (951_782_399, 2),    // 2000-02-28 23:59:59
            (951_782_400, 2),    // 2000-02-29 00:00:00
            (951_868_800, 3),    // 2000-03-01
            (1_704_067_199, 12), // 2023-12-31 23:59:59
            (1_704_067_200, 1),  // 2024-01-01
            (1_709_164_800, 2),  // 2024-02-29
            (1_709_251_200, 3),  // 2024-03-01
            (1_772_265_600, 2),  // 2026-02-28
            (1_772_323_200, 3),  // 2026-03-01
            (4_107_456_000, 2),  // 2100-02-28
            (4_107_542_400, 3),  // 2100-03-01: 2100 is no leap year
        ];
        for (seconds, expected) in known {
            assert_eq!(month(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn fridays_for_eight_weeks_then_the_last_of_a_month_then_of_a_quarter() {
        // Monday 2026-01-05 12:00 UTC; the first expiry is Friday 2026-01-09 08:00 UTC.
        let (now, first) = (1_767_614_400, 1_767_945_600);
        let friday = |week: i64| first + week * 7 * DAY;
        let listed: Vec<i64> = (0..110).filter(|week| is_expiry(friday(*week), now)).collect();
        // Weeks 0 to 7 (to Feb 27); Mar 27, Apr 24, May 29, Jun 26 are weeks 11, 15, 20, 24; Jul 31 is 29 weeks away and no
        // quarter's last; Sep 25 and Dec 25 2026 are weeks 37 and 50; Mar 26, Jun 25, Sep 24, Dec 31 2027 are 63, 76, 89, 103.
        assert_eq!(
            listed,
            [0, 1, 2, 3, 4, 5, 6, 7, 11, 15, 20, 24, 37, 50, 63, 76, 89, 103]
        );
        for off in [-1, 1, 3_600, DAY, -DAY] {
            assert!(!is_expiry(friday(1) + off, now), "{off}");
        }
        assert!(
            !is_expiry(friday(-1), now) && !is_expiry(0, now) && !is_expiry(i64::MIN, now) && !is_expiry(i64::MAX, now)
        );
        // Three hours at least.
        assert!(is_expiry(first, first - 10_800) && !is_expiry(first, first - 10_799));
    }

    #[test]
    fn no_moment_has_more_expiries_than_the_table_holds() {
        let first = 1_767_945_600;
        let most = (0..7 * 24 * 53)
            .step_by(5)
            .map(|hour| {
                let now = first + hour * 3_600;
                let next = hour / (7 * 24);
                (next..next + 106)
                    .filter(|week| is_expiry(first + week * 7 * DAY, now))
                    .count()
            })
            .max();
        assert!(most <= Some(20), "{most:?}");
    }

    #[test]
    fn a_tenor_of_zero_lists_nothing() {
        let none = MarketLimits {
            max_tenor_seconds: 0,
            ..limits()
        };
        for week in 0..10 {
            let expiry = UnixSeconds::new(1_767_945_600 + week * 7 * DAY);
            let refused = check_expiry(expiry, UnixSeconds::new(1_767_614_400), &none);
            assert_eq!(refused, Err(MarginError::ExpiryNotOnGrid));
        }
    }

    #[test]
    fn the_step_grows_with_price() {
        // Spot, least step of 2%, step: by hand.
        let table = [
            (10, 5),
            (200, 5),
            (250, 5),
            (251, 10),
            (500, 10),
            (501, 25),
            (1_250, 25),
            (1_251, 50),
            (9_999, 250),
        ];
        for (spot, step) in table {
            assert_eq!(near_step_e9(Price::from_e9(spot * E9), 5 * E9), Ok(step * E9), "{spot}");
        }
        assert_eq!(near_step_e9(Price::from_e9(u64::MAX), E9), Ok(500_000_000_000_000_000));
        // Steps finer than a few billionths of spot are not scaled so far.
        assert_eq!(
            near_step_e9(Price::from_e9(u64::MAX), 1),
            Err(MarginError::MathOverflow)
        );
        assert_eq!(near_step_e9(Price::from_e9(u64::MAX), u64::MAX), Ok(u64::MAX));
    }

    #[test]
    fn the_grid_and_the_window_widen_with_tenor_and_distance() {
        // Spot 200, step 5. Listable strikes in dollars, tenor in days.
        let table: [(u64, &[u64], &[u64]); 3] = [
            (
                56,
                &[100, 110, 130, 140, 145, 195, 200, 205, 275, 280, 290, 400],
                &[95, 90, 105, 135, 201, 285, 405, 410, 0],
            ),
            (
                182,
                &[80, 100, 120, 140, 150, 200, 210, 280, 300, 600],
                &[60, 70, 75, 110, 130, 145, 205, 290, 310, 620],
            ),
            (
                183,
                &[80, 120, 140, 160, 200, 280, 320, 800],
                &[40, 50, 100, 150, 190, 210, 300, 340, 840],
            ),
        ];
        for (days, listable, not) in table {
            for strike in listable {
                assert!(is_strike(*strike, 200, days), "{strike} at {days} days");
            }
            for strike in not {
                assert!(!is_strike(*strike, 200, days), "{strike} at {days} days");
            }
        }
    }

    #[test]
    fn the_window_rounds_inward_and_stays_within_the_markets_limits() {
        let (low, high) = (Price::from_e9(100 * E9), Price::from_e9(400 * E9));
        let at = |strike, spot_e9| is_listable(strike, Price::from_e9(spot_e9), 0, &limits()).unwrap();
        assert!(at(low, 200 * E9) && at(high, 200 * E9));
        assert!(!at(low, 200 * E9 + 1) && !at(high, 200 * E9 - 1));
        let narrow = MarketLimits {
            strike_window_low_e9: 800_000_000,
            strike_window_high_e9: 1_200_000_000,
            ..limits()
        };
        let listable: Vec<u64> = (0..1_000)
            .filter(|dollars| is_listable(Price::from_e9(dollars * E9), Price::from_e9(200 * E9), 0, &narrow).unwrap())
            .collect();
        assert_eq!(
            listable,
            [
                160, 165, 170, 175, 180, 185, 190, 195, 200, 205, 210, 215, 220, 225, 230, 235, 240
            ]
        );
    }

    #[test]
    fn the_window_never_holds_more_strikes_than_a_chain() {
        let mut most = [0; 3];
        for spot in (50..20_000).step_by(7) {
            for (most, days) in most.iter_mut().zip([56, 182, 700]) {
                let step = near_step_e9(Price::from_e9(spot * E9), 5 * E9).unwrap() / E9;
                let in_window = (1..=4 * spot / step).filter(|place| is_strike(place * step, spot, days));
                *most = (*most).max(in_window.count());
            }
        }
        assert!(most.iter().all(|most| *most <= crate::state::MAX_STRIKES), "{most:?}");
    }
}
