//! Inputs of liquidations, conversions and losses.

use super::account::{ACCOUNTS, of_accounts};
use super::market::Market;
use super::{Line, number, signed_decimal};
use crate::kernel::Kernel;

/// Positions of an account, and underlyings of the house.
const POSITIONS: u64 = 32;
const UNDERLYINGS: u64 = 8;
const E9: u64 = 1_000_000_000;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::SliceFraction => of_accounts(|index, line| {
            // Equity from little to a fifth above the requirement.
            let maintenance = number(line, "maintenance").max(1.0);
            let equity = maintenance * (index + 1) as f64 / ACCOUNTS as f64 * 1.2;
            let value = |value: f64| signed_decimal(value, 9).expect("a value");
            vec![
                value(equity),
                value(maintenance),
                value(number(line, "haircut")),
                20_000_000 + 20_000_000 * index,
                1_150_000_000,
            ]
        }),
        Kernel::Discount => of_accounts(|index, line| {
            let maintenance = number(line, "maintenance").max(1.0);
            let value = |value: f64| signed_decimal(value, 9).expect("a value");
            vec![600 * index, value(maintenance * 0.9), value(maintenance)]
        }),
        // A row in two holds longs alone and takes too little for one lot of any: a second pass looks for the largest. Yet
        // dearest is most of a large account, where lots times the fraction pass 64 bits.
        Kernel::WholeLots => of_accounts(|index, _| {
            let is_forced = index.is_multiple_of(2);
            let fraction = if is_forced { 1 } else { E9 * E9 / 41 * (index + 1) };
            let lots = |place: u64| {
                let lots = ((index + 1) * (place + 3) % 101).cast_signed();
                if is_forced { lots } else { lots - 60 }.cast_unsigned()
            };
            [fraction].into_iter().chain((0..POSITIONS).map(lots)).collect()
        }),
        // Up to a fifth of the requirement: all but the last of the checks pass, and a plan has passed them all.
        Kernel::DecideLegs => of_accounts(|index, line| {
            let maintenance = requirement(line);
            let value = |part: f64| signed_decimal(maintenance * part, 9).expect("a value");
            let freed = (index + 1) as f64 / 200.0;
            let discount = 20_000_000 + 10_000_000 * index;
            vec![
                value(0.9),
                value(1.0),
                value(1.0 - freed),
                value(1.0 - freed + 0.01),
                discount,
                1_150_000_000,
            ]
        }),
        Kernel::ConversionPrice => of_accounts(|index, line| vec![Market::of(line).spot.e9(), 600 * index]),
        // Mints of 6 to 18 decimals for a quote of 6, and a quote of 18. Dearest is collateral of 18 decimals: its scale, 1e21,
        // passes 64 bits, and with it the divisor of cash and the dividend of collateral.
        Kernel::CashFor => of_accounts(|index, line| {
            let (collateral, quote) = decimals(index);
            vec![
                Market::of(line).spot.e9(),
                collateral,
                quote,
                amount(line) * (index + 1),
            ]
        }),
        Kernel::CollateralFor => of_accounts(|index, line| {
            let (collateral, quote) = decimals(index);
            vec![Market::of(line).spot.e9(), collateral, quote, amount(line)]
        }),
        Kernel::InsolvencyPayment => of_accounts(|index, line| {
            let maintenance = requirement(line);
            let value = |part: f64| signed_decimal(maintenance * part, 9).expect("a value");
            vec![
                100 * index,
                value(-0.02 * index as f64),
                value(1.0),
                E9 * E9 / 41 * (index + 1),
            ]
        }),
        // Rows with and without weights of nothing; dearest are those without, whose every cumulative amount is wide.
        Kernel::SplitShortfall => of_accounts(|index, line| {
            let weight = |place: u64| amount(line) / 9 * ((index * place + index) % 9);
            [amount(line)]
                .into_iter()
                .chain((0..UNDERLYINGS).map(|place| weight(place) + index % 2))
                .collect()
        }),
        // Payouts of a chain under no debt, a part of them and more than all; the last rows are as large as atoms go. Any debt
        // costs two quotients.
        Kernel::ProRata => of_accounts(|index, line| {
            let gross = if index < 30 { amount(line) } else { u64::MAX - index };
            vec![(gross / 25).saturating_mul(index), gross, gross / 3 + index]
        }),
        _ => return None,
    })
}

fn requirement(line: &Line) -> f64 {
    number(line, "maintenance").max(1.0)
}

/// The cash of an account, in billionths.
fn amount(line: &Line) -> u64 {
    signed_decimal(number(line, "cash").abs() + 1.0, 9).expect("an amount")
}

fn decimals(index: u64) -> (u64, u64) {
    [(9, 6), (8, 6), (6, 6), (18, 6), (6, 18)][index as usize % 5]
}
