//! `open_account`: opens a margin account.

use crate::scene::ACCOUNT_EXISTS;
use solana_account::ReadableAccount;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::AccountOpened;
use tenor_sdk::address;
use tenor_testkit::action::OpenAccount;
use tenor_testkit::bank::rent;
use tenor_testkit::world::anyone;
use tenor_testkit::{World, assert_fails_with, assert_lands};

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

#[test]
fn requires_that_the_capacity_is_1_to_64() {
    let mut world = World::new();
    let alice = world.visitor("alice");
    for capacity in [0, 65, u16::MAX] {
        let result = world.send(OpenAccount {
            payer: &anyone(),
            owner: &alice,
            capacity,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 1,
    }));
    let second = alice.with_account_number(1);
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 64,
    }));
}

#[test]
fn the_account_exists_empty_and_the_payer_pays_its_rent() {
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
    assert_eq!((event.number, event.capacity), (7, 32));
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
