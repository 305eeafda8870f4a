//! Parameters and scenario sets of Derive's portfolio margin.

use super::{E12, e9, exact, number, scaled, scaled_unsigned};
use num_rational::BigRational;
use serde_json::Value as Json;
use tenor_math::risk::{Scenario, ScenarioGrid, VolatilityShock};
use tenor_math::{Round, mul_div_signed};

/// The parameters of a case: defaults with its overrides.
pub(crate) struct Params<'a> {
    pub(crate) defaults: &'a Json,
    pub(crate) overrides: &'a Json,
    /// Units of money in a dollar: as many as the portfolio's size leaves room for.
    pub(crate) unit: u64,
}

impl Params<'_> {
    pub(crate) fn get(&self, group: &str, name: &str) -> f64 {
        let value = self.overrides.get(group).and_then(|group| group.get(name));
        number(value.unwrap_or(&self.defaults[group][name]))
    }

    pub(crate) fn money(&self, dollars: f64) -> i64 {
        scaled(&exact(dollars), self.unit)
    }

    /// A number of options times a result in e12 dollars per option. Rounds down.
    pub(crate) fn position(&self, amount: &BigRational, result_e12: i64) -> i64 {
        let amount_e12 = scaled(amount, E12);
        let result = if amount_e12 < 0 { -result_e12 } else { result_e12 };
        let divisor = E12 / self.unit * E12;
        mul_div_signed(result, amount_e12.unsigned_abs(), divisor, Round::Down).unwrap()
    }
}

/// Units of money in a dollar, from 1e6 to 1e12: none of a portfolio's sums may leave 63 bits.
pub(crate) fn unit(portfolio: &Json, expect: &Json) -> u64 {
    let sizes = ["IM", "MM", "portfolio_mtm", "collateral_mtm"].map(|name| number(&expect[name]).abs());
    let positions = portfolio["Options"].as_array().unwrap().iter();
    let notional = |option: &Json| number(&option["amount"]).abs() * number(&option["strike"]);
    let perps = (number(&portfolio["NumPerps"]) * number(&portfolio["SpotPrice"])).abs();
    let size = sizes.iter().sum::<f64>() + positions.map(notional).sum::<f64>() + perps;
    (6..=12)
        .rev()
        .map(|digits| 10_u64.pow(digits))
        .find(|unit| size * 50.0 * (*unit as f64) < 9e18)
        .unwrap_or(1_000_000)
}

/// A scenario set of the cases: ours, and the skew scenarios with their factors.
pub(crate) struct Set {
    pub(crate) moves_e9: Vec<i64>,
    pub(crate) weights_e12: Vec<u64>,
    pub(crate) cases: Vec<Scenario>,
    pub(crate) skews: Vec<(Skew, f64)>,
    /// Place of each scenario in the published order: a case of ours or a skew scenario.
    pub(crate) order: Vec<Result<usize, usize>>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Skew {
    Linear,
    Absolute,
}

impl Set {
    pub(crate) fn of(rows: &[Json]) -> Self {
        let mut set = Self {
            moves_e9: Vec::new(),
            weights_e12: Vec::new(),
            cases: Vec::new(),
            skews: Vec::new(),
            order: Vec::new(),
        };
        for row in rows {
            let volatility = match row[1].as_str().unwrap() {
                "Up" => VolatilityShock::Up,
                "None" => VolatilityShock::Flat,
                "Down" => VolatilityShock::Down,
                skew => {
                    let skew = if skew == "LINEAR" { Skew::Linear } else { Skew::Absolute };
                    set.order.push(Err(set.skews.len()));
                    set.skews.push((skew, number(&row[2])));
                    continue;
                }
            };
            let place = (
                e9(number(&row[0])) - 1_000_000_000,
                scaled_unsigned(&exact(number(&row[2])), E12),
            );
            let known = set.moves_e9.iter().copied().zip(set.weights_e12.iter().copied());
            let price_move = known
                .clone()
                .position(|known| known == place)
                .unwrap_or(set.moves_e9.len());
            if price_move == set.moves_e9.len() {
                set.moves_e9.push(place.0);
                set.weights_e12.push(place.1);
            }
            set.order.push(Ok(set.cases.len()));
            set.cases.push(Scenario { price_move, volatility });
        }
        set
    }

    pub(crate) fn grid<'a>(&'a self, moves_e9: &'a [i64]) -> ScenarioGrid<'a> {
        ScenarioGrid::try_new(moves_e9, &self.weights_e12, &self.cases).unwrap()
    }
}
