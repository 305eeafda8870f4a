//! Terms of a collateral.

use super::{Field, Loosens, ParameterSet};
use crate::state::CollateralEntry;
use alloc::vec;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::E9;

/// Greatest cap, atoms: sums of two stay within what a balance can be.
const MAX_CAP_ATOMS: u64 = 1 << 62;
/// The window's cap is at least one part in this of the deposit cap: a smaller one locks people in for weeks.
const WINDOWS_PER_CAP: u64 = 20;
/// One change raises the deposit cap to at most so many times the greater of both present caps.
const MAX_RAISE: u64 = 10;

/// Terms of a collateral that may change after its listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct CollateralTerms {
    /// Part of the worth that does not count as equity x 1e9, at most half; zero for the quote.
    pub haircut_e9: u64,
    /// Most that the house takes, atoms. Zero takes no more; what is there may stay and leave. The quote's waits in both
    /// directions. A change raises it to at most ten times the greater of the present caps.
    pub deposit_cap_atoms: u64,
    /// Most net outflow within the registry's window, atoms: a twentieth of the deposit cap to all of it, or what it was
    /// before the deposit cap was lowered.
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

    /// Name of a term that is outside its bounds, given those that it replaces; none at a listing. What is a sensible cap depends
    /// on the token's decimals and worth, so each is held against the other and a change against what was: three zeros too many
    /// are refused.
    pub fn out_of_bounds_after(&self, replaced: Option<&Self>) -> Option<&'static str> {
        let window_before = replaced.map_or(0, |terms| terms.window_cap_atoms);
        let is_raised_too_far = replaced.is_some_and(|terms| {
            let most = terms.deposit_cap_atoms.max(terms.window_cap_atoms);
            self.deposit_cap_atoms > most.saturating_mul(MAX_RAISE)
        });
        self.out_of_bounds().or(if is_raised_too_far {
            Some("deposit_cap_atoms")
        } else if self.window_cap_atoms > self.deposit_cap_atoms.max(window_before) {
            Some("window_cap_atoms")
        } else {
            None
        })
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
            Field::new(
                "deposit_cap_atoms",
                self.deposit_cap_atoms,
                0..=MAX_CAP_ATOMS,
                Loosens::Up,
            ),
            // A smaller one locks people in, a larger one lets more go unnoticed.
            Field::new(
                "window_cap_atoms",
                self.window_cap_atoms,
                self.deposit_cap_atoms.div_ceil(WINDOWS_PER_CAP).max(1)..=MAX_CAP_ATOMS,
                Loosens::Either,
            ),
        ]
    }
}
