//! One side of a trade: what it must meet afterwards, and how it stood before.

use super::accounts::Trade;
use super::legs::PricedLeg;
use super::money::SideMoney;
use crate::breadth::check_breadth;
use crate::error::{MarginError, OrMarginError};
use crate::instructions::MarketAccounts;
use crate::portfolio_check::{Effect, Rule, check_reduction};
use crate::risk::{FeedState, Freshness, MarketView, assess, assess_in_detail, check_covered};
use crate::state::{InterestState, MarginAccount, Pausable, PortfolioAccount, Position, SizeClass};
use alloc::boxed::Box;
use alloc::vec::Vec;
use tenor_math::quantity::{UnixSeconds, Value};
use tenor_math::risk::Health;

/// An account as it was before the trade.
struct Snapshot {
    header: Box<MarginAccount>,
    positions: Vec<Position>,
}

/// What one side must meet.
pub(super) struct SideCheck {
    rule: Rule,
    effect: Effect,
    /// Whether the prices give its value away at mark.
    gives_value: bool,
    /// Whether its cash falls and ends below zero.
    borrows: bool,
    /// What its equity at mark falls by.
    cost: Value,
    /// Only of a side that only reduces: its health is reckoned if the rule does not hold, which is rare.
    before: Option<Snapshot>,
}

impl SideCheck {
    #[inline(never)]
    pub(super) fn new(
        account: &PortfolioAccount,
        effect: Effect,
        money: &SideMoney,
        interest: &InterestState,
    ) -> core::result::Result<Self, MarginError> {
        let borrows = borrows(account, money, interest)?;
        let may_need_it = effect == Effect::ReducesOnly && !account.bracket.is_active();
        Ok(Self {
            rule: if money.gives_value() || borrows {
                Rule::Withdrawal
            } else {
                Rule::Initial
            },
            effect,
            gives_value: money.gives_value(),
            borrows,
            cost: money.equity_change.try_neg().or_margin_error()?,
            before: may_need_it.then(|| Snapshot {
                header: Box::new(**account),
                positions: account.as_slice().to_vec(),
            }),
        })
    }
}

/// Whether a side may still be accepted as a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exception {
    /// It may.
    Open,
    /// The other side was, and both accounts are of the large class.
    Taken,
}

/// By what a side passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// Its rule holds, or will be asked at the end of its bracket.
    Rule,
    /// It had to reduce its risk and did.
    ByReduction,
}

/// Whether the side's cash falls and ends below zero, given what it holds before the trade.
fn borrows(
    account: &PortfolioAccount,
    money: &SideMoney,
    interest: &InterestState,
) -> core::result::Result<bool, MarginError> {
    let cash_atoms = account
        .cash_atoms_at(interest)?
        .checked_add(money.cash_change_atoms)
        .ok_or(MarginError::MathOverflow)?;
    Ok(cash_atoms < 0 && money.cash_change_atoms < 0)
}

impl Trade {
    pub(super) fn are_both_large(&self) -> bool {
        [&self.buyer, &self.seller].map(|account| account.size_class()) == [SizeClass::Large; 2]
    }

    /// The table of the module; a side in a bracket waits for its end. Both healths of a reduction are taken on the market
    /// as the trade leaves it, so that they differ by the account alone.
    #[inline(never)]
    pub(super) fn check_side(
        &self,
        account: &PortfolioAccount,
        side: &SideCheck,
        exception: Exception,
        legs: &[PricedLeg],
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<Met, MarginError> {
        // A side that only reduces, at mark or better, keeps its exit.
        let borrowing = if side.borrows && (side.effect == Effect::AddsRisk || side.gives_value) {
            self.house.check_not_paused(Pausable::Borrow, now)
        } else {
            Ok(())
        };
        if side.effect == Effect::AddsRisk {
            check_breadth(account, &self.registry)?;
        }
        if account.bracket.is_active() {
            return borrowing.map(|()| Met::Rule);
        }
        let positions = account.as_slice();
        let Some(before) = &side.before else {
            let freshness = match side.rule {
                Rule::Withdrawal => Freshness::Withdrawal(now),
                Rule::Initial => Freshness::Action(now),
            };
            let after = self.health(account, positions, market, freshness)?;
            return side.rule.check(&after).and(borrowing).map(|()| Met::Rule);
        };
        self.check_legs_covered(account, legs, market, now)?;
        let freshness = match side.rule {
            Rule::Withdrawal => Freshness::PaidReduction(now),
            Rule::Initial => Freshness::Reduction(now),
        };
        let after = self.health(account, positions, market, freshness)?;
        let Err(refusal) = side.rule.check(&after).and(borrowing) else {
            return Ok(Met::Rule);
        };
        if exception == Exception::Taken {
            return Err(MarginError::LargeReductions);
        }
        let after = match side.rule {
            Rule::Initial => after,
            Rule::Withdrawal => self.bounded_health(account, positions, market, now)?,
        };
        let before = self.bounded_health(&before.header, &before.positions, market, now)?;
        check_reduction(&after, &before, side.cost, refusal).map(|()| Met::ByReduction)
    }

    /// On a feed that says nothing only what is fully covered afterwards may be reduced.
    #[inline(never)]
    fn check_legs_covered(
        &self,
        account: &PortfolioAccount,
        legs: &[PricedLeg],
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<(), MarginError> {
        for leg in legs {
            let index = leg.change.underlying_index;
            let underlying = market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
            if FeedState::of(underlying, now, underlying.feed.max_age_seconds) == FeedState::Unusable {
                let positions = account.as_slice();
                check_covered(&self.house, &self.registry, account, positions, market, index)?;
            }
        }
        Ok(())
    }

    /// What a reduction is measured by, on any price that is usable.
    #[inline(never)]
    fn bounded_health(
        &self,
        account: &MarginAccount,
        positions: &[Position],
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<Health, MarginError> {
        let (house, registry, freshness) = (&self.house, &self.registry, Freshness::Reduction(now));
        let assessed = assess_in_detail(house, registry, account, positions, market, freshness, &mut |_, _| {})?;
        Ok(assessed.health)
    }

    #[inline(never)]
    fn health(
        &self,
        account: &MarginAccount,
        positions: &[Position],
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<Health, MarginError> {
        assess(&self.house, &self.registry, account, positions, market, freshness)
    }
}
