//! Inputs of the market maker.

use super::market::of_markets;
use super::{Line, lines, number, signed_decimal};
use crate::kernel::Kernel;
use tenor_math::risk::StrikeMarket;

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::AmmGreeks => of_markets(|market| Some(terms(market))),
        Kernel::AmmQuote => {
            // Where the pool stands and what is asked of it: spread over its limits, either side, one lot to a thousand.
            let position = |index: u64| {
                let place = (index.cast_signed() * 37 % 21 - 10) * 70_000_000_000_000;
                [
                    place.cast_unsigned(),
                    place.cast_unsigned(),
                    index % 2,
                    1 + index * index % 1_000,
                ]
            };
            let with_pool = |(index, mut row): (u64, Vec<u64>)| {
                row.extend(position(index));
                row
            };
            (0..)
                .zip(of_markets(|market| Some(terms(market))))
                .map(with_pool)
                .collect()
        }
        // Levels and offsets of the file, and an average mid on either side of each, within a step and beyond it.
        Kernel::Nudge => of_paths(|index, line| {
            let (level, offset) = (integer(line, "level_e9")?, integer(line, "offset_e9")?);
            Some(vec![level, offset, level * (80 + index % 41) / 100])
        }),
        // A mid that stood for an hour to a month.
        Kernel::MidRecorded | Kernel::MidSince => of_paths(|index, line| {
            let (level, stood) = (integer(line, "level_e9")?, 3_600 + index * 7_200);
            Some(vec![level, 0, level * (90 + index % 21) / 100, stood])
        }),
        // A pool that holds the lots of the file: long and short, up to two days out of its band. Inside it there is no price.
        Kernel::HedgeQuote => of_paths(|index, line| {
            let delta = number(line, "lot_delta_e9") * number(line, "lots") / number(line, "forward_e9") * 1e9;
            Some(vec![
                signed_decimal(delta, 0)?,
                integer(line, "forward_e9")?,
                index * 480,
            ])
        }),
        // Dearest are bids and asks of 2^38 and more, whose products with lots take the checked multiplication.
        Kernel::NavAdd => of_paths(|_, line| {
            let lots = integer(line, "lots")?.cast_signed();
            let held = if line["side"] == "buy" { -lots } else { lots };
            let lot = (number(line, "premium_e9") / number(line, "lots")) as u64;
            Some(vec![
                integer(line, "pool_vega_e9")?,
                held.cast_unsigned(),
                lot - lot / 50,
                lot + lot / 50,
                lot / 9,
            ])
        }),
        // From the trade to after the expiry; dearest are premiums that times seconds pass 64 bits.
        Kernel::Unearned => of_paths(|index, line| {
            let premium = number(line, "premium_e9") as u64;
            Some(vec![premium, 0, 2_592_000, index * 7_200])
        }),
        Kernel::Reservation => reservations(),
        _ => return None,
    })
}

fn terms(market: &StrikeMarket) -> Vec<u64> {
    let variance = market.variance.q96();
    vec![
        market.strike.e9() & 1,
        market.forward.e9(),
        market.strike.e9(),
        market.discount.e9(),
        market.lot.units_e9(),
        variance as u64,
        (variance >> 64) as u64,
        market.seconds_to_expiry,
    ]
}

/// The paths of the file, each with its place.
fn of_paths(row: impl Fn(u64, &Line) -> Option<Vec<u64>>) -> Vec<Vec<u64>> {
    (0..)
        .zip(lines("amm_path.csv"))
        .filter_map(|(index, line)| row(index, &line))
        .collect()
}

/// The file's makers: price, inventory, aversion, variance over the horizon and the decay of fills.
fn reservations() -> Vec<Vec<u64>> {
    let row = |line: &Line| {
        let e9 = |value: f64| signed_decimal(value, 9);
        let sigma = number(line, "sigma");
        Some(vec![
            e9(number(line, "s"))?,
            signed_decimal(number(line, "q"), 0)?,
            e9(number(line, "gamma"))?,
            e9(sigma * sigma * number(line, "tau"))?,
            e9(number(line, "kappa"))?,
        ])
    };
    lines("amm_as.csv").iter().filter_map(row).collect()
}

/// An integer of either sign.
fn integer(line: &Line, column: &str) -> Option<u64> {
    line[column].parse::<i64>().ok().map(i64::cast_unsigned)
}
