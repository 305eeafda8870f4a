//! Risk arrays of strikes on a partly fixed settlement average: values of `vectors/gen/averaging.py`, parity, scenarios that
//! move the open share alone, and re-centring.

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

use std::collections::HashMap;
use std::path::Path;
use tenor_math::pricing::{SettlementAverage, TotalVariance};
use tenor_math::quantity::{E9, LotSize, Price, Ratio, Value};
use tenor_math::risk::{
    PriceShocks, StrikeMarket, StrikeRisk, StrikeView, VolatilityParams, VolatilityShock, scenario, strike_risk,
};

type Row = HashMap<String, String>;

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/averaging.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn scaled(text: &str, digits: usize) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(digits).collect();
    format!("{whole}{kept}").parse().unwrap()
}

fn e9(row: &Row, column: &str) -> u64 {
    u64::try_from(scaled(&row[column], 9)).unwrap()
}

fn average(row: &Row) -> SettlementAverage {
    let [fixed, open] = ["fixed", "open"].map(|column| row[column].parse().unwrap());
    SettlementAverage::try_new(e9(row, "fixed_sum"), fixed, open).unwrap()
}

fn market(row: &Row) -> StrikeMarket {
    let forward = Price::from_e9(e9(row, "forward"));
    let variance_q64 = (scaled(&row["open_variance"], 18) << 64) / 1_000_000_000_000_000_000;
    StrikeMarket {
        forward,
        spot: forward,
        strike: Price::from_e9(e9(row, "strike")),
        discount: Ratio::ONE,
        lot: LotSize::from_units_e9(E9).unwrap(),
        variance: TotalVariance::from_q64(variance_q64).unwrap(),
        variance_slope: TotalVariance::ZERO,
        seconds_to_expiry: 600,
        average: Some(average(row)),
    }
}

fn shocks() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap()
}

fn risk(market: &StrikeMarket) -> StrikeRisk {
    // Without a floor the variance that is left is all there is.
    let volatility = VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(0),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    };
    let shocks = shocks();
    strike_risk(market, &shocks, &shocks.log_moves_q56().unwrap(), &volatility).unwrap()
}

const fn view<'a>(risk: &'a StrikeRisk, market: &StrikeMarket) -> StrikeView<'a> {
    StrikeView {
        reference: market.spot,
        mark: risk.mark,
        forward_value: risk.forward_value,
        strike_value: risk.strike_value,
        delta_units_e9: risk.delta_units_e9,
        drift_e9: risk.drift_e9,
        pnl_e9: &risk.pnl_e9,
        pnl_bound_e9: risk.pnl_bound_e9,
    }
}

/// Rounding to 1e-9 here and 12 digits there, and the kernel's error.
fn tolerance(row: &Row) -> u64 {
    5 + e9(row, "forward") / 1_000_000_000_000
}

fn put_of(risk: &StrikeRisk) -> i64 {
    risk.mark.e9() - (risk.forward_value.e9() - risk.strike_value.e9())
}

#[test]
fn marks_and_deltas_are_those_of_the_independent_calculation() {
    let mut decided = 0;
    for row in rows() {
        let market = market(&row);
        let risk = risk(&market);
        let near = |got: i64, column: &str| {
            let want = i64::try_from(e9(&row, column)).unwrap();
            assert!(got.abs_diff(want) <= tolerance(&row), "{column} {got} {row:?}");
        };
        near(risk.mark.e9(), "call");
        near(put_of(&risk), "put");
        // Forward less strike is what the average is expected to be, less the strike.
        let parity = risk.forward_value.e9() - risk.strike_value.e9();
        near(parity + i64::try_from(market.strike.e9()).unwrap(), "expected");
        let delta: f64 = row["delta"].parse().unwrap();
        let found = risk.delta_units_e9 as f64 / 1e9;
        // Two units of rounding in forward and strike move d1 by that over the deviation.
        let deviation = (market.variance.q64() as f64 / 2_f64.powi(64)).sqrt().max(1e-9);
        let rounding = 2.0 / market.forward.e9() as f64 * (1.0 + 0.8 / deviation);
        assert!((found - delta).abs() <= 1e-8 + rounding, "{found} {row:?}");
        if risk.strike_value <= Value::ZERO {
            decided += 1;
            assert_eq!((put_of(&risk), risk.vega.e9(), risk.gamma_cash.e9()), (0, 0, 0));
        }
    }
    assert!(decided >= 10, "{decided}");
}

