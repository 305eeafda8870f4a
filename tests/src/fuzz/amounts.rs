//! Numbers that find faults: nothing, one, everything, one more than everything, and anything between.

use rand::Rng;
use rand::rngs::StdRng;

/// An amount near the edges of what somebody has.
pub fn around(rng: &mut StdRng, has: u64) -> u64 {
    match rng.random_range(0..20) {
        0 => 0,
        1 => 1,
        2 => has,
        3 => has.saturating_add(1),
        4 => has.saturating_sub(1),
        5 => u64::MAX,
        6 => has.saturating_mul(2),
        _ => rng.random_range(0..=has),
    }
}

/// Lots to trade, given the lots that are held: some to close, some to open, rarely what no account can bear.
pub fn lots(rng: &mut StdRng, held: i64) -> i64 {
    match rng.random_range(0..60) {
        0 => 0,
        1 => i64::MIN,
        2 => i64::MAX,
        3 => 1_000_000_001,
        4 => 1,
        5 => -1,
        6..=9 if held != 0 => held,
        10..=19 if held != 0 => held.wrapping_neg(),
        20..=21 => held.wrapping_neg().wrapping_add(1),
        22..=25 => rng.random_range(-100_000..=100_000),
        26..=40 => rng.random_range(-20_000..=20_000),
        _ => rng.random_range(-2_000..=2_000),
    }
}

/// A price near a mark, USD x 1e9.
pub fn price_e9(rng: &mut StdRng, mark_e9: u64) -> u64 {
    let percent = match rng.random_range(0..20) {
        0 => return 0,
        1 => return u64::MAX,
        2 => 50,
        3 => 150,
        4..=9 => rng.random_range(78..=122),
        _ => 100,
    };
    mark_e9 / 100 * percent + mark_e9 % 100
}
