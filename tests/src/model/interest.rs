//! Cash that accounts lend and borrow, in exact numbers.
//!
//! An account's balance at a later index is its balance times the quotient of the indices: deposits round down, debts up, to the
//! atom. What an accrual makes of the pool is known to within the bounds that `InterestPool` states; within them the
//! program's number is taken over.

use super::exact::Exact;
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive};
use tenor_margin::params::InterestModel;
use tenor_margin::state::{InterestState, StoredIndices};

const E9: i128 = 1_000_000_000;
const E18: i128 = 1_000_000_000_000_000_000;
const YEAR: i128 = 31_536_000;
/// Digits of an exponential here, bits.
const BITS: usize = 256;

/// Both indices x 1e18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indices {
    /// Of deposits.
    pub deposit_e18: i128,
    /// Of debts.
    pub borrow_e18: i128,
    /// How often losses have moved the index of deposits on.
    pub generation: u32,
}

/// The pool: totals in units of 2^-32 atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// All that is borrowed.
    pub borrowed_q32: i128,
    /// All that is deposited.
    pub deposited_q32: i128,
    /// What the house has kept.
    pub reserve_q32: i128,
    /// Indices.
    pub indices: Indices,
    /// When it last accrued.
    pub accrued_at: i64,
}

/// An account's cash, atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cash {
    /// What it has, or owes.
    pub atoms: i128,
    /// What the pool counts of it.
    pub counted: i128,
    /// What the pool accrued for it and it did not get.
    pub due: i128,
    /// Indices at which all stand.
    pub indices: Indices,
}

fn wide([low, high]: [u64; 2]) -> i128 {
    i128::try_from(u128::from(low) | (u128::from(high) << 64)).expect("a number below 2^95")
}

impl Indices {
    /// Where both start.
    pub const ONE: Self = Self {
        deposit_e18: E18,
        borrow_e18: E18,
        generation: 0,
    };

    /// Indices as the program stores them; one of zero has not begun.
    pub fn of(stored: &StoredIndices) -> Self {
        let begun = |words| match wide(words) {
            0 => E18,
            index => index,
        };
        Self {
            deposit_e18: begun(stored.deposit_e18),
            borrow_e18: begun(stored.borrow_e18),
            generation: stored.deposit_generation,
        }
    }
}

/// An amount as a deposit and a debt.
fn sides(atoms: i128) -> (i128, i128) {
    (atoms.max(0), (-atoms).max(0))
}

impl Cash {
    /// None.
    pub const NONE: Self = Self {
        atoms: 0,
        counted: 0,
        due: 0,
        indices: Indices::ONE,
    };

    /// The cash at later indices: it earns on the lesser of counted and actual deposit and owes on the greater debt; the rest
    /// of what the pool accrued is the reserve's.
    #[must_use]
    pub fn brought_to(self, now: Indices) -> Self {
        assert_eq!(
            now.generation, self.indices.generation,
            "no loss is taken from deposits yet"
        );
        let interest = |deposit: i128, debt: i128| {
            let grown = |atoms: i128, now: i128, then: i128| Exact::quotient(BigInt::from(atoms) * now, then);
            let deposit_after = grown(deposit, now.deposit_e18, self.indices.deposit_e18).floor_i128();
            let debt_after = grown(debt, now.borrow_e18, self.indices.borrow_e18).ceil_i128();
            deposit_after - deposit - (debt_after - debt)
        };
        let (counted, actual) = (sides(self.counted), sides(self.atoms));
        let accrued = interest(counted.0, counted.1);
        let got = interest(counted.0.min(actual.0), counted.1.max(actual.1));
        assert!(got <= accrued, "an account gets what the pool accrued for it at most");
        Self {
            atoms: self.atoms + got,
            counted: self.counted + accrued,
            due: self.due + accrued - got,
            indices: now,
        }
    }
}

impl Pool {
    /// The pool as the program stores it.
    pub fn of(stored: &InterestState) -> Self {
        Self {
            borrowed_q32: wide(stored.borrowed_q32),
            deposited_q32: wide(stored.deposited_q32),
            reserve_q32: wide(stored.reserve_q32),
            indices: Indices::of(&stored.indices),
            accrued_at: stored.accrued_at,
        }
    }

    /// Counts an account's cash as it is, at the pool's indices.
    pub fn recount(&mut self, cash: &mut Cash) {
        *cash = cash.brought_to(self.indices);
        self.reserve_q32 += cash.due << 32;
        if cash.counted != cash.atoms {
            let (counted, actual) = (sides(cash.counted), sides(cash.atoms));
            self.deposited_q32 = (self.deposited_q32 - (counted.0 << 32)).max(0) + (actual.0 << 32);
            // The last debt may repay a little more than the total: that goes to the reserve.
            let left = self.borrowed_q32 - (counted.1 << 32);
            self.reserve_q32 += (-left).max(0);
            self.borrowed_q32 = left.max(0) + (actual.1 << 32);
        }
        (cash.counted, cash.due) = (cash.atoms, 0);
    }

    /// Whole atoms of the reserve, taken out of it.
    pub fn sweep(&mut self) -> i128 {
        let atoms = self.reserve_q32 >> 32;
        self.reserve_q32 -= atoms << 32;
        atoms
    }

    fn seconds(&self, now: i64) -> i128 {
        if self.accrued_at == 0 {
            0
        } else {
            super::freshness::seconds(self.accrued_at, now)
        }
    }

