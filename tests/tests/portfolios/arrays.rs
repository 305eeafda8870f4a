//! Every number of every strike's risk array.

use crate::closeness::Worst;
use tenor_tests::portfolios::model::{Holding, Kind, Market, scenarios};
use tenor_tests::portfolios::{Stage, market};

/// A lot's forward and strike are rounded down once each, moved and priced with one rounding each, for mark and scenario: at
/// +400% a unit of the forward has become five.
const UNITS: f64 = 10e-9;

/// The call's value in a scenario less its mark, per lot.
fn result(market: &Market, holding: &Holding, scenario: usize) -> f64 {
    let expiry = &market.expiries[holding.expiry];
    let terms = &market.underlyings[expiry.underlying];
    let case = scenarios(terms.range)[scenario];
    let now = market.option(holding, 0.0);
    let mut then = market.option(holding, case.price_move);
    then.variance = terms
        .volatility
        .shocked(then.variance, expiry.seconds_left, case.volatility);
    terms.lot * expiry.discount * (then.value() - now.value())
}

fn compare(stage: &Stage) -> Worst {
    let picture = stage.world.picture();
    let (market, chains) = market(&picture);
    let (mut worst, mut compared) = (Worst::default(), 0);
    for (expiry, address) in chains.iter().enumerate() {
        let terms = &market.expiries[expiry];
        let lot = market.underlyings[terms.underlying].lot;
        let spot = market.underlyings[terms.underlying].spot;
        for (strike, stored) in picture.market.chain_data(address).unwrap().strikes.iter().enumerate() {
            let holding = Holding {
                expiry,
                strike,
                kind: Kind::Call,
                lots: 1.0,
            };
            let what = |of: &str| format!("{of} of strike {} of chain {expiry}", stored.price_e9 / 1_000_000_000);
            let option = market.option(&holding, 0.0);
            let e9 = |value: i64| value as f64 / 1e9;
            let bound = UNITS + 1e-13 * spot * lot;
            worst.compare(
                &what("mark"),
                e9(stored.mark_e9),
                lot * terms.discount * option.value(),
                bound,
                1.0,
            );
            let delta = lot * terms.discount * terms.forward_ratio * option.delta();
            // 1e-9 of the underlying, and rounding of the forward.
            worst.compare(&what("delta"), e9(stored.delta_units_e9), delta, 2e-9, 1.0);
            for (scenario, stored) in stored.pnl_e9.iter().enumerate() {
                let expected = result(&market, &holding, scenario);
                worst.compare(
                    &what(&format!("scenario {scenario}")),
                    e9(*stored),
                    expected,
                    bound,
                    1.0,
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 83 * 33);
    worst
}

#[test]
fn every_strikes_marks_deltas_and_results_equal_the_formulas() {
    for stage in [Stage::quiet(), Stage::jumpy()] {
        println!("{:?}", compare(&stage));
    }
}
