//! Computes risk arrays from the stored price and the slice, however old they are: each action looks at their ages itself.

use crate::error::MarginError;
use crate::event::RiskRefreshed;
use crate::state::{ChainAccount, LAYOUT_VERSION, Underlying};
use crate::valuation::ChainValuation;
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Most strikes of one call: as many as a million compute units are enough for, whatever slices went before.
pub const MAX_STRIKES_PER_REFRESH: usize = 14;

/// Accounts of `refresh_risk`.
#[event_cpi]
#[derive(Accounts)]
pub struct RefreshRisk {
    /// Underlying of the options.
    #[account(address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
}

impl RefreshRisk {
    fn validate(&self, strike_slots: &[u16]) -> Result<()> {
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(
            (1..=MAX_STRIKES_PER_REFRESH).contains(&strike_slots.len()),
            MarginError::WrongListLength
        );
        require!(self.chain.settlement_price().is_none(), MarginError::ChainSettled);
        require!(self.underlying.price_e9 != 0, MarginError::PriceStale);
        Ok(())
    }
}

/// See [`crate::tenor_margin::refresh_risk`].
#[inline(never)]
pub fn refresh_risk(ctx: &mut Context<RefreshRisk>, strike_slots: Vec<u16>) -> Result<()> {
    let clock = Clock::get()?;
    let now = UnixSeconds::new(clock.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.validate(&strike_slots)?;
    let valuation = ChainValuation::new(&accounts.chain, &accounts.underlying, now)?;

    let reference = accounts.underlying.price();
    let mut marks_e9 = Vec::with_capacity(strike_slots.len());
    for slot in &strike_slots {
        let strike = accounts
            .chain
            .get_mut(usize::from(*slot))
            .ok_or(MarginError::NoSuchStrike)?;
        valuation.refresh(strike, now, clock.slot)?;
        marks_e9.push(strike.mark_e9);
    }
    let (sequence, range_e9) = (accounts.chain.advance(), accounts.underlying.range_e9);
    let fixed = valuation.fixed_part();

    emit_cpi!(RiskRefreshed {
        chain: *ctx.accounts.chain.address(),
        sequence,
        range_e9,
        reference_price_e9: reference.e9(),
        refreshed_at: now.get(),
        slot: clock.slot,
        slice_number: ctx.accounts.chain.slice_number,
        fixed_e9: fixed.price_e9,
        fixed_share: fixed.share,
        strike_slots,
        marks_e9,
    });
    Ok(())
}
