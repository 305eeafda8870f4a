//! The 139 published cases of Derive's portfolio margin.
//!
//! Prices, shocked volatilities, results of the scenarios and the worst of them are this crate's, under Derive's sets
//! of moves and dampening factors. What Tenor has no like of is computed here from its published description: skew
//! scenarios, the static discount of an expiry's value, and contingencies for basis, perpetuals and confidence.

use super::{
    E12, E18, Errors, YEAR, deviation, e9, exact, json, number, scaled, scaled_unsigned, times, variance, whole,
};
use num_rational::BigRational;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tenor_math::pricing::{Deviation, call_value};
use tenor_math::quantity::Ratio;
use tenor_math::risk::{
    Scenario, ScenarioGrid, StrikeInputs, VolatilityParams, VolatilityShock, VolatilityShocks, WEIGHT_ONE, grid_results,
};
use tenor_math::special::ln_ratio_q56;
use tenor_math::{Round, mul_div_signed};

const LIMIT: f64 = 1e-9;

/// The parameters of a case: defaults with its overrides.
struct Params<'a> {
    defaults: &'a Json,
    overrides: &'a Json,
    /// Units of money in a dollar: as many as the portfolio's size leaves room for.
    unit: u64,
}

impl Params<'_> {
    fn get(&self, group: &str, name: &str) -> f64 {
        let value = self.overrides.get(group).and_then(|group| group.get(name));
        number(value.unwrap_or(&self.defaults[group][name]))
    }

    fn money(&self, dollars: f64) -> i64 {
        scaled(&exact(dollars), self.unit)
    }

    /// A number of options times a result in e12 dollars per option. Rounds down.
    fn position(&self, amount: &BigRational, result_e12: i64) -> i64 {
        let amount_e12 = scaled(amount, E12);
        let result = if amount_e12 < 0 { -result_e12 } else { result_e12 };
        let divisor = E12 / self.unit * E12;
        mul_div_signed(result, amount_e12.unsigned_abs(), divisor, Round::Down).unwrap()
    }
}

