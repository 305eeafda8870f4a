//! One side of a trade: how it stood before, and what it must meet afterwards.

use super::accounts::Trade;
use super::money::SideMoney;
use crate::error::{MarginError, OrMarginError};
use crate::instructions::MarketAccounts;
use crate::portfolio_check::{Effect, Rule, check_trade};
use crate::risk::{Freshness, assess};
use crate::state::PortfolioAccount;
use tenor_math::quantity::{UnixSeconds, Value};
use tenor_math::risk::Health;

/// What one side must meet, and how it stood before.
pub(super) struct SideCheck {
    /// What its equity at mark falls by.
    cost: Value,
    rule: Rule,
    freshness: Freshness,
    /// Only of a side that only reduces, which the rule may ask for.
    before: Option<Health>,
}

impl SideCheck {
    #[inline(never)]
    pub(super) fn new(
        trade: &Trade,
        account: &PortfolioAccount,
        effect: Effect,
        money: SideMoney,
        (market, now): (&MarketAccounts, UnixSeconds),
    ) -> core::result::Result<Self, MarginError> {
        let rule = rule(account, &money)?;
        let freshness = match (effect, rule) {
            (Effect::ReducesOnly, _) => Freshness::Reduction(now),
            (Effect::AddsRisk, Rule::Withdrawal) => Freshness::Withdrawal(now),
            (Effect::AddsRisk, Rule::Initial) => Freshness::Action(now),
        };
        let needs_before = effect == Effect::ReducesOnly && !account.bracket.is_active();
        let before = needs_before
            .then(|| trade.health(account, market, freshness))
            .transpose()?;
        Ok(Self {
            cost: money.equity_change.try_neg().or_margin_error()?,
            rule,
            freshness,
            before,
        })
    }
}

/// What the side must meet, given what it holds before the trade.
fn rule(account: &PortfolioAccount, money: &SideMoney) -> core::result::Result<Rule, MarginError> {
    let cash_atoms = account
        .cash_atoms
        .checked_add(money.cash_change_atoms)
        .ok_or(MarginError::MathOverflow)?;
    let borrows = cash_atoms < 0 && money.cash_change_atoms < 0;
    Ok(if money.gives_value() || borrows {
        Rule::Withdrawal
    } else {
        Rule::Initial
    })
}

impl Trade {
    #[inline(never)]
    fn health(
        &self,
        account: &PortfolioAccount,
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<Health, MarginError> {
        let positions = account.as_slice();
        assess(&self.house, &self.registry, account, positions, market, freshness)
    }

    /// The table of the module; a side in a bracket waits for its end.
    #[inline(never)]
    pub(super) fn check_side(
        &self,
        account: &PortfolioAccount,
        side: &SideCheck,
        market: &MarketAccounts,
    ) -> core::result::Result<(), MarginError> {
        if account.bracket.is_active() {
            return Ok(());
        }
        let after = self.health(account, market, side.freshness)?;
        check_trade(&after, side.before.as_ref(), side.cost, side.rule)
    }
}
