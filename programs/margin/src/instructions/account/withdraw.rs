//! Takes tokens out of a margin account.

use crate::error::MarginError;
use crate::event::Withdrawn;
use crate::instructions::MarketAccounts;
use crate::ledger::{accrue, book, entry, recount};
use crate::state::{ClearingHouse, Pausable, PortfolioAccount, QUOTE_INDEX, Registry, seeds};
use crate::token;
use crate::withdrawal::{check_withdrawal, count_outflow};
use anchor_lang::prelude::*;
use anchor_spl::token::TransferChecked;
use anchor_spl::token_interface::TokenInterface;
use tenor_math::quantity::{Atoms, UnixSeconds};

/// Accounts of `withdraw`; chains and underlyings of the account follow.
#[event_cpi]
#[derive(Accounts)]
pub struct Withdraw {
    /// Owner of the margin account.
    #[account(address = account.owner @ MarginError::NotAccountAuthority)]
    pub owner: Signer,
    /// The house, which owns the vault.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
    /// Token account of the house.
    #[account(mut)]
    pub vault: UncheckedAccount,
    /// Token account that receives.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// Mint of the collateral.
    pub mint: UncheckedAccount,
    /// Token program of the mint.
    pub token_program: Interface<'static, TokenInterface>,
}

impl Withdraw {
    fn validate(&self, collateral_index: u8, atoms: u64) -> Result<()> {
        require!(atoms > 0, MarginError::ZeroAmount);
        self.account.check(self.house.address())?;
        self.account.check_not_bracketed()?;
        let entry = entry(&self.registry, collateral_index)?;
        require!(*self.vault.address() == entry.vault, MarginError::WrongVault);
        require!(
            *self.token_program.address() == entry.token_program,
            MarginError::WrongTokenProgram
        );
        let destination = token::holding(self.destination.account(), &entry.token_program)?;
        require!(
            destination.mint == entry.mint && *self.mint.address() == entry.mint,
            MarginError::WrongMint
        );
        Ok(())
    }

    /// Counts the tokens out of the vault.
    fn book(
        &mut self,
        index: u8,
        atoms: Atoms,
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<u64, MarginError> {
        if token::amount(self.vault.account())? < atoms.get() {
            return Err(MarginError::NotEnoughLiquidity);
        }
        count_outflow(&mut self.registry, &mut self.account, index, atoms, market, now)?;
        book(&mut self.registry, index, |booked| booked.try_sub(atoms))
    }

    fn transfer(&mut self, atoms: u64, decimals: u8) -> Result<()> {
        let bump = [self.house.bump];
        let house_seeds: &[&[u8]] = &[seeds::HOUSE, &bump];
        let accounts = TransferChecked {
            from: self.vault.cpi_handle_mut(),
            mint: self.mint.cpi_handle(),
            to: self.destination.cpi_handle_mut(),
            authority: self.house.cpi_handle(),
        };
        let signers = [house_seeds];
        let context = CpiContext::new_with_signer(self.token_program.address(), accounts, &signers);
        token::transfer_checked(&context, atoms, decimals)
    }
}

/// See [`crate::tenor_margin::withdraw`].
#[inline(never)]
pub fn withdraw(ctx: &mut Context<Withdraw>, collateral_index: u8, atoms: u64) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(collateral_index, atoms)?;

    accrue(&mut accounts.registry.interest, &accounts.house, now)?;
    let sequence = accounts.account.advance_exposure();
    accounts
        .account
        .debit(collateral_index, Atoms::new(atoms), &accounts.registry.interest)?;
    recount(&mut accounts.registry.interest, &mut accounts.account)?;
    if collateral_index == QUOTE_INDEX && accounts.account.cash_atoms < 0 {
        accounts.house.check_not_paused(Pausable::Borrow, now)?;
    }
    check_withdrawal(&accounts.house, &accounts.registry, &accounts.account, &market, now)?;
    let booked_total_atoms = accounts.book(collateral_index, Atoms::new(atoms), &market, now)?;
    let registry_sequence = accounts.registry.advance();
    let listed = entry(&accounts.registry, collateral_index)?;
    let (decimals, outflow_atoms, outflow_at) = (listed.decimals, listed.outflow_atoms, listed.outflow_at);
    accounts.transfer(atoms, decimals)?;

    let terms = &accounts.account.terms;
    let (small_withdrawn_e9, small_day) = (terms.small_withdrawn_e9, terms.small_day);
    emit_cpi!(Withdrawn {
        account: *ctx.accounts.account.address(),
        sequence,
        registry_sequence,
        collateral_index,
        atoms,
        booked_total_atoms,
        cash_atoms: ctx.accounts.account.cash_atoms,
        outflow_atoms,
        outflow_at,
        small_withdrawn_e9,
        small_day,
        recent_deposits_atoms: ctx.accounts.account.recent_deposits.of(collateral_index),
        recent_since: ctx.accounts.account.recent_deposits.since,
        interest: ctx.accounts.registry.interest,
    });
    Ok(())
}
