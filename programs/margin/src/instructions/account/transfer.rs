//! Moves cash or a collateral between two margin accounts of one owner.

use crate::breadth::check_breadth;
use crate::error::MarginError;
use crate::event::Transferred;
use crate::instructions::MarketAccounts;
use crate::ledger::{accrue, entry, recount};
use crate::state::{ClearingHouse, Pausable, PortfolioAccount, QUOTE_INDEX, Registry, seeds};
use crate::withdrawal::check_withdrawal;
use anchor_lang::prelude::*;
use tenor_math::quantity::{Atoms, UnixSeconds};

/// Accounts of `transfer`; chains and underlyings of the giving account follow.
#[event_cpi]
#[derive(Accounts)]
pub struct Transfer {
    /// Owner of both margin accounts.
    #[account(address = from.owner @ MarginError::NotAccountAuthority)]
    pub owner: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The account that gives.
    #[account(mut)]
    pub from: PortfolioAccount,
    /// The account that receives.
    #[account(mut)]
    pub to: PortfolioAccount,
}

impl Transfer {
    fn validate(&self, collateral_index: u8, atoms: u64) -> Result<()> {
        require!(atoms > 0, MarginError::ZeroAmount);
        for account in [&self.from, &self.to] {
            account.check(self.house.address())?;
            account.check_not_bracketed()?;
            require!(account.owner == *self.owner.address(), MarginError::NotAccountAuthority);
        }
        entry(&self.registry, collateral_index)?;
        Ok(())
    }

    /// Moves the amount, with the pool at the present before and both accounts counted anew after.
    fn apply(&mut self, index: u8, atoms: Atoms, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        let interest = &mut self.registry.interest;
        accrue(interest, &self.house, now)?;
        self.from.debit(index, atoms, interest)?;
        self.to.credit(index, atoms, interest)?;
        recount(interest, &mut self.from)?;
        recount(interest, &mut self.to)
    }
}

/// See [`crate::tenor_margin::transfer`].
#[inline(never)]
pub fn transfer(ctx: &mut Context<Transfer>, collateral_index: u8, atoms: u64) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(collateral_index, atoms)?;

    let from_sequence = accounts.from.advance_exposure();
    let to_sequence = accounts.to.advance();
    accounts.apply(collateral_index, Atoms::new(atoms), now)?;
    if collateral_index == QUOTE_INDEX && accounts.from.cash_atoms < 0 {
        accounts.house.check_not_paused(Pausable::Borrow, now)?;
    }
    check_withdrawal(&accounts.house, &accounts.registry, &accounts.from, &market, now)?;
    check_breadth(&accounts.to, &accounts.registry)?;
    let registry_sequence = accounts.registry.advance();

    emit_cpi!(Transferred {
        from: *ctx.accounts.from.address(),
        from_sequence,
        to: *ctx.accounts.to.address(),
        to_sequence,
        registry_sequence,
        collateral_index,
        atoms,
        from_cash_atoms: ctx.accounts.from.cash_atoms,
        to_cash_atoms: ctx.accounts.to.cash_atoms,
        interest: ctx.accounts.registry.interest,
    });
    Ok(())
}
