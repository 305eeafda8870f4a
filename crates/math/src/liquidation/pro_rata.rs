//! How the payouts of a chain bear the debt charged to it.

use crate::quantity::{Atoms, E9, Ratio, Value, power_of_ten_wide};
use crate::{MathError, Round, mul_div};

/// Gross payouts of a chain: the sum over its options of payoff per lot times open interest, exact in units of 1e-9 USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrossPayouts {
    total_e9: u128,
}

impl GrossPayouts {
    /// Adds one option.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a negative payoff; [`MathError::Overflow`].
    #[expect(clippy::arithmetic_side_effects, reason = "a product of two u64 fits u128")]
    pub fn add(&mut self, payoff_per_lot: Value, open_interest_lots: u64) -> Result<(), MathError> {
        let payout = u128::from(payoff_per_lot.to_unsigned_e9()?) * u128::from(open_interest_lots);
        self.total_e9 = self.total_e9.checked_add(payout).ok_or(MathError::Overflow)?;
        Ok(())
    }

    /// The sum in atoms of the quote, rounded up: no less than what the accounts' own payouts, rounded down, sum to.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn to_atoms(self, quote_decimals: u8) -> Result<Atoms, MathError> {
        let atoms = self
            .total_e9
            .checked_mul(power_of_ten_wide(quote_decimals)?)
            .ok_or(MathError::Overflow)?
            .div_ceil(u128::from(E9));
        u64::try_from(atoms).map(Atoms::new).map_err(|_| MathError::Overflow)
    }
}

/// How one account's payout is settled. The three sum to the payout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payout {
    /// Paid to the account.
    pub paid: Atoms,
    /// Collected against the debt.
    pub collected: Atoms,
    /// One atom or none that rounding leaves, to insurance.
    pub residue: Atoms,
}

/// The factor h = 1 - min(1, debt / gross payouts) of a chain, kept as its two amounts so that each payout rounds once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProRata {
    debt: u64,
    gross: u64,
}

impl ProRata {
    /// Charges a debt to gross payouts. Without payouts nothing can be collected.
    pub const fn new(debt: Atoms, gross: Atoms) -> Self {
        let (debt, gross) = (debt.get(), gross.get());
        Self {
            debt: if debt < gross { debt } else { gross },
            gross,
        }
    }

    /// The factor for valuations, rounded down: a long is never valued above what it will be paid. One without debt.
    #[expect(clippy::arithmetic_side_effects, reason = "debt is at most gross")]
    pub fn factor(self) -> Ratio {
        // A quotient of at most one always fits.
        mul_div(self.gross - self.debt, E9, self.gross, Round::Down).map_or(Ratio::ONE, Ratio::from_e9)
    }

    /// Settles an account's net positive payout. Both parts round down: since net payouts sum to no more than gross ones,
    /// all that is collected never exceeds the debt, and all that is paid never exceeds gross payouts less debt. What is
    /// not collected stays debt. Source: design section 6.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a payout above the gross ones.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "debt is at most gross; two parts of the payout, rounded down, sum to no more than the payout"
    )]
    pub fn settle(self, net_payout: Atoms) -> Result<Payout, MathError> {
        let net = net_payout.get();
        if net > self.gross {
            return Err(MathError::OutOfDomain);
        }
        if self.debt == 0 {
            return Ok(Payout {
                paid: net_payout,
                ..Payout::default()
            });
        }
        let paid = mul_div(net, self.gross - self.debt, self.gross, Round::Down)?;
        let collected = mul_div(net, self.debt, self.gross, Round::Down)?;
        Ok(Payout {
            paid: Atoms::new(paid),
            collected: Atoms::new(collected),
            residue: Atoms::new(net - paid - collected),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gross_payouts_sum_over_strikes_and_round_up() {
        let mut gross = GrossPayouts::default();
        gross.add(Value::from_e9(1_500_000_001), 3).unwrap();
        gross.add(Value::ZERO, u64::MAX).unwrap();
        assert_eq!(gross.to_atoms(6), Ok(Atoms::new(4_500_001)));
        assert_eq!(gross.to_atoms(9), Ok(Atoms::new(4_500_000_003)));
        assert_eq!(gross.add(Value::from_e9(-1), 1), Err(MathError::OutOfDomain));
        gross.add(Value::from_e9(i64::MAX), u64::MAX).unwrap();
        gross.add(Value::from_e9(i64::MAX), u64::MAX).unwrap();
        assert_eq!(gross.add(Value::from_e9(i64::MAX), u64::MAX), Err(MathError::Overflow));
        assert_eq!(gross.to_atoms(6), Err(MathError::Overflow));
    }

    #[test]
    fn a_quarter_of_the_payouts_bears_a_debt_of_a_quarter() {
        let chain = ProRata::new(Atoms::new(25), Atoms::new(100));
        assert_eq!(chain.factor(), Ratio::from_bps(7_500));
        let payout = chain.settle(Atoms::new(41)).unwrap();
        assert_eq!(
            (payout.paid.get(), payout.collected.get(), payout.residue.get()),
            (30, 10, 1)
        );
        assert_eq!(chain.settle(Atoms::new(101)), Err(MathError::OutOfDomain));
    }

    #[test]
    fn debt_beyond_the_payouts_takes_them_all_and_no_debt_takes_none() {
        let all = ProRata::new(Atoms::new(500), Atoms::new(100));
        assert_eq!(all.factor(), Ratio::ZERO);
        assert_eq!(all.settle(Atoms::new(40)).unwrap().collected, Atoms::new(40));
        let none = ProRata::new(Atoms::ZERO, Atoms::new(100));
        assert_eq!(none.factor(), Ratio::ONE);
        assert_eq!(none.settle(Atoms::new(40)).unwrap().paid, Atoms::new(40));
        let empty = ProRata::new(Atoms::new(5), Atoms::ZERO);
        assert_eq!(empty.factor(), Ratio::ONE);
        assert_eq!(empty.settle(Atoms::ZERO), Ok(Payout::default()));
    }
}
