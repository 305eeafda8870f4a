//! An account's cash beside a lagging pool, against exact rationals and to the last fraction of an atom.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use proptest::prelude::*;
use tenor_math::MathError;
use tenor_math::interest::{CashAccount, Indices, InterestIndex, InterestPool, PoolTotals, RateModel};
use tenor_math::quantity::{Atoms, Ratio};

const E18: u128 = 1_000_000_000_000_000_000;

fn indices(deposit_e18: u128, borrow_e18: u128) -> Indices {
    Indices {
        deposit: InterestIndex::from_e18(deposit_e18).unwrap(),
        borrow: InterestIndex::from_e18(borrow_e18).unwrap(),
    }
}

fn account(cash_atoms: i64, counted_atoms: i64) -> CashAccount {
    CashAccount {
        cash_atoms,
        counted_atoms,
        ..CashAccount::EMPTY
    }
}

/// Deposits gain a tenth, debts a fifth.
fn later() -> Indices {
    indices(E18 / 10 * 11, E18 / 10 * 12)
}

fn brought(cash: i64, counted: i64) -> (i64, i64, u64) {
    let after = account(cash, counted).brought_to(later()).unwrap();
    (after.cash_atoms, after.counted_atoms, after.reserve_due.get())
}

#[test]
fn an_account_that_the_pool_counts_as_it_is_gets_all_that_the_pool_accrues() {
    assert_eq!(brought(1_000, 1_000), (1_100, 1_100, 0));
    assert_eq!(brought(-1_000, -1_000), (-1_200, -1_200, 0));
    assert_eq!(brought(0, 0), (0, 0, 0));
    // 9 · 1.1 = 9.9 down, 9 · 1.2 = 10.8 up.
    assert_eq!(brought(9, 9), (9, 9, 0));
    assert_eq!(brought(-9, -9), (-11, -11, 0));
}

#[test]
fn it_earns_on_the_lesser_of_counted_and_actual_deposit() {
    assert_eq!(brought(400, 1_000), (440, 1_100, 60));
    assert_eq!(brought(1_000, 400), (1_040, 440, 0));
    assert_eq!(brought(1_000, 0), (1_000, 0, 0));
    assert_eq!(brought(0, 1_000), (0, 1_100, 100));
}

#[test]
fn it_owes_on_the_greater_of_counted_and_actual_debt() {
    assert_eq!(brought(-400, -1_000), (-600, -1_200, 0));
    assert_eq!(brought(-1_000, -400), (-1_200, -480, 120));
    assert_eq!(brought(0, -1_000), (-200, -1_200, 0));
    assert_eq!(brought(-1_000, 0), (-1_200, 0, 200));
}

#[test]
fn where_one_is_a_deposit_and_the_other_a_debt_it_earns_nothing_and_owes() {
    assert_eq!(brought(-500, 1_000), (-600, 1_100, 200));
    assert_eq!(brought(500, -1_000), (300, -1_200, 0));
}

#[test]
fn a_loss_of_deposits_is_borne_on_the_greater_of_counted_and_actual_deposit() {
    let now = indices(E18 / 10 * 7, E18);
    let after = |cash, counted| {
        let after = account(cash, counted).brought_to(now).unwrap();
        (after.cash_atoms, after.counted_atoms, after.reserve_due.get())
    };
    assert_eq!(after(1_000, 1_000), (700, 700, 0));
    assert_eq!(after(1_000, 0), (700, 0, 300));
    // What the pool took for the account was its own when the pool counted it: moving it away does not help.
    assert_eq!(after(0, 1_000), (-300, 700, 0));
    assert_eq!(after(-100, 1_000), (-400, 700, 0));
    // Two generations on all is lost.
    let gone = Indices {
        deposit: InterestIndex::ONE.in_generation(2),
        borrow: InterestIndex::ONE,
    };
    assert_eq!(account(400, 1_000).brought_to(gone).unwrap().cash_atoms, -600);
    // One generation on at the same worth is no loss: 1e-9 of 1e9.
    let kept = Indices {
        deposit: InterestIndex::from_e18(E18 * 1_000_000_000).unwrap().in_generation(1),
        borrow: InterestIndex::ONE,
    };
    assert_eq!(account(400, 1_000).brought_to(kept).unwrap().cash_atoms, 400);
}

#[test]
fn earlier_indices_and_what_exceeds_its_range_are_refused() {
    let mut old = account(1, 1);
    old.indices.deposit = InterestIndex::ONE.in_generation(1);
    assert_eq!(old.brought_to(Indices::ONE), Err(MathError::OutOfDomain));
    assert_eq!(
        account(i64::MAX, i64::MAX).brought_to(later()),
        Err(MathError::Overflow)
    );
    assert_eq!(account(i64::MIN, 0).brought_to(later()), Err(MathError::Overflow));
    let mut pool = InterestPool::EMPTY;
    let ahead = account(1, 1).brought_to(later()).unwrap();
    assert_eq!(ahead.recount(&mut pool), Err(MathError::OutOfDomain));
    assert_eq!(pool, InterestPool::EMPTY);
}

