//! The 70 published cases of Derive's standard margin.
//!
//! Prices, isolated requirements and greatest losses over an expiry's strikes are this crate's; how Derive combines
//! them, and its margins for perpetuals, base, confidence and a fallen stablecoin, are computed here.

use super::{E12, Errors, deviation, e9, exact, json, number, scaled, scaled_unsigned, times};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tenor_math::pricing::{OptionKind, call_value};
use tenor_math::quantity::{Lots, Ratio, Value};
use tenor_math::risk::{
    IsolatedOption, IsolatedParams, IsolatedRequirement, StrikePosition, isolated_short, standard_requirement,
};
use tenor_math::special::ln_ratio_q56;

/// Units of money in a dollar.
const UNIT: u64 = 100_000_000_000;

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Initial,
    Maintenance,
}

struct Rates<'a>(&'a Json);

impl Rates<'_> {
    fn get(&self, group: &str, name: &str) -> f64 {
        number(&self.0[group][name])
    }

    fn ratio(&self, group: &str, name: &str) -> Ratio {
        Ratio::from_e9(u64::try_from(e9(self.get(group, name))).unwrap())
    }

    fn isolated(&self) -> IsolatedParams {
        IsolatedParams {
            initial: self.ratio("option", "maxSpotReq"),
            initial_floor: self.ratio("option", "minSpotReq"),
            maintenance: self.ratio("option", "mmCallSpotReq"),
            put_multiple: self.ratio("option", "mmOffsetScale"),
        }
    }

    /// Cost of low confidence in a price, for the initial margin alone.
    fn doubt(&self, threshold: &str, confidence: f64, notional: f64) -> i64 {
        let group = "oracle_contingency";
        if confidence < self.get(group, threshold) {
            money((1.0 - confidence) * self.get(group, "OCFactor") * notional)
        } else {
            0
        }
    }
}

fn money(dollars: f64) -> i64 {
    scaled(&exact(dollars), UNIT)
}

/// A price of a lot, which is a hundredth of the underlying, so that every amount is whole.
fn per_lot(price: f64) -> Value {
    Value::from_e9(scaled(&exact(price), UNIT / 100))
}

fn lots(amount: f64) -> i64 {
    scaled(&exact(amount), 100)
}

/// Value of one underlying's worth of an option, e12.
fn price_e12(option: &Json, forward: f64) -> i64 {
    let scale = |price: f64| scaled_unsigned(&exact(price), E12);
    let (forward, strike) = (scale(forward), scale(number(&option["strike"])));
    let deviation = deviation(&exact(number(&option["vol"])), option["sec"].as_u64().unwrap());
    let call = call_value(forward, strike, ln_ratio_q56(forward, strike).unwrap(), deviation) as i64;
    if option["call"].as_bool().unwrap() {
        call
    } else {
        call - forward as i64 + strike as i64
    }
}

/// The better of an expiry's two requirements, both net of the options' value; and that value. A negative margin is
/// what must be held.
fn expiry_margin(options: &[&Json], spot: f64, forward: f64, rates: &Rates<'_>, level: Level) -> (i64, i64) {
    let (mut isolated, mut value) = (0, 0);
    let mut positions: Vec<StrikePosition> = Vec::new();
    for option in options {
        let strike = number(&option["strike"]);
        let is_call = option["call"].as_bool().unwrap();
        let amount = number(&option["amt"]);
        let mark_e12 = price_e12(option, forward);
        value += times(mark_e12, amount / 10.0);
        if amount < 0.0 {
            let kind = if is_call { OptionKind::Call } else { OptionKind::Put };
            let single = IsolatedOption {
                kind,
                spot: Value::from_e9(money(spot) * 10),
                strike: Value::from_e9(money(strike) * 10),
                mark: Value::from_e9(mark_e12),
            };
            let IsolatedRequirement { initial, maintenance } = isolated_short(&single, &rates.isolated()).unwrap();
            let required = if level == Level::Initial { initial } else { maintenance };
            isolated += times(required.e9(), amount / 10.0);
        }
        let held = Lots::new(lots(amount));
        positions.push(StrikePosition {
            strike: per_lot(strike),
            call: if is_call { held } else { Lots::ZERO },
            put: if is_call { Lots::ZERO } else { held },
        });
    }
    positions.sort_by_key(|position| position.strike);
    let scale = match level {
        Level::Initial => "unpairedIMScale",
        Level::Maintenance => "unpairedMMScale",
    };
    let loss = standard_requirement(&positions, per_lot(forward), rates.ratio("option", scale)).unwrap();
    (isolated.max(-loss.e9()), value)
}

