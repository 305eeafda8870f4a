//! `update_price`: stores a checked price.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::PriceUpdated;
use tenor_sdk::pyth::{PUSH_PROGRAM, PriceStatus, RECEIVER_PROGRAM, VerificationLevel};
use tenor_testkit::action::UpdatePrice;
use tenor_testkit::oracle::OracleAccount;
use tenor_testkit::{BTC, Feed, PushFeed, SOL, World, assert_fails_with, assert_lands, usd};

const UPDATE: UpdatePrice = UpdatePrice {
    asset: SOL,
    feed: Pubkey::new_from_array([88; 32]),
};

/// The account that the listing names.
fn push_update() -> UpdatePrice {
    UpdatePrice {
        asset: SOL,
        feed: SOL.push_feed(),
    }
}

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

fn good_push(world: &World) -> PushFeed {
    PushFeed::of(usd(210), world.now())
}

#[track_caller]
fn push_refuses(world: &mut World, feed: &PushFeed, error: MarginError) {
    world.write_feed(SOL.push_feed(), feed);
    assert_fails_with(world.send(push_update()), error);
}

#[track_caller]
fn push_accepts(world: &mut World, feed: &PushFeed) {
    world.write_feed(SOL.push_feed(), feed);
    assert_lands(world.send(push_update()));
}

fn stored_e9(world: &World) -> (u64, u64, i64) {
    let picture = world.picture();
    let stored = picture.underlying(SOL);
    (stored.price_e9, stored.confidence_e9, stored.published_at)
}

