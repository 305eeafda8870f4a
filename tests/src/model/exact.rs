//! Exact numbers, and numbers known to within so many units.

use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

/// An exact fraction. It is never reduced: most are sums over one denominator, and looking for common factors would cost
/// more than carrying them.
#[derive(Clone, Debug)]
pub struct Exact {
    numerator: BigInt,
    /// Positive.
    denominator: BigInt,
}

impl Exact {
    /// A quotient.
    ///
    /// # Panics
    /// For a divisor of zero.
    pub fn quotient(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Self {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        match denominator.sign() {
            Sign::NoSign => panic!("a fraction over zero"),
            Sign::Plus => Self { numerator, denominator },
            Sign::Minus => Self {
                numerator: -numerator,
                denominator: -denominator,
            },
        }
    }

    /// Nothing.
    pub fn zero() -> Self {
        0.into()
    }

    /// The quotient of two numbers.
    ///
    /// # Panics
    /// If `other` is zero.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        Self::quotient(
            &self.numerator * &other.denominator,
            &self.denominator * &other.numerator,
        )
    }

    /// The greatest whole number that is not above.
    pub fn floor(&self) -> BigInt {
        let quotient = &self.numerator / &self.denominator;
        if self.numerator.is_negative() && !(&self.numerator % &self.denominator).is_zero() {
            quotient - 1
        } else {
            quotient
        }
    }

    /// The least whole number that is not below.
    pub fn ceil(&self) -> BigInt {
        -(-self.clone()).floor()
    }

    /// The greatest whole number that is not above, as a fraction.
    #[must_use]
    pub fn floor_exact(&self) -> Self {
        Self::quotient(self.floor(), 1)
    }

    /// The greatest whole number that is not above, in 128 bits.
    ///
    /// # Panics
    /// If it needs more.
    pub fn floor_i128(&self) -> i128 {
        self.floor().to_i128().expect("a number within 128 bits")
    }

    /// The least whole number that is not below, in 128 bits.
    ///
    /// # Panics
    /// If it needs more.
    pub fn ceil_i128(&self) -> i128 {
        self.ceil().to_i128().expect("a number within 128 bits")
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.numerator.is_negative()
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self {
            numerator: self.numerator.abs(),
            denominator: self.denominator.clone(),
        }
    }

    /// About how much it is, for messages.
    pub fn about(&self) -> f64 {
        let scaled: BigInt = &self.numerator * 1_000 / &self.denominator;
        scaled.to_f64().unwrap_or(f64::NAN) / 1_000.0
    }
}

impl From<i128> for Exact {
    fn from(whole: i128) -> Self {
        Self {
            numerator: whole.into(),
            denominator: BigInt::one(),
        }
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        if self.denominator == other.denominator {
            return Exact {
                numerator: &self.numerator + &other.numerator,
                denominator: self.denominator.clone(),
            };
        }
        if other.denominator.is_one() {
            return Exact {
                numerator: &self.numerator + &other.numerator * &self.denominator,
                denominator: self.denominator.clone(),
            };
        }
        Exact {
            numerator: &self.numerator * &other.denominator + &other.numerator * &self.denominator,
            denominator: &self.denominator * &other.denominator,
        }
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        self + &-other.clone()
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        Exact {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }
}

impl Mul<i128> for &Exact {
    type Output = Exact;

    fn mul(self, whole: i128) -> Exact {
        Exact {
            numerator: &self.numerator * whole,
            denominator: self.denominator.clone(),
        }
    }
}

impl Neg for Exact {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            numerator: -self.numerator,
            denominator: self.denominator,
        }
    }
}

/// A number that the program may state with rounding: its stated one is at most `slack` whole units away from the exact
/// one. Every operation carries the slack of what it is made of; [`Approx::rounded`] adds what a rounding adds.
#[derive(Clone, Debug)]
pub struct Approx {
    /// The exact number.
    pub value: Exact,
    /// Most that the stated one is off, units.
    pub slack: i128,
}

impl Approx {
    /// Nothing, for certain.
    pub fn zero() -> Self {
        Exact::zero().into()
    }

    /// The same after a rounding that is off by at most that many units; nothing rounds to nothing.
    #[must_use]
    pub fn rounded(self, units: i128) -> Self {
        if self.slack == 0 && self.value.is_zero() {
            return self;
        }
        self.off_by(units)
    }

    /// The same, off by that many units more.
    #[must_use]
    pub fn off_by(self, units: i128) -> Self {
        Self {
            slack: self.slack + units,
            ..self
        }
    }

