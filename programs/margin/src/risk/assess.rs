//! The health of an account, computed over its stored position list.

use super::payoffs::{ExpiryBook, best_collateral};
use super::{ChainView, Counting, Freshness, MarketView};
use crate::error::{MarginError, OrMarginError};
use crate::state::{
    ChainSlot, ClearingHouse, CollateralEntry, MarginAccount, NO_UNDERLYING, Position, Registry, Strike, Underlying,
};
use tenor_math::Round;
use tenor_math::pricing::{OptionKind, payoff_per_lot};
use tenor_math::quantity::{Atoms, LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    Collateral, Health, HealthBuilder, PriceInterval, PriceShocks, UnderlyingBook, UnderlyingRisk, fallback_requirement,
};

/// Indices of the underlyings that an account's health needs, ascending: those of its chains and of its collaterals.
pub fn needed_underlyings(account: &MarginAccount, registry: &Registry) -> impl Iterator<Item = u8> + use<> {
    let mut needed = 0_u64;
    // Indices are below 64: `add_underlying` lists no more.
    let mut need = |index: u8| needed |= 1_u64.checked_shl(u32::from(index)).unwrap_or(0);
    for slot in account.chains.iter().filter(|slot| slot.positions > 0) {
        need(slot.underlying_index);
    }
    for (entry, balance) in registry.listed().iter().zip(account.balances_atoms) {
        if balance > 0 && entry.underlying_index != NO_UNDERLYING {
            need(entry.underlying_index);
            need(entry.scenario_index);
        }
    }
    core::iter::from_fn(move || {
        let index = u8::try_from(needed.trailing_zeros()).ok().filter(|_| needed != 0)?;
        needed &= needed.wrapping_sub(1);
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
    let reckoning = Reckoning {
        house,
        registry,
        account,
        positions,
        market,
        freshness,
    };
    let uncapped = match freshness {
        Freshness::Action(_) | Freshness::Withdrawal(_) => Some(reckoning.run(Caps::Skipped, &mut |_, _| {})?.health),
        _ => None,
    };
    match (freshness, uncapped) {
        (Freshness::Action(_), Some(health)) if health.initial_health().or_margin_error()? >= Value::ZERO => Ok(health),
        (Freshness::Withdrawal(_), Some(health)) if health.withdrawable >= Value::ZERO => Ok(health),
        _ => Ok(reckoning.run(Caps::Applied, &mut |_, _| {})?.health),
    }
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
    let reckoning = Reckoning {
        house,
        registry,
        account,
        positions,
        market,
        freshness,
    };
    reckoning.run(Caps::Applied, visit)
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
    let reckoning = Reckoning {
        house,
        registry,
        account,
        positions,
        market,
        freshness: Freshness::AsStored,
    };
    reckoning.check_covered(index)
}

/// What the positions in an underlying are like.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// Whether a slice that they rest on is stale.
    is_stale: bool,
    /// Whether some are short.
    has_shorts: bool,
}

/// Whether requirements are held against the greatest loss until expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caps {
    Applied,
    Skipped,
}

/// What a health is computed from.
struct Reckoning<'a, M> {
    house: &'a ClearingHouse,
    registry: &'a Registry,
    account: &'a MarginAccount,
    positions: &'a [Position],
    market: &'a M,
    freshness: Freshness,
}

/// A chain that the account has positions in.
struct HeldChain<'a> {
    /// Its slot in the account's table.
    slot: usize,
    view: ChainView<'a>,
}

