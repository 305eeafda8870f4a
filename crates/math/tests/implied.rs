//! Implied volatility against exact roots, its errors, its witness check and its round trip.

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

#[path = "support/decimal.rs"]
mod decimal;

use decimal::{Row, exact, fixed, rows, to_fixed};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive};
use proptest::prelude::*;
use tenor_math::MathError;
use tenor_math::pricing::{
    ImpliedError, OptionKind, OptionQuote, TotalVariance, Volatility, black, check_implied, implied_deviation,
    implied_variance, implied_volatility,
};
use tenor_math::quantity::SECONDS_PER_YEAR;

/// A row's option in a scale in which forward and strike are exact integers below 2^62, and that scale.
fn quote(row: &Row) -> (OptionQuote, BigRational) {
    let (forward, strike) = (exact(&row["F"]), exact(&row["K"]));
    let mut scale = BigRational::from_integer(forward.denom() * strike.denom());
    let two = BigRational::from_integer(2.into());
    let limit = BigRational::from_integer(BigInt::one() << 61);
    while forward.clone().max(strike.clone()) * &scale < limit {
        scale *= &two;
    }
    let whole = |value: &BigRational| {
        let scaled = value * &scale;
        assert!(scaled.is_integer(), "{row:?}");
        scaled.to_integer().to_u64().unwrap()
    };
    let price = exact(&row["price"]) / exact(&row["DF"]) * &scale;
    let quote = OptionQuote {
        kind: if row["cp"] == "C" {
            OptionKind::Call
        } else {
            OptionKind::Put
        },
        forward: whole(&forward),
        strike: whole(&strike),
        price_q64: to_fixed(&price, 64).to_u128().unwrap(),
    };
    (quote, scale)
}

#[test]
fn every_solvable_price_gives_its_volatility_and_every_other_its_error() {
    let (mut solved, mut refused) = (0, 0);
    let (mut worst, mut worst_deviation) = (0_f64, 0_f64);
    for row in rows("iv_cases.csv") {
        let (quote, _) = quote(&row);
        let seconds = row["T_sec"].parse().unwrap();
        let got = implied_volatility(&quote, seconds);
        let error = match row["status"].as_str() {
            "ok" => {
                let got = BigRational::new(
                    got.unwrap_or_else(|e| panic!("{e:?}: {row:?}")).e12().into(),
                    10_u64.pow(12).into(),
                );
                let distance = (got - exact(&row["iv"])).abs().to_f64().unwrap();
                let tick = 10_f64.powi(-row["price_places"].parse::<i32>().unwrap());
                let bound = (tick / row["vega"].parse::<f64>().unwrap()).max(1e-9);
                assert!(distance <= bound, "{distance:e} > {bound:e}: {row:?}");
                let deviation = fixed(implied_deviation(&quote).unwrap(), 56);
                let off = (deviation - exact(&row["total_vol"])).abs().to_f64().unwrap();
                let stated = 3e-16 + 2e-15 * row["total_vol"].parse::<f64>().unwrap();
                assert!(off <= stated, "deviation off by {off:e}: {row:?}");
                (worst, worst_deviation) = (worst.max(distance), worst_deviation.max(off));
                solved += 1;
                continue;
            }
            "no_solution" | "below_intrinsic" | "at_intrinsic" | "zero_price" => ImpliedError::NoTimeValue,
            "at_max" | "above_max" => ImpliedError::AboveMaximum,
            status => panic!("unknown status {status}"),
        };
        assert_eq!(got, Err(error), "{row:?}");
        refused += 1;
    }
    assert!(solved == 320 && refused == 35, "{solved} solved, {refused} refused");
    println!("worst volatility error {worst:e}, worst deviation error {worst_deviation:e}");
}

#[test]
fn the_deviation_keeps_its_bound_over_the_whole_domain() {
    let mut worst = 0_f64;
    let rows = rows("implied_deep.csv");
    assert_eq!(rows.len(), 400);
    for row in rows {
        let [forward, strike] = ["forward", "strike"].map(|column| row[column].parse::<u64>().unwrap());
        let quote = OptionQuote {
            kind: if forward <= strike {
                OptionKind::Call
            } else {
                OptionKind::Put
            },
            forward,
            strike,
            price_q64: row["price_q64"].parse().unwrap(),
        };
        let want = exact(&row["deviation"]);
        let s = want.to_f64().unwrap();
        let off = (fixed(implied_deviation(&quote).unwrap(), 56) - want)
            .abs()
            .to_f64()
            .unwrap();
        let share = off / (3e-16 + 2e-15 * s);
        assert!(share <= 1.0, "off by {off:e}, {share} of the bound: {row:?}");
        worst = worst.max(share);
    }
    println!("worst error {worst} of its bound");
}

