//! How much of an account a liquidator may take.

use crate::quantity::{Atoms, Lots, Ratio, Value};
use crate::{MathError, Round, mul_div};

const E18: u64 = 1_000_000_000_000_000_000;
const E9_WIDE: i128 = 1_000_000_000;

/// A fraction of an account in [0, 1], x 1e18.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(u64);

impl Fraction {
    /// The whole account.
    pub const ONE: Self = Self(E18);

    /// A fraction x 1e18.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] above one.
    pub const fn from_e18(e18: u64) -> Result<Self, MathError> {
        if e18 > E18 {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self(e18))
    }

    /// The fraction x 1e18.
    pub const fn e18(self) -> u64 {
        self.0
    }

    /// Whether this is the whole account.
    pub const fn is_whole(self) -> bool {
        self.0 == E18
    }

    /// Whole lots of a position that the fraction moves: shorts round up, longs down, so that the account is never left
    /// with more risk than the formula says.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn of_lots(self, lots: Lots) -> Result<Lots, MathError> {
        let round = if lots.get() < 0 { Round::Up } else { Round::Down };
        let moved = mul_div(lots.magnitude(), self.0, E18, round)?;
        let moved = i64::try_from(moved).map(Lots::new).map_err(|_| MathError::Overflow)?;
        if lots.get() < 0 { moved.try_neg() } else { Ok(moved) }
    }

    /// Atoms of a collateral that the fraction moves, rounded down.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn of_atoms(self, atoms: Atoms) -> Result<Atoms, MathError> {
        mul_div(atoms.get(), self.0, E18, Round::Down).map(Atoms::new)
    }

    /// The fraction of a non-negative amount, rounded down.
    ///
    /// # Errors
    /// [`MathError::Overflow`]; [`MathError::OutOfDomain`] if negative.
    pub fn of_value(self, value: Value) -> Result<Value, MathError> {
        mul_div(value.to_unsigned_e9()?, self.0, E18, Round::Down).and_then(Value::from_unsigned_e9)
    }
}

/// What decides the size of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceTerms {
    /// Equity of the account, positive.
    pub equity: Value,
    /// Maintenance requirement M, positive.
    pub maintenance: Value,
    /// Haircut H taken from its collateral.
    pub haircut: Value,
    /// Discount d on the freed requirement.
    pub discount: Ratio,
    /// Target t of equity over requirement, at least one.
    pub target: Ratio,
}

/// Largest fraction of an account that a slice may take: `(tM - E) / (M (t - d) + H)`, or the whole account where that
/// is above one; zero at or above the target. Rounds down, so a slice never overshoots the target by the formula.
///
/// Derivation: a slice f at mark and oracle price leaves E' = E + fH - dfM (collateral sold at its full price was counted
/// after the haircut) and, the requirement being homogeneous, M' = (1 - f) M. Setting E' = t M' gives f.
///
/// # Errors
/// [`MathError::OutOfDomain`] unless E and M are positive, H not negative, d < t and t below 2^32 x 1e-9; [`MathError::Overflow`]
/// never within the range of [`Value`].
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "values are below 2^63 and ratios below 2^32 by the check, so numerator and divisor are below 2^97 and, \
              times 1e9, below 2^127; a remainder is below the divisor; the divisor is positive because d < t and M > 0"
)]
pub fn slice_fraction(terms: &SliceTerms) -> Result<Fraction, MathError> {
    let SliceTerms {
        equity,
        maintenance,
        haircut,
        discount,
        target,
    } = *terms;
    let positive = equity > Value::ZERO && maintenance > Value::ZERO;
    if !positive || haircut < Value::ZERO || discount >= target || target.e9() >> 32 != 0 {
        return Err(MathError::OutOfDomain);
    }
    let (m, e, h) = (
        i128::from(maintenance.e9()),
        i128::from(equity.e9()),
        i128::from(haircut.e9()),
    );
    let (t, d) = (i128::from(target.e9()), i128::from(discount.e9()));
    let missing = t * m - E9_WIDE * e;
    if missing <= 0 {
        return Ok(Fraction(0));
    }
    let divisor = m * (t - d) + E9_WIDE * h;
    if missing >= divisor {
        return Ok(Fraction::ONE);
    }
    // Two steps of nine digits: a single product with 1e18 would not fit.
    let (high, rest) = (missing * E9_WIDE / divisor, missing * E9_WIDE % divisor);
    let low = rest * E9_WIDE / divisor;
    u64::try_from(high * E9_WIDE + low)
        .map(Fraction)
        .map_err(|_| MathError::Overflow)
}

