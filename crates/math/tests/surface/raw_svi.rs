use crate::decimal::{Row, exact, fixed, rows, to_fixed};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tenor_math::MathError;
use tenor_math::surface::{E12, RawCalendarError, RawSvi, RawSviError, RawSviParams, check_raw_calendar};

const ONE: u64 = E12;

fn params(row: &Row, suffix: &str) -> RawSviParams {
    let e12 = |name: &str| {
        (exact(&row[&format!("{name}{suffix}")]) * BigRational::from_integer(E12.into()))
            .round()
            .to_integer()
            .to_i64()
            .unwrap()
    };
    RawSviParams {
        a_e12: e12("a"),
        b_e12: e12("b") as u64,
        rho_e12: e12("rho"),
        m_e12: e12("m"),
        sigma_e12: e12("sigma") as u64,
    }
}

/// The formulas in floats: an oracle independent of the code under test.
#[derive(Clone, Copy)]
struct Smile {
    a: f64,
    b: f64,
    rho: f64,
    m: f64,
    sigma: f64,
}

impl Smile {
    fn of(params: &RawSviParams) -> Self {
        let unit = |e12: i64| e12 as f64 / 1e12;
        Self {
            a: unit(params.a_e12),
            b: unit(params.b_e12 as i64),
            rho: unit(params.rho_e12),
            m: unit(params.m_e12),
            sigma: unit(params.sigma_e12 as i64),
        }
    }

    fn variance(&self, k: f64) -> f64 {
        let x = k - self.m;
        self.a + self.b * (self.rho * x + x.hypot(self.sigma))
    }

    fn density_factor(&self, k: f64) -> f64 {
        let x = k - self.m;
        let q = x.hypot(self.sigma);
        let w = self.variance(k);
        let slope = self.b * (self.rho + x / q);
        let curvature = self.b * self.sigma * self.sigma / (q * q * q);
        (1.0 - k * slope / (2.0 * w)).powi(2) - slope * slope / 4.0 * (1.0 / w + 0.25) + curvature / 2.0
    }

    /// The least density factor on |k| <= 8 over `steps` points, dense around the centre.
    fn least_density_factor(&self, steps: u32) -> f64 {
        let reach = 8.0 + self.m.abs();
        let widest = (reach / self.sigma).asinh();
        (0..=steps)
            .map(|step| self.m + self.sigma * (widest * (2.0 * f64::from(step) / f64::from(steps) - 1.0)).sinh())
            .filter(|k| k.abs() <= 8.0)
            .map(|k| self.density_factor(k))
            .fold(f64::INFINITY, f64::min)
    }
}

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

