//! The published and generated reference numbers, row by row.
//!
//! `TENOR_VECTORS_DIR` points to another folder of files with the same names. Expected values are parsed as exact
//! rationals: no float stands between a vector and its test.

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
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::liquidation::{SliceTerms, slice_fraction};
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::quantity::{Ratio, Value};
use tenor_math::special;
use tenor_math::surface::Slice;

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let folder = std::env::var_os("TENOR_VECTORS_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_path(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().expect("a readable row");
    assert!(!rows.is_empty(), "{file} has rows");
    rows
}

/// Exact value of a decimal string such as `-1.5e-7`.
fn exact(text: &str) -> BigRational {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}")
        .parse()
        .unwrap_or_else(|_| panic!("a number: {text}"));
    let power = exponent.parse::<i64>().expect("an exponent") - fraction.len() as i64;
    let ten = BigRational::from_integer(BigInt::from(10));
    BigRational::from_integer(digits) * Pow::pow(&ten, &BigInt::from(power))
}

fn fixed(value: impl Into<BigInt>, bits: u32) -> BigRational {
    BigRational::new(value.into(), BigInt::one() << bits)
}

/// Nearest integer to `value * 2^bits`.
fn to_fixed(value: &BigRational, bits: u32) -> BigInt {
    (value * BigRational::from_integer(BigInt::one() << bits))
        .round()
        .to_integer()
}

#[track_caller]
fn assert_close(got: &BigRational, want: &BigRational, bound: f64, row: &Row) {
    let error = (got - want).abs().to_f64().unwrap();
    assert!(
        error <= bound,
        "error {error:e} > {bound:e}: got {} want {} in {row:?}",
        got.to_f64().unwrap(),
        want.to_f64().unwrap()
    );
}

#[test]
fn logarithm_exponential_and_root_match_the_primitives() {
    let mut tried = 0;
    for row in rows("prim.csv") {
        let (x, want) = (exact(&row["x"]), exact(&row["out"]));
        match row["fn"].as_str() {
            "ln" if x.is_positive() => {
                // A ratio of integers, as prices are: both scaled to 63 bits.
                let (numerator, denominator) = scaled_pair(&x);
                let Some((numerator, denominator)) = numerator.to_u64().zip(denominator.to_u64()) else {
                    continue;
                };
                if numerator == 0 || denominator == 0 {
                    continue;
                }
                let want_of_pair = want.clone();
                let got = special::ln_ratio_q56(numerator, denominator).unwrap();
                // The pair itself is rounded; rows where that costs more than 1e-12 say nothing of the logarithm.
                let pair = BigRational::new(numerator.into(), denominator.into());
                let quantisation = ((&pair - &x) / &x).abs().to_f64().unwrap();
                if quantisation > 1e-12 {
                    continue;
                }
                assert_close(&fixed(got, 56), &want_of_pair, 1.2e-16 + quantisation * 1.01, &row);
            }
            "exp" if !x.is_positive() => {
                let Some(argument) = to_fixed(&-&x, 56).to_i64() else {
                    continue;
                };
                let quantisation = 1e-17;
                assert_close(
                    &fixed(special::exp_neg_q62(argument), 62),
                    &want,
                    1e-17 + quantisation,
                    &row,
                );
            }
            "sqrt" if x < BigRational::from_integer(16_384.into()) => {
                let raw = to_fixed(&x, 64).to_u128().unwrap();
                let got = fixed(special::sqrt_q64(raw), 56);
                let of_raw = fixed(raw, 64);
                assert!(&got * &got <= of_raw, "{row:?}");
                let next = got + fixed(1, 56);
                assert!(&next * &next > of_raw, "{row:?}");
            }
            _ => continue,
        }
        tried += 1;
    }
    assert!(tried > 450, "only {tried} rows fit the domains");
}

/// Two integers with 60 significant bits between them whose ratio is close to `x`.
fn scaled_pair(x: &BigRational) -> (BigInt, BigInt) {
    let one: BigInt = BigInt::one() << 60;
    if *x > BigRational::one() {
        (one.clone(), (BigRational::from_integer(one) / x).round().to_integer())
    } else {
        ((x * BigRational::from_integer(one.clone())).round().to_integer(), one)
    }
}

#[test]
fn normal_distribution_matches() {
    for row in rows("ncdf.csv").iter().filter(|row| row["kind"] == "cdf") {
        let x = exact(&row["arg"]);
        let raw = to_fixed(&x, 56).to_i64().unwrap();
        let quantisation = 1e-17;
        assert_close(
            &fixed(special::normal_cdf_q62(raw), 62),
            &exact(&row["cdf"]),
            3e-17 + quantisation,
            row,
        );
        assert_close(
            &fixed(special::normal_cdf_q62(-raw), 62),
            &exact(&row["sf"]),
            3e-17 + quantisation,
            row,
        );
        assert_close(
            &fixed(special::normal_pdf_q62(raw), 62),
            &exact(&row["pdf"]),
            1e-16,
            row,
        );
        if raw != 0 {
            assert_eq!(
                special::normal_cdf_q62(raw) + special::normal_cdf_q62(-raw),
                1 << 62,
                "{row:?}"
            );
        }
    }
}

