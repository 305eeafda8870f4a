//! Reading an oracle account into a checked price.

use crate::error::MarginError;
use crate::state::Underlying;
use anchor_lang::prelude::*;
use tenor_math::quantity::{Price, UnixSeconds};
use tenor_pyth::{PriceUpdate, RECEIVER_PROGRAM, VerificationLevel};

/// How far a publish time may run ahead of the chain's clock, which lags behind real time by a few seconds.
pub const MAX_LEAD_SECONDS: u64 = 10;

/// A price update that is the underlying's, fully verified, positive and in the listed exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPrice {
    /// The price.
    pub price: Price,
    /// Its confidence interval.
    pub confidence: Price,
    /// When it was published.
    pub published_at: UnixSeconds,
    /// When the update before it was published.
    pub previous_published_at: UnixSeconds,
}

/// Reads a feed account that anyone may have passed.
///
/// # Errors
/// [`MarginError::FeedOwner`], [`MarginError::FeedMalformed`], [`MarginError::FeedId`],
/// [`MarginError::FeedVerification`], [`MarginError::FeedExponent`], [`MarginError::PriceNotPositive`].
pub fn read_feed(feed: &AccountView, underlying: &Underlying) -> Result<FeedPrice> {
    require!(
        feed.owned_by(&Address::new_from_array(RECEIVER_PROGRAM)),
        MarginError::FeedOwner
    );
    let data = feed.try_borrow()?;
    let update = PriceUpdate::read(&data).map_err(MarginError::from)?;
    require!(update.feed_id == underlying.feed_id, MarginError::FeedId);
    require!(
        update.verification_level == VerificationLevel::Full,
        MarginError::FeedVerification
    );
    require!(update.exponent == underlying.feed_exponent, MarginError::FeedExponent);
    Ok(FeedPrice {
        price: Price::from_e9(update.price_e9().map_err(MarginError::from)?),
        confidence: Price::from_e9(update.conf_e9().map_err(MarginError::from)?),
        published_at: UnixSeconds::new(update.publish_time_secs),
        previous_published_at: UnixSeconds::new(update.prev_publish_time_secs),
    })
}

impl FeedPrice {
    /// Checks what a price needs to be stored: age, confidence and order. A wide price is stored; each action decides what it is
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
}
