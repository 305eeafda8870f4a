//! `mark_hour`, and the range in `update_price`: the variance follows one mark an hour, and the range the variance.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::{HourMarked, PriceUpdated};
use tenor_math::quantity::Price;
use tenor_sdk::pyth::VerificationLevel;
use tenor_testkit::action::{MarkHour, UpdatePrice};
use tenor_testkit::world::START;
use tenor_testkit::{BTC, Feed, Outcome, SOL, World, assert_fails_with, assert_lands, hours, usd};

const FEED: Pubkey = Pubkey::new_from_array([91; 32]);
const HOUR: i64 = START / 3_600;

/// SOL at 200, first marked at noon.
fn world() -> World {
    let world = World::new();
    let stored = *world.picture().underlying(SOL);
    assert_eq!(
        (stored.variance_hour, stored.variance_price_e9),
        (HOUR, 200_000_000_000)
    );
    assert_eq!((stored.hourly_variance_q62, stored.range_e9), (0, 180_000_000));
    world
}

/// An update of SOL with its predecessor's time.
fn update(dollars: u64, previous: i64, published: i64) -> Feed {
    Feed::of(SOL, usd(dollars), published).but(|update| update.prev_publish_time_secs = previous)
}

fn mark(world: &mut World, feed: &Feed) -> Outcome {
    world.write_feed(FEED, feed);
    world.send(MarkHour { asset: SOL, feed: FEED })
}

fn store(world: &mut World, feed: &Feed) -> Outcome {
    world.write_feed(FEED, feed);
    world.send(UpdatePrice { asset: SOL, feed: FEED })
}

fn variance(world: &World) -> f64 {
    world.picture().underlying(SOL).hourly_variance_q62 as f64 / 2_f64.powi(62)
}

fn range_e9(world: &World) -> u64 {
    world.picture().underlying(SOL).range_e9
}

/// What the variance of hourly returns is after marks, in floats from the formula: v <- 0.97 v + 0.03 r^2.
fn expected_variance(marks: &[f64]) -> f64 {
    marks.windows(2).fold(0.0, |variance, pair| {
        0.97 * variance + 0.03 * (pair[1] / pair[0]).ln().powi(2)
    })
}

#[test]
fn requires_the_feeds_update() {
    let mut world = world();
    let at = START + hours(1);
    world.set_time(at + 5);
    let good = update(210, at - 1, at);
    let cases = [
        (
            good.clone().owned_by(Pubkey::new_from_array([9; 32])),
            MarginError::FeedOwner,
        ),
        (
            good.clone().but(|update| update.feed_id = BTC.feed_id()),
            MarginError::FeedId,
        ),
        (
            good.clone()
                .but(|update| update.verification_level = VerificationLevel::Partial { num_signatures: 5 }),
            MarginError::FeedVerification,
        ),
        (
            good.clone().but(|update| update.price = 0),
            MarginError::PriceNotPositive,
        ),
        // Two percent of 210 dollars is 4.2 dollars.
        (
            good.clone().but(|update| update.conf = 420_000_001),
            MarginError::PriceUncertain,
        ),
    ];
    for (feed, error) in cases {
        assert_fails_with(mark(&mut world, &feed), error);
    }
    assert_lands(mark(&mut world, &good.but(|update| update.conf = 420_000_000)));
}

#[test]
fn requires_that_the_price_is_not_from_the_future() {
    let mut world = world();
    let at = START + hours(1);
    world.set_time(at - 11);
    assert_fails_with(mark(&mut world, &update(210, at - 1, at)), MarginError::PriceFromFuture);
    world.advance(1);
    assert_lands(mark(&mut world, &update(210, at - 1, at)));
}

#[test]
fn requires_that_the_update_straddles_an_hour_that_began_less_than_ten_minutes_ago_and_has_no_mark() {
    let mut world = world();
    let at = START + hours(1);
    world.set_time(at + 599);
    for (previous, published) in [
        (at - 2, at - 1),
        (at, at + 1),
        (at, at),
        (at + 5, at + 5),
        (at + 1, at + 2),
    ] {
        let wrong = update(210, previous, published);
        assert_fails_with(mark(&mut world, &wrong), MarginError::NotHourMark);
    }
    // An hour before.
    assert_fails_with(
        mark(&mut world, &update(210, START - 1, START)),
        MarginError::NotHourMark,
    );
    let right = update(210, at - 3, at + 2);
    assert_lands(mark(&mut world, &right));
    assert_fails_with(mark(&mut world, &right), MarginError::NotHourMark);

    let mut world = self::world();
    world.set_time(at + 600);
    assert_fails_with(mark(&mut world, &right), MarginError::NotHourMark);
}

