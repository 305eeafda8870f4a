//! Posts a volatility slice.

use crate::error::MarginError;
use crate::event::SurfacePosted;
use crate::instructions::MarketAccounts;
use crate::state::{ChainAccount, ClearingHouse, LAYOUT_VERSION, Pausable, SurfaceAnchor, Underlying, seeds};
use crate::surface::{Anchors, Neighbours, check_bounds, check_steps, slice_with_slack};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// An eSSVI slice for the time from now to expiry, and what forwards and values are discounted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct PostSurfaceArgs {
    /// At-the-money total variance to expiry x 1e12.
    pub theta_e12: u64,
    /// Correlation x 1e12, strictly between -1e12 and 1e12.
    pub rho_e12: i64,
    /// Slope theta phi x 1e12.
    pub psi_e12: u64,
    /// Forward over spot x 1e9.
    pub forward_ratio_e9: u64,
    /// Discount factor x 1e9.
    pub discount_e9: u64,
}

/// Accounts of `post_surface`; on each side the chains out to the first that has a slice follow.
#[event_cpi]
#[derive(Accounts)]
pub struct PostSurface {
    /// Surface authority of the house.
    #[account(address = house.surface_authority @ MarginError::NotAuthorised)]
    pub surface_authority: Signer,
    /// The house.
    #[account(seeds = [seeds::HOUSE], bump = house.bump)]
    pub house: Account<ClearingHouse>,
    /// Underlying of the options.
    #[account(address = chain.underlying @ MarginError::ForeignMarketAccount)]
    pub underlying: Account<Underlying>,
    /// The chain.
    #[account(mut)]
    pub chain: ChainAccount,
}

impl PostSurface {
    /// Checks a post; the anchors that it leaves.
    fn validate(&self, args: &PostSurfaceArgs, neighbours: &MarketAccounts, now: UnixSeconds) -> Result<Anchors> {
        self.house.check_not_paused(Pausable::Surface, now)?;
        require!(self.chain.house == *self.house.address(), MarginError::WrongHouse);
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(now < self.chain.expiry(), MarginError::ChainExpired);
        let seconds = self.chain.expiry().since(now);
        let slice = slice_with_slack(args)?;
        let terms = SurfaceAnchor::of(args, seconds, now)?;
        check_bounds(args, &terms, seconds, &self.underlying.market)?;
        let neighbours = Neighbours::find(self.chain.expiry, &self.underlying, now, |expiry| {
            neighbours.chain_of(&self.chain.underlying, expiry)
        })?;
        let anchors = check_steps(&terms, &self.chain, &self.underlying, now, neighbours.nearest())?;
        neighbours.check(&slice, now)?;
        Ok(anchors)
    }
}

/// See [`crate::tenor_margin::post_surface`].
#[inline(never)]
pub fn post_surface(ctx: &mut Context<PostSurface>, args: PostSurfaceArgs) -> Result<()> {
    let clock = Clock::get()?;
    let now = UnixSeconds::new(clock.unix_timestamp);
    let neighbours = MarketAccounts::load(&ctx.accounts.house.address().clone(), ctx.remaining_accounts()?)?;
    let accounts = &mut ctx.accounts;
    let anchors = accounts.validate(&args, &neighbours, now)?;

    let chain = &mut accounts.chain;
    chain.theta_e12 = args.theta_e12;
    chain.rho_e12 = args.rho_e12;
    chain.psi_e12 = args.psi_e12;
    chain.forward_ratio_e9 = args.forward_ratio_e9;
    chain.discount_e9 = args.discount_e9;
    chain.slice_posted_at = now.get();
    chain.slice_number = chain.slice_number.wrapping_add(1);
    (chain.hour_anchor, chain.day_anchor, chain.eve_anchor) = (anchors.hour, anchors.day, anchors.eve);
    let sequence = chain.advance();

    emit_cpi!(SurfacePosted {
        chain: *ctx.accounts.chain.address(),
        sequence,
        theta_e12: args.theta_e12,
        rho_e12: args.rho_e12,
        psi_e12: args.psi_e12,
        forward_ratio_e9: args.forward_ratio_e9,
        discount_e9: args.discount_e9,
        posted_at: now.get(),
        number: ctx.accounts.chain.slice_number,
        hour_anchor: anchors.hour,
        day_anchor: anchors.day,
        eve_anchor: anchors.eve,
    });
    Ok(())
}
