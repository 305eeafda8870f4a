//! One underlying's part in an account's health. Sources: design section 5.2; decisions 0007 and 0008.
//!
//! Values are USD x 1e9, and so are the units of the slack. What each number may be off:
//!
//! | number | units | because |
//! |---|---|---|
//! | mark of a call after a step | 2 a lot | the delta's part rounds down; intrinsic follows the forward |
//! | forward after a step | 2 a lot | as `StrikeView` states |
//! | mark of a put after a step | 4 a lot | call and forward |
//! | results after a step | 48 and the step's dollars a lot, size / 2^27, 2 | what `Step::doubt` allows for |
//! | worth of a collateral | 1 | rounds down; its haircut 1 more, up |
//! | linear results | 2 | 4 x 2^-60 of a value below 2^58, rounded down |
//! | weighted results | 2 | a weight's 2^-62 of a value below 2^61, rounded down |
//! | a lot's worth at spot | 1 a lot | rounds up |
//! | a delta | 1 x 1e-9 of the underlying an expiry, and one for collateral | rounds down |
//! | each rate, cost and factor | 1 | rounds up |

use super::exact::{Approx, Exact};
use super::scenarios::{Scenario, scenarios};
use super::state::{Array, SCENARIOS, Underlying};
use std::collections::BTreeMap;

const E9: i128 = 1_000_000_000;

/// What one underlying contributes.
#[derive(Clone, Debug)]
pub struct Part {
    /// Options at mark.
    pub options: Approx,
    /// Collateral after haircut.
    pub collateral: Approx,
    /// The haircut.
    pub haircut: Approx,
    /// Weighted results by scenario.
    pub results: Vec<Approx>,
    /// Greatest weighted loss.
    pub loss: Approx,
    /// Greatest loss where option gains count for nothing, as far as it may be one at the marks.
    pub withdrawal_loss: Approx,
    /// Contingencies of the initial requirement, with what options may be worth less on former slices.
    pub initial_contingency: Approx,
    /// What a withdrawal must leave: the greatest loss where option gains count for nothing and options for what former slices
    /// say, with contingencies.
    pub withdrawal: Approx,
    /// What options may be worth less on former slices.
    pub former_cost: Approx,
    /// Part of the loss in whose place that cost stands below the greatest loss.
    pub uncredited: Approx,
    /// Contingencies of the maintenance requirement.
    pub maintenance_contingency: Approx,
    /// What the price's uncertainty adds.
    pub uncertainty: Approx,
    /// What it adds for a withdrawal.
    pub withdrawal_uncertainty: Approx,
    /// What a liquidation's start leaves to the account.
    pub tolerance: Approx,
}

impl Part {
    /// An underlying that contributes nothing.
    pub fn nothing() -> Self {
        let zero = Approx::zero;
        Self {
            options: zero(),
            collateral: zero(),
            haircut: zero(),
            results: Vec::new(),
            loss: zero(),
            withdrawal_loss: zero(),
            initial_contingency: zero(),
            withdrawal: zero(),
            former_cost: zero(),
            uncredited: zero(),
            maintenance_contingency: zero(),
            uncertainty: zero(),
            withdrawal_uncertainty: zero(),
            tolerance: zero(),
        }
    }

    /// Held against the greatest loss until expiry.
    pub fn capped(&mut self, greatest_loss: &Approx) {
        let limit = greatest_loss.or_zero();
        self.loss = self.loss.lesser(&limit);
        let rest = (&limit - &self.loss).or_zero();
        self.initial_contingency = self.initial_contingency.lesser(&rest);
        // What contingencies and former slices add to the loss at the marks is what is left of the greatest loss at most.
        self.withdrawal = self.withdrawal.lesser(&(&self.withdrawal_loss + &rest));
        let scenarios = self.loss.lesser(&(&limit - &self.former_cost).or_zero());
        self.uncredited = &self.loss - &scenarios;
        self.maintenance_contingency = self.maintenance_contingency.lesser(&rest);
    }

