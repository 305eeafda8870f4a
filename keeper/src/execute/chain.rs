//! What execution asks of the chain: a node in production, a script in tests.

use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use std::future::Future;

/// What a simulation showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Compute units that it used, if the node tells.
    pub compute_units: Option<u64>,
    /// Why it failed, if it did.
    pub error: Option<TransactionError>,
}

/// A blockhash and how long it is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blockhash {
    /// The hash.
    pub hash: Hash,
    /// Last block height at which a transaction with it can land.
    pub last_valid_block_height: u64,
}

/// The node did not answer, or not sensibly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ChainError(pub String);

/// Calls to the chain.
pub trait Chain: Send + Sync + 'static {
    /// Runs a transaction, signed or not, without effect.
    fn simulate(&self, transaction: &Transaction) -> impl Future<Output = Result<Simulation, ChainError>> + Send;

    /// A recent blockhash.
    fn blockhash(&self) -> impl Future<Output = Result<Blockhash, ChainError>> + Send;

    /// Sends a transaction once, unchecked.
    fn broadcast(&self, transaction: &Transaction) -> impl Future<Output = Result<(), ChainError>> + Send;

    /// Result of a transaction that has reached the keeper's commitment; `None` if it has not.
    fn status(
        &self,
        signature: &Signature,
    ) -> impl Future<Output = Result<Option<Result<(), TransactionError>>, ChainError>> + Send;

    /// Block height at the keeper's commitment.
    fn block_height(&self) -> impl Future<Output = Result<u64, ChainError>> + Send;
}
