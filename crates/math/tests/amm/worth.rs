//! Net asset values, breakers, the hedge and the nudge.

use super::E9;
use tenor_math::MathError;
use tenor_math::amm::{
    Anchor, Breaker, BreakerLimits, HedgeParams, HedgeQuote, Holding, MIN_WINDOW_SECONDS, MidAverage, NavBuilder, Navs,
    Side, Trip, entry_nav, exit_nav, hedge_quote, unearned, withdrawable,
};
use tenor_math::pricing::TotalVariance;
use tenor_math::quantity::{Lots, Price, Ratio, UnixSeconds, Value};

#[test]
fn assets_and_liabilities_count_at_their_side_of_the_spread() {
    let mut builder = NavBuilder::new(Value::from_e9(1_000));
    let holding = |lots, bid, ask, unearned| Holding {
        lots: Lots::new(lots),
        bid: Value::from_e9(bid),
        ask: Value::from_e9(ask),
        unearned: Value::from_e9(unearned),
    };
    builder.add(&holding(10, 20, 25, 0)).unwrap();
    builder.add(&holding(-4, 30, 40, 7)).unwrap();
    let navs = builder.finish();
    assert_eq!(navs.ask, Value::from_e9(1_000 + 250 - 120));
    assert_eq!(navs.bid, Value::from_e9(1_000 + 200 - 160 - 7));
    assert_eq!(builder.add(&holding(1, 26, 25, 0)), Err(MathError::OutOfDomain));
    assert_eq!(builder.add(&holding(1, -1, 25, 0)), Err(MathError::OutOfDomain));
    assert_eq!(builder.add(&holding(1, 20, 25, -1)), Err(MathError::OutOfDomain));
    assert_eq!(builder.add(&holding(i64::MAX, 20, 25, 0)), Err(MathError::Overflow));
    assert_eq!(builder.finish(), navs);
}

#[test]
fn entries_take_the_higher_and_exits_the_lower_of_two_moments() {
    let navs = |ask, bid| Navs {
        ask: Value::from_e9(ask),
        bid: Value::from_e9(bid),
    };
    assert_eq!(entry_nav(navs(110, 90), navs(120, 80)), Value::from_e9(120));
    assert_eq!(entry_nav(navs(130, 90), navs(120, 80)), Value::from_e9(130));
    assert_eq!(exit_nav(navs(110, 90), navs(120, 80)), Value::from_e9(80));
    assert_eq!(exit_nav(navs(110, 70), navs(120, 80)), Value::from_e9(70));
    assert_eq!(exit_nav(navs(110, -70), navs(120, 80)), Value::ZERO);
}

#[test]
fn premium_beyond_the_mark_is_earned_evenly() {
    let at = UnixSeconds::new;
    let left = |now| unearned(Value::from_e9(1_000), at(100), at(400), at(now));
    assert_eq!(left(100), Ok(Value::from_e9(1_000)));
    assert_eq!(left(50), Ok(Value::from_e9(1_000)));
    assert_eq!(left(200), Ok(Value::from_e9(667)));
    assert_eq!(left(400), Ok(Value::ZERO));
    assert_eq!(left(500), Ok(Value::ZERO));
    assert_eq!(
        unearned(Value::from_e9(-1), at(0), at(1), at(0)),
        Err(MathError::OutOfDomain)
    );
    assert_eq!(unearned(Value::from_e9(9), at(5), at(5), at(5)), Ok(Value::ZERO));
}

#[test]
fn the_breaker_passes_the_limit_and_trips_beyond_it() {
    let limits = BreakerLimits {
        max_price_age_seconds: 10,
        max_surface_age_seconds: 600,
        max_surface_step: Ratio::from_bps(1_000),
        max_nav_jump: Ratio::from_bps(500),
        min_free: Ratio::from_bps(500),
    };
    let variance = |q64| TotalVariance::from_q64(q64).unwrap();
    let good = Breaker {
        price_age_seconds: 10,
        surface_age_seconds: 600,
        variance_before: variance(1_000),
        variance: variance(1_100),
        reference_nav: Value::from_e9(1_000),
        nav: Value::from_e9(950),
        free_liquidity: Value::from_e9(48),
    };
    assert_eq!(good.check(&limits), Ok(()));
    let check = |change: &dyn Fn(&mut Breaker)| {
        let mut breaker = good;
        change(&mut breaker);
        breaker.check(&limits)
    };
    assert_eq!(check(&|b| b.price_age_seconds = 11), Err(Trip::StalePrice));
    assert_eq!(check(&|b| b.surface_age_seconds = 601), Err(Trip::StaleSurface));
    assert_eq!(check(&|b| b.variance = variance(1_101)), Err(Trip::SurfaceStep));
    assert_eq!(check(&|b| b.variance = variance(899)), Err(Trip::SurfaceStep));
    assert_eq!(check(&|b| b.variance = variance(900)), Ok(()));
    assert_eq!(check(&|b| b.nav = Value::from_e9(949)), Err(Trip::NavJump));
    assert_eq!(check(&|b| b.nav = Value::from_e9(1_051)), Err(Trip::NavJump));
    assert_eq!(check(&|b| b.nav = Value::ZERO), Err(Trip::NavJump));
    assert_eq!(
        check(&|b| b.free_liquidity = Value::from_e9(47)),
        Err(Trip::LowLiquidity)
    );
}

