//! How many underlyings and collaterals an account may depend on, wherever something new can come in.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::instructions::AddCollateralArgs;
use tenor_testkit::action::{
    AddCollateral, AddUnderlying, Deposit, LiquidateSlice, OpenAccount, Quote, Touch, Trade, Transfer, TransferPosition,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
use tenor_testkit::{
    Actor, Asset, BTC, ChainOf, ETH, SOL, USDC, World, assert_fails_with, assert_lands, usd, usdc, weeks,
};

const fn like_sol(symbol: &'static str) -> Asset {
    Asset { symbol, ..SOL }
}

/// With SOL, BTC and ETH nine underlyings.
const OTHERS: [Asset; 6] = [
    like_sol("ADA"),
    like_sol("DOT"),
    like_sol("XRP"),
    like_sol("BNB"),
    like_sol("LTC"),
    like_sol("TON"),
];
/// Tokens with the scenarios of SOL.
const STAKED: [Asset; 3] = [like_sol("stA"), like_sol("stB"), like_sol("stC")];

/// A world that lists them all, with an account of the standard and of the large class.
fn scene() -> (World, Actor, Actor) {
    let mut world = World::new();
    for asset in OTHERS.iter().chain([&ETH]) {
        world.set_account(asset.mint(), mint_account(*asset));
        world.list_asset(*asset);
        world.set_price(*asset, usd(asset.first_price_usd));
    }
    for (asset, feed) in STAKED.iter().zip(9..) {
        world.set_account(asset.mint(), mint_account(*asset));
        world.allow_listing();
        world.land(AddUnderlying {
            admin: &admin(),
            args: asset.listing(),
            approval: None,
        });
        let args = AddCollateralArgs {
            scenario_index: 0,
            ..asset.collateral(feed)
        };
        world.land(AddCollateral {
            admin: &admin(),
            asset: *asset,
            args,
            approval: None,
        });
        world.set_price(*asset, usd(asset.first_price_usd));
    }
    let [small, large] = [("small", 64), ("large", 256)].map(|(name, capacity)| open(&mut world, name, capacity));
    (world, small, large)
}

fn open(world: &mut World, name: &str, capacity: u16) -> Actor {
    let owner = world.visitor(name);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &owner,
        capacity,
    });
    world.deposit(&owner, USDC, usdc(100_000));
    owner
}

/// A tenth of a token, from the owner's wallet.
fn bring<'a>(world: &mut World, owner: &'a Actor, asset: Asset) -> Deposit<'a> {
    let atoms = 10_u64.pow(asset.decimals.into()) / 10;
    world.set_wallet(owner, asset, atoms);
    Deposit {
        depositor: owner,
        to: owner,
        asset,
        atoms,
    }
}

fn hold(world: &mut World, owner: &Actor, assets: &[Asset]) {
    for asset in assets {
        let deposit = bring(world, owner, *asset);
        assert_lands(world.send(deposit));
    }
}

fn chain(world: &mut World, asset: Asset) -> ChainOf {
    world.list_chain(asset, FIRST_EXPIRY + weeks(1), &[asset.first_price_usd])
}

fn at_mark<'a>(world: &World, buyer: &'a Actor, seller: &'a Actor, chain: ChainOf) -> Trade<'a> {
    let option = chain.call(chain.asset.first_price_usd);
    let price = world.picture().mark(option);
    let quotes = vec![Quote { option, lots: 1, price }];
    Trade { buyer, seller, quotes }
}

#[test]
fn a_deposit_may_not_be_of_the_ninth_underlying() {
    let (mut world, small, _) = scene();
    hold(&mut world, &small, &[SOL, BTC, ETH]);
    hold(&mut world, &small, &OTHERS[..5]);
    let ninth = bring(&mut world, &small, OTHERS[5]);
    assert_fails_with(world.send(ninth), MarginError::TooManyUnderlyings);
    // Tokens that share scenarios are no other underlying.
    hold(&mut world, &small, &STAKED);
    hold(&mut world, &small, &[SOL]);
}

#[test]
fn a_large_account_holds_two_underlyings_and_four_collaterals() {
    let (mut world, _, large) = scene();
    hold(&mut world, &large, &[SOL, BTC]);
    let third = bring(&mut world, &large, ETH);
    assert_fails_with(world.send(third), MarginError::TooManyUnderlyings);
    hold(&mut world, &large, &STAKED[..2]);
    let fifth = bring(&mut world, &large, STAKED[2]);
    assert_fails_with(world.send(fifth), MarginError::TooManyCollaterals);
    hold(&mut world, &large, &[USDC, SOL, STAKED[0]]);
}

