//! Lists an expiry.

#![allow(
    unused_variables,
    reason = "the framework passes instruction arguments to steps that do not use them"
)]

use crate::error::MarginError;
use crate::event::ChainCreated;
use crate::grid::check_expiry;
use crate::state::{Chain, ChainAccount, ClearingHouse, LAYOUT_VERSION, Pausable, Strike, Underlying, seeds};
use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use tenor_math::quantity::{E9, UnixSeconds};

/// Accounts of `create_chain`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(expiry: i64)]
pub struct CreateChain {
    /// Pays the rent, which returns to it when the chain closes.
    #[account(mut)]
    pub payer: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump, address = underlying.house @ MarginError::WrongHouse)]
    pub house: Account<ClearingHouse>,
    /// Underlying of the options.
    #[account(mut, seeds = [seeds::UNDERLYING, underlying.house.as_ref(), underlying.symbol.as_ref()], bump = underlying.bump)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(init, payer = payer, space = Slab::<Chain, Strike>::space_for(0), seeds = [seeds::CHAIN, underlying.address().as_ref(), bytemuck::bytes_of(&expiry)], bump)]
    pub chain: ChainAccount,
    /// System program.
    pub system_program: Program<System>,
}

/// See [`crate::tenor_margin::create_chain`].
#[inline(never)]
pub fn create_chain(ctx: &mut Context<CreateChain>, expiry: i64) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let bump = ctx.bumps.chain;
    let accounts = &mut ctx.accounts;
    accounts.house.check_not_paused(Pausable::Listing, now)?;
    require!(accounts.underlying.version == LAYOUT_VERSION, MarginError::WrongVersion);
    require!(
        now.get() >= accounts.underlying.active_from,
        MarginError::UnderlyingNotActive
    );
    check_expiry(UnixSeconds::new(expiry), now, &accounts.underlying.market)?;
    accounts.underlying.list_expiry(UnixSeconds::new(expiry), now)?;
    let underlying_sequence = accounts.underlying.advance();

    let (house, index) = (accounts.underlying.house, accounts.underlying.index);
    let (underlying, rent_payer) = (*accounts.underlying.address(), *accounts.payer.address());
    let chain = &mut accounts.chain;
    chain.version = LAYOUT_VERSION;
    chain.bump = bump;
    chain.underlying_index = index;
    chain.house = house;
    chain.underlying = underlying;
    chain.rent_payer = rent_payer;
    chain.expiry = expiry;
    chain.payout_factor_e9 = E9;
    let sequence = chain.advance();

    emit_cpi!(ChainCreated {
        chain: *ctx.accounts.chain.address(),
        sequence,
        underlying,
        underlying_sequence,
        listed_at: now.get(),
        expiry,
        rent_payer
    });
    Ok(())
}
