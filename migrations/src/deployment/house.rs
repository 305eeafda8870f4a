//! The clearing house and its collaterals.

use super::Key;
use crate::Decimal9;
use serde::Deserialize;
use tenor_sdk::margin::instructions::{AddCollateralArgs, InitializeArgs};
use tenor_sdk::margin::state::NO_UNDERLYING;

/// Who governs the house.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorities {
    /// Upgrade authority of the program: the only one who may create the house.
    pub upgrade: Key,
    /// Lists and changes parameters.
    pub admin: Key,
    /// Pauses and cancels.
    pub guardian: Key,
    /// Posts surface slices.
    pub surface: Key,
}

/// Parameters that all accounts share.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct House {
    /// How long a loosening change waits.
    pub timelock_seconds: u64,
    /// Credit for losses that underlyings do not have together.
    pub correlation_credit: Decimal9,
    /// Maintenance share of the scenario requirement.
    pub maintenance_factor: Decimal9,
    /// Equity over maintenance requirement at which an auction ends.
    pub liquidation_target: Decimal9,
    /// Accounts with a lower maintenance requirement are liquidated in full.
    pub full_close_below_usd: Decimal9,
    /// An auction that restarts within this resumes its old clock.
    pub auction_memory_seconds: u64,
}

/// The quote currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Name for people.
    pub symbol: String,
    /// Mint.
    pub mint: Key,
    /// Most that the house takes.
    pub deposit_cap_atoms: u64,
}

/// A collateral besides the quote.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralFile {
    /// Name for people.
    pub symbol: String,
    /// Mint.
    pub mint: Key,
    /// Symbol of the underlying that prices it.
    pub priced_by: String,
    /// Part of the worth that does not count as equity.
    pub haircut: Decimal9,
    /// Most that the house takes.
    pub deposit_cap_atoms: u64,
}

impl House {
    /// Arguments of `initialize`; `None` if a number does not fit.
    pub fn args(&self, authorities: &Authorities) -> Option<InitializeArgs> {
        Some(InitializeArgs {
            admin: authorities.admin.0,
            guardian: authorities.guardian.0,
            surface_authority: authorities.surface.0,
            timelock_seconds: self.timelock_seconds,
            correlation_credit_e9: self.correlation_credit.e9(),
            maintenance_factor_e9: self.maintenance_factor.e9(),
            liquidation_target_e9: self.liquidation_target.e9(),
            full_close_below_e9: i64::try_from(self.full_close_below_usd.e9()).ok()?,
            auction_memory_seconds: self.auction_memory_seconds,
        })
    }
}

impl Quote {
    /// Arguments of `add_collateral`.
    pub const fn args(&self) -> AddCollateralArgs {
        AddCollateralArgs {
            underlying_index: NO_UNDERLYING,
            haircut_e9: 0,
            deposit_cap_atoms: self.deposit_cap_atoms,
        }
    }
}

impl CollateralFile {
    /// Arguments of `add_collateral`, once the index of its underlying is known.
    pub const fn args(&self, underlying_index: u8) -> AddCollateralArgs {
        AddCollateralArgs {
            underlying_index,
            haircut_e9: self.haircut.e9(),
            deposit_cap_atoms: self.deposit_cap_atoms,
        }
    }
}