    /// With an initial requirement of at least that much.
    pub fn raised_to(&mut self, requirement: &Approx) {
        let present = &self.loss + &self.initial_contingency;
        let missing = (requirement - &present).or_zero();
        self.initial_contingency = &self.initial_contingency + &missing;
        self.withdrawal = &self.withdrawal + &missing;
    }
}

/// Marks of a strike at the present spot, per lot: call, put and forward.
pub struct Marks {
    /// Call.
    pub call: Approx,
    /// Put.
    pub put: Approx,
    /// Discounted forward.
    pub forward: Approx,
}

/// Marks moved to a spot price to first order; never below intrinsic.
pub fn marks(array: &Array, spot_e9: i128) -> Marks {
    let step_e9 = spot_e9 - array.reference_e9;
    if step_e9 == 0 {
        let parity = array.forward_e9 - array.strike_e9;
        let call = array.mark_e9.max(parity).max(0);
        return Marks {
            call: call.into(),
            put: (call - parity).into(),
            forward: array.forward_e9.into(),
        };
    }
    let forward = Approx::from(Exact::quotient(array.forward_e9 * spot_e9, array.reference_e9)).rounded(2);
    let parity = &forward - &array.strike_e9.into();
    let moved = Approx::from(Exact::quotient(step_e9 * array.delta_e9, E9)).rounded(1);
    let call = (&Approx::from(array.mark_e9) + &moved).larger(&parity).or_zero();
    Marks {
        put: &call - &parity,
        call,
        forward,
    }
}

/// Positions and collateral of one underlying.
pub struct Book<'a> {
    underlying: &'a Underlying,
    scenarios: Vec<Scenario>,
    /// Ends of the price's interval.
    low_e9: i128,
    high_e9: i128,
    gains: Vec<Approx>,
    options: Approx,
    settled: Approx,
    doubt: Approx,
    drift_e9: i128,
    /// Forwards of puts and deltas of calls by expiry.
    expiries: BTreeMap<i64, (Approx, i128)>,
    /// Reference prices whose results were not moved yet: sums of results, and of what the marks gained.
    groups: BTreeMap<i128, Group>,
    short_lots: i128,
    concentrated_lots: i128,
    is_short: bool,
    /// What the lots may be worth less on former slices.
    former_cost_e9: i128,
    collateral: Approx,
    haircut: Approx,
}

/// Sums over the strikes of one reference.
struct Group {
    gains_e9: [i128; SCENARIOS],
    mark_change: Approx,
    drift_e9: i128,
    size_e9: i128,
    held: i128,
    strikes: i128,
}

impl<'a> Book<'a> {
    /// An empty book with the scenarios of a range, on the interval of the oracle or on its hull with the average.
    pub fn new(underlying: &'a Underlying, range_e9: i128, minds_average: bool) -> Self {
        let (spot, confidence) = (underlying.price_e9, underlying.confidence_e9);
        let (mut low_e9, mut high_e9) = ((spot - confidence).max(0), spot + confidence);
        if minds_average {
            low_e9 = low_e9.min(underlying.average_e9);
            high_e9 = high_e9.max(underlying.average_e9);
        }
        Self {
            underlying,
            scenarios: scenarios(range_e9),
            low_e9,
            high_e9,
            gains: vec![Approx::zero(); SCENARIOS],
            options: Approx::zero(),
            settled: Approx::zero(),
            doubt: Approx::zero(),
            drift_e9: 0,
            expiries: BTreeMap::new(),
            groups: BTreeMap::new(),
            short_lots: 0,
            concentrated_lots: 0,
            is_short: false,
            former_cost_e9: 0,
            collateral: Approx::zero(),
            haircut: Approx::zero(),
        }
    }

