//! What a slice would do to the account that takes it.

use tenor_sdk::SdkError;
use tenor_sdk::decode::AccountData;
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::risk::{Counting, Freshness, MarketView, payoff};
use tenor_sdk::margin::state::{ChainSlot, InterestState, Position, QUOTE_INDEX};
use tenor_sdk::market::Market;
use tenor_sdk::math::Round;
use tenor_sdk::math::liquidation::Fraction;
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{Atoms, Ratio, UnixSeconds, Value};
use tenor_sdk::math::risk::Health;

/// The keeper's side of a slice, forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Preview {
    /// Change of the keeper's cash, atoms; negative if it pays.
    pub(super) cash_change_atoms: i64,
    /// The keeper's cash afterwards, atoms.
    pub(super) cash_after_atoms: i64,
    /// The keeper's health afterwards.
    pub(super) health: Health,
}

/// A slice to be forecast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice<'a> {
    /// The account that it is taken from.
    pub(super) account: &'a AccountData,
    /// Its maintenance requirement.
    pub(super) maintenance: Value,
    /// How much of it is taken.
    pub(super) fraction: Fraction,
    /// At which discount of the requirement that this frees.
    pub(super) discount: Ratio,
    /// The chain's clock.
    pub(super) now: UnixSeconds,
}

impl Slice<'_> {
    /// Whether what an underlying prices changes hands: the program leaves alone what counts at its best.
    fn moves(&self, market: &Market, index: u8) -> Result<bool, SdkError> {
        let underlying = market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
        let counting = Freshness::Liquidation(self.now).counting(underlying, true)?;
        Ok(counting != Counting::AtBest)
    }
}

/// Forecasts what a slice does to the account that takes it.
///
/// # Errors
/// What the program's risk check would refuse; [`MarginError::ChainTableFull`] or [`MarginError::PositionTableFull`]
/// are not foreseen here and surface in simulation.
pub(super) fn preview(market: &Market, slice: &Slice<'_>, taker: &AccountData) -> Result<Preview, SdkError> {
    let mut after = taker.clone();
    let worth = take_positions(market, slice, &mut after)?.try_add(take_collaterals(market, slice, &mut after)?)?;
    let decimals = market.house().map_or(6, |house| house.quote_decimals);
    let price_atoms = worth.to_quote_atoms(decimals, Round::Up)?;
    let reward = slice
        .discount
        .of(slice.fraction.of_value(slice.maintenance)?, Round::Down)?;
    let reward_atoms = reward.to_quote_atoms(decimals, Round::Down)?;
    let cash_change_atoms = reward_atoms.checked_sub(price_atoms).ok_or(MarginError::MathOverflow)?;
    let interest = market
        .registry()
        .map_or_else(InterestState::default, |registry| registry.interest);
    after.account.add_cash(cash_change_atoms, &interest)?;
    let health = market.health(&after, Freshness::TakeOver(slice.now))?;
    Ok(Preview {
        cash_change_atoms,
        cash_after_atoms: after.account.cash_atoms,
        health,
    })
}

/// Adds the slice's positions to the taker and returns what they are worth at mark.
fn take_positions(market: &Market, slice: &Slice<'_>, taker: &mut AccountData) -> Result<Value, SdkError> {
    let mut worth = Value::ZERO;
    for position in &slice.account.positions {
        let from = slice
            .account
            .account
            .chains
            .get(usize::from(position.chain_slot))
            .ok_or(MarginError::MissingChain)?;
        let view = market.chain(&from.chain).ok_or(MarginError::MissingChain)?;
        if view.chain.settlement_price().is_none() && !slice.moves(market, from.underlying_index)? {
            continue;
        }
        let moved = Position {
            call_lots: slice.fraction.of_lots(position.lots(OptionKind::Call))?.get(),
            put_lots: slice.fraction.of_lots(position.lots(OptionKind::Put))?.get(),
            ..*position
        };
        worth = worth.try_add(mark(market, from, &moved)?)?;
        add(taker, from, &moved)?;
    }
    Ok(worth)
}

/// A position at mark, or at its payoff once its chain is settled.
fn mark(market: &Market, slot: &ChainSlot, position: &Position) -> Result<Value, SdkError> {
    let underlying = market
        .underlying(slot.underlying_index)
        .ok_or(MarginError::MissingUnderlying)?;
    let view = market.chain(&slot.chain).ok_or(MarginError::MissingChain)?;
    let strike = view
        .strikes
        .get(usize::from(position.strike_slot))
        .ok_or(MarginError::NoSuchStrike)?;
    if let Some(price) = view.chain.settlement_price() {
        return Ok(payoff(position, strike, price, underlying.lot()?)?);
    }
    let marks = strike.view().marks(underlying.price())?;
    let call = position.lots(OptionKind::Call).value(marks.call)?;
    Ok(call.try_add(position.lots(OptionKind::Put).value(marks.put)?)?)
}

fn add(taker: &mut AccountData, from: &ChainSlot, moved: &Position) -> Result<(), SdkError> {
    if moved.is_flat() {
        return Ok(());
    }
    let slots = &mut taker.account.chains;
    let place = slots
        .iter()
        .position(|slot| slot.positions > 0 && slot.chain == from.chain)
        .or_else(|| slots.iter().position(|slot| slot.positions == 0))
        .ok_or(MarginError::ChainTableFull)?;
    let slot = slots.get_mut(place).ok_or(MarginError::ChainTableFull)?;
    if slot.positions == 0 {
        *slot = ChainSlot { positions: 0, ..*from };
    }
    let chain_slot = u8::try_from(place).map_err(|_| MarginError::ChainTableFull)?;
    let held = taker
        .positions
        .iter_mut()
        .find(|held| held.chain_slot == chain_slot && held.strike_slot == moved.strike_slot);
    match held {
        Some(held) => {
            for kind in [OptionKind::Call, OptionKind::Put] {
                let lots = held.lots(kind).try_add(moved.lots(kind))?;
                held.set_lots(kind, lots);
            }
        }
        None => {
            slot.positions = slot.positions.saturating_add(1);
            taker.positions.push(Position { chain_slot, ..*moved });
        }
    }
    Ok(())
}

/// Adds the slice's collaterals to the taker and returns what they are worth at the oracle price.
fn take_collaterals(market: &Market, slice: &Slice<'_>, taker: &mut AccountData) -> Result<Value, SdkError> {
    let mut worth = Value::ZERO;
    let Some(registry) = market.registry() else {
        return Ok(worth);
    };
    for (index, (entry, balance)) in (0_u8..).zip(registry.listed().iter().zip(slice.account.account.balances_atoms)) {
        if index == QUOTE_INDEX || balance == 0 {
            continue;
        }
        if !slice.moves(market, entry.underlying_index)? || !slice.moves(market, entry.scenario_index)? {
            continue;
        }
        let atoms = slice.fraction.of_atoms(Atoms::new(balance))?;
        let underlying = market
            .underlying(entry.underlying_index)
            .ok_or(MarginError::MissingUnderlying)?;
        worth = worth.try_add(atoms.value(entry.decimals, underlying.price(), Round::Down)?)?;
        taker.account.credit(index, atoms, &registry.interest)?;
    }
    Ok(worth)
}
