//! Indices: what one unit deposited or borrowed at the start has grown to.

use super::Growth;
use super::growth::Factors;
use crate::quantity::Atoms;
use crate::wide::{MAX_WIDE_DIVISOR, mul_div_wide, mul_q64};
use crate::{MathError, Round};

/// One as Q63.
const ONE_Q63: u64 = 1 << 63;
/// Below this an index goes on in the next generation: beyond it a loss would leave too few digits to grow by.
const LEAST_E18: u128 = 1_000_000_000_000_000;
/// What an index is multiplied by from one generation to the next.
const GENERATION_FACTOR: u128 = 1_000_000_000;

/// What a unit has grown to x 1e18, in (0, 2^95): a growth of 4e10 at most, at which it stands still. At a constant rate
/// that takes 24.4 / rate years: 122 at 20% a year, 24 at 100%, 2.4 at the highest rate of 1,000%.
///
/// Losses lower the index of deposits. Where that would take it below 1e-3 it goes on in the next generation, a billion times
/// as high, so that later deposits always have digits to earn by; where all is lost it starts again at one, two generations
/// on. An amount is stored with both numbers of its index. The index of debts never leaves generation zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InterestIndex {
    generation: u32,
    e18: u128,
}

impl InterestIndex {
    /// Where an index starts.
    pub const ONE: Self = Self::first(1_000_000_000_000_000_000);
    /// Where it ends.
    pub const LARGEST: Self = Self::first(MAX_WIDE_DIVISOR - 1);

    const fn first(e18: u128) -> Self {
        Self { generation: 0, e18 }
    }

