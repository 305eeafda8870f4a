//! Where the true price may be.

use crate::quantity::{E9, Price};
use crate::{MathError, Round, mul_div};

/// An interval around the spot price. Source: design section 5.2.
///
/// The initial requirement and withdrawals are checked on the hull of the oracle's confidence interval and its slow average, so
/// that a price which has just jumped opens no door; a liquidation starts only if the account is unhealthy all over the
/// confidence interval alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceInterval {
    spot: Price,
    confidence: Price,
    low: Price,
    high: Price,
}

impl PriceInterval {
    /// The interval spot -+ confidence, not below zero.
    pub const fn around(spot: Price, confidence: Price) -> Self {
        Self {
            spot,
            confidence,
            low: Price::from_e9(spot.e9().saturating_sub(confidence.e9())),
            high: Price::from_e9(spot.e9().saturating_add(confidence.e9())),
        }
    }

    /// The interval widened to hold `average`, the slow average of the price.
    #[must_use]
    pub fn widened_to(self, average: Price) -> Self {
        Self {
            low: self.low.min(average),
            high: self.high.max(average),
            ..self
        }
    }

    /// The price in the middle, at which everything is valued.
    pub const fn spot(&self) -> Price {
        self.spot
    }

    /// Half the width of the oracle's own interval.
    pub const fn confidence(&self) -> Price {
        self.confidence
    }

    /// Most that a delta loses anywhere in the interval: `max(0, -delta (low - spot), -delta (high - spot))`, rounded up.
    /// `delta_e9` in 1e-9 units of the underlying, the result in USD x 1e9.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn worst_loss_e9(&self, delta_e9: i64) -> Result<u64, MathError> {
        let distance = if delta_e9 > 0 {
            self.spot.e9().saturating_sub(self.low.e9())
        } else {
            self.high.e9().saturating_sub(self.spot.e9())
        };
        mul_div(delta_e9.unsigned_abs(), distance, E9, Round::Up)
    }

    /// What a delta gains or loses over the oracle's confidence, whichever way: rounded up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn confidence_cost_e9(&self, delta_e9: i64) -> Result<u64, MathError> {
        mul_div(delta_e9.unsigned_abs(), self.confidence.e9(), E9, Round::Up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USD: u64 = 1_000_000_000;

    #[test]
    fn a_long_loses_at_the_low_end_and_a_short_at_the_high_one() {
        let interval =
            PriceInterval::around(Price::from_e9(200 * USD), Price::from_e9(USD)).widened_to(Price::from_e9(190 * USD));
        assert_eq!(interval.worst_loss_e9(2_000_000_000), Ok(20 * USD));
        assert_eq!(interval.worst_loss_e9(-2_000_000_000), Ok(2 * USD));
        assert_eq!(interval.confidence_cost_e9(-2_000_000_000), Ok(2 * USD));
        assert_eq!(interval.worst_loss_e9(0), Ok(0));
    }

    #[test]
    fn an_average_above_costs_shorts_alone() {
        let interval =
            PriceInterval::around(Price::from_e9(200 * USD), Price::from_e9(USD)).widened_to(Price::from_e9(210 * USD));
        assert_eq!(interval.worst_loss_e9(-2_000_000_000), Ok(20 * USD));
        assert_eq!(interval.worst_loss_e9(2_000_000_000), Ok(2 * USD));
        assert_eq!((interval.spot().e9(), interval.confidence().e9()), (200 * USD, USD));
    }

    #[test]
    fn an_average_inside_changes_nothing() {
        let interval = PriceInterval::around(Price::from_e9(200 * USD), Price::from_e9(5 * USD));
        assert_eq!(interval.widened_to(Price::from_e9(203 * USD)), interval);
    }

    #[test]
    fn a_loss_rounds_up() {
        let interval = PriceInterval::around(Price::from_e9(10), Price::from_e9(3));
        assert_eq!(interval.worst_loss_e9(1), Ok(1));
    }
}