#[test]
fn variance_and_range_follow_the_mark_and_price_and_average_stay() {
    let mut world = world();
    let at = START + hours(1);
    world.set_time(at + 20);
    assert_lands(store(&mut world, &update(300, at + 9, at + 10)));
    let before = *world.picture().underlying(SOL);
    assert_eq!(before.variance_hour, HOUR, "a price within the hour is no mark");

    let receipt = assert_lands(mark(&mut world, &update(220, at - 1, at)));

    let after = *world.picture().underlying(SOL);
    assert_eq!((after.price_e9, after.ema_e9), (before.price_e9, before.ema_e9));
    assert_eq!(
        (after.variance_hour, after.variance_price_e9),
        (HOUR + 1, 220_000_000_000)
    );
    // 0.03 ln(1.1)^2 = 2.725209e-4; 3.5 x sqrt(24 x that) = 28.3%, of which two points a move.
    let expected = expected_variance(&[200.0, 220.0]);
    assert!(
        (variance(&world) - expected).abs() < 1e-14,
        "{} {expected}",
        variance(&world)
    );
    assert_eq!((after.previous_range_e9, after.range_e9), (180_000_000, 200_000_000));
    assert_eq!(after.range_moved_at, at + 20);
    assert_eq!(receipt.events(), ["HourMarked"]);
    let event: HourMarked = receipt.event();
    assert_eq!(
        (event.underlying, event.sequence),
        (SOL.underlying(), before.sequence + 1)
    );
    assert_eq!((event.hour, event.price_e9), (HOUR + 1, 220_000_000_000));
    assert_eq!(
        (event.hourly_variance_q62, event.range_e9),
        (after.hourly_variance_q62, 200_000_000)
    );
}

#[test]
fn an_hour_has_one_mark_the_same_for_every_caller() {
    // Whatever else is stored before, and whoever brings it when.
    let at = START + hours(1);
    let after_noise = |noise: &[(u64, i64)], late: i64| {
        let mut world = world();
        world.set_time(at + 1);
        for (dollars, seconds) in noise {
            world.set_time((at + seconds).max(world.now()));
            assert_lands(store(&mut world, &update(*dollars, at + seconds - 1, at + seconds)));
        }
        world.set_time((at + late).max(world.now()));
        assert_lands(mark(&mut world, &update(205, at - 1, at)));
        let stored = *world.picture().underlying(SOL);
        (
            stored.hourly_variance_q62,
            stored.variance_price_e9,
            stored.variance_hour,
        )
    };
    let first = after_noise(&[], 1);
    assert_eq!(after_noise(&[(400, 1), (100, 2)], 3), first);
    assert_eq!(after_noise(&[(100, 30), (400, 300), (199, 598)], 599), first);
}

#[test]
fn a_certain_price_that_straddles_its_hour_is_the_hours_mark() {
    let mut world = world();
    let at = START + hours(1);
    world.set_time(at + 2);
    let receipt = assert_lands(store(&mut world, &update(190, at - 1, at + 1)));
    let stored = *world.picture().underlying(SOL);
    assert_eq!(
        (stored.variance_hour, stored.variance_price_e9),
        (HOUR + 1, 190_000_000_000)
    );
    let event: PriceUpdated = receipt.event();
    assert_eq!(
        (event.variance_hour, event.variance_price_e9),
        (HOUR + 1, 190_000_000_000)
    );
    assert_eq!(
        (event.hourly_variance_q62, event.range_e9),
        (stored.hourly_variance_q62, stored.range_e9)
    );
    assert_eq!(event.sequence, stored.sequence);

    // A wide one is stored and is no mark.
    world.set_time(at + hours(1));
    let wide = update(250, at + hours(1) - 1, at + hours(1)).but(|update| update.conf = 501_000_000);
    assert_lands(store(&mut world, &wide));
    let after = *world.picture().underlying(SOL);
    assert_eq!((after.price_e9, after.variance_hour), (250_000_000_000, HOUR + 1));
    assert!(after.ema_e9 > stored.ema_e9, "the average moves");
}

#[test]
fn the_first_certain_price_after_ten_minutes_of_an_hour_without_a_mark_is_its_mark() {
    let mut world = world();
    let at = START + hours(1);
    for (dollars, seconds) in [(150, 100), (160, 599)] {
        world.set_time(at + seconds);
        assert_lands(store(&mut world, &update(dollars, at + seconds - 1, at + seconds)));
        assert_eq!(world.picture().underlying(SOL).variance_hour, HOUR);
    }
    world.set_time(at + 600);
    assert_lands(store(&mut world, &update(170, at + 599, at + 600)));
    world.advance(1);
    assert_lands(store(&mut world, &update(180, at + 600, at + 601)));
    let stored = *world.picture().underlying(SOL);
    assert_eq!(
        (stored.variance_hour, stored.variance_price_e9),
        (HOUR + 1, 170_000_000_000)
    );
}

