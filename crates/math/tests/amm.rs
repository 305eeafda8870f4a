//! The options market maker against reference numbers and its laws.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive};
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::MathError;
use tenor_math::amm::{
    Anchor, Breaker, BreakerLimits, Change, Exposure, HedgeParams, HedgeQuote, Holding, InventoryCurve,
    InventoryParams, Limits, LotGreeks, MIN_WINDOW_SECONDS, MidAverage, NavBuilder, Navs, OptionTerms, PoolState,
    PriceSpread, Quote, QuoteError, Quoter, Refusal, Side, Trip, entry_nav, exit_nav, hedge_quote, latency_move,
    reservation, unearned, withdrawable,
};
use tenor_math::pricing::{OptionKind, TotalVariance};
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, UnixSeconds, Value};
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

const E9: u64 = 1_000_000_000;

// ---------------------------------------------------------------------------------------------- reference numbers

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let folder = std::env::var_os("TENOR_VECTORS_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().expect("a readable row");
    assert!(!rows.is_empty(), "{file} has rows");
    rows
}

/// Exact value of a decimal string.
fn exact(text: &str) -> BigRational {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().expect("a number");
    let power = exponent.parse::<i64>().expect("an exponent") - fraction.len() as i64;
    let ten = BigRational::from_integer(BigInt::from(10));
    BigRational::from_integer(digits) * Pow::pow(&ten, &BigInt::from(power))
}

fn whole(value: impl Into<BigInt>) -> BigRational {
    BigRational::from_integer(value.into())
}

fn field(row: &Row, name: &str) -> BigRational {
    exact(row.get(name).unwrap_or_else(|| panic!("column {name}")))
}

fn integer<T: std::str::FromStr>(row: &Row, name: &str) -> T {
    let text = row.get(name).unwrap_or_else(|| panic!("column {name}"));
    text.parse()
        .unwrap_or_else(|_| panic!("{name}: an integer, got {text}"))
}

/// Nearest integer of a decimal column times 1e9.
fn e9(row: &Row, name: &str) -> i64 {
    nearest(&(field(row, name) * whole(E9)))
}

fn nearest(value: &BigRational) -> i64 {
    value.round().to_integer().to_i64().expect("fits i64")
}

fn ratio(row: &Row, name: &str) -> Ratio {
    Ratio::from_e9(integer(row, name))
}

fn usd(row: &Row, name: &str) -> Value {
    Value::from_e9(integer(row, name))
}

fn path_case(row: &Row) -> (InventoryCurve, PriceSpread, Anchor, PoolState, OptionTerms, LotGreeks) {
    let curve = InventoryCurve::try_new(&InventoryParams {
        vega_cap: usd(row, "vega_cap_e9"),
        shift: ratio(row, "shift_e9"),
        floor: ratio(row, "floor_e9"),
        ceiling: ratio(row, "ceiling_e9"),
        half_spread: ratio(row, "half_spread_e9"),
        half_spread_slope: ratio(row, "half_spread_slope_e9"),
        half_spread_cap: ratio(row, "half_spread_cap_e9"),
    })
    .expect("a valid rule");
    let spread = PriceSpread {
        gap: ratio(row, "gap_e9"),
        gamma_cap: usd(row, "gamma_cap_e9"),
        latency: ratio(row, "latency_e9"),
        tick: usd(row, "tick_e9"),
    };
    let anchor = Anchor::try_new(ratio(row, "level_e9"), integer(row, "offset_e9")).expect("an anchor");
    let pool = PoolState {
        vega: usd(row, "pool_vega_e9"),
        gamma: usd(row, "pool_gamma_e9"),
    };
    let terms = OptionTerms {
        kind: if row["kind"] == "C" {
            OptionKind::Call
        } else {
            OptionKind::Put
        },
        forward: Price::from_e9(integer(row, "forward_e9")),
        strike: Price::from_e9(integer(row, "strike_e9")),
        discount: ratio(row, "discount_e9"),
        lot: LotSize::from_units_e9(integer(row, "lot_units_e9")).expect("a lot"),
        variance: TotalVariance::from_q64(integer(row, "variance_q64")).expect("a variance"),
    };
    let greeks = LotGreeks {
        vega: usd(row, "lot_vega_e9"),
        gamma: usd(row, "lot_gamma_e9"),
        delta: usd(row, "lot_delta_e9"),
    };
    (curve, spread, anchor, pool, terms, greeks)
}