/// Margin and value of one market.
fn market_margin(case: &Json, market: &Json, rates: &Rates<'_>, level: Level) -> (i64, i64) {
    let get = |name: &str| number(&market[name]);
    let initial = level == Level::Initial;
    let stable = number(&case["account"]["stable"]);
    let (spot, spot_confidence) = (get("spot"), get("spot_conf"));
    let rate = rates.get("perp", if initial { "im" } else { "mm" });
    let mut margin = money(get("perp_pnl")) - times(money(get("perp").abs() * get("perp_price")), rate);
    let base = get("base") * spot;
    margin += times(money(base), number(&case["base_margin_factor"]));
    let mut value = money(get("perp_pnl")) + money(base / stable);

    let mut expiries: BTreeMap<u64, Vec<&Json>> = BTreeMap::new();
    for option in market["options"].as_array().unwrap() {
        expiries
            .entry(option["sec"].as_u64().unwrap())
            .or_default()
            .push(option);
    }
    let mut shorts = 0.0;
    let mut doubt = rates.doubt(
        "perpThreshold",
        spot_confidence.min(get("perp_conf")),
        get("perp").abs() * spot,
    ) + rates.doubt("baseThreshold", spot_confidence, base);
    for (seconds, options) in &expiries {
        let feed = &market["fwd"][seconds.to_string()];
        let (required, worth) = expiry_margin(options, spot, number(&feed["fwd"]), rates, level);
        margin += required;
        value += worth;
        let confidence = options
            .iter()
            .map(|option| number(&option["vol_conf"]))
            .fold(number(&feed["conf"]), f64::min);
        let short: f64 = options.iter().map(|option| -number(&option["amt"]).min(0.0)).sum();
        doubt += rates.doubt("optionThreshold", confidence.min(spot_confidence), short * spot);
        shorts += short;
    }
    if initial {
        let depeg = (number(&case["depeg"][0]) - stable).max(0.0) * number(&case["depeg"][1]);
        margin -= doubt + money(depeg * spot * (shorts + get("perp").abs()));
    }
    (margin, value)
}

#[test]
fn standard_requirements_of_derive() {
    let Some(file) = json("derive_srm_cases.json") else {
        return;
    };
    let mut errors = Errors::new("Derive standard requirements", 1.0);
    let rates = Rates(&file["params"]);
    let cases = file["cases"].as_array().unwrap();
    let mut published = 0;
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let markets = case["account"]["markets"].as_array().unwrap();
        let cash = money(number(&case["account"]["cash"]));
        for (level, field) in [(Level::Initial, "IM"), (Level::Maintenance, "MM")] {
            let parts = markets.iter().map(|market| market_margin(case, market, &rates, level));
            let (margin, value) = parts.fold((cash, cash), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            let (margin, value) = (margin as f64 / UNIT as f64, value as f64 / UNIT as f64);
            let place = format!("{name} {field}");
            errors.compare(margin, number(&case["recompute"][field]), 1e-9, &place);
            errors.compare(value, number(&case["recompute"]["MtM"]), 1e-9, &place);
            // The contract's own tests state the first set to 0.1% and the second as whole dollars.
            if let Some(truncated) = case["expect"].get(format!("{field}_trunc")) {
                assert_eq!((margin.trunc() - number(truncated)).abs(), 0.0, "{place}: {margin}");
            } else {
                let want = number(&case["expect"][field]);
                assert!(
                    (margin - want).abs() <= 1e-3 * want.abs().max(1.0),
                    "{place}: {margin} is not {want}"
                );
            }
            published += 1;
        }
    }
    assert_eq!((cases.len(), published), (70, 140));
    errors.report();
}
