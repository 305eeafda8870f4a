//! Compute units of every instruction, measured on the bytecode.

mod cases;
mod control;
mod ends;
mod kernels;
mod large;
mod listing;
mod market;
mod money;
mod portfolio;
mod sizes;
mod table;

pub use cases::measure;
pub use kernels::{KernelBench, KernelRow};
pub use table::{Differences, Table};

/// One measured transaction.
#[derive(Clone, Debug)]
pub struct Row {
    /// The instruction.
    pub instruction: &'static str,
    /// On what.
    pub case: String,
    /// Compute units.
    pub compute_units: u64,
    /// Most that the design allows.
    pub budget: Option<u64>,
    /// What it takes of a transaction, where one was sent for it.
    pub transaction: Option<Fit>,
}

/// What a transaction takes of the limits that every transaction has.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    /// Accounts locked.
    pub accounts: usize,
    /// Bytes without lookup tables.
    pub bytes: usize,
    /// Bytes with one.
    pub bytes_with_table: usize,
}

impl Fit {
    /// Accounts that a transaction may lock.
    pub const MOST_ACCOUNTS: usize = 64;
    /// Bytes that a transaction may have.
    pub const MOST_BYTES: usize = 1_232;
}

/// One measured account.
#[derive(Clone, Debug)]
pub struct Size {
    /// The account.
    pub account: &'static str,
    /// Its length.
    pub bytes: usize,
    /// Lamports that exempt it from rent.
    pub rent_lamports: u64,
    /// Most that the design allows, lamports.
    pub budget_lamports: Option<u64>,
}
