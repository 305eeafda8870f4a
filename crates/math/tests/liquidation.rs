//! Liquidation: published close fractions, and what may never happen on random accounts.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use std::collections::HashMap;
use tenor_math::liquidation::{
    AuctionClock, ClockSpeed, Fraction, LegsRefusal, LegsTerms, MAX_STEP_SECONDS, SliceTerms, Standing, decide_legs,
    discount, largest_slice, slice_fraction, whole_lots,
};
use tenor_math::quantity::{Lots, Ratio, UnixSeconds, Value};
use tenor_math::{MathError, Round};

const E9: i128 = 1_000_000_000;
const E18: u64 = 1_000_000_000_000_000_000;

fn value(e9: i64) -> Value {
    Value::from_e9(e9)
}

/// A decimal string as an exact fraction.
fn exact(text: &str) -> BigRational {
    let (digits, decimals) = match text.split_once('.') {
        Some((whole, part)) => (format!("{whole}{part}"), part.len() as u32),
        None => (text.to_owned(), 0),
    };
    BigRational::new(digits.parse().unwrap(), BigInt::from(10).pow(decimals))
}

fn e9(value: &BigRational) -> i64 {
    let scaled = value * BigRational::from_integer(E9.into());
    assert!(scaled.is_integer(), "{value} has more than nine digits");
    scaled.to_integer().to_i64().unwrap()
}

fn cases(kind: &str) -> Vec<HashMap<String, String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/liquidation_cases.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    rows.into_iter().filter(|row| row["kind"] == kind).collect()
}

fn assert_fraction(terms: &SliceTerms, expected: &BigRational, row: &HashMap<String, String>) {
    let got = slice_fraction(terms).unwrap().e18();
    let got = BigRational::new(got.into(), E18.into());
    assert!(
        (&got - expected).abs() <= BigRational::new(2.into(), E18.into()),
        "{got} in {row:?}"
    );
}

/// Kind A sells a part of the whole account, reserved cash R excepted, at the fraction d of its net worth E: with the
/// buffer margin BM = E - t M, what the account gives up is (1 - d)(E - R) f, which is our d' f M. Only the products t M and
/// d' M enter the formula, so M is free: a round number keeps both ratios exact in nine digits.
#[test]
fn slice_fraction_matches_the_auction_cases() {
    let scale = BigRational::from_integer(1_000.into());
    let rows = cases("A");
    assert_eq!(rows.len(), 8);
    for row in rows {
        let [buffer, equity, price, reserved] = ["in1", "in2", "in3", "in4"].map(|column| exact(&row[column]));
        let target = (&equity - &buffer) / &scale;
        let discount = (BigRational::one() - price) * (&equity - reserved) / &scale;
        let terms = SliceTerms {
            equity: value(e9(&equity)),
            maintenance: value(e9(&scale)),
            haircut: Value::ZERO,
            discount: Ratio::from_e9(e9(&discount) as u64),
            target: Ratio::from_e9(e9(&target) as u64),
        };
        assert_fraction(&terms, &exact(&row["fraction_or_x"]), &row);
    }
}

/// Kind C repays x of a debt Q with collateral C counted at v and sold with a bonus i, to health h: the same formula with M =
/// Q, E = v C, d = v (1 + i) and t = h, the fraction being x/Q. Where repaying lowers health (d >= t) there is no answer;
/// where x > Q the whole is taken.
#[test]
fn slice_fraction_matches_the_lending_cases() {
    let rows = cases("C");
    assert_eq!(rows.len(), 5);
    for row in rows {
        let [debt, collateral, weight, bonus, target] =
            ["in1", "in2", "in3", "in4", "in5"].map(|column| exact(&row[column]));
        let discount = &weight * (BigRational::one() + bonus);
        let terms = SliceTerms {
            equity: value(e9(&(&weight * collateral))),
            maintenance: value(e9(&debt)),
            haircut: Value::ZERO,
            discount: Ratio::from_e9(e9(&discount) as u64),
            target: Ratio::from_e9(e9(&target) as u64),
        };
        if row["fraction_or_x"].is_empty() {
            assert_eq!(slice_fraction(&terms), Err(MathError::OutOfDomain), "{row:?}");
            continue;
        }
        let repaid = exact(&row["fraction_or_x"]);
        if repaid > debt {
            assert_eq!(slice_fraction(&terms), Ok(Fraction::ONE), "{row:?}");
        } else {
            assert_fraction(&terms, &(repaid / debt), &row);
        }
    }
}

fn positions() -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec((-1_000_i64..1_000, 1_i64..1_000_000_000), 1..8)
}

