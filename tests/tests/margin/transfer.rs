//! `transfer`: moves cash or a collateral between two margin accounts of one owner.

use crate::scene::Scene;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::Transferred;
use tenor_math::Round;
use tenor_testkit::action::{OpenAccount, Transfer};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Asset, SOL, USDC, assert_fails_with, assert_lands, sol, usdc};

/// Bob with a second account that is empty.
fn scene() -> (Scene, Actor) {
    let mut scene = Scene::new();
    let second = scene.bob.with_account_number(1);
    scene.world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 8,
    });
    (scene, second)
}

fn of<'a>(from: &'a Actor, to: &'a Actor, asset: Asset, atoms: u64) -> Transfer<'a> {
    Transfer { from, to, asset, atoms }
}

#[test]
fn requires_that_the_owner_of_both_signs() {
    let (mut scene, second) = scene();
    let (world, bob) = (&mut scene.world, &scene.bob);
    let mut unsigned = world.call(of(bob, &second, USDC, 1));
    unsigned.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(world.send(&unsigned), InstructionError::MissingRequiredSignature);
    // From somebody, and to somebody.
    let mut theirs = world.call(of(bob, &second, USDC, 1));
    theirs.instruction_mut().accounts[3].pubkey = scene.alice.account();
    assert_fails_with(world.send(&theirs), MarginError::NotAccountAuthority);
    assert_fails_with(
        world.send(of(bob, &scene.alice, USDC, 1)),
        MarginError::NotAccountAuthority,
    );
    // To itself: the framework refuses one account in two writable slots.
    assert_fails_with(world.send(of(bob, bob, USDC, 1)), InstructionError::Custom(2040));
    assert_lands(world.send(of(bob, &second, USDC, 1)));
}

#[test]
fn requires_that_the_amount_is_positive_and_a_collaterals_balance_suffices() {
    let (mut scene, second) = scene();
    let (world, bob) = (&mut scene.world, &scene.bob);
    assert_fails_with(world.send(of(bob, &second, USDC, 0)), MarginError::ZeroAmount);
    assert_fails_with(world.send(of(bob, &second, SOL, 1)), MarginError::InsufficientBalance);
    world.deposit(bob, SOL, sol(1));
    assert_lands(world.send(of(bob, &second, SOL, sol(1))));
    assert_eq!(world.picture().balance(&second, SOL), 1_000_000_000);
}

#[test]
fn requires_that_afterwards_the_withdrawal_rule_holds_for_the_account_that_gives() {
    let (mut scene, second) = scene();
    scene.alice_buys(scene.chain.put(180), 3_000);
    let (world, bob) = (&mut scene.world, &scene.bob);
    let free = world.picture().action_health(bob).withdrawable;
    let atoms = free.to_atoms(6, Round::Down).unwrap().get();
    assert!(atoms > 0 && atoms < usdc(10_000));
    assert_fails_with(
        world.send(of(bob, &second, USDC, atoms + 1)),
        MarginError::WithdrawalTooLarge,
    );
    assert_lands(world.send(of(bob, &second, USDC, atoms)));
}

#[test]
fn one_balance_shrinks_and_the_other_grows_by_the_amount_and_booked_totals_stay() {
    let (mut scene, second) = scene();
    let (world, bob) = (&mut scene.world, &scene.bob);
    world.deposit(bob, SOL, sol(100));
    let booked = world.picture().collateral(USDC).booked_total_atoms;
    let receipt = world.land(of(bob, &second, USDC, usdc(12_000)));
    // Cash may end below zero: the SOL backs it.
    assert_eq!(world.picture().balance(bob, USDC), -2_000_000_000);
    assert_eq!(world.picture().balance(&second, USDC), 12_000_000_000);
    assert_eq!(world.picture().collateral(USDC).booked_total_atoms, booked);
    let event: Transferred = receipt.event();
    assert_eq!(
        (event.from, event.to, event.atoms),
        (bob.account(), second.account(), usdc(12_000))
    );
    assert_eq!(
        (event.from_cash_atoms, event.to_cash_atoms),
        (-2_000_000_000, 12_000_000_000)
    );
    let picture = world.picture();
    assert_eq!(event.from_sequence, picture.account(bob).account.sequence);
    assert_eq!(event.to_sequence, picture.account(&second).account.sequence);
    assert_eq!(event.registry_sequence, picture.market.registry().unwrap().sequence);
    assert_adds_up(world);
}

#[test]
fn the_account_that_receives_needs_no_price() {
    let (mut scene, second) = scene();
    let (world, bob) = (&mut scene.world, &scene.bob);
    world.deposit(&second, SOL, sol(1));
    // Bob's own account needs none either: it holds only dollars.
    world.advance(100_000);
    assert_lands(world.send(of(bob, &second, USDC, usdc(1))));
    // The other way the SOL counts for nothing: its dollars may go, but not one against it.
    assert_lands(world.send(of(&second, bob, USDC, usdc(1))));
    assert_fails_with(
        world.send(of(&second, bob, USDC, usdc(1))),
        MarginError::WithdrawalTooLarge,
    );
}
