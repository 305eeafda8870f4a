//! `transfer_position` between an account that is in trouble, or that has gains which nobody realised, and another of its
//! owner.

use crate::scene::{Distress, Winner};
use tenor_margin::MarginError;
use tenor_testkit::action::{LiquidateSlice, OpenAccount, Touch, TransferPosition};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Instrument, Outcome, USDC, World, assert_fails_with, assert_lands, usdc};

/// A second account of an owner with some dollars.
fn second(world: &mut World, owner: &Actor, dollars: u64) -> Actor {
    let second = owner.with_account_number(1);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 8,
    });
    if dollars > 0 {
        world.deposit(&second, USDC, usdc(dollars));
    }
    second
}

fn move_lots(world: &mut World, from: &Actor, to: &Actor, option: Instrument, lots: i64) -> Outcome {
    world.send(TransferPosition { from, to, option, lots })
}

// An account in distress

#[test]
fn shorts_leave_an_account_in_distress_for_one_that_can_bear_them() {
    let mut distress = Distress::new();
    let (writer, put) = (distress.writer.clone(), distress.chain.put(180));
    let world = &mut distress.world;
    let rich = second(world, &writer, 50_000);
    assert_lands(move_lots(world, &writer, &rich, put, -8_000));
    assert_fails_with(world.send(Touch { of: &writer }), MarginError::AccountHealthy);
    assert_fails_with(world.send(Touch { of: &rich }), MarginError::AccountHealthy);
    let picture = world.picture();
    assert_eq!([&writer, &rich].map(|of| picture.lots(of, put)), [0, -8_000]);
    assert_adds_up(world);
}

#[test]
fn a_rescue_ends_an_auction_that_runs() {
    let mut distress = Distress::touched();
    let (writer, put) = (distress.writer.clone(), distress.chain.put(180));
    let rich = second(&mut distress.world, &writer, 50_000);
    let decided = distress.world.call(LiquidateSlice::largest(
        &writer,
        &distress.liquidator,
        &distress.world.picture(),
    ));
    let world = &mut distress.world;
    assert_lands(move_lots(world, &writer, &rich, put, -8_000));
    // What a liquidator decided before is void, and the next look at the account ends the auction.
    assert_fails_with(world.send(decided), MarginError::SequenceMismatch);
    world.land(Touch { of: &writer });
    assert!(!world.picture().account(&writer).account.liquidation.is_active());
    assert_adds_up(world);
}

#[test]
fn a_rescuer_that_would_be_in_distress_itself_is_refused() {
    let mut distress = Distress::new();
    let (writer, put) = (distress.writer.clone(), distress.chain.put(180));
    let world = &mut distress.world;
    let poor = second(world, &writer, 100);
    for lots in [-1_000, -8_000] {
        let result = move_lots(world, &writer, &poor, put, lots);
        assert_fails_with(result, MarginError::WithdrawalTooLarge);
    }
}

// Gains that nobody realised

/// Shorts cost something to be rid of, and a transfer pays nothing for them: gains would pay, and the account that gave would
/// have its collateral free.
#[test]
fn shorts_are_not_paid_for_by_gains_of_the_account_that_takes_them() {
    let mut winner = Winner::new();
    let (carol, rich, put) = (winner.carol.clone(), winner.rich.clone(), winner.bitcoin.put(100_000));
    let world = &mut winner.world;
    let of_carol = second(world, &carol, 10_000);
    world.trade_at_mark(&rich, &of_carol, put, 100);
    // Her gains would meet the initial requirement of it; her cash does not.
    assert_fails_with(
        move_lots(world, &of_carol, &carol, put, -100),
        MarginError::WithdrawalTooLarge,
    );
    world.deposit(&carol, USDC, usdc(1_000));
    assert_lands(move_lots(world, &of_carol, &carol, put, -100));
    assert_adds_up(world);
}

/// The account that gives must meet the withdrawal rule afterwards, also where it gives only what burdens it.
#[test]
fn an_account_with_gains_that_gives_shorts_meets_the_withdrawal_rule_afterwards() {
    let mut winner = Winner::who_wrote_puts();
    let (carol, put) = (winner.carol.clone(), winner.bitcoin.put(90_000));
    assert!(winner.withdrawable(&carol) < 0);
    let held = winner.world.picture().lots(&carol, put);
    let of_carol = second(&mut winner.world, &carol, 100_000);
    let world = &mut winner.world;
    assert_lands(move_lots(world, &carol, &of_carol, put, held));
    assert!(winner.withdrawable(&carol) >= 0);
    assert_adds_up(&winner.world);
}

/// Longs that are worth something may not go to the other account while what stays needs them.
#[test]
fn gains_do_not_leave_an_account_that_they_secure() {
    let mut winner = Winner::who_wrote_puts();
    let (carol, call) = (winner.carol.clone(), winner.chain.call(160));
    let of_carol = second(&mut winner.world, &carol, 0);
    for lots in [1, 1_000] {
        let result = move_lots(&mut winner.world, &carol, &of_carol, call, lots);
        assert_fails_with(result, MarginError::WithdrawalTooLarge);
    }
}
