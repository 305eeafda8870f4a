//! `update_price`: stores a checked price.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::PriceUpdated;
use tenor_sdk::pyth::VerificationLevel;
use tenor_testkit::action::UpdatePrice;
use tenor_testkit::{BTC, Feed, SOL, World, assert_fails_with, assert_lands, usd};

const UPDATE: UpdatePrice = UpdatePrice {
    asset: SOL,
    feed: Pubkey::new_from_array([88; 32]),
};

/// A world ten seconds after SOL's price was stored.
fn world() -> World {
    let mut world = World::new();
    world.advance(10);
    world
}

#[track_caller]
fn refuses(world: &mut World, feed: &Feed, error: MarginError) {
    world.write_feed(UPDATE.feed, feed);
    assert_fails_with(world.send(UPDATE), error);
}

/// The same update without the fault lands.
#[track_caller]
fn accepts(world: &mut World, feed: &Feed) {
    world.write_feed(UPDATE.feed, feed);
    assert_lands(world.send(UPDATE));
}

fn good(world: &World) -> Feed {
    Feed::of(SOL, usd(210), world.now())
}

#[test]
fn requires_that_the_feed_is_owned_by_the_oracle_program() {
    let mut world = world();
    let feed = good(&world);
    refuses(
        &mut world,
        &feed.clone().owned_by(Pubkey::new_from_array([9; 32])),
        MarginError::FeedOwner,
    );
    accepts(&mut world, &feed);
}

#[test]
fn requires_that_the_feed_is_the_underlyings() {
    let mut world = world();
    let feed = good(&world);
    refuses(
        &mut world,
        &feed.clone().but(|update| update.feed_id = BTC.feed_id()),
        MarginError::FeedId,
    );
    accepts(&mut world, &feed);
}

#[test]
fn requires_that_the_feed_is_fully_verified() {
    let mut world = world();
    let feed = good(&world);
    for num_signatures in [0, 5, 13, 255] {
        let partial = |update: &mut tenor_sdk::pyth::PriceUpdate| {
            update.verification_level = VerificationLevel::Partial { num_signatures };
        };
        refuses(&mut world, &feed.clone().but(partial), MarginError::FeedVerification);
    }
    accepts(&mut world, &feed);
}

#[test]
fn requires_that_its_exponent_is_the_listed_one() {
    let mut world = world();
    let feed = good(&world);
    for exponent in [-9, -7, 0, 8, i32::MIN, i32::MAX] {
        refuses(
            &mut world,
            &feed.clone().but(|update| update.exponent = exponent),
            MarginError::FeedExponent,
        );
    }
    accepts(&mut world, &feed);
}

#[test]
fn requires_that_its_price_is_positive() {
    let mut world = world();
    let feed = good(&world);
    for price in [0, -1, i64::MIN] {
        refuses(
            &mut world,
            &feed.clone().but(|update| update.price = price),
            MarginError::PriceNotPositive,
        );
    }
    accepts(&mut world, &feed);
}

#[test]
fn requires_that_its_price_is_not_too_old() {
    let mut world = world();
    world.advance(100);
    let now = world.now();
    refuses(&mut world, &Feed::of(SOL, usd(210), now - 31), MarginError::PriceStale);
    accepts(&mut world, &Feed::of(SOL, usd(210), now - 30));
}

#[test]
fn requires_that_its_price_is_not_from_the_future() {
    let mut world = world();
    let now = world.now();
    refuses(
        &mut world,
        &Feed::of(SOL, usd(210), now + 11),
        MarginError::PriceFromFuture,
    );
    refuses(
        &mut world,
        &Feed::of(SOL, usd(210), i64::MAX),
        MarginError::PriceFromFuture,
    );
    accepts(&mut world, &Feed::of(SOL, usd(210), now + 10));
}

#[test]
fn requires_that_its_price_is_not_older_than_the_stored_one() {
    let mut world = world();
    let stored = world.picture().underlying(SOL).published_at;
    refuses(
        &mut world,
        &Feed::of(SOL, usd(210), stored - 1),
        MarginError::PriceOlderThanStored,
    );
    accepts(&mut world, &Feed::of(SOL, usd(210), stored));
}

#[test]
fn requires_that_its_price_is_certain_enough_to_be_stored() {
    let mut world = world();
    let feed = good(&world);
    // A tenth of 210 dollars is 21 dollars.
    refuses(
        &mut world,
        &feed.clone().but(|update| update.conf = 2_100_000_001),
        MarginError::PriceUncertain,
    );
    accepts(&mut world, &feed.but(|update| update.conf = 2_100_000_000));
}

#[test]
fn price_confidence_publish_time_and_average_are_stored() {
    let mut world = world();
    let published_at = world.now() - 3;
    world.write_feed(
        UPDATE.feed,
        &Feed::of(SOL, usd(210), published_at).but(|update| update.conf = 12_345_678),
    );

    let receipt = world.land(UPDATE);

    let picture = world.picture();
    let stored = picture.underlying(SOL);
    assert_eq!(stored.price_e9, 210_000_000_000);
    assert_eq!(stored.confidence_e9, 123_456_780);
    assert_eq!(stored.published_at, published_at);
    assert!(
        stored.ema_e9 > 200_000_000_000 && stored.ema_e9 < 210_000_000_000,
        "{}",
        stored.ema_e9
    );
    assert_eq!(receipt.events(), ["PriceUpdated"]);
    let event: PriceUpdated = receipt.event();
    assert_eq!((event.underlying, event.price_e9), (SOL.underlying(), 210_000_000_000));
    assert_eq!(
        (event.confidence_e9, event.ema_e9),
        (stored.confidence_e9, stored.ema_e9)
    );
}

#[test]
fn the_average_moves_by_at_most_6_percent_an_hour() {
    let mut world = World::new();
    for _ in 0..60 {
        world.advance(60);
        world.set_price(SOL, usd(400));
    }
    let after_an_hour = world.picture().underlying(SOL).ema_e9;
    assert!(after_an_hour > 200_000_000_000, "the average follows");
    // Six percent an hour, compounded over the steps: at most e^0.06.
    assert!(after_an_hour <= 212_367_309_000, "{after_an_hour}");
}

#[test]
fn price_rounds_down_and_confidence_up() {
    // An exponent of -10 has one digit more than the program keeps.
    let mut world = World::new();
    let fine = tenor_testkit::Asset { symbol: "FINE", ..SOL };
    let args = tenor_margin::instructions::AddUnderlyingArgs {
        feed_exponent: -10,
        ..fine.listing()
    };
    world.land(tenor_testkit::action::AddUnderlying {
        admin: &tenor_testkit::world::admin(),
        args,
    });
    let feed = Feed::of(fine, usd(1), world.now()).but(|update| {
        update.exponent = -10;
        update.price = 19_999_999_999;
        update.conf = 10_000_001;
    });
    world.write_feed(UPDATE.feed, &feed);

    world.land(UpdatePrice { asset: fine, ..UPDATE });

    let picture = world.picture();
    assert_eq!(picture.underlying(fine).price_e9, 1_999_999_999);
    assert_eq!(picture.underlying(fine).confidence_e9, 1_000_001);
}
