//! What the house pays to have an account without equity taken over.

use super::{AuctionClock, Fraction};
use crate::quantity::Value;
use crate::{MathError, Round, mul_div};

/// Clock after which the payment is at its largest.
pub const INSOLVENCY_SECONDS: u32 = 3_600;

/// Payment to a liquidator who takes a part of an account with E <= 0, its cash and debts included: it grows from zero on
/// its own clock, linear over [`INSOLVENCY_SECONDS`], to M - E, of what remains of the account. With M - E the
/// taker ends with equity M, so the account that it took meets its own requirement and no more is ever needed. Rounds
/// down, in favour of the insurance fund, which pays first; what it lacks becomes debt
/// ([`Coverage`](super::Coverage)).
///
/// # Errors
/// [`MathError::OutOfDomain`] if equity is positive or the requirement negative; [`MathError::Overflow`] if M - E exceeds
/// the range of [`Value`].
pub fn insolvency_payment(
    clock: AuctionClock,
    equity: Value,
    maintenance: Value,
    taken: Fraction,
) -> Result<Value, MathError> {
    if equity > Value::ZERO || maintenance < Value::ZERO {
        return Err(MathError::OutOfDomain);
    }
    let largest = maintenance.try_sub(equity)?;
    let ran = u64::from(clock.seconds().min(INSOLVENCY_SECONDS));
    let offered = mul_div(
        largest.e9().unsigned_abs(),
        ran,
        u64::from(INSOLVENCY_SECONDS),
        Round::Down,
    )?;
    let offered = i64::try_from(offered).map_err(|_| MathError::Overflow)?;
    taken.of_value(Value::from_e9(offered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(seconds: u32, equity: i64, maintenance: i64) -> Result<i64, MathError> {
        let (equity, maintenance) = (Value::from_e9(equity), Value::from_e9(maintenance));
        insolvency_payment(AuctionClock::from_seconds(seconds), equity, maintenance, Fraction::ONE).map(Value::e9)
    }

    #[test]
    fn payment_grows_from_zero_to_what_the_account_lacks() {
        assert_eq!(payment(0, -20, 100), Ok(0));
        assert_eq!(payment(1_800, -20, 100), Ok(60));
        assert_eq!(payment(3_599, -20, 100), Ok(119));
        assert_eq!(payment(3_600, -20, 100), Ok(120));
        assert_eq!(payment(u32::MAX, -20, 0), Ok(20));
        assert_eq!(payment(3_600, 0, 100), Ok(100));
    }

    #[test]
    fn payment_is_for_the_part_taken() {
        let half = Fraction::from_e18(500_000_000_000_000_000).unwrap();
        let clock = AuctionClock::from_seconds(3_600);
        let got = insolvency_payment(clock, Value::from_e9(-21), Value::from_e9(100), half);
        assert_eq!(got, Ok(Value::from_e9(60)));
    }

    #[test]
    fn an_account_with_equity_is_not_paid_for() {
        assert_eq!(payment(3_600, 1, 100), Err(MathError::OutOfDomain));
        assert_eq!(payment(3_600, 0, -1), Err(MathError::OutOfDomain));
        assert_eq!(payment(3_600, -2, i64::MAX), Err(MathError::Overflow));
    }
}
