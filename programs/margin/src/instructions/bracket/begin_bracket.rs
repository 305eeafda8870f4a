//! Begins a bracket.

use super::allow_list::check_until_end;
use super::check_top_level;
use crate::error::MarginError;
use crate::event::BracketBegun;
use crate::state::{BracketState, ClearingHouse, PortfolioAccount, seeds};
use anchor_lang::prelude::*;
use pinocchio::sysvars::instructions::{INSTRUCTIONS_ID, Instructions};

/// Accounts of `begin_bracket`.
#[event_cpi]
#[derive(Accounts)]
pub struct BeginBracket {
    /// Owner or delegate of the account.
    pub authority: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// The account whose check waits.
    #[account(mut)]
    pub account: PortfolioAccount,
    /// The transaction's instructions.
    #[account(address = INSTRUCTIONS_ID @ MarginError::NotInstructionsSysvar)]
    pub instructions: UncheckedAccount,
}

/// See [`crate::tenor_margin::begin_bracket`].
#[inline(never)]
pub fn begin_bracket(ctx: &mut Context<BeginBracket>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    require!(
        accounts.account.may_trade(accounts.authority.address()),
        MarginError::NotAccountAuthority
    );
    accounts.account.check_not_bracketed()?;
    check_top_level()?;
    {
        let instructions =
            Instructions::try_from(accounts.instructions.account()).map_err(|_| MarginError::NotInstructionsSysvar)?;
        check_until_end(&instructions, accounts.account.address(), &accounts.house)?;
    }

    let sequence = accounts.account.advance();
    accounts.account.bracket = BracketState::BEGUN;

    emit_cpi!(BracketBegun {
        account: *ctx.accounts.account.address(),
        sequence,
    });
    Ok(())
}
