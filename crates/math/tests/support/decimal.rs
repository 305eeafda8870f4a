//! Reference files row by row, and decimals as exact rationals.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow};
use std::collections::HashMap;
use std::path::PathBuf;

pub(crate) type Row = HashMap<String, String>;

/// Rows of a reference file; `TENOR_VECTORS_DIR` points to another folder of files with the same names.
pub(crate) fn rows(file: &str) -> Vec<Row> {
    let folder = std::env::var_os("TENOR_VECTORS_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_path(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().expect("a readable row");
    assert!(!rows.is_empty(), "{file} has rows");
    rows
}

/// Exact value of a decimal string such as `-1.5e-7`.
pub(crate) fn exact(text: &str) -> BigRational {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}")
        .parse()
        .unwrap_or_else(|_| panic!("a number: {text}"));
    let power = exponent.parse::<i64>().expect("an exponent") - i64::try_from(fraction.len()).unwrap();
    BigRational::from_integer(digits) * Pow::pow(&BigRational::from_integer(10.into()), &BigInt::from(power))
}

pub(crate) fn fixed(value: impl Into<BigInt>, bits: u32) -> BigRational {
    BigRational::new(value.into(), BigInt::one() << bits)
}

/// Nearest integer to `value * 2^bits`.
pub(crate) fn to_fixed(value: &BigRational, bits: u32) -> BigInt {
    (value * BigRational::from_integer(BigInt::one() << bits))
        .round()
        .to_integer()
}
