//! The clearing house and its collaterals.

use super::Key;
use crate::Decimal9;
use serde::Deserialize;
use solana_pubkey::Pubkey;
use tenor_sdk::address::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use tenor_sdk::margin::instructions::{AddCollateralArgs, InitializeArgs};
use tenor_sdk::margin::params::{FeeModel, HouseRisk, InterestModel, Timelock, WithdrawalWindow};
use tenor_sdk::margin::state::NO_UNDERLYING;

/// Who governs the house.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorities {
    /// Upgrade authority of the program: the only one who may create the house.
    pub upgrade: Key,
    /// Who shall hold the upgrade authority in the end: an address of a timelock or multisig program, which no key signs
    /// for. Without it the deployment stays incomplete.
    pub upgrade_timelock: Option<Key>,
    /// Queues changes, tightens, pauses.
    pub admin: Key,
    /// Pauses and cancels.
    pub guardian: Key,
    /// Posts surface slices.
    pub surface: Key,
    /// Owner of the token accounts that the treasury's part of fees may be paid to; without it, none.
    pub treasury: Option<Key>,
}

/// Parameters that all accounts share.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct House {
    /// How long the admin lists without delay.
    pub genesis_seconds: u32,
    /// Whether a deployment ends set-up once everything is listed.
    pub end_genesis: bool,
    /// How long changes wait and live.
    pub timelock: TimelockFile,
    /// How requirements add up, and how far a liquidation goes.
    pub risk: RiskFile,
    /// Interest on cash.
    pub interest: InterestFile,
    /// What a trade costs.
    pub fees: FeesFile,
    /// How much may leave in a window.
    pub withdrawals: WithdrawalsFile,
}

/// How long changes wait and live.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelockFile {
    /// How long a change waits.
    pub delay_seconds: u64,
    /// How long it may then be made.
    pub ttl_seconds: u64,
}

/// How requirements add up, and how far a liquidation goes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskFile {
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

/// Interest on cash.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestFile {
    /// Utilisation at the kink.
    pub optimal_utilisation: Decimal9,
    /// Yearly rate without utilisation.
    pub base_rate: Decimal9,
    /// Yearly rate at the kink.
    pub optimal_rate: Decimal9,
    /// Yearly rate at full utilisation.
    pub max_rate: Decimal9,
    /// Part of the interest that the house keeps.
    pub reserve_share: Decimal9,
}

/// What a trade costs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeesFile {
    /// Fee of the side that takes, as a fraction of the notional.
    pub taker: Decimal9,
    /// Fee of the side that makes, as a fraction of the notional.
    pub maker: Decimal9,
    /// Most that a fee may be of the premium.
    pub cap: Decimal9,
    /// Part that goes to insurance.
    pub insurance_share: Decimal9,
}

/// How much may leave in a window.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalsFile {
    /// Length of the window.
    pub window_seconds: u64,
    /// What an account may withdraw a day whatever the window remembers.
    pub small_withdrawal_usd: Decimal9,
}

/// The quote currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Name for people.
    pub symbol: String,
    /// Mint.
    pub mint: Key,
    /// Program of the mint; the token program of the first generation if it is not said.
    #[serde(default)]
    pub token_program: TokenProgram,
    /// Whether it is listed although its issuer may freeze accounts of it.
    #[serde(default)]
    pub accepts_freeze_authority: bool,
    /// Most that the house takes.
    pub deposit_cap_atoms: u64,
    /// Most net outflow a day; the deposit cap if it is not said.
    pub daily_outflow_atoms: Option<u64>,
}

/// Which program a mint belongs to.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TokenProgram {
    /// SPL Token.
    #[default]
    Token,
    /// Token-2022.
    #[serde(rename = "token-2022")]
    Token2022,
}

impl TokenProgram {
    /// Its address.
    pub const fn address(self) -> Pubkey {
        match self {
            Self::Token => TOKEN_PROGRAM,
            Self::Token2022 => TOKEN_2022_PROGRAM,
        }
    }
}

