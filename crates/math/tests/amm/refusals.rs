//! Rules, terms and trades that are refused, and what the charges are.

use super::{costly, curve, free, params, terms};
use tenor_math::MathError;
use tenor_math::amm::{
    Anchor, Change, Exposure, InventoryCurve, InventoryParams, Limits, LotGreeks, OptionTerms, PoolState, PriceSpread,
    QuoteError, Quoter, Refusal, Side, latency_move,
};
use tenor_math::pricing::{OptionKind, TotalVariance};
use tenor_math::quantity::{Lots, Price, Ratio, Value};

#[test]
fn a_rule_that_would_reward_size_or_leave_no_bid_is_refused() {
    let refused = |change: fn(&mut InventoryParams)| {
        let mut params = params();
        change(&mut params);
        assert_eq!(
            InventoryCurve::try_new(&params),
            Err(MathError::OutOfDomain),
            "{params:?}"
        );
    };
    refused(|p| p.vega_cap = Value::ZERO);
    refused(|p| p.half_spread_slope = Ratio::from_bps(2_501));
    refused(|p| p.half_spread = Ratio::from_bps(601));
    refused(|p| p.floor = Ratio::from_bps(10_001));
    refused(|p| p.ceiling = Ratio::from_bps(9_999));
    refused(|p| p.ceiling = Ratio::from_bps(40_001));
    refused(|p| p.half_spread_cap = Ratio::from_bps(5_751));
    // The half-spread grows until x = 0.96; the shift is clamped at x = 0.4.
    refused(|p| p.floor = Ratio::from_bps(9_000));
    refused(|p| p.ceiling = Ratio::from_bps(11_000));
}

#[test]
fn no_bid_where_the_charges_exceed_the_last_lots_worth() {
    let (curve, mut spread) = (curve(), costly());
    spread.latency = Ratio::from_bps(3_000);
    let quoter = Quoter {
        curve: &curve,
        spread: &spread,
        anchor: Anchor::default(),
        pool: PoolState::default(),
    };
    let terms = terms(OptionKind::Call, 150, 250, 0.2);
    let greeks = LotGreeks::at_base(&terms, Anchor::default(), 2_592_000).unwrap();
    let bid = quoter.quote(&terms, &greeks, Side::Sell, 1_000);
    assert_eq!(bid, Err(QuoteError::Refused(Refusal::NoBid)));
    assert!(quoter.quote(&terms, &greeks, Side::Buy, 1_000).is_ok());
}

#[test]
fn terms_outside_the_domain_are_typed_errors() {
    let (curve, spread) = (curve(), costly());
    let quoter = Quoter {
        curve: &curve,
        spread: &spread,
        anchor: Anchor::default(),
        pool: PoolState::default(),
    };
    let good = terms(OptionKind::Call, 150, 150, 0.2);
    let greeks = LotGreeks::at_base(&good, Anchor::default(), 2_592_000).unwrap();
    let quote = |terms: &OptionTerms, lots| quoter.quote(terms, &greeks, Side::Buy, lots).map(|_| ());
    let outside = Err(QuoteError::Math(MathError::OutOfDomain));
    let overflow = Err(QuoteError::Math(MathError::Overflow));
    assert_eq!(quote(&good, 1), Ok(()));
    assert_eq!(quote(&good, 0), outside);
    assert_eq!(
        quote(
            &OptionTerms {
                forward: Price::from_e9(0),
                ..good
            },
            1
        ),
        outside
    );
    assert_eq!(
        quote(
            &OptionTerms {
                strike: Price::from_e9(0),
                ..good
            },
            1
        ),
        outside
    );
    assert_eq!(
        quote(
            &OptionTerms {
                strike: Price::from_e9(1 << 62),
                ..good
            },
            1
        ),
        outside
    );
    assert_eq!(
        quote(
            &OptionTerms {
                variance: TotalVariance::ZERO,
                ..good
            },
            1
        ),
        outside
    );
    let vast = TotalVariance::from_q64(1 << 74).unwrap();
    assert_eq!(quote(&OptionTerms { variance: vast, ..good }, 1), outside);
    assert_eq!(quote(&good, u64::MAX), overflow);
    assert_eq!(quote(&good, 1 << 62), overflow);
    // Sixteen caps of vega are the end of the rule.
    assert_eq!(quote(&good, 1 << 26), outside);
}

