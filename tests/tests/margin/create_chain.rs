//! `create_chain`: lists an expiry.

use crate::scene::ACCOUNT_EXISTS;
use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::ChainCreated;
use tenor_margin::governance::Change;
use tenor_margin::state::MarketLimits;
use tenor_sdk::address;
use tenor_testkit::action::{AddUnderlying, ApplyChange, CreateChain, QueueChange, Tighten};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
use tenor_testkit::{BTC, ChainOf, JITOSOL, SOL, World, assert_fails_with, assert_lands, days, hours, weeks};

fn create(world: &mut World, expiry: i64) -> tenor_testkit::Outcome {
    world.send(CreateChain {
        payer: &anyone(),
        chain: ChainOf { asset: SOL, expiry },
    })
}

#[test]
fn requires_that_the_underlying_is_active() {
    let mut world = World::new();
    let now = world.now();
    world.edit_underlying(SOL, |underlying| underlying.active_from = now + 1);
    assert_fails_with(create(&mut world, FIRST_EXPIRY), MarginError::UnderlyingNotActive);
    world.advance(1);
    assert_lands(create(&mut world, FIRST_EXPIRY));
}

#[test]
fn requires_that_the_expiry_is_on_the_grid() {
    let mut world = World::new();
    for offset in [-1, 1, hours(1), -hours(8), days(1), -days(1), days(3)] {
        let result = create(&mut world, FIRST_EXPIRY + weeks(1) + offset);
        assert_fails_with(result, MarginError::ExpiryNotOnGrid);
    }
    for expiry in [FIRST_EXPIRY - weeks(1), 0, i64::MIN, i64::MAX] {
        assert_fails_with(create(&mut world, expiry), MarginError::ExpiryNotOnGrid);
    }
    // A chain lives at least three hours.
    world.set_time(FIRST_EXPIRY - hours(3) + 1);
    assert_fails_with(create(&mut world, FIRST_EXPIRY), MarginError::ExpiryNotOnGrid);
    let mut world = World::new();
    world.set_time(FIRST_EXPIRY - hours(3));
    assert_lands(create(&mut world, FIRST_EXPIRY));
}

#[test]
fn a_friday_within_eight_weeks_a_months_last_within_26_or_a_quarters_last_within_the_markets_tenor() {
    let mut world = World::new();
    world.edit_underlying(SOL, |underlying| underlying.market.max_tenor_seconds = 364 * 86_400);
    // From 2026-01-09 on: all Fridays to February 27, then the last of March to June, then of September and December.
    let listed = [0, 1, 2, 3, 4, 5, 6, 7, 11, 15, 20, 24, 37, 50];
    for week in 0..60 {
        let result = create(&mut world, FIRST_EXPIRY + weeks(week));
        if listed.contains(&week) {
            assert_lands(result);
        } else {
            assert_fails_with(result, MarginError::ExpiryNotOnGrid);
        }
    }
}

#[test]
fn the_underlyings_table_of_live_expiries_has_it() {
    let mut world = World::new();
    for week in [1, 11, 0] {
        assert_lands(create(&mut world, FIRST_EXPIRY + weeks(week)));
    }
    let table = |world: &World| world.picture().underlying(SOL).expiries;
    let expected = [0, 1, 11].map(|week| FIRST_EXPIRY + weeks(week));
    assert_eq!(
        table(&world)[..4],
        [expected[0], expected[1], expected[2], 0],
        "ascending"
    );

    // Those that passed make room.
    world.set_time(FIRST_EXPIRY);
    assert_lands(create(&mut world, FIRST_EXPIRY + weeks(2)));
    let expected = [1, 2, 11].map(|week| FIRST_EXPIRY + weeks(week));
    assert_eq!(table(&world)[..4], [expected[0], expected[1], expected[2], 0]);
    assert_eq!(
        world.picture().underlying(BTC).expiries,
        [0; 24],
        "others stay as they were"
    );
}

