//! The price at which anyone may hedge the pool.

use super::inventory::Side;
use crate::quantity::{E9, Price, Ratio, SECONDS_PER_HOUR};
use crate::{MathError, Round, mul_div};

/// The rule of the hedging auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HedgeParams {
    /// |net delta| up to which nothing is hedged, in 1e-9 units of the underlying.
    pub band_units_e9: u64,
    /// Premium when the band is passed.
    pub first: Ratio,
    /// What each hour adds to it.
    pub per_hour: Ratio,
    /// Greatest premium, at most 10%.
    pub most: Ratio,
}

/// What the pool offers to whoever hedges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HedgeQuote {
    /// What the taker does with base: sells it to a pool that is short delta, buys it from one that is long.
    pub side: Side,
    /// Most that may be traded, in 1e-9 units of the underlying: what brings the delta to zero.
    pub units_e9: u64,
    /// Price per whole underlying: the oracle's plus the premium for a seller, less it for a buyer.
    pub price: Price,
}

/// Greatest premium that a pool may be configured with.
const MAX_PREMIUM_E9: u64 = 100_000_000;

/// The offer to hedge a net delta that has been outside the band for `elapsed_seconds`; none inside the band. The premium
/// grows evenly and is bounded. Premium and price round in favour of the pool.
///
/// # Errors
/// [`MathError::OutOfDomain`] if the greatest premium exceeds 10%; [`MathError::Overflow`].
pub fn hedge_quote(
    params: &HedgeParams,
    net_delta_units_e9: i64,
    oracle: Price,
    elapsed_seconds: u64,
) -> Result<Option<HedgeQuote>, MathError> {
    if params.most.e9() > MAX_PREMIUM_E9 {
        return Err(MathError::OutOfDomain);
    }
    let units_e9 = net_delta_units_e9.unsigned_abs();
    if units_e9 <= params.band_units_e9 {
        return Ok(None);
    }
    let grown = mul_div(params.per_hour.e9(), elapsed_seconds, SECONDS_PER_HOUR, Round::Down).unwrap_or(u64::MAX);
    let premium_e9 = params.first.e9().saturating_add(grown).min(params.most.e9());
    let premium = mul_div(oracle.e9(), premium_e9, E9, Round::Down)?;
    let (side, price) = if net_delta_units_e9 < 0 {
        (Side::Sell, oracle.e9().checked_add(premium))
    } else {
        (Side::Buy, oracle.e9().checked_sub(premium))
    };
    Ok(Some(HedgeQuote {
        side,
        units_e9,
        price: Price::from_e9(price.ok_or(MathError::Overflow)?),
    }))
}
