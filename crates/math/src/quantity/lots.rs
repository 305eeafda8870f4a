//! Positions and the size of a lot.

use super::{Price, Value};
use crate::fixed::checked_product;
use crate::{MathError, Round, mul_div_signed};

/// A signed position: long above zero, short below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lots(i64);

impl Lots {
    /// No position.
    pub const ZERO: Self = Self(0);

    /// A signed number of lots.
    pub const fn new(lots: i64) -> Self {
        Self(lots)
    }

    /// The raw number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number of lots without its sign.
    pub const fn magnitude(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The long part: what this position adds to open interest.
    pub const fn long_part(self) -> u64 {
        if self.0 > 0 { self.0.unsigned_abs() } else { 0 }
    }

    /// Sum.
    ///
    /// # Errors
    /// [`MathError::Overflow`], also at `i64::MIN`, so that every position can be reversed.
    pub fn try_add(self, other: Self) -> Result<Self, MathError> {
        match self.0.checked_add(other.0) {
            Some(i64::MIN) | None => Err(MathError::Overflow),
            Some(lots) => Ok(Self(lots)),
        }
    }

    /// The opposite position.
    ///
    /// # Errors
    /// [`MathError::Overflow`] for `i64::MIN`.
    pub fn try_neg(self) -> Result<Self, MathError> {
        self.0.checked_neg().map(Self).ok_or(MathError::Overflow)
    }

    /// Worth of the position at a value per lot.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn value(self, per_lot: Value) -> Result<Value, MathError> {
        checked_product(self.0, per_lot.e9())
            .map(Value::from_e9)
            .ok_or(MathError::Overflow)
    }

    /// Worth of as many lots, whichever way held, at an amount per lot, USD x 1e9.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub(crate) fn magnitude_value(self, per_lot_e9: u64) -> Result<Value, MathError> {
        i64::try_from(self.magnitude())
            .ok()
            .zip(i64::try_from(per_lot_e9).ok())
            .and_then(|(lots, per_lot)| checked_product(lots, per_lot))
            .map(Value::from_e9)
            .ok_or(MathError::Overflow)
    }
}

/// How much of the underlying one lot is, in units of 1e-9 of it: 0.01 SOL is 10,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotSize(u64);

impl LotSize {
    /// A lot of `units_e9` x 1e-9 of the underlying.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for zero or for more than 1,000 units.
    pub const fn from_units_e9(units_e9: u64) -> Result<Self, MathError> {
        if units_e9 == 0 || units_e9 > 1_000_000_000_000 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(units_e9))
    }

    /// The raw number of 1e-9 units of the underlying.
    pub const fn units_e9(self) -> u64 {
        self.0
    }

    /// Worth of one lot at a price per whole underlying.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "a lot is not zero, a divisor is not zero where it is used, and divisor times lot is at most 1e9"
    )]
    pub fn value(self, price: Price, round: Round) -> Result<Value, MathError> {
        let price_e9 = i64::try_from(price.e9()).map_err(|_| MathError::Overflow)?;
        // Most lots are a whole part of a unit: a division of words, a tenth of what a product of two words costs.
        let parts = super::E9 / self.0;
        if parts == 0 || parts * self.0 != super::E9 {
            return self.value_of_signed(price_e9, round);
        }
        let value_e9 = match round {
            Round::Down => price.e9() / parts,
            Round::Up => price.e9().div_ceil(parts),
        };
        // At most the price.
        i64::try_from(value_e9)
            .map(Value::from_e9)
            .map_err(|_| MathError::Overflow)
    }

    /// Worth of one lot for a signed amount per whole underlying, USD x 1e9.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn value_of_signed(self, per_unit_e9: i64, round: Round) -> Result<Value, MathError> {
        mul_div_signed(per_unit_e9, self.0, super::E9, round).map(Value::from_e9)
    }
}
