//! The 33 scenarios.

use super::market::{SECONDS_PER_YEAR, VolatilityMoves};

/// Moves of the tails.
const TAILS: [f64; 6] = [-0.66, -0.33, 0.5, 1.0, 2.0, 4.0];

/// What a scenario does to volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatility {
    /// Lower.
    Down,
    /// As it is.
    Flat,
    /// Higher.
    Up,
}

/// One scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Relative move of the price.
    pub price_move: f64,
    /// What happens to volatility.
    pub volatility: Volatility,
    /// Weight of its result.
    pub weight: f64,
}

/// Nine moves inside the range, each with three volatilities, then the tails.
pub fn scenarios(range: f64) -> Vec<Scenario> {
    let mut all = Vec::new();
    for quarters in [0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0] {
        for volatility in [Volatility::Down, Volatility::Flat, Volatility::Up] {
            all.push(Scenario {
                price_move: quarters / 4.0 * range,
                volatility,
                weight: 1.0,
            });
        }
    }
    all.extend(TAILS.map(|price_move| Scenario {
        price_move,
        volatility: Volatility::Up,
        weight: (range / price_move.abs()).min(1.0),
    }));
    all
}

impl VolatilityMoves {
    /// Total variance after a scenario's shock.
    pub fn shocked(&self, variance: f64, seconds_left: f64, shock: Volatility) -> f64 {
        if seconds_left <= 0.0 {
            return 0.0;
        }
        let (day, years) = (86_400.0, seconds_left / SECONDS_PER_YEAR);
        let days = (seconds_left / day).max(1.0);
        let power = if days < 30.0 { self.short_power } else { self.long_power };
        let scale = libm::pow(30.0 / days, power);
        let sigma = libm::sqrt(variance / years);
        let sigma = match shock {
            Volatility::Down => sigma * (1.0 - self.down * scale).max(0.0),
            Volatility::Flat => sigma,
            Volatility::Up => (sigma * (1.0 + self.up * scale)).max(self.floor),
        };
        sigma * sigma * years
    }
}
