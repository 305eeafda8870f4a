//! An account's health: equity less requirement.

use super::requirement::UnderlyingRisk;
use super::scenario::SCENARIOS;
use crate::quantity::{Ratio, Value};
use crate::{MathError, Round};

/// Equity and requirements of an account. Source: design section 5.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Cash, collateral after haircut and options at mark.
    pub equity: Value,
    /// Initial requirement: R plus contingencies.
    pub initial: Value,
    /// Maintenance requirement: a fraction of R plus contingencies.
    pub maintenance: Value,
    /// Haircut taken from collateral.
    pub haircut: Value,
    /// What price uncertainty and stale marks can cost: against the account in initial health.
    pub initial_uncertainty: Value,
    /// What they can hide: in its favour before a liquidation starts. Only if computed for
    /// [`super::Purpose::Liquidation`].
    pub liquidation_tolerance: Option<Value>,
    /// What could be withdrawn: equity without option gains, less the loss that it must survive. Negative if nothing.
    pub withdrawable: Value,
}

/// Named so that a caller says which rule it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawalCheck {
    /// Value may leave the account.
    Passes,
    /// It may not: this much is missing.
    Short(Value),
}

impl Health {
    /// Equity less the initial requirement and the uncertainty.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn initial_health(&self) -> Result<Value, MathError> {
        self.equity.try_sub(self.initial)?.try_sub(self.initial_uncertainty)
    }

    /// Equity less the maintenance requirement.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn maintenance_health(&self) -> Result<Value, MathError> {
        self.equity.try_sub(self.maintenance)
    }

    /// Whether maintenance health is negative wherever in the confidence interval the price truly is, and whatever the
    /// re-centred marks hide: the condition for a liquidation to start.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a health that was not computed for a liquidation; [`MathError::Overflow`].
    pub fn is_certainly_unhealthy(&self) -> Result<bool, MathError> {
        let tolerance = self.liquidation_tolerance.ok_or(MathError::OutOfDomain)?;
        Ok(self.maintenance_health()?.try_add(tolerance)? < Value::ZERO)
    }

    /// The withdrawal rule: unrealised option gains never leave the house.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn withdrawal(&self) -> Result<WithdrawalCheck, MathError> {
        if self.withdrawable < Value::ZERO {
            return Ok(WithdrawalCheck::Short(self.withdrawable.try_neg()?));
        }
        Ok(WithdrawalCheck::Passes)
    }
}

/// Sums the parts of an account's health.
#[derive(Clone, Debug)]
pub struct HealthBuilder {
    cash: Value,
    options: Value,
    collateral: Value,
    haircut: Value,
    losses: Value,
    uncredited_losses: Value,
    withdrawal_losses: Value,
    initial_contingency: Value,
    withdrawal_contingency: Value,
    maintenance_contingency: Value,
    initial_uncertainty: Value,
    liquidation_tolerance: Option<Value>,
    withdrawal_uncertainty: Value,
    systemic_e9: [i64; SCENARIOS],
}

impl HealthBuilder {
    /// Starts with the account's cash, which may be negative.
    pub const fn new(cash: Value) -> Self {
        Self {
            cash,
            options: Value::ZERO,
            collateral: Value::ZERO,
            haircut: Value::ZERO,
            losses: Value::ZERO,
            uncredited_losses: Value::ZERO,
            withdrawal_losses: Value::ZERO,
            initial_contingency: Value::ZERO,
            withdrawal_contingency: Value::ZERO,
            maintenance_contingency: Value::ZERO,
            initial_uncertainty: Value::ZERO,
            liquidation_tolerance: Some(Value::ZERO),
            withdrawal_uncertainty: Value::ZERO,
            systemic_e9: [0; SCENARIOS],
        }
    }

    /// The running sum of scenario results over underlyings, for [`super::UnderlyingBook::assess`].
    pub fn systemic_mut(&mut self) -> &mut [i64; SCENARIOS] {
        &mut self.systemic_e9
    }

