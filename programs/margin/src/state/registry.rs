//! Collaterals that the house accepts.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::quantity::{Atoms, Ratio};

/// Most collaterals that the house can list.
pub const MAX_COLLATERALS: usize = 16;
/// `underlying_index` of the quote currency, which needs no price.
pub const NO_UNDERLYING: u8 = u8::MAX;
/// Index of the quote currency in the registry; always the first.
pub const QUOTE_INDEX: u8 = 0;

/// One collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct CollateralEntry {
    /// Mint of the token.
    pub mint: Address,
    /// Token account of the house that holds it.
    pub vault: Address,
    /// Part of the worth that does not count as equity x 1e9.
    pub haircut_e9: u64,
    /// Further haircut as deposits approach the cap x 1e9.
    pub concentration_haircut_e9: u64,
    /// Most that the house takes, atoms.
    pub deposit_cap_atoms: u64,
    /// All that accounts, fees and insurance own of it, atoms.
    pub booked_total_atoms: u64,
    /// Underlying that prices it, or [`NO_UNDERLYING`] for the quote.
    pub underlying_index: u8,
    /// Underlying whose scenarios shock it: another than prices it for a token with a feed of its own that follows that
    /// underlying, as a yield-bearing SOL token follows SOL.
    pub scenario_index: u8,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Alignment.
    pub padding: [u8; 5],
    /// For later versions.
    pub reserved: [u8; 32],
}

impl CollateralEntry {
    /// Part of the worth that does not count as equity.
    pub const fn haircut(&self) -> Ratio {
        Ratio::from_e9(self.haircut_e9)
    }

    /// All that is booked.
    pub const fn booked_total(&self) -> Atoms {
        Atoms::new(self.booked_total_atoms)
    }
}

/// All collaterals. Seeds: `[registry, house]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Registry {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Number of entries in use.
    pub count: u8,
    /// Alignment.
    pub padding: [u8; 5],
    /// House that it belongs to.
    pub house: Address,
    /// Collaterals; the first is the quote.
    pub collaterals: [CollateralEntry; MAX_COLLATERALS],
    /// For later versions.
    pub reserved: [u8; 64],
}

impl Registry {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Collaterals in use, in the order of their indices.
    pub fn listed(&self) -> &[CollateralEntry] {
        self.collaterals.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

const _: () = assert!(size_of::<CollateralEntry>() == 2 * 32 + 4 * 8 + 8 + 32);
const _: () = assert!(size_of::<Registry>() == 8 + 32 + MAX_COLLATERALS * size_of::<CollateralEntry>() + 64);
const _: () = assert!(offset_of!(Registry, house) == 8);
