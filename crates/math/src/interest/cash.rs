//! An account's cash beside a pool that lags behind it.
//!
//! Most moves of cash leave the pool alone, so that they do not contend for it. The pool goes on counting what it counted
//! last, and what it accrues on that may differ from what the account should get. The account never gets more than the pool
//! accrued for it: it earns on the lesser of counted and actual deposit, owes on the greater of counted and actual debt, and
//! bears a loss of deposits on the greater of counted and actual deposit. The rest, never negative, is due to the reserve.
//!
//! Proof that what is due never falls: let g(x) be what the index adds to a deposit x, rounded down, and h(x) what it adds to
//! a debt x, rounded up. Both are the rounding of a multiple of x. While the index of deposits has risen g does not fall in x,
//! and the account's g is of the lesser; where it fell, g does not rise in x, and the account's g is of the greater: either
//! way the account's g is at most the pool's. h never falls in x, for the index of debts does not: the account's h, of the
//! greater, is at least the pool's. What is due grows by the pool's g - h less the account's g - h.
//!
//! Proof that no atom is created or lost: let E be the pool's deposits less borrows plus reserve, and S the sum over accounts
//! of `cash - counted + due`. [`CashAccount::brought_to`] changes cash by i, counted by a and what is due by a - i: S stays.
//! [`CashAccount::recount`] changes E by `cash - counted + due`, all in whole atoms, and takes that out of S: E + S stays.
//! An accrual adds as much to borrows as to deposits and reserve: E stays. So E + S, exact in units of 2^-32 atoms, moves only
//! with money that comes in or goes out. Rounded amounts lie inside E, in favour of the house: deposits are at least what
//! all counted ones are worth, borrows at most what all counted debts are.

use super::{InterestIndex, InterestPool};
use crate::MathError;
use crate::quantity::Atoms;

/// Both indices at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    /// Index of deposits.
    pub deposit: InterestIndex,
    /// Index of debts.
    pub borrow: InterestIndex,
}

impl Indices {
    /// Where both start.
    pub const ONE: Self = Self {
        deposit: InterestIndex::ONE,
        borrow: InterestIndex::ONE,
    };
}

/// An account's cash, and what the pool counts for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashAccount {
    /// Cash, atoms; negative if owed.
    pub cash_atoms: i64,
    /// What the pool counts for the account, atoms: a deposit, or a debt if negative.
    pub counted_atoms: i64,
    /// What the pool accrued for the account and the account did not get.
    pub reserve_due: Atoms,
    /// Indices at which both stand.
    pub indices: Indices,
}

impl CashAccount {
    /// An account without cash.
    pub const EMPTY: Self = Self {
        cash_atoms: 0,
        counted_atoms: 0,
        reserve_due: Atoms::ZERO,
        indices: Indices::ONE,
    };

    /// The account at later indices: to be done before its cash moves. Doing it twice is doing it once.
    ///
    /// Rounding: deposits down, debts up.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for earlier indices; [`MathError::Overflow`].
    pub fn brought_to(self, now: Indices) -> Result<Self, MathError> {
        if self.indices == now {
            return Ok(self);
        }
        let [counted, actual] = [self.counted_atoms, self.cash_atoms].map(Sides::of);
        let accrued = self.added(counted, now)?;
        if self.counted_atoms == self.cash_atoms {
            return self.moved(accrued, accrued, now);
        }
        let bears_loss = now.deposit.fell_since(self.indices.deposit);
        let deposit = if bears_loss {
            counted.deposit.max(actual.deposit)
        } else {
            counted.deposit.min(actual.deposit)
        };
        let debt = counted.debt.max(actual.debt);
        let interest = self.added(Sides { deposit, debt }, now)?;
        self.moved(accrued, interest, now)
    }

    /// The account after the pool has accrued an amount for it, of which it got the interest.
    fn moved(self, accrued: i64, interest: i64, now: Indices) -> Result<Self, MathError> {
        let gain = accrued.checked_sub(interest).ok_or(MathError::Overflow)?;
        let gain = u64::try_from(gain).map_err(|_| MathError::OutOfDomain)?;
        Ok(Self {
            cash_atoms: sum(self.cash_atoms, interest)?,
            counted_atoms: sum(self.counted_atoms, accrued)?,
            reserve_due: self.reserve_due.try_add(Atoms::new(gain))?,
            indices: now,
        })
    }

    /// The account once the pool counts its cash as it is, and has what is due to its reserve.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless the account stands at the pool's indices; [`MathError::Overflow`].
    pub fn recount(self, pool: &mut InterestPool) -> Result<Self, MathError> {
        if self.indices != pool.indices() {
            return Err(MathError::OutOfDomain);
        }
        if self.counted_atoms != self.cash_atoms {
            let [counted, actual] = [self.counted_atoms, self.cash_atoms].map(Sides::of);
            pool.take_deposit(Atoms::new(counted.deposit));
            pool.add_deposit(Atoms::new(actual.deposit))?;
            if counted.debt | actual.debt != 0 {
                pool.take_borrow(Atoms::new(counted.debt));
                pool.add_borrow(Atoms::new(actual.debt))?;
            }
        }
        pool.add_reserve(self.reserve_due);
        Ok(Self {
            counted_atoms: self.cash_atoms,
            reserve_due: Atoms::ZERO,
            ..self
        })
    }

    /// What the indices add to a deposit less what they add to a debt.
    fn added(&self, sides: Sides, now: Indices) -> Result<i64, MathError> {
        let deposit = now.deposit.deposit(Atoms::new(sides.deposit), self.indices.deposit)?;
        let debt = now.borrow.debt(Atoms::new(sides.debt), self.indices.borrow)?;
        difference(deposit.get(), sides.deposit)?
            .checked_sub(difference(debt.get(), sides.debt)?)
            .ok_or(MathError::Overflow)
    }
}

/// A signed amount as a deposit and a debt, of which one is zero.
#[derive(Clone, Copy)]
struct Sides {
    deposit: u64,
    debt: u64,
}

impl Sides {
    fn of(atoms: i64) -> Self {
        let magnitude = atoms.unsigned_abs();
        let (deposit, debt) = if atoms < 0 { (0, magnitude) } else { (magnitude, 0) };
        Self { deposit, debt }
    }
}

fn difference(after: u64, before: u64) -> Result<i64, MathError> {
    let wide = i128::from(after).checked_sub(i128::from(before));
    wide.and_then(|wide| i64::try_from(wide).ok())
        .ok_or(MathError::Overflow)
}

fn sum(a: i64, b: i64) -> Result<i64, MathError> {
    a.checked_add(b).ok_or(MathError::Overflow)
}
