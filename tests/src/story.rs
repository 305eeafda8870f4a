//! The whole story, told on any bank: list, open, trade, fall, touch, slices to the end, settle, withdraw.

use tenor_testkit::action::{LiquidateSlice, SettleAccount, Touch, Withdraw};
use tenor_testkit::bank::Bank;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, Asset, SOL, USDC, World, sol, usd, usdc};

/// Seconds between two slices.
const PAUSE_SECONDS: i64 = 20;
/// Slices after which the auction has ended for certain.
const MOST_SLICES: u32 = 20;

/// Tells the story and checks after every chapter that everything adds up.
pub fn tell<B: Bank>(world: &mut World<B>) {
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &[160, 180, 200, 220, 240]);
    assert_adds_up(world);

    let writer = world.trader("writer", &[(USDC, usdc(2_000)), (SOL, sol(4))]);
    let buyer = world.trader("buyer", &[(USDC, usdc(5_000))]);
    let liquidator = world.trader("liquidator", &[(USDC, usdc(50_000))]);
    assert_adds_up(world);

    let put = chain.put(180);
    world.trade_at_mark(&buyer, &writer, put, 8_000);
    world.trade_at_mark(&writer, &buyer, chain.call(220), 1_000);
    assert_eq!(world.picture().open_interest(put), 8_000);
    assert_adds_up(world);

    fall(world, &writer);
    world.land(Touch { of: &writer });
    assert_adds_up(world);

    let slices = liquidate_to_the_end(world, &writer, &liquidator);
    assert!(slices > 0, "the auction sold nothing");
    let health = world.picture().health(&writer);
    assert!(health.equity.e9() > 0, "a liquidation made equity negative");
    assert!(
        health.maintenance_health().unwrap().e9() >= 0,
        "the auction ended while the account is unhealthy"
    );
    assert!(
        world.picture().lots(&liquidator, put) < 0,
        "the liquidator took over shorts"
    );

    world.settle(chain, usd(165));
    for actor in [&buyer, &writer, &liquidator] {
        world.land(SettleAccount { chain, of: actor });
        assert_adds_up(world);
    }

    for actor in [&buyer, &writer, &liquidator] {
        withdraw_everything(world, actor);
        assert_adds_up(world);
    }
    // Only what rounding kept is left: less than an atom of each account that was paid.
    let left = world.tokens(&world.picture().collateral(USDC).vault);
    assert!(left < 3, "{left} atoms are left");
    assert_eq!(world.tokens(&world.picture().collateral(SOL).vault), 0);
}

/// The price falls dollar by dollar until the account no longer meets its maintenance requirement.
pub fn fall<B: Bank>(world: &mut World<B>, writer: &Actor) {
    for dollars in (100..SOL.first_price_usd).rev() {
        world.advance(60);
        world.move_price(SOL, usd(dollars));
        if world.picture().health(writer).is_certainly_unhealthy().unwrap() {
            return;
        }
    }
    panic!("the account is healthy at any price");
}

/// Takes slice after slice until the auction ends; returns how many it took.
pub fn liquidate_to_the_end<B: Bank>(world: &mut World<B>, of: &Actor, liquidator: &Actor) -> u32 {
    for slices in 0..MOST_SLICES {
        if !world.picture().account(of).account.liquidation.is_active() {
            return slices;
        }
        world.advance(PAUSE_SECONDS);
        world.refresh();
        let slice = LiquidateSlice::largest(of, liquidator, &world.picture());
        world.land(slice);
        assert_adds_up(world);
    }
    panic!("the auction does not end");
}

/// An account without positions can withdraw all that it holds.
pub fn withdraw_everything<B: Bank>(world: &mut World<B>, owner: &Actor) {
    for asset in [USDC, SOL] {
        withdraw_all(world, owner, asset);
    }
}

fn withdraw_all<B: Bank>(world: &mut World<B>, owner: &Actor, asset: Asset) {
    world.refresh();
    let held = world.picture().balance(owner, asset);
    if let Ok(atoms @ 1..) = u64::try_from(held) {
        let before = world.tokens(&owner.wallet(asset));
        world.land(Withdraw { owner, asset, atoms });
        assert_eq!(world.tokens(&owner.wallet(asset)), before + atoms);
    }
}