    /// Adds a strike's call and put; `free_lots` are free of the charge for concentration.
    pub fn add_strike(&mut self, expiry: i64, [calls, puts]: [i128; 2], free_lots: i128, array: &Array) {
        let marks = marks(array, self.underlying.price_e9);
        let worth = &marks.call.times_whole(calls) + &marks.put.times_whole(puts);
        self.options = &self.options + &worth;
        let net = calls + puts;
        let held = calls.abs() + puts.abs();
        let (forwards, deltas) = self.expiries.entry(expiry).or_insert((Approx::zero(), 0));
        *forwards = &*forwards + &marks.forward.times_whole(puts);
        *deltas += net * array.delta_e9;
        let group = self.groups.entry(array.reference_e9).or_insert_with(|| Group {
            gains_e9: [0; SCENARIOS],
            mark_change: Approx::zero(),
            drift_e9: 0,
            size_e9: 0,
            held: 0,
            strikes: 0,
        });
        for (sum, gain) in group.gains_e9.iter_mut().zip(array.gains_e9) {
            *sum += net * gain;
        }
        let change = &marks.call - &array.mark_e9.into();
        group.mark_change = &group.mark_change + &change.times_whole(net);
        group.drift_e9 += net.abs() * array.drift_e9;
        let largest = array.gains_e9.iter().map(|gain| gain.abs()).max().unwrap_or(0);
        group.size_e9 += net.abs() * (largest + array.forward_e9.abs());
        group.held += held;
        group.strikes += 1;
        // A call and a put of opposite sign are a conversion.
        self.short_lots += (-net).max(0);
        self.concentrated_lots += (held - free_lots).max(0);
        self.is_short |= calls < 0 || puts < 0;
    }

    /// Holds a strike's lots against former slices: calls less puts are synthetic calls, worth less at the worse call, and each
    /// put is such a call less the forward. Source: decision 0020.
    pub fn add_former(&mut self, [calls, puts]: [i128; 2], array: &Array) {
        let net = calls + puts;
        let per_call_e9 = if net < 0 {
            array.call_above_e9
        } else {
            array.call_below_e9
        };
        self.former_cost_e9 += net.abs() * per_call_e9 + puts.abs() * array.forward_off_e9;
    }

    /// Adds the payoff of a settled expiry.
    pub fn add_settled(&mut self, payoff_e9: i128) {
        self.settled = &self.settled + &payoff_e9.into();
    }

    /// Adds collateral worth that much at the price that values it.
    pub fn add_collateral(&mut self, worth: &Approx, haircut_e9: i128) {
        self.collateral = &self.collateral + worth;
        let haircut = worth.times(&Exact::quotient(haircut_e9, E9)).rounded(1);
        self.haircut = &self.haircut + &haircut;
    }

    /// Moves every group's results to the present spot.
    fn close_groups(&mut self) {
        let spot_e9 = self.underlying.price_e9;
        for (reference_e9, group) in std::mem::take(&mut self.groups) {
            let step_e9 = spot_e9 - reference_e9;
            self.drift_e9 += group.drift_e9;
            let mut gains: Vec<Approx> = group.gains_e9.iter().map(|gain| (*gain).into()).collect();
            if step_e9 != 0 {
                let step = Exact::quotient(step_e9, reference_e9);
                // What the program adds to its own doubt for rounding, one group at a time: at most a group a strike.
                let dollars = Exact::quotient(step_e9.abs(), E9).ceil_i128();
                let allowance = group.held * (48 + dollars) + group.size_e9 / (1 << 27) + 3 * group.strikes;
                let doubt = Approx::from(&step.abs() * group.drift_e9).off_by(allowance);
                self.doubt = &self.doubt + &doubt;
                let moves = self.first_order(&gains, &step);
                for (gain, change) in gains.iter_mut().zip(&moves) {
                    let moved = &gain.value + &change.value;
                    *gain = Approx {
                        value: &moved - &group.mark_change.value,
                        slack: allowance,
                    };
                }
            }
            for (sum, gain) in self.gains.iter_mut().zip(&gains) {
                *sum = &*sum + gain;
            }
        }
    }