#[test]
fn the_witness_of_a_price_is_its_own_volatility_and_no_other() {
    let (mut accepted, mut refused) = (0, 0);
    for row in rows("iv_cases.csv").iter().filter(|row| row["status"] == "ok") {
        let (quote, scale) = quote(row);
        let square = exact(&row["total_vol"]).pow(2);
        let variance = |value: &BigRational| TotalVariance::from_q64(to_fixed(value, 64).to_u128().unwrap()).unwrap();
        // A tick of 1e-9 of the forward, or of the file if that is coarser.
        let forward = BigRational::new(quote.forward.into(), 10_u64.pow(9).into());
        let places = row["price_places"].parse::<u32>().unwrap();
        let tick = (scale / BigRational::from_integer(BigInt::from(10).pow(places))).max(forward);
        let tick_q64 = to_fixed(&tick, 64).to_u128().unwrap();
        assert_eq!(check_implied(&quote, variance(&square), tick_q64), Ok(()), "{row:?}");
        accepted += 1;
        // Where half as much variance again moves the price by more than the tick, it is refused.
        let other = variance(&(square * BigRational::new(3.into(), 2.into())));
        let vega = exact(&row["vega"]) * exact(&row["iv"]) / exact(&row["DF"])
            * BigRational::new(quote.forward.into(), 1.into())
            / exact(&row["F"]);
        if vega > tick * BigRational::from_integer(1_000.into()) {
            assert_eq!(
                check_implied(&quote, other, tick_q64),
                Err(ImpliedError::Mismatch),
                "{row:?}"
            );
            refused += 1;
        }
    }
    assert!(
        accepted >= 275 && refused >= 200,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn prices_without_a_volatility_are_named() {
    let one = |kind, forward, strike, price_q64| OptionQuote {
        kind,
        forward,
        strike,
        price_q64,
    };
    let call = |price_q64| one(OptionKind::Call, 100 << 50, 90 << 50, price_q64);
    let intrinsic = (10_u128 << 50) << 64;
    assert_eq!(implied_deviation(&call(intrinsic)), Err(ImpliedError::NoTimeValue));
    assert_eq!(implied_deviation(&call(intrinsic - 1)), Err(ImpliedError::NoTimeValue));
    assert!(implied_deviation(&call(intrinsic + 1)).is_ok());
    let most = (100_u128 << 50) << 64;
    assert_eq!(implied_deviation(&call(most)), Err(ImpliedError::AboveMaximum));
    assert!(implied_deviation(&call(most - 1)).is_ok());
    let put = |price_q64| one(OptionKind::Put, 100 << 50, 90 << 50, price_q64);
    assert_eq!(implied_deviation(&put(0)), Err(ImpliedError::NoTimeValue));
    assert_eq!(
        implied_deviation(&put((90_u128 << 50) << 64)),
        Err(ImpliedError::AboveMaximum)
    );
    // At the money a price of 2^-127 of the forward means a deviation of 1e-38.
    let nearly_nothing = one(OptionKind::Call, 1 << 62, 1 << 62, 1);
    assert_eq!(implied_deviation(&nearly_nothing), Err(ImpliedError::Unresolvable));
    for (forward, strike) in [(0, 1), (1, 0), (1 << 63, 1), (1, 1 << 63)] {
        let outside = one(OptionKind::Call, forward, strike, 1);
        assert_eq!(implied_deviation(&outside), Err(ImpliedError::OutOfDomain));
        assert_eq!(
            check_implied(&outside, TotalVariance::ZERO, 1),
            Err(ImpliedError::OutOfDomain)
        );
    }
    assert_eq!(
        implied_volatility(&call(intrinsic + (1 << 110)), 0),
        Err(ImpliedError::OutOfDomain)
    );
    let no_value = check_implied(&call(intrinsic), TotalVariance::ZERO, u128::MAX);
    assert_eq!(no_value, Err(ImpliedError::NoTimeValue));
}

#[test]
fn volatility_and_total_variance_convert_both_ways() {
    let eighty = Volatility::from_e12(800_000_000_000);
    // 0.64 x 30/365 in Q64, by exact rationals.
    let want = BigRational::new((64 * 30).into(), (100 * 365).into());
    let variance = eighty.total_variance(30 * 86_400).unwrap();
    let error = (fixed(variance.q64(), 64) - &want).to_f64().unwrap();
    assert!((-1.2e-19..=0.0).contains(&error), "{error:e}");
    let back = Volatility::of_variance(variance, 30 * 86_400).unwrap();
    assert!(eighty.e12() - back.e12() <= 1, "{back:?}");
    assert_eq!(Volatility::of_variance(variance, 0), Err(MathError::DivideByZero));
    assert_eq!(Volatility::of_deviation(-1, 1), Err(MathError::OutOfDomain));
    assert_eq!(
        Volatility::of_deviation(i64::MAX, 1).map(|v| v.e12() / 1_000_000_000_000),
        Ok(718_808)
    );
    assert_eq!(
        Volatility::from_e12(256_000_000_000_000).total_variance(1),
        Err(MathError::OutOfDomain)
    );
    let greatest = Volatility::from_e12(255_999_999_999_999)
        .total_variance(SECONDS_PER_YEAR)
        .unwrap();
    assert!(greatest.q64() >> 64 == 65_535);
}

fn any_kind() -> impl Strategy<Value = OptionKind> {
    prop_oneof![Just(OptionKind::Call), Just(OptionKind::Put)]
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn a_price_survives_the_round_trip(
        kind in any_kind(),
        forward in 1_u64 << 58..1 << 61,
        moneyness_bps in 3_000_u64..30_000,
        s_q56 in 1_u64 << 50..3 << 56,
    ) {
        let strike = forward / 10_000 * moneyness_bps;
        let square = (u128::from(s_q56) * u128::from(s_q56)) >> 48;
        let (pair, greeks) = black(forward, strike, TotalVariance::from_q64(square).unwrap()).unwrap();
        let price = match kind { OptionKind::Call => pair.call, OptionKind::Put => pair.put };
        let quote = OptionQuote { kind, forward, strike, price_q64: u128::from(price) << 64 };
        match implied_deviation(&quote) {
            // The price resolves s to its own error over vega: a few units of 2^-58 of the forward.
            Ok(got) => {
                let moved = (got - s_q56 as i64).unsigned_abs();
                let price_error = 512.0 / (greeks.vega_per_deviation as f64 + 1.0);
                let relative = price_error * (1u64 << 56) as f64;
                // Far from the money vega itself falls within the error, so the bound is only useful where it is small.
                prop_assert!(relative > 1e-3 * s_q56 as f64 || moved as f64 <= relative + 16.0, "off by {moved} of {s_q56}");
                let variance = implied_variance(&quote).unwrap();
                prop_assert_eq!(check_implied(&quote, variance, 1024 << 64), Ok(()));
            }
            Err(error) => {
                // Only where the price as rounded has no time value or none left.
                let otm = pair.call.min(pair.put);
                prop_assert!(otm == 0 || otm >= forward.min(strike), "{error:?} at {otm}");
            }
        }
    }

    #[test]
    fn a_dearer_option_never_has_less_volatility(
        forward in 1_u64 << 20..1 << 62,
        strike in 1_u64 << 20..1 << 62,
        price in any::<u128>(),
        more in any::<u64>(),
    ) {
        let bound = u128::from(forward.min(strike)) << 64;
        let lower = price % bound;
        let at = |price_q64: u128| {
            let kind = if forward <= strike { OptionKind::Call } else { OptionKind::Put };
            implied_deviation(&OptionQuote { kind, forward, strike, price_q64 })
        };
        let higher = lower.saturating_add(u128::from(more)).min(bound - 1);
        if let (Ok(low), Ok(high)) = (at(lower), at(higher)) {
            // Two searches, each within its own error.
            prop_assert!(high.saturating_add(32 + (high >> 48)) >= low, "{low} > {high}");
        }
    }

    #[test]
    fn every_price_strictly_inside_its_bounds_is_solved(
        forward in 1_u64..1 << 63, other in 1_u64..1 << 63, nearness in 0_u32..63, bits in 1_u32..127, low_bits in any::<u128>(),
    ) {
        // From equal strikes to any: the difference loses bits.
        let strike = forward.saturating_add_signed((other as i64 - forward as i64) >> nearness).clamp(1, (1 << 63) - 1);
        let bound = u128::from(forward.min(strike)) << 64;
        let value = ((low_bits | 1 << 127) >> (128 - bits)) % bound;
        let kind = if forward <= strike { OptionKind::Call } else { OptionKind::Put };
        let got = implied_deviation(&OptionQuote { kind, forward, strike, price_q64: value });
        match got {
            Ok(s) => prop_assert!(s >= 1 << 16),
            Err(ImpliedError::NoTimeValue) => prop_assert_eq!(value, 0),
            // Only next to the money, and for almost no price, can a deviation be below 1e-12.
            Err(ImpliedError::Unresolvable) => prop_assert!(
                forward.abs_diff(strike) <= forward >> 36 && value < bound >> 40,
                "{forward} {strike} {value}"
            ),
            Err(error) => prop_assert!(false, "{error:?}"),
        }
    }
}
