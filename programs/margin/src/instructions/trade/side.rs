//! One side of a trade: how it stood before, and what it must meet afterwards.

use super::accounts::Trade;
use super::money::SideMoney;
use crate::error::{MarginError, OrMarginError};
use crate::instructions::MarketAccounts;
use crate::portfolio_check::{Effect, Rule, check_trade};
use crate::risk::{Freshness, assess};
use crate::state::PortfolioAccount;
use tenor_math::quantity::UnixSeconds;
use tenor_math::risk::Health;

/// How one side stood before the trade and what the trade does to it.
pub(super) struct SideCheck {
    money: SideMoney,
    freshness: Freshness,
    /// Only of a side that only reduces, which the rule may ask for.
    before: Option<Health>,
}

/// Ages that a side's trade accepts.
pub(super) const fn freshness(effect: Effect, now: UnixSeconds) -> Freshness {
    match effect {
        Effect::AddsRisk | Effect::ReducesOnly => Freshness::Action(now),
    }
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
        let freshness = freshness(effect, now);
        let needs_before = effect == Effect::ReducesOnly && !account.bracket.is_active();
        let before = needs_before
            .then(|| trade.health(account, market, freshness))
            .transpose()?;
        Ok(Self {
            money,
            freshness,
            before,
        })
    }

    fn rule(&self, account: &PortfolioAccount) -> Rule {
        let borrows = account.cash_atoms < 0 && self.money.cash_change_atoms < 0;
        if self.money.gives_value() || borrows {
            Rule::Withdrawal
        } else {
            Rule::Initial
        }
    }
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
        let cost = side.money.equity_change.try_neg().or_margin_error()?;
        check_trade(&after, side.before.as_ref(), cost, side.rule(account))
    }
}
