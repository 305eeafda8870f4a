//! Pauses an action for a while, and ends a pause early.

use crate::error::MarginError;
use crate::event::{ActionPaused, ActionUnpaused};
use crate::governance::{INSTRUCTIONS, refuse_durable_nonce};
use crate::state::{ClearingHouse, Pausable, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `pause` and `unpause`.
#[event_cpi]
#[derive(Accounts)]
pub struct Pause {
    /// Guardian or admin of the house.
    pub authority: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// See [`crate::tenor_margin::pause`].
#[inline(never)]
pub fn pause(ctx: &mut Context<Pause>, action: Pausable, seconds: u32) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    let by = accounts.house.power_of(accounts.authority.address())?;
    let paused_until = accounts.house.pause(by, action, seconds, now)?;
    let record = accounts.house.last_pause(by, action);
    let sequence = accounts.house.advance();

    emit_cpi!(ActionPaused {
        sequence,
        action,
        by,
        seconds,
        paused_until,
        began_at: record.began_at,
        ends_at: record.until,
    });
    Ok(())
}

/// See [`crate::tenor_margin::unpause`].
#[inline(never)]
pub fn unpause(ctx: &mut Context<Pause>, action: Pausable) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    let by = accounts.house.power_of(accounts.authority.address())?;
    let paused_until = accounts.house.unpause(by, action, now)?;
    let sequence = accounts.house.advance();

    emit_cpi!(ActionUnpaused {
        sequence,
        action,
        by,
        paused_until,
        ended_at: now.get(),
    });
    Ok(())
}
