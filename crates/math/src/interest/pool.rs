//! All deposits and borrows of cash, and what accrues between them.

use super::rate::utilisation;
use super::{Growth, Indices, InterestIndex, RateModel};
use crate::quantity::{Atoms, E9, Ratio};
use crate::wide::div_ceil_small;
use crate::{MathError, Round};
use core::num::NonZeroU32;

/// Totals lie below 2^95 in units of 2^-32 atoms: 9.2e18 atoms.
const LARGEST_Q32: u128 = (1 << 95) - 1;
const ONE_Q32: u128 = 1 << 32;
/// What ratios are parts of.
const BILLION: NonZeroU32 = NonZeroU32::new(1_000_000_000).unwrap();
const _: () = assert!(E9 == 1_000_000_000);

/// Totals of deposits and borrows in units of 2^-32 atoms, so that an accrual of seconds on a small pool is not lost, and
/// their indices.
///
/// Invariant: what is borrowed is at most what all debts at the borrow index sum to, what is deposited at least what all
/// deposits at the deposit index sum to. Both totals, the reserve included, move by the same interest: no atom is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterestPool {
    borrowed_q32: u128,
    deposited_q32: u128,
    reserve_q32: u128,
    borrow_index: InterestIndex,
    deposit_index: InterestIndex,
}

/// A pool as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolTotals {
    /// All that is borrowed, in units of 2^-32 atoms.
    pub borrowed_q32: u128,
    /// All that is deposited, in units of 2^-32 atoms.
    pub deposited_q32: u128,
    /// What the house has kept, in units of 2^-32 atoms.
    pub reserve_q32: u128,
    /// Both indices.
    pub indices: Indices,
}

/// What one accrual brought, in units of 2^-32 atoms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accrual {
    /// Interest that borrowers owe: the other two together.
    pub interest_q32: u128,
    /// Part of it that depositors earned.
    pub depositors_q32: u128,
    /// Part of it that the house keeps.
    pub reserve_q32: u128,
}

/// What was taken from deposits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socialised {
    /// Debt that deposits have paid.
    pub collected: Atoms,
    /// Debt beyond all deposits.
    pub remaining: Atoms,
}

impl InterestPool {
    /// A pool without cash.
    pub const EMPTY: Self = Self {
        borrowed_q32: 0,
        deposited_q32: 0,
        reserve_q32: 0,
        borrow_index: InterestIndex::ONE,
        deposit_index: InterestIndex::ONE,
    };

    /// A pool as it was stored.
    pub const fn from_totals(totals: PoolTotals) -> Self {
        Self {
            borrowed_q32: totals.borrowed_q32,
            deposited_q32: totals.deposited_q32,
            reserve_q32: totals.reserve_q32,
            borrow_index: totals.indices.borrow,
            deposit_index: totals.indices.deposit,
        }
    }

    /// The pool, to store it.
    pub const fn totals(&self) -> PoolTotals {
        PoolTotals {
            borrowed_q32: self.borrowed_q32,
            deposited_q32: self.deposited_q32,
            reserve_q32: self.reserve_q32,
            indices: self.indices(),
        }
    }

    /// Both indices.
    pub const fn indices(&self) -> Indices {
        Indices {
            deposit: self.deposit_index,
            borrow: self.borrow_index,
        }
    }

    /// Index of debts.
    pub const fn borrow_index(&self) -> InterestIndex {
        self.borrow_index
    }

    /// Index of deposits.
    pub const fn deposit_index(&self) -> InterestIndex {
        self.deposit_index
    }

    /// All that is borrowed, rounded down: what is owed to the house at least.
    pub fn borrowed(&self) -> Atoms {
        whole_atoms(self.borrowed_q32)
    }

    /// All that is deposited, rounded up: what the house owes at most.
    pub fn deposited(&self) -> Atoms {
        whole_atoms(self.deposited_q32.saturating_add(ONE_Q32 - 1))
    }

    /// What the house has kept, rounded down.
    pub fn reserve(&self) -> Atoms {
        whole_atoms(self.reserve_q32)
    }

    /// Part of the deposits that is borrowed, rounded up.
    pub fn utilisation(&self) -> Ratio {
        utilisation(self.borrowed().get(), self.deposited().get())
    }

    /// Adds a deposit.
    ///
    /// # Errors
    /// [`MathError::Overflow`] at 2^63 atoms.
    pub fn add_deposit(&mut self, atoms: Atoms) -> Result<(), MathError> {
        self.deposited_q32 = added(self.deposited_q32, atoms)?;
        Ok(())
    }

    /// Takes a withdrawal out of the total. Depositors' balances sum to no more than the total, so none is refused.
    pub fn take_deposit(&mut self, atoms: Atoms) {
        self.deposited_q32 = taken(self.deposited_q32, atoms);
    }

    /// Adds a debt.
    ///
    /// # Errors
    /// [`MathError::Overflow`] at 2^63 atoms.
    pub fn add_borrow(&mut self, atoms: Atoms) -> Result<(), MathError> {
        self.borrowed_q32 = added(self.borrowed_q32, atoms)?;
        Ok(())
    }

    /// Takes a repayment out of the total. Debts round up, so the last one may repay a little more than the total: that goes
    /// to the reserve.
    pub fn take_borrow(&mut self, atoms: Atoms) {
        let repaid_q32 = u128::from(atoms.get()) << 32;
        let excess_q32 = repaid_q32.saturating_sub(self.borrowed_q32);
        self.borrowed_q32 = self.borrowed_q32.saturating_sub(repaid_q32);
        self.reserve_q32 = self.reserve_q32.saturating_add(excess_q32);
    }

