//! What an expiry can lose by its payoffs alone.

use super::black::Kind;
use super::market::{Holding, Holdings, Market};

/// Requirement per short call that no long call pairs, as a fraction of spot.
pub const UNPAIRED_SHARE_OF_SPOT: f64 = 0.15;

/// The standard rule: per expiry the worst payoff over zero and every strike, and a share of spot for each unpaired short
/// call. It sees options alone, one expiry at a time: neither cover nor what another expiry or asset would gain.
pub fn standard_rule(market: &Market, holdings: &Holdings) -> f64 {
    let of_expiry = |expiry: usize| {
        let held = of(holdings, expiry);
        let underlying = &market.underlyings[market.expiries[expiry].underlying];
        let naked = unpaired(market, &held) * underlying.spot * UNPAIRED_SHARE_OF_SPOT;
        (-worst_payoff(market, expiry, &held, 0.0)).max(0.0) + naked
    };
    (0..market.expiries.len()).map(of_expiry).sum()
}

/// The most that an account's options and collateral in an underlying, worth `value` now, can lose until the last expiry;
/// none if calls are short without cover. Cover is whole lots, each counted in one expiry; the rest may become worthless.
pub fn greatest_loss(
    market: &Market,
    holdings: &Holdings,
    underlying: usize,
    cover_units: f64,
    value: f64,
) -> Option<f64> {
    let lot = market.underlyings[underlying].lot;
    let mut cover = (cover_units / lot + 1e-9).floor() * lot;
    let mut least = 0.0;
    for expiry in (0..market.expiries.len()).filter(|expiry| market.expiries[*expiry].underlying == underlying) {
        let held = of(holdings, expiry);
        let needed = unpaired(market, &held);
        if needed > cover + lot / 2.0 {
            return None;
        }
        cover -= needed;
        least += worst_payoff(market, expiry, &held, needed);
    }
    Some((value - least).max(0.0))
}

fn of(holdings: &Holdings, expiry: usize) -> Vec<Holding> {
    let held = holdings.options.iter().filter(|holding| holding.expiry == expiry);
    held.copied().collect()
}

/// Units by which calls are short on balance.
fn unpaired(market: &Market, held: &[Holding]) -> f64 {
    let calls = held.iter().filter(|holding| holding.kind == Kind::Call);
    let net: f64 = calls.map(|holding| market.units(holding)).sum();
    (-net).max(0.0)
}

/// Least payoff of an expiry's options and `cover` units of the underlying, over zero and every strike of the chain.
fn worst_payoff(market: &Market, expiry: usize, held: &[Holding], cover: f64) -> f64 {
    let payoff = |price: f64| {
        let pays = |holding: &Holding| market.units(holding) * market.option(holding, 0.0).payoff(price);
        held.iter().map(pays).sum::<f64>() + cover * price
    };
    let strikes = market.expiries[expiry].strikes.iter().map(|strike| strike.price);
    std::iter::once(0.0)
        .chain(strikes)
        .map(payoff)
        .fold(f64::INFINITY, f64::min)
}
