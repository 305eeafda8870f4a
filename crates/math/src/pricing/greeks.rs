//! Sensitivities of an option.
//!
//! In forward form, with n1 = phi(d1), s = sqrt(w) = sigma sqrt(T), F and the discount factor held fixed
//! (source: E. G. Haug, *The complete guide to option pricing formulas*, chapter 2):
//! delta = Phi(d1), gamma = n1 / (F s), vega = F n1 sqrt(T), theta = -F n1 sigma / (2 sqrt(T)), vanna = -n1 d2 / sigma,
//! volga = vega d1 d2 / sigma. All but delta are the same for call and put.

use super::{Deviation, OptionPair, TotalVariance, black};
use crate::MathError;
use crate::fixed::scale_by_q62;
use crate::special::{ln_ratio_q56, normal_cdf_q62, normal_pdf_q62};

/// Sensitivities of the undiscounted call to its forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Greeks {
    /// dC/dF = Phi(d1), Q62. The put's is this minus one.
    pub delta_q62: u64,
    /// F^2 d2C/dF2 = F phi(d1) / sqrt(w), in the scale of the inputs; the put's is the same. Saturates near expiry.
    pub gamma_cash: u64,
    /// dC/d sqrt(w) = F phi(d1), in the scale of the inputs; times sqrt(T) it is the vega per unit of volatility. The
    /// put's is the same.
    pub vega_per_deviation: u64,
}

/// Greeks of the call when the log-moneyness ln(forward/strike) and the deviation are already known; no deviation means
/// no variance: delta is 0 or 1 (0 at the strike) and the others are zero.
pub fn greeks(forward: u64, log_moneyness_q56: i64, deviation: Option<Deviation>) -> Greeks {
    let Some(deviation) = deviation else {
        let delta_q62 = if log_moneyness_q56 > 0 { 1 << 62 } else { 0 };
        return Greeks {
            delta_q62,
            ..Greeks::default()
        };
    };
    let (d1, _) = deviation.standardise(log_moneyness_q56);
    let vega_per_deviation = scale_by_q62(forward, normal_pdf_q62(d1));
    Greeks {
        delta_q62: normal_cdf_q62(d1),
        gamma_cash: deviation.divide(vega_per_deviation),
        vega_per_deviation,
    }
}

/// All sensitivities of the undiscounted call, for displays and for whoever hedges. In the scale of the inputs unless
/// said otherwise, rounded toward zero. Near expiry some grow without bound: they saturate at the range of their type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FullGreeks {
    /// dC/dF, Q62.
    pub delta_q62: u64,
    /// F^2 d2C/dF2.
    pub gamma_cash: u64,
    /// dC/dsigma, per 1.00 of volatility.
    pub vega: u64,
    /// dC/dt per year, F held: never positive.
    pub theta: i64,
    /// F d2C/dF dsigma, per 1.00 of volatility.
    pub vanna_cash: i64,
    /// d2C/dsigma2, per 1.00 of volatility squared.
    pub volga: i64,
}

/// Call and put with every greek. At expiry, without variance, or where forward or strike is zero all greeks but delta
/// are zero.
///
/// With s = sqrt(w): delta errs by at most 1e-17 + 4e-18 / s, so by 1e-13 from s = 4e-5 on (an hour at half a percent), and
/// the others by 1e-12 of the largest value that they take over strikes, as long as the values themselves have that many
/// digits. Below, the logarithm's last place is what counts.
///
/// # Errors
/// [`MathError::OutOfDomain`] if forward or strike is 2^63 or more.
pub fn black_greeks(
    forward: u64,
    strike: u64,
    variance: TotalVariance,
    seconds_to_expiry: u64,
) -> Result<(OptionPair, FullGreeks), MathError> {
    let (pair, simple) = black(forward, strike, variance)?;
    let deviations = Deviation::of(variance).zip(Deviation::of_time(seconds_to_expiry));
    let full = match deviations {
        Some((deviation, root_years)) if forward != 0 && strike != 0 => {
            with_time(&simple, ln_ratio_q56(forward, strike)?, deviation, root_years)
        }
        _ => FullGreeks {
            delta_q62: simple.delta_q62,
            ..FullGreeks::default()
        },
    };
    Ok((pair, full))
}