/// Units of money in a dollar, from 1e6 to 1e12: none of a portfolio's sums may leave 63 bits.
fn unit(portfolio: &Json, expect: &Json) -> u64 {
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
struct Set {
    moves_e9: Vec<i64>,
    weights_e12: Vec<u64>,
    cases: Vec<Scenario>,
    skews: Vec<(Skew, f64)>,
    /// Place of each scenario in the published order: a case of ours or a skew scenario.
    order: Vec<Result<usize, usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Skew {
    Linear,
    Absolute,
}

impl Set {
    fn of(rows: &[Json]) -> Self {
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

    fn grid<'a>(&'a self, moves_e9: &'a [i64]) -> ScenarioGrid<'a> {
        ScenarioGrid::try_new(moves_e9, &self.weights_e12, &self.cases).unwrap()
    }
}

struct Option_ {
    strike: f64,
    is_call: bool,
    amount: BigRational,
    volatility: BigRational,
}

struct Expiry<'a> {
    seconds: u64,
    forward: f64,
    rate: f64,
    discount: BigRational,
    confidence: f64,
    options: Vec<Option_>,
    params: &'a Params<'a>,
}

impl Expiry<'_> {
    fn years(&self) -> f64 {
        self.seconds as f64 / YEAR as f64
    }

    /// The share of the settlement average that is still open.
    fn open_share(&self) -> BigRational {
        whole(self.seconds.min(1_800)) / whole(1_800)
    }

    /// Moves of the forward when only its open share moves with spot.
    fn moves_e9(&self, moves_e9: &[i64]) -> Vec<i64> {
        let share = self.open_share();
        let scale = |move_e9: &i64| (BigRational::from_integer((*move_e9).into()) * &share).round();
        moves_e9.iter().map(|move_e9| scaled(&scale(move_e9), 1)).collect()
    }

    fn scaled_price(&self, price: f64) -> u64 {
        scaled_unsigned(&(exact(price) * &self.discount), E12)
    }

    /// This crate's shocked volatilities where the parameters lie in its domain; else the same formula, here.
    fn shocks(&self, volatility: &BigRational) -> VolatilityShocks {
        let get = |name| self.params.get("VolShock", name);
        let (up, down, floor) = (get("VOLRANGEUP"), get("VOLRANGEDOWN"), get("MIN_VOL_EVAL_SHOCKED"));
        let (short, long, days) = (get("SHORTTERMPOWER"), get("LONGTERMPOWER"), get("DTE_FLOOR"));
        let ratio = |x: f64| Ratio::from_e9(u64::try_from(e9(x)).unwrap());
        if days == 1.0 {
            let params = VolatilityParams {
                up: ratio(up),
                down: ratio(down),
                floor: ratio(floor),
                short_power: ratio(short),
                long_power: ratio(long),
            };
            if let Ok(shocks) = params.shocked(variance(volatility, self.seconds), self.seconds) {
                return shocks;
            }
        }
        let month = 30.0 * 86_400.0;
        let seconds = self.seconds as f64;
        let scale = (month / seconds.max(days * 86_400.0)).powf(if seconds <= month { short } else { long });
        let shocked = |factor: f64, floor: f64| (volatility * exact(factor.max(0.0))).max(exact(floor));
        VolatilityShocks {
            down: deviation(&shocked(1.0 - down * scale, 0.0), self.seconds),
            flat: deviation(volatility, self.seconds),
            up: deviation(&shocked(1.0 + up * scale, floor), self.seconds),
        }
    }

    /// Value now, and what each case of a set adds to it.
    fn results(&self, grid: &ScenarioGrid<'_>) -> (i64, Vec<i64>) {
        let forward = self.scaled_price(self.forward);
        let (mut now, mut sums) = (0, vec![0; grid.cases().len()]);
        for option in &self.options {
            let strike = self.scaled_price(option.strike);
            let inputs = StrikeInputs {
                forward,
                strike,
                deviations: self.shocks(&option.volatility),
            };
            let mut results = vec![0; sums.len()];
            let call = grid_results(grid, &inputs, &mut results).unwrap() as i64;
            let mut value = call;
            if !option.is_call {
                value = call - (forward as i64 - strike as i64);
                grid.add_linear(-(forward as i64), &mut results).unwrap();
            }
            now += self.params.position(&option.amount, value);
            for (sum, result) in sums.iter_mut().zip(results) {
                *sum += self.params.position(&option.amount, result);
            }
        }
        (now, sums)
    }

    /// Value under a skewed surface.
    fn skewed(&self, skew: Skew) -> i64 {
        let get = |name| self.params.get("SkewShock", name);
        let root = self.years().sqrt();
        let (cap, slope) = match skew {
            Skew::Linear => (get("LINEAR_SCALE_CAP"), get("LINEAR_CBASE")),
            Skew::Absolute => (get("ABS_SCALE_CAP"), get("ABS_CBASE")),
        };
        let cap = slope * root + cap;
        let width = root * get("MIN_WIDTH_SCALE") * (get("VOL_PARAM_STATIC") + root * get("VOL_PARAM_SCALE"));
        let width = width.max(get("MIN_K_STAR"));
        let forward = self.scaled_price(self.forward);
        let mut total = 0;
        for option in &self.options {
            let log = (option.strike / self.forward).ln();
            let log = if skew == Skew::Linear { log } else { log.abs() };
            let tilt = log * cap / width;
            let tilt = if log >= 0.0 { tilt.min(cap) } else { tilt.max(-cap) };
            let volatility = &option.volatility * exact((1.0 + tilt).max(0.0));
            total += self.params.position(
                &option.amount,
                self.price(forward, option, deviation(&volatility, self.seconds)),
            );
        }
        total
    }

    fn price(&self, forward: u64, option: &Option_, deviation: Option<Deviation>) -> i64 {
        let strike = self.scaled_price(option.strike);
        let call = call_value(forward, strike, ln_ratio_q56(forward, strike).unwrap(), deviation) as i64;
        let parity = if option.is_call {
            0
        } else {
            forward as i64 - strike as i64
        };
        call - parity
    }

    /// What a value counts for in a scenario: less if it is an asset, more if it is a debt.
    fn discounted(&self, value: i64) -> i64 {
        let get = |name| self.params.get("Margin", name);
        let rate = |multiple, add| self.rate.max(0.0) * get(multiple) + get(add);
        let factor = if self.seconds == 0 {
            1.0
        } else if value >= 0 {
            get("BASE_STATIC_DISCOUNT") * (-self.years() * rate("LONG_RATE_MULTSCALE", "LONG_RATE_ADDSCALE")).exp()
        } else {
            let growth = (self.years() * rate("SHORT_RATE_MULTSCALE", "SHORT_RATE_ADDSCALE")).exp();
            let limit = super::ToPrimitive::to_f64(&self.discount).unwrap().recip();
            (get("BASE_STATIC_DISCOUNT_NEG") * growth).min(limit)
        };
        mul_div_signed(value, scaled_unsigned(&exact(factor), E18), E18, Round::Down).unwrap()
    }

    /// Basis contingency: a loss at two small moves, scaled up with maturity.
    fn basis(&self) -> i64 {
        let get = |name| self.params.get("BasisContingency", name);
        let moves = ["SCENARIO_SPOT_UP", "SCENARIO_SPOT_DOWN"].map(|name| e9(get(name)) - 1_000_000_000);
        let moves = self.moves_e9(&moves);
        let cases = [0, 1].map(|price_move| Scenario {
            price_move,
            volatility: VolatilityShock::Flat,
        });
        let grid = ScenarioGrid::try_new(&moves, &[WEIGHT_ONE; 2], &cases).unwrap();
        let worst = grid.worst_weighted(&self.results(&grid).1).unwrap();
        times(
            worst,
            get("BASIS_CONT_ADD_FACTOR") + get("BASIS_CONT_MULT_FACTOR") * self.years(),
        )
    }

    /// Net short options, strike by strike.
    fn naked_shorts(&self) -> f64 {
        let mut net = BTreeMap::new();
        for option in &self.options {
            let sum = net.entry(e9(option.strike)).or_insert_with(|| whole(0));
            *sum += &option.amount;
        }
        let short = |net: &BigRational| super::ToPrimitive::to_f64(net).unwrap().min(0.0);
        -net.values().map(short).sum::<f64>()
    }
}

fn expiries<'a>(portfolio: &Json, params: &'a Params<'a>) -> Vec<Expiry<'a>> {
    let list = |name: &str| portfolio[name].as_array().unwrap().clone();
    let options = list("Options");
    let of_feed = |feed: &Json| {
        let seconds = feed["secToExpiry"].as_u64().unwrap();
        let held: Vec<&Json> = options
            .iter()
            .filter(|option| option["secToExpiry"].as_u64() == Some(seconds))
            .collect();
        let discount = number(&held.first()?["mark_discount"]).min(1.0);
        let option = |option: &&Json| Option_ {
            strike: number(&option["strike"]),
            is_call: option["is_call"].as_bool().unwrap(),
            amount: exact(number(&option["amount"])),
            volatility: exact(number(&option["mark_vol"])),
        };
        let confidences = ["forward_conf", "rate_conf", "vol_conf"].map(|name| number(&feed[name]));
        Some(Expiry {
            seconds,
            forward: number(&feed["forward"]),
            rate: number(&feed["rate"]),
            discount: exact(discount),
            confidence: confidences.into_iter().fold(1.0, f64::min),
            options: held.iter().map(option).collect(),
            params,
        })
    };
    list("Feeds").iter().filter_map(of_feed).collect()
}

#[derive(Default)]
struct Margin {
    initial: i64,
    maintenance: i64,
    value: i64,
    basis: i64,
    results: Vec<i64>,
}

/// The requirement of a portfolio.
fn margin(portfolio: &Json, params: &Params<'_>, set: &Set) -> Margin {
    let get = |name: &str| number(&portfolio[name]);
    let other = |name| params.get("OtherContingency", name);
    let spot = get("SpotPrice");
    let mut confidence = get("SpotConfidence");
    if get("NumPerps") != 0.0 {
        confidence = confidence.min(get("PerpConfidence"));
    }
    let doubt = |confidence: f64, notional: i64| {
        let applies = confidence < other("CONF_THRESHOLD");
        times(
            notional,
            if applies {
                (1.0 - confidence) * other("CONF_MARGIN")
            } else {
                0.0
            },
        )
    };
    let perps = params.money(get("NumPerps").abs() * spot);
    let mut maintenance_cost = times(perps, other("MM_PERP_PERCENT"));
    let mut initial_cost = times(perps, other("IM_PERP_PERCENT")) + doubt(confidence, perps);
    let mut value =
        params.money(get("Cash")) + params.money(get("UnrealisedPerpPNL")) + params.money(get("UnrealisedFunding"));
    let mut linear = params.money(get("NumPerps") * get("PerpPrice"));
    for held in portfolio["Collaterals"].as_array().unwrap() {
        let get_held = |name: &str| number(&held[name]);
        let worth = params.money(get_held("Amount") * get_held("Price") / get("StablePrice"));
        value += worth;
        maintenance_cost += times(worth, get_held("MMHaircut"));
        initial_cost += times(worth, get_held("IMHaircut"));
        initial_cost += doubt(get("SpotConfidence").min(get_held("Confidence")), worth);
        if held["IsRiskCancelling"].as_bool().unwrap() {
            linear += worth;
        }
    }

    let grid = set.grid(&set.moves_e9);
    let mut results = vec![0; set.cases.len()];
    grid.add_linear(linear, &mut results).unwrap();
    let (mut skews, mut basis) = (vec![0; set.skews.len()], 0);
    for expiry in expiries(portfolio, params) {
        let (now, sums) = expiry.results(&set.grid(&expiry.moves_e9(&set.moves_e9)));
        value += now;
        for (result, sum) in results.iter_mut().zip(sums) {
            *result += expiry.discounted(now + sum) - now;
        }
        for (result, (skew, factor)) in skews.iter_mut().zip(&set.skews) {
            *result -= times((expiry.discounted(expiry.skewed(*skew)) - now).abs(), *factor);
        }
        basis += expiry.basis();
        let shorts = params.money(expiry.naked_shorts() * spot);
        maintenance_cost += times(shorts, other("MM_OPTION_PERCENT"));
        initial_cost += times(shorts, other("IM_OPTION_PERCENT"));
        let held: f64 = expiry
            .options
            .iter()
            .map(|option| super::ToPrimitive::to_f64(&option.amount).unwrap().abs())
            .sum();
        initial_cost += doubt(confidence.min(expiry.confidence), params.money(held * spot));
    }

    let worst = grid.worst_weighted(&results).unwrap().min(basis);
    let worst = skews.iter().copied().fold(worst, i64::min);
    let depeg = (other("PEG_LOSS_THRESHOLD") - get("StablePrice")).max(0.0) * other("PEG_LOSS_FACTOR");
    let factor = |name| params.get("Margin", name);
    let maintenance = value + times(worst, factor("MM_LOSS_FACTOR")) - maintenance_cost;
    let initial = value + times(worst, factor("IM_LOSS_FACTOR") + depeg) - maintenance_cost - initial_cost;
    let weighted = |case: usize| times(results[case], set.weights_e12[set.cases[case].price_move] as f64 / 1e12);
    let results = set
        .order
        .iter()
        .map(|place| place.map_or_else(|skew| skews[skew], weighted))
        .collect();
    Margin {
        initial,
        maintenance,
        value,
        basis,
        results,
    }
}

#[test]
fn portfolio_requirements_of_derive() {
    let Some(file) = json("derive_pmrm2_cases.json") else {
        return;
    };
    let mut requirements = Errors::new("Derive portfolio requirements", 1.0);
    let mut scenarios = Errors::new("Derive scenario results", 1.0);
    let cases = file["cases"].as_array().unwrap();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let portfolio = &file["portfolios"][case["portfolio"].as_str().unwrap()];
        let params = Params {
            defaults: &file["default_params"],
            overrides: &case["param_overrides"],
            unit: unit(portfolio, &case["expect"]),
        };
        let set = Set::of(
            file["scenario_sets"][case["scenario_set"].as_str().unwrap()]
                .as_array()
                .unwrap(),
        );
        let margin = margin(portfolio, &params, &set);
        let expect = &case["expect"];
        for (field, got) in [
            ("IM", margin.initial),
            ("MM", margin.maintenance),
            ("portfolio_mtm", margin.value),
            ("basis_contingency", margin.basis),
        ] {
            let place = format!("{name} {field}");
            requirements.compare(got as f64 / params.unit as f64, number(&expect[field]), LIMIT, &place);
        }
        let published = expect["scenario_pnl_in_set_order"].as_array().unwrap();
        assert_eq!(published.len(), margin.results.len(), "{name}");
        for (index, (got, want)) in margin.results.iter().zip(published).enumerate() {
            // Its authors call the case invalid: a skew scenario that moves the price. Its margins agree all the same.
            if name.starts_with("test_67_") && index == 30 {
                continue;
            }
            scenarios.compare(
                *got as f64 / params.unit as f64,
                number(want),
                LIMIT,
                &format!("{name} scenario {index}"),
            );
        }
    }
    assert_eq!(cases.len(), 139);
    requirements.report();
    scenarios.report();
}
