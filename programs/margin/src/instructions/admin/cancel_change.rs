//! Cancels a queued change.

use crate::error::MarginError;
use crate::event::ChangeCancelled;
use crate::governance::{INSTRUCTIONS, refuse_durable_nonce};
use crate::state::{ClearingHouse, QueuedChange, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `cancel_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct CancelChange {
    /// Admin or guardian of the house; anyone, once nobody can make the change any more.
    pub authority: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The queued change, which closes.
    #[account(mut, close = rent_payer)]
    pub queued: Account<QueuedChange>,
    /// Who paid its rent and gets it back; may be the authority, which is not written as data.
    #[account(mut, unsafe(dup), address = queued.rent_payer @ MarginError::NotAuthorised)]
    pub rent_payer: UncheckedAccount,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// See [`crate::tenor_margin::cancel_change`].
#[inline(never)]
pub fn cancel_change(ctx: &mut Context<CancelChange>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    accounts.queued.check(accounts.house.address())?;
    let by = *accounts.authority.address();
    if !accounts.queued.is_dead(now, &accounts.house.admin) {
        accounts.house.power_of(&by)?;
    }
    let sequence = accounts.house.advance();

    emit_cpi!(ChangeCancelled {
        sequence,
        number: ctx.accounts.queued.number,
        by,
    });
    Ok(())
}
