//! Moves positions and premium between two margin accounts that both agree.
//!
//! A trade can carry value out of an account, so each side is judged by what the trade does to it:
//!
//! | the prices give its value away at mark, or its cash falls and ends below zero | every option ends closer to zero | what must hold afterwards |
//! |---|---|---|
//! | no | no | initial health is not negative |
//! | no | yes | initial health is not negative, or *reduction* |
//! | yes | no | the withdrawal rule, and initial health is not negative |
//! | yes | yes | the withdrawal rule and initial health is not negative, or *reduction* |
//!
//! *Reduction*: initial health was negative before, initial and maintenance health both rise, and equity at mark falls,
//! fees and rounding included, by at most a fifth of the requirement that is freed. An account that meets its requirement
//! needs no such exception: it could otherwise buy back at a loss, write again at mark, and so carry gains that nobody has
//! realised to a friend, step by step.
//!
//! Cash that rises but stays below zero is a debt that shrinks: nothing leaves, and the withdrawal rule is not asked. A side
//! in a bracket is not judged here; the end of the bracket does it.

mod accounts;
mod delegate;
mod effect;
mod legs;
mod money;

pub use accounts::*;

use super::MarketAccounts;
use crate::error::MarginError;
use crate::event::Traded;
use crate::portfolio_check::{Effect, Rule, check_trade};
use crate::risk::{Freshness, LotMove, MarketView, assess, move_lots};
use crate::state::PortfolioAccount;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use effect::{Side, effect};
use legs::{FoundLeg, PricedLeg};
use money::{SideMoney, TradeMoney};
use tenor_math::quantity::{UnixSeconds, Value};
use tenor_math::risk::Health;

use crate::error::OrMarginError;

/// A leg as it traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TradedLeg {
    /// The chain.
    pub chain: Address,
    /// The chain's sequence number after the trade.
    pub chain_sequence: u64,
    /// Zero for the call, one for the put.
    pub kind: u8,
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Lots that the buyer gained.
    pub lots: i64,
    /// Price per whole underlying, USD x 1e9.
    pub price_e9: u64,
    /// Fees of both sides that the chain now holds, atoms.
    pub fees_atoms: u64,
}

/// How one side stood before the trade and what the trade does to it.
struct SideCheck {
    effect: Effect,
    money: SideMoney,
    freshness: Freshness,
    /// Only where the rule may ask for it.
    before: Option<Health>,
}

/// Ages that a side's trade accepts.
const fn freshness(effect: Effect, now: UnixSeconds) -> Freshness {
    match effect {
        Effect::AddsRisk | Effect::ReducesOnly => Freshness::Action(now),
    }
}

