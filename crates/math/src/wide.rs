//! Products and quotients of more than 128 bits, exact before the one rounding.

use crate::{MathError, Round, mul_div};

const HALF_WORD: u128 = (1 << 32) - 1;
const WORD: u128 = (1 << 64) - 1;

/// Divisors of [`mul_div_wide`] lie below `2^95`.
pub(crate) const MAX_WIDE_DIVISOR: u128 = 1 << 95;

/// `a * b / 2^64`: one of the two is Q64. Never overflows, since `b < 2^64`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "both products are of 64-bit words; a * b / 2^64 < a, so neither their sum nor the rounding leaves u128"
)]
pub(crate) fn mul_q64(a: u128, b: u64, round: Round) -> u128 {
    let b = u128::from(b);
    let (high, low) = ((a >> 64).wrapping_mul(b), (a & WORD).wrapping_mul(b));
    let carry = match round {
        Round::Up if low & WORD != 0 => 1,
        Round::Up | Round::Down => 0,
    };
    high + (low >> 64) + carry
}

/// `a * b / divisor`: by words where all are, by one division where the product fits, and by long division with two digits of
/// 32 bits elsewhere.
///
/// # Errors
/// [`MathError::DivideByZero`]; [`MathError::OutOfDomain`] for a divisor of [`MAX_WIDE_DIVISOR`] or more;
/// [`MathError::Overflow`] if the quotient exceeds `u128`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a product of two 64-bit words fits; remainders are below the divisor, hence below 2^95: high digit times \
              remainder is below 2^127, and (2^95 - 1) * 2^32 + (2^32 - 1) * (2^95 - 1) is below 2^128; each digit is \
              below 2^32, so part + carry fits"
)]
pub(crate) fn mul_div_wide(a: u64, b: u128, divisor: u128, round: Round) -> Result<u128, MathError> {
    if divisor == 0 {
        return Err(MathError::DivideByZero);
    }
    if divisor >= MAX_WIDE_DIVISOR {
        return Err(MathError::OutOfDomain);
    }
    if let (Ok(b), Ok(divisor)) = (u64::try_from(b), u64::try_from(divisor)) {
        if let Ok(quotient) = mul_div(a, b, divisor, round) {
            return Ok(u128::from(quotient));
        }
    }
    let a = u128::from(a);
    let (whole, part, remainder) = if b <= WORD {
        let (part, remainder) = div_rem(a * b, divisor);
        (0, part, remainder)
    } else {
        let (whole, rest) = match b.checked_sub(divisor) {
            // A part of the divisor, or little more than it: most indices over an earlier one.
            None => (0, b),
            Some(rest) if rest < divisor => (1, rest),
            Some(_) => div_rem(b, divisor),
        };
        let (high, first) = div_rem((a >> 32).wrapping_mul(rest), divisor);
        let (low, remainder) = div_rem((first << 32) + (a & HALF_WORD).wrapping_mul(rest), divisor);
        (whole, (high << 32) + low, remainder)
    };
    let carry = match round {
        Round::Up if remainder > 0 => 1,
        Round::Up | Round::Down => 0,
    };
    let product = match whole {
        0 => 0,
        // A checked product of wide numbers costs more than the rest.
        1 => a,
        _ => a.checked_mul(whole).ok_or(MathError::Overflow)?,
    };
    product.checked_add(part + carry).ok_or(MathError::Overflow)
}

/// `a / divisor` rounded up, by long division with digits of 32 bits, each of one instruction.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::as_conversions,
    reason = "a remainder is below 2^32, so that a digit more fits a word and its quotient is a digit; a divisor is not zero; the \
              quotient is at most the dividend, and less than it wherever a remainder rounds it up"
)]
pub(crate) const fn div_ceil_small(a: u128, divisor: core::num::NonZeroU32) -> u128 {
    let divisor = divisor.get() as u64;
    let (high, low) = ((a >> 64) as u64, a as u64);
    let (first, rest) = (high / divisor, high % divisor);
    let widened = (rest << 32) | (low >> 32);
    let (second, rest) = (widened / divisor, widened % divisor);
    let widened = (rest << 32) | (low & HALF_WORD as u64);
    let quotient = ((first as u128) << 64) | ((second << 32) | (widened / divisor)) as u128;
    if widened.is_multiple_of(divisor) {
        quotient
    } else {
        quotient + 1
    }
}

