//! Between our types and the official ones.

use anchor_lang_v1::prelude::Pubkey;
use anchor_lang_v1::{AccountDeserialize, AccountSerialize};
use pyth_solana_receiver_sdk::price_update::{PriceFeedMessage, PriceUpdateV2, VerificationLevel as OfficialLevel};
use tenor_pyth::{PriceUpdate, VerificationLevel};

/// What the official reader makes of an account's data.
pub(crate) fn read(data: &[u8]) -> anchor_lang_v1::Result<PriceUpdate> {
    PriceUpdateV2::try_deserialize(&mut &*data).map(|official| from_official(&official))
}

/// The data of an account in which the receiver program has stored `update`, and before it bytes of
/// `filler`: like the program, this writes over what is there and does not clear the rest.
pub(crate) fn write_over(filler: u8, update: &PriceUpdate) -> Vec<u8> {
    let mut data = vec![filler; PriceUpdateV2::LEN];
    to_official(update).try_serialize(&mut &mut *data).unwrap();
    data
}

pub(crate) fn to_official(update: &PriceUpdate) -> PriceUpdateV2 {
    PriceUpdateV2 {
        write_authority: Pubkey::new_from_array(update.write_authority),
        verification_level: match update.verification_level {
            VerificationLevel::Partial { num_signatures } => OfficialLevel::Partial { num_signatures },
            VerificationLevel::Full => OfficialLevel::Full,
        },
        price_message: PriceFeedMessage {
            feed_id: update.feed_id,
            price: update.price,
            conf: update.conf,
            exponent: update.exponent,
            publish_time: update.publish_time_secs,
            prev_publish_time: update.prev_publish_time_secs,
            ema_price: update.ema_price,
            ema_conf: update.ema_conf,
        },
        posted_slot: update.posted_slot,
    }
}

/// Names every official field, so that a new one does not compile.
fn from_official(official: &PriceUpdateV2) -> PriceUpdate {
    let PriceUpdateV2 {
        write_authority,
        verification_level,
        price_message,
        posted_slot,
    } = official;
    let PriceFeedMessage {
        feed_id,
        price,
        conf,
        exponent,
        publish_time,
        prev_publish_time,
        ema_price,
        ema_conf,
    } = *price_message;
    PriceUpdate {
        write_authority: write_authority.to_bytes(),
        verification_level: match *verification_level {
            OfficialLevel::Partial { num_signatures } => VerificationLevel::Partial { num_signatures },
            OfficialLevel::Full => VerificationLevel::Full,
        },
        feed_id,
        price,
        conf,
        exponent,
        publish_time_secs: publish_time,
        prev_publish_time_secs: prev_publish_time,
        ema_price,
        ema_conf,
        posted_slot: *posted_slot,
    }
}
