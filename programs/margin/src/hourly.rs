//! The hourly marks from which the range of the scenarios follows.
//!
//! One mark an hour enters the variance. An update of the feed *straddles* an hour if the hour began after its predecessor's
//! publish time and not after its own: exactly one update does, so whoever brings it brings the same price. It is taken
//! from a price update or from [`crate::tenor_margin::mark_hour`], also if a newer price is stored already, until ten minutes of
//! the hour have passed. If nobody brought it until then, the next certain price that is stored becomes the mark, so that a
//! range never stands still for want of a caller.
//!
//! Nobody gains by that choice. Who wants another mark than the straddling one must keep everybody from sending one small
//! transaction for ten minutes, and then gets the first price stored after them, which anyone else may store first; feeds
//! that state no predecessor have only that. Between marks prices may jump as they like: they enter nothing. Marks left
//! out make the next return count for all hours since, spread evenly. A price with a wide confidence interval is no mark:
//! that, too, is the same for every caller.

use crate::error::{MarginError, OrMarginError};
use crate::feed::FeedPrice;
use crate::state::Underlying;
use tenor_math::quantity::{Price, Ratio, SECONDS_PER_HOUR, UnixSeconds};
use tenor_math::risk::HourlyVariance;

/// How long only the update that straddles the hour becomes its mark, seconds.
pub const GRACE_SECONDS: u64 = 600;

/// The hour that a moment lies in, Unix hours; zero for all before 1970. The machine divides no signed numbers.
fn hour_of(moment: UnixSeconds) -> u64 {
    let seconds = moment.since(UnixSeconds::new(0));
    seconds.checked_div(SECONDS_PER_HOUR).unwrap_or(0)
}

/// When the hour that an update was published in began.
fn beginning(update: &FeedPrice) -> UnixSeconds {
    let seconds = hour_of(update.published_at).saturating_mul(SECONDS_PER_HOUR);
    UnixSeconds::new(seconds.cast_signed())
}

/// The hour that an update is the mark of, if the underlying still lacks it: the update straddles the hour, or was published when
/// ten minutes of it had passed. The first mark of all may be any.
pub fn marked_hour(update: &FeedPrice, underlying: &Underlying) -> Option<i64> {
    let hour = hour_of(update.published_at).cast_signed();
    if underlying.variance_price_e9 == 0 {
        return Some(hour);
    }
    let is_late = seconds_into_hour(update, update.published_at) >= GRACE_SECONDS;
    (hour > underlying.variance_hour && (straddles_hour(update) || is_late)).then_some(hour)
}

/// Whether an update straddles the hour that it was published in.
pub fn straddles_hour(update: &FeedPrice) -> bool {
    update
        .previous_published_at
        .is_some_and(|previous| previous < beginning(update))
}

/// Seconds from the beginning of the hour that an update was published in to a moment.
pub fn seconds_into_hour(update: &FeedPrice, moment: UnixSeconds) -> u64 {
    moment.since(beginning(update))
}

impl Underlying {
    /// Takes a mark into the variance, and moves the range toward what follows from it: down at once, up by at most two points an
    /// hour and two points a move, however long marks were missing.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`], [`MarginError::MathOverflow`] never for an account that this program wrote.
    pub fn take_mark(&mut self, price: Price, hour: i64, now: UnixSeconds) -> Result<(), MarginError> {
        let variance = HourlyVariance::from_q62(self.hourly_variance_q62);
        let variance = if self.variance_price_e9 == 0 {
            variance
        } else {
            let hours = u64::try_from(hour.saturating_sub(self.variance_hour)).unwrap_or(0);
            let decay = Ratio::from_e9(self.risk.variance_decay_e9);
            let previous = Price::from_e9(self.variance_price_e9);
            variance.after(previous, price, hours, decay).or_margin_error()?
        };
        self.hourly_variance_q62 = variance.q62();
        self.variance_hour = hour;
        self.variance_price_e9 = price.e9();
        self.move_range(variance, now)
    }

    fn move_range(&mut self, variance: HourlyVariance, now: UnixSeconds) -> Result<(), MarginError> {
        let an_hour_ago = now.get().saturating_sub(SECONDS_PER_HOUR.cast_signed());
        let since = UnixSeconds::new(self.range_moved_at.max(an_hour_ago));
        let next = self
            .range_params()
            .next(Ratio::from_e9(self.range_e9), variance, since, now)
            .or_margin_error()?;
        self.previous_range_e9 = self.range_e9;
        self.range_e9 = next.e9();
        self.range_moved_at = now.get();
        Ok(())
    }
}