    /// A multiple.
    #[must_use]
    pub fn times(&self, factor: &Exact) -> Self {
        Self {
            value: &self.value * factor,
            slack: (&factor.abs() * self.slack).ceil_i128(),
        }
    }

    /// A whole multiple.
    #[must_use]
    pub fn times_whole(&self, factor: i128) -> Self {
        Self {
            value: &self.value * factor,
            slack: self.slack * factor.abs(),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn opposite(&self) -> Self {
        Self {
            value: -self.value.clone(),
            slack: self.slack,
        }
    }

    /// The larger one.
    #[must_use]
    pub fn larger(&self, other: &Self) -> Self {
        Self {
            value: (&self.value).max(&other.value).clone(),
            slack: self.slack.max(other.slack),
        }
    }

    /// The lesser one.
    #[must_use]
    pub fn lesser(&self, other: &Self) -> Self {
        Self {
            value: (&self.value).min(&other.value).clone(),
            slack: self.slack.max(other.slack),
        }
    }

    /// The number, or nothing if it is below zero.
    #[must_use]
    pub fn or_zero(&self) -> Self {
        self.larger(&Self::zero())
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self {
            value: self.value.abs(),
            slack: self.slack,
        }
    }

    /// Whether the stated number is at least zero, if the slack leaves no doubt.
    pub fn is_at_least_zero(&self) -> Option<bool> {
        let slack = Exact::from(self.slack);
        if (&self.value - &slack) >= Exact::zero() {
            Some(true)
        } else if (&self.value + &slack) < Exact::zero() {
            Some(false)
        } else {
            None
        }
    }

    /// Whether the stated number is above zero, if the slack leaves no doubt.
    pub fn is_above_zero(&self) -> Option<bool> {
        self.opposite().is_at_least_zero().map(|is_not| !is_not)
    }

    /// How far a stated number is from the exact one, in whole units rounded up; an error beyond the slack.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, stated: i128) -> Result<i128, String> {
        let distance = (&self.value - &stated.into()).abs().ceil_i128();
        if distance > self.slack {
            return Err(format!(
                "states {stated}, exact is {:.3}: {distance} units off, of {} that rounding explains",
                self.value.about(),
                self.slack
            ));
        }
        Ok(distance)
    }
}

impl From<Exact> for Approx {
    fn from(value: Exact) -> Self {
        Self { value, slack: 0 }
    }
}

impl From<i128> for Approx {
    fn from(whole: i128) -> Self {
        Exact::from(whole).into()
    }
}

impl Add for &Approx {
    type Output = Approx;

    fn add(self, other: Self) -> Approx {
        Approx {
            value: &self.value + &other.value,
            slack: self.slack + other.slack,
        }
    }
}

impl Sub for &Approx {
    type Output = Approx;

    fn sub(self, other: Self) -> Approx {
        Approx {
            value: &self.value - &other.value,
            slack: self.slack + other.slack,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_round_down_and_up() {
        let of = |numerator, denominator| Exact::quotient(numerator, denominator);
        assert_eq!((of(7, 2).floor_i128(), of(7, 2).ceil_i128()), (3, 4));
        assert_eq!((of(-7, 2).floor_i128(), of(-7, 2).ceil_i128()), (-4, -3));
        assert_eq!((of(6, -2).floor_i128(), of(6, -2).ceil_i128()), (-3, -3));
        assert_eq!(&of(1, 3) + &of(1, 6), of(1, 2));
        assert!(of(-1, 3) < of(-1, 4) && of(2, 6) == of(1, 3));
        assert_eq!(of(3, 4).over(&of(-1, 2)), of(-3, 2));
    }

    #[test]
    fn slack_follows_what_a_number_is_made_of() {
        let third = Approx::from(Exact::quotient(100, 3)).rounded(1);
        assert_eq!(third.times(&Exact::quotient(-5, 2)).slack, 3);
        assert_eq!((&third - &third.times_whole(2)).slack, 3);
        assert_eq!(third.check(34), Ok(1));
        assert!(third.check(35).is_err());
        assert_eq!(
            (Approx::zero().rounded(1).slack, Approx::zero().off_by(1).slack),
            (0, 1)
        );
        let near = Approx::from(1).rounded(2);
        assert_eq!((near.is_at_least_zero(), near.is_above_zero()), (None, None));
        assert_eq!(Approx::from(-3).rounded(2).is_at_least_zero(), Some(false));
        assert_eq!(Approx::from(2).rounded(2).is_at_least_zero(), Some(true));
        assert_eq!(Approx::from(2).rounded(2).is_above_zero(), None);
        assert_eq!(Approx::from(0).is_above_zero(), Some(false));
    }
}
