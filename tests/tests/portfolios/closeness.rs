//! How far the program's integers may be from the formulas.

use tenor_tests::portfolios::model::{Holdings, Market};

/// Units of 1e-9 USD that a lot loses to rounding. Its forward and strike are rounded once each and so is each price that is
/// made of them: four for the mark of a put, and as many for its value in a scenario.
const UNITS_PER_LOT: f64 = 4e-9;
/// A collateral's worth, its haircut and its result in a scenario are whole units.
const UNITS_PER_UNDERLYING: f64 = 8e-9;
/// A delta per lot is a multiple of this much of the underlying, and so is the delta of the puts' forwards.
const DELTA_UNITS: f64 = 2e-9;
/// What floats lose, relative to everything that is held.
const FLOAT_ERROR: f64 = 1e-13;

/// Most that numbers of an account's health may differ, USD.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Equity and haircut.
    pub values: f64,
    /// Requirements: marks and values in scenarios, and the roll of a delta.
    pub requirements: f64,
    /// A delta times the price's interval.
    pub uncertainty: f64,
}

impl Bounds {
    /// Of an account.
    pub fn of(market: &Market, holdings: &Holdings) -> Self {
        let (mut gross, mut units, mut roll, mut interval) = (holdings.cash.abs(), 0.0, 0.0, 0.0);
        for (place, held) in &holdings.collaterals {
            gross += held * market.underlyings[market.collaterals[*place].priced_by].spot;
        }
        for terms in &market.underlyings {
            units += UNITS_PER_UNDERLYING;
            interval += DELTA_UNITS * terms.spot;
        }
        for holding in &holdings.options {
            let terms = &market.underlyings[market.expiries[holding.expiry].underlying];
            let lots = holding.lots.abs();
            let distance = terms.confidence.max((terms.spot - terms.average).abs());
            units += lots * UNITS_PER_LOT;
            roll += lots * DELTA_UNITS * terms.spot * terms.charges.roll;
            interval += lots * DELTA_UNITS * distance;
            gross += market.units(holding).abs() * terms.spot * (1.0 + terms.range);
        }
        let floats = gross * FLOAT_ERROR;
        Self {
            values: units + floats,
            requirements: 2.0 * units + roll + floats,
            uncertainty: units + interval + floats,
        }
    }
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
