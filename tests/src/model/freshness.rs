//! What a stored price is good for, by action. Source: design section 5.3.

use super::state::{Array, Chain, Underlying};
use tenor_margin::MarginError;
use tenor_margin::risk::ViewOf;

/// Rules of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// The stored numbers, whatever their age.
    Stored,
    /// A trade that adds risk.
    Action,
    /// A withdrawal.
    Withdrawal,
    /// A trade that only reduces.
    Reduction,
    /// A reduction that gives value away or borrows.
    PaidReduction,
    /// Taking over a slice.
    TakeOver,
    /// A liquidation's start.
    Start,
    /// A slice.
    Slice,
}

/// How an underlying counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// At the stored price.
    AtPrice {
        /// With the requirement of a price that is not good enough.
        widened: bool,
    },
    /// Options at the least that they can pay.
    AtWorst,
    /// At the most that all can be worth.
    AtBest,
    /// Collateral for nothing, of an account without options.
    Nothing,
}

/// State of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feed {
    Fresh,
    Wide,
    Old,
    Unusable,
}

impl From<ViewOf> for Rules {
    fn from(view: ViewOf) -> Self {
        match view {
            ViewOf::Stored => Self::Stored,
            ViewOf::Action => Self::Action,
            ViewOf::Withdrawal => Self::Withdrawal,
            ViewOf::Reduction => Self::Reduction,
            ViewOf::Liquidation => Self::Start,
        }
    }
}

/// Whole seconds from one time to another, none if it lies before.
pub fn seconds(from: i64, to: i64) -> i128 {
    (i128::from(to) - i128::from(from)).max(0)
}

fn feed(underlying: &Underlying, now: i64, youngest: u64) -> Feed {
    let age = seconds(underlying.published_at, now);
    let wide =
        underlying.confidence_e9 * 1_000_000_000 > underlying.price_e9 * i128::from(underlying.feed.max_confidence_e9);
    if underlying.price_e9 == 0 || age > underlying.feed.unusable_age_seconds.into() {
        Feed::Unusable
    } else if age > youngest.into() {
        Feed::Old
    } else if wide {
        Feed::Wide
    } else {
        Feed::Fresh
    }
}

impl Rules {
    /// Whether the price's uncertainty counts for the account, as before a liquidation, rather than against it.
    pub const fn is_liquidation(self) -> bool {
        matches!(self, Self::Start | Self::Slice | Self::Stored)
    }

    /// Whether the slow average widens the price's interval.
    pub const fn minds_average(self) -> bool {
        matches!(self, Self::Action | Self::Withdrawal | Self::TakeOver)
    }

    /// How an underlying counts for an account with options on it or without.
    ///
    /// # Errors
    /// Why the action is refused.
    pub fn counts(self, underlying: &Underlying, now: i64, has_options: bool) -> Result<Counts, MarginError> {
        let limits = &underlying.feed;
        let plain = Counts::AtPrice { widened: false };
        match self {
            Self::Stored if underlying.price_e9 == 0 => Err(MarginError::PriceStale),
            Self::Stored => Ok(plain),
            Self::Start | Self::Slice => match feed(underlying, now, limits.max_liquidation_age_seconds) {
                Feed::Fresh | Feed::Wide => Ok(plain),
                Feed::Old => Err(MarginError::PriceStale),
                Feed::Unusable => Ok(Counts::AtBest),
            },
            Self::Reduction | Self::PaidReduction => Ok(match feed(underlying, now, limits.max_age_seconds) {
                Feed::Fresh => plain,
                Feed::Wide | Feed::Old => Counts::AtPrice { widened: true },
                Feed::Unusable => Counts::AtWorst,
            }),
            Self::Action | Self::Withdrawal | Self::TakeOver => {
                match (feed(underlying, now, limits.max_age_seconds), has_options) {
                    (Feed::Fresh, _) => Ok(plain),
                    (_, false) => Ok(Counts::Nothing),
                    (Feed::Wide, true) if self == Self::TakeOver => Ok(Counts::AtPrice { widened: true }),
                    (Feed::Wide, true) => Err(MarginError::PriceUncertain),
                    (Feed::Old | Feed::Unusable, true) => Err(MarginError::PriceStale),
                }
            }
        }
    }