/// 2^-45 of the larger of forward and strike for the whole order, in units of 1e-9 USD, rounded up.
fn slack_e9(terms: &OptionTerms, lots: u64) -> u64 {
    let larger = u128::from(terms.forward.e9().max(terms.strike.e9()));
    let worth = larger * u128::from(lots) * u128::from(terms.lot.units_e9()) / u128::from(E9);
    u64::try_from(worth >> 45).expect("a small slack") + 1
}

#[test]
fn premiums_are_the_integral_of_the_marginal_price_rounded_for_the_pool() {
    let (mut worst, mut measured) = (0.0_f64, 0);
    for row in rows("amm_path.csv") {
        let (curve, spread, anchor, pool, terms, greeks) = path_case(&row);
        let side = if row["side"] == "buy" { Side::Buy } else { Side::Sell };
        let lots: u64 = integer(&row, "lots");
        let quoter = Quoter {
            curve: &curve,
            spread: &spread,
            anchor,
            pool,
        };
        let expected = field(&row, "premium_e9");
        let got = match quoter.quote(&terms, &greeks, side, lots) {
            Err(QuoteError::Refused(Refusal::NoBid)) if side == Side::Sell => continue,
            other => other.unwrap_or_else(|error| panic!("{error:?} for {row:?}")),
        };
        let premium = whole(got.premium.e9());
        let excess = match side {
            Side::Buy => premium - &expected,
            Side::Sell => &expected - premium,
        };
        // Twice the slack (half of it is added on purpose), and a unit for each of premium, gap, latency and tick. The
        // tick's unit is per lot, as the mark of a lot rounds down before it is lifted.
        let units = 5 + if spread.tick > Value::ZERO { lots } else { 0 };
        let limit = whole(2 * slack_e9(&terms, lots) + units);
        assert!(!excess.is_negative(), "{excess} against the pool: {row:?}");
        assert!(excess <= limit, "{excess} above {limit}: {row:?}");
        let multiplier = whole(got.multiplier.e9()) / whole(E9);
        assert!(
            (multiplier - field(&row, "multiplier")).abs() <= exact("2e-9"),
            "{row:?}"
        );
        // Where an order is large enough to see it: how much of the slack the error uses.
        let larger = terms.forward.e9().max(terms.strike.e9());
        let amount = lots as f64 * terms.lot.units_e9() as f64 / 1e9 * larger as f64;
        if amount > 1e17 && spread.tick == Value::ZERO {
            let scale = 2.0_f64.powi(larger.leading_zeros() as i32 - 2);
            let slack = 65_536.0 / scale / larger as f64 * terms.discount.e9() as f64 / 1e9;
            worst = worst.max((excess.to_f64().unwrap() / amount - slack).abs());
            measured += 1;
        }
    }
    println!("{measured} large orders: error at most {worst:e} of the larger price; the slack is at least 1.4e-14");
    assert!(measured >= 20 && worst <= 1e-15, "{measured} {worst:e}");
}

