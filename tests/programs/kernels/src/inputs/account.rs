//! Inputs of requirements and of what they follow.

use super::market::Market;
use super::{Line, decimal, lines, number, signed_decimal};
use crate::invoke::{RANGE, volatility};
use crate::kernel::Kernel;
use tenor_math::risk::{PriceShocks, strike_risk};

/// Expiries of an account, and strikes of each.
const EXPIRIES: u64 = 4;
const STRIKES: u64 = 8;
/// Lines of which accounts are made.
pub(super) const ACCOUNTS: usize = 40;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::Health => of_accounts(|index, line| account(index, line, EXPIRIES, STRIKES, 0)),
        Kernel::HealthOfOne => of_accounts(|index, line| account(index, line, 1, 1, 0)),
        Kernel::HealthRecentred => of_accounts(|index, line| account(index, line, EXPIRIES, STRIKES, index + 1)),
        Kernel::StandardRule | Kernel::WorstPayoff => of_accounts(|index, line| {
            let spot = number(line, "spot");
            let strike = |place: u64| {
                let price = signed_decimal(spot * (0.65 + 0.1 * place as f64) / 100.0, 9).expect("a value");
                let lots =
                    [(index + place) % 13, (index * place) % 7].map(|lots| (lots.cast_signed() - 5).cast_unsigned());
                [price, lots[0], lots[1]]
            };
            (0..STRIKES).flat_map(strike).collect()
        }),
        // A fall from the reference is the dearest way: it moves forward and mark, and rounds each down.
        Kernel::Marks => of_accounts(|index, line| {
            let market = Market::of(line);
            let spot_e9 = market.spot.e9();
            let step = spot_e9 / 200 * index / ACCOUNTS as u64;
            let spot_e9 = if index.is_multiple_of(2) {
                spot_e9 - step
            } else {
                spot_e9 + step
            };
            let moneyness = 0.65 + 0.1 * (index % STRIKES) as f64;
            let mut words = vec![spot_e9];
            words.extend(position(&market, 0, moneyness * number(line, "spot"), index));
            words
        }),
        // Hours to 1,000, after which the old variance is forgotten; 991 has the most bits to raise the decay by.
        Kernel::HourlyVariance => of_accounts(|index, line| {
            let spot_e9 = Market::of(line).spot.e9();
            let hours = [1, 2, 24, 991, 1_001][index as usize % 5];
            vec![(1 << 50) * (index + 1), spot_e9, spot_e9 / 64 * (45 + index), hours]
        }),
        // Variances on both sides of those that hold the range between floor and cap; seconds to more than a day.
        Kernel::RangeNext => {
            of_accounts(|index, _| vec![180_000_000 + 4_000_000 * index, (index << 47) * index, 0, 2_500 * index])
        }
        // Dearest is a put: its maintenance is also of its mark, and its initial requirement at least that.
        Kernel::Isolated => isolated(),
        Kernel::MovingAverage => of_accounts(|index, line| {
            let market = Market::of(line);
            vec![market.spot.e9(), drifted(market.spot.e9(), index), 90 * (index + 1)]
        }),
        _ => return None,
    })
}

/// The options and rates that venues state.
fn isolated() -> Vec<Vec<u64>> {
    let row = |line: &Line| {
        let e9 = |column| decimal(number(line, column), 9);
        Some(vec![
            u64::from(line["cp"] == "P"),
            e9("spot")?,
            e9("strike")?,
            e9("mark")?,
            e9("im_hi")?,
            e9("im_lo")?,
            e9("mm")?,
        ])
    };
    lines("margin_standard.csv").iter().filter_map(row).collect()
}

pub(super) fn of_accounts(row: impl Fn(u64, &Line) -> Vec<u64>) -> Vec<Vec<u64>> {
    let lines = lines("portfolios.csv");
    (0..)
        .zip(lines.iter().take(ACCOUNTS))
        .map(|(index, line)| row(index, line))
        .collect()
}

/// Every other account has positions at the references of its strikes, the rest up to half a percent from them.
fn drifted(spot_e9: u64, index: u64) -> u64 {
    if index.is_multiple_of(2) {
        spot_e9
    } else {
        spot_e9 + spot_e9 / 200 * index / ACCOUNTS as u64
    }
}

/// An account whose arrays are of a price `away` parts of the way to half a percent below the present one.
fn account(index: u64, line: &Line, expiries: u64, strikes: u64, away: u64) -> Vec<u64> {
    let market = Market::of(line);
    let spot_e9 = market.spot.e9();
    let base_e9 = decimal(number(line, "base"), 9).expect("an amount");
    let base_value = (u128::from(base_e9) * u128::from(spot_e9) / 1_000_000_000) as u64;
    let mut words = vec![
        spot_e9 + spot_e9 / 200 * away / ACCOUNTS as u64,
        spot_e9 / 2_000,
        signed_decimal(number(line, "cash"), 9).expect("a value"),
        base_value,
        decimal(number(line, "cut"), 9).expect("a ratio"),
        RANGE.e9(),
        250_000_000,
    ];
    for expiry in 0..expiries {
        for place in 0..strikes {
            let moneyness = 0.65 + 0.1 * place as f64;
            words.extend(position(
                &market,
                expiry,
                moneyness * number(line, "spot"),
                index + place,
            ));
        }
    }
    words
}

fn position(market: &Market, expiry: u64, strike: f64, seed: u64) -> Vec<u64> {
    let shocks = PriceShocks::from_range(RANGE).expect("a range");
    let logs = shocks.log_moves_q56().expect("logarithms");
    let risk = strike_risk(&market.strike(strike, expiry + 1), &shocks, &logs, &volatility()).expect("an array");
    // Mostly short, as the accounts that cost most are.
    let (call, put) = (7 - (seed % 13) as i64 * 2, 3 - (seed % 5) as i64);
    let mut words = vec![expiry, call.cast_unsigned(), put.cast_unsigned(), market.spot.e9()];
    words.extend([risk.mark.e9(), risk.forward_value.e9(), risk.strike_value.e9()].map(i64::cast_unsigned));
    words.extend([risk.delta_units_e9.cast_unsigned(), risk.drift_e9]);
    words.push(risk.pnl_bound_e9);
    words.extend(risk.pnl_e9.map(i64::cast_unsigned));
    words
}
