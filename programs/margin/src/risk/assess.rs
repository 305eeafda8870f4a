//! The health of an account, computed over its stored position list.

use super::holdings::{HeldChain, Holdings};
use super::payoffs::{Bounds, ExpiryBook, best_collateral};
use super::{Counting, Freshness, MarketView};
use crate::error::{MarginError, OrMarginError};
use crate::state::{
    ClearingHouse, CollateralEntry, MAX_CHAINS, MarginAccount, NO_UNDERLYING, Position, Registry, Strike, Underlying,
};
use alloc::vec::Vec;
use arrayvec::ArrayVec;
use tenor_math::Round;
use tenor_math::pricing::{OptionKind, payoff_per_lot};
use tenor_math::quantity::{Atoms, LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, Purpose, UnderlyingBook, UnderlyingRisk,
    fallback_requirement,
};

/// Indices of the underlyings that an account's health needs, ascending: those of its chains and of its collaterals.
pub fn needed_underlyings(account: &MarginAccount, registry: &Registry) -> impl Iterator<Item = u8> + use<> {
    let held = account.chains.iter().filter(|slot| slot.positions > 0);
    indices(needed(held.map(|slot| slot.underlying_index), account, registry))
}

/// The same as a set of bits, for the underlyings of some chains.
fn needed(of_chains: impl Iterator<Item = u8>, account: &MarginAccount, registry: &Registry) -> u64 {
    let mut needed = 0_u64;
    // Indices are below 64: `add_underlying` lists no more.
    let mut need = |index: u8| needed |= 1_u64.checked_shl(u32::from(index)).unwrap_or(0);
    of_chains.for_each(&mut need);
    for (entry, balance) in registry.listed().iter().zip(account.balances_atoms) {
        if balance > 0 && entry.underlying_index != NO_UNDERLYING {
            need(entry.underlying_index);
            need(entry.scenario_index);
        }
    }
    needed
}

fn indices(mut set: u64) -> impl Iterator<Item = u8> {
    core::iter::from_fn(move || {
        let index = u8::try_from(set.trailing_zeros()).ok().filter(|_| set != 0)?;
        set &= set.wrapping_sub(1);
        Some(index)
    })
}

/// An account's health, and whether something was left out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Equity and requirements.
    pub health: Health,
    /// Whether a price that is not good enough for a liquidation made something count at its best: then a health that is
    /// not negative says nothing.
    pub left_out: bool,
    /// Whether a price is so uncertain that only health at both ends of its interval says something.
    pub is_wide: bool,
}

/// Equity and requirements of an account.
///
/// Every stored position and balance is counted: a chain or underlying that the market does not show is an error, never
/// a smaller requirement. No underlying's requirement exceeds the greatest loss until expiry; where an action passes
/// without that bound it is not looked for, so the requirement shown may be larger than what is asked for.
///
/// # Errors
/// [`MarginError::MissingChain`], [`MarginError::MissingUnderlying`], [`MarginError::PriceStale`],
/// [`MarginError::PriceUncertain`], [`MarginError::RiskStale`],
/// [`MarginError::NoSuchStrike`], [`MarginError::MathOverflow`].
pub fn assess(
    house: &ClearingHouse,
    registry: &Registry,
    account: &MarginAccount,
    positions: &[Position],
    market: &impl MarketView,
    freshness: Freshness,
) -> Result<Health, MarginError> {
    let mut reckoning = Reckoning {
        house,
        registry,
        account,
        holdings: Holdings::new(positions),
        market,
        freshness,
    };
    reckoning.holdings.look_up(account, market)?;
    reckoning.health()
}

