//! What an option pays at expiry.

use crate::quantity::{LotSize, Price, Value};
use crate::{MathError, Round};

/// The right that an option gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// To receive max(S - K, 0).
    Call,
    /// To receive max(K - S, 0).
    Put,
}

/// Payoff of one lot at a settlement price, rounded down. Long and short use the same number, so what all longs receive
/// is what all shorts pay before atoms are rounded.
///
/// # Errors
/// [`MathError::Overflow`].
pub fn payoff_per_lot(kind: OptionKind, settlement: Price, strike: Price, lot: LotSize) -> Result<Value, MathError> {
    let intrinsic_e9 = match kind {
        OptionKind::Call => settlement.e9().saturating_sub(strike.e9()),
        OptionKind::Put => strike.e9().saturating_sub(settlement.e9()),
    };
    lot.value(Price::from_e9(intrinsic_e9), Round::Down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_pays_its_share_of_what_is_in_the_money_rounded_down() {
        let half = LotSize::from_units_e9(500_000_000).unwrap();
        let of = |kind, settlement, strike| {
            payoff_per_lot(kind, Price::from_e9(settlement), Price::from_e9(strike), half).map(Value::e9)
        };
        assert_eq!(of(OptionKind::Call, 125, 100), Ok(12));
        assert_eq!(of(OptionKind::Call, 100, 125), Ok(0));
        assert_eq!(of(OptionKind::Put, 100, 125), Ok(12));
        assert_eq!(of(OptionKind::Put, 125, 100), Ok(0));
        let whole = LotSize::from_units_e9(1_000_000_000).unwrap();
        let too_much = payoff_per_lot(OptionKind::Call, Price::from_e9(u64::MAX), Price::from_e9(0), whole);
        assert_eq!(too_much, Err(MathError::Overflow));
    }
}