/// The rule of the file, additive in volatility, with the mark set aside (a level that neither side reaches).
#[test]
fn quotes_of_the_additive_vega_rule_agree_with_the_published_ones() {
    for row in rows("amm_vega.csv") {
        let volatility = field(&row, "iv0");
        let relative = |name: &str| Ratio::from_e9(nearest(&(field(&row, name) / &volatility * whole(E9))) as u64);
        let widest = (field(&row, "h0") + field(&row, "h1")) / &volatility * whole(E9);
        let curve = InventoryCurve::try_new(&InventoryParams {
            vega_cap: Value::from_e9(e9(&row, "Vcap")),
            shift: relative("lam"),
            floor: Ratio::from_bps(5_500),
            ceiling: Ratio::from_bps(20_000),
            half_spread: relative("h0"),
            half_spread_slope: relative("h1"),
            half_spread_cap: Ratio::from_e9(nearest(&widest) as u64),
        })
        .expect("a rule");
        let count = nearest(&field(&row, "n"));
        let (side, level, offset) = if count > 0 {
            (Side::Sell, 40_000, -3 * E9 as i64)
        } else {
            (Side::Buy, 2_500, 3 * E9 as i64 / 4)
        };
        let anchor = Anchor::try_new(Ratio::from_bps(level), offset).expect("an anchor");
        let spread = PriceSpread {
            gap: Ratio::ZERO,
            gamma_cap: Value::from_e9(1),
            latency: Ratio::ZERO,
            tick: Value::ZERO,
        };
        let seconds = nearest(&field(&row, "T_sec")) as u64;
        let variance =
            volatility.clone() * &volatility * whole(seconds) / whole(31_536_000) * whole(BigInt::one() << 64);
        let terms = OptionTerms {
            kind: if row["cp"] == "C" {
                OptionKind::Call
            } else {
                OptionKind::Put
            },
            forward: Price::from_e9(e9(&row, "F") as u64),
            strike: Price::from_e9(e9(&row, "K") as u64),
            discount: Ratio::ONE,
            lot: LotSize::from_units_e9(E9).expect("a lot"),
            variance: TotalVariance::from_q64(variance.to_integer().to_u128().expect("fits")).expect("a variance"),
        };
        let greeks = LotGreeks::at_base(&terms, Anchor::default(), seconds).expect("greeks");
        let vega_error = (greeks.vega.e9() - e9(&row, "vega")).abs();
        assert!(vega_error <= 3, "vega off by {vega_error}e-9: {row:?}");
        let pool = PoolState {
            vega: Value::from_e9(e9(&row, "V0")),
            gamma: Value::ZERO,
        };
        let quoter = Quoter {
            curve: &curve,
            spread: &spread,
            anchor,
            pool,
        };
        let lots = count.unsigned_abs();
        let quote = quoter.quote(&terms, &greeks, side, lots).expect("a quote");
        let used = whole(quote.multiplier.e9()) / whole(E9) * &volatility;
        let error = (used - field(&row, "iv_used")).abs();
        assert!(error <= exact("4e-9"), "volatility off by {error}: {row:?}");
        // One Black price at the average volatility is not the average price. What ten slices close of the difference
        // (99 parts of 100) points at the integral.
        let (single, slices) = (field(&row, "price_per_contract"), field(&row, "price_10_slices"));
        let integral = &slices + (&slices - &single) / whole(99);
        let each = whole(quote.premium.e9()) / whole(lots) / whole(E9);
        let error = (&each - integral).abs();
        assert!(error <= exact("4e-8"), "price off by {error}: {row:?}");
    }
}

#[test]
fn an_ask_that_inventory_would_push_below_the_mark_stays_at_the_mark() {
    let curve = curve();
    let spread = free();
    let long = PoolState {
        vega: Value::from_e9(80_000 * E9 as i64),
        gamma: Value::ZERO,
    };
    let quoter = Quoter {
        curve: &curve,
        spread: &spread,
        anchor: Anchor::default(),
        pool: long,
    };
    let terms = terms(OptionKind::Call, 150, 150, 0.23);
    let greeks = LotGreeks::at_base(&terms, Anchor::default(), 2_592_000).unwrap();
    let ask = quoter.quote(&terms, &greeks, Side::Buy, 10).unwrap();
    assert_eq!(ask.multiplier, Ratio::ONE);
    assert!(ask.premium.e9() - ask.mark.e9() <= 1, "{ask:?}");
    let bid = quoter.quote(&terms, &greeks, Side::Sell, 10).unwrap();
    assert!(bid.premium < bid.mark);
}

#[test]
fn reservation_price_and_spread_agree_with_avellaneda_and_stoikov() {
    for row in rows("amm_as.csv") {
        let sigma = field(&row, "sigma");
        let variance = &sigma * &sigma * field(&row, "tau") * whole(E9);
        let got = reservation(
            e9(&row, "s"),
            nearest(&field(&row, "q")),
            e9(&row, "gamma") as u64,
            nearest(&variance) as u64,
            e9(&row, "kappa") as u64,
        )
        .expect("in the domain");
        let error = (whole(got.price_e9) / whole(E9) - field(&row, "r")).abs();
        assert!(error <= exact("2e-9"), "price off by {error}: {row:?}");
        let error = (whole(got.spread_e9) / whole(E9) - field(&row, "spread")).abs();
        let limit = exact("4e-9") + exact("2e-16") / field(&row, "gamma");
        assert!(error <= limit, "spread off by {error}: {row:?}");
    }
    assert_eq!(reservation(1, 1, 0, 1, 1), Err(MathError::OutOfDomain));
    assert_eq!(reservation(1, 1, 1, 1, 0), Err(MathError::OutOfDomain));
    assert_eq!(reservation(1, i64::MAX, u64::MAX, 1, 1), Err(MathError::Overflow));
}

