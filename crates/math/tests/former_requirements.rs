//! What former slices cost in requirements: taken from the options' value in withdrawals, before any credit between underlyings.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, FormerMarks, HealthBuilder, PriceInterval, PriceShocks, Purpose, RiskParams, SCENARIOS, StrikeView,
    UnderlyingBook, UnderlyingRisk,
};

const USD: i64 = 1_000_000_000;

/// A strike's results, and the lots of its call and put.
type Held = (Vec<i64>, i64, i64);

fn strikes() -> impl Strategy<Value = Vec<Held>> {
    let results = proptest::collection::vec(-8 * USD..8 * USD, SCENARIOS);
    proptest::collection::vec((results, -20_i64..20, -20_i64..20), 1..4)
}

/// What strikes of 95 USD marked at 7 contribute at 100, with collateral worth so much, and the results of each scenario.
fn assessed(strikes: &[Held], collateral: i64, former: &FormerMarks) -> (UnderlyingRisk, [i64; SCENARIOS]) {
    let hundred = Price::from_e9(100_000_000_000);
    let shocks = PriceShocks::from_range(Ratio::from_bps(2_000)).unwrap();
    let lot = LotSize::from_units_e9(1_000_000_000).unwrap();
    let mut book = UnderlyingBook::new(PriceInterval::around(hundred, Price::from_e9(0)), lot, &shocks);
    for (results, call, put) in strikes {
        let pnl_e9: &[i64; SCENARIOS] = results.as_slice().try_into().unwrap();
        let view = StrikeView {
            reference: hundred,
            mark: Value::from_e9(7 * USD),
            forward_value: Value::from_e9(100 * USD),
            strike_value: Value::from_e9(95 * USD),
            delta_units_e9: 600_000_000,
            drift_e9: 1_000,
            pnl_e9,
            pnl_bound_e9: 8_000_000_000,
        };
        let (call, put) = (Lots::new(*call), Lots::new(*put));
        book.add_strike(0, call, put, 10, &view).unwrap();
        book.add_former(call, put, former).unwrap();
    }
    book.add_collateral(Collateral {
        value: Value::from_e9(collateral),
        haircut: Ratio::from_bps(1_000),
    })
    .unwrap();
    let params = RiskParams {
        initial_short: Ratio::from_bps(50),
        maintenance_short: Ratio::from_bps(30),
        roll: Ratio::from_bps(10),
        concentration: Ratio::from_bps(100),
    };
    let mut results_e9 = [0; SCENARIOS];
    let risk = book.assess(&params, Purpose::Action, &mut results_e9).unwrap();
    (risk, results_e9)
}

fn withdrawal(risk: &UnderlyingRisk) -> i64 {
    risk.withdrawal_loss.e9() + risk.withdrawal_contingency.e9()
}