/// As [`assess`], always with the bound by the greatest loss, showing each underlying's part to `visit`.
///
/// # Errors
/// As [`assess`].
pub fn assess_in_detail(
    house: &ClearingHouse,
    registry: &Registry,
    account: &MarginAccount,
    positions: &[Position],
    market: &impl MarketView,
    freshness: Freshness,
    visit: &mut dyn FnMut(u8, &UnderlyingRisk),
) -> Result<Assessment, MarginError> {
    let mut reckoning = Reckoning {
        house,
        registry,
        account,
        holdings: Holdings::new(positions),
        market,
        freshness,
    };
    reckoning.holdings.look_up(account, market)?;
    reckoning.assessment(visit)
}

/// Refuses an account that is short calls on an underlying which nothing covers, whatever the price is: long calls of the
/// same expiry do, and the underlying itself as collateral.
///
/// # Errors
/// [`MarginError::NotCovered`]; [`MarginError::MissingChain`], [`MarginError::MissingUnderlying`],
/// [`MarginError::NoSuchStrike`], [`MarginError::MathOverflow`].
pub fn check_covered(
    house: &ClearingHouse,
    registry: &Registry,
    account: &MarginAccount,
    positions: &[Position],
    market: &impl MarketView,
    index: u8,
) -> Result<(), MarginError> {
    let mut reckoning = Reckoning {
        house,
        registry,
        account,
        holdings: Holdings::new(positions),
        market,
        freshness: Freshness::AsStored,
    };
    reckoning.holdings.look_up(account, market)?;
    reckoning.check_covered(index)
}

/// What the positions in an underlying are like.
#[derive(Clone, Debug, Default)]
struct Held {
    /// What the options of each live chain are worth at mark, in the order of the account's table.
    marks: ArrayVec<Value, MAX_CHAINS>,
    /// Whether a slice that they rest on is stale.
    is_stale: bool,
    /// Whether some are short.
    has_shorts: bool,
}

/// What one underlying contributes before its requirement is held against the greatest loss until expiry.
#[derive(Debug)]
struct Unbounded {
    index: u8,
    risk: UnderlyingRisk,
    held: Held,
}

/// What a health is computed from.
struct Reckoning<'a, M> {
    house: &'a ClearingHouse,
    registry: &'a Registry,
    account: &'a MarginAccount,
    holdings: Holdings<'a>,
    market: &'a M,
    freshness: Freshness,
}

/// What a sum over underlyings leaves in doubt: see [`Assessment`].
#[derive(Clone, Copy, Debug, Default)]
struct Doubts {
    left_out: bool,
    is_wide: bool,
}

/// What an underlying means for an account's collaterals.
#[derive(Clone, Copy, Debug, Default)]
struct Backing {
    /// Whether its feed prices one.
    prices: bool,
    /// Whether its scenarios move one.
    moves: bool,
}

