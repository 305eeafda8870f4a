//! Every input at a reduced width: what the proofs of `proofs/` show of models, here of the code itself.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "tests"
)]

use tenor_math::average::moving_average;
use tenor_math::liquidation::{AuctionClock, Fraction, SliceTerms, discount, slice_fraction};
use tenor_math::pricing::{TotalVariance, black};
use tenor_math::quantity::{Lots, Price, Ratio, UnixSeconds, Value};
use tenor_math::{MathError, Round, mul_div, mul_div_signed};

const E9: u64 = 1_000_000_000;
const E18: u128 = 1_000_000_000_000_000_000;

#[test]
fn mul_div_is_the_exact_quotient_rounded_as_named_for_all_eight_bit_inputs() {
    for divisor in 1..256 {
        for a in 0..256 {
            for b in a..256 {
                let product = a * b;
                let down = mul_div(a, b, divisor, Round::Down).unwrap();
                let up = mul_div(b, a, divisor, Round::Up).unwrap();
                assert!(down * divisor <= product && product < (down + 1) * divisor);
                assert!(up * divisor >= product && product + divisor > up * divisor);
            }
        }
    }
    assert_eq!(mul_div(3, 5, 0, Round::Down), Err(MathError::DivideByZero));
}

#[test]
fn signed_quotients_go_toward_the_named_infinity_for_all_seven_bit_inputs() {
    for divisor in 1..128_i64 {
        for a in -128..128_i64 {
            for b in 0..128_i64 {
                let (multiplier, by) = (b.unsigned_abs(), divisor.unsigned_abs());
                let down = mul_div_signed(a, multiplier, by, Round::Down).unwrap();
                let up = mul_div_signed(a, multiplier, by, Round::Up).unwrap();
                assert_eq!(down, (a * b).div_euclid(divisor));
                assert_eq!(up, -(-a * b).div_euclid(divisor));
            }
        }
    }
}

#[test]
fn a_slice_of_any_small_account_is_the_largest_that_does_not_overshoot() {
    for (target, off) in [(10, 0), (11, 2), (12, 9), (15, 14)] {
        for maintenance in 1..40_i64 {
            for equity in 1..60_i64 {
                for haircut in 0..12_i64 {
                    let fraction = slice_fraction(&SliceTerms {
                        equity: Value::from_e9(equity),
                        maintenance: Value::from_e9(maintenance),
                        haircut: Value::from_e9(haircut),
                        discount: Ratio::from_e9(off * E9 / 10),
                        target: Ratio::from_e9(target * E9 / 10),
                    });
                    let (target, off) = (target as i64, off as i64);
                    let missing = target * maintenance - 10 * equity;
                    let divisor = maintenance * (target - off) + 10 * haircut;
                    let exact = match missing {
                        ..=0 => 0,
                        _ => (missing as u128 * E18 / divisor as u128).min(E18),
                    };
                    assert_eq!(fraction.map(|fraction| u128::from(fraction.e18())), Ok(exact));
                }
            }
        }
    }
}

#[test]
fn whole_lots_of_a_fraction_round_shorts_up_and_longs_down_by_less_than_one() {
    for parts in 0..=200_u64 {
        let fraction = Fraction::from_e18(parts * 5_000_000_000_000_000).unwrap();
        for lots in -300..=300_i64 {
            let moved = fraction.of_lots(Lots::new(lots)).unwrap().get();
            let exact = lots * i64::try_from(parts).unwrap();
            // Toward minus infinity for both: more of a short, less of a long.
            assert_eq!(moved, exact.div_euclid(200));
            assert!(moved.abs() <= lots.abs() && moved * lots >= 0);
        }
    }
}

#[test]
fn the_discount_never_falls_nor_costs_more_than_equity_at_any_second_of_the_schedule() {
    for (equity, maintenance) in [
        (1, 1),
        (1, 3),
        (2, 7),
        (19, 1_000),
        (999_999_999, 1_000_000_000),
        (5, 4),
    ] {
        let mut last = 0;
        for seconds in 0..22_300 {
            let clock = AuctionClock::from_seconds(seconds);
            let now = discount(clock, Value::from_e9(equity), Value::from_e9(maintenance)).unwrap();
            assert!(now.e9() >= last && now <= Ratio::ONE);
            assert!(now.e9() - last <= 300_000 || seconds == 0, "a jump at {seconds}");
            assert!(u128::from(now.e9()) * maintenance as u128 <= u128::from(E9) * equity as u128);
            last = now.e9();
        }
    }
}

#[test]
fn a_clock_advances_by_the_time_between_but_by_thirty_seconds_at_most() {
    for shown in [0, 1, 599, u32::MAX - 10] {
        for last in -40..40 {
            for now in -90..90 {
                let after = AuctionClock::from_seconds(shown).advanced(UnixSeconds::new(last), UnixSeconds::new(now));
                let step = u32::try_from((now - last).clamp(0, 30)).unwrap();
                assert_eq!(after.seconds(), shown.saturating_add(step));
            }
        }
    }
}

#[test]
fn the_average_moves_toward_the_price_and_by_six_percent_an_hour_at_most() {
    for average in 1..250_u64 {
        for price in 0..250_u64 {
            for seconds in [0, 1, 59, 600, 3_599, 3_600, 3_601, 100_000] {
                let after = moving_average(Price::from_e9(average), Price::from_e9(price), seconds).unwrap();
                let step = after.e9().abs_diff(average);
                assert!(step * 100 * 3_600 <= 6 * average * seconds.min(3_600));
                assert!(after.e9().abs_diff(price) + step == price.abs_diff(average));
            }
        }
    }
}

#[test]
fn parity_is_exact_and_prices_keep_their_bounds_for_all_seven_bit_forwards_and_strikes() {
    for q64 in [0, 1, 1 << 40, 1 << 58, 1 << 62, 1 << 64, 1 << 70, (1 << 80) - 1] {
        let variance = TotalVariance::from_q64(q64).unwrap();
        for forward in 0..128 {
            for strike in 0..128 {
                let (pair, _) = black(forward, strike, variance).unwrap();
                assert_eq!(pair.call + strike, pair.put + forward);
                assert!(pair.call >= forward.saturating_sub(strike) && pair.call <= forward);
                assert!(pair.put >= strike.saturating_sub(forward) && pair.put <= strike);
            }
        }
    }
}
