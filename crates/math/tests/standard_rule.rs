//! The standard rule against payoffs at every price.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::quantity::{Lots, Ratio, Value};
use tenor_math::risk::{
    StrikePosition, fallback_requirement, greatest_expiry_loss, standard_requirement, worst_expiry_payoff,
};

/// Prices per lot; strikes lie below.
const PRICES: i64 = 160;
const STRIKES: usize = 6;
const SPOT: i64 = 70;
/// 15% of spot, rounded down.
const SHARE: i64 = 10;

type Positions = Vec<(i64, i64, i64)>;

fn rate() -> Ratio {
    Ratio::from_bps(1_500)
}

fn strikes(positions: &Positions) -> Vec<StrikePosition> {
    let position = |(strike, call, put): &(i64, i64, i64)| StrikePosition {
        strike: Value::from_e9(*strike),
        call: Lots::new(*call),
        put: Lots::new(*put),
    };
    positions.iter().map(position).collect()
}

fn payoff(positions: &Positions, price: i64) -> i64 {
    let of = |(strike, call, put): &(i64, i64, i64)| call * (price - strike).max(0) + put * (strike - price).max(0);
    positions.iter().map(of).sum()
}

fn net_calls(positions: &Positions) -> i64 {
    positions.iter().map(|(_, call, _)| call).sum()
}

fn requirement(positions: &Positions) -> i64 {
    standard_requirement(&strikes(positions), Value::from_e9(SPOT), rate())
        .unwrap()
        .e9()
}

/// Two portfolios on the strikes of one chain.
fn two() -> impl Strategy<Value = (Positions, Positions)> {
    let strike = (0_i64..PRICES - 10, -50_i64..50, -50_i64..50, -50_i64..50, -50_i64..50);
    proptest::collection::vec(strike, 0..=STRIKES).prop_map(|mut rows| {
        rows.sort_unstable();
        let first = rows.iter().map(|row| (row.0, row.1, row.2)).collect();
        (first, rows.iter().map(|row| (row.0, row.3, row.4)).collect())
    })
}

fn plus(a: &Positions, b: &Positions) -> Positions {
    a.iter().zip(b).map(|(a, b)| (a.0, a.1 + b.1, a.2 + b.2)).collect()
}

proptest! {
    #[test]
    fn the_worst_payoff_is_the_least_over_all_prices((a, _) in two()) {
        let worst = worst_expiry_payoff(&strikes(&a), 0).unwrap();
        // Without unpaired calls that is any price; with them it is up to the last strike.
        let last = if net_calls(&a) < 0 { a.last().unwrap().0 } else { PRICES };
        let least = (0..=last).map(|price| payoff(&a, price)).min().unwrap();
        prop_assert_eq!(worst.payoff.e9(), least);
        prop_assert_eq!(payoff(&a, worst.price.e9()), least);
        prop_assert_eq!(i64::try_from(worst.unpaired).unwrap(), (-net_calls(&a)).max(0));
    }

    #[test]
    fn the_requirement_covers_every_payoff((a, _) in two()) {
        let required = requirement(&a);
        prop_assert!(required >= 0);
        // Beyond the last strike each unpaired call is covered for the rate's share of spot.
        let last = a.last().map_or(0, |row| row.0);
        let reach = if net_calls(&a) < 0 { last + SHARE } else { PRICES };
        for price in 0..=reach {
            prop_assert!(required >= -payoff(&a, price), "at {price}");
        }
    }

    #[test]
    fn merging_never_raises_the_sum((a, b) in two()) {
        prop_assert!(requirement(&plus(&a, &b)) <= requirement(&a) + requirement(&b));
    }

    #[test]
    fn a_multiple_requires_as_many_times((a, _) in two(), factor in 1_i64..100) {
        let many = a.iter().map(|row| (row.0, row.1 * factor, row.2 * factor)).collect();
        let (one, many) = (requirement(&a), requirement(&many));
        // Only the share of spot rounds, up.
        prop_assert!(many <= one * factor && many > (one - 1) * factor, "{one} x {factor} is not {many}");
    }

    #[test]
    fn a_long_never_raises_it_and_a_short_never_lowers_it((a, b) in two(), place in 0..STRIKES) {
        if place >= a.len() {
            return Ok(());
        }
        let (calls, puts) = (b[place].1.abs(), b[place].2.abs());
        let with = |sign: i64| {
            let mut changed = a.clone();
            changed[place].1 += sign * calls;
            changed[place].2 += sign * puts;
            requirement(&changed)
        };
        let before = requirement(&a);
        prop_assert!(with(1) <= before);
        prop_assert!(with(-1) >= before);
    }

    #[test]
    fn a_strike_without_a_position_never_lowers_it((a, _) in two(), strike in 0_i64..PRICES) {
        let mut wider = a.clone();
        wider.push((strike, 0, 0));
        wider.sort_unstable();
        prop_assert!(requirement(&wider) >= requirement(&a));
        if net_calls(&a) >= 0 {
            prop_assert_eq!(requirement(&wider), requirement(&a));
        }
    }

    #[test]
    fn the_greatest_loss_is_the_loss_at_the_worst_price((a, _) in two(), cover in 0_u64..200, value in -9_999_i64..9_999) {
        let loss = greatest_expiry_loss(&strikes(&a), cover, Value::from_e9(value)).unwrap();
        let held = i64::try_from(cover).unwrap();
        let bounded = net_calls(&a) + held >= 0;
        let least = (0..=PRICES).map(|price| payoff(&a, price) + held * price).min().unwrap();
        prop_assert_eq!(loss, bounded.then(|| Value::from_e9((value - least).max(0))));
    }

    #[test]
    fn the_fallback_is_at_least_both_rules(last in 0_i64..1 << 60, standard in 0_i64..1 << 60) {
        let fallback = fallback_requirement(Value::from_e9(last), Value::from_e9(standard)).unwrap().e9();
        prop_assert!(fallback >= standard && 4 * i128::from(fallback) >= 5 * i128::from(last));
        prop_assert!(fallback == standard || 4 * i128::from(fallback) < 5 * i128::from(last) + 4);
    }
}
