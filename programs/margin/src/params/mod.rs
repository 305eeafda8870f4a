//! The parameters that are governed: each within bounds that no key can leave, and each with the direction of change that
//! must wait.
//!
//! A change may act at once only if it lets nobody do more than before *and* brings no account nearer to a liquidation,
//! takes from no balance and locks nobody in. Whoever holds the admin's key could otherwise raise a maintenance requirement
//! and buy, as liquidator, what it makes unhealthy. So caps, limits and initial requirements tighten at once; what enters
//! the maintenance requirement or the accrual of money waits in both directions.

mod collateral;
mod house;
mod underlying;

pub use collateral::CollateralTerms;
pub use house::{FeeModel, HouseRisk, InterestModel, Timelock, WithdrawalWindow};
pub use underlying::UnderlyingParams;

use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// The direction of change of a parameter that has to wait out the timelock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loosens {
    /// A greater value allows more; a smaller one acts at once.
    Up,
    /// A smaller value allows more; a greater one acts at once.
    Down,
    /// Either direction takes from someone: any change waits.
    Either,
}

/// One parameter: its name, value and bounds, and which way loosens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name, as the field is called.
    pub name: &'static str,
    /// Value, in the unit that the name says.
    pub value: i128,
    /// Bounds, given the other parameters of the set.
    pub bounds: RangeInclusive<i128>,
    /// Direction that waits.
    pub loosens: Loosens,
}

impl Field {
    fn new<T: Into<i128>>(name: &'static str, value: T, bounds: RangeInclusive<T>, loosens: Loosens) -> Self {
        let (least, greatest) = bounds.into_inner();
        Self {
            name,
            value: value.into(),
            bounds: least.into()..=greatest.into(),
            loosens,
        }
    }

    const fn moves_loose(&self, to: &Self) -> bool {
        match self.loosens {
            Loosens::Up => to.value > self.value,
            Loosens::Down => to.value < self.value,
            Loosens::Either => to.value != self.value,
        }
    }
}

/// Parameters that are set together.
pub trait ParameterSet {
    /// Every parameter, in a fixed order.
    fn fields(&self) -> Vec<Field>;

    /// Name of a parameter that is outside its bounds: an admin's key alone cannot leave them.
    fn out_of_bounds(&self) -> Option<&'static str> {
        let fields = self.fields();
        let outside = fields.iter().find(|field| !field.bounds.contains(&field.value));
        outside.map(|field| field.name)
    }

    /// Whether any parameter moves in a direction that has to wait, from this set to another.
    fn is_loosened_by(&self, to: &Self) -> bool {
        let (from, to) = (self.fields(), to.fields());
        from.iter().zip(&to).any(|(from, to)| from.moves_loose(to))
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "a test states what it expects by failing there"
)]
mod tests;
