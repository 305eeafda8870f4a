use super::*;

fn q96(q96: u128) -> TotalVariance {
    TotalVariance::from_q96(q96).unwrap()
}

fn deviation(variance_q96: u128) -> Deviation {
    Deviation::of(q96(variance_q96)).unwrap()
}

/// A deviation of 2^-48, the least that a variance has.
fn least() -> Deviation {
    deviation(1)
}

#[test]
fn a_variance_lies_below_two_to_the_16() {
    assert_eq!(
        TotalVariance::from_q96((1 << 112) - 1).map(TotalVariance::q96),
        Ok((1 << 112) - 1)
    );
    assert_eq!(TotalVariance::from_q96(1 << 112), Err(MathError::OutOfDomain));
    let largest = TotalVariance::from_q64((1 << 80) - 1).unwrap();
    assert_eq!((largest.q96(), largest.q64()), (((1 << 80) - 1) << 32, (1 << 80) - 1));
    assert_eq!(TotalVariance::from_q64(1 << 80), Err(MathError::OutOfDomain));
    assert_eq!(q96((1 << 33) - 1).q64(), 1);
}

#[test]
fn a_scaled_variance_is_the_exact_quotient_rounded_down() {
    let scaled =
        |variance, numerator, denominator| q96(variance).scaled(numerator, denominator).map(TotalVariance::q96);
    assert_eq!(scaled(1 << 100, 3, 7), Ok(543_278_828_669_241_172_070_015_659_446));
    let odd = (1 << 100) + 12_345_678_901_234_567_890_123;
    assert_eq!(
        scaled(odd, 86_399, 604_800),
        Ok(181_090_848_670_259_760_991_532_889_186)
    );
    let largest = (1 << 48) - 1;
    assert_eq!(scaled(odd, largest, largest), Ok(odd));
    assert_eq!(scaled(5, largest, 1), Ok(5 * u128::from(largest)));
    assert_eq!(scaled(5, 1, 0), Err(MathError::DivideByZero));
    for (numerator, denominator) in [(1 << 48, 1), (1, 1 << 48), (1 << 48, 1 << 48)] {
        assert_eq!(scaled(5, numerator, denominator), Err(MathError::OutOfDomain));
    }
    // The result leaves the range by a factor of two, of 2^17 and of 2^46.
    for numerator in [2, 1 << 17, 1 << 46] {
        assert_eq!(scaled(1 << 111, numerator, 1), Err(MathError::OutOfDomain));
    }
}

#[test]
fn a_factor_scales_variance_by_its_square() {
    let times = |variance, factor_q40| q96(variance).times_square_q40(factor_q40).map(TotalVariance::q96);
    // Nine quarters of 1 + 2^-56 + 2^-96, rounded down twice.
    let odd = (1 << 96) + (1 << 40) + 1;
    assert_eq!(times(odd, 3 << 39), Ok(178_263_365_657_094_762_059_375_050_753));
    assert_eq!(times(1 << 90, (1 << 43) - 1).map(|got| got >> 64), Ok((1 << 32) - 1));
    assert_eq!(times(0, 1 << 43), Err(MathError::OutOfDomain));
    assert_eq!(times(1 << 111, 3 << 39), Err(MathError::OutOfDomain));
    assert_eq!(times(3 << 110, 3 << 39), Err(MathError::OutOfDomain));
    assert_eq!(times(3 << 109, 3 << 39), Ok(27 << 107));
}

#[test]
fn a_deviation_multiplies_and_divides() {
    assert_eq!(Deviation::of(TotalVariance::ZERO), None);
    // 1/2: its reciprocal is the largest number below two, 3/4: a number below 4/3.
    let (half, three_quarters) = (deviation(1 << 94), deviation(9 << 92));
    assert_eq!(
        (half.s_q56(), half.multiply(1_001), half.divide(1_000)),
        (1 << 55, 500, 1_999)
    );
    let of = |deviation: Deviation| (deviation.s_q56(), deviation.multiply(1_000), deviation.divide(1_000));
    assert_eq!(of(three_quarters), (3 << 54, 750, 1_333));
    assert_eq!(least().s_q56(), 1 << 8);
    assert_eq!((least().multiply(1 << 50), least().divide(1)), (4, (1 << 48) - 1));
    assert_eq!(least().divide(1 << 20), u64::MAX);
    // From 2^14 on a variance counts as just below it, and its deviation as just below 2^7.
    let largest = deviation(1 << 110);
    assert_eq!(largest, deviation((1 << 110) - 1));
    assert_eq!((largest.s_q56(), largest.multiply(1)), (i64::MAX, 127));
    assert_eq!(largest.multiply(1 << 60), u64::MAX);
}

