//! Price updates, written as the oracle program would write them, or wrong in one way.

use crate::asset::Asset;
use crate::bank::rent;
use solana_account::{Account, AccountSharedData};
use solana_pubkey::Pubkey;
use tenor_sdk::math::quantity::Price;
use tenor_sdk::pyth::{PriceUpdate, RECEIVER_PROGRAM, VerificationLevel};

/// An oracle account: an update and the program that owns it.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What it says.
    pub update: PriceUpdate,
    /// Who owns the account.
    pub owner: Pubkey,
    /// Bytes cut from its end.
    pub missing_bytes: usize,
}

impl Feed {
    /// A good update of an asset's price at a time, certain to within a tenth of a percent, one second after the last.
    pub fn of(asset: Asset, price: Price, published_at: i64) -> Self {
        let mantissa = price.e9() / 10;
        Self {
            update: PriceUpdate {
                write_authority: [7; 32],
                verification_level: VerificationLevel::Full,
                feed_id: asset.feed_id(),
                price: mantissa.try_into().expect("a price within 63 bits"),
                conf: mantissa / 1_000,
                exponent: -8,
                publish_time_secs: published_at,
                prev_publish_time_secs: published_at - 1,
                ema_price: mantissa.try_into().expect("a price within 63 bits"),
                ema_conf: mantissa / 1_000,
                posted_slot: 1,
            },
            owner: Pubkey::new_from_array(RECEIVER_PROGRAM),
            missing_bytes: 0,
        }
    }

    /// The same after `change`.
    #[must_use]
    pub fn but(mut self, change: impl FnOnce(&mut PriceUpdate)) -> Self {
        change(&mut self.update);
        self
    }

    /// The same bytes in an account of another program.
    #[must_use]
    pub fn owned_by(self, owner: Pubkey) -> Self {
        Self { owner, ..self }
    }

    /// The same with bytes missing at the end.
    #[must_use]
    pub fn cut_by(self, missing_bytes: usize) -> Self {
        Self { missing_bytes, ..self }
    }

    /// The account.
    pub fn account(&self) -> AccountSharedData {
        let mut data = self.update.write().to_vec();
        data.truncate(data.len().saturating_sub(self.missing_bytes));
        let lamports = rent(data.len());
        Account {
            lamports,
            data,
            owner: self.owner,
            executable: false,
            rent_epoch: u64::MAX,
        }
        .into()
    }
}
