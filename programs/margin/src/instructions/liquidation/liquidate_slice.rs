//! Takes over a fraction of an unhealthy account.

use super::taken::{Taken, WithRoom};
use crate::breadth::check_breadth;
use crate::error::{MarginError, OrMarginError};
use crate::event::{CashAfter, SliceLiquidated};
use crate::instructions::MarketAccounts;
use crate::portfolio_check::{Effect, check_after};
use crate::risk::{
    Assessment, Counting, Freshness, LotMove, MarketView, Whereabouts, assess, assess_in_detail, move_lots_near,
};
use crate::state::{ClearingHouse, MAX_CHAINS, PortfolioAccount, Position, QUOTE_INDEX, Registry, Strike, seeds};
use anchor_lang::prelude::*;
use tenor_math::Round;
use tenor_math::liquidation::{Fraction, SliceTerms, discount, slice_fraction};
use tenor_math::pricing::{OptionKind, payoff_per_lot};
use tenor_math::quantity::{Atoms, LotSize, Lots, Price, Ratio, UnixSeconds, Value};
use tenor_math::risk::Health;

/// What the liquidator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct LiquidateSliceArgs {
    /// Most of the account to take x 1e18; the formula may allow less.
    pub max_fraction_e18: u64,
    /// Least that the liquidator's cash changes by, atoms; negative if it is ready to pay.
    pub min_cash_change_atoms: i64,
    /// Exposure sequence of the account that the decision was made on.
    pub expected_sequence: u64,
}

/// Accounts of `liquidate_slice`; chains (writable) and underlyings of both accounts follow.
#[event_cpi]
#[derive(Accounts)]
pub struct LiquidateSlice {
    /// Owner or delegate of the liquidator's account.
    pub liquidator_authority: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The account in liquidation.
    #[account(mut)]
    pub account: PortfolioAccount,
    /// The account that takes the slice.
    #[account(mut)]
    pub liquidator: PortfolioAccount,
}

/// How much is taken and what for: decided before anything moves.
struct SlicePlan {
    fraction: Fraction,
    discount: Ratio,
    discount_atoms: Atoms,
}

/// Where the last move was in the tables of both accounts.
#[derive(Clone, Copy, Debug, Default)]
struct BothSides {
    given: Whereabouts,
    gained: Whereabouts,
}

impl LiquidateSlice {
    fn validate(&self, args: &LiquidateSliceArgs) -> Result<()> {
        self.account.check(self.house.address())?;
        self.liquidator.check(self.house.address())?;
        self.account.check_not_bracketed()?;
        self.liquidator.check_not_bracketed()?;
        require!(self.account.owner != self.liquidator.owner, MarginError::SameAccount);
        require!(
            self.liquidator.may_trade(self.liquidator_authority.address()),
            MarginError::NotAccountAuthority
        );
        require!(
            self.account.exposure_sequence == args.expected_sequence,
            MarginError::SequenceMismatch
        );
        require!(self.account.liquidation.is_active(), MarginError::AuctionNotStarted);
        require!(args.max_fraction_e18 > 0, MarginError::ZeroAmount);
        Ok(())
    }

