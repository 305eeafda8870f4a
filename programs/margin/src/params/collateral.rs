//! Terms of a collateral.

use super::{Field, Loosens, ParameterSet};
use crate::state::CollateralEntry;
use alloc::vec;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::E9;

/// Terms of a collateral that may change after its listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct CollateralTerms {
    /// Part of the worth that does not count as equity x 1e9, at most half; zero for the quote.
    pub haircut_e9: u64,
    /// Most that the house takes, atoms. Zero takes no more; what is there may stay and leave. The quote's waits in both
    /// directions.
    pub deposit_cap_atoms: u64,
    /// Most net outflow within the registry's window, atoms.
    pub window_cap_atoms: u64,
}

impl CollateralTerms {
    /// The terms of an entry.
    pub const fn of(entry: &CollateralEntry) -> Self {
        Self {
            haircut_e9: entry.haircut_e9,
            deposit_cap_atoms: entry.deposit_cap_atoms,
            window_cap_atoms: entry.window_cap_atoms,
        }
    }

    /// Writes the terms to an entry.
    pub fn write(&self, entry: &mut CollateralEntry) {
        entry.haircut_e9 = self.haircut_e9;
        entry.deposit_cap_atoms = self.deposit_cap_atoms;
        entry.window_cap_atoms = self.window_cap_atoms;
    }
}

impl ParameterSet for CollateralTerms {
    fn fields(&self) -> Vec<Field> {
        vec![
            // Counts in maintenance: a rise liquidates.
            Field::new("haircut_e9", self.haircut_e9, 0..=E9 >> 1, Loosens::Either),
            Field::new("deposit_cap_atoms", self.deposit_cap_atoms, 0..=u64::MAX, Loosens::Up),
            // A smaller one locks people in, a larger one lets more go unnoticed.
            Field::new("window_cap_atoms", self.window_cap_atoms, 1..=u64::MAX, Loosens::Either),
        ]
    }
}