    /// An index x 1e18 in the first generation, number zero.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for zero or above [`Self::LARGEST`].
    pub const fn from_e18(e18: u128) -> Result<Self, MathError> {
        if e18 == 0 || e18 > Self::LARGEST.e18 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self::first(e18))
    }

    /// The same number in another generation, as stored.
    pub const fn in_generation(self, generation: u32) -> Self {
        Self { generation, ..self }
    }

    /// The index x 1e18.
    pub const fn e18(self) -> u128 {
        self.e18
    }

    /// How often losses have moved the index on.
    pub const fn generation(self) -> u32 {
        self.generation
    }

    /// The index after a growth: index · e^x. `Up` for debts, `Down` for deposits; off by less than 19 · 2^-64 of itself and one
    /// unit for each piece of 1/2 in x (see [`Growth`]). The same at no growth; never falls; stands still at
    /// [`Self::LARGEST`].
    pub fn grown(self, growth: Growth, round: Round) -> Self {
        self.grown_by(&growth.factors(), round)
    }

    /// As [`Self::grown`], with the factors of the growth.
    pub(super) fn grown_by(self, factors: &Factors, round: Round) -> Self {
        Self {
            e18: factors.grow(self.e18, Self::LARGEST.e18, round),
            ..self
        }
    }

    /// The index raised by the part `earned / total` of itself, rounded down, in favour of the house; what is earned counts as
    /// at most twice the total, short of one unit.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the total is 2^95 or more.
    #[expect(clippy::arithmetic_side_effects, reason = "an index below 2^95 less than trebles")]
    pub(super) fn raised(self, earned_q32: u128, total_q32: u128) -> Result<Self, MathError> {
        let part_q63 = mul_div_wide(ONE_Q63, earned_q32, total_q32, Round::Down)?;
        let part_q63 = u64::try_from(part_q63).unwrap_or(u64::MAX);
        let raised_e18 = self.e18 + mul_q64(self.e18 << 1, part_q63, Round::Down);
        Ok(Self {
            e18: raised_e18.min(Self::LARGEST.e18),
            ..self
        })
    }

    /// The index lowered by the part `lost / total` of itself, rounded down, in favour of the house: in the next generation
    /// if it falls below 1e-3; at one, two generations on, if it does even there, which is where less than a billionth of the
    /// total is left.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] if the total is 2^95 or more; [`MathError::Overflow`] beyond
    /// 2^32 generations.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "an index below 2^95 times 1e9 is below 2^125, and twice that below 2^126"
    )]
    pub(super) fn lowered(self, lost_q32: u128, total_q32: u128) -> Result<Self, MathError> {
        let part_q63 = mul_div_wide(ONE_Q63, lost_q32.min(total_q32), total_q32, Round::Up)?;
        let part_q63 = u64::try_from(part_q63).unwrap_or(ONE_Q63);
        let left_of = |e18: u128| e18.saturating_sub(mul_q64(e18 << 1, part_q63, Round::Up));
        let same = left_of(self.e18);
        if same >= LEAST_E18 {
            return Ok(Self { e18: same, ..self });
        }
        let next = left_of(self.e18 * GENERATION_FACTOR);
        let (generations, e18) = if next >= LEAST_E18 {
            (1, next)
        } else {
            (2, Self::ONE.e18)
        };
        let generation = self.generation.checked_add(generations).ok_or(MathError::Overflow)?;
        Ok(Self { generation, e18 })
    }

    /// Whether deposits made at the index `since` have lost all at this one.
    pub(super) const fn voids(self, since: Self) -> bool {
        self.generation.saturating_sub(since.generation) >= 2
    }

    /// Whether a deposit made at the index `since` is worth less at this one, before rounding.
    pub(super) fn fell_since(self, since: Self) -> bool {
        match self.generation.checked_sub(since.generation) {
            Some(0) => self.e18 < since.e18,
            // Below 2^95 times 1e9: below 2^125.
            Some(1) => self.e18 < since.e18.saturating_mul(GENERATION_FACTOR),
            Some(_) => true,
            None => false,
        }
    }

    /// What a deposit made at the index `since` is worth at this one: at most its growth, rounded down, in favour of the
    /// house. One of two generations ago or more is worth nothing: at most a billionth of it was left.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a later generation; [`MathError::Overflow`] if it exceeds `u64`.
    pub fn deposit(self, deposited: Atoms, since: Self) -> Result<Atoms, MathError> {
        if self.voids(since) {
            return Ok(Atoms::ZERO);
        }
        self.balance(deposited, since, Round::Down)
    }

    /// What a debt incurred at the index `since` has become at this one: at least its growth, rounded up, in favour of the
    /// house.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a later generation; [`MathError::Overflow`] if it exceeds `u64`.
    pub fn debt(self, borrowed: Atoms, since: Self) -> Result<Atoms, MathError> {
        self.balance(borrowed, since, Round::Up)
    }

    #[expect(clippy::integer_division, reason = "the divisor is a constant")]
    fn balance(self, atoms: Atoms, since: Self, round: Round) -> Result<Atoms, MathError> {
        if self == since {
            return Ok(atoms);
        }
        if self.generation < since.generation {
            return Err(MathError::OutOfDomain);
        }
        // Mostly of one of the two sides of a balance.
        if atoms == Atoms::ZERO {
            return Ok(Atoms::ZERO);
        }
        let grown = mul_div_wide(atoms.get(), self.e18, since.e18, round)?;
        let grown = match round {
            _ if self.generation == since.generation => grown,
            // Two roundings of one direction are one.
            Round::Down => grown / GENERATION_FACTOR,
            Round::Up => grown.div_ceil(GENERATION_FACTOR),
        };
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
        const E18: u128 = 1_000_000_000_000_000_000;
        assert_eq!(index(1_000).raised(1, 4), Ok(index(1_250)));
        assert_eq!(index(1_001).raised(1, 4), Ok(index(1_251)));
        assert_eq!(index(E18 + 1).lowered(1, 4), Ok(index(750_000_000_000_000_000)));
        assert_eq!(index(1_000).raised(9, 1), Ok(index(2_999)));
        assert_eq!(InterestIndex::LARGEST.raised(1, 1), Ok(InterestIndex::LARGEST));
        assert_eq!(index(1).raised(1, 0), Err(MathError::DivideByZero));
        assert_eq!(index(1).lowered(1, 0), Err(MathError::DivideByZero));
        assert_eq!(index(1).lowered(1, 1 << 95), Err(MathError::OutOfDomain));
    }

    #[test]
    fn an_index_that_falls_far_goes_on_in_the_next_generation() {
        let least = index(1_000_000_000_000_000);
        assert_eq!(index(2_000_000_000_000_000).lowered(1, 2), Ok(least));
        // Half a unit less is the next generation's: 1e15 - 1/2, a billion times as high.
        let next = index(1_999_999_999_999_999).lowered(1, 2);
        assert_eq!(next, Ok(index(999_999_999_999_999_500_000_000).in_generation(1)));
        // 2^-27 of 1e27 is 5^27: an eighth of 2^30 atoms in 2^27 parts is eight of them.
        let (start, far) = (InterestIndex::ONE, index(7_450_580_596_923_828_125).in_generation(1));
        assert_eq!(start.lowered((1 << 27) - 1, 1 << 27), Ok(far));
        assert_eq!(far.deposit(Atoms::new(1 << 30), start), Ok(Atoms::new(8)));
        assert_eq!(far.deposit(Atoms::new((1 << 30) - 1), start), Ok(Atoms::new(7)));
        assert_eq!(start.deposit(Atoms::new(1), far), Err(MathError::OutOfDomain));
        assert_eq!(start.debt(Atoms::new(1), far), Err(MathError::OutOfDomain));
    }

    #[test]
    fn an_index_that_loses_all_starts_again() {
        let again = InterestIndex::ONE.in_generation(2);
        assert_eq!(index(1_001).lowered(9, 4), Ok(again));
        // Less than a billionth of the least index is as good as nothing.
        assert_eq!(index(1_000_000_000_000_000).lowered((1 << 30) - 1, 1 << 30), Ok(again));
        assert_eq!(again.deposit(Atoms::new(u64::MAX), index(1)), Ok(Atoms::ZERO));
        assert_eq!(again.deposit(Atoms::new(7), again), Ok(Atoms::new(7)));
        let last = InterestIndex::ONE.in_generation(u32::MAX);
        assert_eq!(last.lowered(1, 1), Err(MathError::Overflow));
    }

    #[test]
    fn the_range_is_checked() {
        assert_eq!(InterestIndex::from_e18(0), Err(MathError::OutOfDomain));
        assert_eq!(InterestIndex::from_e18(1 << 95), Err(MathError::OutOfDomain));
        assert_eq!(InterestIndex::from_e18((1 << 95) - 1), Ok(InterestIndex::LARGEST));
    }
}
