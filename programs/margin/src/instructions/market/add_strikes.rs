//! Lists strikes of a chain.

use crate::error::MarginError;
use crate::event::StrikesAdded;
use crate::grid::check_strike;
use crate::risk::Freshness;
use crate::state::{ChainAccount, ClearingHouse, LAYOUT_VERSION, MAX_STRIKES, Pausable, Strike, Underlying, seeds};
use alloc::vec::Vec;
use anchor_lang::prelude::*;
use tenor_math::quantity::{Price, UnixSeconds};

/// Most strikes of one call: an account grows by at most 10,240 bytes an instruction.
pub const MAX_STRIKES_PER_CALL: usize = 16;

/// Accounts of `add_strikes`.
#[event_cpi]
#[derive(Accounts)]
pub struct AddStrikes {
    /// Pays the rent of the growth.
    #[account(mut)]
    pub payer: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump, address = underlying.house @ MarginError::WrongHouse)]
    pub house: Account<ClearingHouse>,
    /// Underlying of the options.
    #[account(seeds = [seeds::UNDERLYING, underlying.house.as_ref(), underlying.symbol.as_ref()], bump = underlying.bump, address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
    /// System program.
    pub system_program: Program<System>,
}

impl AddStrikes {
    fn validate(&self, prices_e9: &[u64], now: UnixSeconds) -> Result<()> {
        self.house.check_not_paused(Pausable::Listing, now)?;
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(
            (1..=MAX_STRIKES_PER_CALL).contains(&prices_e9.len()),
            MarginError::WrongListLength
        );
        require!(now < self.chain.expiry(), MarginError::ChainExpired);
        let total = self.chain.len().saturating_add(prices_e9.len());
        require!(total <= MAX_STRIKES, MarginError::ChainFull);
        Freshness::check_fresh(&self.underlying, now)?;
        for (place, price_e9) in prices_e9.iter().enumerate() {
            check_strike(
                Price::from_e9(*price_e9),
                self.underlying.price(),
                &self.underlying.market,
            )?;
            require!(
                prices_e9
                    .iter()
                    .skip(place.saturating_add(1))
                    .all(|other| other != price_e9),
                MarginError::DuplicateEntry
            );
            require!(
                self.chain.iter().all(|strike| strike.price_e9 != *price_e9),
                MarginError::StrikeExists
            );
        }
        Ok(())
    }
}

/// See [`crate::tenor_margin::add_strikes`].
#[inline(never)]
pub fn add_strikes(ctx: &mut Context<AddStrikes>, prices_e9: Vec<u64>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.validate(&prices_e9, now)?;

    let first = accounts.chain.len();
    let total = first.saturating_add(prices_e9.len());
    let capacity = u32::try_from(total).map_err(|_| MarginError::ChainFull)?;
    accounts.chain.resize_to_capacity(capacity)?;
    accounts.chain.top_up(accounts.payer.account())?;
    for price_e9 in &prices_e9 {
        accounts.chain.try_push(Strike::new(*price_e9))?;
    }

    let first_slot = u16::try_from(first).map_err(|_| MarginError::ChainFull)?;
    emit_cpi!(StrikesAdded {
        chain: *ctx.accounts.chain.address(),
        first_slot,
        prices_e9
    });
    Ok(())
}
