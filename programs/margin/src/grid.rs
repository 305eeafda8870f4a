//! The listing grid: which expiries and strikes anyone may list.

use crate::error::MarginError;
use crate::state::MarketLimits;
use tenor_math::Round;
use tenor_math::quantity::{Price, Ratio, UnixSeconds};

const SECONDS_PER_WEEK: i64 = 604_800;
/// Friday 1970-01-02, 08:00 UTC.
const FIRST_EXPIRY: i64 = 86_400 + 8 * 3_600;
/// A chain must live at least this long, so that its surface can settle in.
const MIN_TENOR_SECONDS: u64 = 10_800;

/// Checks that an expiry is a Friday 08:00 UTC, at least three hours and at most the market's tenor away.
///
/// # Errors
/// [`MarginError::ExpiryNotOnGrid`].
pub fn check_expiry(expiry: UnixSeconds, now: UnixSeconds, limits: &MarketLimits) -> Result<(), MarginError> {
    let since_first = expiry.get().saturating_sub(FIRST_EXPIRY);
    let is_on_grid = since_first.checked_rem(SECONDS_PER_WEEK) == Some(0);
    let tenor = expiry.since(now);
    if !is_on_grid || tenor < MIN_TENOR_SECONDS || tenor > limits.max_tenor_seconds {
        return Err(MarginError::ExpiryNotOnGrid);
    }
    Ok(())
}

/// Checks that a strike is a multiple of the step inside the window around spot.
///
/// # Errors
/// [`MarginError::StrikeNotOnGrid`], [`MarginError::MathOverflow`].
pub fn check_strike(strike: Price, spot: Price, limits: &MarketLimits) -> Result<(), MarginError> {
    let low = Ratio::from_e9(limits.strike_window_low_e9).of_count(spot.e9(), Round::Up)?;
    let high = Ratio::from_e9(limits.strike_window_high_e9).of_count(spot.e9(), Round::Down)?;
    let is_on_grid = strike.e9().checked_rem(limits.strike_step_e9) == Some(0);
    if strike.e9() == 0 || !is_on_grid || strike.e9() < low || strike.e9() > high {
        return Err(MarginError::StrikeNotOnGrid);
    }
    Ok(())
}