#[test]
fn hours_without_a_mark_spread_the_next_return_over_all_of_them() {
    let mut world = world();
    let at = START + hours(5);
    world.set_time(at);
    assert_lands(store(&mut world, &update(220, at - 1, at)));
    // v = (1 - 0.97^5) ln(1.1)^2 / 5.
    let expected = (1.0 - 0.97_f64.powi(5)) * 1.1_f64.ln().powi(2) / 5.0;
    assert!(
        (variance(&world) - expected).abs() < 1e-14,
        "{} {expected}",
        variance(&world)
    );
}

#[test]
fn prices_between_marks_do_not_move_the_variance() {
    // An attacker stores the most extreme prices that it can find within each hour, before and after each mark.
    let mut world = world();
    let marks = [200, 201, 199, 200, 202, 203, 201, 200, 199, 201, 200];
    for (hour, dollars) in (1..).zip(&marks[1..]) {
        let at = START + hours(hour);
        for (seconds, wild) in [(-3_000, 100), (-1_500, 400), (-2, 390)] {
            world.set_time(at + seconds);
            assert_lands(store(&mut world, &update(wild, at + seconds - 1, at + seconds)));
        }
        world.set_time(at + 3);
        assert_lands(store(&mut world, &update(500, at + 2, at + 3)));
        assert_lands(mark(&mut world, &update(*dollars, at - 1, at)));
        world.set_time(at + 400);
        assert_lands(store(&mut world, &update(90, at + 399, at + 400)));
    }
    let marks = marks.map(|dollars| dollars as f64);
    let expected = expected_variance(&marks);
    // Each step rounds by at most fourteen units of 2^-62.
    assert!(
        (variance(&world) - expected).abs() < 1e-15,
        "{} {expected}",
        variance(&world)
    );
    assert_eq!(
        range_e9(&world),
        180_000_000,
        "half a percent an hour is within the floor"
    );
}

#[test]
fn the_range_rises_by_at_most_two_points_a_mark_and_pro_rata_below_an_hour_and_falls_at_once() {
    let mut world = world();
    let mut price = Price::from_e9(200_000_000_000);
    // Five percent an hour: 3.5 x 5% x sqrt(24) = 85%, beyond the cap; the variance takes a few hours to get there.
    for hour in 1..=20 {
        let before = range_e9(&world) as f64 / 1e9;
        let at = START + hours(hour);
        world.set_time(at);
        price = Price::from_e9(price.e9() / 100 * if hour % 2 == 0 { 105 } else { 95 } / 10 * 10);
        let feed = Feed::of(SOL, price, at);
        assert_lands(store(&mut world, &feed));
        let target = 3.5 * (24.0 * variance(&world)).sqrt();
        let expected = target.clamp(0.18, 0.40).min(before + 0.02);
        assert!(
            (range_e9(&world) as f64 / 1e9 - expected).abs() < 1e-8,
            "hour {hour}: {}",
            range_e9(&world)
        );
    }
    assert_eq!(range_e9(&world), 400_000_000, "the cap");
    // A day and a half of calm: the variance decays, and the range is the target at once.
    for hour in 21..=60 {
        let at = START + hours(hour);
        world.set_time(at);
        assert_lands(store(&mut world, &Feed::of(SOL, price, at)));
        let target = (3.5 * (24.0 * variance(&world)).sqrt()).clamp(0.18, 0.40);
        assert!(range_e9(&world) as f64 / 1e9 <= target + 1e-9, "hour {hour}");
    }
    // However long nothing was marked, one mark is worth two points at most.
    let at = START + hours(300);
    world.set_time(at);
    let before = range_e9(&world);
    assert_lands(store(&mut world, &Feed::of(SOL, usd(20), at)));
    assert!(range_e9(&world) <= before.max(180_000_000) + 20_000_000);

    // A late mark and then one in time: fifty minutes are worth 50/60 of two points.
    let mut world = self::world();
    let at = START + hours(1);
    world.set_time(at + 600);
    assert_lands(store(&mut world, &update(300, at + 599, at + 600)));
    assert_eq!(range_e9(&world), 200_000_000);
    world.set_time(at + 3_600);
    assert_lands(store(&mut world, &update(200, at + 3_599, at + 3_600)));
    assert_eq!(range_e9(&world), 216_666_666);
    assert_eq!(world.picture().underlying(SOL).previous_range_e9, 200_000_000);
}