    /// The state of a price for the action.
    fn state(self, underlying: &Underlying, now: i64) -> Feed {
        let limits = &underlying.feed;
        let youngest = if matches!(self, Self::Start | Self::Slice) {
            limits.max_liquidation_age_seconds
        } else {
            limits.max_age_seconds
        };
        feed(underlying, now, youngest)
    }

    /// Whether a price is young enough, but wide.
    pub fn is_wide(self, underlying: &Underlying, now: i64) -> bool {
        self != Self::Stored && self.state(underlying, now) == Feed::Wide
    }

    /// Whether collateral on a feed counts: beside a payment out of the account only on a fresh one.
    pub fn counts_collateral(self, feed: &Underlying, now: i64) -> bool {
        self != Self::PaidReduction || self.state(feed, now) == Feed::Fresh
    }

    /// Whether a strike's array is good enough for a mark.
    pub fn accepts_mark(self, array: Option<&Array>, chain: &Chain, underlying: &Underlying, now: i64) -> bool {
        let Some(array) = array else {
            return false;
        };
        if self == Self::Stored {
            return true;
        }
        let band_e9 = if self == Self::Start {
            let proved = (underlying.risk.range_floor_e9 / 5).min(30_000_000);
            proved.max(underlying.feed.max_drift_e9)
        } else {
            underlying.feed.max_drift_e9
        };
        let distance = (underlying.price_e9 - array.reference_e9).abs();
        array.slice_number == chain.slice_number
            && seconds(array.at, now) <= underlying.feed.max_risk_age_seconds.into()
            && distance * 1_000_000_000 <= array.reference_e9 * i128::from(band_e9)
            && marks_moved(array, chain, underlying, now) * 1_000_000_000 <= array.reference_e9 * i128::from(band_e9)
    }

    /// The range that a book's arrays share, or the present one if there are none; nothing if they do not share one that may
    /// be used. A view takes the first.
    pub fn range(self, arrays: &[i128], underlying: &Underlying, now: i64) -> Option<i128> {
        let Some(first) = arrays.first() else {
            return Some(underlying.range_e9);
        };
        if self == Self::Stored {
            return Some(*first);
        }
        let is_recent = seconds(underlying.range_moved_at, now) <= underlying.feed.max_risk_age_seconds.into();
        let is_usable = *first == underlying.range_e9 || (*first == underlying.previous_range_e9 && is_recent);
        (is_usable && arrays.iter().all(|range| range == first)).then_some(*first)
    }

    /// Whether a chain's slice is too old to rest an initial requirement on.
    pub fn is_stale(self, chain: &Chain, underlying: &Underlying, now: i64) -> bool {
        self != Self::Stored
            && now < chain.expiry
            && seconds(chain.slice_at.unwrap_or(0), now) > underlying.feed.max_surface_age_seconds.into()
    }
}

/// How far the marks taken since an array was computed have moved the average that is expected at the present price; down.
fn marks_moved(array: &Array, chain: &Chain, underlying: &Underlying, now: i64) -> i128 {
    let expected = |(fixed_e9, share): (i128, i128)| 30 * fixed_e9 + (30 - share) * underlying.price_e9;
    let there = (array.fixed_e9, array.fixed_share);
    let here = chain.fixed_part(now);
    // Rounding alone moves nothing.
    if here.0 == there.0 {
        0
    } else {
        (expected(here) - expected(there)).abs() / 30
    }
}

/// Whether a price says nothing for a trade.
pub fn is_unusable(underlying: &Underlying, now: i64) -> bool {
    Rules::Action.state(underlying, now) == Feed::Unusable
}
