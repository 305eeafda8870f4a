//! Rows from the vector files of `tenor-math`, on the host.
//!
//! Where the files say what a kernel takes, their rows are used as they are; where they do not, the numbers are those of
//! the files' markets and accounts, put together in a fixed way. Conversion to words goes through floats: what is
//! measured is the cost, and both sides get the same words.

mod account;
mod amm;
mod function;
mod liquidation;
mod market;
mod pool;
mod surface;

use crate::kernel::Kernel;
pub use market::{Quote, quotes, strikes};
use std::collections::HashMap;
use std::path::Path;

/// The rows of a kernel's inputs, one after the other.
pub fn words(kernel: Kernel) -> Vec<u64> {
    let rows = function::rows(kernel)
        .or_else(|| market::rows(kernel))
        .or_else(|| surface::rows(kernel))
        .or_else(|| account::rows(kernel))
        .or_else(|| liquidation::rows(kernel))
        .or_else(|| pool::rows(kernel))
        .or_else(|| amm::rows(kernel))
        .expect("every kernel has rows");
    assert!(rows.iter().all(|row| row.len() == kernel.words()), "{kernel:?}");
    rows.concat()
}

/// A line of a file, by column.
type Line = HashMap<String, String>;

fn lines(file: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../crates/math/tests/vectors")
        .join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_path(path)
        .expect("a file of vectors");
    let lines: Vec<Line> = reader.deserialize().collect::<Result<_, _>>().expect("readable lines");
    assert!(!lines.is_empty(), "{file} has lines");
    lines
}

fn number(line: &Line, column: &str) -> f64 {
    line[column].parse().expect("a number")
}

/// `value * 2^bits`, if it is not negative and fits two words.
fn binary(value: f64, bits: i32) -> Option<[u64; 2]> {
    let scaled = (value * 2_f64.powi(bits)).round();
    (0.0..2_f64.powi(127)).contains(&scaled).then(|| {
        let raw = scaled as u128;
        [raw as u64, (raw >> 64) as u64]
    })
}

/// `value * 2^bits` as a signed word.
fn signed_binary(value: f64, bits: i32) -> Option<u64> {
    let scaled = (value * 2_f64.powi(bits)).round();
    (scaled.abs() < 2_f64.powi(63)).then_some((scaled as i64).cast_unsigned())
}

/// `value * 10^digits`, if it is not negative and fits a word.
fn decimal(value: f64, digits: i32) -> Option<u64> {
    let scaled = (value * 10_f64.powi(digits)).round();
    (0.0..2_f64.powi(64)).contains(&scaled).then_some(scaled as u64)
}

/// `value * 10^digits` as a signed word.
fn signed_decimal(value: f64, digits: i32) -> Option<u64> {
    let scaled = (value * 10_f64.powi(digits)).round();
    (scaled.abs() < 2_f64.powi(63)).then_some((scaled as i64).cast_unsigned())
}
