#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::integer_division,
    reason = "a test states what it expects by failing there"
)]

use super::*;
use crate::pricing::Deviation;
use crate::quantity::Ratio;

#[test]
fn neighbours_lie_on_either_side_at_the_same_volatility() {
    let shocks = PriceShocks::from_range(Ratio::from_bps(1_800)).unwrap();
    let at = |index: usize| shocks.move_e9(scenario(index).price_move);
    for index in 0..SCENARIOS {
        let (below, above) = neighbours(index);
        for (other, is_below) in [(below, true), (above, false)] {
            let Some(other) = other else { continue };
            assert_eq!(scenario(other).volatility, scenario(index).volatility);
            assert_eq!(at(other) < at(index), is_below, "{index} {other}");
        }
        let inner = index < FIRST_TAIL && at(index).unsigned_abs() < 180_000_000;
        assert!(!inner || (below.is_some() && above.is_some()), "{index}");
    }
    assert_eq!(neighbours(0), (Some(6), Some(3)));
    assert_eq!(neighbours(26), (None, Some(20)));
    assert_eq!(neighbours(23), (Some(17), None));
}

#[test]
fn a_linear_book_is_moved_exactly() {
    // A value of 1,000 per unit of price: m becomes m + d (1 + m).
    let shocks = PriceShocks::from_range(Ratio::from_bps(2_000)).unwrap();
    let mut sums = [0; SCENARIOS];
    for (index, sum) in sums.iter_mut().enumerate() {
        *sum = shocks.move_e9(scenario(index).price_move) * 1_000;
    }
    let step_q30 = 1 << 23; // 1/128
    let moved = recentred(&sums, &shocks, step_q30).unwrap();
    for (index, (moved, sum)) in moved.iter().zip(sums).enumerate() {
        let want = sum + (1_000_000_000_000 + sum) / 128;
        assert!((moved - want).abs() <= 2_000, "{index}: {moved} for {want}");
    }
}

/// A fifth: its quarter, the spacing of the grid, is 5%.
fn fifth() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(2_000)).unwrap()
}

/// c q^2 at quarter q of the range, c by volatility, and the outer results that go on in the same way.
fn quadratic(coefficients: [i64; 3]) -> ([i64; SCENARIOS], OuterResults) {
    let shocks = fifth();
    let mut pnl_e9 = [0; SCENARIOS];
    for (index, pnl) in pnl_e9.iter_mut().enumerate().take(FIRST_TAIL) {
        let quarter = shocks.move_e9(scenario(index).price_move) / 50_000_000;
        *pnl = coefficients[index % 3] * quarter * quarter;
    }
    let outer = coefficients.map(|coefficient| 25 * coefficient);
    let (below_e9, above_e9) = (outer, outer);
    (pnl_e9, OuterResults { below_e9, above_e9 })
}

#[test]
fn drift_of_a_quarter_is_its_second_difference_over_two_spacings_or_one_at_an_end() {
    for coefficients in [[100, 1_000, 500], [1_000, 3, 4], [0, 0, 1_000]] {
        let (pnl_e9, outer) = quadratic(coefficients);
        let (forward_e9, slope_e9) = (0, 0);
        let drift = StrikeDrift {
            pnl_e9: &pnl_e9,
            outer,
            forward_e9,
            slope_e9,
        };
        // 2,000 and 8 of rounding, times 1 + move, over 10% or 5%.
        let want = [32_128, 17_068, 18_072, 19_076, 20_080, 21_084, 22_088, 23_092, 48_192];
        for (quarter, want) in want.into_iter().enumerate() {
            let got = drift.of_quarter(quarter, &fifth(), 50_000_000);
            assert_eq!(got, Ok(want), "{quarter} {coefficients:?}");
        }
        assert_eq!(drift.per_step_e9(&fifth()), Ok(48_192));
    }
}

