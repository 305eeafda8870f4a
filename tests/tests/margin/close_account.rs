//! `close_account`: closes an empty margin account.

use crate::scene::Scene;
use solana_account::ReadableAccount;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::AccountClosed;
use tenor_testkit::action::{CloseAccount, Deposit, GrowAccount, OpenAccount, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{SOL, USDC, World, assert_fails_with, assert_lands, usdc};

#[test]
fn requires_that_the_owner_signs() {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    let mallory = world.visitor("mallory");
    let mut call = world.call(CloseAccount { owner: &alice });
    call.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(world.send(&call), InstructionError::MissingRequiredSignature);
    let mut call = world.call(CloseAccount { owner: &alice });
    call.instruction_mut().accounts[0].pubkey = mallory.address();
    call.signers = vec![mallory.key()];
    assert_fails_with(world.send(&call), MarginError::NotAccountAuthority);
    assert_lands(world.send(CloseAccount { owner: &alice }));
}

#[test]
fn requires_that_the_account_holds_and_owes_nothing() {
    let mut scene = Scene::new();
    let close = |scene: &mut Scene| {
        let alice = scene.alice.clone();
        scene.world.send(CloseAccount { owner: &alice })
    };
    assert_fails_with(close(&mut scene), MarginError::AccountNotEmpty);
    scene.world.land(Withdraw {
        owner: &scene.alice,
        asset: USDC,
        atoms: usdc(10_000),
    });
    scene.world.deposit(&scene.alice, SOL, 1);
    assert_fails_with(close(&mut scene), MarginError::AccountNotEmpty);
    scene.world.land(Withdraw {
        owner: &scene.alice,
        asset: SOL,
        atoms: 1,
    });
    // Interest that the pool counted for the account after it was emptied would be lost with it: none is.
    assert_lands(close(&mut scene));
    assert_adds_up(&scene.world);

    // A position of no cash, and a debt.
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 1);
    scene.world.edit_account(&scene.alice, |account| account.cash_atoms = 0);
    assert_fails_with(close(&mut scene), MarginError::AccountNotEmpty);
    let mut scene = Scene::new();
    scene
        .world
        .edit_account(&scene.alice, |account| account.cash_atoms = -1);
    assert_fails_with(close(&mut scene), MarginError::AccountNotEmpty);
}

#[test]
fn who_paid_the_rent_at_opening_gets_it_back_and_the_owner_what_was_added_later() {
    let mut world = World::new();
    let (alice, payer) = (world.visitor("alice"), world.visitor("payer"));
    let lamports = |world: &World, of: &tenor_testkit::Actor| world.account(&of.address()).unwrap().lamports();
    let (of_payer, of_alice) = (lamports(&world, &payer), lamports(&world, &alice));
    world.land(OpenAccount {
        payer: &payer,
        owner: &alice,
        capacity: 8,
    });
    let opening = of_payer - lamports(&world, &payer);
    world.land(GrowAccount {
        payer: &anyone(),
        of: &alice,
        capacity: 64,
    });
    let all = world.account(&alice.account()).unwrap().lamports();

    let receipt = world.land(CloseAccount { owner: &alice });

    assert!(world.account(&alice.account()).is_none());
    assert_eq!(lamports(&world, &payer), of_payer);
    assert_eq!(lamports(&world, &alice), of_alice + all - opening);
    assert_eq!(receipt.events(), ["AccountClosed"]);
    let event: AccountClosed = receipt.event();
    assert_eq!((event.account, event.sequence), (alice.account(), 2));
    assert_eq!(
        event.registry_sequence,
        world.picture().market.registry().unwrap().sequence
    );
    // The same number can be opened again.
    world.land(OpenAccount {
        payer: &alice,
        owner: &alice,
        capacity: 1,
    });
    // Who paid for oneself gets all of it.
    let before = lamports(&world, &alice) + world.account(&alice.account()).unwrap().lamports();
    world.land(CloseAccount { owner: &alice });
    assert_eq!(lamports(&world, &alice), before);
}

#[test]
fn the_rent_goes_to_nobody_else() {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    let mut call = world.call(CloseAccount { owner: &alice });
    call.instruction_mut().accounts[1].pubkey = alice.address();
    assert_fails_with(world.send(&call), MarginError::WrongRentPayer);
    assert_lands(world.send(CloseAccount { owner: &alice }));
}

#[test]
fn what_was_due_to_the_reserve_stays_with_it() {
    let mut world = World::new();
    let alice = world.trader("alice", &[(USDC, usdc(10))]);
    world.land(Withdraw {
        owner: &alice,
        asset: USDC,
        atoms: usdc(10),
    });
    world.edit_account(&alice, |account| account.interest.reserve_due_atoms = 7);
    let before = world.picture().market.registry().unwrap().interest.pool().reserve();
    world.land(CloseAccount { owner: &alice });
    let after = world.picture().market.registry().unwrap().interest.pool().reserve();
    assert_eq!((before.get(), after.get()), (0, 7));
}

#[test]
fn a_closed_account_takes_no_deposit() {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    world.set_wallet(&alice, USDC, 1);
    let deposit = world.call(Deposit {
        depositor: &alice,
        to: &alice,
        asset: USDC,
        atoms: 1,
    });
    world.land(CloseAccount { owner: &alice });
    assert!(world.send(&deposit).is_err());
}
