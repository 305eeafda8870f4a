//! Everything at once, over RPC.

use super::Source;
use super::decode::{ChainClock, read_feed};
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
use tenor_sdk::SdkError;
use tenor_sdk::pyth::PriceUpdate;

/// All accounts of the program, with what a poll reads.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Accounts of the program.
    pub program: tenor_sdk::client::Snapshot,
    /// Prices, clock and balance.
    pub poll: Poll,
}

/// Prices, clock and balance.
#[derive(Clone, Debug, Default)]
pub struct Poll {
    /// Price feeds that exist and can be read.
    pub feeds: Vec<(Pubkey, PriceUpdate)>,
    /// Price feeds that do not, with the reason.
    pub unreadable: Vec<(Pubkey, String)>,
    /// The chain's clock.
    pub clock: Option<ChainClock>,
    /// Balance of the payer, lamports.
    pub payer_lamports: u64,
}

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The node failed.
    #[error(transparent)]
    Node(#[from] SdkError),
    /// The node is behind what was seen before.
    #[error("the node is at slot {found}, behind slot {known} seen before")]
    Behind {
        /// Its slot.
        found: u64,
        /// Newest slot seen.
        known: u64,
    },
    /// The program's house does not exist on this chain.
    #[error("the clearing house does not exist; wrong cluster, or not initialized yet")]
    NoHouse,
}

impl Source {
    /// Reads everything.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub async fn snapshot(&self, known_slot: u64) -> Result<Snapshot, SnapshotError> {
        let (program, poll) = futures_util::future::try_join(self.client.snapshot(), self.poll()).await?;
        if program.slot.saturating_add(super::watchdog::COMMITMENT_LAG_SLOTS) < known_slot {
            return Err(SnapshotError::Behind {
                found: program.slot,
                known: known_slot,
            });
        }
        if program.market.house().is_none() {
            return Err(SnapshotError::NoHouse);
        }
        Ok(Snapshot { program, poll })
    }

    /// Reads prices, clock and balance.
    ///
    /// # Errors
    /// [`SdkError::Rpc`].
    pub async fn poll(&self) -> Result<Poll, SdkError> {
        let mut addresses = vec![sysvar::clock::ID, self.payer];
        addresses.extend_from_slice(&self.feeds);
        let accounts = self.client.rpc().get_multiple_accounts(&addresses).await?;

        let mut poll = Poll::default();
        for (address, account) in addresses.iter().zip(accounts) {
            match account {
                Some(account) if *address == sysvar::clock::ID => poll.clock = ChainClock::read(&account.data),
                Some(account) if *address == self.payer => poll.payer_lamports = account.lamports,
                Some(account) => match read_feed(&account.owner.to_string(), &account.data) {
                    Ok(update) => poll.feeds.push((*address, update)),
                    Err(reason) => poll.unreadable.push((*address, reason)),
                },
                None if self.feeds.contains(address) => {
                    poll.unreadable
                        .push((*address, "the account does not exist".to_owned()));
                }
                None => {}
            }
        }
        Ok(poll)
    }
}