proptest! {
    #[test]
    fn a_withdrawal_counts_options_at_what_former_slices_leave_and_is_no_laxer_than_a_trade(
        strikes in strikes(),
        collateral in prop_oneof![Just(0_i64), 0..500 * USD],
        below in 0..3 * USD,
        above in 0..3 * USD,
        off in prop_oneof![Just(0_i64), 0..2 * USD],
        limit in 0..600 * USD,
    ) {
        let former = FormerMarks {
            call_below_e9: below.unsigned_abs(),
            call_above_e9: above.unsigned_abs(),
            forward_off_e9: off.unsigned_abs(),
        };
        let (risk, _) = assessed(&strikes, collateral, &former);
        let (rested, _) = assessed(&strikes, collateral, &FormerMarks::default());
        let (_, of_options) = assessed(&strikes, 0, &former);
        let (_, of_collateral) = assessed(&[], collateral, &former);
        // The formula, from the results of options and collateral apart. A put at 7 - 100 + 95.
        let cost: i64 = strikes.iter().map(|(_, call, put)| {
            let net = call + put;
            (net * below).max(-net * above) + put.abs() * off
        }).sum();
        let worth: i64 = strikes.iter().map(|(_, call, put)| (7 * call + 2 * put) * USD).sum();
        let is_short = strikes.iter().any(|(_, call, put)| *call < 0 || *put < 0);
        let held = |result: i64| if is_short { (worth - cost + result).min(0) } else { 0 };
        let loss = (0..SCENARIOS).map(|index| -held(of_options[index]) - of_collateral[index]).max().unwrap().max(0);
        let others = rested.initial_contingency.e9();
        prop_assert_eq!(withdrawal(&risk), loss + others);
        prop_assert_eq!(risk.initial_contingency.e9(), cost + others);
        // Not more than the whole cost, and with shorts not less than a trade asks for: held against any greatest loss too.
        for (risk, rested) in [(risk, rested), (risk.capped(Value::from_e9(limit)), rested.capped(Value::from_e9(limit)))] {
            prop_assert!(withdrawal(&rested) <= withdrawal(&risk));
            prop_assert!(withdrawal(&risk) <= withdrawal(&rested) + cost);
            let initial = risk.scenario_loss.e9() + risk.initial_contingency.e9();
            prop_assert!(!is_short || withdrawal(&risk) + worth >= initial);
            // What it leaves pays for the options on the worst former slice, or for the greatest loss.
            prop_assert!(withdrawal(&risk) + worth >= cost.min(limit) || !is_short);
        }
    }

    #[test]
    fn a_credit_between_underlyings_never_takes_what_former_slices_cost(
        parts in proptest::collection::vec(
            (proptest::collection::vec(-100_i64..100, SCENARIOS), 0_i64..20, 0_i64..120, 0_i64..150),
            1..5,
        ),
        credit in prop_oneof![Just(1_000_000_000_u64), 0..1_000_000_000_u64],
    ) {
        let health = |has_former: bool| {
            let mut builder = HealthBuilder::new(Value::ZERO);
            for (results, contingency, cost, limit) in &parts {
                let cost = if has_former { *cost } else { 0 };
                for (sum, result) in builder.systemic_mut().iter_mut().zip(results) {
                    *sum += result;
                }
                let risk = UnderlyingRisk {
                    scenario_loss: Value::from_e9(-results.iter().min().unwrap().min(&0)),
                    initial_contingency: Value::from_e9(contingency + cost),
                    maintenance_contingency: Value::from_e9(*contingency),
                    former_cost: Value::from_e9(cost),
                    ..UnderlyingRisk::default()
                };
                builder.add(&risk.capped(Value::from_e9(*limit)).capped(Value::from_e9(*limit))).unwrap();
            }
            builder.finish(Ratio::from_e9(credit), Ratio::from_bps(8_000)).unwrap()
        };
        let (with, without) = (health(true), health(false));
        // The cost first, then scenarios and contingencies as far as the greatest loss goes; credit on scenarios alone.
        let (mut costs, mut losses, mut others, mut limits) = (0, 0, 0, 0);
        for (results, contingency, cost, limit) in &parts {
            let cost = *cost.min(limit);
            let loss = (-results.iter().min().unwrap()).clamp(0, limit - cost);
            costs += cost;
            losses += loss;
            others += contingency.min(&(limit - cost - loss));
            limits += limit;
        }
        let together = (0..SCENARIOS)
            .map(|index| -parts.iter().map(|(results, ..)| results[index]).sum::<i64>())
            .max()
            .unwrap()
            .max(0);
        let taken = i128::from((losses - together).max(0)) * i128::from(credit) / 1_000_000_000;
        let expected = costs + losses + others - i64::try_from(taken).unwrap();
        prop_assert_eq!(with.initial.e9(), expected);
        prop_assert!(costs <= with.initial.e9() && with.initial.e9() <= limits);
        prop_assert!(with.initial >= without.initial);
        prop_assert_eq!(with.maintenance, without.maintenance);
    }
}