// --------------------------------------------------------------------------------------------------------- refusals

fn curve() -> InventoryCurve {
    InventoryCurve::try_new(&params()).unwrap()
}

fn params() -> InventoryParams {
    InventoryParams {
        vega_cap: Value::from_e9(100_000 * E9 as i64),
        shift: Ratio::from_bps(2_500),
        floor: Ratio::from_bps(7_000),
        ceiling: Ratio::from_bps(15_000),
        half_spread: Ratio::from_bps(120),
        half_spread_slope: Ratio::from_bps(500),
        half_spread_cap: Ratio::from_bps(600),
    }
}

fn free() -> PriceSpread {
    PriceSpread {
        gap: Ratio::ZERO,
        gamma_cap: Value::from_e9(1),
        latency: Ratio::ZERO,
        tick: Value::ZERO,
    }
}

fn costly() -> PriceSpread {
    PriceSpread {
        gap: Ratio::from_e9(5_000_000),
        gamma_cap: Value::from_e9(200_000 * E9 as i64),
        latency: Ratio::from_e9(600_000),
        tick: Value::from_e9(1_000_000),
    }
}

fn terms(kind: OptionKind, forward: u64, strike: u64, deviation: f64) -> OptionTerms {
    OptionTerms {
        kind,
        forward: Price::from_e9(forward * E9),
        strike: Price::from_e9(strike * E9),
        discount: Ratio::ONE,
        lot: LotSize::from_units_e9(10_000_000).unwrap(),
        variance: TotalVariance::from_q64((deviation * deviation * 2.0_f64.powi(64)) as u128).unwrap(),
    }
}

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

// ---------------------------------------------------------------------------------------- worth, breakers and hedge

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

// ------------------------------------------------------------------------------------------------------------ nudge

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

// ------------------------------------------------------------------------------------------------------------- laws

#[derive(Clone, Debug)]
struct Case {
    params: InventoryParams,
    spread: PriceSpread,
    anchor: Anchor,
    pool: PoolState,
    terms: OptionTerms,
    greeks: LotGreeks,
    first: u64,
    second: u64,
}

fn a_rule() -> impl Strategy<Value = InventoryParams> {
    (
        0_u64..=600,
        0_u64..=100,
        5_000_u64..=10_000,
        10_000_u64..=20_000,
        0_u64..=200,
        0_u64..=99,
    )
        .prop_map(|(shift, slope, floor, ceiling, spread, cap)| {
            let bps = |value: u64| Ratio::from_e9(value * 100_000);
            let (shift, slope) = (shift * 10, (shift * slope) / 10);
            let reach = (10_000 - floor).min(ceiling - 10_000);
            // The half-spread stops growing before the shift is clamped.
            let growth = (reach * slope * cap / 100)
                .checked_div(shift)
                .map_or(0, |growth| growth.min(floor - spread - 1_300));
            InventoryParams {
                vega_cap: Value::from_e9(100_000 * E9 as i64),
                shift: bps(shift),
                floor: bps(floor),
                ceiling: bps(ceiling),
                half_spread: bps(spread),
                half_spread_slope: bps(slope),
                half_spread_cap: bps(spread + growth),
            }
        })
}

fn an_option() -> impl Strategy<Value = OptionTerms> {
    (
        any::<bool>(),
        1_000_000_u64..200_000 * E9,
        -2_000_i32..2_000,
        10_u32..1_000,
        900_000_000_u64..=E9,
    )
        .prop_map(|(call, forward, deviations, deviation, discount)| {
            let s = f64::from(deviation) / 1_000.0;
            let strike = forward as f64 * (f64::from(deviations) / 1_000.0 * s).exp();
            OptionTerms {
                kind: if call { OptionKind::Call } else { OptionKind::Put },
                forward: Price::from_e9(forward),
                strike: Price::from_e9(strike as u64),
                discount: Ratio::from_e9(discount),
                lot: LotSize::from_units_e9(10_000_000).unwrap(),
                variance: TotalVariance::from_q64((s * s * 2.0_f64.powi(64)) as u128).unwrap(),
            }
        })
}

