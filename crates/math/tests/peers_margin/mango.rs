//! Mango v4's health where the rule is Tenor's: collateral at price, less a haircut.
//!
//! Three of its eighteen cases hold deposits alone. The others borrow tokens other than quote or hold perpetuals, which
//! Tenor has not.

use super::{Errors, json, number, scaled_unsigned};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::Value as Json;
use tenor_math::quantity::{E9, LotSize, Price, Ratio, Value};
use tenor_math::risk::{Collateral, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, UnderlyingBook};

/// What a deposit counts for: its weight, scaled down where the bank's deposits exceed its limit.
fn weight(case: &Json, place: usize, setup: &Json) -> BigRational {
    let whole = |json: &Json| BigRational::from_integer(BigInt::from(json.as_i64().unwrap()));
    let base = BigRational::from_float(number(&setup["init_asset_w"])).unwrap();
    let bank = &case["bank"][place];
    if bank["deposits"].is_null() {
        return base;
    }
    let mut deposits = whole(&bank["deposits"]);
    if !bank["potential_serum_tokens"].is_null() {
        deposits += whole(&bank["potential_serum_tokens"]);
    }
    let scale = whole(&bank["deposit_scale_start"]) / (deposits * whole(&setup["price"]));
    base * scale.min(BigRational::from_integer(1.into()))
}

fn equity(case: &Json, setup: &Json) -> f64 {
    let params = RiskParams {
        initial_short: Ratio::ZERO,
        maintenance_short: Ratio::ZERO,
        roll: Ratio::ZERO,
        concentration: Ratio::ZERO,
    };
    let shocks = PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap();
    let mut health = HealthBuilder::new(Value::ZERO);
    for (place, orders) in [None, Some("oo_1_2"), Some("oo_1_3")].into_iter().enumerate() {
        let token = format!("token{}", place + 1);
        let reserved = orders.map_or(0, |orders| case[orders][1].as_u64().unwrap_or(0));
        let units = case[&token].as_u64().unwrap() + reserved;
        let price = setup[&token]["price"].as_u64().unwrap() * E9;
        let lot = LotSize::from_units_e9(E9).unwrap();
        let mut book = UnderlyingBook::new(
            PriceInterval::around(Price::from_e9(price), Price::from_e9(0)),
            lot,
            &shocks,
        );
        let counted = scaled_unsigned(&weight(case, place, &setup[&token]), E9);
        let collateral = Collateral {
            value: Value::from_e9(i64::try_from(units * price).unwrap()),
            haircut: Ratio::from_e9(E9 - counted),
        };
        book.add_collateral(collateral).unwrap();
        let risk = book
            .assess(&params, Purpose::Liquidation, health.systemic_mut())
            .unwrap();
        health.add(&risk).unwrap();
    }
    let health = health.finish(Ratio::ZERO, Ratio::ONE).unwrap();
    health.equity.e9() as f64 / 1e9
}

#[test]
fn deposits_of_mango() {
    let Some(file) = json("mango_health_cases.json") else {
        return;
    };
    let mut errors = Errors::new("Mango deposits", 0.0);
    for case in file["cases"].as_array().unwrap() {
        let is_deposit = |token: &str| case[token].as_i64().is_some_and(|balance| balance > 0);
        if !["token1", "token2", "token3"].into_iter().all(is_deposit) {
            continue;
        }
        let want = number(&case["expected_init_health"]);
        // A weight has nine digits.
        errors.compare(equity(case, &file["setup"]), want, 2e-9, &case["id"].to_string());
    }
    assert_eq!(errors.compared, 3);
    errors.report();
}
