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
