//! Moves lots, premium and fees.

use super::accounts::{Trade, TradeArgs};
use super::legs::PricedLeg;
use super::money::TradeMoney;
use crate::error::{MarginError, OrMarginError};
use crate::instructions::MarketAccounts;
use crate::risk::{LotMove, MarketView, move_lots};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

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

impl Trade {
    /// Moves the lots, credits the fees to the chains, and says what traded.
    #[inline(never)]
    pub(super) fn apply(
        &mut self,
        args: &TradeArgs,
        legs: &[PricedLeg],
        market: &mut MarketAccounts,
    ) -> core::result::Result<Vec<TradedLeg>, MarginError> {
        let mut traded = Vec::with_capacity(legs.len());
        for (asked, leg) in args.legs.iter().zip(legs) {
            let is_new_chain = !traded
                .iter()
                .any(|earlier: &TradedLeg| earlier.chain == leg.change.chain);
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
    #[inline(never)]
    pub(super) fn pay(&mut self, money: &TradeMoney, now: UnixSeconds) -> core::result::Result<(), MarginError> {
        for (account, authority, money) in [
            (&mut self.buyer, &self.buyer_authority, &money.buyer),
            (&mut self.seller, &self.seller_authority, &money.seller),
        ] {
            account.add_cash(money.cash_change_atoms, &self.registry.interest)?;
            account.count_delegate_loss(authority.address(), money.equity_change, now)?;
            account.bracket.count(money.price_gain)?;
        }
        Ok(())
    }
}
