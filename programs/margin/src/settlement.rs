//! What a chain settles at, from the marks that were brought.
//!
//! A mark is taken by the update that straddles its minute, `prev_publish_time < mark <= publish_time`. A feed has one such
//! update for each moment, so neither who brings it nor when nor in which order changes what is written. Age and confidence
//! of an update are no criterion: of two callers one could otherwise have it refused and the other not, as limits change, and
//! a feed that stays wide would never settle.
//!
//! For ten minutes after expiry the thirty marks may still be brought. From then on they are final: with fifteen or more the
//! price is their mean. With fewer it is the mark of a minute after expiry. That of the first minute is final at once: every
//! feed that publishes again has one, because the first update after a silence straddles all minutes of it. If that update
//! cannot be had (the oracle's network signs messages, and one may be lost) the mark of a later minute may be brought. Nobody can
//! prove that a message does not exist, so it waits ten minutes in which an earlier one replaces it.

use crate::error::{MarginError, OrMarginError};
use crate::feed::FeedPrice;
use crate::state::Chain;
use tenor_math::pricing::{MARK_SECONDS, MAX_MARKS, SettlementAverage};
use tenor_math::quantity::{Price, UnixSeconds};
use tenor_math::settlement::{MIN_MARKS, first_minute_of_update, marks_of_update, mean_of_marks};

/// How long after expiry marks may be brought, and how long a later minute's mark waits for an earlier one, seconds.
pub const GRACE_SECONDS: u64 = 600;
/// From when on the last marks are due: values count the time that the mean of marks has. Before, the difference is below
/// 0.7% of volatility.
pub const AVERAGED_SECONDS: u64 = 86_400;

/// What an update does to a chain that is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is these marks, which were not taken before: a bit each, by number.
    Marks(u32),
    /// It is the mark of a minute after expiry, the earliest so far.
    Minute(u64),
    /// What it is was brought before.
    Nothing,
}

/// What part of a settlement is fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixedPart {
    /// What fixed marks add to the average, USD x 1e9, rounded down.
    pub price_e9: u64,
    /// Their share of it in thirtieths.
    pub share: u8,
}

impl FixedPart {
    /// The fixed part of an average.
    pub fn of(average: Option<&SettlementAverage>) -> Self {
        average.map_or(Self::default(), |average| Self {
            price_e9: average.fixed_part(),
            share: MAX_MARKS.saturating_sub(average.open()),
        })
    }

    /// How far the expected average differs between two of them at one price of the underlying x 1e9. Rounds down.
    pub fn distance_e9(self, other: Self, price_e9: u64) -> u64 {
        let expected = |part: Self| {
            let open = u128::from(MAX_MARKS.saturating_sub(part.share)).saturating_mul(u128::from(price_e9));
            let fixed = u128::from(part.price_e9).saturating_mul(u128::from(MAX_MARKS));
            fixed.saturating_add(open)
        };
        let distance = expected(self).abs_diff(expected(other));
        let distance = distance.checked_div(u128::from(MAX_MARKS)).unwrap_or(0);
        u64::try_from(distance).unwrap_or(u64::MAX)
    }
}

/// Whether no more of the thirty marks are taken.
pub fn marks_are_final(chain: &Chain, now: UnixSeconds) -> bool {
    now.since(chain.expiry()) >= GRACE_SECONDS
}

/// What an update would do to a chain.
///
/// # Errors
/// [`MarginError::FeedCannotSettle`] for an update without a predecessor, [`MarginError::NotSettlementUpdate`] for one that
/// straddles no mark that is taken now, [`MarginError::SettlementFinal`] once nothing can change what the chain settles at.
pub fn taken(chain: &Chain, update: &FeedPrice, now: UnixSeconds) -> Result<Taken, MarginError> {
    let previous = update.previous_published_at.ok_or(MarginError::FeedCannotSettle)?;
    let (expiry, published) = (chain.expiry(), update.published_at);
    if !marks_are_final(chain, now) {
        let marks = marks_of_update(expiry, previous, published);
        if marks.is_empty() {
            return Err(MarginError::NotSettlementUpdate);
        }
        // Updates of a feed do not overlap; if its program ever wrote such, what was taken stays.
        let missing = marks.filter(|mark| !chain.is_marked(*mark));
        return Ok(match missing.fold(0, |bits, mark| bits | bit(mark)) {
            0 => Taken::Nothing,
            bits => Taken::Marks(bits),
        });
    }
    if final_price(chain, now).is_some() {
        return Err(MarginError::SettlementFinal);
    }
    let minute = first_minute_of_update(expiry, previous, published).ok_or(MarginError::NotSettlementUpdate)?;
    let is_earliest = chain.late_minute == 0 || minute < chain.late_minute;
    Ok(if is_earliest {
        Taken::Minute(minute)
    } else {
        Taken::Nothing
    })
}