#[test]
fn a_recount_gives_the_pool_what_the_account_has_and_the_reserve_what_is_due() {
    let totals = PoolTotals {
        borrowed_q32: 500 << 32,
        deposited_q32: 2_000 << 32,
        reserve_q32: 3 << 32,
        indices: Indices::ONE,
    };
    let mut pool = InterestPool::from_totals(totals);
    assert_eq!(pool.totals(), totals);
    let mut owing = account(-400, 1_000);
    owing.reserve_due = Atoms::new(7);
    let after = owing.recount(&mut pool).unwrap();
    assert_eq!(
        (after.cash_atoms, after.counted_atoms, after.reserve_due),
        (-400, -400, Atoms::ZERO)
    );
    assert_eq!(
        (pool.borrowed().get(), pool.deposited().get(), pool.reserve().get()),
        (900, 1_000, 10)
    );
    assert_eq!(after.recount(&mut pool), Ok(after));
}

#[test]
fn what_the_last_debt_repays_beyond_the_total_goes_to_the_reserve() {
    let mut pool = InterestPool::EMPTY;
    pool.add_borrow(Atoms::new(5)).unwrap();
    pool.take_borrow(Atoms::new(8));
    assert_eq!((pool.borrowed(), pool.reserve()), (Atoms::ZERO, Atoms::new(3)));
}

fn ratio(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

proptest! {
    /// The rule in exact rationals: the account is below it by less than the two roundings, and never above.
    #[test]
    fn interest_is_the_exact_one_rounded_against_the_account(
        cash in -(1_i64 << 50)..1 << 50, counted in -(1_i64 << 50)..1 << 50,
        from in E18..3 * E18, gain in 0..E18, debts in E18..3 * E18, grown in 0..E18, lost in 0_u128..=1,
    ) {
        let before = indices(from, debts);
        let now = indices(if lost == 1 { from - gain / 2 } else { from + gain }, debts + grown);
        let start = CashAccount { indices: before, ..account(cash, counted) };
        let after = start.brought_to(now).unwrap();
        let exact = |x: i64| ratio(x, 1);
        let (up, owed) = (ratio(now.deposit.e18(), from), ratio(now.borrow.e18(), debts));
        let falls = now.deposit < before.deposit;
        let (a, b) = (exact(cash.max(0)), exact(counted.max(0)));
        let base = if falls { a.max(b) } else { a.min(b) };
        let debt = exact((-cash).max(0)).max(exact((-counted).max(0)));
        let one = exact(1);
        let interest = base * (up - &one) - debt * (owed - &one);
        let difference = exact(cash) + interest - exact(after.cash_atoms);
        prop_assert!(!difference.is_negative() && difference < exact(2), "off by {difference}");
        // Cash, counted and what is due move together.
        let sum = |account: CashAccount| {
            i128::from(account.cash_atoms) - i128::from(account.counted_atoms) + i128::from(account.reserve_due.get())
        };
        prop_assert_eq!(sum(after), sum(start));
        prop_assert_eq!(after.brought_to(now).unwrap(), after);
    }
}

/// A house: its pool, its accounts, and the money that it holds in units of 2^-32 atoms.
struct House {
    pool: InterestPool,
    accounts: Vec<CashAccount>,
    money: BigInt,
}

/// What happens, and to whom.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Time passes and somebody accrues the pool.
    Accrue(u64),
    /// Cash moves between two accounts while the pool stays as it is.
    Move(usize, usize, i64),
    /// The pool counts an account anew.
    Recount(usize),
    /// Money comes in or goes out, and the pool counts the account anew.
    Transfer(usize, i64),
    /// Deposits bear a loss.
    Lose(u64),
    /// The reserve leaves.
    Sweep,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u64..90 * 86_400).prop_map(Step::Accrue),
        6 => (0_usize..4, 0_usize..4, 0_i64..1 << 34).prop_map(|(from, to, atoms)| Step::Move(from, to, atoms)),
        3 => (0_usize..4).prop_map(Step::Recount),
        4 => (0_usize..4, -(1_i64 << 34)..1 << 35).prop_map(|(of, atoms)| Step::Transfer(of, atoms)),
        1 => (0_u64..1 << 35).prop_map(Step::Lose),
        1 => Just(Step::Sweep),
    ]
}

impl House {
    fn new() -> Self {
        Self {
            pool: InterestPool::EMPTY,
            accounts: vec![CashAccount::EMPTY; 4],
            money: BigInt::zero(),
        }
    }

