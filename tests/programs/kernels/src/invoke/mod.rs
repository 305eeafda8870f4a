//! How a kernel is called on a row: one file for each module of the crate.

mod amm;
mod function;
mod interest;
mod liquidation;
mod others;
mod pricing;
mod risk;
mod rule;
mod shares;
mod surface;

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample};
use crate::row::Row;
pub use pricing::price;
pub use risk::{RANGE, volatility};
use tenor_math::pricing::{OptionKind, TotalVariance};

/// Calls a kernel on a row between two readings of the meter; nothing if the row is too short or its words are out of
/// the ranges of the types that the kernel takes.
pub fn invoke(kernel: Kernel, words: &[u64], meter: &mut impl Meter) -> Option<Sample> {
    let row = || Row::new(words);
    function::function(kernel, &mut row(), meter)
        .or_else(|| pricing::pricing(kernel, &mut row(), meter))
        .or_else(|| surface::surface(kernel, &mut row(), meter))
        .or_else(|| risk::risk(kernel, &mut row(), meter))
        .or_else(|| rule::rule(kernel, &mut row(), meter))
        .or_else(|| amm::quoting(kernel, &mut row(), meter))
        .or_else(|| amm::upkeep(kernel, &mut row(), meter))
        .or_else(|| liquidation::liquidation(kernel, &mut row(), meter))
        .or_else(|| interest::interest(kernel, &mut row(), meter))
        .or_else(|| shares::shares(kernel, &mut row(), meter))
        .or_else(|| others::others(kernel, &mut row(), meter))
}

fn kind(row: &mut Row<'_>) -> Option<OptionKind> {
    Some(if row.u64()? == 0 {
        OptionKind::Call
    } else {
        OptionKind::Put
    })
}

fn variance(row: &mut Row<'_>) -> Option<TotalVariance> {
    TotalVariance::from_q96(row.u128()?).ok()
}
