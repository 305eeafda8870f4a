//! Ends a bracket.

use super::check_top_level;
use crate::error::MarginError;
use crate::event::BracketEnded;
use crate::instructions::MarketAccounts;
use crate::portfolio_check::Rule;
use crate::risk::{Freshness, assess};
use crate::state::{BracketState, ClearingHouse, PortfolioAccount, Registry, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `end_bracket`; chains and underlyings of the account follow.
#[event_cpi]
#[derive(Accounts)]
pub struct EndBracket {
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The account. `begin_bracket` looks for it at this place.
    #[account(mut)]
    pub account: PortfolioAccount,
}

/// See [`crate::tenor_margin::end_bracket`].
#[inline(never)]
pub fn end_bracket(ctx: &mut Context<EndBracket>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.account.check(accounts.house.address())?;
    check_top_level()?;
    let bracket = accounts.account.bracket;
    require!(bracket.is_active(), MarginError::BracketNotActive);
    let cash_atoms = accounts.account.cash_atoms_at(&accounts.registry.interest)?;
    let (rule, freshness) = if bracket.gave_value != 0 || cash_atoms < 0 {
        (Rule::Withdrawal, Freshness::Withdrawal(now))
    } else {
        (Rule::Initial, Freshness::Action(now))
    };
    let health = assess(
        &accounts.house,
        &accounts.registry,
        &accounts.account,
        accounts.account.as_slice(),
        &market,
        freshness,
    )?;
    rule.check(&health)?;

    let sequence = accounts.account.advance();
    accounts.account.bracket = BracketState::default();

    emit_cpi!(BracketEnded {
        account: *ctx.accounts.account.address(),
        sequence,
        gave_value: bracket.gave_value,
        gain_e9: bracket.gain_e9,
    });
    Ok(())
}