prop_compose! {
    fn a_case()(
        params in a_rule(), terms in an_option(), charged in any::<bool>(), level in 9_000_u16..11_000,
        offset in -50_000_000_i64..50_000_000, vega in -120_000_i64..120_000, gamma in -200_000_i64..200_000,
        first in 1_u64..3_000, second in 1_u64..3_000, reach in 1_i64..60_000,
    ) -> Case {
        let anchor = Anchor::try_new(Ratio::from_bps(level), offset).unwrap();
        let mut greeks = LotGreeks::at_base(&terms, anchor, 2_592_000).unwrap();
        // Lots that take the pool far, so that every kink is met.
        greeks.gamma = greeks.gamma.min(Value::from_e9(100 * E9 as i64));
        greeks.vega = Value::from_e9(reach * E9 as i64 / 1_000);
        Case {
            params, terms, anchor, greeks, first, second,
            spread: if charged { costly() } else { free() },
            pool: PoolState {
                vega: Value::from_e9(vega * E9 as i64),
                gamma: Value::from_e9(gamma * E9 as i64),
            },
        }
    }
}

impl Case {
    fn quote(&self, pool: PoolState, side: Side, lots: u64) -> Result<Quote, QuoteError> {
        let curve = InventoryCurve::try_new(&self.params).expect("a rule");
        let quoter = Quoter {
            curve: &curve,
            spread: &self.spread,
            anchor: self.anchor,
            pool,
        };
        quoter.quote(&self.terms, &self.greeks, side, lots)
    }

    /// Two slacks and the units of a premium and its charges: what the pool may keep.
    fn tolerance(&self) -> i64 {
        2 * slack_e9(&self.terms, self.first + self.second) as i64 + 6
    }

    /// What slicing may gain. The slack that each premium adds cancels; left are the true errors of three averages, each
    /// the kernel's 1e-16, and the roundings of a premium and its charges.
    fn gain(&self) -> i64 {
        (slack_e9(&self.terms, self.first + self.second) >> 6) as i64 + 4
    }
}

