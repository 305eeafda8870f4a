//! Interest: exact growth, and that no atom is created however accounts and time move.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::interest::{Accrual, Growth, InterestIndex, InterestPool, MAX_RATE, RateModel};
use tenor_math::quantity::{Atoms, Ratio, SECONDS_PER_YEAR};
use tenor_math::{MathError, Round};

/// Rate x 1e9 a year, seconds, floor(e^(rate seconds / year) 1e18) by mpmath with 60 digits.
const GROWTHS: [(u64, u64, u128); 9] = [
    (10_000_000, 1, 1_000_000_000_317_097_919),
    (50_000_000, 10, 1_000_000_015_854_896_117),
    (102_941_177, 345_600, 1_001_128_759_057_198_455),
    (230_000_000, 2_592_000, 1_019_083_923_555_803_355),
    (1_030_000_000, 31_536_000, 2_801_065_834_699_079_109),
    (10_000_000_000, 7_884_000, 12_182_493_960_703_473_438),
    (1, 31_536_000, 1_000_000_001_000_000_000),
    (500_000_000, 315_360_000, 148_413_159_102_576_603_421),
    (123_456_789, 987_654_321, 47_772_892_141_286_019_174),
];

fn model() -> RateModel {
    let bps = Ratio::from_bps;
    RateModel::try_new(bps(500), bps(6_000), bps(2_300), bps(10_300)).unwrap()
}

fn pool(borrowed: u64, deposited: u64) -> InterestPool {
    let mut pool = InterestPool::EMPTY;
    pool.add_deposit(Atoms::new(deposited)).unwrap();
    pool.add_borrow(Atoms::new(borrowed)).unwrap();
    pool
}

/// Bound on the distance of an index from its exact value: 21 · 2^-64 of itself and a unit for each piece of 1/2 of the
/// exponent, and 2^-64 of itself for the exponent.
fn index_bound(index: u128, rate_e9: u64, seconds: u64) -> u128 {
    let pieces = u128::from(rate_e9) * u128::from(seconds) * 2 / (u128::from(SECONDS_PER_YEAR) * 1_000_000_000) + 1;
    pieces * ((index >> 64) * 21 + 22)
}

#[test]
fn indices_grow_by_the_exponential() {
    for (rate, seconds, exact) in GROWTHS {
        let growth = Growth::over(Ratio::from_e9(rate), seconds);
        let down = InterestIndex::ONE.grown(growth, Round::Down).e18();
        let up = InterestIndex::ONE.grown(growth, Round::Up).e18();
        let bound = index_bound(exact, rate, seconds);
        assert!(
            down <= exact && exact - down <= bound,
            "{rate} {seconds}: {down} for {exact}"
        );
        assert!(
            up >= down && up.abs_diff(exact) <= bound,
            "{rate} {seconds}: {up} for {exact}"
        );
    }
}

#[test]
fn an_index_lasts_two_years_at_the_highest_rate_and_then_stands_still() {
    let grown = |months: u64| {
        let mut index = InterestIndex::ONE;
        for _ in 0..months {
            index = index.grown(Growth::over(MAX_RATE, SECONDS_PER_YEAR / 12), Round::Up);
        }
        index
    };
    assert!(grown(29) < InterestIndex::LARGEST); // ln(2^95 / 1e18) = 24.41 = 10 x 29.3 / 12
    assert_eq!(grown(30), InterestIndex::LARGEST);
    let mut pool = pool(1_000_000, 2_000_000);
    for _ in 0..29 {
        pool.accrue_at(MAX_RATE, Ratio::ZERO, SECONDS_PER_YEAR / 12).unwrap();
    }
    let before = pool;
    assert_eq!(
        pool.accrue_at(MAX_RATE, Ratio::ZERO, SECONDS_PER_YEAR / 12),
        Ok(Accrual::default())
    );
    assert_eq!(pool, before);
}

