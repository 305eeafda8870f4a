//! Points of a raw SVI slice and their density.

use super::smile::{Smile, params, realistic, wide};
use crate::decimal::{exact, fixed, rows, to_fixed};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tenor_math::surface::{E12, RawSvi, RawSviError, RawSviParams};

#[test]
fn verdicts_equal_the_published_ones() {
    let (mut accepted, mut refused) = (0, 0);
    for row in rows("svi_slices.csv") {
        let verdict = RawSvi::try_new(params(&row, ""));
        let free = row["butterfly_free"] == "1";
        assert_eq!(verdict.is_ok(), free, "{verdict:?}: {row:?}");
        if free {
            accepted += 1;
        } else {
            refused += 1;
        }
        let named = match row["name"].as_str() {
            "neg_total_var" | "zero_min_var" => Some(RawSviError::Variance),
            "lee_right_violation" | "lee_left_violation" | "lee_equal_2" => Some(RawSviError::Wing),
            _ if !free => Some(RawSviError::Density),
            _ => None,
        };
        assert_eq!(verdict.err(), named, "{row:?}");
    }
    assert_eq!((accepted, refused), (33, 31));
}

#[test]
fn point_values_match() {
    let by_name: std::collections::HashMap<String, RawSviParams> = rows("svi_slices.csv")
        .iter()
        .map(|row| (row["name"].clone(), params(row, "")))
        .collect();
    let (mut tried, mut worst) = (0, [0_f64; 5]);
    for row in rows("svi_cases.csv") {
        let Ok(slice) = RawSvi::try_new(by_name[&row["name"]]) else {
            continue;
        };
        let sigma = slice.params().sigma_e12 as f64 / 1e12;
        let k = to_fixed(&exact(&row["k"]), 56).to_i64().unwrap();
        let want = |column: &str| exact(&row[column]);
        let error = |got: &BigRational, column: &str| (got - want(column)).abs().to_f64().unwrap();
        let size = |column: &str| want(column).abs().to_f64().unwrap();
        let point = slice.at(k).unwrap();
        // Slices that are not decimals of 12 digits are rounded to them, which moves each value by that and its slope.
        let of_parameters = 2e-12 * (1.0 + 1.0 / sigma);
        let (w, slope) = (fixed(point.variance_q56, 56), fixed(point.slope_q56, 56));
        let curvature = fixed(point.curvature_q56, 56);
        let errors = [
            error(&w, "w"),
            error(&slope, "w1"),
            error(&curvature, "w2") / (1.0 + size("w2")),
            error(&fixed(slice.density_factor_q40(k).unwrap(), 40), "g") / (1.0 + size("g")),
            error(&fixed(slice.density_q40(k).unwrap(), 40), "density_k") / (1.0 + size("density_k")),
        ];
        let bounds = [of_parameters, of_parameters, of_parameters / sigma, 1e-8, 1e-8];
        for (place, (error, bound)) in errors.iter().zip(bounds).enumerate() {
            assert!(error <= &bound, "value {place}: {error:e} > {bound:e}: {row:?}");
            worst[place] = worst[place].max(*error);
        }
        let flat = slice.total_variance(-k).unwrap().q64();
        assert_eq!(flat >> 8, point.variance_q56 as u128);
        tried += 1;
    }
    assert!(tried > 320, "only {tried} rows");
    println!("worst errors of w, w', w'', g, density: {worst:?}");
}

/// w, w' and w'' of the parameters as stored, by rationals and one root of 200 fractional bits.
fn exact_point(params: &RawSviParams, k_q56: i64) -> [BigRational; 3] {
    let unit = |e12: i64| BigRational::new(e12.into(), E12.into());
    let (a, b, rho) = (unit(params.a_e12), unit(params.b_e12 as i64), unit(params.rho_e12));
    let (x, sigma) = (fixed(k_q56, 56) - unit(params.m_e12), unit(params.sigma_e12 as i64));
    let square = &x * &x + &sigma * &sigma;
    let q = fixed(to_fixed(&square, 400).sqrt(), 200);
    [
        a + &b * (&rho * &x + &q),
        &b * (rho + &x / &q),
        b * &sigma * sigma / (square * q),
    ]
}

#[test]
fn point_values_keep_their_bounds() {
    let mut worst = [0_f64; 3];
    for row in rows("svi_slices.csv") {
        let params = params(&row, "");
        let Ok(slice) = RawSvi::try_new(params) else { continue };
        let (b, sigma) = (params.b_e12 as f64 / 1e12, params.sigma_e12 as f64 / 1e12);
        for eighths in [-112, -64, -25, -9, -2, 0, 1, 3, 17, 40, 112_i64] {
            let k = eighths << 53;
            let point = slice.at(k).unwrap();
            let want = exact_point(&params, k);
            let got = [
                fixed(point.variance_q56, 56),
                fixed(point.slope_q56, 56),
                fixed(point.curvature_q56, 56),
            ];
            let bounds = [2e-15, 1e-15 / sigma, 1e-15 * (1.0 + b / sigma) / sigma];
            for place in 0..3 {
                let error = (&got[place] - &want[place]).abs().to_f64().unwrap() / bounds[place];
                assert!(
                    error <= 1.0,
                    "value {place} errs by {error} of its bound: {row:?} at {eighths}/8"
                );
                worst[place] = worst[place].max(error);
            }
        }
    }
    println!("worst errors of w, w', w'' over their bounds: {worst:?}");
}

/// Verdicts of a seeded sample against a fine scan: (false accepts, false rejects, free ones).
fn compare(strategy: impl Strategy<Value = RawSviParams>, count: u32) -> (u32, u32, u32) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut false_accepts, mut false_rejects, mut free) = (0, 0, 0);
    for _ in 0..count {
        let params = strategy.new_tree(&mut runner).unwrap().current();
        let smile = Smile::of(&params);
        let least_variance = smile.a + smile.b * smile.sigma * (1.0 - smile.rho * smile.rho).sqrt();
        if least_variance < 1e-6 {
            continue;
        }
        let is_free = smile.b * (1.0 + smile.rho.abs()) < 2.0 && smile.least_density_factor(4_000) >= 0.0;
        let accepted = RawSvi::try_new(params).is_ok();
        free += u32::from(is_free);
        false_accepts += u32::from(accepted && !is_free);
        false_rejects += u32::from(!accepted && is_free);
    }
    (false_accepts, false_rejects, free)
}

#[test]
fn no_slice_is_accepted_wrongly_and_few_are_refused_without_need() {
    for (name, (false_accepts, false_rejects, free)) in [
        ("wide", compare(wide(), 3_000)),
        ("realistic", compare(realistic(), 3_000)),
    ] {
        println!("{name}: {false_accepts} false accepts, {false_rejects} false rejects of {free} free");
        assert_eq!(false_accepts, 0, "{name}");
        assert!(false_rejects * 100 <= free * 3, "{name}: {false_rejects} of {free}");
        assert!(free > 300, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn accepted_slices_have_a_positive_density_at_every_strike(params in prop_oneof![wide(), realistic()], k in -8_f64..8.0) {
        if RawSvi::try_new(params).is_ok() {
            let smile = Smile::of(&params);
            prop_assert!(smile.density_factor(k) >= 0.0, "{} at {k}", smile.density_factor(k));
            // Most trouble lies within a few widths of the centre.
            let near = (smile.m + smile.sigma * k).clamp(-8.0, 8.0);
            prop_assert!(smile.density_factor(near) >= 0.0, "{} at {near}", smile.density_factor(near));
        }
    }
}
