//! The health of an account, computed over its stored position list.

use super::{Freshness, MarketView};
use crate::error::{MarginError, OrMarginError};
use crate::state::{
    ClearingHouse, CollateralEntry, MarginAccount, NO_UNDERLYING, Position, Registry, Strike, Underlying,
};
use tenor_math::Round;
use tenor_math::pricing::{OptionKind, payoff_per_lot};
use tenor_math::quantity::{Atoms, LotSize, Price, Value};
use tenor_math::risk::{Collateral, Health, HealthBuilder, PriceInterval, UnderlyingBook};

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
        }
    }
    core::iter::from_fn(move || {
        let index = u8::try_from(needed.trailing_zeros()).ok().filter(|_| needed != 0)?;
        needed &= needed.wrapping_sub(1);
        Some(index)
    })
}

/// Equity and requirements of an account.
///
/// Every stored position and balance is counted: a chain or underlying that the market does not show is an error, never
/// a smaller requirement.
///
/// # Errors
/// [`MarginError::MissingChain`], [`MarginError::MissingUnderlying`], [`MarginError::PriceStale`],
/// [`MarginError::RiskStale`], [`MarginError::NoSuchStrike`], [`MarginError::MathOverflow`].
pub fn assess(
    house: &ClearingHouse,
    registry: &Registry,
    account: &MarginAccount,
    positions: &[Position],
    market: &impl MarketView,
    freshness: Freshness,
) -> Result<Health, MarginError> {
    let cash_atoms = account.cash_atoms_at(&registry.interest)?;
    let cash = Value::from_quote_atoms(cash_atoms, house.quote_decimals, Round::Down).or_margin_error()?;
    let mut health = HealthBuilder::new(cash);
    for index in needed_underlyings(account, registry) {
        let underlying = market.underlying(index).ok_or(MarginError::MissingUnderlying)?;
        freshness.check_price(underlying)?;
        let interval = PriceInterval::around(underlying.price(), underlying.confidence());
        let shocks = underlying.shocks()?;
        let mut book = UnderlyingBook::new(interval, underlying.lot()?, &shocks);
        add_positions(&mut book, account, positions, underlying, market, freshness)?;
        add_collaterals(&mut book, account, registry, underlying)?;
        let risk = book
            .assess(&underlying.risk_params(), freshness.purpose(), health.systemic_mut())
            .or_margin_error()?;
        health.add(&risk).or_margin_error()?;
    }
    health
        .finish(house.correlation_credit(), house.maintenance_factor())
        .or_margin_error()
}

fn add_positions(
    book: &mut UnderlyingBook<'_>,
    account: &MarginAccount,
    positions: &[Position],
    underlying: &Underlying,
    market: &impl MarketView,
    freshness: Freshness,
) -> Result<(), MarginError> {
    for (expiry, slot) in account.chains.iter().enumerate() {
        if slot.positions == 0 || slot.underlying_index != underlying.index {
            continue;
        }
        let view = market.chain(&slot.chain).ok_or(MarginError::MissingChain)?;
        for position in positions
            .iter()
            .filter(|position| usize::from(position.chain_slot) == expiry)
        {
            let strike = view
                .strikes
                .get(usize::from(position.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            match view.chain.settlement_price() {
                Some(price) => {
                    let payoff = payoff(position, strike, price, underlying.lot()?)?;
                    book.add_settled(payoff).or_margin_error()?;
                }
                None => {
                    freshness.check_strike(strike, view.chain, underlying)?;
                    let (call, put) = (position.lots(OptionKind::Call), position.lots(OptionKind::Put));
                    book.add_strike(expiry, call, put, u64::MAX, &strike.view())
                        .or_margin_error()?;
                }
            }
        }
    }
    Ok(())
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

fn add_collaterals(
    book: &mut UnderlyingBook<'_>,
    account: &MarginAccount,
    registry: &Registry,
    underlying: &Underlying,
) -> Result<(), MarginError> {
    for (entry, atoms) in registry.listed().iter().zip(account.balances_atoms) {
        if atoms > 0 && entry.underlying_index == underlying.index {
            let collateral = collateral(entry, Atoms::new(atoms), underlying.price()).or_margin_error()?;
            book.add_collateral(collateral).or_margin_error()?;
        }
    }
    Ok(())
}

fn collateral(entry: &CollateralEntry, atoms: Atoms, price: Price) -> Result<Collateral, tenor_math::MathError> {
    Ok(Collateral {
        value: atoms.value(entry.decimals, price, Round::Down)?,
        haircut: entry.haircut(),
    })
}
