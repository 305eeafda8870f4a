//! Takes tokens out of a margin account.

use crate::error::{MarginError, OrMarginError};
use crate::event::Withdrawn;
use crate::instructions::MarketAccounts;
use crate::ledger::{book, entry};
use crate::risk::{Freshness, assess};
use crate::state::{ClearingHouse, PortfolioAccount, Registry, seeds};
use anchor_lang::prelude::*;
use anchor_spl::token::{self, TokenAccount};
use tenor_math::quantity::{Atoms, UnixSeconds};
use tenor_math::risk::WithdrawalCheck;

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
    pub vault: Account<TokenAccount>,
    /// Token account that receives.
    #[account(mut)]
    pub destination: Account<TokenAccount>,
    /// Token program.
    pub token_program: Program<Token>,
}

impl Withdraw {
    fn validate(&self, collateral_index: u8, atoms: u64) -> Result<()> {
        require!(atoms > 0, MarginError::ZeroAmount);
        self.account.check(self.house.address())?;
        let entry = entry(&self.registry, collateral_index)?;
        require!(*self.vault.address() == entry.vault, MarginError::WrongVault);
        require!(*self.destination.mint() == entry.mint, MarginError::WrongMint);
        Ok(())
    }

    /// The withdrawal rule, on the account as it is after the debit.
    fn check_health(&self, market: &MarketAccounts, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        let positions = self.account.as_slice();
        let freshness = Freshness::Withdrawal(now);
        let health = assess(&self.house, &self.registry, &self.account, positions, market, freshness)?;
        match health.withdrawal().or_margin_error()? {
            WithdrawalCheck::Passes => Ok(()),
            WithdrawalCheck::Short(_) => Err(MarginError::WithdrawalTooLarge),
        }
    }

    fn transfer(&mut self, atoms: u64) -> Result<()> {
        let bump = [self.house.bump];
        let house_seeds: &[&[u8]] = &[seeds::HOUSE, &bump];
        let accounts = token::Transfer {
            from: self.vault.cpi_handle_mut(),
            to: self.destination.cpi_handle_mut(),
            authority: self.house.cpi_handle(),
        };
        token::transfer(
            CpiContext::new_with_signer(self.token_program.address(), accounts, &[house_seeds]),
            atoms,
        )
    }
}

/// See [`crate::tenor_margin::withdraw`].
#[inline(never)]
pub fn withdraw(ctx: &mut Context<Withdraw>, collateral_index: u8, atoms: u64) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(collateral_index, atoms)?;

    let sequence = accounts.account.advance_exposure();
    accounts.account.debit(collateral_index, Atoms::new(atoms))?;
    accounts.check_health(&market, now)?;
    let booked_total_atoms = book(&mut accounts.registry, collateral_index, |booked| {
        booked.try_sub(Atoms::new(atoms)).ok()
    })?;
    accounts.transfer(atoms)?;

    emit_cpi!(Withdrawn {
        account: *ctx.accounts.account.address(),
        sequence,
        collateral_index,
        atoms,
        booked_total_atoms,
    });
    Ok(())
}
