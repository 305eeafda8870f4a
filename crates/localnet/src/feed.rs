//! The price feed of the local network: the account that Pyth's receiver program would write.

use crate::keys::Role;
use crate::validator::Validator;
use anyhow::Result;
use solana_pubkey::Pubkey;
use tenor_sdk::pyth::{ACCOUNT_LEN, PriceUpdate, RECEIVER_PROGRAM, VerificationLevel};

/// Exponent of the feed: prices are USD x 1e8.
pub const EXPONENT: i32 = -8;
const E9_PER_UNIT: u64 = 10;

/// A price with its confidence interval, USD x 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price_e9: u64,
    /// Half-width of the interval around it.
    pub confidence_e9: u64,
}

/// A feed account that this process keeps up to date.
pub struct PriceFeed {
    account: Pubkey,
    id: [u8; 32],
    rent: u64,
    published_at: i64,
    previous_published_at: i64,
}

impl PriceFeed {
    /// A feed that has not published yet.
    ///
    /// # Errors
    /// If the RPC fails.
    pub async fn new(validator: &Validator, account: Pubkey, id: [u8; 32]) -> Result<Self> {
        let now = validator.now().await?;
        let rent = validator.rent(ACCOUNT_LEN).await?;
        Ok(Self {
            account,
            id,
            rent,
            published_at: now - 1,
            previous_published_at: now - 2,
        })
    }

    /// Publishes a quote at the validator's present time. Updates of one second have the same predecessor, as only one
    /// update may straddle a given moment.
    ///
    /// # Errors
    /// If the RPC fails.
    pub async fn publish(&mut self, validator: &Validator, quote: Quote) -> Result<()> {
        let now = validator.now().await?;
        if now > self.published_at {
            self.previous_published_at = self.published_at;
            self.published_at = now;
        }
        let (price, conf) = (quote.price_e9 / E9_PER_UNIT, quote.confidence_e9 / E9_PER_UNIT);
        let update = PriceUpdate {
            write_authority: Role::Admin.address().to_bytes(),
            verification_level: VerificationLevel::Full,
            feed_id: self.id,
            price: price.try_into()?,
            conf,
            exponent: EXPONENT,
            publish_time_secs: self.published_at,
            prev_publish_time_secs: self.previous_published_at,
            ema_price: price.try_into()?,
            ema_conf: conf,
            posted_slot: validator.client().rpc().get_slot().await?,
        };
        let owner = Pubkey::new_from_array(RECEIVER_PROGRAM);
        validator
            .set_account(&self.account, &owner, self.rent, &update.write())
            .await
    }
}
