//! Quotes and what a fit takes from them.

use super::implied::{ImpliedError, Terms, density};
use super::loss::median;
use super::{CalibrationError, Settings};
use crate::pricing::OptionKind;
use crate::quantity::SECONDS_PER_YEAR;
use std::vec::Vec;

/// In what a quote is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Black volatility per square root of a year: 0.8 is 80%.
    Volatility,
    /// Discounted price of a call or put on one unit of the underlying, in the unit of the forward.
    Price(OptionKind),
}

/// Bid and ask for one strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// Strike, in the unit of the forward.
    pub strike: f64,
    /// In what the sides are stated.
    pub measure: Measure,
    /// What buyers pay; `None` or zero if nobody bids.
    pub bid: Option<f64>,
    /// What sellers ask; `None` or zero if nobody offers.
    pub ask: Option<f64>,
}

/// The quotes of one expiry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expiry<'a> {
    /// Time to expiry, as a slice on chain will measure it.
    pub seconds: u64,
    /// Forward of the underlying at expiry.
    pub forward: f64,
    /// Value today of one unit at expiry.
    pub discount: f64,
    /// In any order; a strike may occur more than once.
    pub quotes: &'a [Quote],
}

/// Why a quote took no part in a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The strike is not a positive number within eight e-folds of the forward.
    Strike,
    /// A side is negative or no number.
    Side,
    /// Neither side says anything: absent, a bid at or below intrinsic value, an ask at or above the maximum.
    Empty,
    /// The bid is above the ask.
    Crossed,
    /// An ask at or below intrinsic value, or a bid at or above the maximum: arbitrage on its own.
    Arbitrage,
    /// Volatility above 2,000% or total variance above what a slice can hold.
    Volatility,
    /// So far from the forward that the price hardly depends on the volatility.
    Insensitive,
    /// The fit through the other quotes disagrees with it by too much.
    Outlier,
}

/// What a quote asks of the model's volatility at its strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wish {
    Near(f64),
    AtLeast(f64),
    AtMost(f64),
}

impl Wish {
    pub(super) const fn volatility(self) -> f64 {
        match self {
            Self::Near(volatility) | Self::AtLeast(volatility) | Self::AtMost(volatility) => volatility,
        }
    }

    pub(super) const fn is_two_sided(self) -> bool {
        matches!(self, Self::Near(_))
    }
}

/// A usable quote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Observation {
    /// Position among the expiry's quotes.
    pub(super) index: usize,
    /// ln(strike / forward).
    pub(super) log_strike: f64,
    pub(super) wish: Wish,
    /// One standard error of the volatility.
    pub(super) error: f64,
}

const MAX_LOG_STRIKE: f64 = 8.0;
const MAX_VOLATILITY: f64 = 20.0;
/// Total variance that a slice can hold.
pub(super) const MAX_VARIANCE: f64 = 16.0;
/// A standard error in volatility beyond which a quote says nothing.
const MAX_ERROR: f64 = 5.0;

