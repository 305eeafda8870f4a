//! The bytecode's 128-bit arithmetic gives what the host's native arithmetic gives.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "the native side of the comparison"
)]

use tenor_toolchain_tests::int128::{divide_signed, divide_unsigned, multiply, remainder_signed, remainder_unsigned};
use tenor_toolchain_tests::operands::Operands;

const PAIRS: u32 = 5_000_000;

#[test]
fn products_match_native_ones() {
    let mut operands = Operands::seeded(1);
    for _ in 0..PAIRS {
        let (a, b) = (operands.wide(), operands.wide());
        assert_eq!(multiply(a, b), a.wrapping_mul(b), "{a:#x} * {b:#x}");
        let signed = (a as i128).wrapping_mul(b as i128);
        assert_eq!(multiply(a, b) as i128, signed, "{a:#x} * {b:#x}, signed");
    }
}

#[test]
fn unsigned_quotients_and_remainders_match_native_ones() {
    let mut operands = Operands::seeded(2);
    for _ in 0..PAIRS {
        check_unsigned(operands.wide(), operands.wide_divisor());
    }
}

#[test]
fn signed_quotients_and_remainders_match_native_ones() {
    let mut operands = Operands::seeded(3);
    for _ in 0..PAIRS {
        check_signed(operands.wide() as i128, operands.wide_divisor() as i128);
    }
}

/// An exact multiple, and its neighbours: the remainder is 0, 1 or the divisor less 1.
#[test]
fn quotients_next_to_an_exact_multiple_match_native_ones() {
    let mut operands = Operands::seeded(4);
    for _ in 0..PAIRS {
        let divisor = operands.wide_divisor();
        let multiple = operands.wide().wrapping_mul(divisor);
        for dividend in [multiple.wrapping_sub(1), multiple, multiple.wrapping_add(1)] {
            check_unsigned(dividend, divisor);
        }
    }
}

#[test]
fn every_pair_of_extreme_values_matches_native_arithmetic() {
    let mut extremes = vec![0, 1, 2, 3, u128::MAX, u128::MAX - 1];
    for bit in [31, 32, 33, 62, 63, 64, 65, 95, 96, 97, 126, 127] {
        let power = 1_u128 << bit;
        extremes.extend([power - 1, power, power + 1, !power, power.wrapping_neg()]);
    }
    for &a in &extremes {
        for &b in &extremes {
            assert_eq!(multiply(a, b), a.wrapping_mul(b), "{a:#x} * {b:#x}");
            if b != 0 {
                check_unsigned(a, b);
                check_signed(a as i128, b as i128);
            }
        }
    }
}

fn check_unsigned(n: u128, d: u128) {
    assert_eq!(divide_unsigned(n, d), n / d, "{n:#x} / {d:#x}");
    assert_eq!(remainder_unsigned(n, d), n % d, "{n:#x} % {d:#x}");
}

fn check_signed(n: i128, d: i128) {
    assert_eq!(divide_signed(n, d), n.wrapping_div(d), "{n} / {d}");
    assert_eq!(remainder_signed(n, d), n.wrapping_rem(d), "{n} % {d}");
}
