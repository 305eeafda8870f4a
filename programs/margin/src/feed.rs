//! Reading an oracle account into a checked price.

use crate::error::MarginError;
use crate::state::Underlying;
use anchor_lang::prelude::*;
use tenor_math::quantity::{Price, UnixSeconds};
use tenor_pyth::{OraclePrice, PUSH_PROGRAM, PriceUpdate, PushPrice, PythError, RECEIVER_PROGRAM, VerificationLevel};

/// How far a publish time may run ahead of the chain's clock, which lags behind real time by a few seconds.
pub const MAX_LEAD_SECONDS: u64 = 10;

/// A price that is the underlying's, positive and in the exponent listed for its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPrice {
    /// The price.
    pub price: Price,
    /// Its confidence interval.
    pub confidence: Price,
    /// When it was published.
    pub published_at: UnixSeconds,
    /// When the update before it was published; only the pull oracle says.
    pub previous_published_at: Option<UnixSeconds>,
}

/// Reads a feed account that anyone may have passed. Its owner tells which oracle wrote it.
///
/// # Errors
/// [`MarginError::FeedOwner`]; of the pull oracle [`MarginError::FeedMalformed`], [`MarginError::FeedId`],
/// [`MarginError::FeedVerification`]; of the push oracle [`MarginError::FeedAddress`], [`MarginError::FeedMalformed`]; then
/// [`MarginError::FeedExponent`], [`MarginError::PriceNotPositive`].
pub fn read_feed(feed: &AccountView, underlying: &Underlying) -> Result<FeedPrice> {
    let price = if feed.owned_by(&Address::new_from_array(RECEIVER_PROGRAM)) {
        read_pull(&feed.try_borrow()?, underlying)?
    } else if feed.owned_by(&Address::new_from_array(PUSH_PROGRAM)) {
        require!(underlying.has_push_feed(feed.address()), MarginError::FeedAddress);
        read_push(&feed.try_borrow()?, underlying)?
    } else {
        return Err(MarginError::FeedOwner.into());
    };
    Ok(FeedPrice {
        price: Price::from_e9(price.price_e9),
        confidence: Price::from_e9(price.conf_e9),
        published_at: UnixSeconds::new(price.publish_time_secs),
        previous_published_at: price.prev_publish_time_secs.map(UnixSeconds::new),
    })
}

/// A pull account holds whatever feed was posted to it, at whatever verification.
fn read_pull(data: &[u8], underlying: &Underlying) -> core::result::Result<OraclePrice, MarginError> {
    let update = PriceUpdate::read(data)?;
    if update.feed_id != underlying.feed_id {
        return Err(MarginError::FeedId);
    }
    if update.verification_level != VerificationLevel::Full {
        return Err(MarginError::FeedVerification);
    }
    priced_in(update.exponent, underlying.feed_exponent, || update.oracle_price())
}

/// A push account is one feed's for ever: its address, checked before, is the identity. What is not trading is worth its
/// last price that was, at the time of that price.
fn read_push(data: &[u8], underlying: &Underlying) -> core::result::Result<OraclePrice, MarginError> {
    let push = PushPrice::read(data)?;
    priced_in(push.exponent, underlying.push_exponent, || push.oracle_price())
}

fn priced_in(
    exponent: i32,
    listed_exponent: i32,
    price: impl FnOnce() -> core::result::Result<OraclePrice, PythError>,
) -> core::result::Result<OraclePrice, MarginError> {
    if exponent != listed_exponent {
        return Err(MarginError::FeedExponent);
    }
    Ok(price()?)
}

impl FeedPrice {
    /// Checks what a price needs to be stored: age, order and confidence. A wide price is stored; each action decides what it is
    /// good for.
    ///
    /// # Errors
    /// [`MarginError::PriceFromFuture`], [`MarginError::PriceStale`], [`MarginError::PriceOlderThanStored`],
    /// [`MarginError::PriceUncertain`].
    pub fn check_usable(&self, underlying: &Underlying, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        self.check_time(now)?;
        if now.since(self.published_at) > underlying.feed.max_age_seconds {
            return Err(MarginError::PriceStale);
        }
        if self.published_at < underlying.published_at() {
            return Err(MarginError::PriceOlderThanStored);
        }
        self.check_confidence(underlying.feed.max_stored_confidence_e9)
    }

    /// Checks that the price was not published in the future.
    ///
    /// # Errors
    /// [`MarginError::PriceFromFuture`].
    pub fn check_time(&self, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        if self.published_at.since(now) > MAX_LEAD_SECONDS {
            return Err(MarginError::PriceFromFuture);
        }
        Ok(())
    }

    /// Checks that the confidence interval is at most this fraction of the price x 1e9.
    ///
    /// # Errors
    /// [`MarginError::PriceUncertain`].
    pub fn check_confidence(&self, limit_e9: u64) -> core::result::Result<(), MarginError> {
        let confidence = u128::from(self.confidence.e9()).saturating_mul(1_000_000_000);
        let limit = u128::from(self.price.e9()).saturating_mul(u128::from(limit_e9));
        if confidence > limit {
            return Err(MarginError::PriceUncertain);
        }
        Ok(())
    }

    /// Whether the underlying has a price of this second already. That one stays: feeds publish several prices a second, two
    /// oracles publish in the same one, and whoever could swap them could act at both within a transaction. It is no error
    /// either, or anyone could make another's transaction fail by bringing an update of the same second first.
    pub fn is_of_stored_second(&self, underlying: &Underlying) -> bool {
        self.published_at == underlying.published_at()
    }
}
