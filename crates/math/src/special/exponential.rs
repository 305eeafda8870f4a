//! A positive number of any size.

/// A positive number as `mantissa x 2^exponent`, the mantissa in [1, 2): what an exponential or a power is when its size
/// is not known beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exponential {
    /// Q63 in [1, 2): the top bit is set.
    pub mantissa_q63: u64,
    /// Power of two.
    pub exponent: i32,
}

impl Exponential {
    /// From a product of 128 bits in Q`bits`, keeping the 64 highest; zero has no such form and gives `None`.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "a non-zero number has at most 127 leading zeros, so its shifted top half has its top bit set; \
                  `bits` is a constant of at most 128"
    )]
    pub(super) const fn from_product(product: u128, bits: i32) -> Option<Self> {
        if product == 0 {
            return None;
        }
        let zeros = product.leading_zeros();
        Some(Self {
            mantissa_q63: ((product << zeros) >> 64) as u64,
            exponent: 127 - bits - zeros as i32,
        })
    }

    /// Product of two such numbers, rounded down in its 64th bit.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "mantissas have their top bit set, so the product has at most one leading zero; exponents are below 2^16"
    )]
    pub(crate) const fn product(self, other: Self) -> Self {
        let product = (self.mantissa_q63 as u128).wrapping_mul(other.mantissa_q63 as u128);
        let zeros = product.leading_zeros();
        Self {
            mantissa_q63: ((product << zeros) >> 64) as u64,
            exponent: self.exponent + other.exponent + 1 - zeros as i32,
        }
    }

    /// `value` times the number, rounded down and saturating.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "exponents are below 2^16; the comparisons bound the shift and the result"
    )]
    pub(crate) const fn times(self, value: u64) -> u64 {
        let product = (value as u128).wrapping_mul(self.mantissa_q63 as u128);
        let right = 63 - self.exponent;
        if right >= 128 || product == 0 {
            0
        } else if right < 0 || (product >> right) > u64::MAX as u128 {
            u64::MAX
        } else {
            (product >> right) as u64
        }
    }

    /// The number in Q`bits`, rounded down; `None` if it does not fit 64 bits.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the shift is between 1 and 63 where it is applied; exponents are below 2^16 by construction"
    )]
    pub fn to_fixed(self, bits: i32) -> Option<u64> {
        // value = mantissa 2^(exponent - 63), so in Q`bits` it is mantissa 2^(exponent - 63 + bits).
        let shift = i64::from(self.exponent) + i64::from(bits) - 63;
        match shift {
            1.. => None,
            -63..=0 => u32::try_from(-shift).ok().map(|right| self.mantissa_q63 >> right),
            _ => Some(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_eighths_has_a_mantissa_of_one_and_a_half() {
        let value = Exponential::from_product(3 << 20, 23);
        assert_eq!(
            value,
            Some(Exponential {
                mantissa_q63: 3 << 62,
                exponent: -2
            })
        );
        assert_eq!(value.and_then(|value| value.to_fixed(10)), Some(384));
        assert_eq!(value.and_then(|value| value.to_fixed(2)), Some(1));
        assert_eq!(value.and_then(|value| value.to_fixed(65)), Some(3 << 62));
        assert_eq!(value.and_then(|value| value.to_fixed(66)), None);
        assert_eq!(value.and_then(|value| value.to_fixed(-80)), Some(0));
    }

    #[test]
    fn products_and_multiples_round_down_and_saturate() {
        let of = |value: u128, bits: i32| Exponential::from_product(value, bits).unwrap();
        assert_eq!(of(3, 1).product(of(5, 0)), of(15, 1));
        assert_eq!(of(3, 1).times(7), 10);
        assert_eq!(of(3, 1).times(0), 0);
        assert_eq!(of(1, 0).times(u64::MAX), u64::MAX);
        assert_eq!(of(2, 0).times(1 << 63), u64::MAX);
        assert_eq!(of(1, -70).times(1), u64::MAX);
        assert_eq!(of(1, 127).times(u64::MAX), 0);
    }

    #[test]
    fn zero_has_no_mantissa() {
        assert_eq!(Exponential::from_product(0, 62), None);
    }
}
