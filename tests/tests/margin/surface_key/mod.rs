//! What the surface authority's key is worth to whoever steals it: it posts the worst slices that it may for a day, while trading
//! with a twin and taking out whatever it can.

mod drill;
mod notice;
mod push;

use drill::{Drill, STAKE};
use push::Push;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A day of hours: pushes in the pattern, trades before and after each, withdrawals; then everything winds up.
fn extracts_nothing(settles_at: u64, mut pattern: impl FnMut(u32) -> Vec<Push>) {
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
    let (before, after) = drill.wind_up(settles_at);
    for (owner, due) in before {
        assert!(after[&owner] >= due, "{owner} is due {due} and got {}", after[&owner]);
    }
    let taken = drill.taken();
    println!("{:?}; brought {}, took {taken}", drill.counts, 2 * STAKE);
    assert!(taken <= 2 * STAKE, "brought {} and took {taken}", 2 * STAKE);
}

#[test]
fn rising_slices_for_a_day_extract_nothing() {
    extracts_nothing(200, |_| vec![Push::UP]);
}

#[test]
fn falling_slices_for_a_day_extract_nothing() {
    extracts_nothing(200, |_| vec![Push::DOWN]);
}

#[test]
fn slices_that_rise_for_hours_and_fall_for_hours_extract_nothing() {
    extracts_nothing(210, |hour| vec![if hour / 3 % 2 == 0 { Push::UP } else { Push::DOWN }]);
}

#[test]
fn slices_that_rise_and_fall_within_each_hour_extract_nothing() {
    extracts_nothing(190, |_| vec![Push::UP, Push::DOWN]);
}

#[test]
fn slices_that_move_in_any_direction_extract_nothing() {
    for (seed, settles_at) in [(1, 200), (2, 190), (3, 210)] {
        let mut rng = StdRng::seed_from_u64(seed);
        extracts_nothing(settles_at, |_| {
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
