//! What every user action must leave behind: an account that meets its initial requirement, or one that only reduced
//! its risk.

use crate::error::{MarginError, OrMarginError};
use tenor_math::Round;
use tenor_math::quantity::{Ratio, Value};
use tenor_math::risk::Health;

/// Part of the freed requirement that a reducing action may cost in equity.
const MAX_REDUCTION_COST: Ratio = Ratio::from_bps(2_000);

/// Whether an action can only have reduced an account's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Every leg brought a position closer to zero.
    ReducesOnly,
    /// Some leg opened or enlarged a position.
    AddsRisk,
}

/// Accepts an account after an action: initial health is not negative, or every leg reduced, initial and maintenance
/// health both rose and equity fell by at most a fifth of the requirement freed. Source: design section 5.4.
///
/// # Errors
/// [`MarginError::InitialHealthNegative`], [`MarginError::MathOverflow`].
pub fn check_after(after: &Health, before: &Health, effect: Effect) -> Result<(), MarginError> {
    if after.initial_health().or_margin_error()? >= Value::ZERO {
        return Ok(());
    }
    let rose = |before: Result<Value, _>, after: Result<Value, _>| -> Result<bool, MarginError> {
        Ok(after.or_margin_error()? > before.or_margin_error()?)
    };
    let freed = before.initial.try_sub(after.initial).or_margin_error()?.or_zero();
    let cost = before.equity.try_sub(after.equity).or_margin_error()?;
    let is_reduction = effect == Effect::ReducesOnly
        && rose(before.initial_health(), after.initial_health())?
        && rose(before.maintenance_health(), after.maintenance_health())?
        && cost <= MAX_REDUCTION_COST.of(freed, Round::Down).or_margin_error()?;
    if is_reduction {
        Ok(())
    } else {
        Err(MarginError::InitialHealthNegative)
    }
}
