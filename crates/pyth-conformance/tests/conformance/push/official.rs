//! Between our type and the official one.

use bytemuck::Zeroable;
use pyth_sdk_solana::PythError as OfficialError;
use pyth_sdk_solana::state::{
    AccountType, MAGIC, PriceStatus as OfficialStatus, PriceType, SolanaPriceAccount, VERSION_2, load_price_account,
};
use tenor_pyth::{PriceStatus, PushPrice};

/// What the official reader makes of an account's data.
///
/// The official type has enumerations of one byte whose other values are undefined behaviour: see
/// [`super::hostile_bytes::defined`].
pub(crate) fn read(data: &[u8]) -> Result<SolanaPriceAccount, OfficialError> {
    // The official reader wants the alignment that accounts have on chain.
    let mut words = vec![0_u64; data.len().div_ceil(8)];
    let aligned: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    aligned[..data.len()].copy_from_slice(data);
    load_price_account::<32, ()>(&aligned[..data.len()]).copied()
}

/// Our fields of the official type.
pub(crate) fn from_official(official: &SolanaPriceAccount) -> PushPrice {
    PushPrice {
        product: official.prod.to_bytes(),
        exponent: official.expo,
        price: official.agg.price,
        conf: official.agg.conf,
        status: match official.agg.status {
            OfficialStatus::Unknown => PriceStatus::Unknown,
            OfficialStatus::Trading => PriceStatus::Trading,
            OfficialStatus::Halted => PriceStatus::Halted,
            OfficialStatus::Auction => PriceStatus::Auction,
            OfficialStatus::Ignored => PriceStatus::Ignored,
        },
        slot: official.agg.pub_slot,
        publish_time_secs: official.timestamp,
        prev_price: official.prev_price,
        prev_conf: official.prev_conf,
        prev_slot: official.prev_slot,
        prev_publish_time_secs: official.prev_timestamp,
    }
}

/// The official account with our fields and otherwise a new account's. Field by field into zeros, so that the gaps between
/// fields stay zero, as on chain.
pub(crate) fn to_official(push: &PushPrice) -> SolanaPriceAccount {
    let mut official = SolanaPriceAccount::zeroed();
    official.magic = MAGIC;
    official.ver = VERSION_2;
    #[expect(clippy::as_conversions, reason = "the official enumeration has no other number")]
    let price_account = AccountType::Price as u32;
    official.atype = price_account;
    official.size = u32::try_from(size_of::<SolanaPriceAccount>()).unwrap();
    official.ptype = PriceType::Price;
    official.expo = push.exponent;
    official.timestamp = push.publish_time_secs;
    official.prod = push.product.into();
    official.prev_slot = push.prev_slot;
    official.prev_price = push.prev_price;
    official.prev_conf = push.prev_conf;
    official.prev_timestamp = push.prev_publish_time_secs;
    official.agg.price = push.price;
    official.agg.conf = push.conf;
    official.agg.status = match push.status {
        PriceStatus::Unknown => OfficialStatus::Unknown,
        PriceStatus::Trading => OfficialStatus::Trading,
        PriceStatus::Halted => OfficialStatus::Halted,
        PriceStatus::Auction => OfficialStatus::Auction,
        PriceStatus::Ignored => OfficialStatus::Ignored,
    };
    official.agg.pub_slot = push.slot;
    official
}

/// The account's data.
pub(crate) fn write(push: &PushPrice) -> Vec<u8> {
    bytemuck::bytes_of(&to_official(push)).to_vec()
}