    /// Adds to what the house keeps.
    pub fn add_reserve(&mut self, atoms: Atoms) {
        self.reserve_q32 = self.reserve_q32.saturating_add(u128::from(atoms.get()) << 32);
    }

    /// Takes whole atoms of the reserve, for insurance.
    pub fn sweep_reserve(&mut self) -> Atoms {
        let swept = self.reserve();
        self.reserve_q32 = taken(self.reserve_q32, swept);
        swept
    }

    /// Accrues interest over a time at the rate that the model gives for the utilisation at its start.
    ///
    /// # Errors
    /// As [`Self::accrue_at`].
    pub fn accrue(&mut self, model: &RateModel, reserve: Ratio, seconds: u64) -> Result<Accrual, MathError> {
        self.accrue_at(model.rate(self.utilisation()), reserve, seconds)
    }

    /// Accrues interest over a time at a rate a year, continuously compounded: debts grow by e^(r t) - 1, deposits by what
    /// that earns less the part `reserve`. Nothing happens at zero seconds. At one rate, accruing twice is accruing once
    /// over both times, within rounding, however small the steps.
    ///
    /// Rounding: interest down; the debts' index up; the reserve up and the deposits' index down, in favour of the house.
    /// Depositors at most treble in one accrual, what exceeds that goes to the reserve. A pool whose debts would pass
    /// [`InterestIndex::LARGEST`] or 2^63 atoms stands still.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a reserve above one.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "grown is at least what was borrowed; interest below 2^95 times at most 1e9 fits u128, and its part is at \
                  most itself; totals stay below 2^95 + 2^95; the reserve was checked"
    )]
    pub fn accrue_at(&mut self, rate_per_year: Ratio, reserve: Ratio, seconds: u64) -> Result<Accrual, MathError> {
        if reserve > Ratio::ONE {
            return Err(MathError::OutOfDomain);
        }
        let growth = Growth::over(rate_per_year, seconds);
        let factors = growth.factors();
        let borrow_index = self.borrow_index.grown_by(&factors, Round::Up);
        let borrowed_q32 = factors.grow(self.borrowed_q32, LARGEST_Q32, Round::Down);
        let interest_q32 = borrowed_q32 - self.borrowed_q32;
        let kept_q32 = div_ceil_small(interest_q32.wrapping_mul(u128::from(reserve.e9())), BILLION);
        let most_q32 = (2 * self.deposited_q32).saturating_sub(1);
        let depositors_q32 = (interest_q32 - kept_q32).min(most_q32);
        let deposited_q32 = self.deposited_q32 + depositors_q32;
        let ends = borrow_index == InterestIndex::LARGEST || borrowed_q32.max(deposited_q32) >= LARGEST_Q32;
        if growth.is_none() || ends {
            return Ok(Accrual::default());
        }
        if depositors_q32 > 0 {
            self.deposit_index = self.deposit_index.raised(depositors_q32, self.deposited_q32)?;
        }
        let accrual = Accrual {
            interest_q32,
            depositors_q32,
            reserve_q32: interest_q32 - depositors_q32,
        };
        self.borrow_index = borrow_index;
        self.borrowed_q32 = borrowed_q32;
        self.deposited_q32 = deposited_q32;
        self.reserve_q32 = self.reserve_q32.saturating_add(accrual.reserve_q32);
        Ok(accrual)
    }

    /// Takes a debt from all deposits at once, pro rata, through their index: the last step of the loss waterfall. The
    /// index rounds down, so that deposits never sum to more than is left; it takes more than the debt by at most 2^-63
    /// of the deposits and one unit of the index. Where nothing is left, or less than a billionth, the index starts again:
    /// what was deposited is worth nothing, that rest goes to the reserve, and what is deposited later earns as in a new pool.
    /// Source: design section 6.
    ///
    /// # Errors
    /// [`MathError::Overflow`] after 2^32 generations of the index; none else within the range of the totals.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "collected is at most the debt and, as Q32, at most the deposits"
    )]
    pub fn socialise(&mut self, debt: Atoms) -> Result<Socialised, MathError> {
        let available = whole_atoms(self.deposited_q32);
        let collected = debt.min(available);
        if collected > Atoms::ZERO {
            let lost_q32 = u128::from(collected.get()) << 32;
            let lowered = self.deposit_index.lowered(lost_q32, self.deposited_q32)?;
            self.deposited_q32 -= lost_q32;
            if lowered.voids(self.deposit_index) {
                self.reserve_q32 = self.reserve_q32.saturating_add(self.deposited_q32);
                self.deposited_q32 = 0;
            }
            self.deposit_index = lowered;
        }
        Ok(Socialised {
            collected,
            remaining: Atoms::new(debt.get() - collected.get()),
        })
    }
}

fn added(total_q32: u128, atoms: Atoms) -> Result<u128, MathError> {
    match total_q32.checked_add(u128::from(atoms.get()) << 32) {
        Some(sum_q32) if sum_q32 <= LARGEST_Q32 => Ok(sum_q32),
        Some(_) | None => Err(MathError::Overflow),
    }
}

fn taken(total_q32: u128, atoms: Atoms) -> u128 {
    total_q32.saturating_sub(u128::from(atoms.get()) << 32)
}

/// Whole atoms of a total, which is below 2^96.
fn whole_atoms(total_q32: u128) -> Atoms {
    Atoms::new(u64::try_from(total_q32 >> 32).unwrap_or(u64::MAX))
}
