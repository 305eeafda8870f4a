//! Ends set-up: from then on listings wait.

use crate::error::MarginError;
use crate::event::GenesisEnded;
use crate::governance::{INSTRUCTIONS, refuse_durable_nonce};
use crate::state::{ClearingHouse, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `end_genesis`.
#[event_cpi]
#[derive(Accounts)]
pub struct EndGenesis {
    /// Admin of the house.
    #[account(address = house.admin @ MarginError::NotAuthorised)]
    pub admin: Signer,
    /// The house.
    #[account(mut, seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Instructions sysvar.
    #[account(address = INSTRUCTIONS @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// See [`crate::tenor_margin::end_genesis`].
#[inline(never)]
pub fn end_genesis(ctx: &mut Context<EndGenesis>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    refuse_durable_nonce(accounts.instructions.account())?;
    require!(accounts.house.is_genesis(now), MarginError::GenesisOver);
    accounts.house.genesis_until = 0;
    let sequence = accounts.house.advance();

    emit_cpi!(GenesisEnded { sequence });
    Ok(())
}
