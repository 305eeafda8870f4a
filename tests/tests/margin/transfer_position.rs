//! `transfer_position`: moves lots of one strike between two margin accounts of one owner, at no price.

use crate::scene::Scene;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::PositionTransferred;
use tenor_testkit::action::{OpenAccount, TransferPosition, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Instrument, USDC, assert_fails_with, assert_lands, usd, usdc};

/// Alice has bought 300 calls of 200 from Bob; both have a second account with 5,000 dollars.
fn scene() -> (Scene, Actor, Actor, Instrument) {
    let mut scene = Scene::new();
    let call = scene.chain.call(200);
    scene.alice_buys(call, 300);
    let [of_alice, of_bob] = [&scene.alice, &scene.bob].map(|actor| actor.with_account_number(1));
    for second in [&of_alice, &of_bob] {
        scene.world.land(OpenAccount {
            payer: &anyone(),
            owner: second,
            capacity: 8,
        });
        scene.world.deposit(second, USDC, usdc(5_000));
    }
    (scene, of_alice, of_bob, call)
}

fn lots<'a>(from: &'a Actor, to: &'a Actor, option: Instrument, lots: i64) -> TransferPosition<'a> {
    TransferPosition { from, to, option, lots }
}

#[test]
fn requires_that_the_owner_of_both_signs() {
    let (mut scene, of_alice, of_bob, call) = scene();
    let world = &mut scene.world;
    let mut unsigned = world.call(lots(&scene.alice, &of_alice, call, 1));
    unsigned.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(world.send(&unsigned), InstructionError::MissingRequiredSignature);
    assert_fails_with(
        world.send(lots(&scene.alice, &of_bob, call, 1)),
        MarginError::NotAccountAuthority,
    );
    assert_lands(world.send(lots(&scene.alice, &of_alice, call, 1)));
}

#[test]
fn requires_that_the_chain_has_not_expired() {
    let (mut scene, of_alice, _, call) = scene();
    scene.world.set_time(scene.chain.expiry);
    assert_fails_with(
        scene.world.send(lots(&scene.alice, &of_alice, call, 1)),
        MarginError::ChainExpired,
    );
}

#[test]
fn requires_that_the_lots_are_part_of_what_the_giving_account_holds() {
    let (mut scene, of_alice, of_bob, call) = scene();
    let world = &mut scene.world;
    let (alice, bob) = (&scene.alice, &scene.bob);
    for wrong in [301, -1, i64::MAX, i64::MIN + 1] {
        assert_fails_with(
            world.send(lots(alice, &of_alice, call, wrong)),
            MarginError::NotEnoughLots,
        );
    }
    for wrong in [-301, 1] {
        assert_fails_with(world.send(lots(bob, &of_bob, call, wrong)), MarginError::NotEnoughLots);
    }
    assert_fails_with(world.send(lots(alice, &of_alice, call, 0)), MarginError::ZeroAmount);
    assert_fails_with(
        world.send(lots(alice, &of_alice, scene.chain.put(200), 1)),
        MarginError::NotEnoughLots,
    );
    assert_fails_with(
        world.send(lots(alice, &of_alice, scene.chain.put(180), 1)),
        MarginError::NoPositions,
    );
    assert_lands(world.send(lots(alice, &of_alice, call, 300)));
    assert_lands(world.send(lots(bob, &of_bob, call, -300)));
    assert_adds_up(world);
}

#[test]
fn requires_that_the_withdrawal_rule_holds_for_the_giving_account() {
    let (mut scene, of_alice, _, call) = scene();
    // A long call that covers a short one of the same account may not leave it.
    scene
        .world
        .trade_at_mark(&scene.bob, &scene.alice, scene.chain.call(220), 300);
    let cash = scene.world.picture().action_health(&scene.alice).withdrawable;
    let free = cash.to_atoms(6, tenor_math::Round::Down).unwrap().get();
    scene.world.land(Withdraw {
        owner: &scene.alice,
        asset: USDC,
        atoms: free,
    });
    assert_fails_with(
        scene.world.send(lots(&scene.alice, &of_alice, call, 300)),
        MarginError::WithdrawalTooLarge,
    );
    scene.world.deposit(&scene.alice, USDC, usdc(5_000));
    assert_lands(scene.world.send(lots(&scene.alice, &of_alice, call, 300)));
}

#[test]
fn requires_that_the_receiving_account_meets_its_initial_requirement() {
    let (mut scene, _, of_bob, call) = scene();
    let world = &mut scene.world;
    world.land(Withdraw {
        owner: &of_bob,
        asset: USDC,
        atoms: usdc(4_999),
    });
    assert_fails_with(
        world.send(lots(&scene.bob, &of_bob, call, -300)),
        MarginError::WithdrawalTooLarge,
    );
    world.deposit(&of_bob, USDC, usdc(4_999));
    assert_lands(world.send(lots(&scene.bob, &of_bob, call, -300)));
}

#[test]
fn requires_fresh_prices_and_risk_arrays() {
    let (mut scene, of_alice, _, call) = scene();
    scene.world.advance(31);
    let transfer = lots(&scene.alice, &of_alice, call, 1);
    assert_fails_with(scene.world.send(transfer), MarginError::PriceStale);
    scene.world.advance(600);
    scene.world.set_price(tenor_testkit::SOL, usd(200));
    assert_fails_with(scene.world.send(transfer), MarginError::RiskStale);
    scene.world.refresh();
    assert_lands(scene.world.send(transfer));
}

#[test]
fn the_lots_move_and_sum_to_zero_over_all_accounts() {
    let (mut scene, of_alice, of_bob, call) = scene();
    let world = &mut scene.world;
    let receipt = world.land(lots(&scene.alice, &of_alice, call, 100));
    world.land(lots(&scene.bob, &of_bob, call, -300));
    let picture = world.picture();
    let held = [&scene.alice, &of_alice, &scene.bob, &of_bob].map(|actor| picture.lots(actor, call));
    assert_eq!(held, [200, 100, 0, -300]);
    assert_eq!(picture.open_interest(call), 300);
    let event: PositionTransferred = receipt.event();
    assert_eq!((event.from, event.to), (scene.alice.account(), of_alice.account()));
    assert_eq!((event.call_lots, event.put_lots), (100, 0));
    assert_eq!(event.strike_slot, picture.strike_slot(call));
    assert_eq!(event.from_sequence, picture.account(&scene.alice).account.sequence);
    assert_eq!(event.to_sequence, picture.account(&of_alice).account.sequence);
    // Bob's move was the chain's next event.
    assert_eq!(event.chain_sequence + 1, picture.chain(scene.chain).chain.sequence);
    assert_adds_up(world);
}

#[test]
fn unrealised_gains_do_not_become_free_cash() {
    let (mut scene, of_alice, _, call) = scene();
    scene.world.move_price(tenor_testkit::SOL, usd(260));
    let world = &mut scene.world;
    let free = |world: &tenor_testkit::World| {
        let picture = world.picture();
        [&scene.alice, &of_alice].map(|actor| picture.action_health(actor).withdrawable.e9())
    };
    let before = free(world);
    world.land(lots(&scene.alice, &of_alice, call, 300));
    let after = free(world);
    assert!(after[0] <= before[0] && after[1] <= before[1], "{before:?} {after:?}");
}
