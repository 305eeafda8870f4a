//! Risk arrays and requirements against numbers from `vectors/gen/risk.py`, which computes the design's formulas with
//! mpmath and knows nothing of this crate.

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
use tenor_math::Round;
use tenor_math::pricing::TotalVariance;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, StrikeMarket, StrikeRisk, StrikeView,
    UnderlyingBook, VolatilityParams, strike_risk,
};
use tenor_math::special::ln_ratio_q56;
use tenor_math::surface::Slice;

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 150, "{file}");
    rows
}

/// A decimal string times 10^digits, rounded to the nearest integer, exactly.
fn scaled(text: &str, digits: usize) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(digits).collect();
    let up = i128::from(fraction.as_bytes().get(digits).is_some_and(|digit| *digit >= b'5'));
    let value: i128 = format!("{whole}{kept}")
        .parse()
        .unwrap_or_else(|_| panic!("a decimal: {text}"));
    sign * (value + up)
}

fn e9(row: &Row, column: &str) -> i128 {
    scaled(&row[column], 9)
}

fn unsigned(row: &Row, column: &str, digits: usize) -> u64 {
    u64::try_from(scaled(&row[column], digits)).unwrap()
}

fn shocks() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap()
}

fn volatility() -> VolatilityParams {
    VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    }
}

struct Market {
    spot: Price,
    forward: Price,
    discount: Ratio,
    lot: LotSize,
    slice: Slice,
    seconds: u64,
    slice_seconds: u64,
}

impl Market {
    fn of(row: &Row) -> Self {
        let spot = Price::from_e9(unsigned(row, "spot", 9));
        let ratio = Ratio::from_e9(unsigned(row, "ratio", 9));
        let (theta, psi) = (unsigned(row, "theta", 12), unsigned(row, "psi", 12));
        let rho = i64::try_from(scaled(&row["rho"], 12)).unwrap();
        Self {
            spot,
            forward: Price::from_e9(ratio.of_count(spot.e9(), Round::Down).unwrap()),
            discount: Ratio::from_e9(unsigned(row, "df", 9)),
            lot: LotSize::from_units_e9(unsigned(row, "lot", 9)).unwrap(),
            slice: Slice::try_new(theta, rho, psi).unwrap(),
            seconds: unsigned(row, "seconds", 0),
            slice_seconds: unsigned(row, "slice_seconds", 0),
        }
    }

    fn risk(&self, strike: Price) -> StrikeRisk {
        let log_moneyness = ln_ratio_q56(self.forward.e9(), strike.e9()).unwrap();
        let variance = self
            .slice
            .total_variance(log_moneyness)
            .unwrap()
            .scaled(self.seconds, self.slice_seconds)
            .unwrap();
        let market = StrikeMarket {
            forward: self.forward,
            spot: self.spot,
            strike,
            discount: self.discount,
            lot: self.lot,
            variance,
            variance_slope: TotalVariance::ZERO,
            seconds_to_expiry: self.seconds,
            average: None,
        };
        strike_risk(&market, &shocks(), &shocks().log_moves_q56().unwrap(), &volatility()).unwrap()
    }
}

#[track_caller]
fn assert_within(got: i128, want: i128, bound: i128, what: &str, row: &Row) {
    assert!(
        (got - want).abs() <= bound,
        "{what}: got {got} want {want} (+-{bound}) in {row:?}"
    );
}

/// Rounding of a lot's forward and strike to 1e-9 USD, and of the vector's inputs to 1e-12, costs a few units; values
/// of a lot reach 2,000 USD = 2e12 units.
const LOT_UNITS: i128 = 12;