    /// What each scenario's result gains over a relative step: its distance, step x (1 + move), times the middle of the slopes
    /// of its chords.
    fn first_order(&self, gains: &[Approx], step: &Exact) -> Vec<Approx> {
        let slope = |low: usize, high: usize| {
            let run = Exact::quotient(self.scenarios[high].move_e9 - self.scenarios[low].move_e9, E9);
            (&gains[high] - &gains[low]).times(&Exact::from(1).over(&run))
        };
        let change = |(index, scenario): (usize, &Scenario)| {
            let middle = match (scenario.below, scenario.above) {
                (Some(below), Some(above)) => {
                    (&slope(below, index) + &slope(index, above)).times(&Exact::quotient(1, 2))
                }
                (Some(below), None) => slope(below, index),
                (None, Some(above)) => slope(index, above),
                (None, None) => Approx::zero(),
            };
            let distance = step * &Exact::quotient(E9 + scenario.move_e9, E9);
            middle.times(&distance)
        };
        self.scenarios.iter().enumerate().map(change).collect()
    }

    /// What the book is worth and can lose.
    pub fn part(mut self, is_liquidation: bool) -> Part {
        self.close_groups();
        let collateral = &self.collateral - &self.haircut;
        let forwards = self
            .expiries
            .values()
            .fold(Approx::zero(), |sum, (forwards, _)| &sum + forwards);
        let former_cost = Approx::from(self.former_cost_e9);
        let (results, withdrawal) = self.results(&forwards, &collateral, &(&self.options - &former_cost));
        let least = |results: &[Approx]| results.iter().fold(Approx::zero(), |least, each| least.lesser(each));
        let loss = least(&results).opposite();
        let settled_debt = self.settled.opposite().or_zero();
        let withdrawal = least(&withdrawal).opposite();
        // At the marks, either the collateral alone loses, at most its worth, or options count in full.
        let at_marks = collateral.larger(&(&loss - &self.options)).or_zero();
        let withdrawal_loss = &withdrawal.lesser(&at_marks) + &settled_debt;
        let (by_expiry, of_collateral) = self.deltas(&collateral);
        let of_options = by_expiry.iter().fold(Approx::zero(), |sum, delta| &sum + delta);
        let delta = &of_options + &of_collateral;
        let (contingency, maintenance_contingency) = self.contingencies(&by_expiry);
        let cost_of_collateral = self.interval_cost(&of_collateral);
        let uncertainty = &self.interval_cost(&delta) + &self.doubt;
        let tolerance = if is_liquidation {
            self.tolerance(&delta, &forwards, &collateral)
        } else {
            Approx::zero()
        };
        Part {
            options: &self.options + &self.settled,
            collateral,
            haircut: self.haircut,
            results,
            loss,
            withdrawal_loss,
            withdrawal: &(&withdrawal + &settled_debt) + &contingency,
            initial_contingency: &contingency + &former_cost,
            former_cost,
            uncredited: Approx::zero(),
            maintenance_contingency,
            withdrawal_uncertainty: if self.is_short {
                uncertainty.larger(&cost_of_collateral)
            } else {
                cost_of_collateral
            },
            uncertainty,
            tolerance,
        }
    }

    /// Weighted results, and those in which options, worth so much now, count for at most nothing.
    fn results(&self, forwards: &Approx, collateral: &Approx, worth: &Approx) -> (Vec<Approx>, Vec<Approx>) {
        let each = |(scenario, gains): (&Scenario, &Approx)| {
            let weighted = |result: &Approx| {
                if scenario.weight == 1.into() {
                    result.clone()
                } else {
                    result.times(&scenario.weight).rounded(2)
                }
            };
            let relative = Exact::quotient(scenario.move_e9, E9);
            let of_puts = forwards.times(&relative).rounded(2);
            let options = weighted(&(gains - &of_puts));
            let of_collateral = weighted(&collateral.times(&relative).rounded(2));
            let held = if self.is_short {
                (worth + &options).lesser(&Approx::zero())
            } else {
                // What is long alone is never worth less than nothing.
                Approx::zero()
            };
            (&options + &of_collateral, &held + &of_collateral)
        };
        self.scenarios.iter().zip(&self.gains).map(each).unzip()
    }

