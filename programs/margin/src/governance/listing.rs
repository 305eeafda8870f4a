//! Listings: without delay during set-up, afterwards by a change that was queued and has waited.

use super::Change;
use crate::error::MarginError;
use crate::state::{ClearingHouse, Pausable, QueuedChange};
use anchor_lang::accounts::Account;
use tenor_math::quantity::UnixSeconds;

/// Refuses a listing that is not due. An approval is for exactly one listing and stays until it is cancelled or dead:
/// nothing can be listed twice.
///
/// # Errors
/// [`MarginError::ListingNotApproved`], [`MarginError::WrongApproval`], [`MarginError::WoundDown`],
/// [`MarginError::ActionPaused`]; as [`QueuedChange::check_applicable`].
#[inline(never)]
pub fn check_listing(
    house: &Account<ClearingHouse>,
    approval: Option<&Account<QueuedChange>>,
    listing: &Change,
    now: UnixSeconds,
) -> Result<(), MarginError> {
    house.check_not_paused(Pausable::Listing, now)?;
    let Some(approval) = approval else {
        return if house.is_genesis(now) {
            Ok(())
        } else {
            Err(MarginError::ListingNotApproved)
        };
    };
    approval.check_applicable(house.address(), &house.admin, now)?;
    if approval.change()? != *listing {
        return Err(MarginError::WrongApproval);
    }
    Ok(())
}
