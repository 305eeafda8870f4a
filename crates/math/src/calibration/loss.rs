//! How much a residual counts, and robust averages.

use std::vec::Vec;

/// Tukey's constant: 95% efficiency under Gaussian errors.
pub(super) const TUKEY: f64 = 4.685;
/// Huber's constant, likewise.
const HUBER: f64 = 1.345;
/// Median absolute deviation to standard deviation, for Gaussian errors.
pub(super) const MAD: f64 = 1.4826;

/// How a residual counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    Huber,
    /// Nothing counts beyond this.
    Tukey(f64),
}

impl Loss {
    /// Weight of a residual in standard errors.
    pub(super) fn weight(self, residual: f64) -> f64 {
        match self {
            Self::Huber => (HUBER / residual.abs()).min(1.0),
            Self::Tukey(reach) => (1.0 - (residual / reach).powi(2)).max(0.0).powi(2),
        }
    }

    /// What the weights belong to, up to a constant factor: the cost that is minimised.
    pub(super) fn cost(self, residual: f64) -> f64 {
        match self {
            Self::Huber if residual.abs() <= HUBER => residual * residual / 2.0,
            Self::Huber => HUBER * (residual.abs() - HUBER / 2.0),
            Self::Tukey(reach) => {
                let left = (1.0 - (residual / reach).powi(2)).max(0.0);
                reach * reach / 6.0 * (1.0 - left.powi(3))
            }
        }
    }
}

/// The lower of the two middle values where their number is even.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) >> 1;
    values.get(middle).copied()
}
