//! `create_chain`: lists an expiry.

use crate::scene::ACCOUNT_EXISTS;
use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::ChainCreated;
use tenor_sdk::address;
use tenor_testkit::action::CreateChain;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{ChainOf, SOL, World, assert_fails_with, assert_lands, days, hours, weeks};

fn create(world: &mut World, expiry: i64) -> tenor_testkit::Outcome {
    world.send(CreateChain {
        payer: &anyone(),
        chain: ChainOf { asset: SOL, expiry },
    })
}

#[test]
fn requires_that_the_expiry_is_a_friday_0800_utc() {
    let mut world = World::new();
    for offset in [-1, 1, hours(1), -hours(8), days(1), -days(1), days(3)] {
        let result = create(&mut world, FIRST_EXPIRY + weeks(1) + offset);
        assert_fails_with(result, MarginError::ExpiryNotOnGrid);
    }
    // 2026-01-16 and 2026-01-23 are Fridays.
    assert_lands(create(&mut world, 1_768_550_400));
    assert_lands(create(&mut world, 1_769_155_200));
}

#[test]
fn requires_that_the_expiry_is_within_the_markets_tenor() {
    let mut world = World::new();
    let farthest = FIRST_EXPIRY + weeks(25);
    assert!(farthest - world.now() <= days(180) && farthest + weeks(1) - world.now() > days(180));
    assert_fails_with(create(&mut world, farthest + weeks(1)), MarginError::ExpiryNotOnGrid);
    assert_fails_with(
        create(&mut world, FIRST_EXPIRY - weeks(1)),
        MarginError::ExpiryNotOnGrid,
    );
    assert_fails_with(create(&mut world, 0), MarginError::ExpiryNotOnGrid);
    assert_fails_with(create(&mut world, i64::MIN), MarginError::ExpiryNotOnGrid);
    assert_fails_with(create(&mut world, i64::MAX), MarginError::ExpiryNotOnGrid);
    assert_lands(create(&mut world, farthest));

    // A chain lives at least three hours.
    world.set_time(FIRST_EXPIRY - hours(3) + 1);
    assert_fails_with(create(&mut world, FIRST_EXPIRY), MarginError::ExpiryNotOnGrid);
    let mut world = World::new();
    world.set_time(FIRST_EXPIRY - hours(3));
    assert_lands(create(&mut world, FIRST_EXPIRY));
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
        (event.chain, event.expiry, event.rent_payer),
        (chain.address(), FIRST_EXPIRY, payer.address())
    );
}

#[test]
fn an_underlying_has_one_chain_per_expiry() {
    let mut world = World::new();
    assert_lands(create(&mut world, FIRST_EXPIRY));
    assert_fails_with(create(&mut world, FIRST_EXPIRY), ACCOUNT_EXISTS);
}
