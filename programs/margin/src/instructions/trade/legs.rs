//! Legs against the market: which option, whether it can trade at its price now, what it is worth and what it costs.

use super::accounts::{Leg, Trade, TradeArgs};
use crate::error::{MarginError, OrMarginError};
use crate::instructions::MarketAccounts;
use crate::params::FeeModel;
use crate::portfolio_check::Effect;
use crate::risk::{Freshness, LotMove, MarketView};
use crate::state::{Strike, Underlying};
use alloc::vec::Vec;
use tenor_math::Round;
use tenor_math::fees::{Cash, LegFees};
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Lots, Price, Ratio, UnixSeconds, Value};

/// The option of a leg.
#[derive(Clone, Copy, Debug)]
pub(super) struct FoundLeg {
    /// Place of the chain among the chains that were passed.
    pub(super) chain_place: u8,
    /// What the buyer gains.
    pub(super) change: LotMove,
}

impl FoundLeg {
    /// Finds a leg's option, which must be live.
    pub(super) fn find(leg: &Leg, market: &MarketAccounts, now: UnixSeconds) -> Result<Self, MarginError> {
        let chain = market.chain_at(leg.chain)?;
        if now >= chain.expiry() {
            return Err(MarginError::ChainExpired);
        }
        chain
            .get(usize::from(leg.strike_slot))
            .filter(|strike| strike.price_e9 == leg.strike_e9)
            .ok_or(MarginError::NoSuchStrike)?;
        Ok(Self {
            chain_place: leg.chain,
            change: LotMove {
                chain: *chain.address(),
                underlying_index: chain.underlying_index,
                strike_slot: leg.strike_slot,
                kind: leg.kind()?,
                lots: Lots::new(leg.lots),
            },
        })
    }

    /// Whether both are legs of one option.
    pub(super) fn is_same_option(&self, other: &Self) -> bool {
        self.chain_place == other.chain_place
            && self.change.strike_slot == other.change.strike_slot
            && self.change.kind == other.change.kind
    }
}

/// A leg that may trade at its price.
#[derive(Clone, Copy, Debug)]
pub(super) struct PricedLeg {
    /// What the buyer gains.
    pub(super) change: LotMove,
    /// From buyer to seller, exact.
    pub(super) premium: Cash,
    /// Worth at mark of what the buyer gains.
    pub(super) worth: Value,
    /// What either side pays to the house.
    pub(super) fees: LegFees,
}

impl PricedLeg {
    /// Checks the ages of the leg's prices, given what the trade does to the sides, and its distance from mark.
    #[inline(never)]
    pub(super) fn price(
        found: &FoundLeg,
        price_e9: u64,
        market: &MarketAccounts,
        (effect, now): (Effect, UnixSeconds),
        (fees, decimals): (&FeeModel, u8),
    ) -> Result<Self, MarginError> {
        let chain = market.chain_at(found.chain_place)?;
        let change = found.change;
        let underlying = market
            .underlying(change.underlying_index)
            .ok_or(MarginError::MissingUnderlying)?;
        if effect == Effect::AddsRisk {
            Freshness::check_fresh(underlying, now)?;
        }
        let strike = chain
            .get(usize::from(change.strike_slot))
            .ok_or(MarginError::NoSuchStrike)?;
        // A mark on a price that is not fresh is good enough where both sides only reduce.
        Freshness::Reduction(now).check_mark(strike, chain, underlying)?;

        let lot = underlying.lot()?;
        let price = Price::from_e9(price_e9);
        let mark = mark(strike, underlying, change.kind)?;
        let per_lot = lot.value(price, Round::Down).or_margin_error()?;
        check_band(per_lot, mark, underlying)?;
        let premium = Cash::of_lots(change.lots, price, lot).or_margin_error()?;
        let notional = Cash::of_lots(change.lots, underlying.price(), lot).or_margin_error()?;
        Ok(Self {
            change,
            premium,
            worth: change.lots.value(mark).or_margin_error()?,
            fees: fees.rates().of_leg(notional, premium, decimals).or_margin_error()?,
        })
    }
}

impl Trade {
    #[inline(never)]
    pub(super) fn price_legs(
        &self,
        args: &TradeArgs,
        found: &[FoundLeg],
        market: &MarketAccounts,
        (effect, now): (Effect, UnixSeconds),
    ) -> Result<Vec<PricedLeg>, MarginError> {
        let terms = (&self.house.fees, self.house.quote_decimals);
        args.legs
            .iter()
            .zip(found)
            .map(|(leg, found)| PricedLeg::price(found, leg.price_e9, market, (effect, now), terms))
            .collect()
    }
}

/// Mark of a lot, at which health values it.
fn mark(strike: &Strike, underlying: &Underlying, kind: OptionKind) -> Result<Value, MarginError> {
    let marks = strike.view().marks(underlying.price()).or_margin_error()?;
    Ok(match kind {
        OptionKind::Call => marks.call,
        OptionKind::Put => marks.put,
    })
}

/// A price lies within a part of the mark or a part of spot around the mark, whichever is more; both round down.
fn check_band(price: Value, mark: Value, underlying: &Underlying) -> Result<(), MarginError> {
    let of_mark = Ratio::from_e9(underlying.market.band_of_mark_e9)
        .of(mark, Round::Down)
        .or_margin_error()?;
    let notional = underlying
        .lot()?
        .value(underlying.price(), Round::Down)
        .or_margin_error()?;
    let of_spot = Ratio::from_e9(underlying.market.band_of_spot_e9)
        .of(notional, Round::Down)
        .or_margin_error()?;
    let distance = price.try_sub(mark).or_margin_error()?.e9().unsigned_abs();
    if distance > of_mark.max(of_spot).e9().unsigned_abs() {
        return Err(MarginError::PriceOutsideBand);
    }
    Ok(())
}
