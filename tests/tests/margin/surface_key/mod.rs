//! What the surface authority's key is worth to whoever steals it: it posts the worst slices that it may for a day, while trading
//! with a twin and taking out whatever it can.

mod drill;
mod notice;
mod push;

use drill::{Drill, STAKE};
use push::Push;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A day of hours: pushes in the pattern, trades before and after each, withdrawals; then the slices are put right.
fn extracts_nothing(mut pattern: impl FnMut(u32) -> Vec<Push>) {
    let mut drill = Drill::new();
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
    let taken = drill.taken();
    let worth = drill.put_right();
    println!(
        "{:?}; brought {}, took {taken}, left {worth:?}",
        drill.counts,
        2 * STAKE
    );
    assert!(
        worth.iter().all(|atoms| *atoms >= 0),
        "took {taken} atoms, and left accounts worth {worth:?}"
    );
}

#[test]
fn rising_slices_for_a_day_extract_nothing() {
    extracts_nothing(|_| vec![Push::UP]);
}

#[test]
fn falling_slices_for_a_day_extract_nothing() {
    extracts_nothing(|_| vec![Push::DOWN]);
}

#[test]
fn slices_that_rise_for_hours_and_fall_for_hours_extract_nothing() {
    extracts_nothing(|hour| vec![if hour / 3 % 2 == 0 { Push::UP } else { Push::DOWN }]);
}

#[test]
fn slices_that_rise_and_fall_within_each_hour_extract_nothing() {
    extracts_nothing(|_| vec![Push::UP, Push::DOWN]);
}

#[test]
fn slices_that_move_in_any_direction_extract_nothing() {
    for seed in 1..=3 {
        let mut rng = StdRng::seed_from_u64(seed);
        extracts_nothing(|_| {
            (0..rng.random_range(1..=2))
                .map(|_| Push {
                    volatility: rng.random(),
                    rho: rng.random(),
                    slope: rng.random(),
                    forward: rng.random(),
                    discount: rng.random(),
                })
                .collect()
        });
    }
}
