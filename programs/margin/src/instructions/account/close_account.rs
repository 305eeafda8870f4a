//! Closes an empty margin account.

use crate::error::MarginError;
use crate::event::AccountClosed;
use crate::ledger::{accrue, recount};
use crate::state::{ClearingHouse, PortfolioAccount, Registry, seeds};
use anchor_lang::AccountClose;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `close_account`.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseAccount {
    /// Owner of the margin account; receives what is above the rent of the opening.
    #[account(mut, unsafe(dup), address = account.owner @ MarginError::NotAccountAuthority)]
    pub owner: Signer,
    /// Who paid the rent at opening, and gets it back; may be the owner, for neither is read or written as data.
    #[account(mut, unsafe(dup), address = account.terms.rent_payer @ MarginError::WrongRentPayer)]
    pub rent_payer: UncheckedAccount,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
}

impl CloseAccount {
    fn is_empty(&self) -> bool {
        let account = &self.account;
        account.is_empty()
            && account.cash_atoms == 0
            && account.balances_atoms.iter().all(|atoms| *atoms == 0)
            && account.chains.iter().all(|slot| slot.positions == 0)
    }

    /// Gives back the rent: to its payer what the opening cost, to the owner what was added later.
    fn release(&mut self) -> Result<()> {
        let lamports = self.account.view().lamports();
        let added = lamports.saturating_sub(self.account.terms.rent_lamports);
        let (mut account, mut owner) = (*self.account.view(), *self.owner.account());
        let to_owner = owner.lamports().checked_add(added).ok_or(MarginError::MathOverflow)?;
        account.set_lamports(lamports.saturating_sub(added));
        owner.set_lamports(to_owner);
        self.account.close(*self.rent_payer.account())?;
        Ok(())
    }
}

/// See [`crate::tenor_margin::close_account`].
#[inline(never)]
pub fn close_account(ctx: &mut Context<CloseAccount>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    accounts.account.check_not_bracketed()?;
    accrue(&mut accounts.registry.interest, &accounts.house, now)?;
    recount(&mut accounts.registry.interest, &mut accounts.account)?;
    require!(accounts.is_empty(), MarginError::AccountNotEmpty);
    let sequence = accounts.account.advance_exposure();
    let registry_sequence = accounts.registry.advance();

    emit_cpi!(AccountClosed {
        account: *ctx.accounts.account.address(),
        sequence,
        registry_sequence,
        interest: ctx.accounts.registry.interest,
    });
    ctx.accounts.release()
}
