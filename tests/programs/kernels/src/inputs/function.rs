//! Inputs of functions of one or two numbers.

use super::{Line, binary, decimal, lines, number, signed_binary, signed_decimal};
use crate::kernel::Kernel;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        // As prices are: x 1e9.
        Kernel::Ln => primitives("ln", |x| decimal(x, 9).filter(|x| *x > 0).map(|x| vec![x])),
        Kernel::LnRatio => primitives("ln", ratio),
        Kernel::Log1p => primitives("log1p", |x| {
            (-0.5..=1.0)
                .contains(&x)
                .then(|| signed_binary(x, 62).map(|x| vec![x]))?
        }),
        Kernel::Exp => primitives("exp", |x| (x <= 0.0).then(|| signed_binary(-x, 56).map(|x| vec![x]))?),
        Kernel::ExpAny => primitives("exp", |x| signed_binary(x, 56).map(|x| vec![x])),
        Kernel::Expm1 => primitives("expm1", |x| {
            (x.abs() <= 1.0).then(|| signed_binary(x, 62).map(|x| vec![x]))?
        }),
        Kernel::Pow => powers(),
        Kernel::Sqrt | Kernel::Rsqrt => primitives("sqrt", |x| {
            (x > 0.0 && x < 16_384.0).then(|| binary(x, 64).map(Vec::from))?
        }),
        Kernel::Cdf | Kernel::Survival | Kernel::Pdf => distribution(|x| signed_binary(x, 56)),
        Kernel::Quantile => {
            let lines = lines("ncdf.csv");
            let lines = lines.iter().filter(|line| line["kind"] == "inv");
            lines
                .filter_map(|line| binary(number(line, "arg"), 96).map(Vec::from))
                .collect()
        }
        Kernel::SolmathLn => primitives("ln", |x| decimal(x, 12).filter(|x| *x > 0).map(|x| vec![x])),
        Kernel::SolmathExp => primitives("exp", |x| (x <= 0.0).then(|| signed_decimal(x, 12).map(|x| vec![x]))?),
        Kernel::SolmathSqrt => primitives("sqrt", |x| (x < 16_384.0).then(|| decimal(x, 12).map(|x| vec![x]))?),
        Kernel::SolmathCdf => distribution(|x| signed_decimal(x, 12)),
        _ => return None,
    })
}

fn primitives(function: &str, row: impl Fn(f64) -> Option<Vec<u64>>) -> Vec<Vec<u64>> {
    let lines = lines("prim.csv");
    let lines = lines.iter().filter(|line| line["fn"] == function);
    lines.filter_map(|line| row(number(line, "x"))).collect()
}

/// x^y, and the scaling of volatility with maturity, (30 days / x)^y.
fn powers() -> Vec<Vec<u64>> {
    let row = |line: &Line| {
        let x = number(line, "x");
        let base = match line["fn"].as_str() {
            "pow" => x,
            "vegapow" => 30.0 / x,
            _ => return None,
        };
        let [low, high] = binary(base, 64)?;
        Some(vec![low, high, signed_decimal(number(line, "y"), 9)?])
    };
    lines("prim.csv").iter().filter_map(row).collect()
}

fn distribution(word: impl Fn(f64) -> Option<u64>) -> Vec<Vec<u64>> {
    let lines = lines("ncdf.csv");
    let lines = lines.iter().filter(|line| line["kind"] == "cdf");
    lines
        .filter_map(|line| word(number(line, "arg")).map(|word| vec![word]))
        .collect()
}

/// Two integers of at most 61 bits with the ratio x.
fn ratio(x: f64) -> Option<Vec<u64>> {
    let one = 2_f64.powi(60);
    let (numerator, denominator) = if x > 1.0 { (one, one / x) } else { (one * x, one) };
    (numerator >= 1.0 && denominator >= 1.0).then(|| vec![numerator as u64, denominator as u64])
}