#[test]
fn neither_side_of_a_trade_may_open_one_too_many() {
    let (mut world, small, large) = scene();
    let [of_sol, of_btc, of_eth] = [SOL, BTC, ETH].map(|asset| chain(&mut world, asset));
    for chain in [of_sol, of_btc] {
        let trade = at_mark(&world, &small, &large, chain);
        assert_lands(world.send(trade));
    }
    for (buyer, seller) in [(&large, &small), (&small, &large)] {
        let trade = at_mark(&world, buyer, seller, of_eth);
        assert_fails_with(world.send(trade), MarginError::TooManyUnderlyings);
    }
    let back = at_mark(&world, &large, &small, of_sol);
    assert_lands(world.send(back));
    let other = at_mark(&world, &small, &large, of_eth);
    assert_lands(world.send(other));
    assert_adds_up(&world);
}

#[test]
fn neither_kind_of_transfer_brings_one_too_many() {
    let (mut world, small, _) = scene();
    let bob = open(&mut world, "bob", 64);
    let second = small.with_account_number(1);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 256,
    });
    hold(&mut world, &small, &[SOL, BTC, ETH]);
    hold(&mut world, &second, &[SOL, BTC]);
    let of_eth = chain(&mut world, ETH);
    let trade = at_mark(&world, &small, &bob, of_eth);
    assert_lands(world.send(trade));
    world.deposit(&second, USDC, usdc(1_000));
    let atoms = |asset| Transfer {
        from: &small,
        to: &second,
        asset,
        atoms: 1,
    };
    let lots = TransferPosition {
        from: &small,
        to: &second,
        option: of_eth.call(ETH.first_price_usd),
        lots: 1,
    };
    assert_fails_with(world.send(atoms(ETH)), MarginError::TooManyUnderlyings);
    assert_fails_with(world.send(lots), MarginError::TooManyUnderlyings);
    assert_lands(world.send(atoms(SOL)));
}

#[test]
fn a_liquidator_takes_no_more_than_its_class_allows() {
    let (mut world, small, large) = scene();
    let bob = open(&mut world, "bob", 64);
    let of_eth = chain(&mut world, ETH);
    let trade = at_mark(&world, &bob, &small, of_eth);
    assert_lands(world.send(trade));
    hold(&mut world, &large, &[SOL, BTC]);
    let health = world.picture().health(&small);
    let spare = health.equity.e9() - health.maintenance.e9() / 2;
    world.edit_account(&small, |account| account.cash_atoms -= spare / 1_000);
    assert_lands(world.send(Touch { of: &small }));
    let slice = |liquidator| LiquidateSlice::largest(&small, liquidator, &world.picture());
    let (of_large, of_bob) = (slice(&large), slice(&bob));
    assert_fails_with(world.send(of_large), MarginError::TooManyUnderlyings);
    assert_lands(world.send(of_bob));
}

#[test]
fn of_two_large_accounts_that_fall_short_neither_reduces_with_the_other() {
    let mut scene = Scene::new();
    let [writer, holder] = ["writer", "holder"].map(|name| open(&mut scene.world, name, 256));
    let small = open(&mut scene.world, "small", 64);
    let (straddle, world) = ([scene.chain.call(200), scene.chain.put(200)], &mut scene.world);
    for option in straddle {
        world.trade_at_mark(&holder, &writer, option, 200);
        world.trade_at_mark(&small, &writer, option, 200);
    }
    // The holder is short of other options, or it could not fall short.
    world.trade_at_mark(&small, &holder, scene.chain.call(220), 400);
    for actor in [&writer, &holder] {
        let health = world.picture().health(actor);
        // Near a liquidation, so that an eighth less does not heal it.
        let spare = health.equity.e9() - (7 * health.maintenance.e9() + health.initial.e9()) / 8;
        world.edit_account(actor, |account| account.cash_atoms -= spare / 1_000);
        assert!(world.picture().action_health(actor).initial_health().unwrap().e9() < 0);
    }
    let quotes: Vec<Quote> = straddle
        .map(|option| Quote {
            option,
            lots: 50,
            price: world.picture().mark(option),
        })
        .to_vec();
    let reduce = |buyer, seller| Trade {
        buyer,
        seller,
        quotes: quotes.clone(),
    };
    // The writer buys back: with the holder it may not, with somebody else it may.
    assert_fails_with(world.send(reduce(&writer, &holder)), MarginError::LargeReductions);
    assert_lands(world.send(reduce(&writer, &small)));
}
