//! What a liquidation closes, transfers and charges.

use super::{close, e9, ratio, text};
use serde_json::Value as Json;
use tenor_math::interest::{InterestIndex, InterestPool};
use tenor_math::liquidation::{
    AuctionClock, ConversionPair, DiscountPoint, DiscountSchedule, SliceTerms, slice_fraction,
};
use tenor_math::quantity::{Atoms, Price, Ratio, Value};
use tenor_math::{MathError, Round};

fn input(case: &Json, name: &str) -> f64 {
    case["inputs"][name]
        .as_f64()
        .unwrap_or_else(|| panic!("no {name} in {case}"))
}

/// Base to sell until a margin shortage is covered, at a fee on notional: the slice of a position of ten units to t = 1, where
/// the fee is a discount of fee / margin ratio on the margin freed.
fn base_to_cover(case: &Json) -> u64 {
    const UNITS: f64 = 10.0;
    let price = input(case, "oracle_price") / 1e6 * input(case, "quote_oracle_price") / 1e6;
    let margin_ratio = input(case, "margin_ratio") / 1e4;
    let fee = (input(case, "liquidation_fee") + input(case, "if_liquidation_fee")) / 1e6;
    let maintenance = UNITS * price * margin_ratio;
    let terms = SliceTerms {
        equity: Value::from_e9(e9(maintenance - input(case, "margin_shortage") / 1e6)),
        maintenance: Value::from_e9(e9(maintenance)),
        haircut: Value::ZERO,
        discount: ratio(fee / margin_ratio),
        target: Ratio::ONE,
    };
    let fraction = slice_fraction(&terms).unwrap();
    fraction.of_atoms(Atoms::new((UNITS * 1e9) as u64)).unwrap().get()
}

/// Liability to take over against collateral: the lending-style slice. A unit of liability frees its weight and costs the
/// weighted collateral that goes with it, and the insurance fee.
fn liability_to_cover(case: &Json) -> Result<u64, MathError> {
    const UNITS: f64 = 10.0;
    let weight = input(case, "liability_weight") / 1e4;
    let collateral = input(case, "asset_weight") / 1e4 * input(case, "asset_liq_multiplier")
        / input(case, "liability_liq_multiplier");
    let maintenance = UNITS * input(case, "liability_price") / 1e6 * weight;
    let terms = SliceTerms {
        equity: Value::from_e9(e9(maintenance - input(case, "margin_shortage") / 1e6)),
        maintenance: Value::from_e9(e9(maintenance)),
        haircut: Value::ZERO,
        discount: ratio((collateral + weight * input(case, "if_liquidation_fee") / 1e6) / weight),
        target: Ratio::ONE,
    };
    let units = UNITS * 10_f64.powf(input(case, "liability_decimals"));
    Ok(slice_fraction(&terms)?.of_atoms(Atoms::new(units as u64))?.get())
}

/// A liability priced in the asset that pays for it, each with its multiplier.
fn pair(case: &Json) -> ConversionPair {
    let price = input(case, "liability_price") * input(case, "asset_liq_multiplier")
        / (input(case, "asset_price") * input(case, "liability_liq_multiplier"));
    ConversionPair::try_new(
        Price::from_e9(e9(price) as u64),
        input(case, "liability_decimals") as u8,
        input(case, "asset_decimals") as u8,
    )
    .unwrap()
}

/// A fee that stays for the slots of grace and then stands at what it would have grown to: a schedule whose first rise is one
/// slot long.
fn fee(case: &Json) -> u64 {
    let [base, largest, grace, rise] =
        ["base_fee", "max_fee", "grace_slots", "increase_per_slot"].map(|name| input(case, name) as u64);
    let point = |slot: u64, fee_e6: u64| DiscountPoint::new(slot as u32, Ratio::from_e9(fee_e6 * 1_000));
    let end = (largest - base) / rise;
    let points = [
        point(grace - 1, base),
        point(grace, base + grace * rise),
        point(end, largest),
    ];
    let slots = (input(case, "current_slot") - input(case, "last_active_slot")) as u32;
    DiscountSchedule::try_new(points)
        .unwrap()
        .at(AuctionClock::from_seconds(slots))
        .e9()
        / 1_000
}

/// Deposits lowered through their index by a loss, as a difference of the index x 1e10.
fn index_fall(case: &Json) -> u64 {
    let mut pool = InterestPool::EMPTY;
    pool.add_deposit(Atoms::new(input(case, "deposit_balance_tokens") as u64))
        .unwrap();
    pool.socialise(Atoms::new(input(case, "loss") as u64)).unwrap();
    let fall_e18 = InterestIndex::ONE.e18() - pool.deposit_index().e18();
    let scale = 10_u128.pow(18) / input(case, "cumulative_deposit_interest") as u128;
    u64::try_from(fall_e18.div_ceil(scale)).unwrap()
}

#[test]
fn close_amounts_and_fees_are_reproduced() {
    let Some(text) = text("drift_liquidation_math.json") else {
        return;
    };
    let file: Json = serde_json::from_str(&text).unwrap();
    let (mut tried, mut skipped) = (0, 0);
    for case in file["cases"].as_array().unwrap() {
        let expected = case["expected"].as_u64();
        match case["fn"].as_str().unwrap() {
            "base_asset_amount_to_cover_margin_shortage" => {
                let got = base_to_cover(case);
                assert!(got.abs_diff(expected.unwrap()) <= 2, "{got} in {case}");
            }
            "liability_transfer_to_cover_margin_shortage" => match expected {
                // Their weights are whole basis points where ours are exact: 4e-5 of the amount.
                Some(expected) => close(
                    liability_to_cover(case).unwrap() as f64 / expected as f64,
                    1.0,
                    5e-5,
                    "ratio",
                ),
                None => assert_eq!(liability_to_cover(case), Err(MathError::OutOfDomain)),
            },
            "liability_transfer_implied_by_asset_amount" => {
                let asset = Atoms::new(input(case, "asset_transfer") as u64);
                let got = pair(case).collateral_for(asset, Round::Up).unwrap().get();
                assert_eq!(Some(got), expected, "{case}");
            }
            "asset_transfer_for_liability_transfer" => {
                let liability = Atoms::new(input(case, "liability_transfer") as u64);
                let got = pair(case).cash_for(liability, Round::Down).unwrap();
                let held = Atoms::new(input(case, "asset_amount") as u64);
                assert_eq!(Some(got.min(held).get()), expected, "{case}");
            }
            "get_liquidation_fee" => assert_eq!(Some(fee(case)), expected, "{case}"),
            "deposit_interest_delta_to_resolve_bankruptcy" => assert_eq!(Some(index_fall(case)), expected, "{case}"),
            // Their insurance fund takes a fee of each close, losses of perpetuals go through the funding rate, and the rule
            // for small accounts looks at the shortage: rules that are not ours.
            "perp_if_fee" | "spot_if_fee" | "funding_rate_delta_to_resolve_bankruptcy" | "max_pct_to_liquidate" => {
                skipped += 1;
                continue;
            }
            other => panic!("unknown function {other}"),
        }
        tried += 1;
    }
    println!("{tried} cases reproduced, {skipped} of rules that are not ours");
    assert!(tried >= 21);
}
