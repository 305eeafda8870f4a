//! Which price an expiry settles at.
//!
//! Thirty marks, one a minute, the last at expiry. The mark of a moment is the one update of the feed with
//! `prev_publish_time < moment <= publish_time`. The settlement price is the mean of the marks that were brought, if at
//! least fifteen were; otherwise the mark of the first minute after expiry. Source: design section 7.
//!
//! A feed that was silent resumes with an update whose predecessor is from before the silence, so the moments in between all
//! have that update as their mark: one update may be several marks, and the first minute after expiry has a mark as soon as
//! the feed has published again, however late that is.

use crate::pricing::{FutureMarks, MARK_SECONDS, MAX_MARKS};
use crate::quantity::{Price, UnixSeconds};
use core::ops::Range;

/// Fewest marks whose mean settles.
pub const MIN_MARKS: u8 = 15;

/// Seconds from a mark to expiry; zero from the last one on.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a number below 30 times 60; u8 to u64 is lossless and `from` is not const"
)]
const fn seconds_before_expiry(mark: u8) -> u64 {
    (MAX_MARKS - 1).saturating_sub(mark) as u64 * MARK_SECONDS
}

/// When a mark is due.
pub fn mark_time(expiry: UnixSeconds, mark: u8) -> UnixSeconds {
    let before = seconds_before_expiry(mark).cast_signed();
    UnixSeconds::new(expiry.get().saturating_sub(before))
}

/// The marks, by number from the first, that an update is: those with `previous < time <= published`.
pub fn marks_of_update(expiry: UnixSeconds, previous: UnixSeconds, published: UnixSeconds) -> Range<u8> {
    // Marks at or before a moment.
    let until = |moment: UnixSeconds| {
        let is_due = |mark: &u8| mark_time(expiry, *mark) <= moment;
        let due = (0..MAX_MARKS).filter(is_due).count();
        u8::try_from(due).unwrap_or(MAX_MARKS)
    };
    until(previous)..until(published)
}

/// The first minute after expiry, from one on, that an update is the mark of; none if it is of none.
pub fn first_minute_of_update(expiry: UnixSeconds, previous: UnixSeconds, published: UnixSeconds) -> Option<u64> {
    let minute = previous
        .since(expiry)
        .checked_div(MARK_SECONDS)
        .unwrap_or(0)
        .saturating_add(1);
    let is_published = published.since(expiry) >= minute.saturating_mul(MARK_SECONDS);
    is_published.then_some(minute)
}

/// The marks of `open` ones that lie ahead, `seconds_to_expiry` before it. Marks are taken in any order, but none before it is
/// due: those ahead are the last.
pub fn marks_ahead(seconds_to_expiry: u64, is_taken: impl Fn(u8) -> bool) -> FutureMarks {
    let is_ahead = |mark: &u8| seconds_before_expiry(*mark) < seconds_to_expiry && !is_taken(*mark);
    let next = (0..MAX_MARKS).find(is_ahead);
    FutureMarks {
        count: next.map_or(0, |next| MAX_MARKS.saturating_sub(next)),
        seconds_to_next: next.map_or(0, |next| seconds_to_expiry.saturating_sub(seconds_before_expiry(next))),
        seconds_to_expiry,
    }
}

/// Mean of `count` marks that sum to `sum_e9`, rounded down; none for fewer than [`MIN_MARKS`].
pub fn mean_of_marks(sum_e9: u64, count: u8) -> Option<Price> {
    if count < MIN_MARKS {
        return None;
    }
    sum_e9.checked_div(u64::from(count)).map(Price::from_e9)
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test states what it expects by failing there"
)]
mod tests {
    use super::*;

    const EXPIRY: i64 = 1_767_945_600;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(EXPIRY + seconds)
    }

    #[test]
    fn the_thirty_marks_are_the_minutes_up_to_expiry() {
        assert_eq!(mark_time(at(0), 0), at(-29 * 60));
        assert_eq!(mark_time(at(0), 15), at(-14 * 60));
        assert_eq!(mark_time(at(0), 29), at(0));
    }

    #[test]
    fn an_update_is_the_marks_after_its_predecessor_up_to_itself() {
        let of = |previous, published| marks_of_update(at(0), at(previous), at(published));
        assert_eq!(of(-1, 0), 29..30);
        assert_eq!(of(0, 5), 30..30);
        assert_eq!(of(-60, 0), 29..30);
        assert_eq!(of(-61, 0), 28..30);
        assert_eq!(of(-60, -1), 29..29);
        assert_eq!(of(-29 * 60 - 1, -29 * 60), 0..1);
        assert_eq!(of(-29 * 60 - 100, -29 * 60 - 1), 0..0);
        assert_eq!(of(-100_000, 100_000), 0..30);
        assert_eq!(of(-600, -600), 20..20);
        // A feed that runs backwards is no mark.
        assert!(of(0, -600).is_empty());
    }

    #[test]
    fn every_history_has_one_mark_of_each_moment() {
        // Irregular updates: gaps of 1 to 400 seconds from a linear congruence.
        let (mut previous, mut seed, mut marks) = (-3_000_i64, 7_u64, [0_u32; 30]);
        while previous < 600 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let published = previous + 1 + i64::try_from((seed >> 33) % 400).unwrap();
            for mark in marks_of_update(at(0), at(previous), at(published)) {
                marks[usize::from(mark)] += 1;
            }
            previous = published;
        }
        assert_eq!(marks, [1; 30]);
    }

    #[test]
    fn the_first_minute_after_expiry_is_that_of_the_first_update_after_it() {
        let of = |previous, published| first_minute_of_update(at(0), at(previous), at(published));
        assert_eq!(of(59, 60), Some(1));
        assert_eq!(of(-5, 59), None);
        assert_eq!(of(59, 61), Some(1));
        assert_eq!(of(60, 61), None);
        assert_eq!(of(60, 120), Some(2));
        assert_eq!(of(119, 500), Some(2));
        assert_eq!(of(-7_200, 20_000), Some(1));
        assert_eq!(of(3_599, 3_600), Some(60));
        assert_eq!(of(500, 120), None);
    }

    #[test]
    fn marks_ahead_are_the_last_ones() {
        let of = |seconds, taken: &[u8]| {
            let ahead = marks_ahead(seconds, |mark| taken.contains(&mark));
            (ahead.count, ahead.seconds_to_next)
        };
        assert_eq!(of(86_400, &[]), (30, 86_400 - 29 * 60));
        assert_eq!(of(29 * 60 + 1, &[]), (30, 1));
        assert_eq!(of(29 * 60, &[]), (29, 60));
        assert_eq!(of(61, &[]), (2, 1));
        assert_eq!(of(60, &[]), (1, 60));
        assert_eq!(of(1, &[]), (1, 1));
        assert_eq!(of(0, &[]), (0, 0));
        // The clock lags: the mark that is due in five seconds is taken already.
        assert_eq!(of(65, &[28]), (1, 65));
        assert_eq!(of(65, &[3, 4]), (2, 5));
        assert_eq!(of(5, &[29]), (0, 0));
    }

    #[test]
    fn the_mean_rounds_down_and_needs_fifteen() {
        assert_eq!(mean_of_marks(15 * 7 + 14, 15), Some(Price::from_e9(7)));
        assert_eq!(mean_of_marks(30 * 7, 30), Some(Price::from_e9(7)));
        assert_eq!(mean_of_marks(14 * 7, 14), None);
        assert_eq!(mean_of_marks(0, 0), None);
    }
}