impl<M: MarketView> Reckoning<'_, M> {
    fn cash(&self) -> Result<Value, MarginError> {
        let cash_atoms = self.account.cash_atoms_at(&self.registry.interest)?;
        Value::from_quote_atoms(cash_atoms, self.house.quote_decimals, Round::Down).or_margin_error()
    }

    fn finish(&self, health: &HealthBuilder) -> Result<Health, MarginError> {
        health
            .finish(self.house.correlation_credit(), self.house.maintenance_factor())
            .or_margin_error()
    }

    #[inline(never)]
    fn assessment(&self, visit: &mut dyn FnMut(u8, &UnderlyingRisk)) -> Result<Assessment, MarginError> {
        let mut health = HealthBuilder::new(self.cash()?);
        let doubts = self.sum(&mut health, None, visit)?;
        Ok(Assessment {
            health: self.finish(&health)?,
            left_out: doubts.left_out,
            is_wide: doubts.is_wide,
        })
    }

    /// The greatest losses are looked for only where the action does not pass without.
    #[inline(never)]
    fn health(&self) -> Result<Health, MarginError> {
        let mut health = HealthBuilder::new(self.cash()?);
        let mut unbounded = Vec::new();
        let rule = self.freshness.rule();
        self.sum(&mut health, rule.map(|_| &mut unbounded), &mut |_, _| {})?;
        let without = self.finish(&health)?;
        if unbounded.is_empty() || rule.is_some_and(|rule| rule.check(&without).is_ok()) {
            return Ok(without);
        }
        for of_underlying in &unbounded {
            let underlying = self
                .market
                .underlying(of_underlying.index)
                .ok_or(MarginError::MissingUnderlying)?;
            let bounded = self.bounded(underlying, &of_underlying.risk, &of_underlying.held, false)?;
            health.replace(&of_underlying.risk, &bounded).or_margin_error()?;
        }
        self.finish(&health)
    }

    /// Adds every underlying. Those that go into `unbounded` are not held against their greatest loss yet.
    #[inline(never)]
    fn sum(
        &self,
        health: &mut HealthBuilder,
        mut unbounded: Option<&mut Vec<Unbounded>>,
        visit: &mut dyn FnMut(u8, &UnderlyingRisk),
    ) -> Result<Doubts, MarginError> {
        let mut doubts = Doubts::default();
        for index in indices(needed(self.holdings.of_chains(), self.account, self.registry)) {
            let underlying = self.market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
            let has_options = self.holdings.live_chains(index).next().is_some();
            let backing = self.backing(index);
            let counting = if has_options || backing.prices || backing.moves {
                self.freshness.counting(underlying, has_options)?
            } else {
                Counting::Nothing
            };
            doubts.is_wide |= counting != Counting::Nothing && self.freshness.is_wide(underlying);
            let risk = match counting {
                // It prices what moves with another.
                Counting::AtPrice { .. } if !has_options && !backing.moves => self.settled_alone(underlying)?,
                Counting::AtPrice { is_widened } => {
                    let (risk, held) = self.at_price(underlying, health)?;
                    let is_raised = held.has_shorts && (held.is_stale || is_widened);
                    match &mut unbounded {
                        // Collateral alone cannot lose more than it is worth.
                        _ if !has_options => risk,
                        Some(unbounded) if !is_raised => {
                            unbounded.push(Unbounded { index, risk, held });
                            risk
                        }
                        _ => self.bounded(underlying, &risk, &held, is_raised)?,
                    }
                }
                Counting::AtWorst => self.at_worst(underlying)?,
                Counting::AtBest => {
                    doubts.left_out = true;
                    self.at_best(underlying)?
                }
                Counting::Nothing => self.settled_alone(underlying)?,
            };
            visit(index, &risk);
            health.add(&risk).or_margin_error()?;
        }
        Ok(doubts)
    }

    fn backing(&self, index: u8) -> Backing {
        let mut backing = Backing::default();
        for (entry, _) in self.balances() {
            backing.prices |= entry.underlying_index == index;
            backing.moves |= entry.scenario_index == index;
        }
        backing
    }

    /// Range of the account's arrays in an underlying, if it has any: that of the first, which all others must share.
    fn range_of_arrays(&self, index: u8) -> Option<u64> {
        self.holdings.live_chains(index).find_map(|held| {
            let first = self.holdings.positions(held).next()?;
            let strike = held.strikes.get(usize::from(first.strike_slot))?;
            (strike.reference_price_e9 != 0).then_some(strike.range_e9)
        })
    }

    /// Options and collateral at the price, not held against the greatest loss.
    #[inline(never)]
    fn at_price(
        &self,
        underlying: &Underlying,
        health: &mut HealthBuilder,
    ) -> Result<(UnderlyingRisk, Held), MarginError> {
        let range = self
            .freshness
            .range(underlying, self.range_of_arrays(underlying.index))?;
        let shocks = PriceShocks::from_range(range).map_err(|_| MarginError::ParameterOutOfRange)?;
        let interval = self.freshness.interval(underlying);
        let mut book = UnderlyingBook::new(interval, underlying.lot()?, &shocks);
        let held = self.add_positions(&mut book, underlying, range)?;
        let of_own_feeds = self.add_collaterals(&mut book, underlying)?;
        let risk = book
            .assess(
                &underlying.risk_params(),
                self.freshness.purpose(),
                health.systemic_mut(),
            )
            .or_margin_error()?;
        Ok((of_own_feeds.added_to(risk)?, held))
    }

    /// The same held against the greatest loss until expiry; raised to the fallback where prices or slices are not good enough.
    /// A book without shorts is not raised: it cannot lose more than it is worth, which a withdrawal does not count anyway.
    #[inline(never)]
    fn bounded(
        &self,
        underlying: &Underlying,
        risk: &UnderlyingRisk,
        held: &Held,
        is_raised: bool,
    ) -> Result<UnderlyingRisk, MarginError> {
        let Bounds {
            greatest_loss,
            standard,
        } = self.bounds(underlying, held)?;
        let capped = |risk: UnderlyingRisk| greatest_loss.map_or(risk, |limit| risk.capped(limit));
        let bounded = capped(*risk);
        if !is_raised {
            return Ok(bounded);
        }
        let last = bounded
            .scenario_loss
            .try_add(bounded.initial_contingency)
            .or_margin_error()?;
        let fallback = fallback_requirement(last, standard).or_margin_error()?;
        Ok(capped(bounded.raised_to(fallback).or_margin_error()?))
    }

    /// Adds the positions.
    fn add_positions(
        &self,
        book: &mut UnderlyingBook<'_>,
        underlying: &Underlying,
        range: Ratio,
    ) -> Result<Held, MarginError> {
        let purpose = self.freshness.purpose();
        let mut found = Held::default();
        for held in self.holdings.chains(underlying.index) {
            if let Some(price) = held.settlement {
                for position in self.holdings.positions(held) {
                    let payoff = payoff(position, strike_of(position, held)?, price, underlying.lot()?)?;
                    book.add_settled(payoff).or_margin_error()?;
                }
                continue;
            }
            found.is_stale |= self.freshness.is_stale(held.chain, underlying);
            let before = book.option_value();
            let mut arrays = self.freshness.of_arrays(held.chain, underlying).with_range(range);
            for position in self.holdings.positions(held) {
                let strike = strike_of(position, held)?;
                arrays.check(strike)?;
                let (call, put) = (position.lots(OptionKind::Call), position.lots(OptionKind::Put));
                found.has_shorts |= call < Lots::ZERO || put < Lots::ZERO;
                let free = free_lots(underlying, strike, call, put)?;
                book.add_strike(held.slot, call, put, free, &strike.view())
                    .or_margin_error()?;
                if purpose == Purpose::Action && strike.was_worth_else() {
                    book.add_former(call, put, &strike.former()).or_margin_error()?;
                }
            }
            let mark = book.option_value().try_sub(before).or_margin_error()?;
            found.marks.try_push(mark).map_err(|_| MarginError::ChainTableFull)?;
        }
        Ok(found)
    }

    /// Adds the collaterals that move with an underlying, and says what their own feeds' uncertainty costs.
    fn add_collaterals(&self, book: &mut UnderlyingBook<'_>, underlying: &Underlying) -> Result<OwnFeeds, MarginError> {
        let mut own_feeds = OwnFeeds::default();
        for (entry, atoms) in self.balances() {
            if entry.scenario_index != underlying.index {
                continue;
            }
            if entry.underlying_index == underlying.index {
                if !self.freshness.counts_collateral(underlying) {
                    continue;
                }
                let collateral = collateral(entry, atoms, underlying.price()).or_margin_error()?;
                book.add_collateral(collateral).or_margin_error()?;
                continue;
            }
            let feed = self
                .market
                .underlying(entry.underlying_index)
                .ok_or(MarginError::MissingUnderlying)?;
            if !self.freshness.counts_collateral(feed) || !self.freshness.counts_collateral(underlying) {
                continue;
            }
            let of_feed = collateral(entry, atoms, feed.price()).or_margin_error()?;
            match self.freshness.counting(feed, false)? {
                Counting::AtPrice { .. } => {}
                Counting::AtBest => {
                    own_feeds.add_best(best_collateral(of_feed.value)?)?;
                    continue;
                }
                Counting::AtWorst | Counting::Nothing => continue,
            }
            own_feeds.add(entry, atoms, self.freshness.interval(feed))?;
            book.add_collateral(of_feed).or_margin_error()?;
        }
        Ok(own_feeds)
    }

    fn balances(&self) -> impl Iterator<Item = (&CollateralEntry, Atoms)> {
        self.registry
            .listed()
            .iter()
            .zip(self.account.balances_atoms)
            .filter(|(entry, atoms)| *atoms > 0 && entry.underlying_index != NO_UNDERLYING)
            .map(|(entry, atoms)| (entry, Atoms::new(atoms)))
    }

    /// Payoffs of settled chains, which need no price; for a withdrawal only debts count.
    fn settled_alone(&self, underlying: &Underlying) -> Result<UnderlyingRisk, MarginError> {
        let mut total = Value::ZERO;
        for held in self.holdings.chains(underlying.index) {
            let Some(price) = held.settlement else {
                continue;
            };
            for position in self.holdings.positions(held) {
                let payoff = payoff(position, strike_of(position, held)?, price, underlying.lot()?)?;
                total = total.try_add(payoff).or_margin_error()?;
            }
        }
        Ok(UnderlyingRisk {
            option_value: total,
            withdrawal_loss: total.try_neg().or_margin_error()?.or_zero(),
            liquidation_tolerance: Some(Value::ZERO),
            ..UnderlyingRisk::default()
        })
    }

    /// Adds to the settled payoffs what `value` says of each live expiry.
    fn with_expiries(
        &self,
        underlying: &Underlying,
        mut value: impl FnMut(&ExpiryBook<'_>) -> Result<Value, MarginError>,
    ) -> Result<UnderlyingRisk, MarginError> {
        let mut risk = self.settled_alone(underlying)?;
        for expiry in self.expiries(underlying)? {
            risk.option_value = risk.option_value.try_add(value(&expiry)?).or_margin_error()?;
        }
        Ok(risk)
    }

    /// Options at the least that they can pay, up to five times the last price, with the underlying itself as cover. A
    /// withdrawal counts no gain and every loss.
    #[inline(never)]
    fn at_worst(&self, underlying: &Underlying) -> Result<UnderlyingRisk, MarginError> {
        let mut cover_lots = self.cover_lots(underlying)?;
        let settled = self.settled_alone(underlying)?;
        let worst = self.with_expiries(underlying, |expiry| expiry.worst(underlying.price(), &mut cover_lots))?;
        let of_live = worst.option_value.try_sub(settled.option_value).or_margin_error()?;
        let live_loss = of_live.try_neg().or_margin_error()?.or_zero();
        Ok(UnderlyingRisk {
            withdrawal_loss: settled.withdrawal_loss.try_add(live_loss).or_margin_error()?,
            ..worst
        })
    }

    /// Options and collateral at the most that they can be worth.
    #[inline(never)]
    fn at_best(&self, underlying: &Underlying) -> Result<UnderlyingRisk, MarginError> {
        let mut risk = self.with_expiries(underlying, |expiry| expiry.best(underlying.price()))?;
        for (entry, atoms) in self
            .balances()
            .filter(|(entry, _)| entry.scenario_index == underlying.index)
        {
            let feed = self
                .market
                .underlying(entry.underlying_index)
                .ok_or(MarginError::MissingUnderlying)?;
            let worth = collateral(entry, atoms, feed.price()).or_margin_error()?.value;
            let best = best_collateral(worth)?;
            risk.collateral_value = risk.collateral_value.try_add(best).or_margin_error()?;
        }
        Ok(risk)
    }

    /// Lots of the underlying itself that the account holds as collateral, whole ones.
    fn cover_lots(&self, underlying: &Underlying) -> Result<u64, MarginError> {
        let mut units_e9 = 0_u64;
        for (entry, atoms) in self.balances() {
            if entry.underlying_index == underlying.index && entry.scenario_index == underlying.index {
                let units = atoms.to_units_e9(entry.decimals, Round::Down).or_margin_error()?;
                units_e9 = units_e9.checked_add(units).ok_or(MarginError::MathOverflow)?;
            }
        }
        units_e9
            .checked_div(underlying.lot()?.units_e9())
            .ok_or(MarginError::MathOverflow)
    }

    /// The account's books in the live expiries of an underlying.
    fn expiries(&self, underlying: &Underlying) -> Result<impl Iterator<Item = ExpiryBook<'_>>, MarginError> {
        let lot = underlying.lot()?;
        let live = self.holdings.live_chains(underlying.index);
        Ok(live.map(move |held| ExpiryBook::new(&self.holdings, held, lot)))
    }

    /// Refuses an account that is short calls on an underlying which nothing covers, whatever the price is.
    fn check_covered(&self, index: u8) -> Result<(), MarginError> {
        let underlying = self.market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
        let mut cover_lots = self.cover_lots(underlying)?;
        for expiry in self.expiries(underlying)? {
            cover_lots = cover_lots
                .checked_sub(expiry.unpaired()?)
                .ok_or(MarginError::NotCovered)?;
        }
        Ok(())
    }

    /// The most that options and collateral of an underlying can lose until the last expiry, and where a slice is stale the
    /// requirement of all live expiries by the standard rule.
    ///
    /// Cover is whole lots of the underlying itself, each counted in one expiry; what no expiry needs may lose all its worth,
    /// and so may other collateral. Before haircuts: those are no loss.
    #[inline(never)]
    fn bounds(&self, underlying: &Underlying, held: &Held) -> Result<Bounds, MarginError> {
        let spot = underlying.price();
        let unpaired_rate = held
            .is_stale
            .then_some(Ratio::from_e9(underlying.risk.unpaired_short_e9));
        let all_cover_lots = self.cover_lots(underlying)?;
        let mut cover_lots = all_cover_lots;
        let (mut greatest_loss, mut standard) = (Some(Value::ZERO), Value::ZERO);
        for (expiry, mark) in self.expiries(underlying)?.zip(held.marks.iter().copied()) {
            let of_expiry = expiry.bounds(mark, spot, unpaired_rate, &mut cover_lots)?;
            standard = standard.try_add(of_expiry.standard).or_margin_error()?;
            greatest_loss = match (greatest_loss, of_expiry.greatest_loss) {
                (Some(total), Some(loss)) => Some(total.try_add(loss).or_margin_error()?),
                _ => None,
            };
        }
        if let Some(of_options) = greatest_loss {
            let used =
                i64::try_from(all_cover_lots.saturating_sub(cover_lots)).map_err(|_| MarginError::MathOverflow)?;
            let per_lot = underlying.lot()?.value(spot, Round::Up).or_margin_error()?;
            let counted = Lots::new(used).value(per_lot).or_margin_error()?;
            let idle = self.collateral_worth(underlying)?.try_sub(counted).or_margin_error()?;
            greatest_loss = Some(of_options.try_add(idle.or_zero()).or_margin_error()?);
        }
        Ok(Bounds {
            greatest_loss,
            standard,
        })
    }

    /// Worth of the collaterals that share an underlying's scenarios, before haircuts, rounded up.
    fn collateral_worth(&self, underlying: &Underlying) -> Result<Value, MarginError> {
        let mut total = Value::ZERO;
        for (entry, atoms) in self
            .balances()
            .filter(|(entry, _)| entry.scenario_index == underlying.index)
        {
            let feed = self
                .market
                .underlying(entry.underlying_index)
                .ok_or(MarginError::MissingUnderlying)?;
            let worth = atoms.value(entry.decimals, feed.price(), Round::Up).or_margin_error()?;
            total = total.try_add(worth).or_margin_error()?;
        }
        Ok(total)
    }
}