/// The greeks that know of time, from those that do not.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a magnitude capped at i64::MAX has a negative; the sign of a product of two signs"
)]
fn with_time(simple: &Greeks, log_moneyness_q56: i64, deviation: Deviation, root_years: Deviation) -> FullGreeks {
    let (d1, d2) = deviation.standardise(log_moneyness_q56);
    let per_deviation = simple.vega_per_deviation;
    let (root, inverse_root) = (root_years.value(), root_years.inverse());
    // sigma = s / sqrt(T), so theta = -F n1 s / (2 T). Each factor is one number with all its digits, and the value is
    // multiplied once: near expiry an intermediate result would lose or overflow what the whole does not.
    let per_sigma = root.product(deviation.inverse());
    let decay = deviation.value().product(inverse_root).product(inverse_root);
    let vega = root.times(per_deviation);
    let theta = decay.times(per_deviation) >> 1;
    let by_d2 = times_q56(per_deviation, d2.unsigned_abs());
    let vanna = per_sigma.times(by_d2);
    let volga = per_sigma.product(root).times(times_q56(by_d2, d1.unsigned_abs()));
    let signed = |magnitude: u64, negative: bool| {
        let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
        if negative { -magnitude } else { magnitude }
    };
    FullGreeks {
        delta_q62: simple.delta_q62,
        gamma_cash: simple.gamma_cash,
        vega,
        theta: signed(theta, true),
        vanna_cash: signed(vanna, d2 > 0),
        volga: signed(volga, (d1 < 0) != (d2 < 0)),
    }
}

/// value x factor for a factor in Q56, rounded down and saturating.
#[expect(clippy::as_conversions, reason = "the minimum bounds the result")]
fn times_q56(value: u64, factor_q56: u64) -> u64 {
    let product = u128::from(value).wrapping_mul(u128::from(factor_q56)) >> 56;
    product.min(u128::from(u64::MAX)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORWARD: u64 = 1_000_000_000_000;

    /// s = 1/8 over a sixteenth of a year.
    fn at(forward: u64, strike: u64) -> (OptionPair, FullGreeks) {
        black_greeks(forward, strike, TotalVariance::from_q96(1 << 90).unwrap(), 1_971_000).unwrap()
    }

    // mpmath: the formulas above with 40 digits, confirmed by differentiating Black's formula.
    #[test]
    fn greeks_are_those_of_mpmath() {
        let of = |strike, call: u64, delta: u64, rest: [i64; 5]| {
            let (pair, greeks) = at(FORWARD, strike);
            assert!(pair.call.abs_diff(call) <= 2, "{pair:?}");
            assert!(greeks.delta_q62.abs_diff(delta) <= 461_168, "{greeks:?}");
            let unsigned = [greeks.gamma_cash, greeks.vega].map(|greek| i64::try_from(greek).unwrap());
            let got = [unsigned[0], unsigned[1], greeks.theta, greeks.vanna_cash, greeks.volga];
            // Gamma is eight times a number that is rounded down.
            for ((got, want), units) in got.iter().zip(rest).zip([10, 2, 2, 10, 10]) {
                assert!(got.abs_diff(want) <= units, "{got} for {want}");
            }
        };
        of(
            1_100_000_000_000,
            16_809_277_347,
            1_115_887_121_069_974_408,
            [
                2_498_063_923_876,
                78_064_497_621,
                -312_257_990_484,
                515_214_092_305,
                90_160_075_358,
            ],
        );
        of(
            900_000_000_000,
            113_193_202_673,
            3_769_449_367_209_032_292,
            [
                2_118_361_264_511,
                66_198_789_515,
                -264_795_158_063,
                -413_283_875_599,
                93_545_165_048,
            ],
        );
        of(
            1_005_000_000_000,
            47_499_638_289,
            2_347_418_260_879_186_185,
            [
                3_190_723_316_187,
                99_710_103_630,
                -398_840_414_523,
                81_682_781_794,
                -461_500_935,
            ],
        );
    }

    #[test]
    fn without_time_or_prices_there_is_delta_alone() {
        let alone = |delta_q62| FullGreeks {
            delta_q62,
            ..FullGreeks::default()
        };
        let one = 1 << 62;
        assert_eq!(at(0, 7), (OptionPair { call: 0, put: 7 }, alone(0)));
        assert_eq!(at(7, 0), (OptionPair { call: 7, put: 0 }, alone(one)));
        let expired = |forward, strike| black_greeks(forward, strike, TotalVariance::ZERO, 0).unwrap().1;
        assert_eq!(
            [expired(6, 5), expired(5, 5), expired(4, 5)],
            [alone(one), alone(0), alone(0)]
        );
        let simple = [1, 0, -1].map(|log_moneyness_q56| greeks(9, log_moneyness_q56, None).delta_q62);
        assert_eq!(simple, [one, 0, 0]);
        let variance = TotalVariance::from_q96(1 << 90).unwrap();
        let timeless = black_greeks(FORWARD, FORWARD, variance, 0).unwrap().1;
        assert_eq!(timeless, alone(timeless.delta_q62));
        assert_eq!(black_greeks(1 << 63, 1, variance, 1), Err(MathError::OutOfDomain));
    }

    #[test]
    fn what_grows_without_bound_saturates() {
        // A second from expiry with a deviation of 8: theta is -F phi(4) 8 / (2 T), a hundred times the range.
        let variance = TotalVariance::from_q96(64 << 96).unwrap();
        let greeks = black_greeks(1 << 62, 1 << 62, variance, 1).unwrap().1;
        assert_eq!(greeks.theta, -i64::MAX);
        assert_eq!(times_q56(u64::MAX, 2 << 56), u64::MAX);
        assert_eq!(times_q56(3, 3 << 55), 4);
    }
}