#[test]
fn withdrawals_stop_at_the_stressed_loss() {
    let value = Value::from_e9;
    assert_eq!(withdrawable(value(100), value(30)), Ok(value(70)));
    assert_eq!(withdrawable(value(100), value(130)), Ok(Value::ZERO));
    assert_eq!(withdrawable(value(100), value(-1)), Err(MathError::OutOfDomain));
    assert_eq!(withdrawable(value(i64::MIN), value(1)), Err(MathError::Overflow));
}

#[test]
fn the_hedge_premium_grows_evenly_to_its_bound() {
    let params = HedgeParams {
        band_units_e9: 1_000,
        first: Ratio::from_bps(10),
        per_hour: Ratio::from_bps(120),
        most: Ratio::from_bps(100),
    };
    let oracle = Price::from_e9(150 * E9 + 1);
    let offer = |delta, seconds| hedge_quote(&params, delta, oracle, seconds).unwrap();
    assert_eq!(offer(1_000, 10), None);
    assert_eq!(offer(-1_000, 10), None);
    let sold = |units_e9, e9| {
        Some(HedgeQuote {
            side: Side::Sell,
            units_e9,
            price: Price::from_e9(e9),
        })
    };
    assert_eq!(offer(-1_001, 0), sold(1_001, 150_150_000_001));
    assert_eq!(offer(-5_000, 900), sold(5_000, 150_600_000_001));
    assert_eq!(offer(-5_000, u64::MAX), sold(5_000, 151_500_000_001));
    let bought = HedgeQuote {
        side: Side::Buy,
        units_e9: 5_000,
        price: Price::from_e9(149_400_000_001),
    };
    assert_eq!(offer(5_000, 900), Some(bought));
    let dear = HedgeParams {
        most: Ratio::from_bps(1_001),
        ..params
    };
    assert_eq!(hedge_quote(&dear, 5_000, oracle, 0), Err(MathError::OutOfDomain));
}

#[test]
fn an_average_needs_an_hour_and_a_moments_mid_weighs_nothing() {
    let start = MidAverage::starting(Ratio::ONE, UnixSeconds::new(0)).unwrap();
    let spike = start
        .recorded(Ratio::from_bps(30_000), UnixSeconds::new(1_800))
        .unwrap();
    let back = spike.recorded(Ratio::ONE, UnixSeconds::new(1_800)).unwrap();
    let end = |seconds: u64| back.recorded(Ratio::ONE, UnixSeconds::new(seconds as i64)).unwrap();
    assert_eq!(end(MIN_WINDOW_SECONDS - 1).since(start), Err(MathError::OutOfDomain));
    assert_eq!(end(MIN_WINDOW_SECONDS).since(start), Ok(Ratio::ONE));
    // Half an hour at 4 and half at 1: the geometric mean is 2.
    let high = start
        .recorded(Ratio::from_bps(40_000), UnixSeconds::new(1_800))
        .unwrap();
    let mixed = high.recorded(Ratio::ONE, UnixSeconds::new(3_600)).unwrap();
    assert_eq!(mixed.since(start), Ok(Ratio::from_bps(20_000)));
    assert_eq!(
        MidAverage::starting(Ratio::ZERO, UnixSeconds::new(0)),
        Err(MathError::OutOfDomain)
    );
}

#[test]
fn a_nudge_moves_the_level_by_at_most_a_step_and_never_the_base() {
    let anchor = Anchor::try_new(Ratio::ONE, 50_000_000).unwrap();
    let nudged = anchor.nudged(Ratio::from_bps(11_000), Ratio::from_bps(300)).unwrap();
    assert_eq!(
        (nudged.level(), nudged.offset_e9()),
        (Ratio::from_bps(10_300), 20_000_000)
    );
    assert_eq!(nudged.base(), anchor.base());
    let down = anchor.nudged(Ratio::from_bps(9_900), Ratio::from_bps(300)).unwrap();
    assert_eq!((down.level(), down.offset_e9()), (Ratio::from_bps(9_900), 60_000_000));
    let vast = anchor
        .nudged(Ratio::from_e9(u64::MAX), Ratio::from_e9(u64::MAX))
        .unwrap();
    assert_eq!((vast.level(), vast.base()), (Ratio::from_bps(40_000), anchor.base()));
    assert_eq!(Anchor::try_new(Ratio::from_bps(2_499), 0), Err(MathError::OutOfDomain));
    assert_eq!(Anchor::try_new(Ratio::ONE, -750_000_001), Err(MathError::OutOfDomain));
    assert_eq!(Anchor::try_new(Ratio::ONE, -1_000_000_001), Err(MathError::OutOfDomain));
}
