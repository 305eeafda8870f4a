//! Time as the chain tells it.

/// Seconds of an hour.
pub const SECONDS_PER_HOUR: u64 = 3_600;
/// Seconds of a day.
pub const SECONDS_PER_DAY: u64 = 86_400;
/// Seconds of the protocol's year: 365 days.
pub const SECONDS_PER_YEAR: u64 = 31_536_000;

/// Seconds since 1970-01-01 UTC, from the Clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    /// A point in time.
    pub const fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The raw number of seconds.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to this, zero if `earlier` is later: the Clock may repeat a second, and a negative
    /// interval must never enter a formula.
    #[expect(clippy::as_conversions, reason = "a positive i64 difference fits u64")]
    pub const fn since(self, earlier: Self) -> u64 {
        let elapsed = self.0.saturating_sub(earlier.0);
        if elapsed < 0 { 0 } else { elapsed as u64 }
    }
}
