//! An account's health as return data.

use crate::instructions::MarketAccounts;
use crate::risk::{HealthView, ViewOf, health_view};
use crate::state::{ClearingHouse, PortfolioAccount, Registry, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `health`; chains and underlyings of the account follow.
#[derive(Accounts)]
pub struct ShowHealth {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The margin account.
    pub account: PortfolioAccount,
}

/// See [`crate::tenor_margin::health`].
#[inline(never)]
pub fn health(ctx: &mut Context<ShowHealth>, view_of: u8) -> Result<HealthView> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let freshness = ViewOf::try_from_number(view_of)?.at(now);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    let positions = accounts.account.as_slice();
    let view = health_view(
        &accounts.house,
        &accounts.registry,
        &accounts.account,
        positions,
        &market,
        freshness,
    )?;
    Ok(view)
}
