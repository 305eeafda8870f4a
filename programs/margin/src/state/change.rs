//! Queued changes: what the admin wants, visible and cancellable until it may be applied.

use crate::error::MarginError;
use crate::governance::Change;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use anchor_lang::{BORSH_CONFIG, wincode};
use core::mem::{offset_of, size_of};
use tenor_math::quantity::UnixSeconds;

/// Bytes that the longest change takes.
pub const MAX_CHANGE_LEN: usize = 640;

/// A change that waits. Seeds: `[change, house, number (u64, little-endian)]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct QueuedChange {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Bytes of the payload in use.
    pub length: u16,
    /// Alignment.
    pub padding: [u8; 4],
    /// House that it belongs to.
    pub house: Address,
    /// Account that it changes: house, registry or an underlying; zero for a listing.
    pub target: Address,
    /// Admin who queued it. It dies when another takes over.
    pub proposed_by: Address,
    /// Who paid the rent and gets it back.
    pub rent_payer: Address,
    /// SHA-256 of what it replaces, as a change; it dies when that is changed.
    pub replaces: [u8; 32],
    /// Its number.
    pub number: u64,
    /// From when on it may be applied, Unix seconds.
    pub ready_at: i64,
    /// When it dies, Unix seconds.
    pub expires_at: i64,
    /// The change, as in instruction data.
    pub payload: [u8; MAX_CHANGE_LEN],
    /// For later versions.
    pub reserved: [u8; 64],
}

impl QueuedChange {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Stores a change.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`] never for the changes that there are.
    #[inline(never)]
    pub fn store(&mut self, change: &Change) -> core::result::Result<(), MarginError> {
        let bytes = change.bytes()?;
        self.length = u16::try_from(bytes.len()).map_err(|_| MarginError::MathOverflow)?;
        let place = self.payload.get_mut(..bytes.len());
        place.ok_or(MarginError::MathOverflow)?.copy_from_slice(&bytes);
        Ok(())
    }

    /// The change.
    ///
    /// # Errors
    /// [`MarginError::ParameterOutOfRange`] never for an account that this program wrote.
    #[inline(never)]
    pub fn change(&self) -> core::result::Result<Change, MarginError> {
        let bytes = self.payload.get(..usize::from(self.length));
        let bytes = bytes.ok_or(MarginError::ParameterOutOfRange)?;
        wincode::config::deserialize(bytes, BORSH_CONFIG).map_err(|_| MarginError::ParameterOutOfRange)
    }

    /// Whether nobody can apply it any more, whatever the state.
    pub fn is_dead(&self, now: UnixSeconds, admin: &Address) -> bool {
        now.get() >= self.expires_at || self.proposed_by != *admin
    }

    /// Refuses a change of another house, before its time, after its death, or of a former admin.
    ///
    /// # Errors
    /// [`MarginError::WrongVersion`], [`MarginError::WrongHouse`], [`MarginError::ChangeNotReady`],
    /// [`MarginError::ChangeExpired`], [`MarginError::ChangeOfFormerAdmin`].
    pub fn check_applicable(
        &self,
        house: &Address,
        admin: &Address,
        now: UnixSeconds,
    ) -> core::result::Result<(), MarginError> {
        self.check(house)?;
        if self.proposed_by != *admin {
            return Err(MarginError::ChangeOfFormerAdmin);
        }
        check_window(now, self.ready_at, self.expires_at)
    }

    /// Checks that the account is of this layout and house.
    ///
    /// # Errors
    /// [`MarginError::WrongVersion`], [`MarginError::WrongHouse`].
    pub fn check(&self, house: &Address) -> core::result::Result<(), MarginError> {
        if self.version != super::LAYOUT_VERSION {
            return Err(MarginError::WrongVersion);
        }
        if self.house != *house {
            return Err(MarginError::WrongHouse);
        }
        Ok(())
    }
}

/// Refuses what may be done only from one moment on and before another.
///
/// # Errors
/// [`MarginError::ChangeNotReady`], [`MarginError::ChangeExpired`].
pub const fn check_window(now: UnixSeconds, ready_at: i64, expires_at: i64) -> core::result::Result<(), MarginError> {
    if now.get() < ready_at {
        return Err(MarginError::ChangeNotReady);
    }
    if now.get() >= expires_at {
        return Err(MarginError::ChangeExpired);
    }
    Ok(())
}

impl Change {
    /// The change as in instruction data.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`] never for the changes that there are.
    #[inline(never)]
    pub fn bytes(&self) -> core::result::Result<Vec<u8>, MarginError> {
        wincode::config::serialize(self, BORSH_CONFIG).map_err(|_| MarginError::MathOverflow)
    }
}

const _: () = assert!(size_of::<QueuedChange>() == 8 + 5 * 32 + 3 * 8 + MAX_CHANGE_LEN + 64);
const _: () = assert!(offset_of!(QueuedChange, house) == 8);
