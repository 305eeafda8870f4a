//! Options on a partly fixed settlement average: numbers from `vectors/gen/averaging.py`, and what holds for all inputs.

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
use std::path::Path;
use tenor_math::pricing::{FutureMarks, MARK_SECONDS, MAX_MARKS, SettlementAverage, TotalVariance, black};

type Row = HashMap<String, String>;

/// Units of a USD: the largest price of the vectors is below 2^57 of them.
const DIGITS: usize = 12;

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/averaging.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

/// A decimal times 10^digits, further digits cut.
fn scaled(text: &str, digits: usize) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(digits).collect();
    format!("{whole}{kept}").parse().unwrap()
}

/// A decimal below 100 in Q64, rounded down.
fn q64(text: &str) -> u128 {
    (scaled(text, 18) << 64) / 1_000_000_000_000_000_000
}

fn price(row: &Row, column: &str) -> u64 {
    u64::try_from(scaled(&row[column], DIGITS)).unwrap()
}

fn count(row: &Row, column: &str) -> u8 {
    row[column].parse().unwrap()
}

#[test]
fn values_match_the_independent_calculation() {
    let (mut compared, mut referenced) = (0, 0);
    for row in rows() {
        let average = SettlementAverage::try_new(price(&row, "fixed_sum"), count(&row, "fixed"), count(&row, "open"));
        let average = average.unwrap();
        let marks = FutureMarks {
            count: count(&row, "ahead"),
            seconds_to_next: row["next"].parse().unwrap(),
            seconds_to_expiry: row["seconds"].parse().unwrap(),
        };
        let to_expiry = TotalVariance::from_q64(q64(&row["variance"])).unwrap();
        let variance = average.open_variance(to_expiry, marks).unwrap();
        // Eighteen digits of the variance to expiry and one rounding.
        assert!(
            variance.q64().abs_diff(q64(&row["open_variance"])) <= 24,
            "{variance:?} {row:?}"
        );

        let (forward, strike) = (price(&row, "forward"), price(&row, "strike"));
        let option = average.option(forward, strike, variance).unwrap();
        // Three roundings, the kernel's error, and what 24 units of variance are worth at the strike.
        let root = (variance.q64() as f64 / 2_f64.powi(64)).sqrt().max(1e-9);
        let bound = 3.0 + forward as f64 * (1e-15 + 0.2 * 24.0 * 2_f64.powi(-64) / root);
        for (name, value) in [
            ("expected", option.expected),
            ("call", option.value.call),
            ("put", option.value.put),
        ] {
            assert!(
                value.abs_diff(price(&row, name)) as f64 <= bound,
                "{name} {value} {row:?}"
            );
        }
        let delta = option.greeks.delta_q62 as f64 / 2_f64.powi(62);
        let want: f64 = row["delta"].parse().unwrap();
        assert!((delta - want).abs() <= 1e-11, "delta {delta} {row:?}");
        compared += 1;

        if !row["reference"].is_empty() {
            let [reference, error] = ["reference", "error"].map(|name| price(&row, name) as f64);
            let approximation = root * root / 20.0 * forward as f64;
            let difference = (option.value.call as f64 - reference).abs();
            assert!(difference <= approximation + 4.0 * error + bound, "reference {row:?}");
            referenced += 1;
        }
    }
    assert_eq!(compared, 240);
    assert!(referenced >= 20, "{referenced}");
}

