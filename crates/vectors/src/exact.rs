//! Exact rationals: what a decimal string means, and what a fixed-point number is worth.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, Zero};

/// Value of a decimal string such as `-1.5e-7`; `None` if it is no number.
pub(crate) fn decimal(text: &str) -> Option<BigRational> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (unsigned.is_empty() && fraction.is_empty()) || !is_digits(unsigned) || !is_digits(fraction) {
        return None;
    }
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let power = exponent.parse::<i32>().ok()?.checked_sub(places)?;
    Some(BigRational::from_integer(digits) * power_of_ten(power))
}

/// 10^power.
pub(crate) fn power_of_ten(power: i32) -> BigRational {
    Pow::pow(integer(10), power)
}

/// 2^power.
pub(crate) fn power_of_two(power: i32) -> BigRational {
    Pow::pow(integer(2), power)
}

/// A whole number.
pub(crate) fn integer(value: impl Into<BigInt>) -> BigRational {
    BigRational::from_integer(value.into())
}

/// What `raw` is worth with `bits` fractional bits.
pub(crate) fn fixed(raw: impl Into<BigInt>, bits: u32) -> BigRational {
    BigRational::new(raw.into(), BigInt::one() << bits)
}

/// Nearest number with `bits` fractional bits, if it fits the integer asked for.
pub(crate) fn to_fixed<T: TryFrom<BigInt>>(value: &BigRational, bits: u32) -> Option<T> {
    nearest(&(value * integer(BigInt::one() << bits)))
}

/// Nearest integer, if it fits.
pub(crate) fn nearest<T: TryFrom<BigInt>>(value: &BigRational) -> Option<T> {
    T::try_from(value.round().to_integer()).ok()
}

/// The integer that a value is, if it is one and fits.
pub(crate) fn whole<T: TryFrom<BigInt>>(value: &BigRational) -> Option<T> {
    value.is_integer().then(|| nearest(value)).flatten()
}

/// Square root to 2^-240, rounded down; zero for a negative number.
pub(crate) fn root(value: &BigRational) -> BigRational {
    if value.is_negative() {
        return BigRational::zero();
    }
    fixed((value * power_of_two(480)).to_integer().sqrt(), 240)
}

/// exp(x) to about 2^-240 relative, for |x| up to a few dozen: Taylor's series of x / 2^16, squared sixteen times.
pub(crate) fn exponential(x: &BigRational) -> BigRational {
    let reduced = cut(&(x / power_of_two(16)));
    let (mut sum, mut term) = (BigRational::one(), BigRational::one());
    for n in 1..32 {
        term = cut(&(term * &reduced / integer(n)));
        sum += &term;
    }
    for _ in 0..16 {
        sum = cut(&(&sum * &sum));
    }
    sum
}

/// A number without the digits that no vector has.
fn cut(value: &BigRational) -> BigRational {
    fixed((value * power_of_two(320)).to_integer(), 320)
}

/// The least n with value <= 2^n, for a positive value.
pub(crate) fn bits_above(value: &BigRational) -> i32 {
    let size = |number: &BigInt| i32::try_from(number.bits()).unwrap_or(i32::MAX / 4);
    let guess = size(value.numer()) - size(value.denom());
    (guess - 1..=guess + 1)
        .find(|power| *value <= power_of_two(*power))
        .unwrap_or(guess + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings_are_read_exactly() {
        assert_eq!(decimal("-1.5e-3"), Some(BigRational::new((-3).into(), 2000.into())));
        assert_eq!(decimal("12"), Some(integer(12)));
        assert_eq!(decimal("-0.25"), Some(BigRational::new((-1).into(), 4.into())));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1.2.3", "0x10", "1e", "nan", "1_000", "1.-5"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn the_exponential_of_one_has_the_known_digits() {
        let e = decimal("2.718281828459045235360287471352662497757247093699959574966967627724").unwrap_or_default();
        assert!((exponential(&integer(1)) - e).abs() < power_of_ten(-60));
    }

    #[test]
    fn powers_of_two_bound_what_they_should() {
        assert_eq!(bits_above(&integer(1)), 0);
        assert_eq!(bits_above(&integer(5)), 3);
        assert_eq!(bits_above(&BigRational::new(1.into(), 3.into())), -1);
    }
}
