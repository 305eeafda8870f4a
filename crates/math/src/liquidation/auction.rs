//! The Dutch clock and the discount that it gives.

use crate::quantity::{E9, Ratio, UnixSeconds, Value};
use crate::{MathError, Round, mul_div};

/// Most that one touch advances a clock: an outage of the feed between two touches does not run it.
pub const MAX_STEP_SECONDS: u64 = 30;

const FAST_SECONDS: u64 = 600;
const SLOW_SECONDS: u64 = 21_600;
const FIRST_E9: u64 = 20_000_000;
const FAST_E9: u64 = 200_000_000;

/// Seconds that an auction has run, counted only while prices were fresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuctionClock(u32);

impl AuctionClock {
    /// A clock that shows `seconds`.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// What the clock shows.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The clock after a touch at `now`, `last` being the touch before: it advances by the time between, but at most
    /// [`MAX_STEP_SECONDS`].
    pub fn advanced(self, last: UnixSeconds, now: UnixSeconds) -> Self {
        let step = now.since(last).min(MAX_STEP_SECONDS);
        Self(self.0.saturating_add(u32::try_from(step).unwrap_or(u32::MAX)))
    }
}

/// Discount of a slice, as a fraction of the maintenance margin that it frees: from 2% to 20% over ten minutes, then to
/// 100% over six hours, but never more than equity over the requirement, so that a liquidation cannot make equity
/// negative. Rounds down, in favour of the account.
///
/// # Errors
/// [`MathError::OutOfDomain`] unless equity and requirement are positive.
#[expect(clippy::arithmetic_side_effects, reason = "sums and differences of small constants")]
pub fn discount(clock: AuctionClock, equity: Value, maintenance: Value) -> Result<Ratio, MathError> {
    if equity <= Value::ZERO || maintenance <= Value::ZERO {
        return Err(MathError::OutOfDomain);
    }
    let seconds = u64::from(clock.0);
    let by_clock_e9 = if seconds <= FAST_SECONDS {
        FIRST_E9 + mul_div(FAST_E9 - FIRST_E9, seconds, FAST_SECONDS, Round::Down)?
    } else {
        let slow = (seconds - FAST_SECONDS).min(SLOW_SECONDS);
        FAST_E9 + mul_div(E9 - FAST_E9, slow, SLOW_SECONDS, Round::Down)?
    };
    let (equity, maintenance) = (equity.e9().unsigned_abs(), maintenance.e9().unsigned_abs());
    let by_equity_e9 = if equity >= maintenance {
        E9
    } else {
        mul_div(equity, E9, maintenance, Round::Down)?
    };
    Ok(Ratio::from_e9(by_clock_e9.min(by_equity_e9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u32, equity_e9: i64) -> u64 {
        discount(
            AuctionClock::from_seconds(seconds),
            Value::from_e9(equity_e9),
            Value::from_e9(1_000_000),
        )
        .unwrap()
        .e9()
    }

    #[test]
    fn discount_follows_the_schedule_of_the_design() {
        assert_eq!(at(0, 1_000_000), 20_000_000);
        assert_eq!(at(300, 1_000_000), 110_000_000);
        assert_eq!(at(600, 1_000_000), 200_000_000);
        assert_eq!(at(600 + 10_800, 1_000_000), 600_000_000);
        assert_eq!(at(600 + 21_600, 1_000_000), E9);
        assert_eq!(at(u32::MAX, 1_000_000), E9);
    }

    #[test]
    fn discount_never_exceeds_equity_over_requirement() {
        assert_eq!(at(u32::MAX, 50_000), 50_000_000);
        let none = discount(AuctionClock::default(), Value::ZERO, Value::from_e9(1));
        assert_eq!(none, Err(MathError::OutOfDomain));
    }

    #[test]
    fn clock_advances_by_at_most_thirty_seconds_and_never_back() {
        let clock = AuctionClock::from_seconds(10);
        let at = UnixSeconds::new;
        assert_eq!(clock.advanced(at(100), at(110)).seconds(), 20);
        assert_eq!(clock.advanced(at(100), at(10_000)).seconds(), 40);
        assert_eq!(clock.advanced(at(100), at(50)).seconds(), 10);
    }
}