#[test]
fn risk_arrays_match_the_independent_calculation() {
    for row in rows("risk_arrays.csv") {
        let risk = Market::of(&row).risk(Price::from_e9(unsigned(&row, "k", 9)));
        assert_within(risk.mark.e9().into(), e9(&row, "mark"), LOT_UNITS, "mark", &row);
        assert_within(risk.forward_value.e9().into(), e9(&row, "forward"), 2, "forward", &row);
        assert_within(risk.strike_value.e9().into(), e9(&row, "strike"), 2, "strike", &row);
        assert_within(risk.delta_units_e9.into(), e9(&row, "delta"), 2, "delta", &row);
        // The forward is rounded to 1e-9 USD, which far from the money and near expiry costs the density 2e-8 of itself.
        for (name, value) in [("gamma", risk.gamma_cash), ("vega", risk.vega)] {
            let want = e9(&row, name);
            assert_within(value.e9().into(), want, want.abs() / 50_000_000 + 60, name, &row);
        }
        for (index, pnl) in risk.pnl_e9.iter().enumerate() {
            assert_within(
                (*pnl).into(),
                e9(&row, &format!("s{index}")),
                LOT_UNITS,
                &format!("scenario {index}"),
                &row,
            );
        }
        let bound = risk.pnl_e9.iter().map(|pnl| pnl.unsigned_abs()).max().unwrap();
        assert_eq!(risk.pnl_bound_e9, bound);
    }
}

#[test]
fn requirements_match_the_independent_calculation() {
    let mut shorts = 0;
    for row in rows("portfolios.csv") {
        let market = Market::of(&row);
        let interval = PriceInterval::around(market.spot, Price::from_e9(unsigned(&row, "confidence", 9)));
        let shocks = shocks();
        let mut book = UnderlyingBook::new(interval, market.lot, &shocks);
        let mut lots_held = 0_i128;
        for entry in row["positions"].split(';').filter(|entry| !entry.is_empty()) {
            let [strike, calls, puts] = entry.split(':').collect::<Vec<_>>()[..] else {
                panic!("{entry}")
            };
            let (calls, puts): (i64, i64) = (calls.parse().unwrap(), puts.parse().unwrap());
            lots_held += i128::from(calls.abs() + puts.abs());
            shorts += usize::from(calls < 0 || puts < 0);
            let risk = market.risk(Price::from_e9(u64::try_from(scaled(strike, 9)).unwrap()));
            let view = StrikeView {
                reference: market.spot,
                mark: risk.mark,
                forward_value: risk.forward_value,
                strike_value: risk.strike_value,
                delta_units_e9: risk.delta_units_e9,
                drift_e9: risk.drift_e9,
                pnl_e9: &risk.pnl_e9,
                pnl_bound_e9: risk.pnl_bound_e9,
            };
            book.add_strike(0, Lots::new(calls), Lots::new(puts), u64::MAX, &view)
                .unwrap();
        }
        let units_e9 = unsigned(&row, "base", 9);
        let value = i64::try_from(u128::from(units_e9) * u128::from(market.spot.e9()) / 1_000_000_000).unwrap();
        let haircut = Ratio::from_e9(unsigned(&row, "cut", 9));
        book.add_collateral(Collateral {
            value: Value::from_e9(value),
            haircut,
        })
        .unwrap();

        let cash = i64::try_from(scaled(&row["cash"], 9)).unwrap();
        let mut health = HealthBuilder::new(Value::from_e9(cash));
        let params = RiskParams {
            initial_short: Ratio::from_bps(50),
            maintenance_short: Ratio::from_bps(30),
            roll: Ratio::from_bps(10),
            concentration: Ratio::ZERO,
        };
        let risk = book
            .assess(&params, Purpose::Liquidation, health.systemic_mut())
            .unwrap();
        health.add(&risk).unwrap();
        let health = health.finish(Ratio::ZERO, Ratio::from_bps(8_000)).unwrap();

        // Each lot carries the units of its array; a delta unit of 1e-9 costs spot x 1e-9.
        let spot_units = i128::from(market.spot.e9()) / 1_000_000_000 + 1;
        let bound = lots_held * (LOT_UNITS + 2 * spot_units) + 50 + 2 * spot_units;
        for (name, value) in [
            ("equity", health.equity),
            ("initial", health.initial),
            ("maintenance", health.maintenance),
            ("haircut", health.haircut),
            ("uncertainty", health.initial_uncertainty),
            ("withdrawable", health.withdrawable),
        ] {
            assert_within(value.e9().into(), e9(&row, name), bound, name, &row);
        }
    }
    assert!(shorts > 100, "only {shorts} short positions");
}
