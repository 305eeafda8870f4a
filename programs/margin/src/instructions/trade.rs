//! Moves positions and premium between two margin accounts that both agree.

use super::MarketAccounts;
use crate::error::{MarginError, OrMarginError};
use crate::event::Traded;
use crate::portfolio_check::{Effect, check_after};
use crate::risk::{Freshness, LotMove, MarketView, assess, chain_slot, find_position, move_lots};
use crate::state::{ClearingHouse, Pausable, PortfolioAccount, Registry, seeds};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::Round;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Lots, Price, Ratio, UnixSeconds, Value};
use tenor_math::risk::Health;

/// Most legs of one trade.
pub const MAX_LEGS: usize = 8;

/// One option that changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct Leg {
    /// Place of the chain among the chains that are passed, from zero.
    pub chain: u8,
    /// Zero for the call, one for the put.
    pub kind: u8,
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Lots that the buyer gains; negative if it sells this leg.
    pub lots: i64,
    /// Price per whole underlying, USD x 1e9.
    pub price_e9: u64,
}

impl Leg {
    fn kind(&self) -> core::result::Result<OptionKind, MarginError> {
        match self.kind {
            0 => Ok(OptionKind::Call),
            1 => Ok(OptionKind::Put),
            _ => Err(MarginError::ParameterOutOfRange),
        }
    }
}

/// Accounts of `trade`; chains (writable where traded) and underlyings of both accounts follow.
#[event_cpi]
#[derive(Accounts)]
pub struct Trade {
    /// Owner or delegate of the buyer.
    pub buyer_authority: Signer,
    /// Owner or delegate of the seller.
    pub seller_authority: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Collaterals of the house.
    #[account(seeds = [seeds::REGISTRY, house.address().as_ref()], bump = registry.bump)]
    pub registry: Account<Registry>,
    /// The account that gains the legs' lots.
    #[account(mut)]
    pub buyer: PortfolioAccount,
    /// The account that gives them.
    #[account(mut)]
    pub seller: PortfolioAccount,
}

/// What a leg does, checked against the market.
struct CheckedLeg {
    change: LotMove,
    /// Premium from buyer to seller.
    premium: Value,
}

impl Trade {
    fn validate(&self, legs: &[Leg]) -> Result<()> {
        require!((1..=MAX_LEGS).contains(&legs.len()), MarginError::WrongListLength);
        require!(legs.iter().all(|leg| leg.lots != 0), MarginError::ZeroAmount);
        for (account, authority) in [
            (&self.buyer, &self.buyer_authority),
            (&self.seller, &self.seller_authority),
        ] {
            account.check(self.house.address())?;
            require!(account.may_trade(authority.address()), MarginError::NotAccountAuthority);
        }
        Ok(())
    }

