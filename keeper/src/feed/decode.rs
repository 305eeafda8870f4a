//! From what a node sends to what was seen.

use super::Payload;
use solana_account_decoder_client_types::UiAccount;
use solana_clock::Clock;
use solana_pubkey::Pubkey;
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::decode;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_sdk::pyth::{PriceUpdate, RECEIVER_PROGRAM};

/// The chain's clock, and the slot that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainClock {
    /// Slot of the clock.
    pub slot: u64,
    /// What it shows.
    pub now: UnixSeconds,
}

impl ChainClock {
    /// Reads the sysvar.
    pub fn read(data: &[u8]) -> Option<Self> {
        let clock: Clock = wincode::deserialize(data).ok()?;
        Some(Self {
            slot: clock.slot,
            now: UnixSeconds::new(clock.unix_timestamp),
        })
    }
}

/// An account that the program owns, or owned until now.
pub fn program_payload(address: Pubkey, account: &UiAccount) -> Payload {
    if account.lamports == 0 || account.owner != MARGIN_PROGRAM.to_string() {
        return Payload::Closed { address };
    }
    let Some(data) = account.data.decode() else {
        return Payload::Unreadable {
            address,
            reason: "the node's encoding is unknown".to_owned(),
        };
    };
    match decode::any(&data) {
        Ok(account) => Payload::Account { address, account },
        Err(error) => Payload::Unreadable {
            address,
            reason: error.to_string(),
        },
    }
}

/// An account that the configuration names as a price feed.
pub fn feed_payload(address: Pubkey, account: &UiAccount) -> Payload {
    if account.lamports == 0 {
        return Payload::Closed { address };
    }
    let Some(data) = account.data.decode() else {
        return Payload::Unreadable {
            address,
            reason: "the node's encoding is unknown".to_owned(),
        };
    };
    match read_feed(&account.owner, &data) {
        Ok(update) => Payload::Feed { address, update },
        Err(reason) => Payload::Unreadable { address, reason },
    }
}

pub(super) fn read_feed(owner: &str, data: &[u8]) -> Result<PriceUpdate, String> {
    if owner != Pubkey::new_from_array(RECEIVER_PROGRAM).to_string() {
        return Err(format!("owned by {owner}, not by the oracle program"));
    }
    PriceUpdate::read(data).map_err(|error| error.to_string())
}
