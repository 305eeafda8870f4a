//! Published numbers of other systems, where the same rule applies after choosing the same parameters. The files are not part
//! of the project: they are read from the folder `TENOR_PEERS_DIR`, by default beside the repository, and skipped without.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

mod auction;
mod closes;
mod interest;

use std::collections::HashMap;
use std::path::PathBuf;
use tenor_math::quantity::Ratio;

/// Text of a file of the folder, or none with a printed line.
fn text(name: &str) -> Option<String> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/peers");
    let folder = std::env::var_os("TENOR_PEERS_DIR").map_or_else(|| PathBuf::from(default), PathBuf::from);
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

type Row = HashMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    if row[column].is_empty() {
        0.0
    } else {
        row[column].parse().unwrap()
    }
}

fn e9(value: f64) -> i64 {
    (value * 1e9).round() as i64
}

fn ratio(value: f64) -> Ratio {
    Ratio::from_e9(e9(value) as u64)
}

fn close(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got} for {expected}");
}
