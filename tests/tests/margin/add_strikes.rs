//! `add_strikes`: lists strikes of a chain.

use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::StrikesAdded;
use tenor_math::quantity::Price;
use tenor_testkit::action::{AddStrikes, CreateChain};
use tenor_testkit::bank::rent;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{ChainOf, SOL, World, assert_fails_with, assert_lands, usd};

const CHAIN: ChainOf = ChainOf {
    asset: SOL,
    expiry: FIRST_EXPIRY,
};

/// SOL at 200 and a chain without strikes.
fn world() -> World {
    let mut world = World::new();
    world.land(CreateChain {
        payer: &anyone(),
        chain: CHAIN,
    });
    world
}

fn add(world: &mut World, strikes: &[Price]) -> tenor_testkit::Outcome {
    world.send(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: strikes.to_vec(),
    })
}

#[test]
fn requires_that_the_price_is_fresh() {
    let mut world = world();
    world.advance(31);
    assert_fails_with(add(&mut world, &[usd(200)]), MarginError::PriceStale);
    world.set_price(SOL, usd(200));
    assert_lands(add(&mut world, &[usd(200)]));
}

#[test]
fn requires_that_the_chain_has_not_expired() {
    let mut world = world();
    world.set_time(FIRST_EXPIRY - 1);
    world.set_price(SOL, usd(200));
    assert_lands(add(&mut world, &[usd(200)]));
    world.set_time(FIRST_EXPIRY);
    assert_fails_with(add(&mut world, &[usd(205)]), MarginError::ChainExpired);
}

#[test]
fn requires_that_each_strike_is_on_the_grid() {
    let mut world = world();
    for strike in [
        Price::from_e9(0),
        usd(201),
        usd(199),
        Price::from_e9(200_000_000_001),
        Price::from_e9(1),
    ] {
        assert_fails_with(add(&mut world, &[strike]), MarginError::StrikeNotOnGrid);
        assert_fails_with(add(&mut world, &[usd(200), strike]), MarginError::StrikeNotOnGrid);
    }
    assert_lands(add(&mut world, &[usd(200)]));
}

#[test]
fn requires_that_each_strike_is_inside_the_window_around_spot_which_rounds_inward() {
    let mut world = world();
    // A quarter of spot to four times spot: 50 to 800 dollars.
    for strike in [usd(45), usd(805), Price::from_e9(u64::MAX)] {
        assert_fails_with(add(&mut world, &[strike]), MarginError::StrikeNotOnGrid);
    }
    assert_lands(add(&mut world, &[usd(50), usd(800)]));

    // At a price one unit higher a quarter of it is above 50 dollars.
    let mut world = self::world();
    world.set_price(SOL, Price::from_e9(200_000_000_010));
    assert_fails_with(add(&mut world, &[usd(50)]), MarginError::StrikeNotOnGrid);
    world.set_price(SOL, Price::from_e9(199_999_999_990));
    assert_fails_with(add(&mut world, &[usd(800)]), MarginError::StrikeNotOnGrid);
}

#[test]
fn requires_that_each_strike_is_new() {
    let mut world = world();
    assert_fails_with(
        add(&mut world, &[usd(200), usd(210), usd(200)]),
        MarginError::DuplicateEntry,
    );
    assert_lands(add(&mut world, &[usd(200), usd(210)]));
    assert_fails_with(add(&mut world, &[usd(210)]), MarginError::StrikeExists);
    assert_fails_with(add(&mut world, &[usd(220), usd(200)]), MarginError::StrikeExists);
    assert_lands(add(&mut world, &[usd(220)]));
}

#[test]
fn requires_that_the_chain_has_room() {
    let strikes: Vec<Price> = (10..75).map(|step| usd(5 * step)).collect();
    let mut world = world();
    assert_fails_with(add(&mut world, &[]), MarginError::WrongListLength);
    assert_fails_with(add(&mut world, &strikes[..17]), MarginError::WrongListLength);
    for part in strikes[..64].chunks(16) {
        assert_lands(add(&mut world, part));
    }
    assert_fails_with(add(&mut world, &strikes[64..]), MarginError::ChainFull);
}

#[test]
fn the_strikes_are_appended_without_a_risk_array_and_the_payer_pays_the_rent_of_the_growth() {
    let mut world = world();
    let payer = world.visitor("payer");
    let lamports = |world: &World| world.account(&payer.address()).unwrap().lamports();
    let before = lamports(&world);
    let length = world.account(&CHAIN.address()).unwrap().data().len();

    let strikes = vec![usd(200), usd(180), usd(220)];
    let receipt = world.land(AddStrikes {
        payer: &payer,
        chain: CHAIN,
        strikes,
    });

    let picture = world.picture();
    let listed = &picture.chain(CHAIN).strikes;
    let prices: Vec<u64> = listed.iter().map(|strike| strike.price_e9 / 1_000_000_000).collect();
    assert_eq!(prices, [200, 180, 220], "in the order of the call");
    assert!(
        listed
            .iter()
            .all(|strike| strike.reference_price_e9 == 0 && strike.pnl_e9 == [0; 33])
    );
    let grown = world.account(&CHAIN.address()).unwrap().data().len();
    assert_eq!(grown - length, 3 * 416, "416 bytes a strike");
    assert_eq!(before - lamports(&world), rent(grown) - rent(length));
    assert_eq!(receipt.events(), ["StrikesAdded"]);
    let event: StrikesAdded = receipt.event();
    assert_eq!((event.chain, event.first_slot), (CHAIN.address(), 0));
    assert_eq!(event.prices_e9, [200_000_000_000, 180_000_000_000, 220_000_000_000]);
}

#[test]
fn slots_of_listed_strikes_never_change() {
    let mut world = world();
    world.land(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: vec![usd(200), usd(180)],
    });
    world.post_surface(CHAIN);
    world.refresh_chain(CHAIN);
    let before = world.picture().chain(CHAIN).strikes.clone();

    let receipt = world.land(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: vec![usd(150), usd(190)],
    });

    assert_eq!(world.picture().chain(CHAIN).strikes[..2], before[..]);
    assert_eq!(receipt.event::<StrikesAdded>().first_slot, 2);
    assert_eq!(world.picture().strike_slot(CHAIN.call(190)), 3);
}