    /// Deltas of the expiries and of the collateral, 1e-9 units of the underlying.
    fn deltas(&self, collateral: &Approx) -> (Vec<Approx>, Approx) {
        let spot_e9 = self.underlying.price_e9;
        let per_spot = |value: &Approx| {
            if spot_e9 == 0 || value.value.is_zero() {
                Approx::zero()
            } else {
                value.times(&Exact::quotient(E9, spot_e9)).rounded(1)
            }
        };
        let by_expiry = self.expiries.values();
        let by_expiry = by_expiry.map(|(forwards, deltas)| &Approx::from(*deltas) - &per_spot(forwards));
        (by_expiry.collect(), per_spot(collateral))
    }

    /// Contingencies, initial and maintenance: none where nothing is short.
    fn contingencies(&self, deltas: &[Approx]) -> (Approx, Approx) {
        if !self.is_short {
            return (Approx::zero(), Approx::zero());
        }
        let (spot_e9, rates) = (self.underlying.price_e9, &self.underlying.risk);
        let lot = Approx::from(Exact::quotient(self.underlying.lot_units_e9 * spot_e9, E9)).rounded(1);
        let part = |rate_e9: u64, of: &Approx| of.times(&Exact::quotient(rate_e9, E9)).rounded(1);
        let naked = lot.times_whole(self.short_lots);
        let magnitude = deltas.iter().fold(Approx::zero(), |sum, delta| &sum + &delta.abs());
        let roll = part(
            rates.roll_e9,
            &magnitude.times(&Exact::quotient(spot_e9, E9)).rounded(1),
        );
        let concentration = part(rates.concentration_e9, &lot.times_whole(self.concentrated_lots));
        let initial = &(&part(rates.initial_short_e9, &naked) + &roll) + &concentration;
        let maintenance = &part(rates.maintenance_short_e9, &naked) + &roll;
        (initial, maintenance)
    }

    /// The most that a delta loses in the interval.
    fn interval_cost(&self, delta: &Approx) -> Approx {
        let spot_e9 = self.underlying.price_e9;
        let at = |end_e9: i128| delta.times(&Exact::quotient(spot_e9 - end_e9, E9));
        at(self.low_e9).larger(&at(self.high_e9)).or_zero().rounded(1)
    }

    /// How much better maintenance health may be anywhere in the oracle's own interval.
    fn tolerance(&self, delta: &Approx, forwards: &Approx, collateral: &Approx) -> Approx {
        let (spot_e9, confidence_e9) = (self.underlying.price_e9, self.underlying.confidence_e9);
        if spot_e9 == 0 || confidence_e9 == 0 {
            return self.doubt.clone();
        }
        let step = Exact::quotient(confidence_e9.min(spot_e9), spot_e9);
        // The program's step is a multiple of 2^-30, up, and so are the factors of its chords, down.
        let unit = Exact::quotient(1, 1 << 30);
        let one = Exact::from(1);
        let slopes = self.first_order(&self.gains, &one);
        let linear = collateral - forwards;
        let largest_gain = self.gains.iter().map(|gain| gain.value.abs()).max();
        let by_factors = &largest_gain.unwrap_or_else(Exact::zero) * 4;
        let mut largest = delta.times(&Exact::quotient(confidence_e9, E9)).abs().rounded(1);
        for (slope, scenario) in slopes.iter().zip(&self.scenarios) {
            let of_linear = linear.times(&Exact::quotient(E9 + scenario.move_e9, E9));
            let slope = slope + &of_linear;
            let rounding = &(&slope.value.abs() + &by_factors) * &unit;
            let change = slope.times(&step).abs().off_by(rounding.ceil_i128() + 6);
            largest = largest.larger(&change);
        }
        let by_drift = Approx::from(&step * self.drift_e9);
        let by_drift = by_drift.off_by((&unit * self.drift_e9).ceil_i128() + 1);
        &(&largest + &by_drift) + &self.doubt
    }
}
