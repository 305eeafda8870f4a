//! Makes room for more positions in a margin account.

use crate::error::MarginError;
use crate::event::AccountGrown;
use crate::state::{ClearingHouse, PortfolioAccount, seeds};
use anchor_lang::prelude::*;

/// Accounts of `grow_account`.
#[event_cpi]
#[derive(Accounts)]
pub struct GrowAccount {
    /// Pays the rent of the growth; anyone.
    #[account(mut)]
    pub payer: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::grow_account`].
#[inline(never)]
pub fn grow_account(ctx: &mut Context<GrowAccount>, capacity: u16) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    let grows = usize::from(capacity) > accounts.account.capacity();
    let fits = u32::from(capacity) <= accounts.account.size_class().max_positions();
    require!(grows && fits, MarginError::WrongCapacity);

    accounts.account.resize_to_capacity(u32::from(capacity))?;
    accounts.account.top_up(accounts.payer.account())?;
    let sequence = accounts.account.advance();

    emit_cpi!(AccountGrown {
        account: *ctx.accounts.account.address(),
        sequence,
        capacity,
    });
    Ok(())
}