impl<M: MarketView> Reckoning<'_, M> {
    #[inline(never)]
    fn run(&self, caps: Caps, visit: &mut dyn FnMut(u8, &UnderlyingRisk)) -> Result<Assessment, MarginError> {
        let cash_atoms = self.account.cash_atoms_at(&self.registry.interest)?;
        let cash = Value::from_quote_atoms(cash_atoms, self.house.quote_decimals, Round::Down).or_margin_error()?;
        let mut health = HealthBuilder::new(cash);
        let (mut left_out, mut is_wide) = (false, false);
        for index in needed_underlyings(self.account, self.registry) {
            let underlying = self.market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
            let has_options = self.has_options(index)?;
            let counting = if has_options || self.has_collateral(index) {
                self.freshness.counting(underlying, has_options)?
            } else {
                Counting::Nothing
            };
            is_wide |= counting != Counting::Nothing && self.freshness.is_wide(underlying);
            let risk = match counting {
                Counting::AtPrice { is_widened } => self.at_price(underlying, caps, is_widened, &mut health)?,
                Counting::AtWorst => self.at_worst(underlying)?,
                Counting::AtBest => {
                    left_out = true;
                    self.at_best(underlying)?
                }
                Counting::Nothing => self.settled_alone(underlying)?,
            };
            visit(index, &risk);
            health.add(&risk).or_margin_error()?;
        }
        let health = health
            .finish(self.house.correlation_credit(), self.house.maintenance_factor())
            .or_margin_error()?;
        Ok(Assessment {
            health,
            left_out,
            is_wide,
        })
    }

    /// The chains of an underlying in which the account has positions.
    fn chains(&self, index: u8) -> impl Iterator<Item = Result<HeldChain<'_>, MarginError>> {
        let of_underlying = move |slot: &&ChainSlot| slot.positions > 0 && slot.underlying_index == index;
        self.account
            .chains
            .iter()
            .enumerate()
            .filter(move |(_, slot)| of_underlying(slot))
            .map(|(slot, held)| {
                let view = self.market.chain(&held.chain).ok_or(MarginError::MissingChain)?;
                Ok(HeldChain { slot, view })
            })
    }

    /// Whether some position's worth depends on the underlying's price.
    fn has_options(&self, index: u8) -> Result<bool, MarginError> {
        for held in self.chains(index) {
            if held?.view.chain.settlement_price().is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether some collateral's worth depends on the underlying's price or scenarios.
    fn has_collateral(&self, index: u8) -> bool {
        self.balances()
            .any(|(entry, _)| entry.underlying_index == index || entry.scenario_index == index)
    }

    fn positions_of(&self, slot: usize) -> impl Iterator<Item = &Position> {
        self.positions
            .iter()
            .filter(move |position| usize::from(position.chain_slot) == slot)
    }

    /// Range of the account's arrays in an underlying, if it has any: that of the first, which all others must share.
    fn range_of_arrays(&self, index: u8) -> Result<Option<u64>, MarginError> {
        for held in self.chains(index) {
            let held = held?;
            if held.view.chain.settlement_price().is_some() {
                continue;
            }
            let first = self.positions_of(held.slot).next();
            let strike = first.and_then(|position| held.view.strikes.get(usize::from(position.strike_slot)));
            if let Some(strike) = strike.filter(|strike| strike.reference_price_e9 != 0) {
                return Ok(Some(strike.range_e9));
            }
        }
        Ok(None)
    }

    #[inline(never)]
    fn at_price(
        &self,
        underlying: &Underlying,
        caps: Caps,
        is_widened: bool,
        health: &mut HealthBuilder,
    ) -> Result<UnderlyingRisk, MarginError> {
        let range = self
            .freshness
            .range(underlying, self.range_of_arrays(underlying.index)?)?;
        let shocks = PriceShocks::from_range(range).map_err(|_| MarginError::ParameterOutOfRange)?;
        let interval = self.freshness.interval(underlying);
        let mut book = UnderlyingBook::new(interval, underlying.lot()?, &shocks);
        let Held { is_stale, has_shorts } = self.add_positions(&mut book, underlying, range)?;
        let of_own_feeds = self.add_collaterals(&mut book, underlying)?;
        let mut risk = book
            .assess(
                &underlying.risk_params(),
                self.freshness.purpose(),
                health.systemic_mut(),
            )
            .or_margin_error()?;
        // A book without shorts cannot lose more than it is worth, which a withdrawal does not count anyway.
        let is_raised = has_shorts && (is_stale || is_widened);
        let limit = if caps == Caps::Applied || is_raised {
            self.greatest_loss(underlying)?
        } else {
            None
        };
        if let Some(limit) = limit {
            risk = risk.capped(limit);
        }
        if is_raised {
            let last = risk.scenario_loss.try_add(risk.initial_contingency).or_margin_error()?;
            let standard = if is_stale {
                self.standard(underlying)?
            } else {
                Value::ZERO
            };
            let fallback = fallback_requirement(last, standard).or_margin_error()?;
            risk = risk.raised_to(fallback).or_margin_error()?;
            risk = limit.map_or(risk, |limit| risk.capped(limit));
        }
        of_own_feeds.added_to(risk)
    }

    /// Adds the positions.
    fn add_positions(
        &self,
        book: &mut UnderlyingBook<'_>,
        underlying: &Underlying,
        range: Ratio,
    ) -> Result<Held, MarginError> {
        let mut found = Held::default();
        for held in self.chains(underlying.index) {
            let HeldChain { slot, view } = held?;
            let settlement = view.chain.settlement_price();
            found.is_stale |= settlement.is_none() && self.freshness.is_stale(view.chain, underlying);
            for position in self.positions_of(slot) {
                let strike = strike_of(position, &view)?;
                if let Some(price) = settlement {
                    let payoff = payoff(position, strike, price, underlying.lot()?)?;
                    book.add_settled(payoff).or_margin_error()?;
                    continue;
                }
                self.freshness.check_strike(strike, view.chain, underlying, range)?;
                let (call, put) = (position.lots(OptionKind::Call), position.lots(OptionKind::Put));
                found.has_shorts |= call < Lots::ZERO || put < Lots::ZERO;
                let free = free_lots(underlying, strike, call, put)?;
                book.add_strike(slot, call, put, free, &strike.view())
                    .or_margin_error()?;
            }
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
        for held in self.chains(underlying.index) {
            let HeldChain { slot, view } = held?;
            let Some(price) = view.chain.settlement_price() else {
                continue;
            };
            for position in self.positions_of(slot) {
                let payoff = payoff(position, strike_of(position, &view)?, price, underlying.lot()?)?;
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
            risk.option_value = risk.option_value.try_add(value(&expiry?)?).or_margin_error()?;
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
    fn expiries(
        &self,
        underlying: &Underlying,
    ) -> Result<impl Iterator<Item = Result<ExpiryBook<'_>, MarginError>>, MarginError> {
        let lot = underlying.lot()?;
        Ok(self.chains(underlying.index).filter_map(move |held| match held {
            Ok(HeldChain { slot, view }) => {
                let is_live = view.chain.settlement_price().is_none();
                is_live.then(|| Ok(ExpiryBook::new(self.positions, slot, view.strikes, lot)))
            }
            Err(error) => Some(Err(error)),
        }))
    }

    /// Refuses an account that is short calls on an underlying which nothing covers, whatever the price is.
    fn check_covered(&self, index: u8) -> Result<(), MarginError> {
        let underlying = self.market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
        let mut cover_lots = self.cover_lots(underlying)?;
        for expiry in self.expiries(underlying)? {
            cover_lots = cover_lots
                .checked_sub(expiry?.unpaired()?)
                .ok_or(MarginError::NotCovered)?;
        }
        Ok(())
    }

    /// Requirement of all live expiries by the standard rule.
    #[inline(never)]
    fn standard(&self, underlying: &Underlying) -> Result<Value, MarginError> {
        let rate = Ratio::from_e9(underlying.risk.unpaired_short_e9);
        let mut total = Value::ZERO;
        for expiry in self.expiries(underlying)? {
            let of_expiry = expiry?.standard(underlying.price(), rate)?;
            total = total.try_add(of_expiry).or_margin_error()?;
        }
        Ok(total)
    }

    /// The most that options and collateral of an underlying can lose until the last expiry; none if that has no bound.
    /// Cover is whole lots of the underlying itself, each counted in one expiry; what no expiry needs may lose all its worth,
    /// and so may other collateral. Before haircuts: those are no loss.
    #[inline(never)]
    fn greatest_loss(&self, underlying: &Underlying) -> Result<Option<Value>, MarginError> {
        let all_cover_lots = self.cover_lots(underlying)?;
        let mut cover_lots = all_cover_lots;
        let mut total = Value::ZERO;
        for expiry in self.expiries(underlying)? {
            let expiry = expiry?;
            let mark = expiry.mark(underlying.price())?;
            let Some(loss) = expiry.greatest_loss(mark, underlying.price(), &mut cover_lots)? else {
                return Ok(None);
            };
            total = total.try_add(loss).or_margin_error()?;
        }
        let used = i64::try_from(all_cover_lots.saturating_sub(cover_lots)).map_err(|_| MarginError::MathOverflow)?;
        let per_lot = underlying
            .lot()?
            .value(underlying.price(), Round::Up)
            .or_margin_error()?;
        let counted = Lots::new(used).value(per_lot).or_margin_error()?;
        let idle = self.collateral_worth(underlying)?.try_sub(counted).or_margin_error()?;
        total.try_add(idle.or_zero()).or_margin_error().map(Some)
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

fn strike_of<'a>(position: &Position, view: &ChainView<'a>) -> Result<&'a Strike, MarginError> {
    view.strikes
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