/// What the uncertainty of collaterals' own feeds costs, besides that of the underlying whose scenarios they share.
#[derive(Clone, Copy, Debug, Default)]
struct OwnFeeds {
    loss: Value,
    confidence: Value,
    /// Collateral on unusable feeds at its best, which no scenario moves.
    best: Value,
}

impl OwnFeeds {
    fn add(&mut self, entry: &CollateralEntry, atoms: Atoms, interval: PriceInterval) -> Result<(), MarginError> {
        let units_e9 = atoms.to_units_e9(entry.decimals, Round::Up).or_margin_error()?;
        let units_e9 = i64::try_from(units_e9).map_err(|_| MarginError::MathOverflow)?;
        let sum = |total: &mut Value, cost_e9: u64| -> Result<(), MarginError> {
            let cost = Value::from_unsigned_e9(cost_e9).or_margin_error()?;
            *total = total.try_add(cost).or_margin_error()?;
            Ok(())
        };
        sum(&mut self.loss, interval.worst_loss_e9(units_e9).or_margin_error()?)?;
        sum(
            &mut self.confidence,
            interval.confidence_cost_e9(units_e9).or_margin_error()?,
        )
    }

    fn add_best(&mut self, best: Value) -> Result<(), MarginError> {
        self.best = self.best.try_add(best).or_margin_error()?;
        Ok(())
    }

