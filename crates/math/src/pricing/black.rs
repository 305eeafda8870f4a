//! Black-76 in forward form.
//!
//! Source: F. Black, *The pricing of commodity contracts* (1976), with w = sigma^2 T and k = ln(F/K):
//! d1 = k/sqrt(w) + sqrt(w)/2, d2 = d1 - sqrt(w), call = F Phi(d1) - K Phi(d2), put = call - F + K.
//! The out-of-the-money leg is computed and the other follows by parity, so parity is exact and neither leg suffers
//! cancellation.

use super::{Deviation, Greeks, TotalVariance, greeks};
use crate::MathError;
use crate::fixed::scale_by_q62;
use crate::special::{ln_ratio_q56, normal_cdf_q62};

/// Undiscounted values of a call and a put on the same forward and strike, in the scale of the inputs.
///
/// `call - put == forward - strike` to the last bit. The out-of-the-money leg errs by at most two units of the scale
/// (rounding) plus 1e-16 of max(forward, strike).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionPair {
    /// Value of the call.
    pub call: u64,
    /// Value of the put.
    pub put: u64,
}

/// Call and put with the call's greeks.
///
/// With no variance, or where forward or strike is zero, the values are intrinsic, delta is 0 or 1 and the other greeks
/// are zero.
///
/// # Errors
/// [`MathError::OutOfDomain`] if forward or strike is 2^63 or more.
pub fn black(forward: u64, strike: u64, variance: TotalVariance) -> Result<(OptionPair, Greeks), MathError> {
    if forward >> 63 != 0 || strike >> 63 != 0 {
        return Err(MathError::OutOfDomain);
    }
    let deviation = match Deviation::of(variance) {
        Some(deviation) if forward != 0 && strike != 0 => deviation,
        _ => return Ok(intrinsic_pair(forward, strike)),
    };
    let log_moneyness_q56 = ln_ratio_q56(forward, strike)?;
    let call = call_value(forward, strike, log_moneyness_q56, Some(deviation));
    Ok((
        pair(forward, strike, call),
        greeks(forward, log_moneyness_q56, Some(deviation)),
    ))
}

/// Value of a call when the log-moneyness ln(forward/strike) and the deviation are already known; no deviation means
/// no variance. This is the step that the scenarios of a strike repeat.
///
/// Rounds the out-of-the-money leg to within two units. Forward and strike are below 2^63.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "each product is at most its first factor, below 2^63; put + forward - strike is at most forward"
)]
pub fn call_value(forward: u64, strike: u64, log_moneyness_q56: i64, deviation: Option<Deviation>) -> u64 {
    let Some(deviation) = deviation else {
        return forward.saturating_sub(strike);
    };
    let (d1, d2) = deviation.standardise(log_moneyness_q56);
    if forward <= strike {
        scale_by_q62(forward, normal_cdf_q62(d1)).saturating_sub(scale_by_q62(strike, normal_cdf_q62(d2)))
    } else {
        let put = scale_by_q62(strike, normal_cdf_q62(d2.wrapping_neg()))
            .saturating_sub(scale_by_q62(forward, normal_cdf_q62(d1.wrapping_neg())));
        put + (forward - strike)
    }
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "a call is at least forward - strike, so the put is not negative"
)]
fn pair(forward: u64, strike: u64, call: u64) -> OptionPair {
    let put = if forward <= strike {
        call + (strike - forward)
    } else {
        call - (forward - strike)
    };
    OptionPair { call, put }
}

fn intrinsic_pair(forward: u64, strike: u64) -> (OptionPair, Greeks) {
    let call = forward.saturating_sub(strike);
    let delta_q62 = if forward > strike { 1 << 62 } else { 0 };
    (
        pair(forward, strike, call),
        Greeks {
            delta_q62,
            ..Greeks::default()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_variance_or_a_price_values_are_intrinsic() {
        let of = |forward, strike, q64| {
            let (pair, greeks) = black(forward, strike, TotalVariance::from_q64(q64).unwrap()).unwrap();
            assert_eq!((greeks.gamma_cash, greeks.vega_per_deviation), (0, 0));
            (pair.call, pair.put, greeks.delta_q62)
        };
        assert_eq!(of(5, 3, 0), (2, 0, 1 << 62));
        assert_eq!(of(3, 5, 0), (0, 2, 0));
        assert_eq!(of(4, 4, 0), (0, 0, 0));
        assert_eq!(of(4, 0, 1 << 60), (4, 0, 1 << 62));
        assert_eq!(of(0, 4, 1 << 60), (0, 4, 0));
        assert_eq!(of(0, 0, 1 << 60), (0, 0, 0));
    }

    // mpmath: s = 1/8, forward 1e12.
    #[test]
    fn values_are_those_of_mpmath() {
        for (strike, want) in [
            (1_100_000_000_000, 16_809_277_347_u64),
            (900_000_000_000, 113_193_202_673),
            (1_005_000_000_000, 47_499_638_289),
        ] {
            let (pair, _) = black(1_000_000_000_000, strike, TotalVariance::from_q96(1 << 90).unwrap()).unwrap();
            assert!(pair.call.abs_diff(want) <= 2, "{pair:?} for {want}");
            assert_eq!(pair.call + strike, pair.put + 1_000_000_000_000);
        }
    }

    #[test]
    fn refuses_prices_of_two_to_the_63_or_more() {
        let of = |forward, strike| black(forward, strike, TotalVariance::ZERO).map(|_| ());
        assert_eq!(of((1 << 63) - 1, (1 << 63) - 1), Ok(()));
        assert_eq!(of(1 << 63, 1), Err(MathError::OutOfDomain));
        assert_eq!(of(1, 1 << 63), Err(MathError::OutOfDomain));
    }
}
