//! What tests need of a bank, in memory or real.

use solana_account::AccountSharedData;
use solana_clock::Clock;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

/// Lamports that each signature costs.
pub const FEE_PER_SIGNATURE_LAMPORTS: u64 = 5_000;

/// Least balance of an account with `length` bytes of data.
pub const fn rent(length: usize) -> u64 {
    const OVERHEAD: u64 = 128;
    const LAMPORTS_PER_BYTE: u64 = 6_960;
    (OVERHEAD + length as u64) * LAMPORTS_PER_BYTE
}

/// An instruction that a program sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Program that received it.
    pub program: Pubkey,
    /// Its data.
    pub data: Vec<u8>,
}

/// What came of a transaction.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Success, or the error.
    pub result: Result<(), TransactionError>,
    /// What programs logged.
    pub logs: Vec<String>,
    /// Compute units that were used.
    pub compute_units: u64,
    /// What the last instruction returned; empty where the bank does not tell.
    pub return_data: Vec<u8>,
    /// Instructions that programs sent; empty where the bank does not tell.
    pub inner: Vec<Inner>,
}

/// A bank that executes transactions on accounts and a clock that the test controls.
pub trait Bank {
    /// A blockhash that no transaction has used.
    fn fresh_blockhash(&mut self) -> Hash;
    /// Executes a transaction.
    fn execute(&mut self, transaction: VersionedTransaction) -> Execution;
    /// An account, if it exists.
    fn account(&self, address: &Pubkey) -> Option<AccountSharedData>;
    /// Writes an account as it is.
    fn set_account(&mut self, address: Pubkey, account: AccountSharedData);
    /// The clock.
    fn clock(&self) -> Clock;
    /// Sets the clock.
    fn set_clock(&mut self, clock: Clock);
}
