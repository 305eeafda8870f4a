//! One expiry of a portfolio under Derive's scenarios.

use super::derive_params::{Params, Skew};
use super::{E12, E18, YEAR, deviation, e9, exact, number, scaled, scaled_unsigned, times, variance, whole};
use num_rational::BigRational;
use num_traits::ToPrimitive;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tenor_math::pricing::{Deviation, call_value};
use tenor_math::quantity::Ratio;
use tenor_math::risk::{
    Scenario, ScenarioGrid, StrikeInputs, VolatilityParams, VolatilityShock, VolatilityShocks, WEIGHT_ONE, grid_results,
};
use tenor_math::special::ln_ratio_q56;
use tenor_math::{Round, mul_div_signed};

pub(crate) struct OptionHeld {
    pub(crate) strike: f64,
    pub(crate) is_call: bool,
    pub(crate) amount: BigRational,
    pub(crate) volatility: BigRational,
}

pub(crate) struct Expiry<'a> {
    pub(crate) seconds: u64,
    pub(crate) forward: f64,
    pub(crate) rate: f64,
    pub(crate) discount: BigRational,
    pub(crate) confidence: f64,
    pub(crate) options: Vec<OptionHeld>,
    pub(crate) params: &'a Params<'a>,
}

impl Expiry<'_> {
    pub(crate) fn years(&self) -> f64 {
        self.seconds as f64 / YEAR as f64
    }

    /// The share of the settlement average that is still open.
    pub(crate) fn open_share(&self) -> BigRational {
        whole(self.seconds.min(1_800)) / whole(1_800)
    }

    /// Moves of the forward when only its open share moves with spot.
    pub(crate) fn moves_e9(&self, moves_e9: &[i64]) -> Vec<i64> {
        let share = self.open_share();
        let scale = |move_e9: &i64| (BigRational::from_integer((*move_e9).into()) * &share).round();
        moves_e9.iter().map(|move_e9| scaled(&scale(move_e9), 1)).collect()
    }

    pub(crate) fn scaled_price(&self, price: f64) -> u64 {
        scaled_unsigned(&(exact(price) * &self.discount), E12)
    }

    /// This crate's shocked volatilities where the parameters lie in its domain; else the same formula, here.
    pub(crate) fn shocks(&self, volatility: &BigRational) -> VolatilityShocks {
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
            up_factor_q40: 1 << 40,
        }
    }

    /// Value now, and what each case of a set adds to it.
    pub(crate) fn results(&self, grid: &ScenarioGrid<'_>) -> (i64, Vec<i64>) {
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
    pub(crate) fn skewed(&self, skew: Skew) -> i64 {
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

    pub(crate) fn price(&self, forward: u64, option: &OptionHeld, deviation: Option<Deviation>) -> i64 {
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
    pub(crate) fn discounted(&self, value: i64) -> i64 {
        let get = |name| self.params.get("Margin", name);
        let rate = |multiple, add| self.rate.max(0.0) * get(multiple) + get(add);
        let factor = if self.seconds == 0 {
            1.0
        } else if value >= 0 {
            get("BASE_STATIC_DISCOUNT") * (-self.years() * rate("LONG_RATE_MULTSCALE", "LONG_RATE_ADDSCALE")).exp()
        } else {
            let growth = (self.years() * rate("SHORT_RATE_MULTSCALE", "SHORT_RATE_ADDSCALE")).exp();
            let limit = self.discount.to_f64().unwrap().recip();
            (get("BASE_STATIC_DISCOUNT_NEG") * growth).min(limit)
        };
        mul_div_signed(value, scaled_unsigned(&exact(factor), E18), E18, Round::Down).unwrap()
    }

    /// Basis contingency: a loss at two small moves, scaled up with maturity.
    pub(crate) fn basis(&self) -> i64 {
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
    pub(crate) fn naked_shorts(&self) -> f64 {
        let mut net = BTreeMap::new();
        for option in &self.options {
            let sum = net.entry(e9(option.strike)).or_insert_with(|| whole(0));
            *sum += &option.amount;
        }
        let short = |net: &BigRational| net.to_f64().unwrap().min(0.0);
        -net.values().map(short).sum::<f64>()
    }
}

pub(crate) fn expiries<'a>(portfolio: &Json, params: &'a Params<'a>) -> Vec<Expiry<'a>> {
    let list = |name: &str| portfolio[name].as_array().unwrap().clone();
    let options = list("Options");
    let of_feed = |feed: &Json| {
        let seconds = feed["secToExpiry"].as_u64().unwrap();
        let held: Vec<&Json> = options
            .iter()
            .filter(|option| option["secToExpiry"].as_u64() == Some(seconds))
            .collect();
        let discount = number(&held.first()?["mark_discount"]).min(1.0);
        let option = |option: &&Json| OptionHeld {
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