    fn added_to(self, risk: UnderlyingRisk) -> Result<UnderlyingRisk, MarginError> {
        let plus = |total: Value, part: Value| total.try_add(part).or_margin_error();
        Ok(UnderlyingRisk {
            collateral_value: plus(risk.collateral_value, self.best)?,
            initial_uncertainty: plus(risk.initial_uncertainty, self.loss)?,
            withdrawal_uncertainty: plus(risk.withdrawal_uncertainty, self.loss)?,
            liquidation_tolerance: risk
                .liquidation_tolerance
                .map(|tolerance| plus(tolerance, self.confidence))
                .transpose()?,
            ..risk
        })
    }
}

fn strike_of<'a>(position: &Position, held: &HeldChain<'a>) -> Result<&'a Strike, MarginError> {
    held.strikes
        .get(usize::from(position.strike_slot))
        .ok_or(MarginError::NoSuchStrike)
}

/// Lots of a strike, call and put together, that an account may hold without a charge for concentration: a share of its open
/// interest, looked up only for those who hold more than is free in any case.
fn free_lots(underlying: &Underlying, strike: &Strike, call: Lots, put: Lots) -> Result<u64, MarginError> {
    let held = call.magnitude().saturating_add(put.magnitude());
    if held <= underlying.risk.free_lots {
        return Ok(underlying.risk.free_lots);
    }
    let open_interest = strike
        .call_open_interest_lots
        .saturating_add(strike.put_open_interest_lots);
    let share = Ratio::from_e9(underlying.risk.free_share_e9)
        .of_count(open_interest, Round::Down)
        .or_margin_error()?;
    Ok(share.max(underlying.risk.free_lots))
}

/// What a position pays (or owes, if negative) at a settlement price.
///
/// # Errors
/// [`MarginError::MathOverflow`].
pub fn payoff(position: &Position, strike: &Strike, price: Price, lot: LotSize) -> Result<Value, MarginError> {
    let leg = |kind: OptionKind| {
        let per_lot = payoff_per_lot(kind, price, strike.price(), lot)?;
        position.lots(kind).value(per_lot)
    };
    leg(OptionKind::Call)
        .and_then(|call| call.try_add(leg(OptionKind::Put)?))
        .or_margin_error()
}

fn collateral(entry: &CollateralEntry, atoms: Atoms, price: Price) -> Result<Collateral, tenor_math::MathError> {
    Ok(Collateral {
        value: atoms.value(entry.decimals, price, Round::Down)?,
        haircut: entry.haircut(),
    })
}
