//! `deposit`: brings tokens into a margin account.

use tenor_margin::MarginError;
use tenor_margin::event::Deposited;
use tenor_margin::instructions::AddCollateralArgs;
use tenor_testkit::action::{AddCollateral, AddUnderlying, Deposit, Initialize, OpenAccount};
use tenor_testkit::mint::token_account;
use tenor_testkit::world::{admin, anyone, house_terms, upgrade_authority};
use tenor_testkit::{Actor, BTC, SOL, USDC, World, assert_fails_with, assert_lands, sol, usdc};

/// Alice with a margin account and a wallet of 1,000 USDC and 5 SOL.
fn scene() -> (World, Actor) {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    world.set_wallet(&alice, USDC, usdc(1_000));
    world.set_wallet(&alice, SOL, sol(5));
    world.end_set_up();
    (world, alice)
}

fn usdc_of(alice: &Actor, atoms: u64) -> Deposit<'_> {
    Deposit {
        depositor: alice,
        to: alice,
        asset: USDC,
        atoms,
    }
}

#[test]
fn requires_that_the_amount_is_positive() {
    let (mut world, alice) = scene();
    assert_fails_with(world.send(usdc_of(&alice, 0)), MarginError::ZeroAmount);
    assert_lands(world.send(usdc_of(&alice, 1)));
}

#[test]
fn requires_that_source_and_mint_are_the_collaterals() {
    let (mut world, alice) = scene();
    let mut call = world.call(usdc_of(&alice, 1));
    call.instruction_mut().accounts[4].pubkey = alice.wallet(SOL);
    assert_fails_with(world.send(&call), MarginError::WrongMint);
    assert_lands(world.send(usdc_of(&alice, 1)));
}

#[test]
fn requires_that_the_vault_is_the_collaterals() {
    let (mut world, alice) = scene();
    let bob = world.visitor("bob");
    let others = [world.picture().collateral(SOL).vault, bob.wallet(USDC)];
    for vault in others {
        let mut call = world.call(usdc_of(&alice, 1));
        call.instruction_mut().accounts[5].pubkey = vault;
        assert_fails_with(world.send(&call), MarginError::WrongVault);
    }
    assert_lands(world.send(usdc_of(&alice, 1)));
}

#[test]
fn requires_that_the_collateral_is_listed() {
    let (mut world, alice) = scene();
    let mut call = world.call(usdc_of(&alice, 1));
    // The index follows the discriminator.
    for index in [3, 15, 16, 255] {
        call.instruction_mut().data[8] = index;
        assert_fails_with(world.send(&call), MarginError::NoSuchCollateral);
    }
    call.instruction_mut().data[8] = 0;
    assert_lands(world.send(&call));
}

#[test]
fn requires_that_the_depositor_owns_the_source() {
    let (mut world, alice) = scene();
    let bob = world.visitor("bob");
    let mut call = world.call(Deposit {
        depositor: &bob,
        to: &alice,
        asset: USDC,
        atoms: 1,
    });
    call.instruction_mut().accounts[4].pubkey = alice.wallet(USDC);
    assert_fails_with(world.send(&call), MarginError::WrongTokenOwner);
    world.set_account(bob.wallet(USDC), token_account(&USDC.mint(), &bob.address(), 1));
    assert_lands(world.send(Deposit {
        depositor: &bob,
        to: &alice,
        asset: USDC,
        atoms: 1,
    }));
}

#[test]
fn requires_that_the_cap_is_kept() {
    let mut world = World::without_house();
    world.land(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: house_terms(),
    });
    world.land(AddUnderlying {
        admin: &admin(),
        args: SOL.listing(),
        approval: None,
    });
    let terms = USDC.collateral(tenor_margin::state::NO_UNDERLYING);
    let args = AddCollateralArgs {
        deposit_cap_atoms: usdc(100),
        window_cap_atoms: usdc(100),
        ..terms
    };
    world.land(AddCollateral {
        admin: &admin(),
        asset: USDC,
        args,
        approval: None,
    });
    let alice = world.visitor("alice");
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &alice,
        capacity: 1,
    });
    world.set_wallet(&alice, USDC, usdc(1_000));
    world.end_set_up();

    assert_fails_with(world.send(usdc_of(&alice, usdc(100) + 1)), MarginError::DepositCap);
    assert_lands(world.send(usdc_of(&alice, usdc(100))));
    assert_fails_with(world.send(usdc_of(&alice, 1)), MarginError::DepositCap);
}