    fn health(
        &self,
        account: &PortfolioAccount,
        effect: Effect,
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<Health, MarginError> {
        let freshness = match effect {
            Effect::ReducesOnly => Freshness::Reduction(now),
            Effect::AddsRisk => Freshness::Action(now),
        };
        assess(
            &self.house,
            &self.registry,
            account,
            account.as_slice(),
            market,
            freshness,
        )
    }

    fn apply(&mut self, legs: &[CheckedLeg], market: &mut MarketAccounts) -> core::result::Result<(), MarginError> {
        for leg in legs {
            let limit = {
                let view = market
                    .underlying(leg.change.underlying_index)
                    .ok_or(MarginError::MissingUnderlying)?;
                view.market.max_open_interest_lots
            };
            let chain = market.chain_mut(&leg.change.chain)?;
            let mut open_positions = chain.open_positions;
            let strike = chain
                .get_mut(usize::from(leg.change.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            let before = *strike.open_interest_mut(leg.change.kind);
            let given = LotMove {
                lots: leg.change.lots.try_neg().or_margin_error()?,
                ..leg.change
            };
            move_lots(&mut self.seller, &given, strike, &mut open_positions)?;
            move_lots(&mut self.buyer, &leg.change, strike, &mut open_positions)?;
            // A limit that was lowered below what is open stops growth, not exits.
            let after = *strike.open_interest_mut(leg.change.kind);
            if after > limit && after > before {
                return Err(MarginError::OpenInterestLimit);
            }
            chain.open_positions = open_positions;
        }
        Ok(())
    }

    /// Moves the premium; the payer's cash may not end below zero.
    fn pay(&mut self, premium_atoms: i64) -> core::result::Result<(), MarginError> {
        self.buyer
            .add_cash(premium_atoms.checked_neg().ok_or(MarginError::MathOverflow)?)?;
        self.seller.add_cash(premium_atoms)?;
        let payer_cash = match premium_atoms {
            0 => 0,
            1.. => self.buyer.cash_atoms,
            _ => self.seller.cash_atoms,
        };
        if payer_cash < 0 {
            return Err(MarginError::CashBelowZero);
        }
        Ok(())
    }
}

/// Finds a leg's option and checks that it can trade at its price now.
fn check_leg(leg: &Leg, market: &MarketAccounts, now: UnixSeconds) -> core::result::Result<CheckedLeg, MarginError> {
    let chain = market.chain_at(leg.chain)?;
    if now >= chain.expiry() {
        return Err(MarginError::ChainExpired);
    }
    let underlying = market
        .underlying(chain.underlying_index)
        .ok_or(MarginError::MissingUnderlying)?;
    let strike = chain
        .get(usize::from(leg.strike_slot))
        .ok_or(MarginError::NoSuchStrike)?;
    // A mark on a price that is not fresh is good enough to reduce at; an account that adds is checked below.
    Freshness::Reduction(now).check_mark(strike, chain, underlying)?;

    let kind = leg.kind()?;
    let lots = Lots::new(leg.lots);
    let price = underlying
        .lot()?
        .value(Price::from_e9(leg.price_e9), Round::Down)
        .or_margin_error()?;
    let marks = strike.view().marks(underlying.price()).or_margin_error()?;
    let mark = match kind {
        OptionKind::Call => marks.call,
        OptionKind::Put => marks.put,
    };
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
    Ok(CheckedLeg {
        change: LotMove {
            chain: *chain.address(),
            underlying_index: chain.underlying_index,
            strike_slot: leg.strike_slot,
            kind,
            lots,
        },
        premium: lots.value(price).or_margin_error()?,
    })
}

/// Whether every leg brings the account's position closer to zero without crossing it. `sign` is one for the account
/// that gains the lots and minus one for the other. Two legs in one option count as adding risk.
fn effect(account: &PortfolioAccount, legs: &[CheckedLeg], gains: bool) -> Effect {
    let reduces = legs.iter().enumerate().all(|(place, leg)| {
        let lots = if gains {
            leg.change.lots.get()
        } else {
            leg.change.lots.get().wrapping_neg()
        };
        let held = chain_slot(account, &leg.change.chain)
            .and_then(|slot| find_position(account.as_slice(), slot, leg.change.strike_slot))
            .and_then(|place| account.get(place))
            .map_or(Lots::ZERO, |position| position.lots(leg.change.kind));
        let is_repeated = legs.iter().skip(place.saturating_add(1)).any(|other| {
            other.change.chain == leg.change.chain
                && other.change.strike_slot == leg.change.strike_slot
                && other.change.kind == leg.change.kind
        });
        let opposes = (held.get() < 0) != (lots < 0) && held != Lots::ZERO;
        !is_repeated && opposes && lots.unsigned_abs() <= held.magnitude()
    });
    if reduces { Effect::ReducesOnly } else { Effect::AddsRisk }
}

/// Premium of all legs from buyer to seller, rounded up for whoever pays.
fn premium_atoms(legs: &[CheckedLeg], decimals: u8) -> core::result::Result<i64, MarginError> {
    let total = legs
        .iter()
        .try_fold(Value::ZERO, |total, leg| total.try_add(leg.premium))
        .or_margin_error()?;
    let round = if total < Value::ZERO { Round::Down } else { Round::Up };
    total.to_quote_atoms(decimals, round).or_margin_error()
}

/// See [`crate::tenor_margin::trade`].
#[inline(never)]
pub fn trade(ctx: &mut Context<Trade>, legs: Vec<Leg>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let mut market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(&legs)?;
    let checked = legs
        .iter()
        .map(|leg| check_leg(leg, &market, now))
        .collect::<core::result::Result<Vec<_>, MarginError>>()?;
    let premium_atoms = premium_atoms(&checked, accounts.house.quote_decimals)?;
    let effects = [
        effect(&accounts.buyer, &checked, true),
        effect(&accounts.seller, &checked, false),
    ];
    // Where one side only reduces, no risk is new, and its exit stays open.
    if effects == [Effect::AddsRisk; 2] {
        accounts.house.check_not_paused(Pausable::RiskTrade, now)?;
    }
    let before = [
        accounts.health_before(&accounts.buyer, effects[0], &market, now)?,
        accounts.health_before(&accounts.seller, effects[1], &market, now)?,
    ];

    let sequences = (accounts.buyer.advance_exposure(), accounts.seller.advance_exposure());
    accounts.apply(&checked, &mut market)?;
    accounts.pay(premium_atoms)?;
    for ((account, effect), before) in [&accounts.buyer, &accounts.seller].into_iter().zip(effects).zip(before) {
        let after = accounts.health(account, effect, &market, now)?;
        check_after(&after, &before, effect)?;
    }

    emit_cpi!(Traded {
        buyer: *ctx.accounts.buyer.address(),
        buyer_sequence: sequences.0,
        seller: *ctx.accounts.seller.address(),
        seller_sequence: sequences.1,
        premium_atoms,
        legs,
    });
    Ok(())
}

impl Trade {
    /// Health before the trade, where the reduce-only rule may need it: an account that adds risk must meet its initial
    /// requirement afterwards, whatever it had.
    fn health_before(
        &self,
        account: &PortfolioAccount,
        effect: Effect,
        market: &MarketAccounts,
        now: UnixSeconds,
    ) -> core::result::Result<Health, MarginError> {
        match effect {
            Effect::ReducesOnly => self.health(account, effect, market, now),
            Effect::AddsRisk => Ok(Health::default()),
        }
    }
}
