//! Requirements, prices and payoffs against numbers that other systems publish.
//!
//! The numbers stay where they are: in the folder that `TENOR_PEERS_DIR` names, else beside the repository in
//! `../shared/vectors/peers`. Without the folder nothing is compared and a line says so. The tests read and map; what
//! they compare is computed by this crate, set to the other system's scenarios and rates.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

mod derive_expiry;
mod derive_params;
mod derive_portfolio;
mod derive_standard;
mod mango;
mod opyn;
mod prices;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::pricing::{Deviation, TotalVariance};
use tenor_math::{Round, mul_div_signed};

const YEAR: i64 = 31_536_000;
const E12: u64 = 1_000_000_000_000;
const E18: u64 = 1_000_000_000_000_000_000;

/// Where the published numbers lie, if they are there.
fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/peers");
    let folder = std::env::var_os("TENOR_PEERS_DIR").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no published numbers in {}", folder.display());
    None
}

fn json(file: &str) -> Option<Json> {
    let text = std::fs::read_to_string(folder()?.join(file)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn rows(file: &str) -> Option<Vec<HashMap<String, String>>> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(folder()?.join(file))
        .unwrap();
    Some(reader.deserialize().collect::<Result<_, _>>().unwrap())
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap_or_else(|| panic!("a number: {json}"))
}

/// A float as the rational it is.
fn exact(x: f64) -> BigRational {
    BigRational::from_float(x).unwrap()
}

fn whole(x: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(x))
}

/// A rational times a scale, rounded to the nearest integer.
fn scaled(x: &BigRational, scale: u64) -> i64 {
    (x * whole(scale)).round().to_integer().to_i64().unwrap()
}

fn scaled_unsigned(x: &BigRational, scale: u64) -> u64 {
    u64::try_from(scaled(x, scale)).unwrap()
}

fn e9(x: f64) -> i64 {
    scaled(&exact(x), 1_000_000_000)
}

/// `value * factor` with the factor to twelve digits.
fn times(value: i64, factor: f64) -> i64 {
    let magnitude = scaled_unsigned(&exact(factor.abs()), E12);
    let value = if factor < 0.0 { -value } else { value };
    mul_div_signed(value, magnitude, E12, Round::Down).unwrap()
}

/// Total variance of a volatility over seconds, capped at 24^2, beyond which a call is its forward.
fn variance(volatility: &BigRational, seconds: u64) -> TotalVariance {
    let total = volatility * volatility * whole(seconds) / BigRational::from_integer(YEAR.into());
    let q96 = (total.min(whole(576)) * BigRational::from_integer(BigInt::from(1_u128 << 96))).to_integer();
    TotalVariance::from_q96(q96.to_u128().unwrap()).unwrap()
}

fn deviation(volatility: &BigRational, seconds: u64) -> Option<Deviation> {
    Deviation::of(variance(volatility, seconds))
}

/// Keeps the worst relative error; below `floor` errors are relative to the floor.
struct Errors {
    name: &'static str,
    floor: f64,
    worst: f64,
    compared: u32,
}

impl Errors {
    const fn new(name: &'static str, floor: f64) -> Self {
        Self {
            name,
            floor,
            worst: 0.0,
            compared: 0,
        }
    }

    fn compare(&mut self, got: f64, want: f64, limit: f64, place: &str) {
        let error = (got - want).abs() / want.abs().max(self.floor);
        assert!(
            error <= limit,
            "{} of {place}: {got} is not {want}, error {error:e}",
            self.name
        );
        self.worst = self.worst.max(error);
        self.compared += 1;
    }

    fn report(&self) {
        println!(
            "{}: {} numbers, worst relative error {:.1e}",
            self.name, self.compared, self.worst
        );
    }
}