#[test]
fn a_reserve_above_one_is_refused_and_totals_end_at_their_range() {
    let over = Ratio::from_e9(1_000_000_001);
    assert_eq!(pool(1, 1).accrue(&model(), over, 1), Err(MathError::OutOfDomain));
    let mut all = pool(1_000, 1_000);
    let accrual = all.accrue(&model(), Ratio::ONE, SECONDS_PER_YEAR).unwrap();
    assert!(accrual.interest_q32 > 0 && accrual.depositors_q32 == 0);
    assert_eq!(
        (all.deposited(), all.deposit_index()),
        (Atoms::new(1_000), InterestIndex::ONE)
    );
    for deposited in [1, (1 << 63) - 1] {
        let mut full = pool((1 << 63) - 1, deposited);
        let before = full;
        assert_eq!(
            full.accrue(&model(), Ratio::ZERO, SECONDS_PER_YEAR),
            Ok(Accrual::default())
        );
        assert_eq!(full, before, "beyond the range of the totals the pool stands still");
    }
    let mut full = pool(0, (1 << 63) - 1);
    assert_eq!(full.add_deposit(Atoms::new(1)), Err(MathError::Overflow));
    assert_eq!(full.add_borrow(Atoms::new(u64::MAX)), Err(MathError::Overflow));
}

#[test]
fn depositors_earn_what_borrowers_pay_less_the_reserve() {
    // 400 of 1,000 borrowed at 17% for a year: 400 (e^0.17 - 1) = 74.12194114, a fifth of it kept.
    let mut pool = pool(400_000_000, 1_000_000_000);
    assert_eq!(model().rate(pool.utilisation()), Ratio::from_bps(1_700));
    pool.accrue(&model(), Ratio::from_bps(2_000), SECONDS_PER_YEAR).unwrap();
    assert_eq!(pool.borrowed(), Atoms::new(474_121_940));
    assert_eq!(pool.deposited(), Atoms::new(1_059_297_553));
    assert_eq!(pool.reserve(), Atoms::new(14_824_388));
    assert_eq!(pool.sweep_reserve(), Atoms::new(14_824_388));
    assert_eq!(pool.reserve(), Atoms::ZERO);
}

#[test]
fn the_index_of_debts_rounds_up() {
    // e^(0.01 / 31,536,000) = 1.000 000 000 317 097 919 9..., for borrowers 920.
    let mut pool = pool(1, 1);
    pool.accrue_at(Ratio::from_bps(100), Ratio::ZERO, 1).unwrap();
    assert_eq!(pool.borrow_index().e18(), 1_000_000_000_317_097_920);
}

#[test]
fn a_debt_beyond_all_deposits_takes_them_all() {
    let mut pool = pool(0, 100);
    let socialised = pool.socialise(Atoms::new(130)).unwrap();
    assert_eq!(
        (socialised.collected, socialised.remaining),
        (Atoms::new(100), Atoms::new(30))
    );
    assert_eq!(
        pool.deposit_index().deposit(Atoms::new(100), InterestIndex::ONE),
        Ok(Atoms::ZERO)
    );
    let none = pool.socialise(Atoms::new(30)).unwrap();
    assert_eq!((none.collected, none.remaining), (Atoms::ZERO, Atoms::new(30)));
}

#[test]
fn deposits_after_a_loss_earn_as_in_a_new_pool() {
    // 400 (e^0.17 - 1) less a fifth is 59.297552422; the eight atoms that are left in one case earn their part of it.
    let deposits = Atoms::new(1_000_000_000);
    let cases = [
        (100, 100, 0, 2, 1_059_297_552),
        (1 << 30, (1 << 30) - 8, 8, 1, 1_059_297_551),
        (1 << 50, (1 << 50) - 1, 0, 2, 1_059_297_552),
    ];
    for (old, lost, left, generation, earned) in cases {
        let mut pool = pool(0, old);
        pool.socialise(Atoms::new(lost)).unwrap();
        assert_eq!(pool.deposit_index().generation(), generation);
        assert_eq!(
            pool.deposit_index().deposit(Atoms::new(old), InterestIndex::ONE),
            Ok(Atoms::new(left))
        );
        // What is too little for an index is the house's.
        assert_eq!(pool.deposited(), Atoms::new(left));
        assert_eq!(pool.reserve(), Atoms::new(old - lost - left));
        let since = pool.deposit_index();
        pool.add_deposit(deposits).unwrap();
        pool.add_borrow(Atoms::new(400_000_000)).unwrap();
        pool.accrue_at(Ratio::from_bps(1_700), Ratio::from_bps(2_000), SECONDS_PER_YEAR)
            .unwrap();
        assert_eq!(pool.deposit_index().deposit(deposits, since), Ok(Atoms::new(earned)));
        assert_eq!(pool.deposited(), Atoms::new(1_059_297_553 + left));
    }
}

