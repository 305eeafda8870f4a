//! Rounding, always named.

use crate::MathError;

/// Which way an inexact result goes. On signed numbers `Down` is toward minus infinity and `Up` toward plus infinity,
/// so "down for what is owned, up for what is owed" reads the same on both sides of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Toward minus infinity.
    Down,
    /// Toward plus infinity.
    Up,
}

/// `a * b / divisor`, exact before the one rounding.
///
/// # Errors
/// [`MathError::DivideByZero`]; [`MathError::Overflow`] if the quotient exceeds `u64`.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::as_conversions,
    reason = "a product of two u64 fits u128; the divisor was checked; of the product the low word is meant"
)]
pub fn mul_div(a: u64, b: u64, divisor: u64, round: Round) -> Result<u64, MathError> {
    if divisor == 0 {
        return Err(MathError::DivideByZero);
    }
    if a == 0 || b == 0 {
        return Ok(0);
    }
    let product = u128::from(a) * u128::from(b);
    if let Ok(product) = u64::try_from(product) {
        // One instruction instead of a long division.
        return Ok(match round {
            Round::Down => product / divisor,
            Round::Up => product.div_ceil(divisor),
        });
    }
    let quotient = u64::try_from(product / u128::from(divisor)).map_err(|_| MathError::Overflow)?;
    // A remainder is below the divisor, so its low word says whether there is one: a second long division would say no more.
    let is_exact = quotient.wrapping_mul(divisor) == product as u64;
    if round == Round::Up && !is_exact {
        return quotient.checked_add(1).ok_or(MathError::Overflow);
    }
    Ok(quotient)
}

/// `a * b / divisor` for a signed `a`, exact before the one rounding.
///
/// # Errors
/// [`MathError::DivideByZero`]; [`MathError::Overflow`] if the quotient exceeds `i64`.
pub fn mul_div_signed(a: i64, b: u64, divisor: u64, round: Round) -> Result<i64, MathError> {
    let magnitude_round = match (a < 0, round) {
        (false, round) => round,
        (true, Round::Down) => Round::Up,
        (true, Round::Up) => Round::Down,
    };
    let magnitude = mul_div(a.unsigned_abs(), b, divisor, magnitude_round)?;
    signed(a < 0, magnitude)
}

/// A magnitude with its sign. `i64::MIN` is out of reach on purpose: every value here can be negated.
fn signed(negative: bool, magnitude: u64) -> Result<i64, MathError> {
    let magnitude = i64::try_from(magnitude).map_err(|_| MathError::Overflow)?;
    if negative {
        magnitude.checked_neg().ok_or(MathError::Overflow)
    } else {
        Ok(magnitude)
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "a test states what it expects by failing there"
)]
mod tests {
    use super::*;

    #[test]
    fn rounds_toward_the_named_infinity_on_both_sides_of_zero() {
        assert_eq!(mul_div_signed(7, 1, 2, Round::Down), Ok(3));
        assert_eq!(mul_div_signed(7, 1, 2, Round::Up), Ok(4));
        assert_eq!(mul_div_signed(-7, 1, 2, Round::Down), Ok(-4));
        assert_eq!(mul_div_signed(-7, 1, 2, Round::Up), Ok(-3));
        assert_eq!(mul_div_signed(-8, 1, 2, Round::Up), Ok(-4));
    }

    #[test]
    fn long_products_round_as_the_wide_quotient_does() {
        let words = [
            1,
            2,
            3,
            999_999_999,
            1_000_000_000,
            (1 << 32) - 1,
            1 << 32,
            (1 << 32) + 1,
            u64::MAX / 3,
            (1 << 63) - 1,
            1 << 63,
            (1 << 63) + 1,
            0xFFFF_FFFE_FFFF_FFFF,
            0xFFFF_FFFF_0000_0000,
            0xFFFF_FFFF_0000_0001,
            u64::MAX - 1,
            u64::MAX,
        ];
        for a in words {
            for b in words {
                for divisor in words {
                    let product = u128::from(a) * u128::from(b);
                    let wide = |quotient: u128| u64::try_from(quotient).map_err(|_| MathError::Overflow);
                    let (down, up) = (product / u128::from(divisor), product.div_ceil(u128::from(divisor)));
                    assert_eq!(mul_div(a, b, divisor, Round::Down), wide(down), "{a} {b} {divisor}");
                    assert_eq!(mul_div(a, b, divisor, Round::Up), wide(up), "{a} {b} {divisor}");
                }
            }
        }
    }

    #[test]
    fn refuses_a_zero_divisor_and_a_result_that_does_not_fit() {
        assert_eq!(mul_div(1, 1, 0, Round::Up), Err(MathError::DivideByZero));
        assert_eq!(mul_div(u64::MAX, 2, 1, Round::Down), Err(MathError::Overflow));
        assert_eq!(mul_div_signed(i64::MIN, 1, 1, Round::Down), Err(MathError::Overflow));
        assert_eq!(mul_div(u64::MAX, u64::MAX, u64::MAX, Round::Up), Ok(u64::MAX));
    }
}
