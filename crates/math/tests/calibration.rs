//! Slices from quotes: known surfaces are found again, bad quotes do no harm, and whatever comes in, what comes out is
//! accepted.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::calibration::{
    Anchor, Basis, CalibrationError, Condition, Expiry, Fit, ImpliedError, Measure, Parameters, Prior, Quote, Refusal,
    Settings, Terms, calibrate, calibrate_slice,
};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Ratio;
use tenor_math::surface::Slice;

const DAY: u64 = 86_400;
const YEAR: f64 = 31_536_000.0;

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_path(&path)
        .unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// One expiry of a generated case, with the truth beside each quote.
struct Generated {
    seconds: u64,
    forward: f64,
    discount: f64,
    quotes: Vec<Quote>,
    volatilities: Vec<f64>,
    off: Vec<usize>,
}

impl Generated {
    fn expiry(&self) -> Expiry<'_> {
        Expiry {
            seconds: self.seconds,
            forward: self.forward,
            discount: self.discount,
            quotes: &self.quotes,
        }
    }

    fn years(&self) -> f64 {
        self.seconds as f64 / YEAR
    }

    /// Largest difference between a slice's volatility and the true one over the strikes.
    fn worst(&self, parameters: &Parameters) -> f64 {
        let miss = |(quote, truth): (&Quote, &f64)| {
            (volatility(parameters, (quote.strike / self.forward).ln(), self.years()) - truth).abs()
        };
        self.quotes.iter().zip(&self.volatilities).map(miss).fold(0.0, f64::max)
    }
}

fn generated(case: &str) -> Vec<Generated> {
    let mut expiries: Vec<Generated> = Vec::new();
    for row in rows("calibration_quotes.csv").iter().filter(|row| row["case"] == case) {
        if number(row, "expiry") as usize == expiries.len() {
            expiries.push(Generated {
                seconds: number(row, "seconds") as u64,
                forward: number(row, "forward"),
                discount: number(row, "discount"),
                quotes: Vec::new(),
                volatilities: Vec::new(),
                off: Vec::new(),
            });
        }
        let expiry = expiries.last_mut().unwrap();
        if row["off"] == "1" {
            expiry.off.push(expiry.quotes.len());
        }
        let side = |column: &str| (!row[column].is_empty()).then(|| number(row, column));
        expiry.volatilities.push(number(row, "vol"));
        expiry.quotes.push(Quote {
            strike: number(row, "strike"),
            measure: match row["measure"].as_str() {
                "V" => Measure::Volatility,
                "C" => Measure::Price(OptionKind::Call),
                _ => Measure::Price(OptionKind::Put),
            },
            bid: side("bid"),
            ask: side("ask"),
        });
    }
    assert!(!expiries.is_empty(), "{case} has quotes");
    expiries
}

/// The formula of Corbetta et al. in floats.
fn volatility(parameters: &Parameters, k: f64, years: f64) -> f64 {
    let [theta, rho, psi] = parameters.floats();
    let root = ((psi * k + rho * theta).powi(2) + theta * theta * (1.0 - rho * rho)).sqrt();
    ((theta + rho * psi * k + root) / 2.0 / years).sqrt()
}

fn fit(expiries: &[Generated], settings: &Settings) -> Vec<Fit> {
    let expiries: Vec<Expiry<'_>> = expiries.iter().map(Generated::expiry).collect();
    let fits = calibrate(&expiries, settings).unwrap();
    assert_accepted(&fits, settings.factor);
    fits
}

/// Acceptance of one slice, also with theta and psi multiplied by the factor, and of neighbours: exact in integers.
fn assert_accepted(fits: &[Fit], factor: Ratio) {
    for fit in fits {
        let Parameters {
            theta_e12,
            rho_e12,
            psi_e12,
        } = fit.parameters;
        assert_eq!(Slice::try_new(theta_e12, rho_e12, psi_e12), Ok(fit.slice));
        let multiplied = |value: u64, up: u128| {
            u64::try_from((u128::from(value) * u128::from(factor.e9()) + up) / 1_000_000_000).unwrap()
        };
        let (theta, psi) = (multiplied(theta_e12, 0), multiplied(psi_e12, 999_999_999));
        assert!(Slice::try_new(theta, rho_e12, psi).is_ok(), "{fit:?} times {factor:?}");
    }
    for pair in fits.windows(2) {
        assert!(follows(&pair[0].parameters, &pair[1].parameters), "{pair:?}");
    }
}

fn follows(shorter: &Parameters, longer: &Parameters) -> bool {
    let [theta1, psi1] = [shorter.theta_e12, shorter.psi_e12].map(i128::from);
    let [theta2, psi2] = [longer.theta_e12, longer.psi_e12].map(i128::from);
    let (rho1, rho2) = (i128::from(shorter.rho_e12), i128::from(longer.rho_e12));
    theta2 >= theta1
        && psi2 >= psi1
        && (rho2 * psi2 - rho1 * psi1).abs() <= (psi2 - psi1) * 1_000_000_000_000
        && psi2 * theta1 <= psi1 * theta2
}

fn quote(strike: f64, bid: f64, ask: f64) -> Quote {
    Quote {
        strike,
        measure: Measure::Volatility,
        bid: Some(bid),
        ask: Some(ask),
    }
}

fn expiry(days: u64, quotes: &[Quote]) -> Expiry<'_> {
    Expiry {
        seconds: days * DAY,
        forward: 100.0,
        discount: 1.0,
        quotes,
    }
}

fn anchor(days: u64, theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Anchor {
    Anchor {
        seconds: days * DAY,
        parameters: Parameters {
            theta_e12,
            rho_e12,
            psi_e12,
        },
    }
}

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
fn comes_within_two_points_of_an_svi_slice_that_is_no_essvi_slice() {
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

#[test]
fn inverts_the_published_prices() {
    let (mut solved, mut refused) = (0, 0);
    for row in rows("iv_cases.csv") {
        let terms = Terms {
            forward: number(&row, "F"),
            strike: number(&row, "K"),
            discount: number(&row, "DF"),
            years: number(&row, "T_sec") / YEAR,
        };
        let kind = if row["cp"] == "C" {
            OptionKind::Call
        } else {
            OptionKind::Put
        };
        let price = number(&row, "price");
        let answer = terms.implied_volatility(kind, price);
        if row["status"] == "ok" {
            // A float holds the price and its inputs to a relative 2^-53, which vega turns into volatility.
            let tick = 10_f64.powf(-number(&row, "price_places"));
            let float = 4.0 * f64::EPSILON * terms.forward.max(terms.strike);
            let limit = 1e-9_f64.max((tick + float) / number(&row, "vega"));
            let miss = (answer.unwrap_or(f64::NAN) - number(&row, "iv")).abs();
            assert!(miss <= limit, "{row:?}: {answer:?}, off by {miss:e}, limit {limit:e}");
            solved += 1;
        } else {
            assert!(
                matches!(answer, Err(ImpliedError::Intrinsic | ImpliedError::Maximum)),
                "{row:?}: {answer:?}"
            );
            refused += 1;
        }
    }
    assert_eq!((solved, refused), (320, 35));
}

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
}
