//! Names who may trade for a margin account.

use crate::error::MarginError;
use crate::event::DelegateSet;
use crate::state::{ClearingHouse, PortfolioAccount, seeds};
use anchor_lang::prelude::*;

/// Who may trade, and how much of it may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct SetDelegateArgs {
    /// May trade, never withdraw; the zero address for nobody.
    pub delegate: Address,
    /// Most loss against mark a day under the delegate's signature, USD x 1e9.
    pub max_daily_loss_e9: u64,
}

/// Accounts of `set_delegate`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetDelegate {
    /// Owner of the margin account.
    #[account(address = account.owner @ MarginError::NotAccountAuthority)]
    pub owner: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
}

/// See [`crate::tenor_margin::set_delegate`].
#[inline(never)]
pub fn set_delegate(ctx: &mut Context<SetDelegate>, args: SetDelegateArgs) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    accounts.account.delegate = args.delegate;
    accounts.account.delegate_max_daily_loss_e9 = args.max_daily_loss_e9;
    let sequence = accounts.account.advance();

    emit_cpi!(DelegateSet {
        account: *ctx.accounts.account.address(),
        sequence,
        delegate: args.delegate,
        max_daily_loss_e9: args.max_daily_loss_e9,
    });
    Ok(())
}
