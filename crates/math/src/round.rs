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
    reason = "a product of two u64 fits u128; the divisor was checked"
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
    let divisor = u128::from(divisor);
    let quotient = match round {
        Round::Down => product / divisor,
        Round::Up => product.div_ceil(divisor),
    };
    u64::try_from(quotient).map_err(|_| MathError::Overflow)
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
    fn refuses_a_zero_divisor_and_a_result_that_does_not_fit() {
        assert_eq!(mul_div(1, 1, 0, Round::Up), Err(MathError::DivideByZero));
        assert_eq!(mul_div(u64::MAX, 2, 1, Round::Down), Err(MathError::Overflow));
        assert_eq!(mul_div_signed(i64::MIN, 1, 1, Round::Down), Err(MathError::Overflow));
        assert_eq!(mul_div(u64::MAX, u64::MAX, u64::MAX, Round::Up), Ok(u64::MAX));
    }
}
