//! The insurance fund.

use anchor_lang::prelude::*;
use core::mem::size_of;

/// Quote set aside against losses, booked in the quote vault. Seeds: `[insurance, house]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct InsuranceFund {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Alignment.
    pub padding: [u8; 6],
    /// House that it belongs to.
    pub house: Address,
    /// Token account that holds the quote.
    pub vault: Address,
    /// What the fund owns, atoms.
    pub balance_atoms: u64,
    /// All that ever came in, atoms.
    pub inflow_atoms: u64,
    /// All that was ever paid out, atoms.
    pub outflow_atoms: u64,
    /// What the treasury owns of the same vault, atoms: its part of the fees that were swept.
    pub treasury_atoms: u64,
    /// For later versions.
    pub reserved: [u8; 56],
}

impl InsuranceFund {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();
}

const _: () = assert!(size_of::<InsuranceFund>() == 8 + 2 * 32 + 4 * 8 + 56);
