//! Accounts as bytes, as typed values and as a node sends them.

use anchor_lang::Discriminator;
use base64::prelude::{BASE64_STANDARD, Engine};
use bytemuck::Zeroable;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;
use tenor_keeper::feed::{Payload, Update};
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::decode::{AccountData, ProgramAccount};
use tenor_sdk::margin::state::{ClearingHouse, LAYOUT_VERSION, MarginAccount};
use tenor_sdk::pyth::{PriceUpdate, RECEIVER_PROGRAM, VerificationLevel};

pub(crate) const ALICE: Pubkey = Pubkey::new_from_array([1; 32]);
pub(crate) const BOB: Pubkey = Pubkey::new_from_array([2; 32]);
pub(crate) const FEED: Pubkey = Pubkey::new_from_array([3; 32]);

fn header(sequence: u64) -> MarginAccount {
    MarginAccount {
        version: LAYOUT_VERSION,
        sequence,
        ..MarginAccount::zeroed()
    }
}

/// A margin account without positions.
pub(crate) fn account(sequence: u64) -> AccountData {
    AccountData {
        account: header(sequence),
        positions: Vec::new(),
    }
}

pub(crate) fn account_bytes(sequence: u64) -> Vec<u8> {
    // A count of zero positions and the alignment after it.
    [
        MarginAccount::DISCRIMINATOR,
        bytemuck::bytes_of(&header(sequence)),
        &[0; 8],
    ]
    .concat()
}

pub(crate) fn house_bytes() -> Vec<u8> {
    let house = ClearingHouse {
        version: LAYOUT_VERSION,
        ..ClearingHouse::zeroed()
    };
    [ClearingHouse::DISCRIMINATOR, bytemuck::bytes_of(&house)].concat()
}

pub(crate) fn clock_bytes(slot: u64, unix_timestamp: i64) -> Vec<u8> {
    [slot.to_le_bytes(), [0; 8], [0; 8], [0; 8], unix_timestamp.to_le_bytes()].concat()
}

pub(crate) fn price(price: i64) -> PriceUpdate {
    PriceUpdate {
        write_authority: [0; 32],
        verification_level: VerificationLevel::Full,
        feed_id: [7; 32],
        price,
        conf: 1,
        exponent: -8,
        publish_time_secs: 1_750_000_000,
        prev_publish_time_secs: 1_749_999_999,
        ema_price: price,
        ema_conf: 1,
        posted_slot: 1,
    }
}

/// An account as a node sends it.
pub(crate) fn sent(owner: &Pubkey, data: &[u8]) -> Value {
    json!({
        "lamports": 1_000_000,
        "owner": owner.to_string(),
        "data": [BASE64_STANDARD.encode(data), "base64"],
        "executable": false,
        "rentEpoch": 0,
        "space": data.len(),
    })
}

pub(crate) fn sent_by_program(data: &[u8]) -> Value {
    sent(&MARGIN_PROGRAM, data)
}

pub(crate) fn sent_by_oracle(data: &[u8]) -> Value {
    sent(&Pubkey::new_from_array(RECEIVER_PROGRAM), data)
}

/// The stream shows an account.
pub(crate) fn seen(slot: u64, address: Pubkey, sequence: u64) -> Update {
    let account = ProgramAccount::Account(Box::new(account(sequence)));
    Update {
        slot,
        payload: Payload::Account { address, account },
    }
}
