//! The clock of a Dutch auction.

use crate::MathError;
use crate::quantity::{Ratio, UnixSeconds};

/// Most that one touch advances a clock: an outage of the feed between two touches does not run it.
pub const MAX_STEP_SECONDS: u64 = 30;

/// An auction that starts no later than this after the last one ended goes on from that one's clock.
pub const AUCTION_MEMORY_SECONDS: u64 = 1_800;

/// How many seconds of auction one second of time is, from 1 to 8: faster when the market moves fast.
///
/// Whole, so that a clock does not depend on how often it is touched: with a fraction each touch would round, and
/// touching every second would slow or speed the auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockSpeed(u8);

impl ClockSpeed {
    /// The clock follows time.
    pub const NORMAL: Self = Self(1);
    /// Fastest clock.
    pub const FASTEST: Self = Self(8);

    /// Speed in proportion to how fast the price range moves: one, and one more for each whole `unit` in `moved`, at most
    /// [`Self::FASTEST`]. Both measure the same thing over the same time, such as the rise of the range in an hour.
    /// Rounds down, in favour of the account.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] if `unit` is zero.
    pub fn from_move(moved: Ratio, unit: Ratio) -> Result<Self, MathError> {
        let whole = moved.e9().checked_div(unit.e9()).ok_or(MathError::DivideByZero)?;
        let speed = whole.saturating_add(1).min(u64::from(Self::FASTEST.0));
        Ok(Self(u8::try_from(speed).unwrap_or(Self::FASTEST.0)))
    }

    /// Seconds of auction a second.
    pub const fn get(self) -> u8 {
        self.0
    }
}

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
        self.advanced_at(ClockSpeed::NORMAL, last, now)
    }

    /// [`Self::advanced`] at a speed: the time between, at most [`MAX_STEP_SECONDS`] of it, times the speed. Saturates
    /// after 136 years.
    pub fn advanced_at(self, speed: ClockSpeed, last: UnixSeconds, now: UnixSeconds) -> Self {
        let step = now.since(last).min(MAX_STEP_SECONDS).saturating_mul(u64::from(speed.0));
        Self(self.0.saturating_add(u32::try_from(step).unwrap_or(u32::MAX)))
    }

    /// The clock with which an auction starts at `now`: this one, the last auction's, if that ended no more than
    /// `memory_seconds` ago ([`AUCTION_MEMORY_SECONDS`] by default), else zero. So an owner who lifts the account to the
    /// target for a moment does not win a fresh clock.
    pub const fn resumed(self, ended_at: Option<UnixSeconds>, now: UnixSeconds, memory_seconds: u64) -> Self {
        match ended_at {
            Some(ended_at) if now.since(ended_at) <= memory_seconds => self,
            Some(_) | None => Self(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(seconds)
    }

    #[test]
    fn clock_advances_by_at_most_thirty_seconds_and_never_back() {
        let clock = AuctionClock::from_seconds(10);
        assert_eq!(clock.advanced(at(100), at(110)).seconds(), 20);
        assert_eq!(clock.advanced(at(100), at(130)).seconds(), 40);
        assert_eq!(clock.advanced(at(100), at(10_000)).seconds(), 40);
        assert_eq!(clock.advanced(at(100), at(50)).seconds(), 10);
        assert_eq!(
            AuctionClock::from_seconds(u32::MAX).advanced(at(0), at(1)).seconds(),
            u32::MAX
        );
    }

    #[test]
    fn clock_runs_faster_in_proportion_to_the_move_up_to_eight_times() {
        let speed = |moved, unit| ClockSpeed::from_move(Ratio::from_e9(moved), Ratio::from_e9(unit));
        assert_eq!(speed(0, 5), Ok(ClockSpeed::NORMAL));
        assert_eq!(speed(4, 5), Ok(ClockSpeed::NORMAL));
        assert_eq!(speed(5, 5).map(ClockSpeed::get), Ok(2));
        assert_eq!(speed(34, 5).map(ClockSpeed::get), Ok(7));
        assert_eq!(speed(u64::MAX, 1), Ok(ClockSpeed::FASTEST));
        assert_eq!(speed(1, 0), Err(MathError::DivideByZero));
        let clock = AuctionClock::default().advanced_at(ClockSpeed::FASTEST, at(0), at(31));
        assert_eq!(clock.seconds(), 240);
    }

    #[test]
    fn a_clock_does_not_depend_on_how_often_it_is_touched() {
        let speed = ClockSpeed::from_move(Ratio::from_e9(25), Ratio::from_e9(10)).unwrap();
        let mut often = AuctionClock::default();
        for second in 0..30 {
            often = often.advanced_at(speed, at(second), at(second + 1));
        }
        assert_eq!(often, AuctionClock::default().advanced_at(speed, at(0), at(30)));
    }

    #[test]
    fn an_auction_within_thirty_minutes_of_the_last_resumes_its_clock() {
        let clock = AuctionClock::from_seconds(77);
        let started = |ended_at, now| clock.resumed(ended_at, at(now), AUCTION_MEMORY_SECONDS).seconds();
        assert_eq!(started(Some(at(100)), 1_900), 77);
        assert_eq!(started(Some(at(100)), 1_901), 0);
        assert_eq!(started(Some(at(100)), 50), 77);
        assert_eq!(started(None, 50), 0);
    }
}
