//! What the surface authority's key is worth to whoever steals it: it posts the worst slices that it may for a day, while trading
//! with a twin and taking out whatever it can.

mod drill;
mod notice;
mod push;

use drill::{Drill, STAKE};
use push::Push;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What rounding may give to both accounts over a day, atoms.
const ROUNDING: i64 = 1_000;
/// Cents an hour: about 5% a day.
const TREND: i64 = 40;

/// A day of hours: pushes in the pattern, trades before and after each, withdrawals; then the slices are put right. What both
/// accounts are worth then.
fn day(drift_cents: i64, forgets: bool, mut pattern: impl FnMut(u32) -> Vec<Push>) -> (Drill, [i64; 2]) {
    let mut drill = Drill::new(drift_cents, forgets);
    let others = drill.others_accounts();
    for hour in 0..24 {
        drill.begin_hour();
        for push in pattern(hour) {
            drill.trade_ahead_of(push);
            drill.push(push);
            drill.trade_after(push);
        }
        drill.take_out_and_bring_back(hour);
    }
    drill.assert_it_did_much();
    assert_eq!(drill.others_accounts(), others, "accounts of others changed");
    let worth = drill.put_right();
    println!(
        "{:?}; brought {}, took {}, left {worth:?}",
        drill.counts,
        2 * STAKE,
        drill.taken()
    );
    (drill, worth)
}

/// Neither account is short of anything, and both together have no more than they brought.
fn assert_nothing_extracted(drill: &Drill, worth: [i64; 2]) {
    let taken = i64::try_from(drill.taken()).unwrap();
    assert!(
        worth.iter().all(|atoms| *atoms >= 0),
        "took {taken} atoms, and left accounts worth {worth:?}"
    );
    let brought = i64::try_from(2 * STAKE).unwrap();
    assert!(
        taken + worth[0] + worth[1] <= brought + ROUNDING,
        "{taken} and {worth:?}"
    );
}

fn extracts_nothing(drift_cents: i64, pattern: impl FnMut(u32) -> Vec<Push>) {
    let (drill, worth) = day(drift_cents, false, pattern);
    drill.assert_it_took_much_out();
    assert_nothing_extracted(&drill, worth);
}

/// The same day where marks are not held against former slices.
fn extracts_something(pattern: impl FnMut(u32) -> Vec<Push>) {
    let (_, worth) = day(0, true, pattern);
    assert!(worth.iter().any(|atoms| *atoms < 0), "left accounts worth {worth:?}");
}

#[test]
fn rising_slices_for_a_day_extract_nothing() {
    // Before the first push both take what they can, and the rise locks it in: nothing at all may be taken out.
    let (drill, worth) = day(0, false, |_| vec![Push::UP]);
    assert_nothing_extracted(&drill, worth);
}

#[test]
fn falling_slices_for_a_day_extract_nothing() {
    extracts_nothing(0, |_| vec![Push::DOWN]);
}

#[test]
fn slices_that_part_extract_nothing() {
    extracts_nothing(0, |_| vec![Push::APART]);
}

#[test]
fn slices_that_rise_and_fall_within_each_hour_extract_nothing() {
    extracts_nothing(0, |_| vec![Push::UP, Push::DOWN]);
}

#[test]
fn slices_that_part_and_meet_in_a_falling_market_extract_nothing() {
    extracts_nothing(-TREND, |hour| {
        vec![if hour / 3 % 2 == 0 { Push::APART } else { Push::TOGETHER }]
    });
}

#[test]
fn slices_that_rise_for_hours_and_fall_for_hours_in_a_rising_market_extract_nothing() {
    extracts_nothing(TREND, |hour| {
        vec![if hour / 3 % 2 == 0 { Push::UP } else { Push::DOWN }]
    });
}

#[test]
fn slices_that_move_in_any_direction_extract_nothing() {
    extracts_nothing_in_any_direction(1..=2);
}

#[test]
#[ignore = "minutes: more of the same"]
fn slices_that_move_in_any_direction_for_many_days_extract_nothing() {
    extracts_nothing_in_any_direction(3..=40);
}

fn extracts_nothing_in_any_direction(seeds: core::ops::RangeInclusive<u64>) {
    for seed in seeds {
        let mut rng = StdRng::seed_from_u64(seed);
        let drift_cents = rng.random_range(-TREND..=TREND);
        extracts_nothing(drift_cents, |_| {
            (0..rng.random_range(1..=2))
                .map(|_| Push {
                    volatility: rng.random(),
                    far_volatility: rng.random(),
                    rho: rng.random(),
                    slope: rng.random(),
                    forward: rng.random(),
                    discount: rng.random(),
                })
                .collect()
        });
    }
}

#[test]
fn without_former_slices_those_that_part_extract() {
    extracts_something(|hour| if hour < 3 { vec![Push::APART] } else { vec![] });
}
