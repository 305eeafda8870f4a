//! Rows of prices as inputs of the pricing kernel.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use tenor_math::pricing::TotalVariance;

use crate::exact::{integer, power_of_two, to_fixed};

/// Forward and strike in a common scale.
pub(crate) struct Scaled {
    pub(crate) forward: u64,
    pub(crate) strike: u64,
    /// What one unit of the scale is worth.
    unit: BigRational,
}

impl Scaled {
    /// Two whole numbers below 2^bits, `bits` at most 63, whose ratio is that of forward and strike: exactly where it
    /// can be, and else to 2^-bits of 2^-bits. `None` unless both are positive.
    pub(crate) fn new(forward: &BigRational, strike: &BigRational, bits: i32) -> Option<Self> {
        if !forward.is_positive() || !strike.is_positive() {
            return None;
        }
        let room = power_of_two(bits).to_integer() - 1_u32;
        let (numerator, denominator) = best_ratio(&(forward / strike), &room);
        let multiple = &room / (&numerator).max(&denominator);
        let scaled_forward = numerator * &multiple;
        Some(Self {
            unit: forward / integer(scaled_forward.clone()),
            forward: u64::try_from(scaled_forward).ok()?,
            strike: u64::try_from(denominator * multiple).ok()?,
        })
    }

    /// An amount in the scale.
    pub(crate) fn units(&self, worth: &BigRational) -> BigRational {
        worth / &self.unit
    }

    /// What an amount in the scale is worth.
    pub(crate) fn worth(&self, amount: impl Into<BigInt>) -> BigRational {
        integer(amount) * &self.unit
    }
}

/// A total variance as the kernel takes it; `None` from 2^16 on.
pub(crate) fn total_variance(variance: &BigRational) -> Option<TotalVariance> {
    TotalVariance::from_q96(to_fixed(variance, 96)?).ok()
}

/// The last convergent of a positive ratio's continued fraction of which neither part exceeds `largest`.
fn best_ratio(ratio: &BigRational, largest: &BigInt) -> (BigInt, BigInt) {
    let (mut before, mut last) = ((BigInt::zero(), BigInt::one()), (BigInt::one(), BigInt::zero()));
    let (mut numerator, mut denominator) = (ratio.numer().clone(), ratio.denom().clone());
    while !denominator.is_zero() {
        let whole = &numerator / &denominator;
        let next = (&whole * &last.0 + &before.0, &whole * &last.1 + &before.1);
        if next.0 > *largest || next.1 > *largest {
            break;
        }
        before = std::mem::replace(&mut last, next);
        let rest = &numerator % &denominator;
        numerator = std::mem::replace(&mut denominator, rest);
    }
    if last.0.is_zero() || last.1.is_zero() {
        // One of the two is below a unit: the least there is.
        return if last.1.is_zero() {
            (largest.clone(), BigInt::one())
        } else {
            (BigInt::one(), largest.clone())
        };
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{fixed, power_of_ten};

    #[test]
    fn prices_of_few_digits_are_scaled_exactly() {
        let (forward, strike) = (integer(1503) / integer(10), integer(150));
        let scaled = Scaled::new(&forward, &strike, 62).unwrap();
        assert_eq!(scaled.worth(scaled.forward), forward);
        assert_eq!(scaled.worth(scaled.strike), strike);
        assert!(scaled.forward >> 61 == 1, "the scale is used up");
    }

    #[test]
    fn a_long_ratio_is_met_to_twice_the_bits() {
        let forward = integer(1) + fixed(1, 200) * integer(3) + power_of_ten(-3);
        let scaled = Scaled::new(&forward, &integer(1), 40).unwrap();
        assert!((scaled.worth(scaled.strike) - integer(1)).abs() < power_of_two(-78));
    }

    #[test]
    fn what_is_not_positive_has_no_scale() {
        assert!(Scaled::new(&integer(0), &integer(1), 62).is_none());
        assert!(Scaled::new(&integer(1), &integer(-1), 62).is_none());
    }
}