#[test]
fn requires_that_the_feed_is_owned_by_the_pull_or_the_push_oracles_program() {
    let mut world = world();
    let push = good_push(&world);
    let foreign = Pubkey::new_from_array([9; 32]);
    push_refuses(&mut world, &push.clone().owned_by(foreign), MarginError::FeedOwner);
    // Each oracle's bytes under the other's name: the owner decides how they are read.
    push_refuses(
        &mut world,
        &push.owned_by(Pubkey::new_from_array(RECEIVER_PROGRAM)),
        MarginError::FeedMalformed,
    );
    let feed = good(&world);
    world.write_feed(
        SOL.push_feed(),
        &feed.clone().owned_by(Pubkey::new_from_array(PUSH_PROGRAM)),
    );
    assert_fails_with(world.send(push_update()), MarginError::FeedMalformed);
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
fn requires_that_a_push_feed_is_at_the_underlyings_address() {
    let mut world = world();
    let feed = good_push(&world);
    for elsewhere in [UPDATE.feed, BTC.push_feed()] {
        world.write_feed(elsewhere, &feed);
        let update = UpdatePrice {
            asset: SOL,
            feed: elsewhere,
        };
        assert_fails_with(world.send(update), MarginError::FeedAddress);
    }
    push_accepts(&mut world, &feed);
}

#[test]
fn an_underlying_without_a_push_feed_takes_none() {
    let mut world = World::new();
    let bare = tenor_testkit::Asset { symbol: "BARE", ..SOL };
    let args = tenor_margin::instructions::AddUnderlyingArgs {
        push_feed: Pubkey::default(),
        push_exponent: 0,
        ..bare.listing()
    };
    let admin = tenor_testkit::world::admin();
    world.land(tenor_testkit::action::AddUnderlying {
        admin: &admin,
        args,
        approval: None,
    });
    let feed = good_push(&world).but(|push| push.exponent = 0);
    world.write_feed(bare.push_feed(), &feed);
    let update = UpdatePrice {
        asset: bare,
        feed: bare.push_feed(),
    };
    assert_fails_with(world.send(update), MarginError::FeedAddress);
}

#[test]
fn requires_that_a_push_feed_is_a_price_account_of_the_known_layout() {
    let mut world = world();
    let feed = good_push(&world);
    // The magic number, the version, and the types of a mapping (1) and a product (2) instead of a price (3).
    for (offset, flipped_bits) in [(0, 1), (3, 128), (4, 1), (7, 1), (8, 3 ^ 1), (8, 3 ^ 2), (11, 1)] {
        let other = feed.clone().with_header_byte(offset, flipped_bits);
        push_refuses(&mut world, &other, MarginError::FeedMalformed);
    }
    push_refuses(&mut world, &feed.clone().cut_by(1), MarginError::FeedMalformed);
    push_refuses(&mut world, &feed.clone().cut_by(3_312), MarginError::FeedMalformed);
    // A status that the oracle does not have.
    let mut account = feed.account();
    solana_account::WritableAccount::data_as_mut_slice(&mut account)[224] = 5;
    world.set_account(SOL.push_feed(), account);
    assert_fails_with(world.send(push_update()), MarginError::FeedMalformed);
    push_accepts(&mut world, &feed);
}

#[test]
fn a_push_price_that_is_not_trading_is_its_last_one_that_was_with_its_time() {
    for status in [
        PriceStatus::Unknown,
        PriceStatus::Halted,
        PriceStatus::Auction,
        PriceStatus::Ignored,
    ] {
        let mut world = world();
        let feed = PushFeed::of(usd(999), world.now()).but(|push| {
            push.status = status;
            (push.prev_price, push.prev_conf) = (209_000_000_000, 77_000_000);
            push.prev_publish_time_secs -= 3;
        });
        push_accepts(&mut world, &feed);
        assert_eq!(stored_e9(&world), (209_000_000_000, 77_000_000, world.now() - 4));

        // Halted for longer than a price may be old, and never traded.
        let mut world = self::world();
        world.advance(100);
        let feed = PushFeed::of(usd(999), world.now()).but(|push| {
            push.status = status;
            push.prev_publish_time_secs = push.publish_time_secs - 31;
        });
        push_refuses(&mut world, &feed, MarginError::PriceStale);
        let feed = feed.but(|push| (push.prev_price, push.prev_publish_time_secs) = (0, push.publish_time_secs));
        push_refuses(&mut world, &feed, MarginError::PriceNotPositive);
    }
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
fn requires_that_a_push_feeds_exponent_is_the_one_listed_for_its_oracle() {
    let mut world = world();
    let feed = good_push(&world);
    for exponent in [-10, -8, 0, 8, i32::MIN, i32::MAX] {
        push_refuses(
            &mut world,
            &feed.clone().but(|push| push.exponent = exponent),
            MarginError::FeedExponent,
        );
    }
    push_accepts(&mut world, &feed);
}

#[test]
fn requires_that_its_price_is_positive() {
    let mut world = world();
    let push = good_push(&world);
    for price in [0, -1, i64::MIN] {
        push_refuses(
            &mut world,
            &push.clone().but(|push| push.price = price),
            MarginError::PriceNotPositive,
        );
    }
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
    push_refuses(&mut world, &PushFeed::of(usd(210), now - 31), MarginError::PriceStale);
    push_accepts(&mut world, &PushFeed::of(usd(210), now - 30));
    let mut world = self::world();
    world.advance(100);
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
    for time in [now + 11, i64::MAX] {
        push_refuses(&mut world, &PushFeed::of(usd(210), time), MarginError::PriceFromFuture);
    }
    accepts(&mut world, &Feed::of(SOL, usd(210), now + 10));
    let mut world = self::world();
    push_accepts(&mut world, &PushFeed::of(usd(210), now + 10));
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
    push_refuses(
        &mut world,
        &PushFeed::of(usd(210), stored - 1),
        MarginError::PriceOlderThanStored,
    );
    accepts(&mut world, &Feed::of(SOL, usd(210), stored + 1));
    // Whichever oracle stored it.
    push_accepts(&mut world, &PushFeed::of(usd(211), stored + 3));
    refuses(
        &mut world,
        &Feed::of(SOL, usd(210), stored + 2),
        MarginError::PriceOlderThanStored,
    );
}

#[test]
fn a_price_of_the_second_that_is_stored_changes_nothing() {
    let mut world = world();
    let now = world.now();
    accepts(&mut world, &Feed::of(SOL, usd(210), now));
    let before = *world.picture().underlying(SOL);

    world.write_feed(UPDATE.feed, &Feed::of(SOL, usd(150), now));
    let again = world.land(UPDATE);
    world.write_feed(SOL.push_feed(), &PushFeed::of(usd(250), now));
    let other_oracle = world.land(push_update());

    assert_eq!(*world.picture().underlying(SOL), before);
    assert!(again.events().is_empty() && other_oracle.events().is_empty());
    // It is still checked.
    refuses(
        &mut world,
        &Feed::of(SOL, usd(150), now).but(|update| update.price = 0),
        MarginError::PriceNotPositive,
    );
    // The other way round.
    world.advance(1);
    push_accepts(&mut world, &PushFeed::of(usd(220), now + 1));
    accepts(&mut world, &Feed::of(SOL, usd(150), now + 1));
    assert_eq!(stored_e9(&world), (220_000_000_000, 220_000_000, now + 1));
}

#[test]
fn requires_that_its_price_is_certain_enough_to_be_stored() {
    let mut world = world();
    let feed = good(&world);
    // A tenth of 210 dollars is 21 dollars.
    let push = good_push(&world);
    push_refuses(
        &mut world,
        &push.clone().but(|push| push.conf = 21_000_000_001),
        MarginError::PriceUncertain,
    );
    let mut other = self::world();
    push_accepts(&mut other, &push.but(|push| push.conf = 21_000_000_000));
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
fn price_confidence_publish_time_and_average_of_a_push_feed_are_stored() {
    let mut world = world();
    let published_at = world.now() - 3;
    world.write_feed(
        SOL.push_feed(),
        &PushFeed::of(usd(210), published_at).but(|push| push.conf = 123_456_789),
    );

    let receipt = world.land(push_update());

    assert_eq!(stored_e9(&world), (210_000_000_000, 123_456_789, published_at));
    assert_eq!(receipt.events(), ["PriceUpdated"]);
    let event: PriceUpdated = receipt.event();
    assert_eq!((event.price_e9, event.published_at), (210_000_000_000, published_at));
}

#[test]
fn the_average_closes_its_part_of_the_gap_or_6_percent_an_hour() {
    // From 200 to 210 dollars in 10 seconds: 10 x 10 / 3,610 = 0.027700831 dollars, below 200 x 6% x 10 / 3,600.
    let mut world = world();
    let feed = good(&world);
    accepts(&mut world, &feed);
    assert_eq!(world.picture().underlying(SOL).ema_e9, 200_027_700_831);
    // From 200 to 400 in 60 seconds: not 200 x 60 / 3,660 but 200 x 6% x 60 / 3,600 = 0.2 dollars.
    let mut world = World::new();
    world.advance(60);
    world.set_price(SOL, usd(400));
    assert_eq!(world.picture().underlying(SOL).ema_e9, 200_200_000_000);
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
        approval: None,
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

#[test]
fn either_oracles_price_costs_less_than_4_500_compute_units() {
    let mut world = world();
    let now = world.now();
    world.write_feed(UPDATE.feed, &Feed::of(SOL, usd(210), now));
    let pull = world.land(UPDATE).compute_units;
    world.write_feed(SOL.push_feed(), &PushFeed::of(usd(211), now + 1));
    let push = world.land(push_update()).compute_units;
    let second = world.land(push_update()).compute_units;
    println!("pull {pull}, push {push}, of the stored second {second}");
    assert!(pull < 4_500 && push < 4_500 && second < push, "{pull} {push} {second}");
}
