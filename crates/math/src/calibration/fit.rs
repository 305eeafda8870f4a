//! What a calibration takes and gives besides quotes.

use super::quote::Refusal;
use crate::quantity::Ratio;
use crate::surface::Slice;
use core::fmt;
use std::vec::Vec;

/// A slice as it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// At-the-money total variance x 1e12.
    pub theta_e12: u64,
    /// Correlation x 1e12.
    pub rho_e12: i64,
    /// Slope theta phi x 1e12.
    pub psi_e12: u64,
}

/// What is believed of a slice before any quote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// At-the-money volatility; `None` if nothing is believed, so that a surface without any quote is an error.
    pub volatility: Option<f64>,
    /// Correlation, within 0.99 of zero.
    pub rho: f64,
    /// psi / sqrt(theta), in (0, 1.4]: the smile in standardised strikes, which changes little with maturity.
    pub curvature: f64,
}

/// How to calibrate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Stands in where quotes and neighbouring slices say too little.
    pub prior: Prior,
    /// Greatest factor by which theta and psi may be multiplied with the slice still free of arbitrage; in 1..=16.
    pub factor: Ratio,
    /// Standard error that even the tightest quote is taken to have, in volatility.
    pub volatility_error: f64,
    /// Likewise in price, as a fraction of the forward: what takes weight from strikes of little vega.
    pub price_error: f64,
}

impl Default for Settings {
    /// No belief in a level; a symmetric, moderate smile; no slack; a tenth of a volatility point; half a basis point.
    fn default() -> Self {
        Self {
            prior: Prior {
                volatility: None,
                rho: 0.0,
                curvature: 0.6,
            },
            factor: Ratio::ONE,
            volatility_error: 0.001,
            price_error: 0.000_05,
        }
    }
}

impl Settings {
    pub(super) fn check(&self) -> Result<(), CalibrationError> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let Prior {
            volatility,
            rho,
            curvature,
        } = self.prior;
        let prior = volatility.is_none_or(|volatility| positive(volatility) && volatility <= 20.0)
            && rho.abs() <= 0.99
            && positive(curvature)
            && curvature <= 1.4;
        let factor = (Ratio::ONE..=Ratio::from_e9(16_000_000_000)).contains(&self.factor);
        if prior && factor && positive(self.volatility_error) && positive(self.price_error) {
            Ok(())
        } else {
            Err(CalibrationError::Settings)
        }
    }
}

/// What a slice rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// At least five strikes with both sides: level and shape are the quotes'.
    Quotes,
    /// Fewer: the quotes move the slice away from the neighbouring one, or the prior, as far as they can tell.
    QuotesAndPrior,
    /// None: the neighbouring slice carried over in time, or the prior.
    Prior,
}

/// A condition that holds with less than a millionth to spare, so that the quotes ask for more than arbitrage allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// theta is that of the slice before.
    Level,
    /// psi is that of the slice before.
    Slope,
    /// |rho psi - rho' psi'| = psi - psi'.
    Turn,
    /// psi/theta is that of the slice before.
    Curvature,
    /// psi (1 + |rho|) = 4.
    Wing,
    /// psi^2 (1 + |rho|) = 4 theta.
    Butterfly,
}

/// A calibrated slice and how well it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// What to post.
    pub parameters: Parameters,
    /// The same, accepted.
    pub slice: Slice,
    /// What it rests on.
    pub basis: Basis,
    /// Root mean square of model less mid, in volatility (0.01 is a point), over the two-sided quotes that counted; zero
    /// without any.
    pub rms_volatility: f64,
    /// The largest of these differences.
    pub worst_volatility: f64,
    /// How many quotes counted, of one side or two.
    pub used: usize,
    /// The others: position among the expiry's quotes, and why.
    pub refused: Vec<(usize, Refusal)>,
    /// Which conditions bind.
    pub binding: Vec<Condition>,
}

/// Why there is no slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalibrationError {
    /// A setting lies outside its range.
    Settings,
    /// No time is left, or forward or discount factor is not a positive number.
    Expiry,
    /// Expiries must be in strictly increasing order of time.
    Order,
    /// No two-sided quote, no neighbouring slice and no prior volatility: nothing says where the level is.
    NoLevel,
    /// The slice before is not accepted itself, with these settings' factor, or has no smile (psi = 0) or no time.
    Previous,
    /// No slice after the one before fits under the cap on total variance.
    Infeasible,
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Settings => "a setting lies outside its range",
            Self::Expiry => "no time is left, or forward or discount factor is not a positive number",
            Self::Order => "the expiries are not in strictly increasing order of time",
            Self::NoLevel => "no two-sided quote, no neighbouring slice and no prior volatility",
            Self::Previous => "the slice before is not acceptable or has no smile",
            Self::Infeasible => "no slice after the one before fits under the cap on total variance",
        })
    }
}

impl core::error::Error for CalibrationError {}
