//! Moves positions and premium between two margin accounts that both agree.
//!
//! A trade can carry value out of an account, so each side is judged by what the trade does to it:
//!
//! | the prices give its value away at mark, or its cash falls and ends below zero | every option ends closer to zero | what must hold afterwards |
//! |---|---|---|
//! | no | no | initial health is not negative |
//! | no | yes | initial health is not negative, or *reduction* |
//! | yes | no | the withdrawal rule |
//! | yes | yes | the withdrawal rule, or *reduction* |
//!
//! *Reduction*: initial health was negative before, initial and maintenance health both rise, and equity at mark falls,
//! fees and rounding included, by at most a fifth of the requirement that is freed. An account that meets its requirement
//! needs no such exception: it could otherwise buy back at a loss, write again at mark, and so carry gains that nobody has
//! realised to a friend, step by step.
//!
//! A side that only reduces may do so on any usable price, with a wider requirement; one that adds needs fresh prices.
//!
//! Of two accounts of the large class only one may need it: the health of both before and after would not fit a transaction.
//!
//! Cash that rises but stays below zero is a debt that shrinks: nothing leaves, and the withdrawal rule is not asked. A side
//! in a bracket is not judged here; the end of the bracket does it.

mod accounts;
mod apply;
mod delegate;
mod effect;
mod legs;
mod money;
mod side;

pub use accounts::*;
pub use apply::TradedLeg;

use super::MarketAccounts;
use crate::error::MarginError;
use crate::event::{SideAfter, Traded};
use crate::portfolio_check::Effect;
use crate::state::Pausable;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use effect::{Side, effect};
use legs::FoundLeg;
use money::TradeMoney;
use side::{Exception, Met, SideCheck};
use tenor_math::quantity::UnixSeconds;

/// See [`crate::tenor_margin::trade`].
#[inline(never)]
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
    // Where one side only reduces, no risk is new, and its exit stays open.
    if buyer == Effect::AddsRisk && seller == Effect::AddsRisk {
        accounts.house.check_not_paused(Pausable::RiskTrade, now)?;
    }
    let legs = accounts.price_legs(&args, &found, &market, (buyer.and(seller), now))?;
    let money = TradeMoney::of(&legs, taker, decimals)?;
    money.check_limits(&args)?;
    let sides = (
        SideCheck::new(&accounts.buyer, buyer, &money.buyer, &accounts.registry.interest)?,
        SideCheck::new(&accounts.seller, seller, &money.seller, &accounts.registry.interest)?,
    );

    let sequences = (accounts.buyer.advance_exposure(), accounts.seller.advance_exposure());
    let traded = accounts.apply(&args, &legs, &mut market)?;
    accounts.pay(&money, now)?;
    let buyer_met = accounts.check_side(&accounts.buyer, &sides.0, Exception::Open, &legs, &market, now)?;
    let exception = match buyer_met {
        Met::ByReduction if accounts.are_both_large() => Exception::Taken,
        Met::ByReduction | Met::Rule => Exception::Open,
    };
    accounts.check_side(&accounts.seller, &sides.1, exception, &legs, &market, now)?;

    emit_cpi!(Traded {
        buyer: *ctx.accounts.buyer.address(),
        buyer_sequence: sequences.0,
        seller: *ctx.accounts.seller.address(),
        seller_sequence: sequences.1,
        premium_atoms: money.premium_atoms,
        taker: args.taker,
        buyer_fee_atoms: money.buyer.fee.get(),
        seller_fee_atoms: money.seller.fee.get(),
        buyer_after: SideAfter::of(&ctx.accounts.buyer),
        seller_after: SideAfter::of(&ctx.accounts.seller),
        legs: traded,
    });
    Ok(())
}
