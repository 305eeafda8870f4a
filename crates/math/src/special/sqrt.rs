//! Square root and its reciprocal.

use super::Exponential;
use crate::MathError;

/// Square root of a Q64 number, as Q56, exact but for rounding down: the largest s with s^2 <= x.
///
/// Domain: x < 2^14, so that the root is below 128; larger ones saturate to the largest result, just below 128.
#[expect(clippy::as_conversions, reason = "the root of a number below 2^126 is below 2^63")]
pub const fn sqrt_q64(x_q64: u128) -> u64 {
    if x_q64 >> 78 != 0 {
        return (1 << 63) - 1;
    }
    // Q64 shifted by 48 is Q112, whose root is Q56.
    (x_q64 << 48).isqrt() as u64
}

/// 1 / sqrt(x) for a positive number in Q64. Error at most 2.2e-19 relative, of which the root's rounding down makes the
/// result larger and the quotient's makes it smaller.
///
/// # Errors
/// [`MathError::OutOfDomain`] at zero.
pub const fn rsqrt_q64(x_q64: u128) -> Result<Exponential, MathError> {
    match normalised_root(x_q64) {
        None => Err(MathError::OutOfDomain),
        Some(root) => Ok(root.reciprocal_of_q64()),
    }
}

/// sqrt(x) for an integer x: `root` with its top bit set and x ~ root^2 / 2^(2 half_shift), the root rounded down in its
/// 64th bit whatever the size of x.
#[derive(Clone, Copy)]
pub(crate) struct Root {
    pub(crate) root: u64,
    pub(crate) half_shift: u32,
}

/// The root of a positive integer; `None` at zero.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "shifted by its leading zeros, of which an even number is taken, x fills 127 or 128 bits and its root 64"
)]
pub(crate) const fn normalised_root(x: u128) -> Option<Root> {
    if x == 0 {
        return None;
    }
    let half_shift = x.leading_zeros() >> 1;
    Some(Root {
        root: (x << (2 * half_shift)).isqrt() as u64,
        half_shift,
    })
}

impl Root {
    /// 2^127 / root with 64 significant bits, rounded down.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "the root is at least 2^63, so the quotient is at most 2^64, and capped"
    )]
    pub(crate) const fn reciprocal(self) -> u64 {
        let quotient = (1_u128 << 127) / self.root as u128;
        if quotient >> 64 != 0 { u64::MAX } else { quotient as u64 }
    }

    /// With x in Q64, 1 / sqrt(x) = 2^(32 + half_shift) / root.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "the shift is at most 63"
    )]
    const fn reciprocal_of_q64(self) -> Exponential {
        Exponential {
            mantissa_q63: self.reciprocal(),
            // reciprocal 2^-127 2^(32 + half_shift), of which 63 bits belong to the mantissa.
            exponent: self.half_shift as i32 - 32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturates_beyond_its_range() {
        assert_eq!(sqrt_q64(1 << 78), (1 << 63) - 1);
        assert_eq!(sqrt_q64(4 << 64), 2 << 56);
    }

    #[test]
    fn reciprocal_of_a_quarter_is_two_and_of_zero_an_error() {
        // 1/sqrt(1/4) = 2 and 1/sqrt(64) = 1/8, each at most one unit of the 64th bit below.
        let near = |value: Exponential, exponent: i32| {
            let whole = Exponential {
                mantissa_q63: 1 << 63,
                exponent,
            };
            let below = Exponential {
                mantissa_q63: u64::MAX,
                exponent: exponent - 1,
            };
            assert!(value == whole || value == below, "{value:?}");
        };
        near(rsqrt_q64(1 << 62).unwrap(), 1);
        near(rsqrt_q64(64 << 64).unwrap(), -3);
        assert_eq!(rsqrt_q64(0), Err(MathError::OutOfDomain));
    }
}
