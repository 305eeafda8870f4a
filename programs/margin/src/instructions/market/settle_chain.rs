//! Writes the settlement price of a chain, once.

use crate::error::MarginError;
use crate::event::ChainSettled;
use crate::settlement::{Settled, final_price, marks_are_final};
use crate::state::{ChainAccount, LAYOUT_VERSION};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `settle_chain`.
#[event_cpi]
#[derive(Accounts)]
pub struct SettleChain {
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
}

impl SettleChain {
    fn decide(&self, now: UnixSeconds) -> Result<Settled> {
        let chain = &self.chain;
        require!(chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(chain.settlement_price().is_none(), MarginError::ChainSettled);
        require!(now >= chain.expiry(), MarginError::ChainNotExpired);
        require!(marks_are_final(chain, now), MarginError::SettlementMarksOpen);
        final_price(chain, now).ok_or_else(|| {
            let missing = if chain.late_minute == 0 {
                MarginError::SettlementMarksMissing
            } else {
                MarginError::SettlementMarkWaits
            };
            missing.into()
        })
    }
}

/// See [`crate::tenor_margin::settle_chain`].
#[inline(never)]
pub fn settle_chain(ctx: &mut Context<SettleChain>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let settled = ctx.accounts.decide(now)?;

    let chain = &mut ctx.accounts.chain;
    chain.settled = 1;
    chain.settlement_price_e9 = settled.price.e9();
    chain.settlement_published_at = settled.published_at.get();
    let sequence = chain.advance();

    emit_cpi!(ChainSettled {
        chain: *ctx.accounts.chain.address(),
        sequence,
        price_e9: settled.price.e9(),
        published_at: settled.published_at.get(),
    });
    Ok(())
}
