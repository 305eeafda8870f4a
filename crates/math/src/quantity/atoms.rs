//! Smallest units of a mint.

use super::{Price, Value};
use crate::{MathError, Round, mul_div};

/// Smallest units of a mint; never a display amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Atoms(u64);

impl Atoms {
    /// Zero atoms.
    pub const ZERO: Self = Self(0);

    /// A number of atoms.
    pub const fn new(atoms: u64) -> Self {
        Self(atoms)
    }

    /// The raw number.
    pub const fn get(self) -> u64 {
        self.0
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
    /// [`MathError::Overflow`] if `other` is larger.
    pub fn try_sub(self, other: Self) -> Result<Self, MathError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The amount in units of 1e-9 of the asset.
    ///
    /// # Errors
    /// [`MathError::Overflow`] if it exceeds `u64`, or for more than 18 decimals.
    pub fn to_units_e9(self, decimals: u8, round: Round) -> Result<u64, MathError> {
        let (numerator, divisor) = match decimals {
            0..=9 => (power_of_ten(9_u8.saturating_sub(decimals))?, 1),
            _ => (1, power_of_ten(decimals.saturating_sub(9))?),
        };
        mul_div(self.0, numerator, divisor, round)
    }

    /// Worth of the amount at `price`.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn value(self, decimals: u8, price: Price, round: Round) -> Result<Value, MathError> {
        mul_div(self.0, price.e9(), power_of_ten(decimals)?, round).and_then(Value::from_unsigned_e9)
    }
}

/// `10^exponent`.
///
/// # Errors
/// [`MathError::Overflow`] above 19.
pub(crate) fn power_of_ten(exponent: u8) -> Result<u64, MathError> {
    10_u64.checked_pow(u32::from(exponent)).ok_or(MathError::Overflow)
}

/// `10^exponent`, wide.
///
/// # Errors
/// [`MathError::Overflow`] above 38.
pub(crate) fn power_of_ten_wide(exponent: u8) -> Result<u128, MathError> {
    10_u128.checked_pow(u32::from(exponent)).ok_or(MathError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_a_half_sol_is_worth_three_hundred_at_two_hundred() {
        let value = Atoms::new(1_500_000_000).value(9, Price::from_e9(200_000_000_000), Round::Down);
        assert_eq!(value, Ok(Value::from_e9(300_000_000_000)));
    }

    #[test]
    fn units_follow_the_decimals_of_the_mint() {
        assert_eq!(Atoms::new(1_000_000).to_units_e9(6, Round::Down), Ok(1_000_000_000));
        assert_eq!(Atoms::new(1).to_units_e9(12, Round::Down), Ok(0));
        assert_eq!(Atoms::new(1).to_units_e9(12, Round::Up), Ok(1));
        assert_eq!(Atoms::new(1).to_units_e9(40, Round::Up), Err(MathError::Overflow));
    }
}
