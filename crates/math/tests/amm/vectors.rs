//! Reference numbers, row by row.

use super::{E9, curve, free, slack_e9, terms};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive};
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::MathError;
use tenor_math::amm::{
    Anchor, InventoryCurve, InventoryParams, LotGreeks, OptionTerms, PoolState, PriceSpread, QuoteError, Quoter,
    Refusal, Side, reservation,
};
use tenor_math::pricing::{OptionKind, TotalVariance};
use tenor_math::quantity::{LotSize, Price, Ratio, Value};

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
