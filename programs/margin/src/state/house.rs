//! The clearing house: who may do what, and the parameters that all accounts share.

use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::fees::FeeRates;
use tenor_math::quantity::Ratio;

/// Interest on borrowed and lent cash, by utilisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct InterestModel {
    /// Utilisation at the kink x 1e9.
    pub optimal_utilisation_e9: u64,
    /// Yearly rate without utilisation x 1e9.
    pub base_rate_e9: u64,
    /// Yearly rate at the kink x 1e9.
    pub optimal_rate_e9: u64,
    /// Yearly rate at full utilisation x 1e9.
    pub max_rate_e9: u64,
    /// Part of the interest that the house keeps for insurance x 1e9.
    pub reserve_share_e9: u64,
}

/// What a trade costs and who gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct FeeModel {
    /// Fee of the side that takes, as a fraction of the notional x 1e9.
    pub taker_e9: u64,
    /// Fee of the side that makes, as a fraction of the notional x 1e9.
    pub maker_e9: u64,
    /// Most that a fee may be of the premium x 1e9.
    pub cap_e9: u64,
    /// Part that goes to insurance x 1e9; the rest goes to the treasury.
    pub insurance_share_e9: u64,
}

impl FeeModel {
    /// Rates of a leg.
    pub const fn rates(&self) -> FeeRates {
        FeeRates {
            taker: Ratio::from_e9(self.taker_e9),
            maker: Ratio::from_e9(self.maker_e9),
            cap: Ratio::from_e9(self.cap_e9),
        }
    }
}

/// Most programs that brackets may call.
pub const MAX_BRACKET_PROGRAMS: usize = 8;

/// Root account of the protocol. Seeds: `[house]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct ClearingHouse {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Decimals of the quote mint.
    pub quote_decimals: u8,
    /// Alignment.
    pub padding: [u8; 1],
    /// Number of underlyings listed so far: the index of the next one.
    pub underlying_count: u32,
    /// May list and change parameters.
    pub admin: Address,
    /// Proposed successor of the admin, or zero.
    pub pending_admin: Address,
    /// May pause and cancel queued changes.
    pub guardian: Address,
    /// May post surface slices.
    pub surface_authority: Address,
    /// Mint of the quote currency, taken at one USD.
    pub quote_mint: Address,
    /// Bits of actions that are paused.
    pub pause_flags: u64,
    /// When the pause ends by itself, Unix seconds.
    pub paused_until: i64,
    /// How long a loosening change waits, seconds.
    pub timelock_seconds: u64,
    /// Number of queued changes so far.
    pub change_count: u64,
    /// Credit for losses that underlyings do not have together x 1e9.
    pub correlation_credit_e9: u64,
    /// Maintenance share of the scenario requirement x 1e9.
    pub maintenance_factor_e9: u64,
    /// Equity over maintenance requirement at which an auction ends x 1e9.
    pub liquidation_target_e9: u64,
    /// Accounts with a lower maintenance requirement are liquidated in full, USD x 1e9.
    pub full_close_below_e9: i64,
    /// An auction that restarts within this resumes its old clock, seconds.
    pub auction_memory_seconds: u64,
    /// Interest on cash.
    pub interest: InterestModel,
    /// Growth of lent cash since the start x 1e18.
    pub deposit_index_e18: u64,
    /// Growth of borrowed cash since the start x 1e18.
    pub borrow_index_e18: u64,
    /// When the indices last grew, Unix seconds.
    pub interest_accrued_at: i64,
    /// What a trade costs.
    pub fees: FeeModel,
    /// Programs that brackets may call; zeros where none.
    pub bracket_programs: [Address; MAX_BRACKET_PROGRAMS],
    /// For later versions.
    pub reserved: [u8; 256],
}

impl ClearingHouse {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Maintenance share of the scenario requirement.
    pub const fn maintenance_factor(&self) -> Ratio {
        Ratio::from_e9(self.maintenance_factor_e9)
    }

    /// Credit for losses that underlyings do not have together.
    pub const fn correlation_credit(&self) -> Ratio {
        Ratio::from_e9(self.correlation_credit_e9)
    }

    /// Equity over maintenance requirement at which an auction ends.
    pub const fn liquidation_target(&self) -> Ratio {
        Ratio::from_e9(self.liquidation_target_e9)
    }
}

const _: () =
    assert!(size_of::<ClearingHouse>() == 8 + 5 * 32 + 9 * 8 + 40 + 3 * 8 + 32 + MAX_BRACKET_PROGRAMS * 32 + 256);
const _: () = assert!(offset_of!(ClearingHouse, admin) == 8);
