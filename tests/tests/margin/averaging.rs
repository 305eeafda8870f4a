//! The last half hour: options on a partly fixed average in `refresh_risk` and in what actions accept.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::event::RiskRefreshed;
use tenor_margin::state::Strike;
use tenor_testkit::action::RefreshRisk;
use tenor_testkit::world::SETTLEMENT_GRACE;
use tenor_testkit::{Outcome, SOL, assert_fails_with, assert_lands, usd};

const E9: i64 = 1_000_000_000;

impl Scene {
    /// The strike of a price, by its slot.
    fn strike(&self, dollars: u64) -> Strike {
        let picture = self.world.picture();
        let strikes = &picture.chain(self.chain).strikes;
        *strikes
            .iter()
            .find(|strike| strike.price_e9 == dollars * 1_000_000_000)
            .unwrap()
    }

    fn trade_one(&mut self, dollars: u64) -> Outcome {
        let option = self.chain.call(dollars);
        let offer = self.offer(option, 1);
        let call = self.world.call(offer);
        self.world.send(call)
    }

    /// Marks at one price, from the first on.
    fn fix(&mut self, dollars: u64, count: i64) {
        assert_lands(self.mark(dollars, -1_800, -60 * (30 - count)));
    }

    /// Ten minutes before expiry, twenty marks of a price fixed (the last is due now), everything fresh.
    fn two_thirds_fixed(dollars: u64) -> Self {
        let mut scene = Self::at_expiry(-600);
        scene.fix(dollars, 20);
        scene.world.refresh();
        scene
    }
}

/// Value of a lot of the put by parity.
fn put(strike: &Strike) -> i64 {
    strike.mark_e9 - strike.forward_value_e9 + strike.strike_value_e9
}

#[test]
fn the_forward_is_the_open_share_and_the_strike_what_the_fixed_marks_leave() {
    // Twenty of thirty marks at 210, the price is 200: the average is expected at 140 + 66.67 = 206.67.
    let scene = Scene::two_thirds_fixed(210);
    let strike = scene.strike(200);
    // A lot is 0.01: a third of 2 dollars, and 2 less two thirds of 2.10.
    let near = |found: i64, expected: i64| assert!((found - expected).abs() <= 2, "{found} for {expected}");
    // The usual slice discounts nothing at ten minutes; its forward is a hair off spot.
    let discount = i64::try_from(scene.world.picture().chain(scene.chain).chain.discount_e9).unwrap();
    let ratio = i64::try_from(scene.world.picture().chain(scene.chain).chain.forward_ratio_e9).unwrap();
    let discounted =
        |value_e9: i64| i64::try_from(i128::from(value_e9) * i128::from(discount) / 1_000_000_000).unwrap();
    let forward_e9 = i64::try_from(i128::from(2 * E9) * i128::from(ratio) / 1_000_000_000).unwrap() / 3;
    near(strike.forward_value_e9, discounted(forward_e9));
    near(strike.strike_value_e9, discounted(2 * E9 - 1_400_000_000));
    assert_eq!((strike.fixed_e9, strike.fixed_share), (140_000_000_000, 20));
    // The call is nearly linear: its delta is the open share of a lot.
    let delta = strike.delta_units_e9;
    assert!((3_300_000..=3_334_000).contains(&delta), "{delta}");
    assert!(put(&strike) >= 0 && put(&strike) < 1_000_000, "{}", put(&strike));
}

#[test]
fn scenarios_shock_the_open_share_only() {
    let scene = Scene::two_thirds_fixed(210);
    let strike = scene.strike(180);
    // Fixed marks alone are 140 of 180: deep in the money, the call moves by the forward's third, 18% up and down at most.
    let open_e9 = strike.forward_value_e9;
    let range = i64::try_from(strike.range_e9).unwrap();
    let full_up = i64::try_from(i128::from(open_e9) * i128::from(range) / 1_000_000_000).unwrap();
    let most = strike.pnl_e9[..27].iter().copied().max().unwrap();
    assert!((most - full_up).abs() <= 5, "{most} for {full_up}");
    // Nothing that can happen loses more than the open share.
    assert!(strike.pnl_e9.iter().all(|gain| *gain >= -open_e9 - 5));
}

#[test]
fn a_call_that_the_fixed_marks_decide_is_linear_and_its_put_worthless() {
    // Twenty-nine marks at 230: 222.33 of the average is fixed, above the strikes of 220 and less.
    let mut scene = Scene::at_expiry(-60);
    scene.fix(230, 29);
    scene.world.refresh();
    let strike = scene.strike(200);
    assert!(strike.strike_value_e9 < 0, "{}", strike.strike_value_e9);
    assert_eq!(put(&strike), 0);
    assert_eq!((strike.vega_e9, strike.gamma_cash_e9), (0, 0));
    // 222.333333333 + 200/30 - 200 = 29 dollars, a lot of 0.01.
    assert!((strike.mark_e9 - 290_000_000).abs() <= 1_000, "{}", strike.mark_e9);
    // 222.333333333 x 0.01, and the array knows what it rests on.
    assert_eq!((strike.fixed_e9, strike.fixed_share), (222_333_333_333, 29));
}