#[test]
fn the_chain_exists_without_strikes_and_the_payer_is_remembered_for_the_rent() {
    let mut world = World::new();
    let payer = world.visitor("payer");
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY,
    };
    let lamports = |world: &World| world.account(&payer.address()).unwrap().lamports();
    let before = lamports(&world);

    let receipt = world.land(CreateChain { payer: &payer, chain });

    let picture = world.picture();
    let created = picture.chain(chain);
    assert!(created.strikes.is_empty());
    assert_eq!(
        (created.chain.house, created.chain.underlying),
        (address::house(), SOL.underlying())
    );
    assert_eq!(
        (created.chain.expiry, created.chain.underlying_index),
        (FIRST_EXPIRY, 0)
    );
    assert_eq!(
        (
            created.chain.settled,
            created.chain.theta_e12,
            created.chain.open_positions
        ),
        (0, 0, 0)
    );
    assert_eq!(created.chain.payout_factor_e9, 1_000_000_000);
    assert_eq!(created.chain.rent_payer, payer.address());
    assert_eq!(
        before - lamports(&world),
        world.account(&chain.address()).unwrap().lamports()
    );
    assert_eq!(receipt.events(), ["ChainCreated"]);
    let event: ChainCreated = receipt.event();
    assert_eq!(
        (event.chain, event.sequence, event.expiry, event.rent_payer),
        (chain.address(), 1, FIRST_EXPIRY, payer.address())
    );
}

#[test]
fn an_underlying_has_one_chain_per_expiry() {
    let mut world = World::new();
    assert_lands(create(&mut world, FIRST_EXPIRY));
    assert_fails_with(create(&mut world, FIRST_EXPIRY), ACCOUNT_EXISTS);
}

/// An asset that only prices a collateral is listed with a tenor of zero. Nobody lists options on it, its parameters can still
/// be changed, and no key can make another asset such a one.
#[test]
fn a_tenor_of_zero_lists_nothing_and_is_chosen_at_listing_alone() {
    let mut world = World::new();
    let mut args = JITOSOL.listing();
    args.market.max_tenor_seconds = 0;
    world.land(AddUnderlying {
        admin: &admin(),
        args,
        approval: None,
    });
    for week in 0..10 {
        let chain = ChainOf {
            asset: JITOSOL,
            expiry: FIRST_EXPIRY + weeks(week),
        };
        let result = world.send(CreateChain {
            payer: &anyone(),
            chain,
        });
        assert_fails_with(result, MarginError::ExpiryNotOnGrid);
    }
    // The tenor alone is why: the grid has eight of these expiries for an asset with options.
    let of_sol = (0..10).filter(|week| create(&mut world, FIRST_EXPIRY + weeks(*week)).is_ok());
    assert_eq!(of_sol.count(), 8);
    let tighten = |world: &mut World, asset: tenor_testkit::Asset, market| {
        world.send(Tighten {
            admin: &admin(),
            change: Change::Market(market),
            of: Some(asset),
        })
    };
    let fewer = MarketLimits {
        max_open_interest_lots: args.market.max_open_interest_lots - 1,
        ..args.market
    };
    assert_lands(tighten(&mut world, JITOSOL, fewer));
    let none = MarketLimits {
        max_tenor_seconds: 0,
        ..SOL.listing().market
    };
    assert_fails_with(tighten(&mut world, SOL, none), MarginError::ParameterOutOfRange);
    let queue = |world: &mut World, asset: tenor_testkit::Asset, market| {
        world.send(QueueChange {
            admin: &admin(),
            change: Change::Market(market),
            of: Some(asset),
        })
    };
    assert_fails_with(queue(&mut world, SOL, none), MarginError::ParameterOutOfRange);
    // A tenor is given to it by a change that waits, and then there is no way back.
    let week = MarketLimits {
        max_tenor_seconds: 604_800,
        ..fewer
    };
    assert_fails_with(tighten(&mut world, JITOSOL, week), MarginError::ChangeLoosens);
    assert_lands(queue(&mut world, JITOSOL, week));
    world.advance(days(2));
    world.land(ApplyChange { number: 0 });
    let chain = ChainOf {
        asset: JITOSOL,
        expiry: FIRST_EXPIRY,
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    assert_fails_with(queue(&mut world, JITOSOL, fewer), MarginError::ParameterOutOfRange);
}
