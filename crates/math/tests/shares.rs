//! Shares: what no sequence of mints, burns, rounds and fees may do.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::quantity::{Atoms, Ratio, SECONDS_PER_YEAR};
use tenor_math::shares::{FeeTerms, ServiceRound, SharePool, SharePrice, VIRTUAL_SHARES};
use tenor_math::{MathError, Round};

fn pool(assets: u64, shares: u64) -> SharePool {
    SharePool::try_new(Atoms::new(assets), shares).unwrap()
}

/// Whether a share of `a` is worth at least a share of `b`, exactly.
fn at_least(a: SharePool, b: SharePool) -> bool {
    let price = |pool: SharePool| {
        (
            u128::from(pool.assets().get() + 1),
            u128::from(pool.shares() + VIRTUAL_SHARES),
        )
    };
    let ((assets_a, shares_a), (assets_b, shares_b)) = (price(a), price(b));
    assets_a * shares_b >= assets_b * shares_a
}

/// Amounts of every size, small ones often.
fn amount() -> impl Strategy<Value = u64> {
    (0_u32..50, any::<u64>()).prop_map(|(bits, word)| word & ((1 << bits) - 1))
}

proptest! {
    #[test]
    fn shares_never_dilute(
        assets in amount(), shares in amount(), moves in proptest::collection::vec((any::<bool>(), amount()), 1..20),
    ) {
        let mut pool = pool(assets, shares);
        for (enters, amount) in moves {
            let after = if enters {
                let Ok(minted) = pool.mint(Atoms::new(amount)) else { continue };
                prop_assert!(minted.shares > 0 && minted.cost > Atoms::ZERO && minted.cost <= Atoms::new(amount));
                minted.pool
            } else {
                let Ok(burned) = pool.burn(amount.min(pool.shares())) else { continue };
                burned.pool
            };
            prop_assert!(at_least(after, pool), "{pool:?} to {after:?}");
            pool = after;
        }
        // Whoever leaves last can be paid.
        let last = pool.burn(pool.shares()).unwrap();
        prop_assert!(last.paid <= pool.assets() && last.pool.shares() == 0);
    }

    #[test]
    fn round_trips_never_gain_and_lose_at_most_one_atom(assets in amount(), shares in amount(), offered in amount()) {
        let start = pool(assets, shares);
        if let Ok(minted) = start.mint(Atoms::new(offered)) {
            let paid = minted.pool.burn(minted.shares).unwrap().paid.get();
            prop_assert!((minted.cost.get() - 1..=minted.cost.get()).contains(&paid));
        }
        let burned = start.burn(offered.min(shares)).unwrap();
        if let Ok(minted) = burned.pool.mint(burned.paid) {
            prop_assert!(minted.shares <= offered.min(shares));
        }
    }

    /// An attacker enters first with any amount and donates any other; the victim's deposit is refused or worth what it cost
    /// less one atom, and the attacker never takes out more than was put in.
    #[test]
    fn a_victim_of_an_inflation_attack_loses_at_most_one_atom(
        first in amount(), donation in 0_u64..=1_000_000_000_000_000, offered in amount(),
    ) {
        let Ok(attacker) = SharePool::default().mint(Atoms::new(first)) else { return Ok(()) };
        let donated = pool(attacker.pool.assets().get() + donation, attacker.shares);
        match donated.mint(Atoms::new(offered)) {
            Ok(victim) => {
                let after = victim.pool.burn(attacker.shares).unwrap();
                prop_assert!(after.paid.get() <= attacker.cost.get() + donation, "the attack pays");
                let left = after.pool.burn(victim.shares).unwrap();
                prop_assert!(left.paid.get() + 1 >= victim.cost.get(), "the victim lost");
            }
            Err(error) => {
                prop_assert_eq!(error, MathError::OutOfDomain);
                // A share costs more than the offer: the donation bought no more than a higher least deposit.
                prop_assert!(u128::from(offered) * u128::from(attacker.shares + VIRTUAL_SHARES)
                    < u128::from(donated.assets().get() + 1));
            }
        }
    }

    #[test]
    fn requests_of_a_round_are_served_at_its_price_in_any_order(
        assets in amount(), shares in amount(), requests in proptest::collection::vec((any::<bool>(), amount()), 1..10),
    ) {
        let start = pool(assets, shares);
        let round = ServiceRound::at(start);
        let serve = |current: SharePool, (enters, amount): &(bool, u64)| {
            if *enters {
                round.serve_deposit(current, Atoms::new(*amount)).map(|minted| minted.pool)
            } else {
                round.serve_withdrawal(current, amount % (shares / 10 + 1)).map(|burned| burned.pool)
            }
        };
        let all = |mut order: &mut dyn Iterator<Item = &(bool, u64)>| {
            Iterator::try_fold(&mut order, start, |pool, request| match serve(pool, request) {
                Err(MathError::Overflow) => None,
                served => Some(served.unwrap_or(pool)),
            })
        };
        // A supply beyond u64 is refused, and then it matters who came first.
        let (Some(forward), Some(backward)) = (all(&mut requests.iter()), all(&mut requests.iter().rev())) else {
            return Ok(());
        };
        prop_assert_eq!(forward, backward);
        prop_assert!(at_least(forward, start));
        // Each alone is what a mint or burn at that price is.
        for (enters, amount) in requests {
            if enters {
                prop_assert_eq!(round.serve_deposit(start, Atoms::new(amount)), start.mint(Atoms::new(amount)));
            } else {
                prop_assert_eq!(round.serve_withdrawal(start, amount), start.burn(amount));
            }
        }
    }

    #[test]
    fn a_spread_round_never_serves_better_than_its_middle(
        bid in amount(), spread in 0_u64..1 << 40, shares in amount(), amount in amount(),
    ) {
        let round = ServiceRound::between(Atoms::new(bid), Atoms::new(bid + spread), shares).unwrap();
        let middle = pool(bid + spread / 2, shares);
        if let Ok(minted) = round.serve_deposit(middle, Atoms::new(amount)) {
            prop_assert!(at_least(minted.pool, middle));
        }
        if let Ok(burned) = round.serve_withdrawal(middle, amount.min(shares)) {
            prop_assert!(at_least(burned.pool, middle));
        }
    }

    #[test]
    fn fees_come_from_profit_and_time_and_never_lower_the_price_below_the_mark(
        assets in amount(), shares in amount(), old_assets in amount(), old_shares in amount(),
        seconds in 0..3 * SECONDS_PER_YEAR, management in 0_u64..=1_000_000_000, performance in 0_u64..=1_000_000_000,
    ) {
        let terms = FeeTerms { management: Ratio::from_e9(management), performance: Ratio::from_e9(performance) };
        let (pool, marked) = (pool(assets, shares), pool(old_assets, old_shares));
        let mark = SharePrice::of(marked);
        let fees = terms.charge(pool, mark, seconds).unwrap();
        prop_assert_eq!(fees.pool.assets().get() + fees.management.get() + fees.performance.get(), assets);
        let exact = u128::from(assets) * u128::from(management) * u128::from(seconds);
        prop_assert!(u128::from(fees.management.get()) * u128::from(SECONDS_PER_YEAR) * 1_000_000_000 <= exact);
        if fees.performance > Atoms::ZERO {
            prop_assert!(at_least(fees.pool, marked), "a fee on no profit");
        }
        prop_assert!(fees.high_water_mark >= mark && fees.high_water_mark >= SharePrice::of(fees.pool).min(mark));
        let again = terms.charge(fees.pool, fees.high_water_mark, 0).unwrap();
        prop_assert_eq!((again.management, again.performance), (Atoms::ZERO, Atoms::ZERO));
    }
}

/// Without the refund a deposit could lose the price of one share: what the virtual shares alone would bound.
#[test]
fn the_largest_donation_cannot_take_a_deposit() {
    let attacker = SharePool::default().mint(Atoms::new(1)).unwrap();
    let donated = pool(1 + 1_000_000_000_000_000, attacker.shares);
    // 1e15 + 2 atoms for 2,000 shares: half a trillion a share, rounded up.
    assert_eq!(donated.mint(Atoms::new(500_000_000_000)), Err(MathError::OutOfDomain));
    let victim = donated.mint(Atoms::new(999_999_999_999)).unwrap();
    assert_eq!((victim.shares, victim.cost), (1, Atoms::new(500_000_000_001)));
    assert_eq!(victim.pool.worth_of(1, Round::Down), Ok(Atoms::new(500_000_000_000)));
    // Half of the donation is lost to the virtual shares.
    let taken = victim.pool.burn(attacker.shares).unwrap().paid;
    assert_eq!(taken, Atoms::new(500_000_000_000_001));
}
