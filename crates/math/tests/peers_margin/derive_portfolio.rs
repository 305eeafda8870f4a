//! The 139 published cases of Derive's portfolio margin.
//!
//! Prices, shocked volatilities, results of the scenarios and the worst of them are this crate's, under Derive's sets
//! of moves and dampening factors. What Tenor has no like of is computed here from its published description: skew
//! scenarios, the static discount of an expiry's value, and contingencies for basis, perpetuals and confidence; and
//! shocked volatilities where a case sets parameters out of this crate's domain (nine cases).

use super::derive_expiry::expiries;
use super::derive_params::{Params, Set, unit};
use super::{Errors, json, number, times};
use num_traits::ToPrimitive;
use serde_json::Value as Json;

const LIMIT: f64 = 1e-9;

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
            .map(|option| option.amount.to_f64().unwrap().abs())
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