/// Requirement of the additive account: lots times a requirement per lot, the account's only risk.
fn requirement(lots: &[(i64, i64)]) -> i64 {
    lots.iter().map(|(lots, per_lot)| lots.abs() * per_lot).sum()
}

proptest! {
    #[test]
    fn discount_never_exceeds_the_curve_nor_equity_over_requirement(
        seconds in 0_u32..30_000, equity in 1_i64..1 << 50, maintenance in 1_i64..1 << 50,
    ) {
        let at = |seconds| discount(AuctionClock::from_seconds(seconds), value(equity), value(maintenance)).unwrap();
        let d = i128::from(at(seconds).e9());
        let clock = i128::from(seconds);
        let on_curve = if clock <= 600 {
            d * 600 <= 20_000_000 * 600 + 180_000_000 * clock
        } else {
            (d - 200_000_000) * 21_600 <= 800_000_000 * (clock - 600).min(21_600)
        };
        prop_assert!(on_curve && d <= E9);
        prop_assert!(d * i128::from(maintenance) <= E9 * i128::from(equity));
        prop_assert!(at(seconds + 1) >= at(seconds));
    }

    #[test]
    fn clocks_advance_by_time_and_speed_and_never_back(
        start: u32, last in -1_000_i64..1_000, now in -1_000_i64..1_000, moved in 0_u64..2_000, unit in 1_u64..2_000,
    ) {
        let speed = ClockSpeed::from_move(Ratio::from_e9(moved), Ratio::from_e9(unit)).unwrap();
        prop_assert_eq!(u64::from(speed.get()), (1 + moved / unit).min(8));
        let clock = AuctionClock::from_seconds(start);
        let (last, now) = (UnixSeconds::new(last), UnixSeconds::new(now));
        let step = u64::from(clock.advanced_at(speed, last, now).seconds()) - u64::from(start);
        let expected = now.since(last).min(MAX_STEP_SECONDS) * u64::from(speed.get());
        prop_assert_eq!(step, expected.min(u64::from(u32::MAX - start)));
    }

    #[test]
    fn a_slice_strictly_improves_health_and_never_lowers_equity_over_requirement(
        equity in 1_i64..1 << 46, maintenance in 1_000_i64..1 << 46, haircut in 0_i64..1 << 40, seconds in 0_u32..30_000,
    ) {
        let d = discount(AuctionClock::from_seconds(seconds), value(equity), value(maintenance)).unwrap();
        let terms = SliceTerms {
            equity: value(equity),
            maintenance: value(maintenance),
            haircut: value(haircut),
            discount: d,
            target: Ratio::from_bps(11_500),
        };
        let f = BigInt::from(slice_fraction(&terms).unwrap().e18());
        let [e, m, h, d] = [equity, maintenance, haircut, d.e9() as i64].map(BigInt::from);
        // Exact, x 1e27.
        let unit = BigInt::from(E18) * E9;
        let equity_after = &e * &unit + &f * &h * E9 - &d * &f * &m;
        let maintenance_after = &m * (&unit - &f * E9);
        let health_rise = &equity_after - &maintenance_after - (&e - &m) * &unit;
        prop_assert_eq!(health_rise.is_positive(), f.is_positive() && (d < BigInt::from(E9) || h.is_positive()));
        prop_assert!(&equity_after * &m >= &maintenance_after * &e);
        prop_assert!(!equity_after.is_negative());
    }

    #[test]
    fn small_accounts_below_the_target_close_in_full(
        equity in 1_i64..1 << 40, maintenance in 1_i64..1 << 40, below in 0_i64..1 << 40,
    ) {
        let terms = SliceTerms {
            equity: value(equity),
            maintenance: value(maintenance),
            haircut: Value::ZERO,
            discount: Ratio::from_bps(200),
            target: Ratio::from_bps(11_500),
        };
        let standing = Standing { equity: terms.equity, maintenance: terms.maintenance };
        let fraction = largest_slice(&terms, value(below)).unwrap();
        if standing.is_at_target(terms.target) {
            prop_assert_eq!(fraction, Fraction::default());
        } else if maintenance < below {
            prop_assert_eq!(fraction, Fraction::ONE);
        } else {
            prop_assert_eq!(fraction, slice_fraction(&terms).unwrap());
        }
    }

    #[test]
    fn a_slice_in_whole_lots_ends_at_the_target_within_a_lot_of_each_position(
        positions in positions(), part in 0_i64..1_150, seconds in 0_u32..30_000,
    ) {
        let maintenance = requirement(&positions);
        prop_assume!(maintenance > 0);
        let equity = ((i128::from(maintenance) * i128::from(part) / 1_000) as i64).max(1);
        let d = discount(AuctionClock::from_seconds(seconds), value(equity), value(maintenance)).unwrap();
        let target = Ratio::from_bps(11_500);
        let terms = SliceTerms {
            equity: value(equity),
            maintenance: value(maintenance),
            haircut: Value::ZERO,
            discount: d,
            target,
        };
        let fraction = slice_fraction(&terms).unwrap();
        let held: Vec<_> = positions.iter().map(|(lots, _)| Lots::new(*lots)).collect();
        let mut moved = vec![Lots::ZERO; held.len()];
        whole_lots(fraction, &held, &mut moved).unwrap();
        if fraction.e18() > 0 {
            prop_assert!(moved.iter().any(|lots| *lots != Lots::ZERO), "no progress");
        }
        let mut left = positions.clone();
        for (left, moved) in left.iter_mut().zip(&moved) {
            prop_assert!(moved.magnitude() <= left.0.unsigned_abs() && moved.get() * left.0 >= 0);
            let formula = i128::from(left.0.abs()) * i128::from(fraction.e18());
            prop_assert!((i128::from(moved.magnitude()) * i128::from(E18) - formula).abs() <= i128::from(E18));
            left.0 -= moved.get();
        }
        let freed = fraction.of_value(value(maintenance)).unwrap();
        let equity_after = equity - d.of(freed, Round::Down).unwrap().e9();
        let gap = i128::from(equity_after) * E9 - i128::from(requirement(&left)) * i128::from(target.e9());
        let lots: i128 = positions.iter().map(|(_, per_lot)| i128::from(*per_lot)).sum();
        let lot_of_each = lots * i128::from(target.e9());
        prop_assert!(gap <= lot_of_each + 3 * E9, "over the target by more than a lot of each");
        if !fraction.is_whole() {
            prop_assert!(gap >= -lot_of_each - 3 * E9, "short of the target by more than a lot of each");
        }
        prop_assert!(equity_after >= 0);
    }

    #[test]
    fn legs_raise_health_and_end_at_the_target_within_one_lot(
        maintenance in 1_i64..1 << 45, per_lot in 1_i64..1 << 40, part in 1_i64..1_150, lots in 1_i64..50, seconds in 0_u32..30_000,
    ) {
        let equity = ((i128::from(maintenance) * i128::from(part) / 1_000) as i64).max(1);
        let before = Standing { equity: value(equity), maintenance: value(maintenance) };
        let d = discount(AuctionClock::from_seconds(seconds), before.equity, before.maintenance).unwrap();
        let target = Ratio::from_bps(11_500);
        let left = |lots: i64| value((maintenance - lots * per_lot).max(0));
        let terms = LegsTerms {
            before,
            maintenance_after: left(lots),
            maintenance_one_lot_less: left(lots - 1),
            discount: d,
            target,
        };
        let freed = i128::from(maintenance - terms.maintenance_after.e9());
        match decide_legs(&terms) {
            Ok(plan) => {
                prop_assert!(i128::from(plan.payment.e9()) * E9 <= freed * i128::from(d.e9()));
                prop_assert!(plan.after.health().unwrap() > before.health().unwrap());
                prop_assert!(plan.after.equity >= Value::ZERO);
                // A lot less, and the account would not have been over its target.
                let lot = i128::from(per_lot) * i128::from(target.e9() - d.e9());
                let over = i128::from(plan.after.equity.e9()) * E9
                    - i128::from(plan.after.maintenance.e9()) * i128::from(target.e9());
                prop_assert!(over <= lot + 2 * E9, "over by {over}, a lot is {lot}");
            }
            Err(LegsRefusal::BeyondTarget) => {
                let fewer = LegsTerms { maintenance_after: left(lots - 1), maintenance_one_lot_less: left(lots - 2), ..terms };
                prop_assert!(lots > 1, "a single lot is never beyond the target");
                // Fewer lots are either allowed or themselves too many.
                prop_assert!(matches!(decide_legs(&fewer), Ok(_) | Err(LegsRefusal::BeyondTarget)));
            }
            Err(refusal) => prop_assert!(
                match refusal {
                    LegsRefusal::HealthNotRaised => d == Ratio::ONE || freed == 0,
                    LegsRefusal::AtTarget => before.is_at_target(target),
                    _ => false,
                },
                "{refusal:?}"
            ),
        }
    }
}

#[test]
fn exact_reads_signed_decimals() {
    assert_eq!(exact("-147.57"), BigRational::new((-14_757).into(), 100.into()));
    assert!(exact("0").is_zero());
}
