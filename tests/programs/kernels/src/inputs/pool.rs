//! Inputs of shares and of interest.

use super::account::of_accounts;
use super::{Line, number, signed_decimal};
use crate::kernel::Kernel;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::Mint => of_accounts(|index, line| {
            let assets = amount(line);
            vec![assets, assets / 3 * (index + 1), 1_000_000_007 * (index + 1)]
        }),
        Kernel::Burn => of_accounts(|index, line| {
            let assets = amount(line);
            vec![assets, assets / 3 * (index + 1), assets / 7]
        }),
        Kernel::Accrue => of_accounts(|index, line| {
            let deposits = amount(line);
            vec![deposits, deposits / 50 * (index + 5), 86_400, 7 + index * index * 400]
        }),
        // Marks below and above the price of a share, so that some pools pay for profit and some for time alone; the last
        // rows run for years.
        Kernel::Fees => of_accounts(|index, line| {
            let (assets, shares) = (amount(line), amount(line) / 3 * (index + 1));
            let price = (u128::from(assets) << 64) / u128::from(shares.max(1));
            let mark = price / 20 * u128::from(index % 25);
            vec![
                assets,
                shares,
                mark as u64,
                (mark >> 64) as u64,
                3_600 + index * index * 100_000,
            ]
        }),
        Kernel::ServeDeposit => of_accounts(|index, line| round(index, line, 1_000_000_007 * (index + 1))),
        Kernel::ServeWithdrawal => of_accounts(|index, line| round(index, line, amount(line) / 7)),
        // Losses from nothing to more than all deposits.
        Kernel::Socialise => of_accounts(|index, line| {
            let deposits = amount(line);
            vec![deposits, deposits / 50 * (index + 5), 86_400, deposits / 30 * index]
        }),
        _ => return None,
    })
}

/// Bid and ask of a round one percent apart, its shares, the pool as it stands, and what is asked of it.
fn round(index: u64, line: &Line, asked: u64) -> Vec<u64> {
    let (assets, shares) = (amount(line), amount(line) / 3 * (index + 1));
    vec![assets - assets / 100, assets, shares, assets, shares, asked]
}

/// The cash of an account, in billionths.
fn amount(line: &Line) -> u64 {
    signed_decimal(number(line, "cash").abs() + 1.0, 9).expect("an amount")
}
