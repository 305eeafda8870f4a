//! Powers.

use super::Exponential;
use super::exp::{reduced, scaled};
use super::ln::Logarithm;
use crate::MathError;

/// `base^power` for a positive base in Q64 and a power x 1e9.
///
/// Domain: |power ln(base)| < 128 and |power| <= 8,192. Error at most (1.2e-17 + 1.8e-18 |power|) relative. Used for the maturity
/// scaling (30 days / T)^p of volatility shocks.
///
/// # Errors
/// [`MathError::OutOfDomain`] outside.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an exponent below 89 in Q62 times a power below 2^43 stays within 2^83 after division; adding 32 fits"
)]
pub fn pow_e9(base_q64: u128, power_e9: i64) -> Result<Exponential, MathError> {
    const MAX_POWER_E9: u64 = 8_192_000_000_000;
    if power_e9.unsigned_abs() > MAX_POWER_E9 {
        return Err(MathError::OutOfDomain);
    }
    let exponent_q62 = Logarithm::of_q64(base_q64)?.times_e9(power_e9);
    let exponent_q56 = i64::try_from((exponent_q62 + 32) >> 6).map_err(|_| MathError::OutOfDomain)?;
    let (steps, r_q62) = reduced(exponent_q56);
    scaled(steps, r_q62)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_a_half_is_two_and_to_minus_one_a_quarter() {
        let near = |value: Exponential, want: u64, bits: i32| {
            let got = value.to_fixed(bits).unwrap();
            assert!(got.abs_diff(want) <= 64, "{got} for {want}");
        };
        near(pow_e9(4 << 64, 500_000_000).unwrap(), 1 << 61, 60);
        near(pow_e9(4 << 64, -1_000_000_000).unwrap(), 1 << 60, 62);
        near(pow_e9(7 << 64, 0).unwrap(), 1 << 62, 62);
    }

    #[test]
    fn refuses_what_leaves_the_format() {
        assert_eq!(pow_e9(0, 1), Err(MathError::OutOfDomain));
        assert_eq!(pow_e9(2 << 64, 8_192_000_000_001), Err(MathError::OutOfDomain));
        assert_eq!(pow_e9(2 << 64, 200_000_000_000), Err(MathError::OutOfDomain));
    }
}
