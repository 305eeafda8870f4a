//! What an underlying's stored price is good for.

use crate::state::Underlying;
use tenor_math::quantity::UnixSeconds;

/// How far a stored price can be trusted now, from best to worst. Source: design section 5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedState {
    /// Young and certain: everything may be done on it.
    Fresh,
    /// Young, but its confidence interval is wide: nothing may be added on it.
    Wide,
    /// Too old to add risk on or to liquidate by, young enough to reduce on.
    Old,
    /// None, or so old that it says nothing: what depends on it counts at the end of its range.
    Unusable,
}

impl FeedState {
    /// State at `now` for an action that takes prices up to `max_age_seconds` old. A price that is wide and old counts as
    /// old.
    pub fn of(underlying: &Underlying, now: UnixSeconds, max_age_seconds: u64) -> Self {
        let age = now.since(underlying.published_at());
        if underlying.price_e9 == 0 || age > underlying.feed.unusable_age_seconds {
            Self::Unusable
        } else if age > max_age_seconds {
            Self::Old
        } else if is_wide(underlying) {
            Self::Wide
        } else {
            Self::Fresh
        }
    }
}

/// Whether confidence over price exceeds what risk may be added on.
fn is_wide(underlying: &Underlying) -> bool {
    // Two products of 64 bits each: they cannot wrap.
    let product = |a: u64, b: u64| u128::from(a).wrapping_mul(u128::from(b));
    underlying.confidence_e9 != 0
        && product(underlying.confidence_e9, 1_000_000_000)
            > product(underlying.price_e9, underlying.feed.max_confidence_e9)
}
