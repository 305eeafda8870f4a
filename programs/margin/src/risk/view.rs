//! An account's health for people and programs: numbers that they can show or act on.

use super::{Freshness, MarketView, assess_in_detail};
use crate::error::MarginError;
use crate::state::{ClearingHouse, MarginAccount, Position, Registry};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;
use tenor_math::risk::UnderlyingRisk;

/// Which action's rules a view applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewOf {
    /// The stored numbers as they are, whatever their age. Counted as for a liquidation: its initial requirement and what can be
    /// withdrawn leave out what the options are worth less on former slices, which [`Self::Action`] and [`Self::Withdrawal`]
    /// ask for.
    Stored,
    /// A trade that adds risk now.
    Action,
    /// A withdrawal now.
    Withdrawal,
    /// A trade that only reduces now.
    Reduction,
    /// A liquidation's start now.
    Liquidation,
}

impl ViewOf {
    /// The rules by number, in the order above.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`].
    pub const fn try_from_number(number: u8) -> core::result::Result<Self, MarginError> {
        Ok(match number {
            0 => Self::Stored,
            1 => Self::Action,
            2 => Self::Withdrawal,
            3 => Self::Reduction,
            4 => Self::Liquidation,
            _ => return Err(MarginError::ParameterOutOfRange),
        })
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Stored => 0,
            Self::Action => 1,
            Self::Withdrawal => 2,
            Self::Reduction => 3,
            Self::Liquidation => 4,
        }
    }

    /// The rules at a time.
    pub const fn at(self, now: UnixSeconds) -> Freshness {
        match self {
            Self::Stored => Freshness::AsStored,
            Self::Action => Freshness::Action(now),
            Self::Withdrawal => Freshness::Withdrawal(now),
            Self::Reduction => Freshness::Reduction(now),
            Self::Liquidation => Freshness::LiquidationStart(now),
        }
    }
}

/// One underlying's part in an account's health. All values USD x 1e9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct UnderlyingView {
    /// Index of the underlying.
    pub index: u8,
    /// Scenario of the greatest loss, 0 to 32; of no meaning without a loss.
    pub worst_scenario: u8,
    /// Greatest weighted loss over the scenarios, before any credit for other underlyings.
    pub scenario_loss_e9: i64,
    /// Contingencies of the initial requirement; what former slices cost is one, but in no view of stored numbers or of a
    /// liquidation.
    pub initial_contingency_e9: i64,
    /// Contingencies of the maintenance requirement.
    pub maintenance_contingency_e9: i64,
    /// What the price's uncertainty adds to the initial requirement.
    pub uncertainty_e9: i64,
    /// Options at mark.
    pub option_value_e9: i64,
    /// Collateral after haircut.
    pub collateral_value_e9: i64,
}

/// An account's health. All values USD x 1e9.
#[derive(Clone, Debug, Default, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct HealthView {
    /// Cash, collateral after haircut and options at mark.
    pub equity_e9: i64,
    /// Initial requirement without the price's uncertainty.
    pub initial_e9: i64,
    /// What the price's uncertainty adds to it.
    pub uncertainty_e9: i64,
    /// Maintenance requirement.
    pub maintenance_e9: i64,
    /// Haircut taken from collateral.
    pub haircut_e9: i64,
    /// What could be withdrawn; negative if nothing.
    pub withdrawable_e9: i64,
    /// One if something was counted at its best because its price is not good enough.
    pub left_out: u8,
    /// Parts by underlying.
    pub underlyings: Vec<UnderlyingView>,
}

/// The health of an account as a view.
///
/// # Errors
/// As [`super::assess`].
pub fn health_view(
    house: &ClearingHouse,
    registry: &Registry,
    account: &MarginAccount,
    positions: &[Position],
    market: &impl MarketView,
    freshness: Freshness,
) -> core::result::Result<HealthView, MarginError> {
    let mut underlyings = Vec::new();
    let mut visit = |index: u8, risk: &UnderlyingRisk| {
        underlyings.push(UnderlyingView {
            index,
            worst_scenario: risk.worst_scenario,
            scenario_loss_e9: risk.scenario_loss.e9(),
            initial_contingency_e9: risk.initial_contingency.e9(),
            maintenance_contingency_e9: risk.maintenance_contingency.e9(),
            uncertainty_e9: risk.initial_uncertainty.e9(),
            option_value_e9: risk.option_value.e9(),
            collateral_value_e9: risk.collateral_value.e9(),
        });
    };
    let assessment = assess_in_detail(house, registry, account, positions, market, freshness, &mut visit)?;
    let health = assessment.health;
    Ok(HealthView {
        equity_e9: health.equity.e9(),
        initial_e9: health.initial.e9(),
        uncertainty_e9: health.initial_uncertainty.e9(),
        maintenance_e9: health.maintenance.e9(),
        haircut_e9: health.haircut.e9(),
        withdrawable_e9: health.withdrawable.e9(),
        left_out: u8::from(assessment.left_out),
        underlyings,
    })
}
