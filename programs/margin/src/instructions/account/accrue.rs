//! Brings interest to the present.

use crate::error::MarginError;
use crate::event::InterestAccrued;
use crate::ledger::{self, recount};
use crate::state::{ClearingHouse, InsuranceFund, PortfolioAccount, Registry, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `accrue`.
#[event_cpi]
#[derive(Accounts)]
pub struct Accrue {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house, with the pool of cash.
    #[account(mut, seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// Insurance fund, which the reserve goes to.
    #[account(mut, seeds = [seeds::INSURANCE, house.address().as_ref()], bump = insurance.bump)]
    pub insurance: Account<InsuranceFund>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
}

impl Accrue {
    /// Moves whole atoms of the reserve to insurance.
    fn sweep(&mut self) -> core::result::Result<u64, MarginError> {
        let mut pool = self.registry.interest.pool();
        let swept = pool.sweep_reserve().get();
        self.registry.interest.store(&pool);
        let insurance = &mut self.insurance;
        let balance = insurance.balance_atoms.checked_add(swept);
        insurance.balance_atoms = balance.ok_or(MarginError::MathOverflow)?;
        insurance.inflow_atoms = insurance.inflow_atoms.saturating_add(swept);
        Ok(swept)
    }
}

/// See [`crate::tenor_margin::accrue`].
#[inline(never)]
pub fn accrue(ctx: &mut Context<Accrue>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    ledger::accrue(&mut accounts.registry.interest, &accounts.house, now)?;
    recount(&mut accounts.registry.interest, &mut accounts.account)?;
    let swept_atoms = accounts.sweep()?;
    let sequence = accounts.account.advance();
    let registry_sequence = accounts.registry.advance();

    emit_cpi!(InterestAccrued {
        account: *ctx.accounts.account.address(),
        sequence,
        registry_sequence,
        cash_atoms: ctx.accounts.account.cash_atoms,
        swept_atoms,
        insurance_atoms: ctx.accounts.insurance.balance_atoms,
        interest: ctx.accounts.registry.interest,
    });
    Ok(())
}