    fn assess_account(
        &self,
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<Assessment, MarginError> {
        let positions = self.account.as_slice();
        assess_in_detail(
            &self.house,
            &self.registry,
            &self.account,
            positions,
            market,
            freshness,
            &mut |_, _| {},
        )
    }

    fn check_liquidator(&self, market: &MarketAccounts, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        check_breadth(&self.liquidator, &self.registry)?;
        let positions = self.liquidator.as_slice();
        let freshness = Freshness::TakeOver(now);
        let health = assess(
            &self.house,
            &self.registry,
            &self.liquidator,
            positions,
            market,
            freshness,
        )?;
        check_after(&health, &health, Effect::AddsRisk)
    }

    /// Equity that a discount may be taken from. What was left out counted at its best: there the discount is held against the
    /// stored numbers as well, for what may be gone already cannot pay it.
    fn spare_equity(&self, assessed: &Assessment, market: &MarketAccounts) -> core::result::Result<Value, MarginError> {
        if !assessed.left_out {
            return Ok(assessed.health.equity);
        }
        let stored = self.assess_account(market, Freshness::AsStored)?;
        Ok(assessed.health.equity.min(stored.health.equity))
    }

    /// Fraction by the formula, discount by the clock and the equity that is there for it.
    fn decide(
        &self,
        health: &Health,
        spare: Value,
        max_fraction_e18: u64,
    ) -> core::result::Result<SlicePlan, MarginError> {
        if spare <= Value::ZERO {
            return Err(MarginError::EquityExhausted);
        }
        let discount = discount(self.account.liquidation.clock(), spare, health.maintenance)
            .map_err(|_| MarginError::NothingToLiquidate)?;
        let terms = SliceTerms {
            equity: health.equity,
            maintenance: health.maintenance,
            haircut: health.haircut,
            discount,
            target: self.house.liquidation_target(),
        };
        let largest = if health.maintenance.e9() < self.house.risk.full_close_below_e9 {
            Fraction::ONE
        } else {
            slice_fraction(&terms).or_margin_error()?
        };
        if largest == Fraction::default() {
            return Err(MarginError::NothingToLiquidate);
        }
        let fraction = largest.min(Fraction::from_e18(max_fraction_e18.min(Fraction::ONE.e18())).or_margin_error()?);
        let freed = fraction.of_value(health.maintenance).or_margin_error()?;
        let reward = discount.of(freed, Round::Down).or_margin_error()?;
        let discount_atoms = reward
            .to_atoms(self.house.quote_decimals, Round::Down)
            .or_margin_error()?;
        Ok(SlicePlan {
            fraction,
            discount,
            discount_atoms,
        })
    }

    /// Moves the slice's positions at mark and returns what they are worth to the liquidator. From the last to the first: one
    /// that goes with all its lots leaves its place to one that was seen already.
    fn move_positions(
        &mut self,
        fraction: Fraction,
        market: &mut MarketAccounts,
        freshness: Freshness,
        taken: &mut Taken,
    ) -> core::result::Result<Value, MarginError> {
        let is_movable_chain = self.movable_chains(market, freshness)?;
        let mut worth = Value::ZERO;
        let (mut first_movable, mut near) = (None, BothSides::default());
        for place in (0..self.account.len()).rev() {
            let position = *self.account.get(place).ok_or(MarginError::NoPositions)?;
            let chain_slot = usize::from(position.chain_slot);
            if !is_movable_chain.get(chain_slot).copied().unwrap_or(false) {
                continue;
            }
            first_movable = Some(position);
            near.given = Whereabouts {
                slot: position.chain_slot,
                place,
            };
            let lots = |kind| fraction.of_lots(position.lots(kind)).or_margin_error();
            let legs = [
                (OptionKind::Call, lots(OptionKind::Call)?),
                (OptionKind::Put, lots(OptionKind::Put)?),
            ];
            if legs.iter().any(|(_, lots)| *lots != Lots::ZERO) {
                let moved = self.move_legs(&position, legs, &mut near, market, taken)?;
                worth = worth.try_add(moved).or_margin_error()?;
            }
        }
        match first_movable {
            // Only longs, of which the fraction is less than a lot each: one lot of the first keeps the auction moving.
            Some(position) if taken.lots.is_empty() => {
                let one_lot = Lots::new(1);
                let (call, put) = if position.call_lots > 0 {
                    (one_lot, Lots::ZERO)
                } else {
                    (Lots::ZERO, one_lot)
                };
                let legs = [(OptionKind::Call, call), (OptionKind::Put, put)];
                self.move_legs(&position, legs, &mut BothSides::default(), market, taken)
            }
            _ => Ok(worth),
        }
    }

    /// Which slots of the chain table are of chains whose options may change hands: all but those on prices that are not good
    /// enough to move them at.
    fn movable_chains(
        &self,
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<[bool; MAX_CHAINS], MarginError> {
        let mut movable = [false; MAX_CHAINS];
        for (is_movable_chain, slot) in movable.iter_mut().zip(&self.account.chains) {
            if slot.positions > 0 {
                let view = market.chain(&slot.chain).ok_or(MarginError::MissingChain)?;
                let is_settled = view.chain.settlement_price().is_some();
                *is_movable_chain = is_settled || is_movable(slot.underlying_index, market, freshness)?;
            }
        }
        Ok(movable)
    }

    /// Moves a strike's lots to the liquidator at mark (or at their payoff, once settled), and returns what they are worth.
    fn move_legs(
        &mut self,
        position: &Position,
        legs: [(OptionKind, Lots); 2],
        near: &mut BothSides,
        market: &mut MarketAccounts,
        taken: &mut Taken,
    ) -> core::result::Result<Value, MarginError> {
        let slot = *self
            .account
            .chains
            .get(usize::from(position.chain_slot))
            .ok_or(MarginError::MissingChain)?;
        let underlying = market
            .underlying(slot.underlying_index)
            .ok_or(MarginError::MissingUnderlying)?;
        let (spot, lot) = (underlying.price(), underlying.lot()?);
        let chain = market.chain_mut(&slot.chain)?;
        let settlement = chain.settlement_price();
        let (mut open_positions, mut worth) = (chain.open_positions, Value::ZERO);
        let strike = chain
            .get_mut(usize::from(position.strike_slot))
            .ok_or(MarginError::NoSuchStrike)?;
        let [call, put] = worth_per_lot(strike, settlement, spot, lot)?;
        for (kind, lots) in legs {
            let gained = LotMove {
                chain: slot.chain,
                underlying_index: slot.underlying_index,
                strike_slot: position.strike_slot,
                kind,
                lots,
            };
            let given = LotMove {
                lots: lots.try_neg().or_margin_error()?,
                ..gained
            };
            move_lots_near(&mut self.account, &mut near.given, &given, strike, &mut open_positions)?;
            move_lots_near(
                &mut self.liquidator,
                &mut near.gained,
                &gained,
                strike,
                &mut open_positions,
            )?;
            let per_lot = match kind {
                OptionKind::Call => call,
                OptionKind::Put => put,
            };
            let of_leg = lots.value(per_lot).or_margin_error()?;
            worth = worth.try_add(of_leg).or_margin_error()?;
        }
        chain.open_positions = open_positions;
        let [(_, call), (_, put)] = legs;
        taken.add_lots(&slot.chain, position.strike_slot, (call, put), || chain.advance())?;
        Ok(worth)
    }

    /// Moves the slice's collaterals other than the quote at the oracle price and returns what they are worth.
    fn move_collaterals(
        &mut self,
        fraction: Fraction,
        market: &MarketAccounts,
        freshness: Freshness,
        taken: &mut Taken,
    ) -> core::result::Result<Value, MarginError> {
        let mut worth = Value::ZERO;
        for (index, entry) in (0_u8..).zip(self.registry.listed()) {
            let balance = self
                .account
                .balances_atoms
                .get(usize::from(index))
                .copied()
                .unwrap_or(0);
            if index == QUOTE_INDEX
                || balance == 0
                || !is_movable(entry.underlying_index, market, freshness)?
                || !is_movable(entry.scenario_index, market, freshness)?
            {
                continue;
            }
            let atoms = fraction.of_atoms(Atoms::new(balance)).or_margin_error()?;
            let underlying = market
                .underlying(entry.underlying_index)
                .ok_or(MarginError::MissingUnderlying)?;
            let value = atoms
                .value(entry.decimals, underlying.price(), Round::Down)
                .or_margin_error()?;
            let interest = &self.registry.interest;
            self.account.debit(index, atoms, interest)?;
            self.liquidator.credit(index, atoms, interest)?;
            taken.add_collateral(index, atoms);
            worth = worth.try_add(value).or_margin_error()?;
        }
        Ok(worth)
    }

    /// The liquidator pays for what it took, less the discount. Returns its cash change.
    fn pay(&mut self, worth: Value, discount_atoms: Atoms, min_change: i64) -> core::result::Result<i64, MarginError> {
        // Up: what the liquidator pays gains the fraction of an atom.
        let price_atoms = worth
            .to_quote_atoms(self.house.quote_decimals, Round::Up)
            .or_margin_error()?;
        let reward = i64::try_from(discount_atoms.get()).map_err(|_| MarginError::MathOverflow)?;
        let change = reward.checked_sub(price_atoms).ok_or(MarginError::MathOverflow)?;
        if change < min_change {
            return Err(MarginError::LimitExceeded);
        }
        let interest = &self.registry.interest;
        let given = change.checked_neg().ok_or(MarginError::MathOverflow)?;
        self.liquidator.add_cash(change, interest)?;
        self.account.add_cash(given, interest)?;
        if self.liquidator.cash_atoms < 0 {
            return Err(MarginError::CashBelowZero);
        }
        Ok(change)
    }
}

/// What a lot of a strike's call and of its put changes hands at.
fn worth_per_lot(
    strike: &Strike,
    settlement: Option<Price>,
    spot: Price,
    lot: LotSize,
) -> core::result::Result<[Value; 2], MarginError> {
    let Some(price) = settlement else {
        let marks = strike.view().marks(spot).or_margin_error()?;
        return Ok([marks.call, marks.put]);
    };
    let payoff = |kind| payoff_per_lot(kind, price, strike.price(), lot).or_margin_error();
    Ok([payoff(OptionKind::Call)?, payoff(OptionKind::Put)?])
}

/// Whether what an underlying prices can change hands at its price.
fn is_movable(index: u8, market: &MarketAccounts, freshness: Freshness) -> core::result::Result<bool, MarginError> {
    let underlying = market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
    Ok(freshness.counting(underlying, true)? != Counting::AtBest)
}

/// A fraction of everything raises health, but lots are whole: a slice that is small against a lot may take a short that
/// hedges the rest and nothing of the rest.
fn check_rise(before: &Health, after: &Health) -> core::result::Result<(), MarginError> {
    let [before, after] = [before, after].map(|health| health.maintenance_health().or_margin_error());
    if after? <= before? {
        return Err(MarginError::HealthNotRaised);
    }
    Ok(())
}

/// See [`crate::tenor_margin::liquidate_slice`].
#[inline(never)]
pub fn liquidate_slice(ctx: &mut Context<LiquidateSlice>, args: LiquidateSliceArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let mut market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(&args)?;
    let freshness = Freshness::Liquidation(now);
    let assessed = accounts.assess_account(&market, freshness)?;
    let state = accounts.account.liquidation.touched(&assessed, &accounts.house, now)?;
    require!(state.is_active(), MarginError::NothingToLiquidate);
    accounts.account.liquidation = state;
    let before = assessed.health;
    let spare = accounts.spare_equity(&assessed, &market)?;
    let plan = accounts.decide(&before, spare, args.max_fraction_e18)?;

    let sequences = (
        accounts.account.advance_exposure(),
        accounts.liquidator.advance_exposure(),
    );
    let mut taken = Taken::with_room_for(accounts.account.len());
    let positions_worth = accounts.move_positions(plan.fraction, &mut market, freshness, &mut taken)?;
    let collateral_worth = accounts.move_collaterals(plan.fraction, &market, freshness, &mut taken)?;
    let worth = positions_worth.try_add(collateral_worth).or_margin_error()?;
    let cash_atoms = accounts.pay(worth, plan.discount_atoms, args.min_cash_change_atoms)?;
    let assessed = accounts.assess_account(&market, Freshness::AfterLiquidation(now))?;
    let after = assessed.health;
    check_rise(&before, &after)?;
    let state = state.ended_at_target(&assessed, &accounts.house, now)?;
    accounts.account.liquidation = state;
    accounts.check_liquidator(&market, now)?;

    emit_cpi!(WithRoom(SliceLiquidated {
        account: *ctx.accounts.account.address(),
        sequence: sequences.0,
        liquidator: *ctx.accounts.liquidator.address(),
        liquidator_sequence: sequences.1,
        fraction_e18: plan.fraction.e18(),
        discount_e9: plan.discount.e9(),
        discount_atoms: plan.discount_atoms.get(),
        cash_atoms,
        equity_before_e9: before.equity.e9(),
        maintenance_before_e9: before.maintenance.e9(),
        equity_after_e9: after.equity.e9(),
        maintenance_after_e9: after.maintenance.e9(),
        clock_seconds: state.clock_seconds,
        active: state.active,
        started_at: state.started_at,
        touched_at: state.touched_at,
        ended_at: state.ended_at,
        account_cash: CashAfter::of(&ctx.accounts.account),
        liquidator_cash: CashAfter::of(&ctx.accounts.liquidator),
        taken,
    }));
    Ok(())
}
