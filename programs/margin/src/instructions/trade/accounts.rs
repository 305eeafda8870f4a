//! What a trade is asked for, and the accounts that it names.

use crate::error::MarginError;
use crate::state::{ClearingHouse, PortfolioAccount, Registry, seeds};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::UnixSeconds;

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
    /// Strike price that the place is meant to have, USD x 1e9: a place may be given to another strike meanwhile.
    pub strike_e9: u64,
    /// Lots that the buyer gains; negative if it sells this leg.
    pub lots: i64,
    /// Price per whole underlying, USD x 1e9.
    pub price_e9: u64,
}

impl Leg {
    pub(super) fn kind(&self) -> core::result::Result<OptionKind, MarginError> {
        match self.kind {
            0 => Ok(OptionKind::Call),
            1 => Ok(OptionKind::Put),
            _ => Err(MarginError::ParameterOutOfRange),
        }
    }
}

/// What both sides agree on, and how far each lets it go.
#[derive(Clone, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TradeArgs {
    /// One to eight legs.
    pub legs: Vec<Leg>,
    /// Side that pays the taker's fee: zero the buyer, one the seller; the other pays the maker's.
    pub taker: u8,
    /// Most that the buyer's cash falls by, fees included, atoms; negative if it must rise.
    pub buyer_max_payment_atoms: i64,
    /// Least that the seller's cash rises by, fees deducted, atoms; negative if it may fall.
    pub seller_min_receipt_atoms: i64,
    /// Last second at which the trade may happen, Unix seconds.
    pub deadline: i64,
}

impl TradeArgs {
    pub(super) fn taker(&self) -> core::result::Result<Taker, MarginError> {
        match self.taker {
            0 => Ok(Taker::Buyer),
            1 => Ok(Taker::Seller),
            _ => Err(MarginError::ParameterOutOfRange),
        }
    }
}

/// Side that pays the taker's fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taker {
    Buyer,
    Seller,
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

impl Trade {
    pub(super) fn validate(&self, args: &TradeArgs, now: UnixSeconds) -> Result<()> {
        require!(now.get() <= args.deadline, MarginError::DeadlinePassed);
        require!((1..=MAX_LEGS).contains(&args.legs.len()), MarginError::WrongListLength);
        require!(args.legs.iter().all(|leg| leg.lots != 0), MarginError::ZeroAmount);
        for (account, authority) in [
            (&self.buyer, &self.buyer_authority),
            (&self.seller, &self.seller_authority),
        ] {
            account.check(self.house.address())?;
            require!(account.may_trade(authority.address()), MarginError::NotAccountAuthority);
        }
        require!(self.buyer.owner != self.seller.owner, MarginError::SelfTrade);
        Ok(())
    }
}
