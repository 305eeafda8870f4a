//! Opyn Gamma's spread collateral and expiry payouts.

use super::{rows, scaled, scaled_unsigned};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use std::collections::HashMap;
use tenor_math::pricing::{OptionKind, payoff_per_lot};
use tenor_math::quantity::{LotSize, Lots, Price, Value};
use tenor_math::risk::{StrikePosition, worst_expiry_payoff};

/// Lots of the underlying in one.
const LOTS: u64 = 100;

/// A decimal as the rational it is; nothing is zero.
fn decimal(text: &str) -> BigRational {
    let (digits, places) = text.split_once('.').map_or((text.to_owned(), 0), |(whole, fraction)| {
        (format!("{whole}{fraction}"), fraction.len())
    });
    let numerator: BigInt = digits.parse().unwrap_or_default();
    BigRational::new(numerator, BigInt::from(10).pow(u32::try_from(places).unwrap()))
}

struct Vault {
    kind: OptionKind,
    /// Strike in USD and lots, short first, lower strike first where both are held.
    legs: Vec<(u64, i64)>,
}

impl Vault {
    fn of(row: &HashMap<String, String>) -> Self {
        let kind = if row["type"] == "call" {
            OptionKind::Call
        } else {
            OptionKind::Put
        };
        let leg = |side: &str, sign: i64| {
            let strike = scaled_unsigned(&decimal(&row[&format!("{side}_strike")]), 1);
            let lots = scaled(&decimal(&row[&format!("{side}_qty")]), LOTS);
            (strike, sign * lots)
        };
        let mut legs = vec![leg("short", -1), leg("long", 1)];
        legs.sort_unstable();
        Self { kind, legs }
    }

    fn positions(&self) -> Vec<StrikePosition> {
        let position = |(strike, lots): &(u64, i64)| {
            let (call, put) = match self.kind {
                OptionKind::Call => (*lots, 0),
                OptionKind::Put => (0, *lots),
            };
            StrikePosition {
                strike: Value::from_e9(i64::try_from(strike * 1_000_000_000 / LOTS).unwrap()),
                call: Lots::new(call),
                put: Lots::new(put),
            }
        };
        self.legs.iter().map(position).collect()
    }

    /// Net payoff at a settlement price, USD x 1e9.
    fn payoff_e9(&self, settlement: &str) -> i64 {
        let price = |usd: u64| Price::from_e9(usd * 1_000_000_000);
        let lot = LotSize::from_units_e9(1_000_000_000 / LOTS).unwrap();
        let settlement = price(settlement.parse().unwrap());
        let of_leg = |(strike, lots): &(u64, i64)| {
            let payoff = payoff_per_lot(self.kind, settlement, price(*strike), lot).unwrap();
            Lots::new(*lots).value(payoff).unwrap().e9()
        };
        self.legs.iter().map(of_leg).sum()
    }
}

/// Puts are secured in dollars, calls in the underlying: the least cover with which no price makes a loss.
#[test]
fn spread_collateral_of_opyn() {
    let Some(rows) = rows("opyn_margin_and_settlement.csv") else {
        return;
    };
    let mut compared = 0;
    for row in rows
        .iter()
        .filter(|row| row["kind"] == "pre_expiry_required_collateral")
    {
        let vault = Vault::of(row);
        let positions = vault.positions();
        let expected = decimal(&row["expected"]);
        if vault.kind == OptionKind::Put {
            let worst = worst_expiry_payoff(&positions, 0).unwrap();
            assert_eq!(worst.payoff.e9(), -scaled(&expected, 1_000_000_000), "{row:?}");
            assert_eq!(worst.unpaired, 0, "{row:?}");
        } else {
            let is_enough = |cover| {
                let worst = worst_expiry_payoff(&positions, cover).unwrap();
                worst.unpaired == 0 && worst.payoff >= Value::ZERO
            };
            let cover = scaled_unsigned(&expected, LOTS);
            assert!(is_enough(cover), "{row:?}");
            assert!(cover == 0 || !is_enough(cover - 1), "{row:?}");
        }
        compared += 1;
    }
    assert_eq!(compared, 17);
    println!("Opyn spread collateral: {compared} rows, exact");
}

#[test]
fn expiry_payouts_of_opyn() {
    let Some(rows) = rows("opyn_margin_and_settlement.csv") else {
        return;
    };
    let e9 = BigRational::from_integer(BigInt::from(1_000_000_000));
    let mut compared = 0;
    for row in rows.iter().filter(|row| row["kind"] == "post_expiry_excess") {
        let vault = Vault::of(row);
        let payoff = BigRational::from_integer(vault.payoff_e9(&row["spot_or_settlement"]).into()) / &e9;
        let payoff = match vault.kind {
            OptionKind::Put => payoff,
            OptionKind::Call => payoff / decimal(&row["spot_or_settlement"]),
        };
        let difference = (decimal(&row["collateral"]) + payoff - decimal(&row["expected"])).abs();
        // The published excess is cut at eighteen digits.
        assert!(
            difference < BigRational::new(BigInt::from(1), BigInt::from(super::E18)),
            "{row:?}"
        );
        compared += 1;
    }
    assert_eq!(compared, 31);
    println!("Opyn expiry payouts: {compared} rows, exact to the published digits");
}
