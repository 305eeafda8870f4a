//! `withdraw`: takes tokens out of a margin account.

use crate::scene::Scene;
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::Withdrawn;
use tenor_math::Round;
use tenor_testkit::action::Withdraw;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::{Actor, SOL, USDC, assert_fails_with, assert_lands, sol, usd, usdc};

fn usdc_of(owner: &Actor, atoms: u64) -> Withdraw<'_> {
    Withdraw {
        owner,
        asset: USDC,
        atoms,
    }
}

#[test]
fn requires_that_the_owner_signs() {
    let mut scene = Scene::new();
    let mallory = scene.world.visitor("mallory");
    let mut call = scene.world.call(usdc_of(&scene.alice, 1));
    call.instruction_mut().accounts[0].is_signer = false;
    assert_fails_with(scene.world.send(&call), InstructionError::MissingRequiredSignature);

    let mut call = scene.world.call(usdc_of(&scene.alice, 1));
    call.instruction_mut().accounts[0].pubkey = mallory.address();
    call.signers = vec![mallory.key()];
    assert_fails_with(scene.world.send(&call), MarginError::NotAccountAuthority);

    assert_lands(scene.world.send(usdc_of(&scene.alice, 1)));
}

#[test]
fn requires_that_a_collaterals_balance_suffices_while_cash_may_end_below_zero() {
    let mut scene = Scene::new();
    // Without collateral nothing backs a debt.
    for atoms in [usdc(10_000) + 1, usdc(1_000_000_000)] {
        assert_fails_with(
            scene.world.send(usdc_of(&scene.alice, atoms)),
            MarginError::WithdrawalTooLarge,
        );
    }
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, u64::MAX)),
        MarginError::MathOverflow,
    );
    let of_sol = |owner, atoms| Withdraw {
        owner,
        asset: SOL,
        atoms,
    };
    assert_fails_with(
        scene.world.send(of_sol(&scene.alice, 1)),
        MarginError::InsufficientBalance,
    );
    assert_fails_with(scene.world.send(usdc_of(&scene.alice, 0)), MarginError::ZeroAmount);
    scene.world.deposit(&scene.alice, SOL, sol(10));
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(11_000))));
    assert_eq!(scene.world.picture().balance(&scene.alice, USDC), -1_000_000_000);
    // Ten SOL of 200 count for nine tenths, may be worth a thousandth less, and lose 18%: 1,800 - 1.8 - 324 =
    // 1,474.2, of which the rounding of the requirement takes an atom.
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, 474_200_000)),
        MarginError::WithdrawalTooLarge,
    );
    assert_fails_with(
        scene.world.send(of_sol(&scene.alice, sol(4))),
        MarginError::WithdrawalTooLarge,
    );
    assert_lands(scene.world.send(usdc_of(&scene.alice, 474_199_999)));
    assert_adds_up(&scene.world);
}

#[test]
fn requires_that_the_vault_holds_the_amount() {
    let mut scene = Scene::new();
    scene.world.deposit(&scene.alice, SOL, sol(200));
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(19_000))));
    // A thousand is left of the twenty: the rest is lent to Alice.
    assert_fails_with(
        scene.world.send(usdc_of(&scene.bob, usdc(1_000) + 1)),
        MarginError::NotEnoughLiquidity,
    );
    assert_lands(scene.world.send(usdc_of(&scene.bob, usdc(1_000))));
    // Whoever repays makes it free again: anyone may.
    scene.world.set_wallet(&scene.bob, USDC, usdc(9_000));
    scene.world.land(tenor_testkit::action::Deposit {
        depositor: &scene.bob,
        to: &scene.alice,
        asset: USDC,
        atoms: usdc(9_000),
    });
    assert_eq!(scene.world.picture().balance(&scene.alice, USDC), 0);
    assert_lands(scene.world.send(usdc_of(&scene.bob, usdc(9_000))));
    assert_adds_up(&scene.world);
}

/// A cap on what leaves, and deposits that count as older than the window.
fn cap_quote_outflow(scene: &mut Scene, dollars: u64) {
    for actor in [&scene.alice, &scene.bob] {
        scene
            .world
            .edit_account(actor, |account| account.recent_deposits = bytemuck::Zeroable::zeroed());
    }
    scene
        .world
        .edit_registry(|registry| registry.collaterals[0].window_cap_atoms = usdc(dollars));
}

