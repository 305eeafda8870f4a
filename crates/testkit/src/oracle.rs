//! Prices, written as the oracles' programs would write them, or wrong in one way.

use crate::asset::{Asset, PUSH_EXPONENT};
use crate::bank::rent;
use solana_account::{Account, AccountSharedData};
use solana_pubkey::Pubkey;
use tenor_sdk::math::quantity::Price;
use tenor_sdk::pyth::{PUSH_PROGRAM, PriceStatus, PriceUpdate, PushPrice, RECEIVER_PROGRAM, VerificationLevel};

/// An account of the pull oracle: an update and the program that owns it.
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
}

/// A price account of the push oracle and the program that owns it.
#[derive(Clone, Debug)]
pub struct PushFeed {
    /// What it says.
    pub price: PushPrice,
    /// Its data's first bytes are changed by these.
    pub header_flips: [u8; 12],
    /// Who owns the account.
    pub owner: Pubkey,
    /// Bytes cut from its end.
    pub missing_bytes: usize,
}

impl PushFeed {
    /// A good price at a time, certain to within a tenth of a percent; a second before, the asset traded at half of it.
    pub fn of(price: Price, published_at: i64) -> Self {
        let mantissa: i64 = price.e9().try_into().expect("a price within 63 bits");
        Self {
            price: PushPrice {
                product: [6; 32],
                exponent: PUSH_EXPONENT,
                price: mantissa,
                conf: price.e9() / 1_000,
                status: PriceStatus::Trading,
                slot: 1,
                publish_time_secs: published_at,
                prev_price: mantissa / 2,
                prev_conf: price.e9() / 2_000,
                prev_slot: 0,
                prev_publish_time_secs: published_at - 1,
            },
            header_flips: [0; 12],
            owner: Pubkey::new_from_array(PUSH_PROGRAM),
            missing_bytes: 0,
        }
    }

    /// The same after `change`.
    #[must_use]
    pub fn but(mut self, change: impl FnOnce(&mut PushPrice)) -> Self {
        change(&mut self.price);
        self
    }

    /// The same with one byte of its header changed: 0 to 3 hold the magic number, 4 to 7 the version, 8 to 11 the type.
    ///
    /// # Panics
    /// Beyond the header.
    #[must_use]
    pub fn with_header_byte(mut self, offset: usize, flipped_bits: u8) -> Self {
        self.header_flips[offset] = flipped_bits;
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
}

/// What an oracle's program may have written.
pub trait OracleAccount {
    /// The account.
    fn account(&self) -> AccountSharedData;
}

impl OracleAccount for Feed {
    fn account(&self) -> AccountSharedData {
        owned(self.owner, self.update.write().to_vec(), self.missing_bytes)
    }
}

impl OracleAccount for PushFeed {
    fn account(&self) -> AccountSharedData {
        let mut data = self.price.write().to_vec();
        for (byte, flipped_bits) in data.iter_mut().zip(self.header_flips) {
            *byte ^= flipped_bits;
        }
        owned(self.owner, data, self.missing_bytes)
    }
}

fn owned(owner: Pubkey, mut data: Vec<u8>, missing_bytes: usize) -> AccountSharedData {
    data.truncate(data.len().saturating_sub(missing_bytes));
    Account {
        lamports: rent(data.len()),
        data,
        owner,
        executable: false,
        rent_epoch: u64::MAX,
    }
    .into()
}
