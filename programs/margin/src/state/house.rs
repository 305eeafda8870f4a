//! The clearing house: who may do what, and the parameters that all accounts share.

use super::pause::{ACTIONS, Pausable, PauseRecord};
use crate::error::MarginError;
use crate::params::{FeeModel, HouseRisk, InterestModel, Timelock};
use anchor_lang::prelude::*;
use core::mem::{offset_of, size_of};
use tenor_math::quantity::{Ratio, UnixSeconds};

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
    /// May queue changes, tighten parameters and pause.
    pub admin: Address,
    /// Proposed successor of the admin, or zero.
    pub pending_admin: Address,
    /// May pause and cancel queued changes.
    pub guardian: Address,
    /// May post surface slices.
    pub surface_authority: Address,
    /// Mint of the quote currency, taken at one USD.
    pub quote_mint: Address,
    /// Owner of the only token accounts that the treasury's part of fees may be paid to, or zero: none.
    pub treasury: Address,
    /// Programs that brackets may call; zeros where none.
    pub bracket_programs: [Address; MAX_BRACKET_PROGRAMS],
    /// Number of the house's last event.
    pub sequence: u64,
    /// Number of queued changes so far.
    pub change_count: u64,
    /// From when on the proposed admin may accept, Unix seconds.
    pub pending_admin_ready_at: i64,
    /// When the proposal dies, Unix seconds.
    pub pending_admin_expires_at: i64,
    /// Until when the admin lists without delay, Unix seconds; zero once set-up is over.
    pub genesis_until: i64,
    /// When the house was wound down, Unix seconds; zero while it runs.
    pub wound_down_at: i64,
    /// Until when each action is paused, by [`Pausable`], Unix seconds.
    pub paused_until: [i64; ACTIONS],
    /// The guardian's pauses, by [`Pausable`].
    pub guardian_pauses: [PauseRecord; ACTIONS],
    /// The admin's pauses, by [`Pausable`].
    pub admin_pauses: [PauseRecord; ACTIONS],
    /// How long changes wait and live.
    pub timelock: Timelock,
    /// How requirements add up, and how far a liquidation goes.
    pub risk: HouseRisk,
    /// Interest on cash.
    pub interest: InterestModel,
    /// What a trade costs.
    pub fees: FeeModel,
    /// For later versions.
    pub reserved: [u8; 256],
}

impl ClearingHouse {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Maintenance share of the scenario requirement.
    pub const fn maintenance_factor(&self) -> Ratio {
        Ratio::from_e9(self.risk.maintenance_factor_e9)
    }

    /// Credit for losses that underlyings do not have together.
    pub const fn correlation_credit(&self) -> Ratio {
        Ratio::from_e9(self.risk.correlation_credit_e9)
    }

    /// Equity over maintenance requirement at which an auction ends.
    pub const fn liquidation_target(&self) -> Ratio {
        Ratio::from_e9(self.risk.liquidation_target_e9)
    }

    /// Numbers an event of the house.
    pub const fn advance(&mut self) -> u64 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Whether the admin still lists without delay.
    pub const fn is_genesis(&self, now: UnixSeconds) -> bool {
        now.get() < self.genesis_until
    }

    /// Whether a program is among those that brackets may call.
    pub fn allows_in_bracket(&self, program: &Address) -> bool {
        *program != Address::default() && self.bracket_programs.contains(program)
    }

    /// Refuses an action while it is paused, and once the house is wound down.
    ///
    /// # Errors
    /// [`MarginError::ActionPaused`], [`MarginError::WoundDown`].
    pub fn check_not_paused(&self, action: Pausable, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        if self.wound_down_at != 0 && action.ends_at_wind_down() {
            return Err(MarginError::WoundDown);
        }
        match self.paused_until.get(action.index()) {
            Some(until) if now.get() >= *until => Ok(()),
            _ => Err(MarginError::ActionPaused),
        }
    }
}

const _: () = assert!(
    size_of::<ClearingHouse>()
        == 8 + 6 * 32 + MAX_BRACKET_PROGRAMS * 32 + 6 * 8 + ACTIONS * (8 + 2 * 16) + 16 + 40 + 40 + 32 + 256
);
const _: () = assert!(offset_of!(ClearingHouse, admin) == 8);
