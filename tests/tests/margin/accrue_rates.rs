//! A change of the rates: the old ones hold until it is made, the new ones from then on, whoever accrues when.

use crate::accrue::{MODEL, YEAR, lent};
use tenor_margin::MarginError;
use tenor_margin::event::ChangeApplied;
use tenor_margin::governance::Change;
use tenor_margin::params::InterestModel;
use tenor_testkit::action::{Accrue, ApplyChange, QueueChange, Tighten};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::admin;
use tenor_testkit::{Actor, USDC, World, assert_fails_with};

const DELAY: i64 = 172_800;
/// Half a year's worth a year, however much is lent; a quarter for the house.
const FLAT: InterestModel = InterestModel {
    optimal_utilisation_e9: 600_000_000,
    base_rate_e9: 500_000_000,
    optimal_rate_e9: 500_000_000,
    max_rate_e9: 500_000_000,
    reserve_share_e9: 250_000_000,
};

/// Two days at 17% with a fifth for the house, then a year at 50% with a quarter for it.
fn two_days_and_a_year(accrue_between: impl Fn(&mut World, &[&Actor; 2])) -> (World, Actor, Actor) {
    let (mut world, alice, bob) = lent();
    let change = Change::Interest(FLAT);
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change,
    });
    world.advance(DELAY);
    accrue_between(&mut world, &[&alice, &bob]);
    let receipt = world.land(ApplyChange { number: 0 });
    let event: ChangeApplied = receipt.event();
    let registry = *world.picture().market.registry().unwrap();
    assert_eq!(event.interest, registry.interest);
    assert_eq!(registry.interest.accrued_at, world.now(), "the change itself accrued");
    world.advance(YEAR);
    for actor in [&alice, &bob] {
        world.land(Accrue { of: actor });
    }
    (world, alice, bob)
}

#[test]
fn what_has_passed_is_paid_at_the_rates_that_held_then() {
    let (world, alice, bob) = two_days_and_a_year(|_, _| ());
    // 400 e^(0.17 x 2/365 + 0.5) = 660.103 112 55, up; all of it at the new rate would be 661.30.
    let picture = world.picture();
    assert_eq!(picture.balance(&bob, USDC), -660_103_113);
    // 0.372 776 33 of it of the two days: 1,000 + 0.8 x 0.372 776 33 + 0.75 x 259.730 336 22 = 1,195.095 973 23, down.
    assert_eq!(picture.balance(&alice, USDC), 1_195_095_973);
    // 0.2 x 0.372 776 33 + 0.25 x 259.730 336 22 = 65.007 139 32.
    assert_eq!(picture.insurance.unwrap().balance_atoms, 65_007_139);
    assert_adds_up(&world);
}

#[test]
fn whoever_accrues_before_the_change_changes_nothing_by_it() {
    let (plain, alice, bob) = two_days_and_a_year(|_, _| ());
    let (accrued, ..) = two_days_and_a_year(|world, actors| {
        for of in actors {
            world.land(Accrue { of });
        }
    });
    for of in [&alice, &bob] {
        let [left, right] = [&plain, &accrued].map(|world| world.picture().balance(of, USDC));
        // An account that is brought to the present once more is rounded once more.
        assert!((left - right).abs() <= 1, "{left} and {right}");
    }
    assert_adds_up(&accrued);
}

#[test]
fn rates_move_neither_way_at_once() {
    let (mut world, ..) = lent();
    for base_rate_e9 in [0, 60_000_000] {
        let change = Change::Interest(InterestModel { base_rate_e9, ..MODEL });
        let result = world.send(Tighten {
            admin: &admin(),
            of: None,
            change,
        });
        assert_fails_with(result, MarginError::ChangeLoosens);
    }
}