/// Quotient and remainder, by one division: on the target the other would cost as much again. The divisor is not zero.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "the caller checked the divisor; quotient times divisor is at most the dividend"
)]
const fn div_rem(dividend: u128, divisor: u128) -> (u128, u128) {
    let quotient = dividend / divisor;
    (quotient, dividend - quotient.wrapping_mul(divisor))
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "the reference is computed with the plain operators"
)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    #[test]
    fn refuses_what_it_cannot_divide_by() {
        assert_eq!(mul_div_wide(1, 1, 0, Round::Up), Err(MathError::DivideByZero));
        assert_eq!(
            mul_div_wide(1, 1, MAX_WIDE_DIVISOR, Round::Up),
            Err(MathError::OutOfDomain)
        );
        assert_eq!(mul_div_wide(2, u128::MAX, 1, Round::Down), Err(MathError::Overflow));
        assert_eq!(mul_div_wide(1, u128::MAX, 1, Round::Up), Ok(u128::MAX));
    }

    #[test]
    fn a_small_divisor_rounds_up() {
        for (a, divisor) in [
            (0, 1),
            (u128::MAX, 1),
            (u128::MAX, u32::MAX),
            (u128::MAX, 1_000_000_000),
            (1_000_000_000_000_000_000_000_000_001, 1_000_000_000),
            (999_999_999, 1_000_000_000),
            (3 << 64, 3),
            ((3 << 64) + 1, 3),
        ] {
            let small = core::num::NonZeroU32::new(divisor).unwrap();
            assert_eq!(
                div_ceil_small(a, small),
                a.div_ceil(u128::from(divisor)),
                "{a} / {divisor}"
            );
        }
    }

    #[test]
    fn the_largest_product_with_a_q64_does_not_overflow() {
        assert_eq!(mul_q64(u128::MAX, u64::MAX, Round::Up), u128::MAX - WORD);
        assert_eq!(mul_q64(1, 1, Round::Up), 1);
        assert_eq!(mul_q64(1, 1, Round::Down), 0);
    }

    /// Words of every length, among them all zeros and all ones.
    fn words(seed: &mut u64) -> u128 {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            u128::from(*seed)
        };
        let (high, low, shift) = (next(), next(), next() % 128);
        let word = (high << 64) | low;
        if next() % 4 == 0 {
            u128::MAX >> shift
        } else {
            word >> shift
        }
    }

    #[test]
    fn wide_results_are_the_exact_quotients() {
        let mut seed = 0x9e37_79b9_7f4a_7c15;
        for _ in 0..20_000 {
            let (a, b) = ((words(&mut seed) & WORD) as u64, words(&mut seed));
            let divisor = (words(&mut seed) % MAX_WIDE_DIVISOR).max(1);
            let product = BigUint::from(a) * BigUint::from(b);
            let of = |exact: BigUint| u128::try_from(exact).map_err(|_| MathError::Overflow);
            let down = &product / BigUint::from(divisor);
            let up = (&product + BigUint::from(divisor - 1)) / BigUint::from(divisor);
            assert_eq!(mul_div_wide(a, b, divisor, Round::Down), of(down));
            assert_eq!(mul_div_wide(a, b, divisor, Round::Up), of(up));
            assert_eq!(BigUint::from(mul_q64(b, a, Round::Down)), &product >> 64);
            let up = (&product + BigUint::from(WORD)) >> 64;
            assert_eq!(BigUint::from(mul_q64(b, a, Round::Up)), up);
        }
    }
}