#[test]
fn requires_that_net_outflow_stays_within_the_collaterals_cap_for_the_window() {
    let mut scene = Scene::new();
    cap_quote_outflow(&mut scene, 2_400);
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(2_400) + 1)),
        MarginError::WindowCapReached,
    );
    let receipt = assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(2_000))));
    assert_eq!(receipt.event::<Withdrawn>().outflow_atoms, usdc(2_000));
    // The cap is that of all accounts together.
    assert_fails_with(
        scene.world.send(usdc_of(&scene.bob, usdc(400) + 1)),
        MarginError::WindowCapReached,
    );
    // A hundred dollars an hour are forgotten.
    scene.world.advance(3_600);
    assert_fails_with(
        scene.world.send(usdc_of(&scene.bob, usdc(500) + 1)),
        MarginError::WindowCapReached,
    );
    assert_lands(scene.world.send(usdc_of(&scene.bob, usdc(500))));
    // Whoever brings something in may take it back, and nobody else may take it instead.
    scene.world.deposit(&scene.alice, USDC, usdc(300));
    assert_fails_with(
        scene.world.send(usdc_of(&scene.bob, usdc(300))),
        MarginError::WindowCapReached,
    );
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(300) + 1)),
        MarginError::WindowCapReached,
    );
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(300))));
    // Other collaterals have caps of their own.
    scene.world.deposit(&scene.alice, SOL, sol(1));
    assert_lands(scene.world.send(Withdraw {
        owner: &scene.alice,
        asset: SOL,
        atoms: sol(1),
    }));
    assert_adds_up(&scene.world);
}

#[test]
fn tokens_that_come_and_go_do_not_fill_the_window() {
    let mut scene = Scene::new();
    cap_quote_outflow(&mut scene, 2_400);
    for _ in 0..10 {
        scene.world.deposit(&scene.alice, USDC, usdc(2_400));
        assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(2_400))));
    }
    assert_lands(scene.world.send(usdc_of(&scene.bob, usdc(2_400))));
    // A window later a deposit is as old as any other.
    scene.world.deposit(&scene.alice, USDC, usdc(5_000));
    scene.world.advance(86_400);
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(5_000))),
        MarginError::WindowCapReached,
    );
}

#[test]
fn an_account_older_than_the_window_can_always_withdraw_a_small_amount_a_day() {
    let mut scene = Scene::new();
    cap_quote_outflow(&mut scene, 100);
    // Opened today: its limit would be one of many that somebody opens accounts for.
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(101))),
        MarginError::WindowCapReached,
    );
    // Midnight and a window later.
    scene.world.set_time(tenor_testkit::world::START + 43_200 + 86_400);
    assert_lands(scene.world.send(usdc_of(&scene.bob, usdc(100))));
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(500) + 1)),
        MarginError::WindowCapReached,
    );
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(300))));
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, usdc(200) + 1)),
        MarginError::WindowCapReached,
    );
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(200))));
    // Small amounts do not fill the window beyond its brim.
    assert_eq!(scene.world.picture().collateral(USDC).outflow_atoms, usdc(100));
    scene.world.advance(86_400);
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(500))));
    assert_adds_up(&scene.world);
}

#[test]
fn requires_that_afterwards_the_withdrawal_rule_holds() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 3_000);
    let (world, bob) = (&mut scene.world, &scene.bob);
    let free = world.picture().action_health(bob).withdrawable;
    let atoms = free.to_atoms(6, Round::Down).unwrap().get();
    assert!(atoms > 0 && atoms < usdc(10_000), "the short binds: {atoms}");

    assert_fails_with(world.send(usdc_of(bob, atoms + 1)), MarginError::WithdrawalTooLarge);
    assert_lands(world.send(usdc_of(bob, atoms)));
    assert_fails_with(world.send(usdc_of(bob, 1)), MarginError::WithdrawalTooLarge);
}

#[test]
fn requires_fresh_prices() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 10);
    scene.world.advance(31);
    assert_fails_with(scene.world.send(usdc_of(&scene.bob, 1)), MarginError::PriceStale);
    scene.world.set_price(SOL, usd(200));
    assert_lands(scene.world.send(usdc_of(&scene.bob, 1)));
}

#[test]
fn requires_fresh_risk_arrays() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 10);
    // Too old.
    scene.world.advance(601);
    scene.world.set_price(SOL, usd(200));
    assert_fails_with(scene.world.send(usdc_of(&scene.bob, 1)), MarginError::RiskStale);
    scene.world.refresh();
    assert_lands(scene.world.send(usdc_of(&scene.bob, 1)));
    // Too far: more than half a percent from 200.
    scene.world.set_price(SOL, usd(201));
    assert_lands(scene.world.send(usdc_of(&scene.bob, 1)));
    scene.world.set_price(SOL, usd(202));
    assert_fails_with(scene.world.send(usdc_of(&scene.bob, 1)), MarginError::RiskStale);
    scene.world.refresh();
    assert_lands(scene.world.send(usdc_of(&scene.bob, 1)));
}

#[test]
fn balance_booked_total_and_vault_shrink_by_the_amount() {
    let mut scene = Scene::new();
    scene.world.deposit(&scene.alice, SOL, sol(3));
    let sequence = scene.world.picture().account(&scene.alice).account.sequence;

    let receipt = scene.world.land(usdc_of(&scene.alice, usdc(400)));
    scene.world.land(Withdraw {
        owner: &scene.alice,
        asset: SOL,
        atoms: sol(1),
    });

    let picture = scene.world.picture();
    assert_eq!(picture.balance(&scene.alice, USDC), 9_600_000_000);
    assert_eq!(picture.balance(&scene.alice, SOL), 2_000_000_000);
    assert_eq!(picture.collateral(USDC).booked_total_atoms, usdc(19_600));
    assert_eq!(picture.collateral(SOL).booked_total_atoms, sol(2));
    assert_eq!(scene.world.tokens(&picture.collateral(USDC).vault), usdc(19_600));
    assert_eq!(scene.world.tokens(&scene.alice.wallet(USDC)), usdc(400));
    assert_eq!(receipt.events(), ["Withdrawn"]);
    let event: Withdrawn = receipt.event();
    assert_eq!((event.account, event.sequence), (scene.alice.account(), sequence + 1));
    assert_eq!((event.collateral_index, event.atoms), (0, usdc(400)));
    assert_eq!(event.booked_total_atoms, usdc(19_600));
    assert_adds_up(&scene.world);
}