/// Every number of marks against the double sum that defines the variance of their mean.
#[test]
fn the_open_variance_is_the_mean_of_the_lesser_times() {
    for open in 1..=MAX_MARKS {
        let average = SettlementAverage::try_new(0, 0, open).unwrap();
        for ahead in 0..=open {
            for next in [0_u64, 1, 37, 60, 100_000] {
                let times = |mark: u8| {
                    if mark < ahead {
                        next + MARK_SECONDS * u64::from(mark)
                    } else {
                        0
                    }
                };
                let pairs = (0..open).flat_map(|a| (0..open).map(move |b| (a, b)));
                let sum: u64 = pairs.map(|(a, b)| times(a).min(times(b))).sum();
                let expiry = next + MARK_SECONDS * u64::from(ahead) + 1;
                let marks = FutureMarks {
                    count: ahead,
                    seconds_to_next: next,
                    seconds_to_expiry: expiry,
                };
                let one = 1_u128 << 64;
                let want = one * u128::from(sum) / (u128::from(open) * u128::from(open) * u128::from(expiry));
                let got = average
                    .open_variance(TotalVariance::from_q64(one).unwrap(), marks)
                    .unwrap();
                assert_eq!(got.q64(), want, "{ahead} of {open}, {next} s");
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Case {
    average: SettlementAverage,
    fixed_sum: u64,
    fixed: u8,
    open: u8,
    forward: u64,
    strike: u64,
    variance: TotalVariance,
}

fn case() -> impl Strategy<Value = Case> {
    let forward = 1_000_000_u64..1 << 40;
    (
        forward,
        0_u8..=MAX_MARKS,
        0_u64..=200,
        0_u64..=2_000_000,
        0_u128..1 << 58,
    )
        .prop_map(|(forward, fixed, mean_percent, strike_ppm, variance)| {
            let fixed_sum = forward / 100 * mean_percent * u64::from(fixed);
            let open = MAX_MARKS - fixed;
            Case {
                average: SettlementAverage::try_new(fixed_sum, fixed, open).unwrap(),
                fixed_sum,
                fixed,
                open,
                forward,
                strike: forward / 1_000_000 * strike_ppm + 1,
                variance: TotalVariance::from_q64(variance).unwrap(),
            }
        })
}

impl Case {
    fn call(&self, forward: u64, strike: u64) -> i128 {
        i128::from(self.average.option(forward, strike, self.variance).unwrap().value.call)
    }

    /// The strike at which the fixed marks alone decide.
    fn decided_strike(&self) -> u64 {
        self.fixed_sum / u64::from(MAX_MARKS)
    }
}

proptest! {
    #[test]
    fn parity_is_exact_and_values_lie_between_payoff_and_average(case in case()) {
        let option = case.average.option(case.forward, case.strike, case.variance).unwrap();
        let (call, put) = (option.value.call, option.value.put);
        prop_assert_eq!(
            i128::from(call) - i128::from(put),
            i128::from(option.expected) - i128::from(case.strike)
        );
        prop_assert!(call >= option.expected.saturating_sub(case.strike) && call <= option.expected + 1);
        prop_assert!(put <= case.strike);
        let open_share = (u128::from(case.open) << 62) / u128::from(MAX_MARKS);
        prop_assert!(u128::from(option.greeks.delta_q62) <= open_share);
    }

    #[test]
    fn a_call_falls_with_the_strike_and_by_no_more(case in case(), step in 1_u64..1_000_000, near in any::<bool>()) {
        // Half of the strikes lie where the call turns linear.
        let strike = if near { case.decided_strike().saturating_sub(step / 2) } else { case.strike };
        let (low, high) = (case.call(case.forward, strike), case.call(case.forward, strike + step));
        prop_assert!(high <= low + 2, "{high} > {low}");
        prop_assert!(low - high <= i128::from(step) + 2, "{low} - {high} > {step}");
    }

    #[test]
    fn a_call_rises_with_the_forward_by_the_open_share_at_most(case in case(), step in 1_u64..1_000_000) {
        let (low, high) = (case.call(case.forward, case.strike), case.call(case.forward + step, case.strike));
        let share = i128::from(step) * i128::from(case.open) / i128::from(MAX_MARKS);
        prop_assert!(high + 2 >= low, "{high} < {low}");
        prop_assert!(high - low <= share + 3, "{high} - {low} > {share}");
    }

    #[test]
    fn with_nothing_fixed_it_is_blacks_formula(case in case()) {
        let (plain, greeks) = black(case.forward, case.strike, case.variance).unwrap();
        for open in [1, MAX_MARKS] {
            let average = SettlementAverage::try_new(0, 0, open).unwrap();
            let option = average.option(case.forward, case.strike, case.variance).unwrap();
            prop_assert!(option.value.call.abs_diff(plain.call) <= 2, "{option:?} is not {plain:?}");
            prop_assert!(open > 1 || (option.value == plain && option.greeks == greeks));
            // The logarithm's error and a unit of vega, over the deviation.
            let root = (case.variance.q64() as f64 / 2_f64.powi(64)).sqrt();
            let delta = option.greeks.delta_q62.abs_diff(greeks.delta_q62) as f64;
            prop_assert!(delta <= 256.0 + 1_000.0 / root, "{option:?} is not {greeks:?}");
            prop_assert!(option.greeks.vega_per_deviation.abs_diff(greeks.vega_per_deviation) as f64 <= 2.0 + 1e-3 / root);
            let gamma = option.greeks.gamma_cash.abs_diff(greeks.gamma_cash);
            prop_assert!(gamma as f64 <= 2.0 + 2.0 / root + 1e-3 / root / root, "{option:?} is not {greeks:?}");
        }
    }

    #[test]
    fn with_all_fixed_it_is_the_payoff(case in case(), mean in 0_u64..1 << 40) {
        let average = SettlementAverage::try_new(mean * u64::from(MAX_MARKS), MAX_MARKS, 0).unwrap();
        let option = average.option(case.forward, case.strike, case.variance).unwrap();
        prop_assert_eq!(option.value.call, mean.saturating_sub(case.strike));
        prop_assert_eq!(option.value.put, case.strike.saturating_sub(mean));
        prop_assert_eq!(option.greeks.delta_q62, 0);
    }

    #[test]
    fn taking_a_mark_at_the_price_changes_nothing(case in case(), volatility_percent in 10_u128..300) {
        if case.open < 2 {
            return Ok(());
        }
        // All open marks lie ahead, the first now; the last is at expiry.
        let seconds = MARK_SECONDS * u64::from(case.open - 1);
        let to_expiry = (volatility_percent.pow(2) << 64) * u128::from(seconds) / 10_000 / 31_536_000;
        let to_expiry = TotalVariance::from_q64(to_expiry).unwrap();
        let value = |average: SettlementAverage, count, seconds_to_next| {
            let marks = FutureMarks { count, seconds_to_next, seconds_to_expiry: seconds };
            let variance = average.open_variance(to_expiry, marks).unwrap();
            (average.option(case.forward, case.strike, variance).unwrap().value.call, variance)
        };
        let (before, variance) = value(case.average, case.open, 0);
        let taken = SettlementAverage::try_new(case.fixed_sum + case.forward, case.fixed + 1, case.open - 1).unwrap();
        let (after, _) = value(taken, case.open - 1, MARK_SECONDS);
        // Either side neglects skewness worth at most a twentieth of the variance of the open share.
        let bound = case.forward as f64 * (variance.q64() as f64 / 2_f64.powi(64)) / 12.0 + 3.0;
        prop_assert!(before.abs_diff(after) as f64 <= bound, "{before} became {after}, bound {bound}");
    }
}