#[test]
fn d1_and_d2_are_half_a_deviation_beside_the_quotient_which_is_clamped() {
    let one_q56 = 1 << 56;
    let (d1, d2) = deviation(1 << 94).standardise(one_q56);
    // k / s = 2, less what its reciprocal lacks.
    assert_eq!((d1, d2), (2 * one_q56 + (1 << 54) - 1, 2 * one_q56 - (1 << 54) - 1));
    assert_eq!(deviation(1 << 94).standardise(0), (1 << 54, -(1 << 54)));
    let far = 1 << 61;
    assert_eq!(least().standardise(i64::MAX), (far + 128, far - 128));
    assert_eq!(least().standardise(i64::MIN), (-far + 128, -far - 128));
}

#[test]
fn time_is_in_years_of_365_days() {
    let s = |seconds| Deviation::of_time(seconds).map(Deviation::s_q56);
    assert_eq!(
        [s(0), s(31_536_000), s(7_884_000)],
        [None, Some(1 << 56), Some(1 << 55)]
    );
    assert_eq!(s(15_768_000), Some(50_952_413_380_206_180));
    // mpmath: sqrt(1/31,536,000) and sqrt(1/3), times 2^64 - 1.
    for (seconds, want) in [(1, 3_284_856_628_653_070_u64), (10_512_000, 10_650_232_656_628_343_400)] {
        let got = Deviation::of_time(seconds).unwrap().multiply(u64::MAX);
        assert!(got.abs_diff(want) <= 2, "{seconds}: {got}");
    }
    // 34,865 years, where a variance counts as just below 2^14; half of that does not.
    assert_eq!(s(1 << 40), Some(i64::MAX));
    assert_eq!(Deviation::of_time(1 << 40), Deviation::of_time(u64::MAX));
    assert!(s(1 << 38) < Some(i64::MAX));
}

#[test]
fn a_factor_keeps_all_digits_until_nothing_is_left_or_it_meets_the_cap() {
    let (half, one) = (deviation(1 << 94), deviation(1 << 96));
    let times = |deviation: Deviation, factor_q40| deviation.times_q40(factor_q40).map(Deviation::s_q56);
    assert_eq!(half.times_q40(1 << 40), Some(half));
    assert_eq!(
        (times(half, 3 << 39), times(half, 1 << 39)),
        (Some(3 << 54), Some(1 << 54))
    );
    assert_eq!(times(half, 0), None);
    // 2^6 and just below 2^7 fit, 2^7 and 2^24 do not.
    assert_eq!(times(one, 1 << 46), Some(1 << 62));
    assert_eq!(times(one, (1 << 47) - 1), Some(i64::MAX - (1 << 16) + 1));
    assert_eq!(
        (times(one, 1 << 47), times(one, u64::MAX)),
        (Some(i64::MAX), Some(i64::MAX))
    );
    // 2^-56 is the last with a digit in Q56, 2^-64 the last at all.
    assert_eq!((times(least(), 1 << 32), times(least(), 1 << 31)), (Some(1), Some(0)));
    assert_eq!((times(least(), 1 << 24), times(least(), 1 << 23)), (Some(0), None));
    assert_eq!(times(least(), 1), None);
}

#[test]
fn the_larger_of_two_deviations_is_found_by_size_then_by_digits() {
    let all = [least(), deviation(1 << 94), deviation(9 << 92), deviation(1 << 96)];
    for (place, low) in all.iter().enumerate() {
        for high in all.iter().skip(place) {
            assert_eq!((low.max(*high), high.max(*low)), (*high, *high));
        }
    }
}

#[test]
fn a_deviation_and_its_inverse_are_numbers_of_any_size() {
    for (deviation, power) in [(deviation(1 << 94), -1), (deviation(1 << 100), 2), (least(), -48)] {
        let (value, inverse) = (deviation.value(), deviation.inverse());
        assert_eq!((value.mantissa_q63, value.exponent), (1 << 63, power));
        // One unit of the 64th bit below.
        assert_eq!((inverse.mantissa_q63, inverse.exponent), (u64::MAX, -power - 1));
    }
}
