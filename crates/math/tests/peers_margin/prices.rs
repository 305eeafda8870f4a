//! Option prices and volatilities that other libraries publish.

use super::{Errors, exact, rows, scaled_unsigned, whole};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use std::collections::HashMap;
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::special::{ln_ratio_q56, sqrt_q64};

/// Units of a price: the largest input is below 2^62.
const UNIT: u64 = 1_000_000_000_000_000;
const Q62: f64 = 4_611_686_018_427_387_904.0;
/// Of the larger of forward and strike: the published numbers have sixteen digits.
const LIMIT: f64 = 1e-14;

fn get(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn q64(x: &BigRational) -> u128 {
    (x * BigRational::from_integer(BigInt::from(1_u128 << 64)))
        .to_integer()
        .to_u128()
        .unwrap()
}

/// Total variance, capped at 24^2 as the publishers of the Black-76 prices do.
fn variance(volatility: f64, years: &BigRational) -> TotalVariance {
    let total = exact(volatility) * exact(volatility) * years;
    TotalVariance::from_q64(q64(&total.min(whole(576)))).unwrap()
}

fn priced(value: u64) -> f64 {
    value as f64 / UNIT as f64
}

#[test]
fn black_76_prices_of_lyra() {
    let Some(rows) = rows("black76_prices.csv") else { return };
    let mut errors = Errors::new("Black-76 prices, of max(F, K)", 0.0);
    for row in &rows {
        let scale = |price: f64| scaled_unsigned(&(exact(price) * exact(get(row, "discount"))), UNIT);
        let years = exact(get(row, "sec_to_expiry")) / whole(31_536_000);
        let (forward, strike) = (get(row, "fwd"), get(row, "strike"));
        let (pair, greeks) = black(scale(forward), scale(strike), variance(get(row, "vol"), &years)).unwrap();
        errors.floor = forward.max(strike);
        errors.compare(priced(pair.call), get(row, "call"), LIMIT, &format!("{row:?}"));
        // One published put has eight digits.
        let digits = if row["put"].contains("e-10") { 1e-12 } else { LIMIT };
        errors.compare(priced(pair.put), get(row, "put"), digits, &format!("{row:?}"));
        errors.floor = 1.0;
        let delta = greeks.delta_q62 as f64 / Q62;
        errors.compare(delta, get(row, "call_delta_undiscounted"), 1e-13, &format!("{row:?}"));
    }
    assert_eq!(rows.len(), 7);
    errors.report();
}

#[test]
fn black_scholes_prices_of_premia() {
    let Some(rows) = rows("black_scholes_prices.csv") else {
        return;
    };
    let mut errors = Errors::new("Black-Scholes prices, of max(S, K)", 0.0);
    for row in &rows {
        let (spot, strike) = (get(row, "spot"), get(row, "strike"));
        let (years, rate) = (get(row, "T_years"), get(row, "rate"));
        // Discounting both, the forward is spot.
        let discounted = strike * (-rate * years).exp();
        let scale = |price: f64| scaled_unsigned(&exact(price), UNIT);
        let variance = variance(get(row, "vol"), &exact(years));
        let (pair, greeks) = black(scale(spot), scale(discounted), variance).unwrap();
        let got = match row["type"].as_str() {
            "call" => priced(pair.call),
            "put" => priced(pair.put),
            _ => greeks.delta_q62 as f64 / Q62,
        };
        errors.floor = spot.max(strike);
        errors.compare(got, get(row, "ref_float64"), LIMIT, &format!("{row:?}"));
        // The deltas are published as the contract's own approximation.
        let digits = if row["type"] == "call_delta" { 1e-6 } else { LIMIT };
        assert!(
            (got - get(row, "expected")).abs() <= digits * errors.floor.max(1.0) + 1e-16,
            "{row:?}"
        );
    }
    assert_eq!(rows.len(), 35);
    errors.report();
}

/// Raw SVI by this crate's logarithm and square root; an eSSVI slice cannot hold these parameters.
#[test]
fn svi_volatilities_of_lyra() {
    let Some(rows) = rows("svi_vols.csv") else { return };
    let mut errors = Errors::new("SVI volatilities", 0.0);
    let q56 = |x: i64| BigRational::new(x.into(), (1_i64 << 56).into());
    let root = |x: &BigRational| q56(i64::try_from(sqrt_q64(q64(x))).unwrap());
    for row in &rows {
        let [a, b, rho, m, sigma] = ["a", "b", "rho", "m", "sigma"].map(|name| exact(get(row, name)));
        let scale = |column| scaled_unsigned(&exact(get(row, column)), UNIT);
        let log = q56(ln_ratio_q56(scale("strike"), scale("fwd")).unwrap());
        let limit = root(&(&a + &b * &sigma)) * whole(4);
        assert!(log.abs() < limit, "{row:?}");
        let shift = log - m;
        let total = a + b * (rho * &shift + root(&(&shift * &shift + &sigma * &sigma)));
        let volatility = root(&(total / exact(get(row, "ref_tau"))));
        errors.compare(
            volatility.to_f64().unwrap(),
            get(row, "vol"),
            1e-14,
            &format!("{row:?}"),
        );
    }
    assert_eq!(rows.len(), 12);
    errors.report();
}