#[test]
fn once_everything_is_fixed_a_strike_is_its_payoff_and_stays_it_through_settlement() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.call(200), 10);
    scene.world.set_time(scene.chain.expiry);
    let alice = scene.alice.clone();
    scene.fix(215, 30);
    // The price runs away; nothing of it counts.
    scene.world.move_price(SOL, usd(260));
    let strike = scene.strike(200);
    assert_eq!((strike.mark_e9, strike.pnl_e9), (150_000_000, [0; 33]));
    assert_eq!(
        (strike.fixed_share, strike.delta_units_e9, strike.forward_value_e9),
        (30, 0, 0)
    );
    let before = scene.world.picture().health(&alice).equity;
    scene.world.advance(SETTLEMENT_GRACE);
    let chain = scene.chain;
    scene.world.land(tenor_testkit::action::SettleChain { chain });
    scene.world.refresh();
    assert_eq!(scene.world.picture().health(&alice).equity, before);
}

#[test]
fn marks_too_few_to_settle_count_until_they_are_final_and_then_for_nothing() {
    let mut scene = Scene::at_expiry(0);
    scene.fix(230, 14);
    scene.world.refresh();
    // Missing marks count as open, at the price.
    let strike = scene.strike(200);
    assert_eq!(strike.fixed_share, 14);
    // 14/30 x 230 + 16/30 x 200 - 200 = 14 dollars.
    assert!((strike.mark_e9 - 140_000_000).abs() <= 10, "{}", strike.mark_e9);
    scene.world.advance(SETTLEMENT_GRACE);
    scene.world.refresh();
    assert_eq!((scene.strike(200).fixed_share, scene.strike(200).mark_e9), (0, 0));
    // The first minute after expiry is what it will be: nothing is open any more.
    assert_lands(scene.mark(225, 30, 60));
    scene.world.refresh();
    assert_eq!(
        (scene.strike(200).fixed_share, scene.strike(200).mark_e9),
        (30, 250_000_000)
    );
}

#[test]
fn a_later_minutes_mark_counts_once_nothing_can_replace_it() {
    let mut scene = Scene::at_expiry(SETTLEMENT_GRACE);
    assert_lands(scene.mark(225, 500, 540));
    scene.world.refresh();
    assert_eq!((scene.strike(200).fixed_share, scene.strike(200).mark_e9), (0, 0));
    scene.world.advance(SETTLEMENT_GRACE);
    scene.world.refresh();
    assert_eq!(
        (scene.strike(200).fixed_share, scene.strike(200).mark_e9),
        (30, 250_000_000)
    );
}

#[test]
fn marks_near_the_price_leave_arrays_good_and_others_make_them_stale_until_a_refresh() {
    // Half a percent of 200 dollars is a dollar: of the average, not of the mark.
    let mut scene = Scene::at_expiry(-600);
    scene.world.refresh();
    assert_lands(scene.trade_one(200));
    // Fifteen marks at 202 move the average by (202 - 200) / 2 = 1: just within.
    assert_lands(scene.mark(202, -1_800, -900));
    assert_lands(scene.trade_one(200));
    // A sixteenth moves it by 2 x 16/30: beyond.
    assert_lands(scene.mark(202, -900, -840));
    let refused = scene.trade_one(200);
    assert_fails_with(refused, MarginError::RiskStale);
    scene.world.refresh();
    assert_lands(scene.trade_one(200));
    // From there the next at the price moves nothing.
    assert_lands(scene.mark(200, -840, -780));
    assert_lands(scene.trade_one(200));
}

#[test]
fn a_refresh_says_what_it_rests_on() {
    let mut scene = Scene::at_expiry(-600);
    scene.fix(210, 3);
    scene.world.refresh();
    let chain = scene.chain;
    let receipt = scene.world.land(RefreshRisk {
        chain,
        strike_slots: vec![0],
    });
    let event: RiskRefreshed = receipt.event();
    assert_eq!((event.fixed_e9, event.fixed_share), (21_000_000_000, 3));
}

#[test]
fn a_refresh_of_fourteen_strikes_with_fixed_marks_stays_within_its_budget() {
    let mut world = tenor_testkit::World::new();
    let strikes: Vec<u64> = (0..14).map(|place| 170 + 5 * place).collect();
    let chain = world.list_chain(SOL, tenor_testkit::world::FIRST_EXPIRY, &strikes);
    // Slices of the day and of the day before that say something else.
    for (seconds, percent) in [(-100_000, 62), (-50_000, 64), (-800, 66)] {
        world.set_time(chain.expiry + seconds);
        world.refresh();
        world.post_volatility(chain, percent);
    }
    let refresh = RefreshRisk {
        chain,
        strike_slots: (0..14).collect(),
    };
    let before = world.land(refresh.clone()).compute_units;
    let feed = tenor_testkit::Feed::of(SOL, usd(203), chain.expiry - 840)
        .but(|update| update.prev_publish_time_secs = chain.expiry - 1_800);
    let address = tenor_testkit::world::SETTLEMENT_FEED;
    world.write_feed(address, &feed);
    world.land(tenor_testkit::action::MarkSettlement { chain, feed: address });
    let after = world.land(refresh).compute_units;
    println!("{before} compute units without fixed marks, {after} with them");
    assert!(before < 1_000_000 && after < 1_000_000, "{before} {after}");
}
