//! Whatever the quotes. A case takes up to a third of a millisecond, a hundred times what an integer kernel takes.

use super::support::{DAY, YEAR, anchor, assert_accepted, expiry, follows, quote, volatility};
use proptest::prelude::*;
use tenor_math::calibration::{
    CalibrationError, Expiry, Measure, Parameters, Prior, Quote, Settings, calibrate, calibrate_slice,
};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Ratio;
use tenor_math::surface::Slice;

fn any_float() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-6.0..6.0_f64).prop_map(|exponent| 10_f64.powf(exponent)),
        8 => 0.05..3.0_f64,
        1 => any::<f64>(),
        1 => Just(f64::NAN),
        1 => Just(0.0),
    ]
}

fn any_quote() -> impl Strategy<Value = Quote> {
    let measure = prop_oneof![
        Just(Measure::Volatility),
        Just(Measure::Price(OptionKind::Call)),
        Just(Measure::Price(OptionKind::Put)),
    ];
    let strike = prop_oneof![4 => 0.3..3.0_f64, 1 => any_float()];
    let sides = prop_oneof![
        (any_float(), 0.0..0.2_f64).prop_map(|(bid, spread)| (Some(bid), Some(bid + spread))),
        (proptest::option::of(any_float()), proptest::option::of(any_float())),
    ];
    (strike, measure, sides).prop_map(|(strike, measure, (bid, ask))| Quote {
        strike,
        measure,
        bid,
        ask,
    })
}

/// Quotes without noise at thirteen strikes over two deviations either way.
fn exact_quotes(parameters: &Parameters, days: u64) -> (Vec<Quote>, Vec<f64>) {
    let [theta, ..] = parameters.floats();
    let years = (days * DAY) as f64 / YEAR;
    let strike = |step: i32| f64::from(step) / 3.0 * theta.sqrt();
    (-6..=6)
        .map(|step| {
            let mid = volatility(parameters, strike(step), years);
            (quote(100.0 * strike(step).exp(), mid - 0.005, mid + 0.005), mid)
        })
        .unzip()
}

/// A grid, because a calibration whose conditions bind takes milliseconds.
#[test]
fn no_accepted_slice_nearby_fits_better_even_where_conditions_bind() {
    for level in [0.4, 0.5, 0.6, 0.65, 0.7, 0.8, 0.9] {
        for rho_e12 in (-4..=4).map(|step| step * 200_000_000_000_i64) {
            for curvature in [0.1, 0.4, 0.6, 0.9, 1.2, 1.6] {
                assert_least(level, rho_e12, curvature);
            }
        }
    }
}

fn assert_least(level: f64, rho_e12: i64, curvature: f64) {
    // 90% at 30 days comes before, so that many of these smiles at 60 days cross it. Spreads of 40 points keep every
    // quote well inside the reach of the loss, where it is a sum of squares.
    let before = anchor(30, 66_600_000_000, -300_000_000_000, 154_800_000_000);
    let psi = curvature * level * (60.0_f64 / 365.0).sqrt();
    let theta = level * level * 60.0 / 365.0;
    let truth = Parameters {
        theta_e12: (theta * 1e12) as u64,
        rho_e12,
        psi_e12: (psi * 1e12) as u64,
    };
    let (mut quotes, mids) = exact_quotes(&truth, 60);
    for (quote, mid) in quotes.iter_mut().zip(&mids) {
        (quote.bid, quote.ask) = (Some((mid - 0.2).max(0.001)), Some(2.0 * mid - (mid - 0.2).max(0.001)));
    }
    let fit = calibrate_slice(&expiry(60, &quotes), Some(before), &Settings::default()).unwrap();
    assert_eq!(fit.used, 13);
    let misfit = |parameters: &Parameters| {
        let square = |(quote, mid): (&Quote, &f64)| {
            let spread = quote.ask.unwrap() - quote.bid.unwrap();
            ((volatility(parameters, (quote.strike / 100.0).ln(), 60.0 / 365.0) - mid) / spread).powi(2)
        };
        quotes.iter().zip(&mids).map(square).sum::<f64>()
    };
    let best = misfit(&fit.parameters);
    for direction in 0..27_i64 {
        let [a, b, c] = [direction % 3 - 1, direction / 3 % 3 - 1, direction / 9 - 1];
        let moved = |value: u64, sign: i64| value.saturating_add_signed(sign * (value / 50) as i64);
        let near = Parameters {
            theta_e12: moved(fit.parameters.theta_e12, a),
            rho_e12: fit.parameters.rho_e12 + b * 20_000_000_000,
            psi_e12: moved(fit.parameters.psi_e12, c),
        };
        let accepted = Slice::try_new(near.theta_e12, near.rho_e12, near.psi_e12).is_ok();
        if accepted && follows(&before.parameters, &near) {
            assert!(
                misfit(&near) > 0.995 * best - 1e-9,
                "{:?} {:?}: {} {}",
                fit,
                near,
                misfit(&near),
                best
            );
        }
    }
}