/// What the chain settles at as far as nothing can change it any more.
pub fn final_price(chain: &Chain, now: UnixSeconds) -> Option<Settled> {
    if !marks_are_final(chain, now) {
        return None;
    }
    if let Some(price) = mean_of_marks(chain.marks_sum_e9, chain.marks_taken) {
        return Some(Settled {
            price,
            published_at: chain.expiry(),
        });
    }
    let has_waited = now.since(UnixSeconds::new(chain.late_since)) >= GRACE_SECONDS;
    let is_final = chain.late_minute == 1 || (chain.late_minute > 1 && has_waited);
    is_final.then_some(Settled {
        price: Price::from_e9(chain.late_price_e9),
        published_at: UnixSeconds::new(chain.late_published_at),
    })
}

/// A settlement price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The price.
    pub price: Price,
    /// Publish time of the one update that settles; of a mean of marks the expiry.
    pub published_at: UnixSeconds,
}

/// What is known of the average that a chain settles at; none if nothing is. Marks that are due and were not brought count as open
/// until they are final, and what is too few to settle counts for nothing.
///
/// # Errors
/// [`MarginError::MathOverflow`], [`MarginError::ParameterOutOfRange`] never for marks that this program took.
pub fn average(chain: &Chain, now: UnixSeconds) -> Result<Option<SettlementAverage>, MarginError> {
    if let Some(settled) = final_price(chain, now) {
        return SettlementAverage::try_new(settled.price.e9(), 1, 0)
            .map(Some)
            .or_margin_error();
    }
    if chain.marks_taken == 0 || marks_are_final(chain, now) {
        return Ok(None);
    }
    let open = MAX_MARKS.saturating_sub(chain.marks_taken);
    SettlementAverage::try_new(chain.marks_sum_e9, chain.marks_taken, open)
        .map(Some)
        .or_margin_error()
}

impl Chain {
    /// Whether a mark was taken.
    pub fn is_marked(&self, mark: u8) -> bool {
        self.settlement_marks_e9
            .get(usize::from(mark))
            .is_some_and(|price_e9| *price_e9 != 0)
    }

    /// Takes marks, a bit each, at one price.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`] for a price of 2^57 or more, which no average is computed with.
    pub fn take_marks(&mut self, marks: u32, price: Price) -> Result<(), MarginError> {
        check_price(price)?;
        for (place, mark) in self.settlement_marks_e9.iter_mut().zip(0..MAX_MARKS) {
            if marks & bit(mark) == 0 {
                continue;
            }
            *place = price.e9();
            let sum_e9 = self.marks_sum_e9.checked_add(price.e9());
            self.marks_sum_e9 = sum_e9.ok_or(MarginError::MathOverflow)?;
            self.marks_taken = self.marks_taken.saturating_add(1);
        }
        Ok(())
    }

    /// Takes the mark of a minute after expiry.
    ///
    /// # Errors
    /// As [`Self::take_marks`].
    pub fn take_minute(&mut self, minute: u64, update: &FeedPrice, now: UnixSeconds) -> Result<(), MarginError> {
        check_price(update.price)?;
        if self.late_minute == 0 {
            self.late_since = now.get();
        }
        self.late_minute = minute;
        self.late_price_e9 = update.price.e9();
        self.late_published_at = update.published_at.get();
        Ok(())
    }
}

/// The bit of a mark.
fn bit(mark: u8) -> u32 {
    1_u32.checked_shl(u32::from(mark)).unwrap_or(0)
}

fn check_price(price: Price) -> Result<(), MarginError> {
    if price.e9() >> 57 != 0 {
        return Err(MarginError::MathOverflow);
    }
    Ok(())
}

const _: () = assert!(MIN_MARKS <= MAX_MARKS && GRACE_SECONDS.is_multiple_of(MARK_SECONDS));