    fn bring(&mut self, of: usize) {
        self.accounts[of] = self.accounts[of].brought_to(self.pool.indices()).unwrap();
    }

    fn recount(&mut self, of: usize) {
        self.accounts[of] = self.accounts[of].recount(&mut self.pool).unwrap();
    }

    fn apply(&mut self, step: Step, reserve: Ratio) {
        let bps = Ratio::from_bps;
        let model = RateModel::try_new(bps(500), bps(6_000), bps(2_300), bps(10_300)).unwrap();
        match step {
            Step::Accrue(seconds) => {
                self.pool.accrue(&model, reserve, seconds).unwrap();
            }
            Step::Move(from, to, atoms) => {
                self.bring(from);
                self.bring(to);
                self.accounts[from].cash_atoms -= atoms;
                self.accounts[to].cash_atoms += atoms;
            }
            Step::Recount(of) => {
                self.bring(of);
                self.recount(of);
            }
            Step::Transfer(of, atoms) => {
                self.bring(of);
                self.accounts[of].cash_atoms += atoms;
                self.recount(of);
                self.money += BigInt::from(atoms) << 32;
            }
            Step::Lose(atoms) => {
                let collected = self.pool.socialise(Atoms::new(atoms)).unwrap().collected;
                self.money -= BigInt::from(collected.get()) << 32;
            }
            Step::Sweep => self.money -= BigInt::from(self.pool.sweep_reserve().get()) << 32,
        }
    }

    /// What accounts, reserve and pool hold, in units of 2^-32 atoms.
    fn held(&self) -> BigInt {
        let totals = self.pool.totals();
        let of_pool =
            BigInt::from(totals.deposited_q32) - BigInt::from(totals.borrowed_q32) + BigInt::from(totals.reserve_q32);
        let of_accounts: BigInt = self
            .accounts
            .iter()
            .map(|account| {
                BigInt::from(account.cash_atoms) - BigInt::from(account.counted_atoms)
                    + BigInt::from(account.reserve_due.get())
            })
            .sum();
        of_pool + (of_accounts << 32)
    }
}

proptest! {
    #[test]
    fn money_and_what_is_booked_move_together_to_the_last_fraction(
        steps in proptest::collection::vec(step(), 1..60), reserve in 0_u64..=1_000_000_000,
    ) {
        let mut house = House::new();
        for step in steps {
            house.apply(step, Ratio::from_e9(reserve));
            prop_assert_eq!(&house.held(), &house.money, "after {:?}", step);
        }
        // Once all are counted anew the house owes no more than it holds.
        #[allow(clippy::needless_range_loop, reason = "an account is named by its number")]
        for of in 0..4 {
            house.apply(Step::Recount(of), Ratio::ZERO);
        }
        let owed: BigInt = house.accounts.iter().map(|account| BigInt::from(account.cash_atoms)).sum();
        let reserve = BigInt::from(house.pool.totals().reserve_q32);
        let left: BigInt = &house.money - (owed << 32) - reserve;
        prop_assert!(!left.is_negative(), "the house lacks {left}");
    }

    #[test]
    fn the_order_in_which_accounts_are_counted_changes_nothing(
        cash in proptest::collection::vec((0_i64..1 << 40, -(1_i64 << 38)..1 << 38), 4), seconds in 1_u64..31_536_000,
        order in Just([0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let mut house = House::new();
        for (of, (deposit, moved)) in cash.iter().enumerate() {
            house.apply(Step::Transfer(of, *deposit), Ratio::ZERO);
            house.apply(Step::Move(of, (of + 1) % 4, *moved), Ratio::ZERO);
        }
        for of in 0..4 {
            house.apply(Step::Recount(of), Ratio::ZERO);
        }
        house.apply(Step::Accrue(seconds), Ratio::from_bps(1_000));
        let mut other = House { pool: house.pool, accounts: house.accounts.clone(), money: house.money.clone() };
        for (of, reordered) in order.into_iter().enumerate() {
            house.apply(Step::Recount(of), Ratio::ZERO);
            other.apply(Step::Recount(reordered), Ratio::ZERO);
        }
        // Again: once is enough.
        other.apply(Step::Recount(order[0]), Ratio::ZERO);
        prop_assert_eq!(&house.accounts, &other.accounts);
        let (first, second) = (house.pool.totals(), other.pool.totals());
        // A debt repaid beyond the total moves a part of an atom to the reserve, sooner or later.
        prop_assert_eq!(
            BigInt::from(first.reserve_q32) - BigInt::from(first.borrowed_q32),
            BigInt::from(second.reserve_q32) - BigInt::from(second.borrowed_q32)
        );
        prop_assert_eq!((first.deposited_q32, first.indices), (second.deposited_q32, second.indices));
    }
}
