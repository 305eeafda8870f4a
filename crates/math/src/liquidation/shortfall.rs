//! Who bears a loss: insurance first, then debt of the underlyings that caused it.

use crate::quantity::{Atoms, Value};
use crate::{MathError, Round, mul_div};

/// How a payment is funded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Paid by the insurance fund.
    pub insurance: Atoms,
    /// What the fund lacks: bad debt.
    pub debt: Atoms,
}

impl Coverage {
    /// Funds an amount from a fund that holds `available`: all of it as far as that goes, the rest as debt. The two sum
    /// to the amount.
    pub const fn of(amount: Atoms, available: Atoms) -> Self {
        let insurance = if amount.get() < available.get() {
            amount
        } else {
            available
        };
        Self {
            insurance,
            debt: Atoms::new(amount.get().saturating_sub(insurance.get())),
        }
    }
}

/// Splits an amount over underlyings in proportion to their weights (W_u, the worst loss of each), into `shares`, which
/// sum to it exactly. Share i is the rise over i of the rounded-down cumulative amount, so it differs from the exact
/// quota by less than one atom, the residue falls where the cumulative quota crosses a whole atom, the same for every
/// caller, and a weight of zero bears nothing. Source: design section 6.
///
/// The weights are those of the account before its last positions went: an empty book has none.
///
/// # Errors
/// [`MathError::OutOfDomain`] for lengths that differ, a negative weight, or weights that are all zero;
/// [`MathError::Overflow`] if their sum exceeds `u64`. `shares` is then unspecified.
pub fn split_shortfall(amount: Atoms, weights: &[Value], shares: &mut [Atoms]) -> Result<(), MathError> {
    if weights.len() != shares.len() {
        return Err(MathError::OutOfDomain);
    }
    let mut total = 0_u64;
    for weight in weights {
        total = total.checked_add(weight.to_unsigned_e9()?).ok_or(MathError::Overflow)?;
    }
    if total == 0 {
        return Err(MathError::OutOfDomain);
    }
    let (mut cumulative, mut given) = (0_u64, 0_u64);
    for (weight, share) in weights.iter().zip(shares) {
        cumulative = cumulative
            .checked_add(weight.to_unsigned_e9()?)
            .ok_or(MathError::Overflow)?;
        let due = mul_div(amount.get(), cumulative, total, Round::Down)?;
        *share = Atoms::new(due.saturating_sub(given));
        given = due;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn split(amount: u64, weights: &[i64]) -> Result<Vec<u64>, MathError> {
        let weights: Vec<_> = weights.iter().map(|weight| Value::from_e9(*weight)).collect();
        let mut shares = vec![Atoms::ZERO; weights.len()];
        split_shortfall(Atoms::new(amount), &weights, &mut shares)?;
        Ok(shares.into_iter().map(Atoms::get).collect())
    }

    #[test]
    fn insurance_pays_first_and_debt_is_the_rest() {
        let of = |amount, available| {
            let coverage = Coverage::of(Atoms::new(amount), Atoms::new(available));
            (coverage.insurance.get(), coverage.debt.get())
        };
        assert_eq!(of(10, 30), (10, 0));
        assert_eq!(of(10, 10), (10, 0));
        assert_eq!(of(10, 3), (3, 7));
        assert_eq!(of(10, 0), (0, 10));
    }

    #[test]
    fn shares_follow_the_weights_and_sum_to_the_amount() {
        assert_eq!(split(100, &[1, 3]), Ok(vec![25, 75]));
        assert_eq!(split(10, &[1, 1, 1]), Ok(vec![3, 3, 4]));
        assert_eq!(split(10, &[0, 7, 0]), Ok(vec![0, 10, 0]));
        assert_eq!(split(0, &[1, 2]), Ok(vec![0, 0]));
        assert_eq!(split(u64::MAX, &[i64::MAX, i64::MAX]), Ok(vec![u64::MAX >> 1, 1 << 63]));
    }

    #[test]
    fn weights_must_say_something() {
        assert_eq!(split(10, &[0, 0]), Err(MathError::OutOfDomain));
        assert_eq!(split(10, &[]), Err(MathError::OutOfDomain));
        assert_eq!(split(10, &[2, -1]), Err(MathError::OutOfDomain));
        assert_eq!(split(10, &[i64::MAX; 3]), Err(MathError::Overflow));
        let uneven = split_shortfall(Atoms::new(1), &[Value::from_e9(1)], &mut []);
        assert_eq!(uneven, Err(MathError::OutOfDomain));
    }
}
