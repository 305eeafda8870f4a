//! Fractions.

use super::{E9, Value};
use crate::{MathError, Round, mul_div, mul_div_signed};

/// A non-negative fraction x 1e9: a haircut, a discount, a margin factor, a shock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(u64);

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(E9);

    /// A fraction in units of 1e-9.
    pub const fn from_e9(e9: u64) -> Self {
        Self(e9)
    }

    /// A fraction in basis points.
    #[expect(clippy::arithmetic_side_effects, reason = "65,535 x 100,000 fits u64")]
    #[expect(clippy::as_conversions, reason = "u16 to u64 is lossless; `from` is not const")]
    pub const fn from_bps(bps: u16) -> Self {
        Self(bps as u64 * 100_000)
    }

    /// Units of 1e-9.
    pub const fn e9(self) -> u64 {
        self.0
    }

    /// One minus this.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] above one.
    pub fn complement(self) -> Result<Self, MathError> {
        E9.checked_sub(self.0).map(Self).ok_or(MathError::OutOfDomain)
    }

    /// This fraction of an amount.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn of(self, value: Value, round: Round) -> Result<Value, MathError> {
        mul_div_signed(value.e9(), self.0, E9, round).map(Value::from_e9)
    }

    /// This fraction of a count.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn of_count(self, count: u64, round: Round) -> Result<u64, MathError> {
        mul_div(count, self.0, E9, round)
    }
}
