//! How far the program's integers may be from the formulas.

use tenor_tests::portfolios::model::{Holdings, Market};

/// Units of 1e-9 USD that a lot's mark, forward, strike and scenario results lose to rounding together. Forward and strike of
/// a lot are rounded once each, its values once each, and a put is a call less a forward and a strike: two for the mark, two
/// for the value in the scenario, two each for forward and strike, and as much again for the withdrawal rule's own sums.
const UNITS_PER_LOT: f64 = 16e-9;
/// A collateral is worth whole units, and so are its haircut and its result in a scenario.
const UNITS_PER_UNDERLYING: f64 = 32e-9;
/// What floats lose, relative to everything that is held.
const FLOAT_ERROR: f64 = 1e-13;

/// Most that any number of an account's health may differ, USD.
pub fn bound(market: &Market, holdings: &Holdings) -> f64 {
    let mut bound = market.underlyings.len() as f64 * UNITS_PER_UNDERLYING;
    let mut gross = holdings.cash.abs();
    for (place, units) in &holdings.collaterals {
        gross += units * market.underlyings[market.collaterals[*place].priced_by].spot;
    }
    for holding in &holdings.options {
        let terms = &market.underlyings[market.expiries[holding.expiry].underlying];
        // A delta is a multiple of 1e-9 of the underlying: what it is multiplied with are the roll and the interval.
        let interval = terms.confidence.max((terms.spot - terms.average).abs());
        let by_delta = 2e-9 * (terms.charges.roll * terms.spot + interval);
        bound += holding.lots.abs() * (UNITS_PER_LOT + by_delta);
        gross += market.units(holding).abs() * terms.spot * (1.0 + terms.range);
    }
    bound + gross * FLOAT_ERROR
}

/// The worst of many differences, for the record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst {
    /// Of the bound.
    pub part_of_bound: f64,
    /// USD.
    pub dollars: f64,
    /// USD per lot that is held.
    pub per_lot: f64,
    /// Of the number.
    pub relative: f64,
}

impl Worst {
    /// Takes in a number by the program and by the formulas.
    #[track_caller]
    pub fn compare(&mut self, what: &str, program: f64, model: f64, bound: f64, lots: f64) {
        let difference = (program - model).abs();
        assert!(
            difference <= bound,
            "{what}: the program says {program}, the formulas {model}: {difference} apart, at most {bound}"
        );
        self.part_of_bound = self.part_of_bound.max(difference / bound);
        self.dollars = self.dollars.max(difference);
        self.per_lot = self.per_lot.max(difference / lots.max(1.0));
        if model.abs() >= 1.0 {
            self.relative = self.relative.max(difference / model.abs());
        }
    }
}
