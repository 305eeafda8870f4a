//! Closes a chain that is over, and returns its rent.

use crate::error::MarginError;
use crate::event::ChainClosed;
use crate::state::{ChainAccount, LAYOUT_VERSION};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `close_chain`.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseChain {
    /// The chain.
    #[account(mut, close = rent_payer)]
    pub chain: ChainAccount,
    /// Who paid for the chain.
    #[account(mut, address = chain.rent_payer @ MarginError::NotRentPayer)]
    pub rent_payer: UncheckedAccount,
}

/// See [`crate::tenor_margin::close_chain`].
#[inline(never)]
pub fn close_chain(ctx: &mut Context<CloseChain>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let chain = &mut ctx.accounts.chain;
    require!(chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
    // No chain is made for an expiry that has passed, so this one never comes back to life.
    require!(now >= chain.expiry(), MarginError::ChainNotExpired);
    let is_empty = chain.open_positions == 0
        && chain.fees_atoms == 0
        && chain.debt_atoms == 0
        && chain.settlement_balance_atoms == 0;
    require!(is_empty, MarginError::ChainNotEmpty);

    let event = ChainClosed {
        chain: *chain.address(),
        sequence: chain.advance(),
        rent_payer: chain.rent_payer,
    };
    emit_cpi!(event);
    Ok(())
}