/// What a slice may take: [`slice_fraction`], or the whole of an account below the target whose requirement is less than
/// `full_close_below`: what would be left of it costs more to liquidate than it is worth.
///
/// # Errors
/// As [`slice_fraction`].
pub fn largest_slice(terms: &SliceTerms, full_close_below: Value) -> Result<Fraction, MathError> {
    let fraction = slice_fraction(terms)?;
    if fraction.0 > 0 && terms.maintenance < full_close_below {
        return Ok(Fraction::ONE);
    }
    Ok(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(equity: i64) -> SliceTerms {
        SliceTerms {
            equity: Value::from_e9(equity),
            maintenance: Value::from_e9(1_000),
            haircut: Value::from_e9(50),
            discount: Ratio::from_bps(1_000),
            target: Ratio::from_bps(11_500),
        }
    }

    #[test]
    fn a_slice_is_what_restores_the_target() {
        // (1150 - 1095) / (1000 x 1.05 + 50) = 55 / 1100.
        assert_eq!(
            slice_fraction(&terms(1_095)).map(Fraction::e18),
            Ok(50_000_000_000_000_000)
        );
        assert_eq!(slice_fraction(&terms(1_150)).map(Fraction::e18), Ok(0));
        assert_eq!(slice_fraction(&terms(50)), Ok(Fraction::ONE));
        assert_eq!(
            slice_fraction(&terms(51)).map(Fraction::e18),
            Ok(999_090_909_090_909_090)
        );
    }

    #[test]
    fn terms_outside_the_domain_are_refused() {
        let refused = |terms| assert_eq!(slice_fraction(&terms), Err(MathError::OutOfDomain));
        refused(SliceTerms {
            maintenance: Value::ZERO,
            ..terms(1)
        });
        refused(terms(0));
        refused(terms(-1));
        refused(terms(i64::MIN));
        refused(SliceTerms {
            haircut: Value::from_e9(-1),
            ..terms(1)
        });
        refused(SliceTerms {
            discount: Ratio::from_bps(11_500),
            ..terms(1)
        });
        refused(SliceTerms {
            target: Ratio::from_e9(1 << 32),
            ..terms(1)
        });
    }

    #[test]
    fn small_accounts_close_in_full() {
        let at = |equity, below| largest_slice(&terms(equity), Value::from_e9(below)).map(Fraction::e18);
        assert_eq!(at(1_095, 1_000), Ok(50_000_000_000_000_000));
        assert_eq!(at(1_095, 1_001), Ok(1_000_000_000_000_000_000));
        assert_eq!(at(1_150, 1_001), Ok(0));
    }

    #[test]
    fn fractions_of_amounts_round_for_the_account() {
        let third = Fraction::from_e18(333_333_333_333_333_333).unwrap();
        assert_eq!(third.of_lots(Lots::new(10)), Ok(Lots::new(3)));
        assert_eq!(third.of_lots(Lots::new(-10)), Ok(Lots::new(-4)));
        assert_eq!(third.of_atoms(Atoms::new(10)), Ok(Atoms::new(3)));
        assert_eq!(third.of_value(Value::from_e9(10)), Ok(Value::from_e9(3)));
        assert_eq!(third.of_value(Value::from_e9(-1)), Err(MathError::OutOfDomain));
        assert_eq!(Fraction::ONE.of_lots(Lots::new(i64::MIN)), Err(MathError::Overflow));
        assert_eq!(
            Fraction::from_e18(1_000_000_000_000_000_001),
            Err(MathError::OutOfDomain)
        );
        assert!(Fraction::ONE.is_whole() && !third.is_whole());
    }
}
