//! Takes settlement marks of a chain from the update that straddles them.

use crate::error::MarginError;
use crate::event::{LateMinuteMarked, SettlementMarked};
use crate::feed::{FeedPrice, read_feed};
use crate::settlement::{Taken, taken};
use crate::state::{ChainAccount, LAYOUT_VERSION, Underlying};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `mark_settlement`.
#[event_cpi]
#[derive(Accounts)]
pub struct MarkSettlement {
    /// Underlying of the options.
    #[account(address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// The pull oracle's account with the update that straddles the marks.
    pub feed: UncheckedAccount,
}

impl MarkSettlement {
    fn validate(&self, now: UnixSeconds) -> Result<FeedPrice> {
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(self.chain.settlement_price().is_none(), MarginError::ChainSettled);
        let update = read_feed(self.feed.account(), &self.underlying)?;
        update.check_time(now)?;
        Ok(update)
    }
}

/// See [`crate::tenor_margin::mark_settlement`].
#[inline(never)]
pub fn mark_settlement(ctx: &mut Context<MarkSettlement>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let update = ctx.accounts.validate(now)?;
    let (address, chain) = (*ctx.accounts.chain.address(), &mut ctx.accounts.chain);
    // What was brought before is no error, or anyone could make another's transaction fail by bringing it first.
    match taken(chain, &update, now)? {
        Taken::Nothing => {}
        Taken::Marks(marks) => {
            chain.take_marks(marks, update.price)?;
            let sequence = chain.advance();
            emit_cpi!(SettlementMarked {
                chain: address,
                sequence,
                marks,
                price_e9: update.price.e9(),
                published_at: update.published_at.get(),
            });
        }
        Taken::Minute(minute) => {
            chain.take_minute(minute, &update, now)?;
            let (sequence, waits_since) = (chain.advance(), chain.late_since);
            emit_cpi!(LateMinuteMarked {
                chain: address,
                sequence,
                minute,
                price_e9: update.price.e9(),
                published_at: update.published_at.get(),
                waits_since,
            });
        }
    }
    Ok(())
}
