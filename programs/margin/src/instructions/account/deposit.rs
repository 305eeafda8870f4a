//! Brings tokens into a margin account.

use crate::breadth::check_breadth;
use crate::error::MarginError;
use crate::event::Deposited;
use crate::ledger::{accrue, book, entry, recount};
use crate::state::{ClearingHouse, Pausable, PortfolioAccount, QUOTE_INDEX, Registry, seeds};
use crate::token;
use anchor_lang::prelude::*;
use anchor_spl::token::TransferChecked;
use anchor_spl::token_interface::TokenInterface;
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
    pub source: UncheckedAccount,
    /// Token account of the house.
    #[account(mut)]
    pub vault: UncheckedAccount,
    /// Mint of the collateral.
    pub mint: UncheckedAccount,
    /// Token program of the mint.
    pub token_program: Interface<'static, TokenInterface>,
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
        require!(*self.vault.address() == entry.vault, MarginError::WrongVault);
        require!(
            *self.token_program.address() == entry.token_program,
            MarginError::WrongTokenProgram
        );
        let source = token::holding(self.source.account(), &entry.token_program)?;
        require!(
            source.mint == entry.mint && *self.mint.address() == entry.mint,
            MarginError::WrongMint
        );
        require!(source.owner == *self.depositor.address(), MarginError::WrongTokenOwner);
        Ok(())
    }

    /// Whether it is the quote for an account that owes or has positions.
    fn is_needed(&self, collateral_index: u8) -> bool {
        let needs_cash = self.account.cash_atoms < 0 || !self.account.is_empty();
        collateral_index == QUOTE_INDEX && needs_cash
    }

    /// Repaying and topping up positions in the quote are never paused: a pause must not push anyone into a liquidation.
    fn check_not_paused(&self, collateral_index: u8) -> Result<()> {
        if !self.is_needed(collateral_index) {
            let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
            self.house.check_not_paused(Pausable::Deposit, now)?;
        }
        Ok(())
    }

    /// Moves the tokens and says how many arrived.
    fn transfer(&mut self, atoms: u64, decimals: u8) -> Result<Atoms> {
        let before = token::amount(self.vault.account())?;
        let accounts = TransferChecked {
            from: self.source.cpi_handle_mut(),
            mint: self.mint.cpi_handle(),
            to: self.vault.cpi_handle_mut(),
            authority: self.depositor.cpi_handle(),
        };
        let context = CpiContext::new(self.token_program.address(), accounts);
        token::transfer_checked(&context, atoms, decimals)?;
        let arrived = token::amount(self.vault.account())?.checked_sub(before);
        Ok(Atoms::new(arrived.ok_or(MarginError::MathOverflow)?))
    }

    /// Books what arrived, up to the cap; whoever owes or has positions may always bring the quote.
    fn book(&mut self, index: u8, arrived: Atoms, now: UnixSeconds) -> core::result::Result<u64, MarginError> {
        let cap = entry(&self.registry, index)?.deposit_cap(now);
        let window_seconds = self.registry.withdrawals.window_seconds;
        self.account.recent_deposits.add(index, arrived, window_seconds, now);
        let booked_total_atoms = book(&mut self.registry, index, |booked| booked.try_add(arrived))?;
        if booked_total_atoms > cap.get() && !self.is_needed(index) {
            return Err(MarginError::DepositCap);
        }
        Ok(booked_total_atoms)
    }
}

/// See [`crate::tenor_margin::deposit`].
#[inline(never)]
pub fn deposit(ctx: &mut Context<Deposit>, collateral_index: u8, atoms: u64) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    // While the admin lists without delay there is nothing to take: a stolen key would otherwise list a token of its own.
    require!(!accounts.house.is_genesis(now), MarginError::GenesisLasts);
    accounts.validate(collateral_index, atoms)?;
    accounts.check_not_paused(collateral_index)?;
    let decimals = entry(&accounts.registry, collateral_index)?.decimals;
    let arrived = accounts.transfer(atoms, decimals)?;

    let booked_total_atoms = accounts.book(collateral_index, arrived, now)?;
    accrue(&mut accounts.registry.interest, &accounts.house, now)?;
    let sequence = accounts.account.advance();
    accounts
        .account
        .credit(collateral_index, arrived, &accounts.registry.interest)?;
    recount(&mut accounts.registry.interest, &mut accounts.account)?;
    if collateral_index != QUOTE_INDEX {
        check_breadth(&accounts.account, &accounts.registry)?;
    }
    let registry_sequence = accounts.registry.advance();

    let listed = entry(&accounts.registry, collateral_index)?;
    let (outflow_atoms, outflow_at) = (listed.outflow_atoms, listed.outflow_at);
    emit_cpi!(Deposited {
        account: *ctx.accounts.account.address(),
        sequence,
        registry_sequence,
        collateral_index,
        atoms: arrived.get(),
        booked_total_atoms,
        cash_atoms: ctx.accounts.account.cash_atoms,
        outflow_atoms,
        outflow_at,
        recent_deposits_atoms: ctx.accounts.account.recent_deposits.of(collateral_index),
        recent_since: ctx.accounts.account.recent_deposits.since,
        interest: ctx.accounts.registry.interest,
    });
    Ok(())
}
