//! What a chain settles at. Source: design section 7.

use super::exact::Exact;
use super::freshness::seconds;
use super::state::Chain;
use tenor_sdk::pyth::PriceUpdate;

/// Number of marks, a minute apart, the last at expiry.
pub const MARKS: usize = 30;
/// Fewest whose mean settles.
const FEWEST: usize = 15;
/// How long after expiry they may be brought, and how long a later minute's mark waits.
const GRACE_SECONDS: i128 = 600;

/// The mark of a minute after expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The minute, from one on.
    pub minute: i64,
    /// Its price, USD x 1e9.
    pub price_e9: i128,
    /// When it was published.
    pub published_at: i64,
    /// When the first such mark was brought.
    pub since: i64,
}

/// The marks that were brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settling {
    /// By number, USD x 1e9.
    pub marks_e9: [Option<i128>; MARKS],
    /// After expiry, because they are too few.
    pub late: Option<Late>,
}

/// Whether an update is the mark of a moment.
fn straddles(update: &PriceUpdate, moment: i64) -> bool {
    update.prev_publish_time_secs < moment && moment <= update.publish_time_secs
}

/// The marks that an update is.
pub fn marks_of(update: &PriceUpdate, expiry: i64) -> Vec<usize> {
    let time = |mark: &usize| expiry - 60 * (29 - i64::try_from(*mark).expect("a small number"));
    (0..MARKS).filter(|mark| straddles(update, time(mark))).collect()
}

/// The first minute after expiry that an update is the mark of.
pub fn minute_of(update: &PriceUpdate, expiry: i64) -> Option<i64> {
    let last = (update.publish_time_secs - expiry).div_euclid(60);
    // Before the first that lies after the predecessor nothing straddles.
    let first = ((update.prev_publish_time_secs - expiry).div_euclid(60)).max(1);
    (first..=last).find(|minute| straddles(update, expiry + 60 * minute))
}

impl Chain {
    /// Whether no more of the thirty marks are taken.
    pub fn marks_are_final(&self, now: i64) -> bool {
        seconds(self.expiry, now) >= GRACE_SECONDS
    }

    /// Price and time of what the chain settles at, once nothing can change it.
    pub fn final_price(&self, now: i64) -> Option<(i128, i64)> {
        if !self.marks_are_final(now) {
            return None;
        }
        let marks: Vec<i128> = self.settling.marks_e9.iter().flatten().copied().collect();
        if marks.len() >= FEWEST {
            let count = i128::try_from(marks.len()).expect("a small number");
            return Some((
                Exact::quotient(marks.iter().sum::<i128>(), count).floor_i128(),
                self.expiry,
            ));
        }
        let late = self.settling.late?;
        let is_final = late.minute == 1 || seconds(late.since, now) >= GRACE_SECONDS;
        is_final.then_some((late.price_e9, late.published_at))
    }

    /// What fixed marks add to the average, rounded down, and how many thirtieths of it they are.
    pub fn fixed_part(&self, now: i64) -> (i128, i128) {
        if let Some((price_e9, _)) = self.final_price(now) {
            return (price_e9, 30);
        }
        if self.marks_are_final(now) {
            return (0, 0);
        }
        let marks: Vec<i128> = self.settling.marks_e9.iter().flatten().copied().collect();
        let share = i128::try_from(marks.len()).expect("a small number");
        (Exact::quotient(marks.iter().sum::<i128>(), 30).floor_i128(), share)
    }
}