#[test]
fn unrealised_gains_never_leave_the_house() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.call(200), 1_000);
    let cash = scene.world.picture().balance(&scene.alice, USDC);
    // Ten SOL of calls gain hundreds of dollars.
    scene.world.move_price(SOL, usd(240));
    let picture = scene.world.picture();
    assert!(picture.health(&scene.alice).equity.e9() > cash * 1_000 + 300_000_000_000);

    let cash = u64::try_from(cash).unwrap();
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, cash + 1)),
        MarginError::WithdrawalTooLarge,
    );
    // All her cash is free, for her options are paid in full.
    assert_lands(scene.world.send(usdc_of(&scene.alice, cash)));
}

#[test]
fn gains_of_options_do_not_back_a_withdrawal_of_collateral() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 3_000);
    // Bob's own long calls gain, and are worth nothing to the withdrawal rule.
    scene
        .world
        .trade_at_mark(&scene.bob, &scene.alice, scene.chain.call(220), 2_000);
    scene.world.move_price(SOL, usd(240));
    let health = scene.world.picture().action_health(&scene.bob);
    let cash = scene.world.picture().balance(&scene.bob, USDC);
    assert!(health.equity.e9() > cash * 1_000, "the book is worth something");
    assert!(health.withdrawable.e9() <= cash * 1_000);
}

#[test]
fn an_account_without_positions_can_withdraw_everything() {
    let mut scene = Scene::new();
    scene.world.deposit(&scene.alice, SOL, sol(3));
    assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(10_000))));
    assert_lands(scene.world.send(Withdraw {
        owner: &scene.alice,
        asset: SOL,
        atoms: sol(3),
    }));
    let account = &scene.world.picture().account(&scene.alice).account.clone();
    assert_eq!((account.cash_atoms, account.balances_atoms), (0, [0; 16]));
}

#[test]
fn an_account_without_positions_or_other_collateral_needs_no_price() {
    let mut scene = Scene::new();
    scene.world.advance(100_000);
    let receipt = assert_lands(scene.world.send(usdc_of(&scene.alice, usdc(10_000))));
    println!("withdraw: {} CU", receipt.compute_units);
    assert!(
        receipt.compute_units <= 12_000,
        "{} compute units",
        receipt.compute_units
    );
}

#[test]
fn requires_that_vault_and_destination_are_the_collaterals() {
    let mut scene = Scene::new();
    let mut call = scene.world.call(usdc_of(&scene.alice, 1));
    call.instruction_mut().accounts[4].pubkey = scene.world.picture().collateral(SOL).vault;
    assert_fails_with(scene.world.send(&call), MarginError::WrongVault);
    let mut call = scene.world.call(usdc_of(&scene.alice, 1));
    call.instruction_mut().accounts[5].pubkey = scene.alice.wallet(SOL);
    assert_fails_with(scene.world.send(&call), MarginError::WrongMint);
    assert_lands(scene.world.send(usdc_of(&scene.alice, 1)));
}

#[test]
fn a_settled_debt_cannot_be_withdrawn_before_it_is_paid() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(200), 5_000);
    scene.settle_at(180);
    scene.world.set_price(SOL, usd(180));
    // 5,000 lots are 50 SOL, each of which owes 20 dollars.
    let cash = u64::try_from(scene.world.picture().balance(&scene.bob, USDC)).unwrap();
    let free = cash - usdc(1_000);
    assert_fails_with(
        scene.world.send(usdc_of(&scene.bob, free + 1)),
        MarginError::WithdrawalTooLarge,
    );
    assert_lands(scene.world.send(usdc_of(&scene.bob, free)));
    // Nor can a payout before it is paid: Alice's thousand is no cash yet.
    let cash = u64::try_from(scene.world.picture().balance(&scene.alice, USDC)).unwrap();
    assert_fails_with(
        scene.world.send(usdc_of(&scene.alice, cash + 1)),
        MarginError::WithdrawalTooLarge,
    );
    assert_lands(scene.world.send(usdc_of(&scene.alice, cash)));
}

#[test]
fn requires_risk_arrays_of_the_present_slice() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 10);
    scene.world.advance(1);
    scene.world.post_surface(scene.chain);
    assert_fails_with(scene.world.send(usdc_of(&scene.bob, 1)), MarginError::RiskStale);
    scene.world.refresh_chain(scene.chain);
    assert_lands(scene.world.send(usdc_of(&scene.bob, 1)));
}
