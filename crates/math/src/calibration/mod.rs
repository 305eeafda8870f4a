//! eSSVI slices from option quotes: what a poster of surfaces runs, off chain. Floats are used here and nowhere else.
//!
//! Slices are fitted one by one from the shortest expiry, each under the conditions that keep it free of butterfly
//! arbitrage and the pair free of calendar arbitrage (Corbetta, Cohort, Laachir and Martini, *Robust calibration and
//! arbitrage-free interpolation of SSVI slices*, arXiv:1804.04924). The minimised sum is over ((model - mid) / error)^2 in
//! volatility; `error` joins half the spread, a floor in volatility and a floor in price divided by vega, so that tight
//! quotes near the forward weigh most. A one-sided quote counts only where the model is on its wrong side.
//!
//! Where the quotes of an expiry are few, the pull toward the neighbouring slice's shape decides what they leave open.
//! The parameters are integers that pass the acceptance on chain by construction, and are checked to.

#![allow(
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "calibration runs off chain, in floats; conversions from integers lose at most the last place, conversions \
              to integers saturate"
)]
// `!(x <= y)` is meant to hold for numbers that are none.
#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "a comparison with NaN must fail")]

mod fit;
mod implied;
mod loss;
mod quote;
mod region;
mod robust;
mod rounding;
mod step;

pub use fit::{Basis, CalibrationError, Condition, Fit, Parameters, Prior, Settings};
pub use implied::{ImpliedError, Terms};
pub use quote::{Expiry, Measure, Quote, Refusal};

use crate::quantity::{E9, SECONDS_PER_YEAR};
use quote::{MAX_VARIANCE, Observation, Wish};
use region::{Point, Region};
use robust::{Problem, Pull, Solution};
use std::vec::Vec;

/// Strikes quoted on both sides from which level and shape are the quotes' alone.
const FULL_STRIKES: usize = 5;
/// Inverse standard errors of the pull where quotes are few: a third, in rho and in psi / sqrt(theta).
const SHAPE_PULL: f64 = 3.0;
/// Inverse standard error of ln theta there: the level is the quotes' if there are any.
const LEVEL_PULL: f64 = 1.0;
/// Where quotes abound the pull only decides what they say nothing of.
const FAINT_PULL: f64 = 1e-3;

/// An accepted slice and the time to expiry that it is for: what the next one must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Time to expiry.
    pub seconds: u64,
    /// As posted.
    pub parameters: Parameters,
}

/// Calibrates a surface: one fit for each expiry, in increasing order of time.
///
/// Expiries without quotes take the shape and level of the one before, or, ahead of the first quotes, those of the first
/// later expiry that has a two-sided quote.
///
/// # Errors
/// The position of the expiry that has no slice, and why; a wrong setting is reported for the first.
pub fn calibrate(expiries: &[Expiry<'_>], settings: &Settings) -> Result<Vec<Fit>, (usize, CalibrationError)> {
    settings.check().map_err(|error| (0, error))?;
    let mut anchor: Option<Anchor> = None;
    let mut fits = Vec::with_capacity(expiries.len());
    for (index, expiry) in expiries.iter().enumerate() {
        let later = expiries.get(index..).unwrap_or_default();
        let local = match anchor {
            Some(_) => *settings,
            None => Settings {
                prior: borrowed_prior(later, settings),
                ..*settings
            },
        };
        let fit = calibrate_slice(expiry, anchor, &local).map_err(|error| (index, error))?;
        anchor = Some(Anchor {
            seconds: expiry.seconds,
            parameters: fit.parameters,
        });
        fits.push(fit);
    }
    Ok(fits)
}

/// Calibrates one slice that may follow the one before, if any.
///
/// # Errors
/// [`CalibrationError`]; never because of a bad quote, which is refused by itself.
pub fn calibrate_slice(
    expiry: &Expiry<'_>,
    previous: Option<Anchor>,
    settings: &Settings,
) -> Result<Fit, CalibrationError> {
    settings.check()?;
    expiry.check()?;
    let before = previous.map(|anchor| checked(&anchor, expiry, settings)).transpose()?;
    let (observations, mut refused) = expiry.observe(settings);
    let full = two_sided_strikes(&observations) >= FULL_STRIKES;
    let toward = expected(expiry, previous, &observations, settings)?;
    let Solution { point, counted } = problem(expiry, before, &observations, toward, full, settings).solve();
    let parameters = rounding::round(&point, before, settings.factor).ok_or(CalibrationError::Infeasible)?;
    let slice = rounding::accepted(&parameters, settings.factor).ok_or(CalibrationError::Infeasible)?;
    let (used, outliers): (Vec<_>, Vec<_>) = observations.iter().zip(counted).partition(|&(_, counted)| counted);
    refused.extend(outliers.iter().map(|(outlier, _)| (outlier.index, Refusal::Outlier)));
    refused.sort_by_key(|&(index, _)| index);
    let (rms_volatility, worst_volatility) = misfit(&parameters, used.iter().map(|&(used, _)| used), expiry.years());
    Ok(Fit {
        parameters,
        slice,
        basis: basis(full, observations.is_empty()),
        rms_volatility,
        worst_volatility,
        used: used.len(),
        refused,
        binding: rounding::binding(parameters, before, settings.factor).collect(),
    })
}

/// The parameters of the slice before, if another may follow it.
fn checked(anchor: &Anchor, expiry: &Expiry<'_>, settings: &Settings) -> Result<Parameters, CalibrationError> {
    if anchor.seconds >= expiry.seconds {
        return Err(CalibrationError::Order);
    }
    let accepted = anchor.seconds > 0
        && anchor.parameters.psi_e12 > 0
        && rounding::accepted(&anchor.parameters, settings.factor).is_some();
    accepted.then_some(anchor.parameters).ok_or(CalibrationError::Previous)
}

fn problem<'a>(
    expiry: &Expiry<'_>,
    before: Option<Parameters>,
    observations: &'a [Observation],
    toward: Point,
    full: bool,
    settings: &Settings,
) -> Problem<'a> {
    let factor = settings.factor.e9() as f64 / E9 as f64;
    let region = Region::new(before.map(|parameters| point(&parameters)), factor, toward.theta);
    let (level, shape) = if full {
        (FAINT_PULL, FAINT_PULL)
    } else {
        (LEVEL_PULL, SHAPE_PULL)
    };
    Problem {
        observations,
        years: expiry.years(),
        region,
        pull: Pull {
            toward: region.project(toward),
            level,
            shape,
        },
        may_reject: full,
    }
}

