//! Posts a volatility slice.

use crate::error::{MarginError, OrMarginError};
use crate::event::SurfacePosted;
use crate::state::{ChainAccount, ClearingHouse, LAYOUT_VERSION, Pausable, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::{E9, SECONDS_PER_YEAR, UnixSeconds};
use tenor_math::surface::{E12, Slice};
use tenor_math::{Round, mul_div};

/// Least and greatest at-the-money variance per year x 1e12: volatilities of 5% and 500%.
const YEARLY_VARIANCE_E12: core::ops::RangeInclusive<u64> = 2_500_000_000..=25 * E12;

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

/// Accounts of `post_surface`.
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
    fn validate(&self, args: &PostSurfaceArgs, now: UnixSeconds) -> Result<()> {
        self.house.check_not_paused(Pausable::Surface, now)?;
        require!(self.chain.house == *self.house.address(), MarginError::WrongHouse);
        require!(self.chain.version == LAYOUT_VERSION, MarginError::WrongVersion);
        require!(now < self.chain.expiry(), MarginError::ChainExpired);
        Slice::try_new(args.theta_e12, args.rho_e12, args.psi_e12).map_err(|_| MarginError::SurfaceArbitrage)?;
        let yearly_e12 = mul_div(
            args.theta_e12,
            SECONDS_PER_YEAR,
            self.chain.expiry().since(now),
            Round::Down,
        )
        .or_margin_error()?;
        let limits = &self.underlying.market;
        let highest_ratio_e9 = (2 * E9).saturating_sub(limits.min_forward_ratio_e9);
        let bounds = [
            YEARLY_VARIANCE_E12.contains(&yearly_e12),
            (limits.min_forward_ratio_e9..=highest_ratio_e9).contains(&args.forward_ratio_e9),
            (limits.min_discount_e9..=E9).contains(&args.discount_e9),
        ];
        require!(bounds.iter().all(|holds| *holds), MarginError::SurfaceOutOfBounds);
        Ok(())
    }
}

/// See [`crate::tenor_margin::post_surface`].
#[inline(never)]
pub fn post_surface(ctx: &mut Context<PostSurface>, args: PostSurfaceArgs) -> Result<()> {
    let clock = Clock::get()?;
    let now = UnixSeconds::new(clock.unix_timestamp);
    let accounts = &mut ctx.accounts;
    accounts.validate(&args, now)?;

    let chain = &mut accounts.chain;
    chain.theta_e12 = args.theta_e12;
    chain.rho_e12 = args.rho_e12;
    chain.psi_e12 = args.psi_e12;
    chain.forward_ratio_e9 = args.forward_ratio_e9;
    chain.discount_e9 = args.discount_e9;
    chain.slice_posted_at = now.get();
    chain.slice_slot = clock.slot;

    emit_cpi!(SurfacePosted {
        chain: *ctx.accounts.chain.address(),
        theta_e12: args.theta_e12,
        rho_e12: args.rho_e12,
        psi_e12: args.psi_e12,
        forward_ratio_e9: args.forward_ratio_e9,
        discount_e9: args.discount_e9,
    });
    Ok(())
}