#[test]
fn scenarios_move_the_open_share_alone() {
    for row in rows() {
        let market = market(&row);
        let (risk, average) = (risk(&market), average(&row));
        let call = |forward: u64| {
            average
                .option(forward, market.strike.e9(), market.variance)
                .unwrap()
                .value
                .call
        };
        let now = i64::try_from(call(market.forward.e9())).unwrap();
        let shocks = shocks();
        for index in 0..27 {
            let case = scenario(index);
            if case.volatility != VolatilityShock::Flat {
                continue;
            }
            let moved_e9 = E9.checked_add_signed(shocks.move_e9(case.price_move)).unwrap();
            let moved = u128::from(market.forward.e9()) * u128::from(moved_e9) / u128::from(E9);
            let want = i64::try_from(call(u64::try_from(moved).unwrap())).unwrap() - now;
            let got = risk.pnl_e9[index];
            assert!(
                got.abs_diff(want) <= 2 * tolerance(&row),
                "{index}: {got} for {want}, {row:?}"
            );
        }
        // However far the price goes, all that can be gained is the open share of it.
        let open_e9 = risk.forward_value.e9();
        assert!(
            risk.pnl_e9
                .iter()
                .all(|gain| *gain <= 4 * open_e9 + 8 && *gain >= -open_e9 - 8)
        );
    }
}

#[test]
fn recentred_marks_are_within_the_drift_and_keep_parity() {
    for row in rows() {
        let market = market(&row);
        let risk = risk(&market);
        for step_e9 in [995_000_000_u64, 1_005_000_000, 970_000_000, 1_030_000_000] {
            let moved = |price: Price| {
                Price::from_e9(u64::try_from(u128::from(price.e9()) * u128::from(step_e9) / u128::from(E9)).unwrap())
            };
            let there = StrikeMarket {
                forward: moved(market.forward),
                spot: moved(market.spot),
                ..market
            };
            let (marks, exact) = (view(&risk, &market).marks(there.spot).unwrap(), self::risk(&there));
            let allowed = u128::from(risk.drift_e9) * u128::from(step_e9.abs_diff(E9)) / u128::from(E9)
                + 60
                + u128::from(market.spot.e9()) / 100_000_000;
            let off = marks.call.e9().abs_diff(exact.mark.e9());
            assert!(u128::from(off) <= allowed, "{off} > {allowed}: {row:?}");
            assert_eq!(
                marks.call.e9() - marks.put.e9(),
                marks.forward.e9() - risk.strike_value.e9()
            );
            assert!(marks.put >= Value::ZERO);
        }
    }
}

#[test]
fn once_all_marks_are_fixed_nothing_moves() {
    let price = |dollars: u64| Price::from_e9(dollars * E9);
    // Thirty marks of 201 dollars; the price is 250 now.
    let average = SettlementAverage::try_new(30 * 201 * E9, 30, 0).unwrap();
    for (strike, call, put) in [(190, 11, 0), (201, 0, 0), (230, 0, 29)] {
        let market = StrikeMarket {
            forward: price(250),
            spot: price(250),
            strike: price(strike),
            discount: Ratio::ONE,
            lot: LotSize::from_units_e9(E9).unwrap(),
            variance: TotalVariance::ZERO,
            variance_slope: TotalVariance::ZERO,
            seconds_to_expiry: 0,
            average: Some(average),
        };
        let risk = risk(&market);
        assert_eq!(risk.mark.e9(), call * 1_000_000_000);
        assert_eq!(put_of(&risk), put * 1_000_000_000);
        assert_eq!(
            (risk.pnl_e9, risk.delta_units_e9, risk.forward_value),
            ([0; 33], 0, Value::ZERO)
        );
    }
}