const fn basis(full: bool, empty: bool) -> Basis {
    match (full, empty) {
        (true, _) => Basis::Quotes,
        (false, false) => Basis::QuotesAndPrior,
        (false, true) => Basis::Prior,
    }
}

fn point(parameters: &Parameters) -> Point {
    let [theta, rho, psi] = parameters.floats();
    Point {
        theta,
        skew: rho * psi,
        psi,
    }
}

/// Where a slice is expected before its quotes are heard: the one before carried over in time, with total variance in
/// proportion and the smile unchanged in standardised strikes, which keeps every condition between the two; else the
/// prior, at the level of the quotes where it has none.
fn expected(
    expiry: &Expiry<'_>,
    previous: Option<Anchor>,
    observations: &[Observation],
    settings: &Settings,
) -> Result<Point, CalibrationError> {
    let years = expiry.years();
    if let Some(anchor) = previous {
        let before = point(&anchor.parameters);
        let theta = before.theta * (years * SECONDS_PER_YEAR as f64 / anchor.seconds as f64);
        return Ok(Point::of_shape(
            theta.min(MAX_VARIANCE),
            before.rho(),
            before.curvature(),
        ));
    }
    let mids = observations
        .iter()
        .filter(|observation| observation.wish.is_two_sided());
    let mids = mids.map(|observation| observation.wish.volatility()).collect();
    let volatility = settings
        .prior
        .volatility
        .or(loss::median(mids))
        .ok_or(CalibrationError::NoLevel)?;
    let theta = (volatility * volatility * years).min(MAX_VARIANCE);
    Ok(Point::of_shape(theta, settings.prior.rho, settings.prior.curvature))
}

/// The prior, with level and shape of the first of these expiries that has two-sided quotes, if that is not the first.
fn borrowed_prior(expiries: &[Expiry<'_>], settings: &Settings) -> Prior {
    let quoted = expiries
        .iter()
        .position(|expiry| expiry.check().is_ok() && two_sided_strikes(&expiry.observe(settings).0) > 0);
    let source = quoted
        .filter(|&position| position > 0)
        .and_then(|position| expiries.get(position));
    let fit = source.and_then(|expiry| Some((expiry.years(), calibrate_slice(expiry, None, settings).ok()?)));
    fit.map_or(settings.prior, |(years, fit)| {
        let point = point(&fit.parameters);
        Prior {
            volatility: Some((point.theta / years).sqrt().min(20.0)),
            rho: point.rho().clamp(-0.99, 0.99),
            curvature: point.curvature().clamp(1e-3, 1.4),
        }
    })
}

fn two_sided_strikes(observations: &[Observation]) -> usize {
    let mut strikes: Vec<f64> = observations
        .iter()
        .filter(|observation| observation.wish.is_two_sided())
        .map(|observation| observation.log_strike)
        .collect();
    strikes.sort_by(f64::total_cmp);
    strikes.dedup();
    strikes.len()
}

/// Root mean square and largest of model less mid, for the integers.
fn misfit<'a>(parameters: &Parameters, observations: impl Iterator<Item = &'a Observation>, years: f64) -> (f64, f64) {
    let point = point(parameters);
    let misses = observations.filter_map(|observation| match observation.wish {
        Wish::Near(mid) => Some((point.variance(observation.log_strike).0 / years).sqrt() - mid),
        Wish::AtLeast(_) | Wish::AtMost(_) => None,
    });
    let (count, sum, worst) = misses.fold((0.0, 0.0, 0.0_f64), |(count, sum, worst), miss| {
        (count + 1.0, sum + miss * miss, worst.max(miss.abs()))
    });
    let rms = if count > 0.0 { f64::sqrt(sum / count) } else { 0.0 };
    (rms, worst)
}
