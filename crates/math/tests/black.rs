//! What a price may never do, on random inputs.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use proptest::prelude::*;
use tenor_math::pricing::{OptionPair, TotalVariance, black};

fn price(forward: u64, strike: u64, variance_q64: u128) -> OptionPair {
    black(forward, strike, TotalVariance::from_q64(variance_q64).unwrap())
        .unwrap()
        .0
}

/// What one price may be off, and so what a comparison of prices may be: a unit of each leg's rounding and 4e-17 of
/// max(forward, strike).
fn slack(forward: u64, strike: u64) -> i128 {
    4 + (i128::from(forward.max(strike)) >> 54)
}

proptest! {
    #[test]
    fn prices_lie_between_intrinsic_and_forward_and_parity_is_exact(
        forward in 1_u64..1 << 62,
        strike in 1_u64..1 << 62,
        variance in 0_u128..1 << 72,
    ) {
        let (value, greeks) = black(forward, strike, TotalVariance::from_q64(variance).unwrap()).unwrap();
        prop_assert!(value.call >= forward.saturating_sub(strike) && value.call <= forward);
        prop_assert!(value.put >= strike.saturating_sub(forward) && value.put <= strike);
        prop_assert_eq!(
            i128::from(value.call) - i128::from(value.put),
            i128::from(forward) - i128::from(strike)
        );
        prop_assert!(greeks.delta_q62 <= 1 << 62);
    }

    #[test]
    fn a_call_falls_and_is_convex_in_the_strike(
        forward in 1_u64 << 30..1 << 61,
        place_permille in 100_u64..3_000,
        step_permille in 1_u64..100,
        variance in 1_u128 << 40..1 << 67,
    ) {
        let (unit, middle) = (forward / 1_000, forward / 1_000 * place_permille);
        let step = unit * step_permille.min(place_permille - 1);
        let call = |strike: u64| i128::from(price(forward, strike, variance).call);
        let (low, mid, high) = (call(middle - step), call(middle), call(middle + step));
        let slack = slack(forward, middle + step);
        prop_assert!(low + slack >= mid && mid + slack >= high, "{low} {mid} {high}");
        prop_assert!(low - high <= i128::from(2 * step) + slack, "steeper than the strikes are apart");
        prop_assert!(low + high + 2 * slack >= 2 * mid, "{low} {mid} {high}");
    }

    #[test]
    fn a_price_rises_with_variance_and_with_the_forward(
        forward in 1_u64 << 30..1 << 61,
        strike_permille in 100_u64..3_000,
        variance in 0_u128..1 << 67,
        more in 0_u128..1 << 66,
        up_permille in 0_u64..500,
    ) {
        let strike = forward / 1_000 * strike_permille;
        let higher = forward + forward / 1_000 * up_permille;
        let slack = slack(higher, strike);
        let base = price(forward, strike, variance);
        let (wider, raised) = (price(forward, strike, variance + more), price(higher, strike, variance));
        prop_assert!(i128::from(wider.call) + slack >= i128::from(base.call));
        prop_assert!(i128::from(raised.call) + slack >= i128::from(base.call));
        prop_assert!(i128::from(raised.put) <= i128::from(base.put) + slack);
    }

    #[test]
    fn call_and_put_change_places_with_forward_and_strike(
        forward in 1_u64..1 << 62,
        strike in 1_u64..1 << 62,
        variance in 0_u128..1 << 72,
    ) {
        let (one, other) = (price(forward, strike, variance), price(strike, forward, variance));
        let slack = slack(forward, strike);
        prop_assert!((i128::from(one.call) - i128::from(other.put)).abs() <= slack);
    }
}
