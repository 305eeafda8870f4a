//! `open_account`: opens a margin account.

use crate::scene::ACCOUNT_EXISTS;
use solana_account::ReadableAccount;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::AccountOpened;
use tenor_margin::instructions::OpenAccountArgs;
use tenor_sdk::address;
use tenor_sdk::instruction;
use tenor_testkit::action::OpenAccount;
use tenor_testkit::bank::rent;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Call, World, assert_fails_with, assert_lands};

#[test]
fn requires_that_the_owner_signs() {
    let mut world = World::new();
    let alice = world.visitor("alice");
    let mut call = world.call(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 8,
    });
    call.instruction_mut().accounts[1].is_signer = false;
    assert_fails_with(world.send(&call), InstructionError::MissingRequiredSignature);
    call.instruction_mut().accounts[1].is_signer = true;
    assert_lands(world.send(&call));
}

fn opening(owner: &Actor, capacity: u16, size_class: u8) -> Call {
    let args = OpenAccountArgs {
        number: owner.number(),
        capacity,
        size_class,
    };
    let payer = anyone();
    let instruction = instruction::open_account(payer.address(), owner.address(), args);
    Call::new(instruction, [&payer, owner])
}

#[test]
fn requires_that_the_capacity_is_1_to_64_in_the_large_class_1_to_256() {
    let mut world = World::new();
    let alice = world.visitor("alice");
    for (capacity, class) in [(0, 0), (65, 0), (u16::MAX, 0), (0, 1), (257, 1), (1, 2), (1, 255)] {
        assert_fails_with(
            world.send(opening(&alice, capacity, class)),
            MarginError::ParameterOutOfRange,
        );
    }
    for (number, (capacity, class)) in (0..).zip([(1, 0), (64, 0), (1, 1), (256, 1)]) {
        let owner = alice.with_account_number(number);
        assert_lands(world.send(opening(&owner, capacity, class)));
        assert_eq!(world.picture().account(&owner).account.size_class, class);
    }
}

#[test]
fn the_account_exists_empty_and_the_payer_pays_its_rent_and_is_remembered() {
    let mut world = World::new();
    let (alice, payer) = (world.visitor("alice").with_account_number(7), world.visitor("payer"));
    let lamports = |world: &World| world.account(&payer.address()).unwrap().lamports();
    let before = lamports(&world);

    let receipt = world.land(OpenAccount {
        payer: &payer,
        owner: &alice,
        capacity: 32,
    });

    let picture = world.picture();
    let opened = picture.account(&alice);
    assert!(opened.positions.is_empty());
    let account = &opened.account;
    assert_eq!(
        (account.owner, account.number, account.house),
        (alice.address(), 7, address::house())
    );
    assert_eq!((account.cash_atoms, account.sequence), (0, 0));
    assert_eq!(account.balances_atoms, [0; 16]);
    assert_eq!(account.delegate, solana_pubkey::Pubkey::default());
    assert!(account.chains.iter().all(|slot| slot.positions == 0) && !account.liquidation.is_active());
    let stored = world.account(&alice.account()).unwrap();
    assert_eq!(before - lamports(&world), stored.lamports());
    assert_eq!(stored.lamports(), rent(stored.data().len()));
    assert_eq!(receipt.events(), ["AccountOpened"]);
    let event: AccountOpened = receipt.event();
    assert_eq!((event.account, event.owner), (alice.account(), alice.address()));
    assert_eq!((event.number, event.capacity, event.size_class), (7, 32, 0));
    let terms = world.picture().account(&alice).account.terms;
    assert_eq!(
        (terms.rent_payer, terms.rent_lamports),
        (payer.address(), stored.lamports())
    );
    assert_eq!(
        (event.rent_payer, event.rent_lamports),
        (terms.rent_payer, terms.rent_lamports)
    );
    assert_eq!((terms.opened_at, event.opened_at), (world.now(), world.now()));
    assert!(
        stored.lamports() <= 20_000_000,
        "32 positions cost at most 0.02 SOL of rent"
    );
}

#[test]
fn an_owner_has_one_account_per_number() {
    let mut world = World::new();
    let alice = world.visitor("alice");
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 8,
    }));
    let again = world.send(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 9,
    });
    assert_fails_with(again, ACCOUNT_EXISTS);
    let other = alice.with_account_number(1);
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &other,
        capacity: 8,
    }));
}

#[test]
fn lamports_sent_ahead_do_not_block_an_account() {
    let mut world = World::new();
    let alice = world.visitor("alice");
    let gift = solana_account::Account {
        lamports: 1,
        ..solana_account::Account::default()
    };
    world.set_account(alice.account(), gift.into());
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 8,
    }));
}
