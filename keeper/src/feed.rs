//! Where the world comes from: one node's stream for speed, its snapshots for truth.
//!
//! The stream is opened first and read only once the snapshot has been taken over, so nothing falls between the two.
//! Every message names a slot, and what is older never replaces what is newer. After any break the world is forgotten
//! and built again from a new snapshot.

mod decode;
mod session;
mod snapshot;
mod stream;
mod supervisor;
mod watchdog;

pub use decode::{ChainClock, feed_payload, program_payload};
pub use snapshot::{Poll, Snapshot, SnapshotError};
pub use supervisor::{FeedEnded, run};
pub use watchdog::Watchdog;

use crate::config::{Endpoint, Timing};
use solana_pubkey::Pubkey;
use std::sync::Arc;
use tenor_sdk::client::Client;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_sdk::pyth::PriceUpdate;

/// Something that was seen on the chain.
#[derive(Clone, Debug)]
pub struct Update {
    /// Slot at which it was true.
    pub slot: u64,
    /// What was seen.
    pub payload: Payload,
}

/// What was seen.
#[derive(Clone, Debug)]
pub enum Payload {
    /// The chain moves on.
    Slot,
    /// An account of the program changed.
    Account {
        /// Its address.
        address: Pubkey,
        /// Its new content.
        account: ProgramAccount,
    },
    /// A price feed changed.
    Feed {
        /// The feed account.
        address: Pubkey,
        /// Its new content.
        update: PriceUpdate,
    },
    /// The chain's clock.
    Clock {
        /// What it shows.
        now: UnixSeconds,
    },
    /// An account was closed.
    Closed {
        /// Its address.
        address: Pubkey,
    },
    /// An account has a content that this keeper does not read.
    Unreadable {
        /// Its address.
        address: Pubkey,
        /// Why it cannot be read.
        reason: String,
    },
    /// Everything.
    Snapshot(Box<Snapshot>),
    /// Prices, clock and balance.
    Poll(Box<Poll>),
    /// The stream broke: what is known may be outdated.
    Interrupted,
}

/// What a feed reads, and from where.
#[derive(Clone)]
pub struct Source {
    /// RPC node.
    pub client: Arc<Client>,
    /// Its address.
    pub rpc: Endpoint,
    /// WebSocket of the node.
    pub ws: Endpoint,
    /// Feed accounts.
    pub feeds: Vec<Pubkey>,
    /// Whose balance is watched.
    pub payer: Pubkey,
    /// When to look.
    pub timing: Timing,
}

impl Source {
    /// An error's text without the secrets of the node's addresses.
    fn redact(&self, error: &dyn std::error::Error) -> String {
        self.ws.redact(&self.rpc.redact(&error.to_string()))
    }
}
