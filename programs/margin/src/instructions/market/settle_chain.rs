//! Writes the settlement price of a chain, once.

use crate::error::MarginError;
use crate::event::ChainSettled;
use crate::feed::read_feed;
use crate::state::{ChainAccount, LAYOUT_VERSION, Underlying};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `settle_chain`.
#[event_cpi]
#[derive(Accounts)]
pub struct SettleChain {
    /// Underlying of the options.
    #[account(address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// The pull oracle's account with the update that straddles the expiry.
    pub feed: UncheckedAccount,
}

/// See [`crate::tenor_margin::settle_chain`].
#[inline(never)]
pub fn settle_chain(ctx: &mut Context<SettleChain>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    let expiry = accounts.chain.expiry();
    require!(accounts.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
    require!(accounts.chain.settlement_price().is_none(), MarginError::ChainSettled);
    require!(now >= expiry, MarginError::ChainNotExpired);
    let update = read_feed(accounts.feed.account(), &accounts.underlying)?;
    // Only one update of a feed has the expiry between its predecessor's publish time and its own, so every caller at
    // any time brings the same price. Its age and confidence are no criterion: they would let a caller choose.
    // A push account keeps no predecessor: any of its prices after the expiry would do, and the sender would choose.
    let previous_published_at = update.previous_published_at.ok_or(MarginError::FeedCannotSettle)?;
    let straddles = previous_published_at < expiry && expiry <= update.published_at;
    require!(straddles, MarginError::NotSettlementUpdate);

    let chain = &mut accounts.chain;
    chain.settled = 1;
    chain.settlement_price_e9 = update.price.e9();
    chain.settlement_published_at = update.published_at.get();
    let sequence = chain.advance();

    emit_cpi!(ChainSettled {
        chain: *ctx.accounts.chain.address(),
        sequence,
        price_e9: update.price.e9(),
        published_at: update.published_at.get(),
    });
    Ok(())
}