#[test]
fn drift_of_a_tail_is_half_the_difference_of_its_chords_or_all_of_it_at_an_end() {
    let mut pnl_e9 = [0; SCENARIOS];
    // Chords of slope 1,000 to 6,000 from the lowest tail by way of the unmoved scenario, at zero, to the highest.
    pnl_e9[FIRST_TAIL..].copy_from_slice(&[-990, -660, 1_500, 3_500, 8_500, 20_500]);
    let drift = StrikeDrift {
        pnl_e9: &pnl_e9,
        outer: OuterResults::default(),
        forward_e9: 10_000,
        slope_e9: 0,
    };
    // 1,064 x 0.34, rounded up, x 20/66, rounded down, and two; 532 x 0.67 x 20/33; 532 x 1.5 x 2/5; 532 x 2 x 1/5;
    // 532 x 3 x 1/10; 4,064 x 5 x 1/20.
    for (tail, want) in (FIRST_TAIL..).zip([111, 218, 321, 214, 161, 1_018]) {
        assert_eq!(drift.of_tail(tail, 0, &fifth()), Ok(want), "{tail}");
    }
    // What the weight leaves of the mark's error: 1 - 20/66, 1 - 20/33, 3/5, 4/5, 9/10, 19/20 of 1,000, rounded up.
    for (tail, want) in (FIRST_TAIL..).zip([111 + 697, 218 + 394, 321 + 600, 214 + 800, 161 + 900, 1_018 + 950]) {
        assert_eq!(drift.of_tail(tail, 1_000, &fifth()), Ok(want), "{tail}");
    }
    // The mark's own error is 4 units over a spacing of 5%, and 4: of these 84, 80 count beside the highest tail.
    assert_eq!(drift.per_step_e9(&fifth()), Ok(1_018 + 80));
}

#[test]
fn drift_of_the_mark_is_how_far_its_tangent_is_from_the_steeper_chord() {
    let mut pnl_e9 = [0; SCENARIOS];
    (pnl_e9[4], pnl_e9[7]) = (1_000, -800);
    let of_mark = |slope_e9| {
        let drift = StrikeDrift {
            pnl_e9: &pnl_e9,
            outer: OuterResults::default(),
            forward_e9: 0,
            slope_e9,
        };
        drift.of_mark(50_000_000)
    };
    // The chords are 20 x 1,004 and 20 x 796.
    assert_eq!(of_mark(18_500), Ok(18_500 - 15_920 + 4));
    assert_eq!(of_mark(17_000), Ok(20_080 - 17_000 + 4));
}

#[test]
fn drift_of_volatility_is_the_documented_bound() {
    let of = |strike_e9, slope_q64: u128, variance_q64: u128, factor_q40| {
        let slope = TotalVariance::from_q64(slope_q64).unwrap();
        let flat = Deviation::of(TotalVariance::from_q64(variance_q64).unwrap());
        let deviations = VolatilityShocks {
            down: None,
            flat,
            up: None,
            up_factor_q40: factor_q40,
        };
        volatility_drift_e9(strike_e9, slope, &deviations)
    };
    // 7/17 x 1e9 x 1.5 x 0.5 / 0.5, rounded up.
    let got = of(1_000_000_000, 1 << 63, 1 << 62, 3 << 39).unwrap();
    assert!((617_647_059..=617_647_062).contains(&got), "{got}");
    // 17 over a root of one is 16 in full units; what that may lose is added: 17 x 7/17, and one.
    assert_eq!(of(16, 1 << 64, 1 << 64, 1 << 40), Ok(8));
    assert_eq!(of(16, 1 << 64, 0, 1 << 40), Ok(0));
    // No accepted slice is as steep as two; a bound that does not fit is refused, not cut off.
    assert_eq!(of(16, 2 << 64, 1 << 64, 1 << 40), Err(MathError::OutOfDomain));
    assert_eq!(of(1 << 62, 1 << 64, 1, 1 << 40), Err(MathError::Overflow));
}

#[test]
fn sums_move_by_the_middle_of_their_two_chords_or_by_the_only_one() {
    let mut sums = [0; SCENARIOS];
    (sums[4], sums[7], sums[22]) = (3_000_000, -1_000_000, 1_000_000); // +5%, -5%, +20%
    (sums[28], sums[32]) = (2_000_000, 1_000_000); // -33%, +400%
    let moved = |step_q30| {
        let moved = recentred(&sums, &fifth(), step_q30).unwrap();
        [1, 4, 10, 13, 22, 27, 31, 32].map(|index: usize| moved[index])
    };
    // 1/1,024 of: (1e6 + 3e6) / 2 / 5%; (3e6 - 3e6); -3e6 / 2 x 1.1 / 5%; -1e6 / 2 x 0.9 / 5%; 1e6 x 1.2 / 5%;
    // 2e6 x 0.34 / 0.33; 1e6 / 2 x 3 / 2; 1e6 x 5 / 2. Rounded down for a rise, and its negative for a fall.
    let risen = [39_062, 3_000_000, -32_227, -8_790, 1_023_437, 2_012, 732, 1_002_441];
    let fallen = [-39_062, 3_000_000, 32_227, 8_790, 976_563, -2_012, -732, 997_559];
    assert_eq!(moved(1 << 20), risen);
    assert_eq!(moved(-(1 << 20)), fallen);
    assert_eq!(moved(0), [0, 3_000_000, 0, 0, 1_000_000, 0, 0, 1_000_000]);
}