#[test]
fn limits_refuse_growth_and_let_positions_shrink() {
    let limits = Limits {
        vega: Value::from_e9(100),
        expiry_vega: Value::from_e9(50),
        strike_lots: 20,
        min_delta: Ratio::from_bps(500),
        max_delta: Ratio::from_bps(9_500),
        cut_off_seconds: 3_600,
    };
    let usd = |before, after| Change {
        before: Value::from_e9(before),
        after: Value::from_e9(after),
    };
    let lots = |before, after| Change {
        before: Lots::new(before),
        after: Lots::new(after),
    };
    let good = Exposure {
        vega: usd(90, 100),
        expiry_vega: usd(-40, -50),
        position: lots(-19, -20),
        delta: Ratio::from_bps(500),
        seconds_to_expiry: 3_600,
    };
    assert_eq!(limits.check(&good), Ok(()));
    let check = |change: &dyn Fn(&mut Exposure)| {
        let mut exposure = good;
        change(&mut exposure);
        limits.check(&exposure)
    };
    assert_eq!(check(&|e| e.seconds_to_expiry = 3_599), Err(Refusal::CutOff));
    assert_eq!(check(&|e| e.vega = usd(90, 101)), Err(Refusal::VegaCap));
    assert_eq!(check(&|e| e.vega = usd(-90, -101)), Err(Refusal::VegaCap));
    assert_eq!(check(&|e| e.vega = usd(-200, -190)), Ok(()));
    assert_eq!(check(&|e| e.expiry_vega = usd(0, -51)), Err(Refusal::ExpiryCap));
    assert_eq!(check(&|e| e.expiry_vega = usd(60, 55)), Ok(()));
    assert_eq!(check(&|e| e.position = lots(20, 21)), Err(Refusal::StrikeCap));
    assert_eq!(check(&|e| e.position = lots(40, 30)), Ok(()));
    assert_eq!(check(&|e| e.delta = Ratio::from_e9(49_999_999)), Err(Refusal::Delta));
    assert_eq!(check(&|e| e.delta = Ratio::from_e9(950_000_001)), Err(Refusal::Delta));
    let returning = |e: &mut Exposure| {
        e.delta = Ratio::ZERO;
        e.position = lots(-5, -4);
    };
    assert_eq!(check(&returning), Ok(()));
}

#[test]
fn what_crosses_zero_grows_from_nothing() {
    let limits = Limits {
        vega: Value::from_e9(100),
        expiry_vega: Value::from_e9(50),
        strike_lots: 20,
        min_delta: Ratio::from_bps(500),
        max_delta: Ratio::from_bps(9_500),
        cut_off_seconds: 0,
    };
    let check = |vega: [i64; 2], expiry_vega: [i64; 2], position: [i64; 2], delta_bps| {
        let usd = |[before, after]: [i64; 2]| Change {
            before: Value::from_e9(before),
            after: Value::from_e9(after),
        };
        limits.check(&Exposure {
            vega: usd(vega),
            expiry_vega: usd(expiry_vega),
            position: Change {
                before: Lots::new(position[0]),
                after: Lots::new(position[1]),
            },
            delta: Ratio::from_bps(delta_bps),
            seconds_to_expiry: 0,
        })
    };
    let none = [0, 0];
    assert_eq!(check([200, -101], none, none, 5_000), Err(Refusal::VegaCap));
    assert_eq!(check([-200, 101], none, none, 5_000), Err(Refusal::VegaCap));
    assert_eq!(check([200, -100], none, none, 5_000), Ok(()));
    assert_eq!(check(none, [100, -90], none, 5_000), Err(Refusal::ExpiryCap));
    assert_eq!(check(none, [100, -50], none, 5_000), Ok(()));
    assert_eq!(check(none, none, [100, -21], 5_000), Err(Refusal::StrikeCap));
    assert_eq!(check(none, none, [100, -20], 5_000), Ok(()));
    // Far from the money only what brings the position to zero passes.
    assert_eq!(check(none, none, [10, -9], 499), Err(Refusal::Delta));
    assert_eq!(check(none, none, [-10, 1], 9_501), Err(Refusal::Delta));
    assert_eq!(check(none, none, [10, 0], 499), Ok(()));
    assert_eq!(check(none, none, [0, -1], 499), Err(Refusal::Delta));
}

#[test]
fn the_latency_move_is_the_deviation_over_the_latency() {
    // 2 deviations of 80% a year over 10 s: 1.6 sqrt(10 / 31,536,000) = 0.00090098317...
    let got = latency_move(Ratio::from_bps(20_000), Ratio::from_bps(8_000), 10).unwrap();
    assert_eq!(got, Ratio::from_e9(900_984));
    assert_eq!(
        latency_move(Ratio::ONE, Ratio::ONE, 31_536_000),
        Err(MathError::OutOfDomain)
    );
}

#[test]
fn the_gap_charge_is_the_share_of_the_gap_loss_that_the_trade_adds() {
    let curve = curve();
    let gapped = PriceSpread {
        gap: Ratio::from_bps(100),
        gamma_cap: Value::from_e9(1_000),
        ..free()
    };
    let terms = terms(OptionKind::Call, 150, 150, 0.2);
    let greeks = LotGreeks {
        gamma: Value::from_e9(100),
        ..LotGreeks::default()
    };
    let charge = |gamma: i64, side, lots| {
        let pool = PoolState {
            vega: Value::ZERO,
            gamma: Value::from_e9(gamma),
        };
        let quote = |spread| {
            let quoter = Quoter {
                curve: &curve,
                spread,
                anchor: Anchor::default(),
                pool,
            };
            quoter.quote(&terms, &greeks, side, lots).unwrap().premium.e9()
        };
        (quote(&gapped) - quote(&free())).abs()
    };
    // (|after|^2 - |before|^2) / 2 / cap x 1%, on the side that grows.
    assert_eq!(charge(0, Side::Buy, 100), 500);
    assert_eq!(charge(-10_000, Side::Buy, 100), 1_500);
    assert_eq!(charge(5_000, Side::Buy, 100), 125);
    assert_eq!(charge(20_000, Side::Buy, 100), 0);
    assert_eq!(charge(0, Side::Sell, 100), 500);
    assert_eq!(charge(-20_000, Side::Sell, 100), 0);
}
