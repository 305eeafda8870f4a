#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::integer_division,
    reason = "a test states what it expects by failing there"
)]

use super::*;

const DAY: u64 = 86_400;

fn fifth() -> PriceShocks {
    PriceShocks::from_range(Ratio::from_bps(2_000)).unwrap()
}

fn params() -> VolatilityParams {
    VolatilityParams {
        up: Ratio::from_bps(4_500),
        down: Ratio::from_bps(3_000),
        floor: Ratio::from_bps(4_500),
        short_power: Ratio::from_bps(3_000),
        long_power: Ratio::from_bps(1_300),
    }
}

#[test]
fn nine_moves_meet_three_volatilities_and_six_tails_the_highest() {
    use VolatilityShock::{Down, Flat, Up};
    let at = |index| (scenario(index).price_move, scenario(index).volatility);
    for price_move in 0..9 {
        let three = [0, 1, 2].map(|shock| at(3 * price_move + shock));
        assert_eq!(three, [(price_move, Down), (price_move, Flat), (price_move, Up)]);
    }
    for tail in 0..6 {
        assert_eq!(at(27 + tail), (9 + tail, Up));
    }
    for beyond in [33, 34, 1_000] {
        assert_eq!(at(beyond), (14, Up));
    }
}

#[test]
fn moves_follow_the_range_and_its_bounds() {
    let moves = [
        0,
        50_000_000,
        -50_000_000,
        100_000_000,
        -100_000_000,
        150_000_000,
        -150_000_000,
        200_000_000,
        -200_000_000,
        -660_000_000,
        -330_000_000,
        500_000_000,
        1_000_000_000,
        2_000_000_000,
        4_000_000_000,
    ];
    assert_eq!(fifth().moves_e9(), &moves);
    // Rounded down to a multiple of four.
    assert_eq!(
        PriceShocks::from_range(Ratio::from_e9(200_000_003)).unwrap().moves_e9(),
        &moves
    );
    assert_eq!(
        [2, 14, 15].map(|place| fifth().move_e9(place)),
        [-50_000_000, 4_000_000_000, 0]
    );
    assert_eq!(fifth().moved_e9(9), Ok(340_000_000));
    assert_eq!(fifth().outer_moves_e9(), [-250_000_000, 250_000_000]);
    for (range_e9, fits) in [
        (9_999_999, false),
        (10_000_000, true),
        (780_000_000, true),
        (780_000_001, false),
    ] {
        let refused = PriceShocks::from_range(Ratio::from_e9(range_e9)) == Err(MathError::OutOfDomain);
        assert_eq!(refused, !fits, "{range_e9}");
    }
}

#[test]
fn logarithms_of_moves_are_those_of_mpmath() {
    let logs = fifth().log_moves_q56().unwrap();
    for (place, want) in [
        (0, 0_i64),
        (2, -3_696_071_383_846_044),
        (9, -77_736_428_623_333_037),
        (11, 29_216_840_156_602_671),
        (14, 115_972_223_723_426_615),
    ] {
        assert!(logs[place].abs_diff(want) <= 8, "{place}: {} for {want}", logs[place]);
    }
    assert_eq!(log_move_q56(-1_000_000_001), Err(MathError::OutOfDomain));
}

#[test]
fn a_tail_counts_for_the_range_over_its_move_and_never_for_less() {
    let shocks = fifth();
    assert_eq!(shocks.weighted(8, -1_000), -1_000);
    // 1/20, rounded up, so that a loss of 1,000 rounds down to one more than 50.
    assert_eq!((shocks.weighted(14, -1_000), shocks.weighted(14, 1_000)), (-51, 50));
    assert_eq!(shocks.weighted(15, -1_000), -1_000);
    let widest = PriceShocks::from_range(Ratio::from_bps(7_800)).unwrap();
    assert_eq!(widest.weighted(9, -1_000), -1_000);
}

#[test]
fn a_linear_holding_gains_its_moves_rounded_down() {
    let shocks = fifth();
    // A twentieth in binary is a little less than that, and 33% and 66% too.
    let gains = [
        0, 49, -50, 99, -100, 149, -150, 199, -200, -660, -330, 500, 1_000, 2_000, 4_000,
    ];
    assert_eq!(shocks.linear_e9(Value::from_e9(1_000)), Ok(gains));
    assert_eq!(shocks.linear_e9(Value::ZERO), Ok([0; MOVES]));
    let largest = (1 << 60) - 1;
    assert_eq!(shocks.linear_e9(Value::from_e9(largest)).unwrap()[14], 4 * largest);
    assert_eq!(shocks.linear_e9(Value::from_e9(-largest)).unwrap()[14], -4 * largest);
    for value in [1 << 60, -1 << 60, i64::MIN] {
        assert_eq!(shocks.linear_e9(Value::from_e9(value)), Err(MathError::Overflow));
    }
}