#[test]
fn black_prices_and_greeks_match_the_grid() {
    let (mut worst, mut rows_used) = (0_f64, 0);
    for row in rows("bs_grid.csv") {
        let (forward, strike, discount) = (exact(&row["F"]), exact(&row["K"]), exact(&row["DF"]));
        let scale = forward.clone().max(strike.clone());
        let to_raw = |value: &BigRational| to_fixed(&(value / &scale), 62).to_u64().unwrap();
        let (f, k) = (to_raw(&forward), to_raw(&strike));
        let sigma = exact(&row["sigma"]);
        let years = exact(&row["T_sec"]) / BigRational::from_integer(31_536_000.into());
        let variance = to_fixed(&(&sigma * &sigma * &years), 64).to_u128().unwrap();
        let (value, greeks) = black(f, k, TotalVariance::from_q64(variance).unwrap()).unwrap();

        let unscaled = |raw: u64| fixed(raw, 62);
        let want = |column: &str| exact(&row[column]) / &discount / &scale;
        assert_close(&unscaled(value.call), &want("call"), 1e-14, &row);
        assert_close(&unscaled(value.put), &want("put"), 1e-14, &row);
        worst = worst.max((unscaled(value.call) - want("call")).abs().to_f64().unwrap());
        assert_eq!(
            i128::from(value.call) - i128::from(value.put),
            i128::from(f) - i128::from(k),
            "parity: {row:?}"
        );
        rows_used += 1;
        // The greeks of spot rows are with respect to spot; forward rows are what the kernel computes.
        if row["form"] != "B76" || row["gamma"].is_empty() || row["vega"].is_empty() {
            continue;
        }
        assert_close(
            &unscaled(greeks.delta_q62),
            &(exact(&row["call_delta"]) / &discount),
            1e-12,
            &row,
        );
        // vega = F phi(d1) sqrt(T): compared squared, since sqrt(T) is irrational.
        let per_deviation = unscaled(greeks.vega_per_deviation) * &scale / &forward;
        let vega = exact(&row["vega"]) / &discount / &forward;
        let difference = (&per_deviation * &per_deviation * &years - &vega * &vega).abs();
        let bound = BigRational::new(1.into(), 10_u64.pow(12).into()) * &years;
        assert!(difference <= bound, "vega {row:?}");
    }
    assert!(rows_used > 1_200, "only {rows_used} rows");
    println!("worst price error {worst:e} of max(F, K)");
}

#[test]
fn slices_match_ssvi() {
    let mut accepted = 0;
    for row in rows("ssvi_cases.csv") {
        let (theta, rho, phi, k) = (
            exact(&row["theta"]),
            exact(&row["rho"]),
            exact(&row["phi"]),
            exact(&row["k"]),
        );
        let psi = &theta * phi;
        let e12 = |value: &BigRational| {
            let scaled = value * BigRational::from_integer(10_i64.pow(12).into());
            (scaled.clone() - scaled.round()).is_zero().then(|| scaled.to_integer())
        };
        let (Some(theta), Some(rho)) = (e12(&theta), e12(&rho)) else {
            continue;
        };
        let psi_e12 = (psi * BigRational::from_integer(10_i64.pow(12).into()))
            .round()
            .to_integer();
        let (Some(theta), Some(rho), Some(psi)) = (theta.to_u64(), rho.to_i64(), psi_e12.to_u64()) else {
            continue;
        };
        let Ok(slice) = Slice::try_new(theta, rho, psi) else {
            continue;
        };
        let log_moneyness = to_fixed(&-k, 56).to_i64().unwrap();
        let got = fixed(slice.total_variance(log_moneyness).unwrap().q64(), 64);
        // psi is rounded to 1e-12, which |k| <= 8 multiplies.
        assert_close(&got, &exact(&row["w"]), 1e-11, &row);
        accepted += 1;
    }
    assert!(accepted > 30, "only {accepted} rows were accepted");
}

#[test]
fn slice_fraction_matches_the_target_health_cases() {
    // Kind B: equity, requirement, target, fee rate, notional; the fee on notional is the discount on the requirement.
    let mut tried = 0;
    for row in rows("liquidation_cases.csv").iter().filter(|row| row["kind"] == "B") {
        let value = |column: &str| exact(&row[column]);
        let e9 = |value: BigRational| {
            (value * BigRational::from_integer(1_000_000_000.into()))
                .to_integer()
                .to_i64()
                .unwrap()
        };
        let (equity, maintenance, target) = (value("in1"), value("in2"), value("in3"));
        let discount = value("in4") * value("in5") / &maintenance;
        if discount >= target {
            continue;
        }
        let got = slice_fraction(&SliceTerms {
            equity: Value::from_e9(e9(equity)),
            maintenance: Value::from_e9(e9(maintenance)),
            haircut: Value::ZERO,
            discount: Ratio::from_e9(e9(discount) as u64),
            target: Ratio::from_e9(e9(target) as u64),
        })
        .unwrap();
        let got = BigRational::new(got.e18().into(), 10_u64.pow(18).into());
        assert_close(&got, &value("fraction_or_x"), 1e-13, row);
        tried += 1;
    }
    assert!(tried >= 7, "only {tried} rows");
}