#[test]
fn balance_and_booked_total_grow_by_what_arrived_in_the_vault() {
    let (mut world, alice) = scene();

    let receipt = world.land(usdc_of(&alice, usdc(300)));
    world.land(Deposit {
        depositor: &alice,
        to: &alice,
        asset: SOL,
        atoms: sol(2),
    });

    let picture = world.picture();
    assert_eq!(picture.balance(&alice, USDC), 300_000_000);
    assert_eq!(picture.balance(&alice, SOL), 2_000_000_000);
    assert_eq!(picture.balance(&alice, BTC), 0);
    assert_eq!(picture.collateral(USDC).booked_total_atoms, usdc(300));
    assert_eq!(picture.collateral(SOL).booked_total_atoms, sol(2));
    assert_eq!(world.tokens(&alice.wallet(USDC)), usdc(700));
    assert_eq!(picture.account(&alice).account.sequence, 2, "one for each deposit");
    println!("deposit: {} CU", receipt.compute_units);
    assert!(
        receipt.compute_units <= 12_000,
        "{} compute units",
        receipt.compute_units
    );
    assert_eq!(receipt.events(), ["Deposited"]);
    let event: Deposited = receipt.event();
    assert_eq!(
        (event.account, event.sequence, event.collateral_index),
        (alice.account(), 1, 0)
    );
    assert_eq!((event.atoms, event.booked_total_atoms), (usdc(300), usdc(300)));
    assert_eq!((event.cash_atoms, event.outflow_atoms), (300_000_000, 0));
    // The token, SOL, was the registry's next event.
    assert_eq!(event.registry_sequence + 1, picture.market.registry().unwrap().sequence);
    assert_eq!(event.interest.pool().deposited().get(), usdc(300));
}

#[test]
fn anyone_may_deposit_for_anyone() {
    let (mut world, alice) = scene();
    let bob = world.visitor("bob");
    world.set_wallet(&bob, USDC, usdc(10));

    world.land(Deposit {
        depositor: &bob,
        to: &alice,
        asset: USDC,
        atoms: usdc(10),
    });

    assert_eq!(world.picture().balance(&alice, USDC), 10_000_000);
    assert_eq!(world.tokens(&bob.wallet(USDC)), 0);
}

#[test]
fn vault_and_booked_total_move_together() {
    let (mut world, alice) = scene();
    for atoms in [1, 2, 3, usdc(1), usdc(500)] {
        world.land(usdc_of(&alice, atoms));
        let entry = *world.picture().collateral(USDC);
        assert_eq!(world.tokens(&entry.vault), entry.booked_total_atoms);
    }
}

#[test]
fn tokens_sent_straight_to_the_vault_belong_to_nobody() {
    let (mut world, alice) = scene();
    let vault = world.picture().collateral(USDC).vault;
    world.set_account(
        vault,
        token_account(&USDC.mint(), &tenor_sdk::address::house(), usdc(9)),
    );

    world.land(usdc_of(&alice, usdc(1)));

    assert_eq!(world.picture().balance(&alice, USDC), 1_000_000);
    assert_eq!(world.picture().collateral(USDC).booked_total_atoms, usdc(1));
    assert_eq!(world.tokens(&vault), usdc(10));
}

#[test]
fn more_than_the_source_holds_cannot_be_deposited() {
    let (mut world, alice) = scene();
    // The token program's error for insufficient funds.
    let insufficient = solana_instruction::error::InstructionError::Custom(1);
    assert_fails_with(world.send(usdc_of(&alice, usdc(1_000) + 1)), insufficient.clone());
    assert_fails_with(world.send(usdc_of(&alice, u64::MAX)), insufficient);
    assert_lands(world.send(usdc_of(&alice, usdc(1_000))));
}

#[test]
fn requires_owner_or_delegate_for_a_collateral_new_to_the_account() {
    let mut scene = crate::scene::Scene::new();
    scene.world.set_wallet(&scene.bob, SOL, tenor_testkit::sol(2));
    let gift = Deposit {
        depositor: &scene.bob,
        to: &scene.alice,
        asset: SOL,
        atoms: 1,
    };
    assert_fails_with(scene.world.send(gift), MarginError::NotAccountAuthority);
    scene.world.deposit(&scene.alice, SOL, 1);
    assert_lands(scene.world.send(gift));
}

#[test]
fn requires_that_set_up_is_over() {
    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    let until = world.picture().house().genesis_until;
    world.set_wallet(&alice, USDC, usdc(10));
    let deposit = Deposit {
        depositor: &alice,
        to: &alice,
        asset: USDC,
        atoms: usdc(1),
    };
    assert_fails_with(world.send(deposit), MarginError::GenesisLasts);
    world.set_time(until - 1);
    assert_fails_with(world.send(deposit), MarginError::GenesisLasts);
    world.set_time(until);
    assert_lands(world.send(deposit));

    let mut world = World::new();
    let alice = world.trader("alice", &[]);
    world.set_wallet(&alice, USDC, usdc(10));
    world.land(tenor_testkit::action::EndGenesis { admin: &admin() });
    assert_lands(world.send(deposit));
}
