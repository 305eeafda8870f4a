//! When the pool stops quoting, and what may leave it.

use crate::pricing::TotalVariance;
use crate::quantity::{E9, Ratio, Value};
use crate::{MathError, Round};

/// Why the pool has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// The price is too old.
    StalePrice,
    /// The surface is too old.
    StaleSurface,
    /// The surface has moved too far at once.
    SurfaceStep,
    /// The net asset value has moved too far since its reference, or is gone.
    NavJump,
    /// Too little of the pool is free.
    LowLiquidity,
}

/// Bounds beyond which the pool stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Oldest price.
    pub max_price_age_seconds: u64,
    /// Oldest surface.
    pub max_surface_age_seconds: u64,
    /// Greatest relative move of at-the-money variance in one posting.
    pub max_surface_step: Ratio,
    /// Greatest relative move of the bid-NAV against its reference, either way.
    pub max_nav_jump: Ratio,
    /// Least free liquidity, as a part of the bid-NAV.
    pub min_free: Ratio,
}

/// What the breaker looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Age of the price.
    pub price_age_seconds: u64,
    /// Age of the surface.
    pub surface_age_seconds: u64,
    /// At-the-money variance of the slice posted before, at the same time to expiry.
    pub variance_before: TotalVariance,
    /// At-the-money variance of the present slice.
    pub variance: TotalVariance,
    /// Bid-NAV at the start of the window.
    pub reference_nav: Value,
    /// Bid-NAV now.
    pub nav: Value,
    /// Cash above the margin requirement.
    pub free_liquidity: Value,
}

impl Breaker {
    /// Whether the pool may go on; moves and ratios of exactly the limit pass.
    ///
    /// # Errors
    /// The first [`Trip`] in the order of the variants.
    pub fn check(&self, limits: &BreakerLimits) -> Result<(), Trip> {
        if self.price_age_seconds > limits.max_price_age_seconds {
            return Err(Trip::StalePrice);
        }
        if self.surface_age_seconds > limits.max_surface_age_seconds {
            return Err(Trip::StaleSurface);
        }
        let (variance, before) = (self.variance.q64(), self.variance_before.q64());
        if exceeds(variance.abs_diff(before), limits.max_surface_step, before) {
            return Err(Trip::SurfaceStep);
        }
        let (nav, reference) = (self.nav.e9(), self.reference_nav.e9());
        let jump = u128::from(nav.abs_diff(reference));
        if nav <= 0 || reference <= 0 || exceeds(jump, limits.max_nav_jump, u128::from(reference.unsigned_abs())) {
            return Err(Trip::NavJump);
        }
        let least = limits.min_free.of(self.nav, Round::Up);
        if !matches!(least, Ok(least) if self.free_liquidity >= least) {
            return Err(Trip::LowLiquidity);
        }
        Ok(())
    }
}

/// Whether `amount > ratio * whole`, exactly; amount and whole are in one unit, Q64 or USD x 1e9.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "amounts are below 2^80 and the scale 2^30; the other product saturates"
)]
fn exceeds(amount: u128, ratio: Ratio, whole: u128) -> bool {
    amount * u128::from(E9) > whole.saturating_mul(u128::from(ratio.e9()))
}

/// What withdrawals may take: free liquidity above the loss of the worst scenario.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a negative loss; [`MathError::Overflow`].
pub fn withdrawable(free_liquidity: Value, stressed_loss: Value) -> Result<Value, MathError> {
    if stressed_loss < Value::ZERO {
        return Err(MathError::OutOfDomain);
    }
    free_liquidity.try_sub(stressed_loss).map(Value::or_zero)
}
