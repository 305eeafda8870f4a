//! What every user action must leave behind: an account that meets the rule of the action, or one that only reduced its
//! risk because it had to.

use crate::error::{MarginError, OrMarginError};
use tenor_math::Round;
use tenor_math::quantity::{Ratio, Value};
use tenor_math::risk::{Health, WithdrawalCheck};

/// Part of the freed requirement that a reducing action may cost in equity.
const MAX_REDUCTION_COST: Ratio = Ratio::from_bps(2_000);

/// Whether an action can only have reduced an account's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Every option ended closer to zero, or where it was.
    ReducesOnly,
    /// Some option was opened, enlarged or turned round.
    AddsRisk,
}

impl Effect {
    /// Of an action that has this and another effect.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::ReducesOnly, Self::ReducesOnly) => Self::ReducesOnly,
            _ => Self::AddsRisk,
        }
    }
}

/// What an account must meet after an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Initial health is not negative.
    Initial,
    /// What a withdrawal must leave, which is stricter: for an action that carries value or cash out of the account.
    Withdrawal,
}

impl Rule {
    /// # Errors
    /// [`MarginError::InitialHealthNegative`]; [`MarginError::GainsUnrealised`] if only the withdrawal rule does not hold;
    /// [`MarginError::MathOverflow`].
    pub fn check(self, after: &Health) -> Result<(), MarginError> {
        let meets_initial = after.initial_health().or_margin_error()? >= Value::ZERO;
        match self {
            Self::Withdrawal if meets_initial && after.withdrawal().or_margin_error()? == WithdrawalCheck::Passes => {
                Ok(())
            }
            Self::Withdrawal if meets_initial => Err(MarginError::GainsUnrealised),
            Self::Initial if meets_initial => Ok(()),
            Self::Initial | Self::Withdrawal => Err(MarginError::InitialHealthNegative),
        }
    }
}

/// Accepts a side of a trade whose every option ended closer to zero although its rule does not hold: it had to reduce its
/// risk and did. `cost` is what equity at mark fell by. Source: design sections 4 and 5.4.
///
/// # Errors
/// The `refusal` of its rule.
pub fn check_reduction(after: &Health, before: &Health, cost: Value, refusal: MarginError) -> Result<(), MarginError> {
    let had_to = before.initial_health().or_margin_error()? < Value::ZERO;
    if had_to && is_reduction(after, before, cost)? {
        Ok(())
    } else {
        Err(refusal)
    }
}

/// Accepts an account after any other action: initial health is not negative, or the action reduced its risk.
///
/// # Errors
/// [`MarginError::InitialHealthNegative`], [`MarginError::MathOverflow`].
pub fn check_after(after: &Health, before: &Health, effect: Effect) -> Result<(), MarginError> {
    match effect {
        Effect::AddsRisk => Rule::Initial.check(after),
        Effect::ReducesOnly => {
            let Err(refusal) = Rule::Initial.check(after) else {
                return Ok(());
            };
            let cost = before.equity.try_sub(after.equity).or_margin_error()?;
            check_reduction(after, before, cost, refusal)
        }
    }
}

/// Initial and maintenance health both rose, and equity fell by at most a fifth of the requirement freed.
fn is_reduction(after: &Health, before: &Health, cost: Value) -> Result<bool, MarginError> {
    let rose = |before: Result<Value, _>, after: Result<Value, _>| -> Result<bool, MarginError> {
        Ok(after.or_margin_error()? > before.or_margin_error()?)
    };
    let freed = before.initial.try_sub(after.initial).or_margin_error()?.or_zero();
    Ok(rose(before.initial_health(), after.initial_health())?
        && rose(before.maintenance_health(), after.maintenance_health())?
        && cost <= MAX_REDUCTION_COST.of(freed, Round::Down).or_margin_error()?)
}