impl Expiry<'_> {
    /// Time to expiry in years.
    pub(super) fn years(&self) -> f64 {
        self.seconds as f64 / SECONDS_PER_YEAR as f64
    }

    pub(super) fn check(&self) -> Result<(), CalibrationError> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if self.seconds == 0 || !positive(self.forward) || !positive(self.discount) {
            return Err(CalibrationError::Expiry);
        }
        Ok(())
    }

    /// Sorts quotes into usable ones and refused ones, each with its position.
    pub(super) fn observe(&self, settings: &Settings) -> (Vec<Observation>, Vec<(usize, Refusal)>) {
        let (mut read, mut refused) = (Vec::new(), Vec::new());
        for (index, quote) in self.quotes.iter().enumerate() {
            match self.read(index, quote) {
                Ok(observation) => read.push(observation),
                Err(refusal) => refused.push((index, refusal)),
            }
        }
        let mids = read.iter().filter(|observation| observation.wish.is_two_sided());
        let typical = median(mids.map(|observation| observation.wish.volatility()).collect()).unwrap_or(0.0);
        let mut observations = Vec::with_capacity(read.len());
        for observation in read {
            let error = self.standard_error(&observation, typical, settings);
            if error <= MAX_ERROR {
                observations.push(Observation { error, ..observation });
            } else {
                refused.push((observation.index, Refusal::Insensitive));
            }
        }
        (observations, refused)
    }

    /// A quote in volatility, with half its spread as the error.
    fn read(&self, index: usize, quote: &Quote) -> Result<Observation, Refusal> {
        let log_strike = (quote.strike / self.forward).ln();
        if !(log_strike.abs() <= MAX_LOG_STRIKE) {
            return Err(Refusal::Strike);
        }
        let (bid, ask) = (side(quote.bid)?, side(quote.ask)?);
        if bid.zip(ask).is_some_and(|(bid, ask)| bid > ask) {
            return Err(Refusal::Crossed);
        }
        let bid = bid.map(|bid| self.volatility(quote, bid)).transpose()?;
        let ask = ask.map(|ask| self.volatility(quote, ask)).transpose()?;
        let (wish, error) = match (bid, ask) {
            (Some(Level::Maximum), _) | (_, Some(Level::Intrinsic)) => return Err(Refusal::Arbitrage),
            (Some(Level::At(bid)), Some(Level::At(ask))) => (Wish::Near((bid + ask) / 2.0), (ask - bid).abs() / 2.0),
            (Some(Level::At(bid)), None | Some(Level::Maximum)) => (Wish::AtLeast(bid), 0.0),
            (None | Some(Level::Intrinsic), Some(Level::At(ask))) => (Wish::AtMost(ask), 0.0),
            (None | Some(Level::Intrinsic), None | Some(Level::Maximum)) => return Err(Refusal::Empty),
        };
        Ok(Observation {
            index,
            log_strike,
            wish,
            error,
        })
    }

    /// What one side says of the volatility.
    fn volatility(&self, quote: &Quote, side: f64) -> Result<Level, Refusal> {
        let volatility = match quote.measure {
            Measure::Volatility if side > 0.0 => side,
            Measure::Volatility => return Ok(Level::Intrinsic),
            Measure::Price(kind) => {
                let terms = Terms {
                    forward: self.forward,
                    strike: quote.strike,
                    discount: self.discount,
                    years: self.years(),
                };
                match terms.implied_volatility(kind, side) {
                    Ok(volatility) => volatility,
                    Err(ImpliedError::Intrinsic) => return Ok(Level::Intrinsic),
                    Err(ImpliedError::Maximum) => return Ok(Level::Maximum),
                    Err(ImpliedError::Input) => return Err(Refusal::Side),
                }
            }
        };
        if volatility > MAX_VOLATILITY || volatility * volatility * self.years() > MAX_VARIANCE {
            return Err(Refusal::Volatility);
        }
        Ok(Level::At(volatility))
    }

    /// Half the spread, the floor in volatility and the floor in price over vega, as independent errors. Vega is that at
    /// the expiry's typical volatility if the quote's is lower: a quote that is far too low would weigh nothing by its
    /// own, and so never stand out.
    fn standard_error(&self, observation: &Observation, typical: f64, settings: &Settings) -> f64 {
        let root = self.years().sqrt();
        let deviation = observation.wish.volatility().max(typical) * root;
        let vega = density(deviation / 2.0 - observation.log_strike / deviation) * root;
        let price = settings.price_error / vega;
        (observation.error.powi(2) + settings.volatility_error.powi(2) + price.powi(2)).sqrt()
    }
}

/// What a side says of the volatility: nothing from below, a value, nothing from above.
enum Level {
    Intrinsic,
    At(f64),
    Maximum,
}

/// A side of zero is how venues state that nobody bids or offers.
fn side(side: Option<f64>) -> Result<Option<f64>, Refusal> {
    match side {
        Some(0.0) => Ok(None),
        Some(value) if !(value.is_finite() && value >= 0.0) => Err(Refusal::Side),
        side => Ok(side),
    }
}