proptest! {
    #[test]
    fn any_slice_is_found_again_though_two_quotes_are_wrong(
        days in 1..400_u64,
        level in 0.3..2.0_f64,
        rho_e12 in -800_000_000_000..800_000_000_000_i64,
        curvature in 0.1..1.3_f64,
        wrong in proptest::sample::subsequence((0..13_usize).collect::<Vec<_>>(), 2),
        shift in prop_oneof![-0.28..-0.2_f64, 0.2..0.4_f64],
    ) {
        let theta = level * level * days as f64 / 365.0;
        let e12 = |value: f64| (value * 1e12) as u64;
        let truth = Parameters { theta_e12: e12(theta), rho_e12, psi_e12: e12(curvature * theta.sqrt()) };
        prop_assume!(Slice::try_new(truth.theta_e12, rho_e12, truth.psi_e12).is_ok());
        let (mut quotes, mids) = exact_quotes(&truth, days);
        for &index in &wrong {
            let mid = (mids[index] + shift).max(0.02);
            quotes[index] = quote(quotes[index].strike, mid - 0.005, mid + 0.005);
        }
        let fit = calibrate_slice(&expiry(days, &quotes), None, &Settings::default()).unwrap();
        let years = (days * DAY) as f64 / YEAR;
        for (quote, mid) in quotes.iter().zip(&mids) {
            let miss = (volatility(&fit.parameters, (quote.strike / 100.0).ln(), years) - mid).abs();
            prop_assert!(miss < 1e-5, "{:?} {:?}: off by {}", truth, fit, miss);
        }
    }

    #[test]
    fn any_quotes_give_an_accepted_surface_or_an_error(
        expiries in proptest::collection::vec(
            (0..40_000_000_u64, proptest::collection::vec(any_quote(), 0..9)), 1..4),
        factor_e9 in 1_000_000_000..3_000_000_000_u64,
        volatility in proptest::option::of(0.05..5.0_f64),
    ) {
        let mut expiries = expiries;
        expiries.sort_by_key(|&(seconds, _)| seconds);
        let expiries: Vec<Expiry<'_>> = expiries
            .iter()
            .map(|(seconds, quotes)| Expiry { seconds: *seconds, forward: 1.0, discount: 0.99, quotes })
            .collect();
        let settings = Settings {
            factor: Ratio::from_e9(factor_e9),
            prior: Prior { volatility, ..Settings::default().prior },
            ..Settings::default()
        };
        match calibrate(&expiries, &settings) {
            Ok(fits) => {
                assert_accepted(&fits, settings.factor);
                for (fit, expiry) in fits.iter().zip(&expiries) {
                    prop_assert_eq!(fit.used + fit.refused.len(), expiry.quotes.len());
                    prop_assert!(fit.rms_volatility.is_finite() && fit.rms_volatility <= fit.worst_volatility);
                }
            }
            Err((index, error)) => {
                let repeats = index > 0 && expiries[index - 1].seconds == expiries[index].seconds;
                let expected = match error {
                    CalibrationError::Expiry => expiries[index].seconds == 0,
                    CalibrationError::Order => repeats,
                    CalibrationError::NoLevel => index == 0 && volatility.is_none(),
                    _ => false,
                };
                prop_assert!(expected, "{:?} at {}", error, index);
            }
        }
    }

    #[test]
    fn any_accepted_slice_before_can_be_followed(
        theta_e12 in prop_oneof![1..16_000_000_000_000_u64, 1..1_000_000_u64, Just(16_000_000_000_000_u64)],
        rho_e12 in prop_oneof![-999_999_999_999..=999_999_999_999_i64, Just(999_999_999_999_i64)],
        share in prop_oneof![0.0..1.0_f64, Just(1.0)],
        factor_e9 in prop_oneof![Just(1_000_000_000_u64), 1_000_000_000..3_000_000_000_u64],
        quotes in proptest::collection::vec(any_quote(), 0..9),
    ) {
        // psi up to the butterfly and wing bounds themselves.
        let (theta, one_plus_rho) = (theta_e12 as f64 / 1e12, 1.0 + rho_e12.unsigned_abs() as f64 / 1e12);
        let most = (4.0 / one_plus_rho).min((4.0 * theta / one_plus_rho).sqrt());
        let before = anchor(30, theta_e12, rho_e12, (share * most * 1e12) as u64);
        let settings = Settings { factor: Ratio::from_e9(factor_e9), ..Settings::default() };
        let expiry = Expiry { seconds: 60 * DAY, forward: 1.0, discount: 1.0, quotes: &quotes };
        match calibrate_slice(&expiry, Some(before), &settings) {
            Ok(fit) => {
                prop_assert!(follows(&before.parameters, &fit.parameters), "{:?} {:?}", before, fit);
                assert_accepted(&[fit], settings.factor);
            }
            Err(error) => {
                prop_assert_eq!(error, CalibrationError::Previous);
                let Parameters { theta_e12, rho_e12, psi_e12 } = before.parameters;
                let multiplied = |value: u64| u128::from(value) * u128::from(factor_e9) / 1_000_000_000;
                let (theta, psi) = (multiplied(theta_e12) as u64, multiplied(psi_e12) as u64 + 1);
                let accepted = psi_e12 > 0 && Slice::try_new(theta, rho_e12, psi).is_ok();
                prop_assert!(!accepted, "{:?}", before);
            }
        }
    }
}