#[test]
fn a_second_on_a_pool_that_lost_all_but_a_little_is_not_lost() {
    let mut pool = pool(0, 1 << 30);
    pool.socialise(Atoms::new((1 << 30) - 8)).unwrap();
    pool.add_borrow(Atoms::new(8)).unwrap();
    let before = pool.deposit_index().e18();
    pool.accrue_at(Ratio::from_bps(100), Ratio::ZERO, 1).unwrap();
    // 2^35 (e^(0.01 / 31,536,000) - 1) = 10.895...: interest is counted in 2^-32 atoms, of which eight atoms earn ten.
    let earned = pool.deposit_index().e18() - before;
    assert_eq!(earned, (7_450_580_596_923_828_125 * 10) >> 35);
}

/// A depositor or borrower: a signed balance and the index it stands at.
#[derive(Clone, Copy)]
struct Account {
    cash: i64,
    index: InterestIndex,
}

impl Account {
    /// Brings the balance up to date and takes it out of the totals.
    fn take(&mut self, pool: &mut InterestPool) {
        let magnitude = Atoms::new(self.cash.unsigned_abs());
        if self.cash >= 0 {
            let now = pool.deposit_index().deposit(magnitude, self.index).unwrap();
            pool.take_deposit(now);
            self.cash = now.get() as i64;
        } else {
            let now = pool.borrow_index().debt(magnitude, self.index).unwrap();
            pool.take_borrow(now);
            self.cash = -(now.get() as i64);
        }
    }

    fn put(&mut self, pool: &mut InterestPool) {
        let magnitude = Atoms::new(self.cash.unsigned_abs());
        if self.cash >= 0 {
            self.index = pool.deposit_index();
            pool.add_deposit(magnitude).unwrap();
        } else {
            self.index = pool.borrow_index();
            pool.add_borrow(magnitude).unwrap();
        }
    }
}

/// Part of all deposits x 1e9: mostly none, at times most or all.
fn a_loss() -> impl Strategy<Value = u64> {
    prop_oneof![8 => Just(0), 1 => 0_u64..=1_000_000_000, 1 => 999_990_000_u64..=1_000_000_000, 1 => Just(1_000_000_000)]
}

