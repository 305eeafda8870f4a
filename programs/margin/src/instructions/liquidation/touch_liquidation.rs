//! Starts, advances or ends the auction of an account.

use crate::event::LiquidationTouched;
use crate::instructions::MarketAccounts;
use crate::risk::{Freshness, assess_in_detail};
use crate::state::{ClearingHouse, PortfolioAccount, Registry, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `touch_liquidation`; chains and underlyings of the account follow.
#[event_cpi]
#[derive(Accounts)]
pub struct TouchLiquidation {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The margin account.
    #[account(mut)]
    pub account: PortfolioAccount,
}

/// See [`crate::tenor_margin::touch_liquidation`].
#[inline(never)]
pub fn touch_liquidation(ctx: &mut Context<TouchLiquidation>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    accounts.account.check_not_bracketed()?;

    let positions = accounts.account.as_slice();
    // What ends an auction is computed as closely as what moves positions in it.
    let freshness = if accounts.account.liquidation.is_active() {
        Freshness::Liquidation(now)
    } else {
        Freshness::LiquidationStart(now)
    };
    let assessment = assess_in_detail(
        &accounts.house,
        &accounts.registry,
        &accounts.account,
        positions,
        &market,
        freshness,
        &mut |_, _| {},
    )?;
    let state = accounts
        .account
        .liquidation
        .touched(&assessment, &accounts.house, now)?;
    let sequence = accounts.account.advance();
    accounts.account.liquidation = state;

    emit_cpi!(LiquidationTouched {
        account: *ctx.accounts.account.address(),
        sequence,
        active: state.active,
        clock_seconds: state.clock_seconds,
        started_at: state.started_at,
        touched_at: state.touched_at,
        ended_at: state.ended_at,
        equity_e9: assessment.health.equity.e9(),
        maintenance_e9: assessment.health.maintenance.e9(),
    });
    Ok(())
}
