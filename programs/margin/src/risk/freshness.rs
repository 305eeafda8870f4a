//! How old the inputs of a health check may be.

use crate::error::MarginError;
use crate::state::{Chain, Strike, Underlying};
use tenor_math::quantity::UnixSeconds;
use tenor_math::risk::Purpose;

/// Which ages an action accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Trades and withdrawals: the price age of the market's limits.
    Action(UnixSeconds),
    /// Liquidations: the shorter price age.
    Liquidation(UnixSeconds),
    /// A view that takes the stored numbers as they are: for displays and forecasts, never for an action.
    AsStored,
}

impl Freshness {
    /// What a health at these ages is for: a view shows what a liquidation would see.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Action(_) => Purpose::Action,
            Self::Liquidation(_) | Self::AsStored => Purpose::Liquidation,
        }
    }

    /// Checks the age of an underlying's price.
    ///
    /// # Errors
    /// [`MarginError::PriceStale`], also before the first price.
    pub fn check_price(self, underlying: &Underlying) -> Result<(), MarginError> {
        let (now, limit) = match self {
            Self::Action(now) => (now, underlying.feed.max_age_seconds),
            Self::Liquidation(now) => (now, underlying.feed.max_liquidation_age_seconds),
            Self::AsStored if underlying.price_e9 != 0 => return Ok(()),
            Self::AsStored => return Err(MarginError::PriceStale),
        };
        if underlying.price_e9 == 0 || now.since(underlying.published_at()) > limit {
            return Err(MarginError::PriceStale);
        }
        Ok(())
    }

    /// Checks the age of a strike's risk array, its distance from the present spot, and that it is of the chain's present
    /// slice: otherwise whoever refreshes could choose which strikes see a new slice.
    ///
    /// # Errors
    /// [`MarginError::RiskStale`], also before the first refresh.
    pub fn check_strike(self, strike: &Strike, chain: &Chain, underlying: &Underlying) -> Result<(), MarginError> {
        if strike.reference_price_e9 == 0 {
            return Err(MarginError::RiskStale);
        }
        let now = match self {
            Self::Action(now) | Self::Liquidation(now) => now,
            Self::AsStored => return Ok(()),
        };
        let distance = underlying.price_e9.abs_diff(strike.reference_price_e9);
        // Two products of 64 bits each: they cannot wrap.
        let product = |a: u64, b: u64| u128::from(a).wrapping_mul(u128::from(b));
        let is_far = distance != 0
            && product(distance, 1_000_000_000) > product(strike.reference_price_e9, underlying.feed.max_drift_e9);
        let is_of_old_slice = strike.reference_slot < chain.slice_slot;
        if is_far
            || is_of_old_slice
            || now.since(UnixSeconds::new(strike.reference_at)) > underlying.feed.max_risk_age_seconds
        {
            return Err(MarginError::RiskStale);
        }
        Ok(())
    }
}