impl SideCheck {
    fn new(
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
            effect,
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
    fn health(
        &self,
        account: &PortfolioAccount,
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<Health, MarginError> {
        let positions = account.as_slice();
        assess(&self.house, &self.registry, account, positions, market, freshness)
    }

    /// Moves the lots, credits the fees to the chains, and says what traded.
    fn apply(
        &mut self,
        args: &TradeArgs,
        legs: &[PricedLeg],
        market: &mut MarketAccounts,
    ) -> core::result::Result<Vec<TradedLeg>, MarginError> {
        let mut traded = Vec::with_capacity(legs.len());
        for (asked, leg) in args.legs.iter().zip(legs) {
            let is_new_chain = !traded.iter().any(|earlier: &TradedLeg| earlier.chain == leg.change.chain);
            let fees = leg.fees.taker.try_add(leg.fees.maker).or_margin_error()?;
            let limit = market
                .underlying(leg.change.underlying_index)
                .ok_or(MarginError::MissingUnderlying)?
                .market
                .max_open_interest_lots;
            let chain = market.chain_mut(&leg.change.chain)?;
            if is_new_chain {
                chain.advance();
            }
            chain.fees_atoms = chain
                .fees_atoms
                .checked_add(fees.get())
                .ok_or(MarginError::MathOverflow)?;
            let (chain_sequence, mut open_positions) = (chain.sequence, chain.open_positions);
            let strike = chain
                .get_mut(usize::from(leg.change.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            let given = LotMove {
                lots: leg.change.lots.try_neg().or_margin_error()?,
                ..leg.change
            };
            move_lots(&mut self.seller, &given, strike, &mut open_positions)?;
            move_lots(&mut self.buyer, &leg.change, strike, &mut open_positions)?;
            if *strike.open_interest_mut(leg.change.kind) > limit {
                return Err(MarginError::OpenInterestLimit);
            }
            chain.open_positions = open_positions;
            traded.push(TradedLeg {
                chain: leg.change.chain,
                chain_sequence,
                kind: asked.kind,
                strike_slot: asked.strike_slot,
                lots: asked.lots,
                price_e9: asked.price_e9,
                fees_atoms: fees.get(),
            });
        }
        Ok(traded)
    }

    /// Moves the cash of both sides and counts what it means for delegates and brackets.
    fn pay(&mut self, money: &TradeMoney, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        for (account, authority, money) in [
            (&mut self.buyer, &self.buyer_authority, &money.buyer),
            (&mut self.seller, &self.seller_authority, &money.seller),
        ] {
            account.add_cash(money.cash_change_atoms)?;
            account.count_delegate_loss(authority.address(), money.equity_change, now)?;
            account.bracket.count(money.price_gain)?;
        }
        Ok(())
    }

    fn check_side(
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
        let before = side.before.as_ref().filter(|_| side.effect == Effect::ReducesOnly);
        check_trade(&after, before, cost.max(Value::ZERO), side.rule(account))
    }
}

/// See [`crate::tenor_margin::trade`].
pub fn trade(ctx: &mut Context<Trade>, args: TradeArgs) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let mut market = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    accounts.validate(&args, now)?;
    let (taker, decimals) = (args.taker()?, accounts.house.quote_decimals);
    let found = args
        .legs
        .iter()
        .map(|leg| FoundLeg::find(leg, &market, now))
        .collect::<core::result::Result<Vec<_>, MarginError>>()?;
    let (buyer, seller) = (
        effect(&accounts.buyer, &found, Side::Buyer),
        effect(&accounts.seller, &found, Side::Seller),
    );
    let legs = accounts.price_legs(&args, &found, &market, freshness(buyer.and(seller), now))?;
    let money = TradeMoney::of(&legs, taker, decimals)?;
    money.check_limits(&args)?;
    let sides = (
        SideCheck::new(accounts, &accounts.buyer, buyer, money.buyer, (&market, now))?,
        SideCheck::new(accounts, &accounts.seller, seller, money.seller, (&market, now))?,
    );

    let sequences = (accounts.buyer.advance_exposure(), accounts.seller.advance_exposure());
    let traded = accounts.apply(&args, &legs, &mut market)?;
    accounts.pay(&money, now)?;
    accounts.check_side(&accounts.buyer, &sides.0, &market)?;
    accounts.check_side(&accounts.seller, &sides.1, &market)?;

    emit_cpi!(Traded {
        buyer: *ctx.accounts.buyer.address(),
        buyer_sequence: sequences.0,
        seller: *ctx.accounts.seller.address(),
        seller_sequence: sequences.1,
        premium_atoms: money.premium_atoms,
        taker: args.taker,
        buyer_fee_atoms: money.buyer.fee.get(),
        seller_fee_atoms: money.seller.fee.get(),
        legs: traded,
    });
    Ok(())
}

impl Trade {
    fn price_legs(
        &self,
        args: &TradeArgs,
        found: &[FoundLeg],
        market: &MarketAccounts,
        freshness: Freshness,
    ) -> core::result::Result<Vec<PricedLeg>, MarginError> {
        let terms = (&self.house.fees, self.house.quote_decimals);
        args.legs
            .iter()
            .zip(found)
            .map(|(leg, found)| PricedLeg::price(found, leg.price_e9, market, freshness, terms))
            .collect()
    }
}
