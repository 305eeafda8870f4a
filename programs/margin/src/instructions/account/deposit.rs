//! Brings tokens into a margin account.

use crate::error::MarginError;
use crate::event::Deposited;
use crate::ledger::{book, entry};
use crate::state::{ClearingHouse, Pausable, PortfolioAccount, QUOTE_INDEX, Registry, seeds};
use anchor_lang::prelude::*;
use anchor_spl::token::{self, TokenAccount};
use tenor_math::quantity::{Atoms, UnixSeconds};

/// Accounts of `deposit`.
#[event_cpi]
#[derive(Accounts)]
pub struct Deposit {
    /// Owner of the tokens.
    pub depositor: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
    /// Token account that pays.
    #[account(mut)]
    pub source: Account<TokenAccount>,
    /// Token account of the house.
    #[account(mut)]
    pub vault: Account<TokenAccount>,
    /// Token program.
    pub token_program: Program<Token>,
}

impl Deposit {
    fn validate(&self, collateral_index: u8, atoms: u64) -> Result<()> {
        require!(atoms > 0, MarginError::ZeroAmount);
        self.account.check(self.house.address())?;
        let entry = entry(&self.registry, collateral_index)?;
        // A collateral new to the account makes its health need another price: a stranger may not impose that.
        let is_held = self
            .account
            .balances_atoms
            .get(usize::from(collateral_index))
            .is_some_and(|atoms| *atoms > 0);
        let is_welcome = collateral_index == QUOTE_INDEX || is_held || self.account.may_trade(self.depositor.address());
        require!(is_welcome, MarginError::NotAccountAuthority);
        require!(*self.source.mint() == entry.mint, MarginError::WrongMint);
        require!(*self.vault.address() == entry.vault, MarginError::WrongVault);
        require!(
            *self.source.owner() == *self.depositor.address(),
            MarginError::WrongTokenOwner
        );
        Ok(())
    }

    /// Repaying and topping up positions in the quote are never paused: a pause must not push anyone into a liquidation.
    fn check_not_paused(&self, collateral_index: u8) -> Result<()> {
        let needs_cash = self.account.cash_atoms < 0 || !self.account.is_empty();
        if collateral_index != QUOTE_INDEX || !needs_cash {
            let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
            self.house.check_not_paused(Pausable::Deposit, now)?;
        }
        Ok(())
    }

    /// Moves the tokens and says how many arrived.
    fn transfer(&mut self, atoms: u64) -> Result<Atoms> {
        let before = self.vault.amount();
        let accounts = token::Transfer {
            from: self.source.cpi_handle_mut(),
            to: self.vault.cpi_handle_mut(),
            authority: self.depositor.cpi_handle(),
        };
        token::transfer(CpiContext::new(self.token_program.address(), accounts), atoms)?;
        let arrived = self
            .vault
            .amount()
            .checked_sub(before)
            .ok_or(MarginError::MathOverflow)?;
        Ok(Atoms::new(arrived))
    }
}

/// See [`crate::tenor_margin::deposit`].
#[inline(never)]
pub fn deposit(ctx: &mut Context<Deposit>, collateral_index: u8, atoms: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.validate(collateral_index, atoms)?;
    accounts.check_not_paused(collateral_index)?;
    let arrived = accounts.transfer(atoms)?;

    let cap = entry(&accounts.registry, collateral_index)?.deposit_cap_atoms;
    let booked_total_atoms = book(&mut accounts.registry, collateral_index, |booked| {
        booked.try_add(arrived).ok()
    })?;
    require!(booked_total_atoms <= cap, MarginError::DepositCap);
    let sequence = accounts.account.advance();
    accounts.account.credit(collateral_index, arrived)?;

    emit_cpi!(Deposited {
        account: *ctx.accounts.account.address(),
        sequence,
        collateral_index,
        atoms: arrived.get(),
        booked_total_atoms,
    });
    Ok(())
}
