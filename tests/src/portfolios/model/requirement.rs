//! An account's equity and what is asked of it.

use super::black::Kind;
use super::market::{Holding, Holdings, Market};
use super::rules::Rules;
use super::scenarios::scenarios;
use super::standard::greatest_loss;

/// Equity and requirements of an account, USD.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Options at mark.
    pub options_value: f64,
    /// Cash, collateral after haircut and options at mark.
    pub equity: f64,
    /// Haircut of the collateral.
    pub haircut: f64,
    /// R: the scenarios' requirement after correlation credit.
    pub scenarios: f64,
    /// IM.
    pub initial: f64,
    /// MM.
    pub maintenance: f64,
    /// What initial health loses for the price's uncertainty.
    pub uncertainty: f64,
    /// What could be withdrawn.
    pub withdrawable: f64,
    /// The parts, by underlying.
    pub underlyings: Vec<UnderlyingRequirement>,
}

/// What one underlying contributes, USD.
#[derive(Clone, Debug)]
pub struct UnderlyingRequirement {
    /// Options at mark.
    pub options_value: f64,
    /// Derivative of their value by the price, units.
    pub options_delta: f64,
    /// W: the greatest weighted loss.
    pub scenario_loss: f64,
    /// Its scenario, zero if none loses.
    pub worst_scenario: usize,
    /// Weighted result of each scenario.
    pub results: Vec<f64>,
    /// What options add to it.
    pub option_results: Vec<f64>,
    /// What collateral adds to it.
    pub collateral_results: Vec<f64>,
    /// The same where gains of options do not count.
    pub withdrawal_loss: f64,
    /// Initial contingencies.
    pub initial_contingency: f64,
    /// Maintenance contingencies.
    pub maintenance_contingency: f64,
    /// Cost of the price's interval.
    pub uncertainty: f64,
    /// The same for a withdrawal.
    pub withdrawal_uncertainty: f64,
}

/// Equity and requirements of an account.
pub fn requirement(market: &Market, holdings: &Holdings, rules: &Rules) -> Requirement {
    let parts: Vec<UnderlyingRequirement> = (0..market.underlyings.len())
        .map(|underlying| of_underlying(market, holdings, rules, underlying))
        .collect();
    let sum = |part: fn(&UnderlyingRequirement) -> f64| parts.iter().map(part).sum::<f64>();
    let apart = sum(|part| part.scenario_loss);
    let together = (0..parts[0].results.len())
        .map(|scenario| parts.iter().map(|part| part.results[scenario]).sum::<f64>())
        .fold(0.0, f64::min);
    let credit = market.house.correlation_credit * (apart + together).max(0.0);
    let requirement = apart - credit;
    let (counted, haircut) = collaterals(market, holdings, |_| true);
    let initial_contingency = sum(|part| part.initial_contingency);
    Requirement {
        options_value: sum(|part| part.options_value),
        equity: holdings.cash + counted + sum(|part| part.options_value),
        haircut,
        scenarios: requirement,
        initial: requirement + initial_contingency,
        maintenance: market.house.maintenance_factor * requirement + sum(|part| part.maintenance_contingency),
        uncertainty: sum(|part| part.uncertainty),
        withdrawable: holdings.cash + counted
            - sum(|part| part.withdrawal_loss)
            - initial_contingency
            - sum(|part| part.withdrawal_uncertainty),
        underlyings: parts,
    }
}

fn of_underlying(market: &Market, holdings: &Holdings, rules: &Rules, underlying: usize) -> UnderlyingRequirement {
    let terms = &market.underlyings[underlying];
    let options: Vec<Holding> = holdings
        .options
        .iter()
        .filter(|holding| market.expiries[holding.expiry].underlying == underlying)
        .copied()
        .collect();
    let is_short = options.iter().any(|holding| holding.lots < 0.0);
    let options_value: f64 = options.iter().map(|holding| mark(market, holding)).sum();
    let (collateral, haircut) = collaterals(market, holdings, |place| {
        market.collaterals[place].moves_with == underlying
    });

    let (mut option_results, mut collateral_results) = (Vec::new(), Vec::new());
    for scenario in scenarios(terms.range) {
        let moved: f64 = options
            .iter()
            .map(|holding| {
                let mut option = market.option(holding, scenario.price_move);
                let expiry = &market.expiries[holding.expiry];
                let shocked = terms
                    .volatility
                    .shocked(option.variance, expiry.seconds_left, scenario.volatility);
                option.variance = shocked;
                market.units(holding) * expiry.discount * option.value()
            })
            .sum();
        option_results.push(scenario.weight * (moved - options_value));
        collateral_results.push(scenario.weight * collateral * scenario.price_move);
    }
    let together = |options: fn(f64, f64) -> f64| -> Vec<f64> {
        let pairs = option_results.iter().zip(&collateral_results);
        pairs
            .map(|(result, collateral)| options(*result, options_value) + collateral)
            .collect()
    };
    let results = together(|result, _| result);
    // What leaves the account cannot be a gain that only marks show.
    let withdrawal_results = together(|result, value| (value + result).min(0.0));
    let worst = results.iter().copied().fold(0.0, f64::min);
    let (initial, maintenance) = contingencies(market, &options, rules, underlying);
    let (uncertainty, withdrawal_uncertainty) = uncertainties(market, holdings, &options, rules, underlying);
    let part = UnderlyingRequirement {
        options_value,
        options_delta: options.iter().map(|holding| delta(market, holding)).sum(),
        scenario_loss: -worst,
        worst_scenario: results.iter().position(|result| *result == worst).unwrap_or(0),
        withdrawal_loss: -withdrawal_results.iter().copied().fold(0.0, f64::min),
        results,
        option_results,
        collateral_results,
        initial_contingency: if is_short { initial } else { 0.0 },
        maintenance_contingency: if is_short { maintenance } else { 0.0 },
        uncertainty,
        withdrawal_uncertainty: if is_short {
            uncertainty.max(withdrawal_uncertainty)
        } else {
            withdrawal_uncertainty
        },
    };
    let own = |place: usize| {
        market.collaterals[place].moves_with == underlying && market.collaterals[place].priced_by == underlying
    };
    let cover: f64 = holdings
        .collaterals
        .iter()
        .filter(|(place, _)| own(*place))
        .map(|(_, units)| units)
        .sum();
    match greatest_loss(
        market,
        holdings,
        underlying,
        cover,
        options_value + collateral + haircut,
    ) {
        Some(limit) if rules.greatest_loss_caps => part.capped(limit),
        _ => part,
    }
}