/// Undiscounted intrinsic value of an order, discounted, exact and rounded up, in 1e-9 USD.
fn intrinsic_e9(terms: &OptionTerms, lots: u64) -> i64 {
    let (forward, strike) = (terms.forward.e9(), terms.strike.e9());
    let per_unit = match terms.kind {
        OptionKind::Call => forward.saturating_sub(strike),
        OptionKind::Put => strike.saturating_sub(forward),
    };
    let scale = u128::from(E9);
    let discounted = u128::from(per_unit) * u128::from(terms.discount.e9());
    let amount = u128::from(lots) * u128::from(terms.lot.units_e9());
    i64::try_from((discounted * amount).div_ceil(scale * scale)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn cutting_a_purchase_gains_nothing_and_costs_no_more_than_rounding(case in a_case()) {
        let all = case.quote(case.pool, Side::Buy, case.first + case.second).unwrap();
        let one = case.quote(case.pool, Side::Buy, case.first).unwrap();
        let two = case.quote(one.pool, Side::Buy, case.second).unwrap();
        prop_assert_eq!(two.pool, all.pool);
        let difference = one.premium.e9() + two.premium.e9() - all.premium.e9();
        prop_assert!(difference >= -case.gain(), "gained {difference}");
        prop_assert!(difference <= 2 * case.tolerance(), "lost {difference}");
    }

    #[test]
    fn cutting_a_sale_gains_nothing_and_costs_no_more_than_rounding(case in a_case()) {
        let Ok(all) = case.quote(case.pool, Side::Sell, case.first + case.second) else {
            // No bid for the last lot: nor for the last slice.
            let bid = case.quote(case.pool, Side::Sell, case.first + case.second);
            prop_assert_eq!(bid, Err(QuoteError::Refused(Refusal::NoBid)));
            return Ok(());
        };
        let one = case.quote(case.pool, Side::Sell, case.first).unwrap();
        let two = case.quote(one.pool, Side::Sell, case.second).unwrap();
        prop_assert_eq!(two.pool, all.pool);
        let difference = all.premium.e9() - one.premium.e9() - two.premium.e9();
        // A slice worth less than its slack is bid nothing, not less: there the slack of the whole does not cancel.
        let gain = if two.premium == Value::ZERO { case.tolerance() } else { case.gain() };
        prop_assert!(difference >= -gain, "gained {difference}");
        prop_assert!(difference <= 2 * case.tolerance(), "lost {difference}");
    }

    #[test]
    fn a_round_trip_never_gains_and_restores_the_pool(case in a_case(), buy_first in any::<bool>()) {
        let (out, back) = if buy_first { (Side::Buy, Side::Sell) } else { (Side::Sell, Side::Buy) };
        if let Ok(opened) = case.quote(case.pool, out, case.first) {
            if let Ok(closed) = case.quote(opened.pool, back, case.first) {
                prop_assert_eq!(closed.pool, case.pool);
                let (paid, received) = if buy_first { (opened, closed) } else { (closed, opened) };
                prop_assert!(received.premium <= paid.premium);
            }
        }
    }

    #[test]
    fn an_ask_is_at_least_and_a_bid_at_most_the_mark_for_every_size(case in a_case()) {
        let ask = case.quote(case.pool, Side::Buy, case.first).unwrap();
        prop_assert!(ask.premium >= ask.mark);
        prop_assert!(ask.premium.e9() >= intrinsic_e9(&case.terms, case.first));
        prop_assert!(ask.premium.e9() >= case.spread.tick.e9() * case.first as i64);
        prop_assert!(ask.multiplier.e9() + 1 >= case.anchor.level().e9());
        if let Ok(bid) = case.quote(case.pool, Side::Sell, case.first) {
            prop_assert!(bid.premium <= bid.mark);
            prop_assert!(bid.premium >= Value::ZERO);
            prop_assert!(bid.mark <= ask.mark);
            prop_assert!(bid.multiplier <= case.anchor.level());
        }
    }

    #[test]
    fn a_larger_order_never_has_a_better_average_price(case in a_case()) {
        let (small, large) = (case.first, case.first + case.second);
        let (little, much) = (case.quote(case.pool, Side::Buy, small), case.quote(case.pool, Side::Buy, large));
        let cross = |quote: &Quote, lots: u64| i128::from(quote.premium.e9()) * i128::from(lots);
        let tolerance = i128::from(case.tolerance()) * i128::from(large);
        let (little, much) = (little.unwrap(), much.unwrap());
        prop_assert!(cross(&little, large) <= cross(&much, small) + tolerance);
        prop_assert!(little.premium <= much.premium);
        if let Ok(much) = case.quote(case.pool, Side::Sell, large) {
            let little = case.quote(case.pool, Side::Sell, small).unwrap();
            prop_assert!(cross(&little, large) + tolerance >= cross(&much, small));
            prop_assert!(i128::from(little.premium.e9()) <= i128::from(much.premium.e9()) + tolerance);
        }
    }

    #[test]
    fn inventory_moves_quotes_against_itself(case in a_case()) {
        let longer = PoolState { vega: case.pool.vega.try_add(Value::from_e9(E9 as i64)).unwrap(), ..case.pool };
        let (now, then) = (case.quote(case.pool, Side::Buy, case.first), case.quote(longer, Side::Buy, case.first));
        prop_assert!(then.unwrap().premium.e9() <= now.unwrap().premium.e9() + case.tolerance());
    }

    #[test]
    fn a_nudge_leaves_the_free_quotes_as_they_were(case in a_case(), mid in 5_000_u16..20_000, step in 0_u16..500) {
        let nudged = case.anchor.nudged(Ratio::from_bps(mid), Ratio::from_bps(step)).unwrap();
        let gained = nudged.level().e9() as i64 - case.anchor.level().e9() as i64;
        prop_assert_eq!(nudged.base(), case.anchor.base());
        prop_assert_eq!(case.anchor.offset_e9() - nudged.offset_e9(), gained);
        prop_assert_eq!(
            LotGreeks::at_base(&case.terms, nudged, 2_592_000),
            LotGreeks::at_base(&case.terms, case.anchor, 2_592_000)
        );
        let moved = Case { anchor: nudged, spread: PriceSpread { tick: Value::ZERO, ..case.spread }, ..case.clone() };
        let still = Case { spread: moved.spread, ..case };
        // Free on both sides of the nudge: the multiplier ends beyond both levels.
        let free = |quote: &Quote| quote.multiplier.e9() > 10 + nudged.level().e9().max(still.anchor.level().e9());
        let far = PoolState { vega: Value::from_e9(-150_000 * E9 as i64), ..still.pool };
        let (before, after) = (still.quote(far, Side::Buy, 1).unwrap(), moved.quote(far, Side::Buy, 1).unwrap());
        if free(&before) && free(&after) {
            prop_assert_eq!(before.premium, after.premium);
        }
    }

    #[test]
    fn no_input_panics(
        raw in prop::array::uniform12(prop_oneof![Just(0_u64), Just(1), Just(u64::MAX), Just(1 << 62), any::<u64>()]),
        variance in 0_u128..(1 << 80), call in any::<bool>(), buy in any::<bool>(),
    ) {
        let value = |index: usize| Value::from_e9(raw[index] as i64);
        let curve = curve();
        let spread = PriceSpread {
            gap: Ratio::from_e9(raw[0]), gamma_cap: value(1), latency: Ratio::from_e9(raw[2]), tick: value(3),
        };
        let pool = PoolState { vega: Value::from_e9((raw[4] as i64) >> 16), gamma: value(5) };
        let terms = OptionTerms {
            kind: if call { OptionKind::Call } else { OptionKind::Put },
            forward: Price::from_e9(raw[6] >> 1),
            strike: Price::from_e9(raw[7] >> 2),
            discount: Ratio::from_e9(raw[8] >> 20),
            lot: LotSize::from_units_e9(1 + raw[9] % 1_000_000_000_000).unwrap(),
            variance: TotalVariance::from_q64(variance).unwrap(),
        };
        let greeks = LotGreeks { vega: Value::from_e9((raw[10] as i64) >> 30), gamma: value(11), delta: value(0) };
        let quoter = Quoter { curve: &curve, spread: &spread, anchor: Anchor::default(), pool };
        let side = if buy { Side::Buy } else { Side::Sell };
        if let Ok(quote) = quoter.quote(&terms, &greeks, side, 1 + (raw[2] >> 40)) {
            prop_assert!(quote.premium >= Value::ZERO);
        }
        let _ = LotGreeks::at_base(&terms, Anchor::default(), raw[3]);
    }
}

/// A slice of at-the-money variance `theta_e12` with psi well inside its bounds.
fn slice(theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Slice {
    Slice::try_new(theta_e12, rho_e12, psi_e12).expect("a slice")
}

fn on_slice(slice: &Slice, kind: OptionKind, strike: u64) -> OptionTerms {
    let forward = 150 * E9;
    OptionTerms {
        kind,
        forward: Price::from_e9(forward),
        strike: Price::from_e9(strike),
        discount: Ratio::ONE,
        lot: LotSize::from_units_e9(10_000_000).unwrap(),
        variance: slice.total_variance(ln_ratio_q56(forward, strike).unwrap()).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    /// Scaled slices are slices: the quotes of one side at one inventory order by expiry and are convex in strike.
    #[test]
    fn quotes_at_one_inventory_keep_calendar_and_butterfly_order(
        theta in 10_000_000_000_u64..200_000_000_000, rho in -700_000_000_000_i64..700_000_000_000,
        growth in 0_u64..100_000_000_000, strike in 90_u64..230, width in 1_u64..20, vega in -100_000_i64..100_000,
        buy in any::<bool>(),
    ) {
        // psi / theta falls with the expiry while psi grows: accepted pairs.
        let psi = theta / 2;
        let (near, far) = (slice(theta, rho, psi), slice(theta + growth, rho, psi));
        let curve = curve();
        let spread = free();
        let pool = PoolState { vega: Value::from_e9(vega * E9 as i64), gamma: Value::ZERO };
        let quoter = Quoter { curve: &curve, spread: &spread, anchor: Anchor::default(), pool };
        let side = if buy { Side::Buy } else { Side::Sell };
        let lots = 1_000_000;
        // Without vega the path is a point: all quotes are at one inventory.
        let quote = |slice: &Slice, strike: u64| {
            let terms = on_slice(slice, OptionKind::Call, strike * E9);
            quoter.quote(&terms, &LotGreeks::default(), side, lots).unwrap().premium.e9()
        };
        let tolerance = 4 * slack_e9(&on_slice(&near, OptionKind::Call, 250 * E9), lots) as i64 + 8;
        prop_assert!(quote(&far, strike) + tolerance >= quote(&near, strike));
        let (low, middle, high) = (strike - width, strike, strike + width);
        let butterfly = quote(&near, low) + quote(&near, high) - 2 * quote(&near, middle);
        prop_assert!(butterfly >= -4 * tolerance, "butterfly {butterfly}");
        prop_assert!(quote(&near, low) + tolerance >= quote(&near, middle));
    }

    /// Every purchase is at the mark or above and every sale at the mark or below, so no sequence of trades over any
    /// options that ends flat gains.
    #[test]
    fn no_cycle_over_two_options_gains(
        strikes in (130_u64..170, 130_u64..170), calls in any::<(bool, bool)>(),
        orders in prop::collection::vec((any::<bool>(), any::<bool>(), 1_u64..20_000), 1..5), vega in -90_000_i64..90_000,
    ) {
        let near = slice(50_000_000_000, -300_000_000_000, 60_000_000_000);
        let kind = |call| if call { OptionKind::Call } else { OptionKind::Put };
        let options = [
            on_slice(&near, kind(calls.0), strikes.0 * E9),
            on_slice(&near, kind(calls.1), strikes.1 * E9),
        ];
        let (curve, spread, anchor) = (curve(), free(), Anchor::default());
        let mut pool = PoolState { vega: Value::from_e9(vega * E9 as i64), gamma: Value::ZERO };
        let (mut cash, mut held) = (0_i64, [0_i64; 2]);
        let mut trade = |option: usize, side: Side, lots: u64, cash: &mut i64, held: &mut [i64; 2]| {
            let greeks = LotGreeks::at_base(&options[option], anchor, 2_592_000).unwrap();
            let quoter = Quoter { curve: &curve, spread: &spread, anchor, pool };
            let quote = quoter.quote(&options[option], &greeks, side, lots).unwrap();
            pool = quote.pool;
            let (sign, lots) = if side == Side::Buy { (1, lots as i64) } else { (-1, lots as i64) };
            *cash -= sign * quote.premium.e9();
            held[option] += sign * lots;
        };
        for (first, buy, lots) in orders {
            let side = if buy { Side::Buy } else { Side::Sell };
            trade(usize::from(first), side, lots, &mut cash, &mut held);
        }
        for option in [0, 1] {
            let side = if held[option] < 0 { Side::Buy } else { Side::Sell };
            if held[option] != 0 {
                trade(option, side, held[option].unsigned_abs(), &mut cash, &mut held);
            }
        }
        prop_assert_eq!(held, [0, 0]);
        prop_assert!(cash <= 0, "gained {cash}");
    }

    #[test]
    fn the_ask_nav_is_never_below_the_bid_nav(
        cash in -1_000_000_i64..1_000_000,
        holdings in prop::collection::vec((-1_000_i64..1_000, 0_i64..1_000, 0_i64..1_000, 0_i64..1_000), 0..8),
    ) {
        let mut builder = NavBuilder::new(Value::from_e9(cash));
        let mut fair = (cash, cash);
        for (lots, bid, width, unearned) in holdings {
            builder.add(&Holding {
                lots: Lots::new(lots),
                bid: Value::from_e9(bid),
                ask: Value::from_e9(bid + width),
                unearned: Value::from_e9(unearned),
            }).unwrap();
            fair = (fair.0 + lots * bid, fair.1 + lots * (bid + width));
        }
        let navs = builder.finish();
        prop_assert!(navs.ask >= navs.bid);
        prop_assert!(navs.ask.e9() >= fair.0.max(fair.1));
        prop_assert!(navs.bid.e9() <= fair.0.min(fair.1));
    }
}