#[test]
fn each_range_is_decided_at_its_edge() {
    let good = RawSviParams {
        a_e12: 40_000_000_000,
        b_e12: 100_000_000_000,
        rho_e12: 0,
        m_e12: 0,
        sigma_e12: 200_000_000_000,
    };
    assert!(RawSvi::try_new(good).is_ok());
    let refused = |params: RawSviParams| RawSvi::try_new(params).err();
    for out in [
        RawSviParams {
            a_e12: 4 * ONE as i64 + 1,
            ..good
        },
        RawSviParams {
            a_e12: i64::MIN,
            ..good
        },
        RawSviParams {
            b_e12: 2 * ONE + 1,
            ..good
        },
        RawSviParams {
            rho_e12: ONE as i64,
            ..good
        },
        RawSviParams {
            rho_e12: i64::MIN,
            ..good
        },
        RawSviParams {
            m_e12: 2 * ONE as i64 + 1,
            ..good
        },
        RawSviParams {
            m_e12: -2 * ONE as i64 - 1,
            ..good
        },
        RawSviParams {
            sigma_e12: 99_999_999,
            ..good
        },
        RawSviParams {
            sigma_e12: 4 * ONE + 1,
            ..good
        },
        RawSviParams {
            sigma_e12: u64::MAX,
            ..good
        },
    ] {
        assert_eq!(refused(out), Some(RawSviError::Parameter), "{out:?}");
    }
    // The extremes of every range at once do not overflow.
    for rho in [-999_999_999_999, 999_999_999_999] {
        for m in [-2 * ONE as i64, 2 * ONE as i64] {
            for sigma_e12 in [100_000_000, 4 * ONE] {
                let extreme = RawSviParams {
                    a_e12: 4 * ONE as i64,
                    b_e12: ONE,
                    rho_e12: rho,
                    m_e12: m,
                    sigma_e12,
                };
                let verdict = refused(extreme);
                assert!(
                    verdict.is_none() || verdict == Some(RawSviError::Density),
                    "{verdict:?}"
                );
            }
        }
    }
    // b (1 + |rho|) = 2 exactly; a + b sigma sqrt(1 - rho^2) = 1e-8 exactly, at rho = 0.6.
    let wing = |b_e12| RawSviParams {
        a_e12: ONE as i64,
        b_e12,
        rho_e12: 600_000_000_000,
        ..good
    };
    assert_eq!(refused(wing(1_250_000_000_000)), Some(RawSviError::Wing));
    assert_ne!(refused(wing(1_249_999_999_999)), Some(RawSviError::Wing));
    let least = |a_e12| RawSviParams {
        a_e12,
        b_e12: 100_000_000_000,
        rho_e12: 600_000_000_000,
        sigma_e12: 150_000_000_000,
        ..good
    };
    assert_eq!(refused(least(-12_000_000_000 + 9_999)), Some(RawSviError::Variance));
    assert_ne!(refused(least(-12_000_000_000 + 10_000)), Some(RawSviError::Variance));
    let slice = RawSvi::try_new(good).unwrap();
    assert!(slice.at(14 << 56).is_ok());
    assert_eq!(slice.at((14 << 56) + 1), Err(MathError::OutOfDomain));
    assert_eq!(slice.density_factor_q40(i64::MIN), Err(MathError::OutOfDomain));
    assert_eq!(slice.total_variance(i64::MIN), slice.total_variance(-8 << 56));
}

fn e12(value: f64) -> i64 {
    (value * 1e12).round() as i64
}

/// Parameters over the whole domain.
fn wide() -> impl Strategy<Value = RawSviParams> {
    (-0.95_f64..0.95, -4_f64..0.6, 0_f64..1.0, -2_f64..2.0, -0.95_f64..1.5).prop_map(|(rho, log_sigma, b, m, a)| {
        let sigma = 10_f64.powf(log_sigma);
        let b = 0.005 + b * (2.0 / (1.0 + rho.abs()) - 0.005);
        let a = a * b * sigma * (1.0 - rho * rho).sqrt();
        RawSviParams {
            a_e12: e12(a),
            b_e12: e12(b) as u64,
            rho_e12: e12(rho),
            m_e12: e12(m),
            sigma_e12: e12(sigma) as u64,
        }
    })
}