/// A collateral besides the quote.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralFile {
    /// Name for people.
    pub symbol: String,
    /// Mint.
    pub mint: Key,
    /// Program of the mint; the token program of the first generation if it is not said.
    #[serde(default)]
    pub token_program: TokenProgram,
    /// Whether it is listed although somebody may freeze accounts of it.
    #[serde(default)]
    pub accepts_freeze_authority: bool,
    /// Symbol of the underlying that prices it.
    pub priced_by: String,
    /// Symbol of the underlying whose scenarios shock it; the one that prices it if it is not said.
    pub shocked_by: Option<String>,
    /// Part of the worth that does not count as equity.
    pub haircut: Decimal9,
    /// Most that the house takes.
    pub deposit_cap_atoms: u64,
    /// How long that cap grows from zero.
    #[serde(default)]
    pub ramp_seconds: u64,
    /// Most net outflow a day; the deposit cap if it is not said.
    pub daily_outflow_atoms: Option<u64>,
}

impl House {
    /// Arguments of `initialize`; `None` if a number does not fit.
    pub fn args(&self, authorities: &Authorities) -> Option<InitializeArgs> {
        Some(InitializeArgs {
            admin: authorities.admin.0,
            guardian: authorities.guardian.0,
            surface_authority: authorities.surface.0,
            treasury: authorities.treasury.map_or_else(Pubkey::default, |key| key.0),
            genesis_seconds: self.genesis_seconds,
            timelock: Timelock {
                delay_seconds: self.timelock.delay_seconds,
                ttl_seconds: self.timelock.ttl_seconds,
            },
            risk: HouseRisk {
                correlation_credit_e9: self.risk.correlation_credit.e9(),
                maintenance_factor_e9: self.risk.maintenance_factor.e9(),
                liquidation_target_e9: self.risk.liquidation_target.e9(),
                full_close_below_e9: i64::try_from(self.risk.full_close_below_usd.e9()).ok()?,
                auction_memory_seconds: self.risk.auction_memory_seconds,
            },
            interest: InterestModel {
                optimal_utilisation_e9: self.interest.optimal_utilisation.e9(),
                base_rate_e9: self.interest.base_rate.e9(),
                optimal_rate_e9: self.interest.optimal_rate.e9(),
                max_rate_e9: self.interest.max_rate.e9(),
                reserve_share_e9: self.interest.reserve_share.e9(),
            },
            fees: FeeModel {
                taker_e9: self.fees.taker.e9(),
                maker_e9: self.fees.maker.e9(),
                cap_e9: self.fees.cap.e9(),
                insurance_share_e9: self.fees.insurance_share.e9(),
            },
            withdrawals: WithdrawalWindow {
                window_seconds: self.withdrawals.window_seconds,
                small_withdrawal_e9: self.withdrawals.small_withdrawal_usd.e9(),
            },
        })
    }
}

impl Quote {
    /// Arguments of `add_collateral`.
    pub fn args(&self) -> AddCollateralArgs {
        AddCollateralArgs {
            underlying_index: NO_UNDERLYING,
            scenario_index: NO_UNDERLYING,
            accepts_freeze_authority: u8::from(self.accepts_freeze_authority),
            haircut_e9: 0,
            deposit_cap_atoms: self.deposit_cap_atoms,
            ramp_seconds: 0,
            window_cap_atoms: self.daily_outflow_atoms.unwrap_or(self.deposit_cap_atoms),
        }
    }
}

impl CollateralFile {
    /// Symbol of the underlying whose scenarios shock it.
    pub fn shocked_by(&self) -> &str {
        self.shocked_by.as_deref().unwrap_or(&self.priced_by)
    }

    /// Arguments of `add_collateral`, once the indices of its underlyings are known.
    pub fn args(&self, underlying_index: u8, scenario_index: u8) -> AddCollateralArgs {
        AddCollateralArgs {
            underlying_index,
            scenario_index,
            accepts_freeze_authority: u8::from(self.accepts_freeze_authority),
            haircut_e9: self.haircut.e9(),
            deposit_cap_atoms: self.deposit_cap_atoms,
            ramp_seconds: self.ramp_seconds,
            window_cap_atoms: self.daily_outflow_atoms.unwrap_or(self.deposit_cap_atoms),
        }
    }
}