proptest! {
    #[test]
    fn no_atom_is_created(
        steps in proptest::collection::vec((0_usize..4, 0_usize..4, 1_i64..1 << 40, 0_u64..40 * 86_400, a_loss()), 1..30),
        reserve in 0_u64..=1_000_000_000,
        debt in 0_u64..1 << 40,
    ) {
        let (mut pool, mut accounts) = (InterestPool::EMPTY, [Account { cash: 0, index: InterestIndex::ONE }; 4]);
        // Money that the house holds: what accounts have paid in less what they have drawn.
        let mut held = 0_i128;
        for (from, to, amount, seconds, lost_e9) in steps {
            pool.accrue(&model(), Ratio::from_e9(reserve), seconds).unwrap();
            accounts[from].take(&mut pool);
            accounts[from].cash -= amount;
            accounts[from].put(&mut pool);
            accounts[to].take(&mut pool);
            accounts[to].cash += amount / 2;
            accounts[to].put(&mut pool);
            held += i128::from(amount / 2) - i128::from(amount);
            // A debt that the house pays and deposits bear.
            let debt = Ratio::from_e9(lost_e9).of_count(pool.deposited().get(), Round::Down).unwrap();
            held -= i128::from(pool.socialise(Atoms::new(debt)).unwrap().collected.get());
        }
        held -= i128::from(pool.sweep_reserve().get());
        let (mut owed, mut due) = (0_u64, 0_u64);
        for account in &accounts {
            let magnitude = Atoms::new(account.cash.unsigned_abs());
            if account.cash >= 0 {
                owed += pool.deposit_index().deposit(magnitude, account.index).unwrap().get();
            } else {
                due += pool.borrow_index().debt(magnitude, account.index).unwrap().get();
            }
        }
        prop_assert!(owed <= pool.deposited().get(), "deposits {owed} above their total {:?}", pool.deposited());
        prop_assert!(due >= pool.borrowed().get(), "debts {due} below their total {:?}", pool.borrowed());
        prop_assert!(held + i128::from(due) - i128::from(owed) >= 0, "the house lacks money");
        let before = pool.deposited().get();
        let socialised = pool.socialise(Atoms::new(debt)).unwrap();
        prop_assert_eq!(socialised.collected.get() + socialised.remaining.get(), debt);
        // A part of an atom may go to the reserve where all whole ones are taken.
        let after = pool.deposited().get() + socialised.collected.get();
        prop_assert!(after == before || (after + 1 == before && pool.deposited() == Atoms::ZERO));
        let left: u64 = accounts.iter().filter(|account| account.cash >= 0).map(|account| {
            pool.deposit_index().deposit(Atoms::new(account.cash.unsigned_abs()), account.index).unwrap().get()
        }).sum();
        prop_assert!(left <= pool.deposited().get());
        // Of these deposits the index takes less than an atom beyond the debt; each account rounds once more.
        prop_assert!(owed - left <= socialised.collected.get() + 5);
    }

    #[test]
    fn indices_are_monotone_and_stand_at_zero_seconds(
        borrowed in 0_u64..1 << 60, deposited in 0_u64..1 << 60, reserve in 0_u64..=1_000_000_000, seconds in 0_u64..1 << 27,
    ) {
        let start = pool(borrowed, deposited);
        let mut now = start;
        prop_assert_eq!(now.accrue(&model(), Ratio::from_e9(reserve), 0), Ok(Accrual::default()));
        prop_assert_eq!(now, start);
        let accrual = now.accrue(&model(), Ratio::from_e9(reserve), seconds).unwrap();
        prop_assert!(now.borrow_index() >= start.borrow_index() && now.deposit_index() >= start.deposit_index());
        prop_assert_eq!(accrual.interest_q32, accrual.depositors_q32 + accrual.reserve_q32);
        prop_assert!(accrual.reserve_q32 * 1_000_000_000 >= accrual.interest_q32 * u128::from(reserve));
        let mut later = start;
        later.accrue(&model(), Ratio::from_e9(reserve), seconds + 1).unwrap();
        prop_assert!(later.borrow_index() >= now.borrow_index() && later.deposit_index() >= now.deposit_index());
    }

    /// Over exponents of up to 1.05: deposits that more than treble at once would meet the bound on one accrual.
    #[test]
    fn accruing_twice_is_accruing_once(
        borrowed in 0_u64..1 << 50, extra in 0_u64..1 << 50, rate in 0_u64..1_050_000_000, reserve in 0_u64..=1_000_000_000,
        first in 0_u64..SECONDS_PER_YEAR / 2, second in 0_u64..SECONDS_PER_YEAR / 2,
    ) {
        let (rate, reserve) = (Ratio::from_e9(rate), Ratio::from_e9(reserve));
        let start = pool(borrowed, borrowed + extra);
        let (mut twice, mut once) = (start, start);
        twice.accrue_at(rate, reserve, first).unwrap();
        twice.accrue_at(rate, reserve, second).unwrap();
        once.accrue_at(rate, reserve, first + second).unwrap();
        let near = |a: Atoms, b: Atoms| a.get().abs_diff(b.get()) <= 1;
        prop_assert!(near(twice.borrowed(), once.borrowed()));
        prop_assert!(near(twice.deposited(), once.deposited()));
        prop_assert!(near(twice.reserve(), once.reserve()));
        let bound = 2 * index_bound(once.borrow_index().e18(), rate.e9(), first + second) + 44;
        prop_assert!(twice.borrow_index().e18().abs_diff(once.borrow_index().e18()) <= bound);
        let bound = bound + (once.deposit_index().e18() >> 60);
        // Interest is counted in 2^-32 atoms, of which a small pool has few.
        let resolution = 4 * once.deposit_index().e18() / (u128::from(borrowed + extra).max(1) << 32);
        prop_assert!(twice.deposit_index().e18().abs_diff(once.deposit_index().e18()) <= bound + resolution);
    }

    #[test]
    fn growth_up_and_down_enclose_the_exponential(rate in 0_u64..2_000_000_000, seconds in 0_u64..SECONDS_PER_YEAR) {
        let growth = Growth::over(Ratio::from_e9(rate), seconds);
        let down = InterestIndex::ONE.grown(growth, Round::Down).e18();
        let up = InterestIndex::ONE.grown(growth, Round::Up).e18();
        prop_assert!(up >= down && up - down <= 8);
        let exact = (rate as f64 * seconds as f64 / (SECONDS_PER_YEAR as f64 * 1e9)).exp();
        prop_assert!((down as f64 / 1e18 / exact - 1.0).abs() < 1e-14);
        prop_assert!(down <= InterestIndex::ONE.grown(Growth::over(Ratio::from_e9(rate), seconds + 1), Round::Down).e18());
    }
}
