//! Few quotes, none, and useless ones.

use super::support::{anchor, assert_accepted, expiry, quote, volatility};
use tenor_math::calibration::{
    Basis, CalibrationError, Expiry, Measure, Parameters, Prior, Quote, Refusal, Settings, calibrate, calibrate_slice,
};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Ratio;

#[test]
fn carries_the_slice_before_over_in_time_where_there_is_no_quote() {
    let before = anchor(30, 50_000_000_000, -300_000_000_000, 150_000_000_000);
    let fit = calibrate_slice(&expiry(120, &[]), Some(before), &Settings::default()).unwrap();
    // theta x 4, psi x 2, rho as before.
    assert_eq!(
        fit.parameters,
        Parameters {
            theta_e12: 200_000_000_000,
            rho_e12: -300_000_000_000,
            psi_e12: 300_000_000_000,
        }
    );
    assert_eq!((fit.basis, fit.used), (Basis::Prior, 0));
}

#[test]
fn takes_the_level_from_one_quote_and_the_shape_from_the_slice_before() {
    let before = anchor(30, 50_000_000_000, -300_000_000_000, 150_000_000_000);
    let quotes = [quote(100.0, 0.84, 0.86)];
    let fit = calibrate_slice(&expiry(120, &quotes), Some(before), &Settings::default()).unwrap();
    assert!(
        (volatility(&fit.parameters, 0.0, 120.0 / 365.0) - 0.85).abs() < 1e-3,
        "{fit:?}"
    );
    let [theta, rho, psi] = fit.parameters.floats();
    assert!((rho + 0.3).abs() < 1e-3 && (psi / theta.sqrt() - 0.6708).abs() < 1e-2);
    assert_eq!((fit.basis, fit.used), (Basis::QuotesAndPrior, 1));
}

#[test]
fn takes_the_skew_from_two_quotes() {
    let before = anchor(30, 50_000_000_000, 0, 150_000_000_000);
    let quotes = [quote(80.0, 0.94, 0.96), quote(125.0, 0.84, 0.86)];
    let fit = calibrate_slice(&expiry(60, &quotes), Some(before), &Settings::default()).unwrap();
    assert!(fit.parameters.rho_e12 < -50_000_000_000, "puts are dearer: {fit:?}");
    assert!(fit.worst_volatility < 0.02, "{fit:?}");
}

#[test]
fn starts_from_the_first_expiry_that_is_quoted() {
    let quotes: Vec<Quote> = (-5..=5)
        .map(|step| quote(100.0 + 5.0 * f64::from(step), 0.79, 0.81))
        .collect();
    let expiries = [expiry(7, &[]), expiry(30, &quotes), expiry(90, &[])];
    let fits = calibrate(&expiries, &Settings::default()).unwrap();
    assert_accepted(&fits, Ratio::ONE);
    assert_eq!(
        fits.iter().map(|fit| fit.basis).collect::<Vec<_>>(),
        [Basis::Prior, Basis::Quotes, Basis::Prior]
    );
    for (fit, days) in fits.iter().zip([7.0, 30.0, 90.0]) {
        assert!(
            (volatility(&fit.parameters, 0.0, days / 365.0) - 0.8).abs() < 5e-3,
            "{fit:?}"
        );
    }
}

#[test]
fn uses_the_prior_where_nothing_is_quoted_at_all() {
    let settings = Settings {
        prior: Prior {
            volatility: Some(0.5),
            rho: -0.25,
            curvature: 0.8,
        },
        ..Settings::default()
    };
    let fit = calibrate_slice(&expiry(365, &[]), None, &settings).unwrap();
    assert_eq!(
        fit.parameters,
        Parameters {
            theta_e12: 250_000_000_000,
            rho_e12: -250_000_000_000,
            psi_e12: 400_000_000_000,
        }
    );
}

#[test]
fn says_why_a_quote_is_refused() {
    let call = |strike, bid, ask| Quote {
        strike,
        measure: Measure::Price(OptionKind::Call),
        bid: Some(bid),
        ask: Some(ask),
    };
    let quotes = [
        quote(f64::NAN, 0.7, 0.8),
        quote(-100.0, 0.7, 0.8),
        quote(100.0, f64::NAN, 0.8),
        quote(100.0, -0.1, 0.8),
        quote(100.0, 0.9, 0.8),
        quote(100.0, 0.0, 0.0),
        call(80.0, 19.0, 19.5),
        call(80.0, 19.0, 101.0),
        call(80.0, 100.0, 101.0),
        quote(100.0, 30.0, 31.0),
        quote(1_000.0, 0.7, 0.8),
        quote(100.0, 0.7, 0.8),
    ];
    let fit = calibrate_slice(&expiry(7, &quotes), None, &Settings::default()).unwrap();
    let expected = [
        Refusal::Strike,
        Refusal::Strike,
        Refusal::Side,
        Refusal::Side,
        Refusal::Crossed,
        Refusal::Empty,
        Refusal::Arbitrage,
        Refusal::Empty,
        Refusal::Arbitrage,
        Refusal::Volatility,
        Refusal::Insensitive,
    ];
    assert_eq!(fit.refused, expected.into_iter().enumerate().collect::<Vec<_>>());
    assert_eq!(fit.used, 1);
}

#[test]
fn says_why_there_is_no_slice() {
    let one = [quote(100.0, 0.7, 0.8)];
    let bid_only = [Quote { ask: None, ..one[0] }];
    let settings = Settings::default();
    let before = anchor(30, 50_000_000_000, -300_000_000_000, 150_000_000_000);
    let error =
        |expiry: &Expiry<'_>, anchor, settings: &Settings| calibrate_slice(expiry, anchor, settings).unwrap_err();
    assert_eq!(error(&expiry(7, &[]), None, &settings), CalibrationError::NoLevel);
    assert_eq!(error(&expiry(7, &bid_only), None, &settings), CalibrationError::NoLevel);
    assert_eq!(error(&expiry(0, &one), None, &settings), CalibrationError::Expiry);
    let no_forward = Expiry {
        forward: f64::NAN,
        ..expiry(7, &one)
    };
    assert_eq!(error(&no_forward, None, &settings), CalibrationError::Expiry);
    assert_eq!(
        error(&expiry(30, &one), Some(before), &settings),
        CalibrationError::Order
    );
    let arbitrage = anchor(30, 50_000_000_000, 0, 500_000_000_000);
    assert_eq!(
        error(&expiry(60, &one), Some(arbitrage), &settings),
        CalibrationError::Previous
    );
    let flat = anchor(30, 50_000_000_000, 0, 0);
    assert_eq!(
        error(&expiry(60, &one), Some(flat), &settings),
        CalibrationError::Previous
    );
    let no_factor = Settings {
        factor: Ratio::ZERO,
        ..settings
    };
    assert_eq!(error(&expiry(7, &one), None, &no_factor), CalibrationError::Settings);
    assert_eq!(
        calibrate(&[expiry(7, &one), expiry(7, &one)], &settings).unwrap_err(),
        (1, CalibrationError::Order)
    );
}