impl UnderlyingRequirement {
    /// No more than the book can lose: first the scenarios' loss, then what is left for contingencies.
    fn capped(self, limit: f64) -> Self {
        let scenario_loss = self.scenario_loss.min(limit);
        let rest = limit - scenario_loss;
        Self {
            scenario_loss,
            initial_contingency: self.initial_contingency.min(rest),
            maintenance_contingency: self.maintenance_contingency.min(rest),
            ..self
        }
    }
}

/// Value of a holding at mark.
fn mark(market: &Market, holding: &Holding) -> f64 {
    let discount = market.expiries[holding.expiry].discount;
    market.units(holding) * discount * market.option(holding, 0.0).value()
}

/// Derivative of a holding's value by the spot price, units.
fn delta(market: &Market, holding: &Holding) -> f64 {
    let expiry = &market.expiries[holding.expiry];
    market.units(holding) * expiry.discount * expiry.forward_ratio * market.option(holding, 0.0).delta()
}

/// What some of the collaterals count for, and what their haircuts take off.
fn collaterals(market: &Market, holdings: &Holdings, which: impl Fn(usize) -> bool) -> (f64, f64) {
    let (mut counted, mut haircut) = (0.0, 0.0);
    for (place, units) in holdings.collaterals.iter().filter(|(place, _)| which(*place)) {
        let terms = &market.collaterals[*place];
        let value = units * market.underlyings[terms.priced_by].spot;
        counted += value * (1.0 - terms.haircut);
        haircut += value * terms.haircut;
    }
    (counted, haircut)
}

/// Initial and maintenance contingencies of an underlying in which the account is short something.
fn contingencies(market: &Market, options: &[Holding], rules: &Rules, underlying: usize) -> (f64, f64) {
    let terms = &market.underlyings[underlying];
    let lot_value = terms.lot * terms.spot;
    let (mut shorts, mut deltas, mut concentrated) = (0.0, 0.0, 0.0);
    for (place, expiry) in market.expiries.iter().enumerate() {
        let of_expiry = options.iter().filter(|holding| holding.expiry == place);
        let net_delta: f64 = of_expiry.map(|holding| delta(market, holding)).sum();
        deltas += net_delta.abs();
        for (slot, strike) in expiry.strikes.iter().enumerate() {
            let held = |kind: Kind| {
                let of_kind = options
                    .iter()
                    .filter(|of| of.expiry == place && of.strike == slot && of.kind == kind);
                of_kind.map(|holding| holding.lots).sum::<f64>()
            };
            let (call, put) = (held(Kind::Call), held(Kind::Put));
            // A call and a put of opposite sign are a conversion: no naked option.
            shorts += (-(call + put)).max(0.0);
            if let Some(concentration) = rules.concentration {
                let free = concentration
                    .free_lots
                    .max((concentration.free_share * strike.open_interest).floor());
                concentrated += (call.abs() + put.abs() - free).max(0.0);
            }
        }
    }
    let roll = deltas * terms.spot * terms.charges.roll;
    let concentration = concentrated * lot_value * rules.concentration.map_or(0.0, |of| of.rate);
    (
        shorts * lot_value * terms.charges.initial_short + roll + concentration,
        shorts * lot_value * terms.charges.maintenance_short + roll,
    )
}

/// What the price's interval costs the whole book that one feed prices, and its collateral alone.
fn uncertainties(market: &Market, holdings: &Holdings, options: &[Holding], rules: &Rules, feed: usize) -> (f64, f64) {
    let terms = &market.underlyings[feed];
    let (mut low, mut high) = (terms.spot - terms.confidence, terms.spot + terms.confidence);
    if rules.average_widens {
        (low, high) = (low.min(terms.average), high.max(terms.average));
    }
    let cost = |delta: f64| (-delta * (low - terms.spot)).max(-delta * (high - terms.spot)).max(0.0);
    let (counted, _) = collaterals(market, holdings, |place| market.collaterals[place].priced_by == feed);
    let of_collateral = counted / terms.spot;
    let of_options: f64 = options.iter().map(|holding| delta(market, holding)).sum();
    (cost(of_options + of_collateral), cost(of_collateral))
}
