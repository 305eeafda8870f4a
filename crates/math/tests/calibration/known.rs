//! Surfaces whose parameters are known.

use super::support::{Row, assert_accepted, expiry, fit, generated, number, quote, rows, volatility};
use tenor_math::calibration::{Basis, Condition, Quote, Refusal, Settings, calibrate_slice};
use tenor_math::quantity::Ratio;

#[test]
fn finds_known_surfaces_again() {
    for case in [
        "exact_falling",
        "exact_rising",
        "exact_high",
        "prices_falling",
        "prices_rising",
        "power_law",
        "svi_equal",
    ] {
        let expiries = generated(case);
        let truth: Vec<Row> = rows("calibration_slices.csv")
            .into_iter()
            .filter(|row| row["case"] == case)
            .collect();
        for ((fit, expiry), truth) in fit(&expiries, &Settings::default()).iter().zip(&expiries).zip(&truth) {
            // Prices: the mid of two volatilities is the true one.
            assert!(
                expiry.worst(&fit.parameters) < 1e-6,
                "{case}: {} {fit:?}",
                expiry.worst(&fit.parameters)
            );
            assert!(
                fit.rms_volatility < 1e-6 && fit.worst_volatility < 1e-6,
                "{case}: {fit:?}"
            );
            let [theta, rho, psi] = fit.parameters.floats();
            assert!(
                (theta / number(truth, "theta") - 1.0).abs() < 1e-5,
                "{case}: theta {fit:?} {truth:?}"
            );
            assert!(
                (rho - number(truth, "rho")).abs() < 1e-5,
                "{case}: rho {fit:?} {truth:?}"
            );
            assert!(
                (psi / number(truth, "psi") - 1.0).abs() < 1e-5,
                "{case}: psi {fit:?} {truth:?}"
            );
            assert_eq!(
                (fit.basis, fit.used, fit.refused.as_slice()),
                (Basis::Quotes, expiry.quotes.len(), &[][..])
            );
        }
    }
}

#[test]
fn comes_within_a_quarter_of_a_point_of_an_svi_slice_that_is_no_essvi_slice() {
    let expiries = generated("svi_other");
    for (fit, expiry) in fit(&expiries, &Settings::default()).iter().zip(&expiries) {
        assert!(fit.rms_volatility > 1e-5, "the truth lies outside the family: {fit:?}");
        assert!(
            expiry.worst(&fit.parameters) < 0.02,
            "{} {fit:?}",
            expiry.worst(&fit.parameters)
        );
        assert_eq!(fit.used, expiry.quotes.len(), "a misfit of the model makes no outlier");
    }
}

#[test]
fn averages_noise_out() {
    // Noise of half a point, 25 quotes: the model at each strike is a weighted mean of them.
    for case in ["noise_falling", "noise_rising"] {
        let expiries = generated(case);
        for (fit, expiry) in fit(&expiries, &Settings::default()).iter().zip(&expiries) {
            assert!(
                expiry.worst(&fit.parameters) < 0.01,
                "{case}: {} {fit:?}",
                expiry.worst(&fit.parameters)
            );
            assert!((0.002..0.01).contains(&fit.rms_volatility), "{case}: {fit:?}");
        }
    }
}

#[test]
fn names_the_fifth_of_quotes_that_is_thirty_points_off_and_fits_the_others() {
    for case in ["outliers_up", "outliers_down", "outliers_both"] {
        let expiries = generated(case);
        for (fit, expiry) in fit(&expiries, &Settings::default()).iter().zip(&expiries) {
            let expected: Vec<_> = expiry.off.iter().map(|&index| (index, Refusal::Outlier)).collect();
            assert_eq!(fit.refused, expected, "{case}");
            assert!(
                expiry.worst(&fit.parameters) < 1e-6,
                "{case}: {} {fit:?}",
                expiry.worst(&fit.parameters)
            );
        }
    }
}

#[test]
fn takes_one_sided_quotes_as_bounds() {
    let expiries = generated("one_sided");
    for (fit, expiry) in fit(&expiries, &Settings::default()).iter().zip(&expiries) {
        assert!(
            expiry.worst(&fit.parameters) < 1e-6,
            "{} {fit:?}",
            expiry.worst(&fit.parameters)
        );
        assert_eq!((fit.used, fit.refused.as_slice()), (expiry.quotes.len(), &[][..]));
    }
}

#[test]
fn lifts_an_expiry_quoted_below_the_one_before_and_names_what_binds() {
    let expiries = generated("crossed_expiries");
    let fits = fit(&expiries, &Settings::default());
    assert!(
        fits[0].worst_volatility < 1e-6 && fits[0].binding.is_empty(),
        "{:?}",
        fits[0]
    );
    assert!(fits[1].binding.contains(&Condition::Level), "{:?}", fits[1]);
    // Total variance cannot fall from 0.81 x 30 days, so volatility at the money is at least 0.9 / sqrt 2.
    assert!(
        volatility(&fits[1].parameters, 0.0, 60.0 / 365.0) > 0.636,
        "{:?}",
        fits[1]
    );
    assert!(fits[1].rms_volatility > 0.1, "{:?}", fits[1]);
    assert!(expiries[2].worst(&fits[2].parameters) < 1e-6, "{:?}", fits[2]);
}

#[test]
fn leaves_room_for_the_factor() {
    // psi^2 (1 + |rho|) = 4 theta at the quotes' own smile, so that any factor above one binds.
    let (theta, rho): (f64, f64) = (0.05, -0.4);
    let psi = (4.0 * theta / 1.4).sqrt();
    let years = 30.0 / 365.0;
    let quotes: Vec<Quote> = (-6_i32..=6)
        .map(|step| {
            let k = f64::from(step) * 0.1;
            let root = ((psi * k + rho * theta).powi(2) + theta * theta * (1.0 - rho * rho)).sqrt();
            let mid = ((theta + rho * psi * k + root) / 2.0 / years).sqrt();
            quote(100.0 * k.exp(), mid - 0.002, mid + 0.002)
        })
        .collect();
    let settings = Settings {
        factor: Ratio::from_bps(15_000),
        ..Settings::default()
    };
    let free = calibrate_slice(&expiry(30, &quotes), None, &Settings::default()).unwrap();
    let tight = calibrate_slice(&expiry(30, &quotes), None, &settings).unwrap();
    assert!(free.worst_volatility < 1e-5, "{free:?}");
    assert_eq!(free.binding, [Condition::Butterfly]);
    assert_eq!(tight.binding, [Condition::Butterfly]);
    assert!(tight.rms_volatility > 0.005, "{tight:?}");
    assert_accepted(&[tight], settings.factor);
}
