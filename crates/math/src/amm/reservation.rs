//! The quotes of Avellaneda and Stoikov, from which the parameters of a pool are set.

use crate::quantity::E9;
use crate::special::ln_ratio_q56;
use crate::{MathError, Round, mul_div_signed};

/// The indifferent price and the optimal spread around it, in the unit of the price, x 1e9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// r = s - q gamma sigma^2 tau.
    pub price_e9: i64,
    /// Ask minus bid: gamma sigma^2 tau + (2 / gamma) ln(1 + gamma / kappa).
    pub spread_e9: u64,
}

/// Reservation price and spread of a maker that holds `inventory`.
///
/// `aversion_e9` is gamma, `variance_e9` sigma^2 tau of the price (price units squared), `decay_e9` kappa, the decay of
/// fills with distance. The price errs by one unit, rounded down; the spread is rounded up and errs by three units and
/// 2e-16 / gamma. Source: Avellaneda and Stoikov, *High-frequency trading in a limit order book* (2008).
///
/// # Errors
/// [`MathError::OutOfDomain`] if `aversion_e9` or `decay_e9` is zero; [`MathError::Overflow`].
pub fn reservation(
    mid_e9: i64,
    inventory: i64,
    aversion_e9: u64,
    variance_e9: u64,
    decay_e9: u64,
) -> Result<Reservation, MathError> {
    if aversion_e9 == 0 || decay_e9 == 0 {
        return Err(MathError::OutOfDomain);
    }
    let risk_e18 = aversion_e9.checked_mul(variance_e9).ok_or(MathError::Overflow)?;
    let lean_e9 = mul_div_signed(inventory, risk_e18, E9, Round::Up)?;
    let price_e9 = mid_e9.checked_sub(lean_e9).ok_or(MathError::Overflow)?;
    let sum = decay_e9.checked_add(aversion_e9).ok_or(MathError::Overflow)?;
    let logarithm_q56 = u64::try_from(ln_ratio_q56(sum, decay_e9)?).map_err(|_| MathError::OutOfDomain)?;
    let fills_e9 = fills_spread_e9(logarithm_q56, aversion_e9)?;
    let spread_e9 = risk_e18.div_ceil(E9).checked_add(fills_e9).ok_or(MathError::Overflow)?;
    Ok(Reservation { price_e9, spread_e9 })
}

/// (2 / gamma) ln(1 + gamma / kappa), rounded up.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "62 + 61 bits fit u128; the caller checked the divisor"
)]
fn fills_spread_e9(logarithm_q56: u64, aversion_e9: u64) -> Result<u64, MathError> {
    let numerator = u128::from(logarithm_q56) * (2 * u128::from(E9) * u128::from(E9));
    let quotient = numerator.div_ceil(u128::from(aversion_e9));
    u64::try_from(quotient.div_ceil(1 << 56)).map_err(|_| MathError::Overflow)
}
