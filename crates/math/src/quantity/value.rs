//! Amounts of money before they move.

use super::Atoms;
use crate::quantity::atoms::power_of_ten;
use crate::{MathError, Round, mul_div_signed};

/// A signed amount of USD x 1e9: what things are worth before money moves. The range is plus or minus nine billion USD,
/// beyond which sums are refused rather than wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value(i64);

impl Value {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// USD x 1e9.
    pub const fn from_e9(e9: i64) -> Self {
        Self(e9)
    }

    /// USD x 1e9.
    pub const fn e9(self) -> i64 {
        self.0
    }

    /// An amount that cannot be negative, USD x 1e9.
    ///
    /// # Errors
    /// [`MathError::Overflow`] at 2^63 or more.
    pub fn from_unsigned_e9(e9: u64) -> Result<Self, MathError> {
        i64::try_from(e9).map(Self).map_err(|_| MathError::Overflow)
    }

    /// USD x 1e9 of an amount that may not be negative.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if it is.
    pub fn to_unsigned_e9(self) -> Result<u64, MathError> {
        u64::try_from(self.0).map_err(|_| MathError::OutOfDomain)
    }

    /// Sum.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn try_add(self, other: Self) -> Result<Self, MathError> {
        self.0.checked_add(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// Difference.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn try_sub(self, other: Self) -> Result<Self, MathError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The opposite amount.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn try_neg(self) -> Result<Self, MathError> {
        self.0.checked_neg().map(Self).ok_or(MathError::Overflow)
    }

    /// The amount, or nothing if it is negative.
    pub const fn or_zero(self) -> Self {
        if self.0 < 0 { Self(0) } else { self }
    }

    /// Worth of a signed number of quote atoms, one whole quote being one USD.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn from_quote_atoms(atoms: i64, decimals: u8, round: Round) -> Result<Self, MathError> {
        mul_div_signed(atoms, super::E9, power_of_ten(decimals)?, round).map(Self)
    }

    /// Signed number of quote atoms that this amount is.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn to_quote_atoms(self, decimals: u8, round: Round) -> Result<i64, MathError> {
        mul_div_signed(self.0, power_of_ten(decimals)?, super::E9, round)
    }

    /// The same amount as unsigned quote atoms, for a transfer.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if negative; [`MathError::Overflow`].
    pub fn to_atoms(self, decimals: u8, round: Round) -> Result<Atoms, MathError> {
        u64::try_from(self.to_quote_atoms(decimals, round)?)
            .map(Atoms::new)
            .map_err(|_| MathError::OutOfDomain)
    }
}
