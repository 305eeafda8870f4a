//! `accrue`: brings interest to the present.

use tenor_margin::MarginError;
use tenor_margin::event::InterestAccrued;
use tenor_margin::params::InterestModel;
use tenor_testkit::action::{Accrue, Deposit, Transfer, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::{Actor, SOL, USDC, World, assert_fails_with, assert_lands, sol, usd, usdc};

pub const YEAR: i64 = 31_536_000;
/// 5% where nothing is lent, 23% at 60%, 103% where all is; a fifth for the house.
pub const MODEL: InterestModel = InterestModel {
    optimal_utilisation_e9: 600_000_000,
    base_rate_e9: 50_000_000,
    optimal_rate_e9: 230_000_000,
    max_rate_e9: 1_030_000_000,
    reserve_share_e9: 200_000_000,
};

/// Of Alice's thousand dollars Bob has borrowed four hundred against ten SOL: 17% a year.
pub fn lent() -> (World, Actor, Actor) {
    let mut world = World::new();
    world.edit_house(|house| house.interest = MODEL);
    let alice = world.trader("alice", &[(USDC, usdc(1_000))]);
    let bob = world.trader("bob", &[(SOL, sol(10))]);
    world.land(Withdraw {
        owner: &bob,
        asset: USDC,
        atoms: usdc(400),
    });
    (world, alice, bob)
}

#[test]
fn indices_grow_by_the_rate_for_the_utilisation_and_the_reserve_goes_to_insurance() {
    let (mut world, alice, bob) = lent();
    world.advance(YEAR);
    world.land(Accrue { of: &alice });
    let receipt = world.land(Accrue { of: &bob });

    // 400 (e^0.17 - 1) = 74.121 940 53: Bob owes 474.121 940 53 (up), Alice has four fifths more (down), the house a fifth.
    let picture = world.picture();
    assert_eq!(picture.balance(&bob, USDC), -474_121_941);
    assert_eq!(picture.balance(&alice, USDC), 1_059_297_552);
    assert_eq!(picture.insurance.unwrap().balance_atoms, 14_824_388);
    let event: InterestAccrued = receipt.event();
    assert_eq!((event.account, event.cash_atoms), (bob.account(), -474_121_941));
    assert_eq!((event.swept_atoms, event.insurance_atoms), (0, 14_824_388));
    let registry = picture.market.registry().unwrap();
    assert_eq!(
        (event.interest, event.registry_sequence),
        (registry.interest, registry.sequence)
    );
    assert_eq!(event.sequence, picture.account(&bob).account.sequence);
    assert_adds_up(&world);
}

#[test]
fn twice_is_once() {
    let (mut world, alice, bob) = lent();
    world.advance(YEAR);
    for actor in [&alice, &bob] {
        world.land(Accrue { of: actor });
    }
    let state = |world: &World| {
        let picture = world.picture();
        let cash = [&alice, &bob].map(|actor| picture.account(actor).account.cash());
        (
            cash,
            picture.market.registry().unwrap().interest,
            picture.insurance.unwrap().balance_atoms,
        )
    };
    let before = state(&world);
    for actor in [&bob, &alice, &alice] {
        world.land(Accrue { of: actor });
    }
    assert_eq!(state(&world), before);
}

#[test]
fn the_order_of_accounts_changes_nothing() {
    let (mut first, alice, bob) = lent();
    let (mut second, ..) = lent();
    for world in [&mut first, &mut second] {
        world.advance(YEAR / 3);
    }
    for actor in [&alice, &bob] {
        first.land(Accrue { of: actor });
    }
    for actor in [&bob, &alice] {
        second.land(Accrue { of: actor });
    }
    for actor in [&alice, &bob] {
        assert_eq!(
            first.picture().balance(actor, USDC),
            second.picture().balance(actor, USDC)
        );
    }
    assert_eq!(first.picture().insurance, second.picture().insurance);
    assert_adds_up(&first);
    assert_adds_up(&second);
}

#[test]
fn requires_an_account_of_the_house() {
    let (mut world, alice, _) = lent();
    let elsewhere = tenor_sdk::address::insurance();
    world.edit_account(&alice, |account| account.house = elsewhere);
    assert_fails_with(world.send(Accrue { of: &alice }), MarginError::WrongHouse);
    world.edit_account(&alice, |account| account.house = tenor_sdk::address::house());
    assert_lands(world.send(Accrue { of: &alice }));
}

#[test]
fn no_atom_is_created_or_lost_while_cash_moves_beside_the_pool() {
    let (mut world, alice, bob) = lent();
    let chain = world.list_chain(SOL, tenor_testkit::world::FIRST_EXPIRY, &[180, 200, 220]);
    // Bob sells Alice calls: a premium moves that the pool does not see.
    world.trade_at_mark(&alice, &bob, chain.call(220), 100);
    let premium = world.picture().balance(&bob, USDC) + 400_000_000;
    assert!(premium > 0);
    assert_eq!(
        world.picture().account(&bob).account.interest.counted_atoms,
        -400_000_000
    );
    assert_adds_up(&world);
    world.advance(86_400);
    world.land(Accrue { of: &alice });
    world.land(Accrue { of: &bob });
    // Bob owed on the greater, four hundred: 400 (e^(0.17/365) - 1) = 0.186 344 77. Alice earned on the lesser.
    assert_eq!(world.picture().balance(&bob, USDC), premium - 400_000_000 - 186_345);
    let pays = world.picture().balance(&alice, USDC) + premium - 1_000_000_000;
    assert!((0..=149_075).contains(&pays), "less than four fifths of it: {pays}");
    assert_adds_up(&world);
    world.advance(YEAR / 50);
    world.land(Accrue { of: &bob });
    assert_adds_up(&world);
}

#[test]
fn deposits_repay_and_everybody_can_leave() {
    let (mut world, alice, bob) = lent();
    world.advance(YEAR);
    world.set_price(SOL, usd(200));
    world.set_wallet(&bob, USDC, usdc(1_000));
    world.land(Deposit {
        depositor: &bob,
        to: &bob,
        asset: USDC,
        atoms: usdc(500),
    });
    // 500 less what was owed.
    assert_eq!(world.picture().balance(&bob, USDC), 500_000_000 - 474_121_941);
    world.land(Accrue { of: &alice });
    for actor in [&alice, &bob] {
        let atoms = u64::try_from(world.picture().balance(actor, USDC)).unwrap();
        world.land(Withdraw {
            owner: actor,
            asset: USDC,
            atoms,
        });
    }
    // What is left is the house's: its fifth, and fractions of atoms.
    let picture = world.picture();
    assert_eq!(picture.insurance.unwrap().balance_atoms, 14_824_388);
    let left = world.tokens(&picture.collateral(USDC).vault);
    assert!((14_824_388..=14_824_391).contains(&left), "{left}");
    assert_adds_up(&world);
}

#[test]
fn a_house_without_rates_charges_nothing() {
    let (mut world, alice, bob) = lent();
    world.edit_house(|house| house.interest = bytemuck::Zeroable::zeroed());
    world.advance(YEAR);
    world.land(Accrue { of: &bob });
    assert_eq!(world.picture().balance(&bob, USDC), -400_000_000);
    // Time without rates is not charged for later.
    world.edit_house(|house| house.interest = MODEL);
    world.land(Accrue { of: &alice });
    assert_eq!(world.picture().balance(&alice, USDC), 1_000_000_000);
}

#[test]
fn deposits_and_transfers_bring_interest_to_the_present_too() {
    let (mut world, alice, bob) = lent();
    let second = alice.with_account_number(1);
    world.land(tenor_testkit::action::OpenAccount {
        payer: &alice,
        owner: &second,
        capacity: 1,
    });
    world.advance(YEAR);
    world.land(Transfer {
        from: &alice,
        to: &second,
        asset: USDC,
        atoms: usdc(1),
    });
    assert_eq!(world.picture().balance(&alice, USDC), 1_059_297_552 - 1_000_000);
    assert_eq!(world.picture().balance(&second, USDC), 1_000_000);
    world.set_price(SOL, usd(200));
    let receipt = world.land(Withdraw {
        owner: &bob,
        asset: SOL,
        atoms: 1,
    });
    assert_eq!(world.picture().balance(&bob, USDC), -474_121_941);
    println!("withdraw after a year of interest: {} CU", receipt.compute_units);
    world.advance(60);
    let deposit_cost = {
        world.set_wallet(&alice, USDC, 1);
        world
            .land(Deposit {
                depositor: &alice,
                to: &alice,
                asset: USDC,
                atoms: 1,
            })
            .compute_units
    };
    println!("deposit after a minute of interest: {deposit_cost} CU");
    assert_adds_up(&world);
}