/// Parameters of smiles as they are quoted.
fn realistic() -> impl Strategy<Value = RawSviParams> {
    (
        -0.7_f64..0.5,
        -1.5_f64..-0.1,
        -2.2_f64..0.0,
        0.025_f64..1.35,
        0.02_f64..1.2,
        -0.15_f64..0.15,
    )
        .prop_map(|(rho, log_sigma, log_time, level, b, m)| {
            let (sigma, time) = (10_f64.powf(log_sigma), 10_f64.powf(log_time));
            let b = b * time.sqrt();
            RawSviParams {
                a_e12: e12(level * time - b * sigma * (1.0 - rho * rho).sqrt()),
                b_e12: e12(b) as u64,
                rho_e12: e12(rho),
                m_e12: e12(m),
                sigma_e12: e12(sigma) as u64,
            }
        })
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

#[test]
fn calendar_verdicts_equal_the_published_ones() {
    let mut compared = 0;
    for row in rows("svi_calendar.csv") {
        let slices = [RawSvi::try_new(params(&row, "1")), RawSvi::try_new(params(&row, "2"))];
        // Only slices free of butterfly arbitrage exist; the near one of this pair is not, so it gets no further.
        if row["name"] == "constructed_cross" {
            assert_eq!(slices[0], Err(RawSviError::Density));
            assert_eq!(row["calendar_free"], "0");
            compared += 1;
            continue;
        }
        let [near, far] = slices.map(Result::unwrap);
        let expected = match row["name"].as_str() {
            "wing_cross" | "atm_ok_wing_l" => Err(RawCalendarError::Wing),
            _ => Ok(()),
        };
        assert_eq!(expected.is_ok(), row["calendar_free"] == "1", "{row:?}");
        assert_eq!(check_raw_calendar(&near, &far), expected, "{row:?}");
        compared += 1;
    }
    assert_eq!(compared, 10);
}

#[test]
fn equal_and_raised_slices_are_in_order_and_touching_ones_are_refused() {
    let flat = |a_e12| RawSviParams {
        a_e12,
        b_e12: 200_000_000_000,
        rho_e12: 0,
        m_e12: 0,
        sigma_e12: 100_000_000_000,
    };
    let near = RawSvi::try_new(flat(40_000_000_000)).unwrap();
    assert_eq!(check_raw_calendar(&near, &near), Ok(()));
    let raised = RawSvi::try_new(flat(40_000_000_001)).unwrap();
    assert_eq!(check_raw_calendar(&near, &raised), Ok(()));
    assert_eq!(check_raw_calendar(&raised, &near), Err(RawCalendarError::Crossing));
    // b 0.2 -> 0.22 adds 0.02 x 0.1 = 0.002 at the money: at a = 0.038 the two touch there.
    let steeper = |a_e12| {
        RawSvi::try_new(RawSviParams {
            b_e12: 220_000_000_000,
            ..flat(a_e12)
        })
        .unwrap()
    };
    assert_eq!(
        check_raw_calendar(&near, &steeper(38_000_000_000)),
        Err(RawCalendarError::Crossing)
    );
    assert_eq!(
        check_raw_calendar(&near, &steeper(37_999_999_000)),
        Err(RawCalendarError::Crossing)
    );
    assert_eq!(check_raw_calendar(&near, &steeper(38_000_100_000)), Ok(()));
    let tilted = |rho_e12| {
        RawSvi::try_new(RawSviParams {
            rho_e12,
            a_e12: 80_000_000_000,
            ..flat(0)
        })
        .unwrap()
    };
    assert_eq!(check_raw_calendar(&near, &tilted(1)), Err(RawCalendarError::Wing));
    assert_eq!(check_raw_calendar(&near, &tilted(-1)), Err(RawCalendarError::Wing));
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

    #[test]
    fn accepted_raw_pairs_are_in_order_at_every_strike(
        near in realistic(), far in realistic(), follows in any::<bool>(), factor in 1_f64..3.0, k in -8_f64..8.0,
    ) {
        // Half the pairs are slices of one shape, raised a little: close, so that many are accepted by a small margin.
        let far = if follows {
            RawSviParams { a_e12: (near.a_e12 as f64 * factor) as i64, b_e12: (near.b_e12 as f64 * factor) as u64, ..near }
        } else {
            far
        };
        let (Ok(first), Ok(second)) = (RawSvi::try_new(near), RawSvi::try_new(far)) else { return Ok(()) };
        if check_raw_calendar(&first, &second).is_ok() {
            let (first, second) = (Smile::of(&near), Smile::of(&far));
            for k in [k, first.m + first.sigma * k, second.m + second.sigma * k].map(|k| k.clamp(-8.0, 8.0)) {
                prop_assert!(second.variance(k) >= first.variance(k) - 1e-14, "at {k}");
            }
        }
    }

    #[test]
    fn ordered_raw_pairs_with_room_are_accepted(near in realistic(), factor in 1.01_f64..3.0) {
        // Twice the same smile is above it by at least a hundredth of the least variance.
        let far = RawSviParams { a_e12: (near.a_e12 as f64 * factor) as i64, b_e12: (near.b_e12 as f64 * factor) as u64, ..near };
        let (Ok(first), Ok(second)) = (RawSvi::try_new(near), RawSvi::try_new(far)) else { return Ok(()) };
        prop_assert_eq!(check_raw_calendar(&first, &second), Ok(()));
    }
}
