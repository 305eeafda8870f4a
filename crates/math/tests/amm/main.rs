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

mod arbitrage;
mod laws;
mod refusals;
mod vectors;
mod worth;

use tenor_math::amm::{InventoryCurve, InventoryParams, OptionTerms, PriceSpread};
use tenor_math::pricing::{OptionKind, TotalVariance};
use tenor_math::quantity::{LotSize, Price, Ratio, Value};

const E9: u64 = 1_000_000_000;

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

/// 2^-45 of the larger of forward and strike for the whole order, in units of 1e-9 USD, rounded up.
fn slack_e9(terms: &OptionTerms, lots: u64) -> u64 {
    let larger = u128::from(terms.forward.e9().max(terms.strike.e9()));
    let worth = larger * u128::from(lots) * u128::from(terms.lot.units_e9()) / u128::from(E9);
    u64::try_from(worth >> 45).expect("a small slack") + 1
}
