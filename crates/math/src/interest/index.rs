//! Indices: what one unit deposited or borrowed at the start has grown to.

use super::Growth;
use crate::quantity::Atoms;
use crate::wide::{MAX_WIDE_DIVISOR, mul_div_wide, mul_q64};
use crate::{MathError, Round};

/// One as Q63.
const ONE_Q63: u64 = 1 << 63;

/// What a unit has grown to x 1e18, in (0, 2^95): a growth of 4e10 at most, at which it stands still. At a constant rate
/// that takes 24.4 / rate years: 122 at 20% a year, 24 at 100%, 2.4 at the highest rate of 1,000%.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InterestIndex(u128);

impl InterestIndex {
    /// Where an index starts.
    pub const ONE: Self = Self(1_000_000_000_000_000_000);
    /// Where it ends.
    pub const LARGEST: Self = Self(MAX_WIDE_DIVISOR - 1);

    /// An index x 1e18.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for zero or above [`Self::LARGEST`].
    pub const fn from_e18(e18: u128) -> Result<Self, MathError> {
        if e18 == 0 || e18 > Self::LARGEST.0 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(e18))
    }

    /// The index x 1e18.
    pub const fn e18(self) -> u128 {
        self.0
    }

    /// The index after a growth: index · e^x. `Up` for debts, `Down` for deposits; off by less than 19 · 2^-64 of itself and one
    /// unit for each piece of 1/2 in x (see [`Growth`]). The same at no growth; never falls; stands still at
    /// [`Self::LARGEST`].
    pub fn grown(self, growth: Growth, round: Round) -> Self {
        Self(growth.grow(self.0, Self::LARGEST.0, round))
    }

    /// The index raised by the part `earned / total` of itself, rounded down, in favour of the house; `earned` counts as at
    /// most twice the total, short of one unit.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the total is 2^95 or more.
    #[expect(clippy::arithmetic_side_effects, reason = "an index below 2^95 less than trebles")]
    pub(super) fn raised(self, earned: u128, total: u128) -> Result<Self, MathError> {
        let part_q63 = mul_div_wide(ONE_Q63, earned, total, Round::Down)?;
        let part_q63 = u64::try_from(part_q63).unwrap_or(u64::MAX);
        let raised = self.0 + mul_q64(self.0 << 1, part_q63, Round::Down);
        Ok(Self(raised.min(Self::LARGEST.0)))
    }

    /// The index lowered by the part `lost / total` of itself, rounded down, in favour of the house; never to zero.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the total is 2^95 or more.
    pub(super) fn lowered(self, lost: u128, total: u128) -> Result<Self, MathError> {
        let part_q63 = mul_div_wide(ONE_Q63, lost.min(total), total, Round::Up)?;
        let part_q63 = u64::try_from(part_q63).unwrap_or(ONE_Q63);
        let lowered = self.0.saturating_sub(mul_q64(self.0 << 1, part_q63, Round::Up));
        Ok(Self(lowered.max(1)))
    }

    /// What a deposit made at the index `since` is worth at this one: at most its growth, rounded down, in favour of the
    /// house.
    ///
    /// # Errors
    /// [`MathError::Overflow`] if it exceeds `u64`.
    pub fn deposit(self, deposited: Atoms, since: Self) -> Result<Atoms, MathError> {
        self.balance(deposited, since, Round::Down)
    }

    /// What a debt incurred at the index `since` has become at this one: at least its growth, rounded up, in favour of the
    /// house.
    ///
    /// # Errors
    /// [`MathError::Overflow`] if it exceeds `u64`.
    pub fn debt(self, borrowed: Atoms, since: Self) -> Result<Atoms, MathError> {
        self.balance(borrowed, since, Round::Up)
    }

    fn balance(self, atoms: Atoms, since: Self, round: Round) -> Result<Atoms, MathError> {
        if self == since {
            return Ok(atoms);
        }
        let grown = mul_div_wide(atoms.get(), self.0, since.0, round)?;
        u64::try_from(grown).map(Atoms::new).map_err(|_| MathError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(e18: u128) -> InterestIndex {
        InterestIndex::from_e18(e18).unwrap()
    }

    #[test]
    fn borrowers_owe_up_and_depositors_get_down() {
        let (start, later) = (index(3), index(4));
        assert_eq!(later.deposit(Atoms::new(10), start), Ok(Atoms::new(13)));
        assert_eq!(later.debt(Atoms::new(10), start), Ok(Atoms::new(14)));
        assert_eq!(later.debt(Atoms::new(9), start), Ok(Atoms::new(12)));
        assert_eq!(later.debt(Atoms::new(9), later), Ok(Atoms::new(9)));
        assert_eq!(later.deposit(Atoms::new(u64::MAX), start), Err(MathError::Overflow));
    }

    #[test]
    fn indices_move_by_parts_of_themselves() {
        assert_eq!(index(1_000).raised(1, 4), Ok(index(1_250)));
        assert_eq!(index(1_001).raised(1, 4), Ok(index(1_251)));
        assert_eq!(index(1_001).lowered(1, 4), Ok(index(750)));
        assert_eq!(index(1_001).lowered(9, 4), Ok(index(1)));
        assert_eq!(index(1_000).raised(9, 1), Ok(index(2_999)));
        assert_eq!(InterestIndex::LARGEST.raised(1, 1), Ok(InterestIndex::LARGEST));
        assert_eq!(index(1).raised(1, 0), Err(MathError::DivideByZero));
        assert_eq!(index(1).lowered(1, 1 << 95), Err(MathError::OutOfDomain));
    }

    #[test]
    fn the_range_is_checked() {
        assert_eq!(InterestIndex::from_e18(0), Err(MathError::OutOfDomain));
        assert_eq!(InterestIndex::from_e18(1 << 95), Err(MathError::OutOfDomain));
        assert_eq!(InterestIndex::from_e18((1 << 95) - 1), Ok(InterestIndex::LARGEST));
    }
}