    /// Whether an accrual moves the indices.
    pub fn moves(&self, now: i64) -> bool {
        self.seconds(now) > 0 && self.borrowed_q32 > 0
    }

    /// The pool at a time, to within rounding.
    #[must_use]
    pub fn accrued(&self, model: &InterestModel, now: i64) -> Self {
        let mut pool = *self;
        pool.accrued_at = pool.accrued_at.max(now);
        if !self.moves(now) {
            return pool;
        }
        let growth = self.growth(model, now);
        let times = |amount: i128| (BigInt::from(amount) * &growth) >> BITS;
        let whole = |amount: BigInt| amount.to_i128().expect("a total below 2^95");
        pool.borrowed_q32 = whole(times(self.borrowed_q32));
        let (depositors_q32, kept_q32) = split(pool.borrowed_q32 - self.borrowed_q32, self.deposited_q32, model);
        pool.deposited_q32 += depositors_q32;
        pool.reserve_q32 += kept_q32;
        pool.indices.borrow_e18 = whole(times(self.indices.borrow_e18)) + 1;
        pool.indices.deposit_e18 = self.raised(depositors_q32).floor_i128();
        pool
    }

    /// Index of deposits after they earned so much.
    fn raised(&self, depositors_q32: i128) -> Exact {
        if depositors_q32 == 0 {
            return self.indices.deposit_e18.into();
        }
        let after = BigInt::from(self.deposited_q32 + depositors_q32) * self.indices.deposit_e18;
        Exact::quotient(after, self.deposited_q32)
    }

    /// e^(rate x time) x 2^256, the rate being that for the utilisation at the start.
    fn growth(&self, model: &InterestModel, now: i64) -> BigInt {
        let exponent = (BigInt::from(self.rate_e9(model) * self.seconds(now)) << BITS) / (E9 * YEAR);
        let (mut sum, mut term, mut n) = (BigInt::one() << BITS, BigInt::one() << BITS, 1);
        while term.is_positive() {
            term = ((term * &exponent) >> BITS) / n;
            sum += &term;
            n += 1;
        }
        sum
    }

    /// Rate a year x 1e9, rounded up: linear in utilisation on both sides of the kink.
    fn rate_e9(&self, model: &InterestModel) -> i128 {
        let (borrowed, deposited) = (self.borrowed_q32 >> 32, (self.deposited_q32 + (1 << 32) - 1) >> 32);
        let used = if borrowed == 0 {
            0
        } else if borrowed >= deposited {
            E9
        } else {
            Exact::quotient(borrowed * E9, deposited).ceil_i128()
        };
        let [base, kink, at_kink, at_full] = [
            model.base_rate_e9,
            model.optimal_utilisation_e9,
            model.optimal_rate_e9,
            model.max_rate_e9,
        ]
        .map(i128::from);
        if used <= kink {
            base + Exact::quotient((at_kink - base) * used, kink).ceil_i128()
        } else {
            at_kink + Exact::quotient((at_full - at_kink) * (used - kink), E9 - kink).ceil_i128()
        }
    }

    /// Checks what an accrual has made of this pool, before anything else happened to it.
    ///
    /// # Errors
    /// What its bounds do not explain.
    pub fn check_indices(&self, after: &Indices, model: &InterestModel, now: i64) -> Result<(), String> {
        if !self.moves(now) {
            return if *after == self.indices {
                Ok(())
            } else {
                Err(format!(
                    "indices {after:?} of a pool that has nothing to accrue, not {:?}",
                    self.indices
                ))
            };
        }
        let growth = self.growth(model, now);
        let exact = Exact::quotient(BigInt::from(self.indices.borrow_e18) * &growth, BigInt::one() << BITS);
        // Off by less than 19 x 2^-64 of itself and one unit for each piece of 1/2 of the exponent; never below but for the
        // same error of the exponential.
        let pieces = Exact::quotient(2 * self.rate_e9(model) * self.seconds(now), E9 * YEAR)
            .ceil_i128()
            .max(1);
        let slack = &(&(&exact * (20 * pieces)) * &Exact::quotient(1, BigInt::one() << 64)) + &(pieces + 1).into();
        let off = (&Exact::from(after.borrow_e18) - &exact).abs();
        if off > slack {
            return Err(format!(
                "index of debts {}, exact {:.0}",
                after.borrow_e18,
                exact.about()
            ));
        }
        let nominal = self.accrued(model, now).indices.deposit_e18;
        // What depositors earn carries the same error, of the interest; the index 2^-63 of itself and a unit more.
        let slack = &(&Exact::from(after.deposit_e18) * (40 * pieces + 4)) * &Exact::quotient(1, BigInt::one() << 64);
        let slack = slack.ceil_i128() + (after.deposit_e18 / self.deposited_q32.max(1) + 1) * (pieces + 2) + 2;
        if (after.deposit_e18 - nominal).abs() > slack {
            return Err(format!(
                "index of deposits {}, exact {nominal} within {slack}",
                after.deposit_e18
            ));
        }
        Ok(())
    }
}

/// Interest between depositors and reserve: the reserve's share up; depositors at most treble.
fn split(interest_q32: i128, deposited_q32: i128, model: &InterestModel) -> (i128, i128) {
    let kept = Exact::quotient(BigInt::from(interest_q32) * model.reserve_share_e9, E9);
    let depositors = (interest_q32 - kept.ceil_i128()).min((2 * deposited_q32 - 1).max(0));
    (depositors, interest_q32 - depositors)
}
