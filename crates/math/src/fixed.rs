//! The few binary fixed-point steps that everything else is made of.
//!
//! They wrap instead of checking: a checked 64-bit multiplication costs eight times a wrapping one on the target. Each
//! caller states why its operands are in range.

/// `a * b` for two numbers of which at least one is Q62: the other's format is kept. Rounds down.
///
/// Exact in 128 bits; the caller ensures that the result fits `i64`.
#[expect(
    clippy::as_conversions,
    reason = "the caller's bound makes the high word a sign extension"
)]
#[inline(always)]
pub(crate) const fn mul_q62(a: i64, b: i64) -> i64 {
    ((a as i128).wrapping_mul(b as i128) >> 62) as i64
}

/// `a * b` for a number and a move in Q60 of at most four: a's format is kept. Rounds down.
///
/// Exact in 128 bits; the caller ensures that the result fits `i64`.
#[expect(
    clippy::as_conversions,
    reason = "the caller's bound makes the high word a sign extension"
)]
#[inline(always)]
pub(crate) const fn mul_q60(a: i64, b: i64) -> i64 {
    ((a as i128).wrapping_mul(b as i128) >> 60) as i64
}

/// `a * b` for two numbers of which at least one is Q56: the other's format is kept. Rounds down.
///
/// Exact in 128 bits; the caller ensures that the result fits `i64`.
#[expect(
    clippy::as_conversions,
    reason = "the caller's bound makes the high word a sign extension"
)]
#[inline(always)]
pub(crate) const fn mul_q56(a: i64, b: i64) -> i64 {
    ((a as i128).wrapping_mul(b as i128) >> 56) as i64
}

/// `value * fraction` for a fraction in [0, 1] as Q62. Rounds down; never overflows, since the result is at most
/// `value`.
#[expect(clippy::as_conversions, reason = "the result is at most `value`")]
#[inline(always)]
pub(crate) const fn scale_by_q62(value: u64, fraction_q62: u64) -> u64 {
    ((value as u128).wrapping_mul(fraction_q62 as u128) >> 62) as u64
}

/// Horner's rule for a polynomial in `x` (Q62, |x| <= 1) with coefficients in Q62, highest power first.
#[inline(always)]
pub(crate) fn polynomial_q62(coefficients: &[i64], x_q62: i64) -> i64 {
    let mut sum = 0_i64;
    for coefficient in coefficients {
        sum = mul_q62(sum, x_q62).wrapping_add(*coefficient);
    }
    sum
}

/// `a * b` if it fits. Small factors, the common case, skip the 128-bit product that a checked multiplication costs.
#[inline(always)]
pub(crate) fn checked_product(a: i64, b: i64) -> Option<i64> {
    let (x, y) = (a.unsigned_abs(), b.unsigned_abs());
    if (x >> 24 == 0 && y >> 38 == 0) || (x >> 38 == 0 && y >> 24 == 0) {
        // Below 2^62.
        return Some(a.wrapping_mul(b));
    }
    a.checked_mul(b)
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "a test states what it expects by failing there"
)]
mod tests {
    use super::*;

    #[test]
    fn products_keep_the_other_format_and_round_down() {
        let three_quarters = 3 << 60;
        assert_eq!((mul_q62(7, three_quarters), mul_q62(-7, three_quarters)), (5, -6));
        assert_eq!((mul_q60(7, three_quarters), mul_q60(-7, -three_quarters)), (21, 21));
        assert_eq!((mul_q60(7, 1 << 59), mul_q60(-7, 1 << 59)), (3, -4));
        assert_eq!(scale_by_q62(u64::MAX, 1 << 62), u64::MAX);
        assert_eq!(scale_by_q62(7, 3 << 60), 5);
        // x^2 / 2 - x / 4 + 1 at a half: one.
        let coefficients = [1 << 61, -(1 << 60), 1 << 62];
        assert_eq!(polynomial_q62(&coefficients, 1 << 61), 1 << 62);
    }

    #[test]
    fn a_product_is_checked_whether_its_factors_are_small_or_not() {
        let (small, large) = ((1 << 24) - 1, (1 << 38) - 1);
        for (a, b) in [
            (small, large),
            (large, small),
            (-small, large),
            (-large, -small),
            (0, 5),
            (1 << 31, 1 << 31),
        ] {
            assert_eq!(
                checked_product(a, b).map(i128::from),
                Some(i128::from(a) * i128::from(b))
            );
        }
        for (a, b) in [
            (1 << 38, 1 << 38),
            (1 << 30, 1 << 37),
            (1 << 37, 1 << 30),
            (1 << 40, 1 << 37),
            (1 << 37, 1 << 40),
            (i64::MAX, 2),
            (2, i64::MAX),
            (1 << 62, 1 << 10),
            (1 << 10, 1 << 62),
            (i64::MIN, -1),
        ] {
            assert_eq!(checked_product(a, b), None, "{a} {b}");
        }
    }
}