#[test]
fn shocks_scale_with_a_power_of_maturity() {
    // mpmath: 30^0.3, 2^0.3 and 4^-0.13, Q40.
    for (seconds, want) in [
        (0, 3_050_255_388_255_u64),
        (DAY, 3_050_255_388_255),
        (15 * DAY, 1_353_657_597_944),
        (30 * DAY, 1 << 40),
        (120 * DAY, 918_188_877_627),
    ] {
        let got = params().maturity_scale_q40(seconds).unwrap();
        assert!(got.abs_diff(want) <= 3, "{seconds}: {got} for {want}");
    }
    let power = |short, long, seconds| {
        let (short_power, long_power) = (Ratio::from_e9(short), Ratio::from_e9(long));
        let params = VolatilityParams {
            short_power,
            long_power,
            ..params()
        };
        params.maturity_scale_q40(seconds)
    };
    // 30^0.4 still fits.
    let largest = power(400_000_000, 0, DAY).unwrap();
    assert!(largest.abs_diff(4_285_962_120_854) <= 4, "{largest}");
    assert_eq!(power(400_000_001, 0, DAY), Err(MathError::OutOfDomain));
    assert_eq!(power(0, 400_000_001, 31 * DAY), Err(MathError::OutOfDomain));
    // Thirty days are not below thirty.
    assert!(power(400_000_001, 0, 30 * DAY).is_ok());
}

#[test]
fn volatility_is_shocked_up_to_its_floor_and_down_to_nothing() {
    let shocked = |q64: u128, params: VolatilityParams| {
        let variance = TotalVariance::from_q64(q64).unwrap();
        params.shocked(variance, 30 * DAY).unwrap()
    };
    let close = |got: Option<Deviation>, want: i64| {
        let got = got.unwrap().s_q56();
        assert!(got.abs_diff(want) <= 1 << 18, "{got} for {want}");
    };
    // s = 0.25 and half of it: 0.3625, 0.175 and a floor of 0.45 sqrt(30 / 365).
    let high = shocked(1 << 60, params());
    close(high.get(VolatilityShock::Up), 26_120_877_838_748_876);
    close(high.get(VolatilityShock::Flat), 1 << 54);
    close(high.get(VolatilityShock::Down), 12_610_078_956_637_388);
    assert!(
        high.up_factor_q40.abs_diff(1_594_291_860_275) <= 2,
        "{}",
        high.up_factor_q40
    );
    close(shocked(1 << 54, params()).up, 9_296_221_564_980_202);
    let all = shocked(
        1 << 60,
        VolatilityParams {
            down: Ratio::ONE,
            ..params()
        },
    );
    assert_eq!(all.get(VolatilityShock::Down).map_or(0, |down| down.s_q56() >> 18), 0);
    let expired = params().shocked(TotalVariance::ZERO, 0).unwrap();
    assert_eq!([expired.down, expired.flat, expired.up], [None; 3]);
}

#[test]
fn refuses_shocks_above_one_and_times_beyond_two_to_the_forty() {
    let (variance, over) = (TotalVariance::from_q64(1 << 60).unwrap(), Ratio::from_e9(E9 + 1));
    let of = |params: VolatilityParams, seconds| params.shocked(variance, seconds).map(|_| ());
    let one = VolatilityParams {
        up: Ratio::ONE,
        down: Ratio::ONE,
        floor: Ratio::ONE,
        ..params()
    };
    assert_eq!(of(one, DAY), Ok(()));
    assert_eq!(of(one, (1 << 40) - 1), Ok(()));
    assert_eq!(of(one, 1 << 40), Err(MathError::OutOfDomain));
    assert_eq!(
        of(VolatilityParams { up: over, ..one }, DAY),
        Err(MathError::OutOfDomain)
    );
    assert_eq!(
        of(VolatilityParams { down: over, ..one }, DAY),
        Err(MathError::OutOfDomain)
    );
    assert_eq!(
        of(VolatilityParams { floor: over, ..one }, DAY),
        Err(MathError::OutOfDomain)
    );
}

#[test]
fn a_tail_within_the_range_counts_in_full() {
    for bps in [3_300, 6_500, 6_600, 7_800] {
        let shocks = PriceShocks::from_range(Ratio::from_bps(bps)).unwrap();
        let fall_by_a_third = GRID_MOVES + 1;
        assert_eq!(shocks.move_e9(fall_by_a_third), -330_000_000);
        assert_eq!(shocks.weighted(fall_by_a_third, -1_000_000), -1_000_000, "{bps}");
    }
}
