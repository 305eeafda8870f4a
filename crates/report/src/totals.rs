//! The books at the end of a run, and whether they add up.

use serde::{Deserialize, Serialize};

/// A vault's balance against the books. All amounts in atoms of the mint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenTotals {
    /// Symbol: `USDC`.
    pub symbol: String,
    /// Mint address in base 58.
    pub mint: String,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Balance of the vault.
    pub vault_atoms: u64,
    /// Total that the program booked.
    pub booked_atoms: u64,
    /// Sum over all margin accounts; a debt counts below zero.
    pub accounts_atoms: i128,
    /// Fees, insurance and whatever else is booked to no account.
    pub reserves_atoms: i128,
    /// Largest rounding residue allowed between the booked total and its parts.
    pub residue_limit_atoms: u64,
}

impl TokenTotals {
    /// What rounding left in the booked total beyond accounts and reserves, in atoms.
    pub fn residue_atoms(&self) -> i128 {
        i128::from(self.booked_atoms)
            .saturating_sub(self.accounts_atoms)
            .saturating_sub(self.reserves_atoms)
    }

    /// Whether the vault covers the booked total, and the booked total its parts with no more than rounding left over.
    pub fn holds(&self) -> bool {
        self.vault_atoms >= self.booked_atoms
            && (0..=i128::from(self.residue_limit_atoms)).contains(&self.residue_atoms())
    }
}

/// Lots of one instrument over all accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotTotals {
    /// Name, such as `SOL 27-Nov 200 P`.
    pub instrument: String,
    /// Sum of the long positions, at least zero.
    pub long_lots: i128,
    /// Sum of the short positions, at most zero.
    pub short_lots: i128,
}

impl LotTotals {
    /// Sum over all accounts; zero, or lots were made from nothing.
    pub const fn sum_lots(&self) -> i128 {
        self.long_lots.saturating_add(self.short_lots)
    }

    /// Whether every long has its short.
    pub const fn holds(&self) -> bool {
        self.sum_lots() == 0
    }
}
