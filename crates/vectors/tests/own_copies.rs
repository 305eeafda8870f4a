//! The project's own copies of the vectors.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use std::sync::LazyLock;

use tenor_vectors::{Report, Verdict, own_copies, run};

/// Run once for all tests.
static REPORT: LazyLock<Report> = LazyLock::new(|| run(&own_copies()).expect("the folder holds vectors"));

#[test]
fn no_formula_breaches_its_limit() {
    assert!(REPORT.holds(), "{}", *REPORT);
}

#[test]
fn what_is_not_run_is_what_has_no_formula() {
    let not_run: Vec<String> = REPORT
        .lines
        .iter()
        .filter(|line| matches!(line.verdict, Verdict::NotRun(_)))
        .map(|line| format!("{} {}", line.file, line.quantity))
        .collect();
    assert_eq!(
        not_run,
        [
            "stress_scenarios.csv historical shocks",
            "sv_prices.csv Heston price",
            "sv_prices.csv Bates price",
        ]
    );
}

#[test]
fn every_price_probability_and_slice_is_compared() {
    let used = |file: &str, quantity: &str| {
        let line = REPORT
            .lines
            .iter()
            .find(|line| line.file == file && line.quantity == quantity);
        line.map(|line| (line.rows, line.used))
    };
    assert_eq!(used("bs_grid.csv", "price / (max(F,K) DF)"), Some((1_252, 1_252)));
    assert_eq!(used("bs_grid.csv", "delta / DF"), Some((1_252, 1_243)));
    assert_eq!(used("ncdf.csv", "cdf"), Some((654, 654)));
    assert_eq!(used("prim.csv", "exp / mantissa"), Some((297, 297)));
    assert_eq!(used("prim.csv", "ln of a ratio"), Some((346, 307)));
    assert_eq!(used("iv_cases.csv", "price has a volatility"), Some((355, 355)));
    assert_eq!(used("svi_slices.csv", "raw SVI acceptance"), Some((64, 64)));
    assert_eq!(used("svi_calendar.csv", "raw SVI calendar"), Some((10, 10)));
    assert_eq!(used("ssvi_cases.csv", "acceptance"), Some((175, 175)));
}
