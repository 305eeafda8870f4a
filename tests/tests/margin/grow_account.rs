//! `grow_account`: makes room for more positions.

use crate::scene::Scene;
use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::AccountGrown;
use tenor_testkit::action::{GrowAccount, OpenAccount};
use tenor_testkit::bank::rent;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{World, assert_fails_with, assert_lands};

#[test]
fn requires_that_the_capacity_is_above_the_present_one_and_within_the_size_class() {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    let grow = |capacity| GrowAccount {
        payer: &alice,
        of: &alice,
        capacity,
    };
    for capacity in [0, 31, 32, 65, 256, u16::MAX] {
        assert_fails_with(world.send(grow(capacity)), MarginError::WrongCapacity);
    }
    assert_lands(world.send(grow(33)));
    assert_lands(world.send(grow(64)));

    let pool = alice.with_account_number(1);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &pool,
        capacity: 65,
    });
    let grow = |capacity| GrowAccount {
        payer: &alice,
        of: &pool,
        capacity,
    };
    assert_fails_with(world.send(grow(257)), MarginError::WrongCapacity);
    assert_lands(world.send(grow(256)));
}

#[test]
fn the_account_can_hold_as_many_positions_and_anyone_may_pay_the_rent_of_the_growth() {
    let mut scene = Scene::new();
    let small = scene.world.visitor("small");
    scene.world.land(OpenAccount {
        payer: &anyone(),
        owner: &small,
        capacity: 1,
    });
    scene
        .world
        .deposit(&small, tenor_testkit::USDC, tenor_testkit::usdc(1_000));
    scene.world.trade_at_mark(&small, &scene.bob, scene.chain.put(180), 1);
    let second = scene.chain.put(160);
    let call = scene.world.call(tenor_testkit::action::Trade {
        buyer: &small,
        seller: &scene.bob,
        quotes: vec![tenor_testkit::action::Quote {
            option: second,
            lots: 1,
            price: scene.world.picture().mark(second),
        }],
    });
    assert_fails_with(scene.world.send(&call), MarginError::PositionTableFull);

    let stranger = scene.world.visitor("stranger");
    let lamports = |world: &World| world.account(&stranger.address()).unwrap().lamports();
    let (before, old) = (
        lamports(&scene.world),
        scene.world.account(&small.account()).unwrap().lamports(),
    );
    let held = scene.world.picture().account(&small).positions.clone();
    let receipt = scene.world.land(GrowAccount {
        payer: &stranger,
        of: &small,
        capacity: 2,
    });
    let grown = scene.world.account(&small.account()).unwrap();
    assert_eq!(grown.lamports(), rent(grown.data().len()));
    assert_eq!(before - lamports(&scene.world), grown.lamports() - old);
    // What the account holds stays as it is.
    assert_eq!(scene.world.picture().account(&small).positions, held);
    let event: AccountGrown = receipt.event();
    assert_eq!((event.account, event.capacity), (small.account(), 2));
    assert_eq!(event.sequence, scene.world.picture().account(&small).account.sequence);
    assert_lands(scene.world.send(&call));
    assert_adds_up(&scene.world);
}
