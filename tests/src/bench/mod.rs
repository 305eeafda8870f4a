//! Compute units of every instruction, measured on the bytecode.

mod cases;
mod kernels;
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
    /// Accounts locked and bytes without lookup tables, where a transaction was sent for it.
    pub transaction: Option<(usize, usize)>,
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