    /// Adds one underlying.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn add(&mut self, risk: &UnderlyingRisk) -> Result<(), MathError> {
        let sum = |total: &mut Value, part: Value| -> Result<(), MathError> {
            *total = total.try_add(part)?;
            Ok(())
        };
        sum(&mut self.options, risk.option_value)?;
        sum(&mut self.collateral, risk.collateral_value)?;
        sum(&mut self.haircut, risk.haircut)?;
        sum(&mut self.losses, risk.scenario_loss)?;
        sum(&mut self.uncredited_losses, risk.uncredited_loss)?;
        sum(&mut self.withdrawal_losses, risk.withdrawal_loss)?;
        sum(&mut self.initial_contingency, risk.initial_contingency)?;
        sum(&mut self.withdrawal_contingency, risk.withdrawal_contingency)?;
        sum(&mut self.maintenance_contingency, risk.maintenance_contingency)?;
        sum(&mut self.withdrawal_uncertainty, risk.withdrawal_uncertainty)?;
        sum(&mut self.initial_uncertainty, risk.initial_uncertainty)?;
        self.liquidation_tolerance = match (self.liquidation_tolerance, risk.liquidation_tolerance) {
            (Some(total), Some(part)) => Some(total.try_add(part)?),
            _ => None,
        };
        Ok(())
    }

    /// Puts a bounded requirement of an underlying, added before, in the place of the one without its bound (see
    /// [`UnderlyingRisk::capped`]): all else is the same.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn replace(&mut self, unbounded: &UnderlyingRisk, bounded: &UnderlyingRisk) -> Result<(), MathError> {
        let change = |total: &mut Value, from: Value, to: Value| -> Result<(), MathError> {
            *total = total.try_sub(from)?.try_add(to)?;
            Ok(())
        };
        change(&mut self.losses, unbounded.scenario_loss, bounded.scenario_loss)?;
        change(
            &mut self.uncredited_losses,
            unbounded.uncredited_loss,
            bounded.uncredited_loss,
        )?;
        change(
            &mut self.initial_contingency,
            unbounded.initial_contingency,
            bounded.initial_contingency,
        )?;
        change(
            &mut self.withdrawal_contingency,
            unbounded.withdrawal_contingency,
            bounded.withdrawal_contingency,
        )?;
        change(
            &mut self.maintenance_contingency,
            unbounded.maintenance_contingency,
            bounded.maintenance_contingency,
        )
    }

    /// Health with R = sum W - credit (sum W - W_sys). Requirements round up.
    ///
    /// The initial requirement's credit leaves out losses in whose place former slices' cost stands: so what is asked is at least
    /// the sum of those costs, each up to its greatest loss. The credit is at most the sum of the other losses, and each cost is
    /// in the contingency or in what is left out. Source: decision 0020.
    ///
    /// # Errors
    /// [`MathError::Overflow`]; [`MathError::OutOfDomain`] for a credit or a factor above one.
    pub fn finish(&self, correlation_credit: Ratio, maintenance_factor: Ratio) -> Result<Health, MathError> {
        if correlation_credit > Ratio::ONE || maintenance_factor > Ratio::ONE {
            return Err(MathError::OutOfDomain);
        }
        let without_options = self.cash.try_add(self.collateral)?;
        let withdrawable = without_options
            .try_sub(self.withdrawal_losses)?
            .try_sub(self.withdrawal_contingency)?
            .try_sub(self.withdrawal_uncertainty)?;
        let health = Health {
            equity: without_options.try_add(self.options)?,
            initial: self.initial_contingency,
            maintenance: self.maintenance_contingency,
            haircut: self.haircut,
            initial_uncertainty: self.initial_uncertainty,
            liquidation_tolerance: self.liquidation_tolerance,
            withdrawable,
        };
        if self.losses == Value::ZERO {
            return Ok(health);
        }
        let systemic = self.systemic_e9.iter().copied().min().unwrap_or(0).min(0);
        let systemic_loss = Value::from_e9(systemic).try_neg()?;
        let apart = self.losses.try_sub(systemic_loss)?;
        let credit = correlation_credit.of(apart.or_zero(), Round::Down)?;
        let scenario_requirement = self.losses.try_sub(credit)?;
        let initial_credit = if self.uncredited_losses == Value::ZERO {
            credit
        } else {
            correlation_credit.of(apart.try_sub(self.uncredited_losses)?.or_zero(), Round::Down)?
        };
        Ok(Health {
            initial: self.losses.try_sub(initial_credit)?.try_add(health.initial)?,
            maintenance: maintenance_factor
                .of(scenario_requirement, Round::Up)?
                .try_add(health.maintenance)?,
            ..health
        })
    }
}
