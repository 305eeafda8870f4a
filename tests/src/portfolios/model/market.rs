//! What the formulas take: a market and what one account holds in it. Money in USD, time in seconds, rates as fractions.

use super::black::{Kind, Option76};
use super::surface::Slice;

/// Seconds of a year of 365 days.
pub const SECONDS_PER_YEAR: f64 = 31_536_000.0;

/// Everything that all accounts share.
#[derive(Clone, Debug)]
pub struct Market {
    /// Parameters of the house.
    pub house: House,
    /// Assets with a price feed.
    pub underlyings: Vec<Underlying>,
    /// Collaterals other than cash.
    pub collaterals: Vec<Collateral>,
    /// Chains of options.
    pub expiries: Vec<Expiry>,
}

/// Parameters that all accounts share.
#[derive(Clone, Copy, Debug)]
pub struct House {
    /// rho: credit for losses that underlyings do not have together.
    pub correlation_credit: f64,
    /// Part of R that maintenance asks for.
    pub maintenance_factor: f64,
}

/// An asset with a price feed.
#[derive(Clone, Copy, Debug)]
pub struct Underlying {
    /// Price.
    pub spot: f64,
    /// The feed's confidence.
    pub confidence: f64,
    /// Slow average of the price.
    pub average: f64,
    /// PR: the range of the scenarios.
    pub range: f64,
    /// One lot, units of the asset.
    pub lot: f64,
    /// How far the scenarios move volatility.
    pub volatility: VolatilityMoves,
    /// Contingencies.
    pub charges: Charges,
}

/// How far the scenarios move volatility.
#[derive(Clone, Copy, Debug)]
pub struct VolatilityMoves {
    /// u: relative rise at thirty days.
    pub up: f64,
    /// d: relative fall at thirty days.
    pub down: f64,
    /// Least volatility of the up scenarios.
    pub floor: f64,
    /// p below thirty days.
    pub short_power: f64,
    /// p from thirty days on.
    pub long_power: f64,
}

/// Contingencies, fractions of spot per unit.
#[derive(Clone, Copy, Debug)]
pub struct Charges {
    /// Initial, per net short option.
    pub initial_short: f64,
    /// Maintenance, per net short option.
    pub maintenance_short: f64,
    /// Of the net delta of each expiry.
    pub roll: f64,
}

/// A collateral other than cash.
#[derive(Clone, Copy, Debug)]
pub struct Collateral {
    /// Part of its worth that does not count.
    pub haircut: f64,
    /// Underlying whose feed prices it.
    pub priced_by: usize,
    /// Underlying whose scenarios move it.
    pub moves_with: usize,
}

/// All options on one underlying with one expiry.
#[derive(Clone, Debug)]
pub struct Expiry {
    /// The underlying.
    pub underlying: usize,
    /// Time that is left when the arrays were computed.
    pub seconds_left: f64,
    /// Time to which the slice's variance belongs.
    pub slice_seconds: f64,
    /// The slice.
    pub slice: Slice,
    /// Forward over spot.
    pub forward_ratio: f64,
    /// Discount factor.
    pub discount: f64,
    /// Its strikes, in the order of their places.
    pub strikes: Vec<Strike>,
}

/// One strike.
#[derive(Clone, Copy, Debug)]
pub struct Strike {
    /// Strike price.
    pub price: f64,
    /// Open interest of call and put together, lots.
    pub open_interest: f64,
}

/// What an account holds.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Cash, negative if owed.
    pub cash: f64,
    /// Units of each collateral, by its place.
    pub collaterals: Vec<(usize, f64)>,
    /// Options.
    pub options: Vec<Holding>,
}

/// Lots of one option.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// Place of the expiry.
    pub expiry: usize,
    /// Place of the strike.
    pub strike: usize,
    /// Call or put.
    pub kind: Kind,
    /// Lots, negative if short.
    pub lots: f64,
}

impl Market {
    /// Units of the underlying that a holding speaks of, negative if short.
    pub fn units(&self, holding: &Holding) -> f64 {
        holding.lots * self.underlyings[self.expiries[holding.expiry].underlying].lot
    }

    /// The option of a holding on one unit, after a relative move of the price, with its present variance.
    pub fn option(&self, holding: &Holding, price_move: f64) -> Option76 {
        let expiry = &self.expiries[holding.expiry];
        let forward = expiry.forward_ratio * self.underlyings[expiry.underlying].spot;
        let strike = expiry.strikes[holding.strike].price;
        let log_moneyness = libm::log(strike / forward);
        Option76 {
            kind: holding.kind,
            forward: forward * (1.0 + price_move),
            strike,
            // A strike keeps its volatility as the price moves.
            variance: expiry.slice.total_variance(log_moneyness) * expiry.seconds_left / expiry.slice_seconds,
        }
    }
}
