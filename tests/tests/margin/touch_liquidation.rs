//! `touch_liquidation`: starts, advances or ends the auction of an account.

use crate::scene::{Distress, Scene};
use tenor_margin::MarginError;
use tenor_margin::event::LiquidationTouched;
use tenor_testkit::action::{Touch, UpdatePrice};
use tenor_testkit::{Feed, SOL, USDC, assert_fails_with, assert_lands, usdc};

impl Distress {
    fn touch(&mut self) -> tenor_testkit::Outcome {
        self.world.send(Touch { of: &self.writer })
    }

    fn state(&self) -> tenor_margin::state::LiquidationState {
        self.world.picture().account(&self.writer).account.liquidation
    }

    /// Seconds pass, prices and risk arrays are fresh again, and someone touches.
    #[track_caller]
    fn touch_after(&mut self, seconds: i64) {
        self.world.advance(seconds);
        self.world.refresh();
        assert_lands(self.touch());
    }
}

#[test]
fn requires_that_the_price_is_fresh() {
    let mut distress = Distress::new();
    // Liquidations ask for a younger price than trades do.
    distress.world.advance(11);
    assert_fails_with(distress.touch(), MarginError::PriceStale);
    distress.world.refresh();
    distress.world.advance(10);
    assert_lands(distress.touch());
}

#[test]
fn requires_that_risk_arrays_are_fresh() {
    let mut distress = Distress::new();
    let price = distress.world.picture().underlying(SOL).price();
    distress.world.advance(601);
    distress.world.set_price(SOL, price);
    assert_fails_with(distress.touch(), MarginError::RiskStale);
    distress.world.refresh();
    assert_lands(distress.touch());
}

#[test]
fn requires_that_maintenance_health_is_negative() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(180), 3_000);
    for actor in [&scene.alice, &scene.bob] {
        assert_fails_with(scene.world.send(Touch { of: actor }), MarginError::AccountHealthy);
    }
    let mut distress = Distress::new();
    assert_lands(distress.touch());
}

#[test]
fn requires_that_health_is_negative_at_both_ends_of_the_prices_confidence_interval() {
    let mut distress = Distress::new();
    let stored = *distress.world.picture().underlying(SOL);
    let price = stored.price();
    let uncertain = |basis_points: u64, seconds_later: i64| {
        let feed = Feed::of(SOL, price, stored.published_at + seconds_later);
        feed.but(|update| update.conf = price.e9() / 10 * basis_points / 10_000)
    };
    let (wide, narrow) = (uncertain(199, 1), uncertain(0, 2));
    distress.world.write_feed(SOL.feed(), &wide);
    distress.world.land(UpdatePrice {
        asset: SOL,
        feed: SOL.feed(),
    });
    let health = distress.world.picture().health(&distress.writer);
    assert!(
        health.maintenance_health().unwrap().e9() < 0,
        "negative at the price itself"
    );
    assert_fails_with(distress.touch(), MarginError::AccountHealthy);

    distress.world.write_feed(SOL.feed(), &narrow);
    distress.world.land(UpdatePrice {
        asset: SOL,
        feed: SOL.feed(),
    });
    assert_lands(distress.touch());
}

#[test]
fn the_auction_starts() {
    let mut distress = Distress::new();
    let sequence = distress.world.picture().account(&distress.writer).account.sequence;

    let receipt = assert_lands(distress.touch());

    let (state, now) = (distress.state(), distress.world.now());
    assert_eq!((state.active, state.clock_seconds), (1, 0));
    assert_eq!((state.started_at, state.touched_at, state.ended_at), (now, now, 0));
    let picture = distress.world.picture();
    assert_eq!(picture.account(&distress.writer).account.sequence, sequence + 1);
    assert_eq!(receipt.events(), ["LiquidationTouched"]);
    let event: LiquidationTouched = receipt.event();
    assert_eq!(
        (event.account, event.active, event.clock_seconds),
        (distress.writer.account(), 1, 0)
    );
    let health = picture.health(&distress.writer);
    assert_eq!(
        (event.equity_e9, event.maintenance_e9),
        (health.equity.e9(), health.maintenance.e9())
    );
}

#[test]
fn its_clock_advances_by_at_most_30_seconds() {
    let mut distress = Distress::touched();
    let mut clock = 0;
    for (seconds, step) in [(1, 1), (29, 29), (30, 30), (31, 30), (500, 30), (0, 0)] {
        distress.touch_after(seconds);
        clock += step;
        assert_eq!(distress.state().clock_seconds, clock, "after {seconds} seconds");
    }
}

#[test]
fn it_ends_at_the_target() {
    let mut distress = Distress::touched();
    distress.touch_after(20);
    let writer = distress.writer.clone();
    // One dollar at a time until equity is 1.15 times the requirement.
    let health = |distress: &Distress| distress.world.picture().health(&writer);
    for _ in 0..10_000 {
        let found = health(&distress);
        if found.equity.e9() * 100 >= found.maintenance.e9() * 115 {
            break;
        }
        assert_lands(distress.touch());
        assert!(distress.state().is_active(), "below the target the auction goes on");
        distress.world.deposit(&writer, USDC, usdc(1));
    }
    distress.touch_after(5);
    let state = distress.state();
    assert_eq!((state.active, state.ended_at), (0, distress.world.now()));
    assert_fails_with(distress.touch(), MarginError::AccountHealthy);
}

#[test]
fn a_new_auction_soon_after_an_old_one_resumes_its_clock() {
    let resumed_after = |pause: i64| {
        let mut distress = Distress::touched();
        for _ in 0..4 {
            distress.touch_after(30);
        }
        let price = distress.world.picture().underlying(SOL).price();
        distress.world.move_price(SOL, tenor_testkit::usd(230));
        assert_lands(distress.touch());
        assert!(!distress.state().is_active(), "the recovery ends the auction");
        distress.world.advance(pause);
        distress.world.move_price(SOL, price);
        assert_lands(distress.touch());
        assert!(distress.state().is_active());
        distress.state().clock_seconds
    };
    assert_eq!(resumed_after(60), 120);
    assert_eq!(resumed_after(1_800), 120);
    assert_eq!(resumed_after(1_801), 0);
}

#[test]
fn requirements_round_up_and_values_down() {
    // Against exact arithmetic over the stored arrays: the account never looks better than it is.
    let mut distress = Distress::new();
    let exact = crate::reckoning::of(&distress.world.picture(), &distress.writer);
    let event: LiquidationTouched = assert_lands(distress.touch()).event();
    assert!(exact.equity_is_at_least(event.equity_e9), "equity rounds down");
    assert!(
        exact.maintenance_is_at_most(event.maintenance_e9),
        "the requirement rounds up"
    );
    assert!(
        exact.is_within(event.equity_e9, event.maintenance_e9, 100),
        "by no more than a ten-millionth of a dollar"
    );
}
