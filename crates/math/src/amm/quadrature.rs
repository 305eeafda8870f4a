//! The average of Black's price while the deviation moves linearly.
//!
//! The antiderivative of the price in s is an incomplete Bessel function; in w it is elementary,
//! (w - 4) C + 2 k (F Phi(d1) + K Phi(d2)) + 4 s F phi(d1), but for the small moves of a trade its difference cancels
//! all digits. Gauss-Legendre needs no difference, and its error has a bound that holds for every strike:
//!
//! For |arg s| <= pi/4 both 1/s^2 and s^2 have a non-negative real part, so with k = ln(F/K)
//! |dC/ds| = |F phi(k/s + s/2)| = sqrt(FK/2pi) |exp(-k^2/2s^2 - s^2/8)| <= sqrt(FK/2pi).
//! An interval of centre s and half-width d s has its Bernstein ellipse inside that wedge for
//! rho^2 = 1/d^2 + sqrt(1/d^4 - 1). On it C differs from C(s) by at most sqrt(FK/2pi) s d (rho + 1/rho)/2, so n nodes err
//! by at most 32/15 of that times rho^-2n / (1 - rho^-2) (Trefethen, *Approximation theory and approximation practice*,
//! theorem 19.3, halved for an average). With the widths below that is less than 0.62 s 2^-50 sqrt(FK).

use super::quote::OptionTerms;
use crate::MathError;
use crate::pricing::{Deviation, OptionKind, TotalVariance, call_value};
use crate::special::{ln_ratio_q56, sqrt_q64};

/// What the computed average may differ from the true one, in units of a price scaled to between 2^61 and 2^62: at most
/// 2^-45 of the larger of forward and strike. Quadrature takes at most 0.62 s 2^-50 with s <= 16, five eighths of it;
/// the kernel's 1e-16 a node and the rounding of positions and multipliers, 2^-52, leave the rest untouched.
pub(super) const SLACK: u64 = 1 << 16;

/// Deviations that the bounds above cover: 2^-18 (below, the Q64 variance of a node loses digits) to 16.
const MIN_S_Q56: i64 = 1 << 38;
const MAX_S_Q56: i64 = 1 << 60;

/// A node in [0, 1] and its weight, both Q62; weights count a node and its mirror image separately and sum to one.
type Node = (i64, u64);

const ORDER_1: [Node; 1] = [(0, 4611686018427387904)];
const ORDER_2: [Node; 1] = [(2662558164157085850, 2305843009213693952)];
const ORDER_3: [Node; 2] = [(0, 2049638230412172402), (3572196629461372802, 1281023894007607751)];
const ORDER_5: [Node; 3] = [
    (0, 1311768467463790337),
    (2483251388766620083, 1103642573880208761),
    (4179016925696021126, 546316201601590022),
];
const ORDER_8: [Node; 4] = [
    (845942976092414579, 836291866458169711),
    (2423590467041585129, 723358276341402282),
    (3673975655238220854, 512775753676023141),
    (4428555304847330560, 233417112738098817),
];

/// The rule that keeps the bound for an interval of half-width `half` about `middle`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "half <= middle <= 2^60 and half <= middle/6: 256 half fits"
)]
fn rule(half: i64, middle: i64) -> &'static [Node] {
    if half <= middle >> 25 {
        &ORDER_1
    } else if half <= middle >> 12 {
        &ORDER_2
    } else if half <= middle >> 8 {
        &ORDER_3
    } else if half <= (middle >> 8) * 11 {
        &ORDER_5
    } else {
        &ORDER_8
    }
}

/// An option with its prices scaled to use 62 bits, ready to be valued at many deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScaledOption {
    kind: OptionKind,
    forward: u64,
    strike: u64,
    /// Binary digits by which forward and strike were scaled up.
    pub(super) shift: u32,
    log_moneyness_q56: i64,
    deviation_q56: i64,
}

impl ScaledOption {
    /// # Errors
    /// [`MathError::OutOfDomain`] for a zero forward or strike, either of 2^62 or more, or no variance.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the larger price has at least two leading zeros"
    )]
    pub(super) fn try_new(terms: &OptionTerms) -> Result<Self, MathError> {
        let (forward, strike) = (terms.forward.e9(), terms.strike.e9());
        let zeros = forward.max(strike).leading_zeros();
        if forward == 0 || strike == 0 || zeros < 2 {
            return Err(MathError::OutOfDomain);
        }
        let shift = zeros - 2;
        let deviation_q56 = i64::try_from(sqrt_q64(terms.variance.q64())).map_err(|_| MathError::OutOfDomain)?;
        Ok(Self {
            kind: terms.kind,
            forward: forward << shift,
            strike: strike << shift,
            shift,
            log_moneyness_q56: ln_ratio_q56(forward, strike)?,
            deviation_q56,
        })
    }

    /// Undiscounted value at `multiplier` times the posted volatility, scaled, to within 2^-52 of the larger price.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the deviation is below 2^-18 or above 16.
    pub(super) fn value(&self, multiplier_q56: i64) -> Result<u64, MathError> {
        self.value_at(self.deviation(multiplier_q56)?)
    }

    /// Average of the value while the multiplier goes linearly from one to the other, scaled, to within [`SLACK`].
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if a deviation is below 2^-18 or above 16.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "deviations are at most 2^60; a value below 2^62 times a width of at most 2^60, over panels whose widths \
                  sum to `high - low`, stays below 2^122"
    )]
    #[expect(clippy::as_conversions, reason = "an average of values below 2^62")]
    pub(super) fn average(&self, from_q56: i64, to_q56: i64) -> Result<u64, MathError> {
        let (low, high) = (
            self.deviation(from_q56.min(to_q56))?,
            self.deviation(from_q56.max(to_q56))?,
        );
        if low == high {
            return self.value_at(low);
        }
        let (mut at, mut area) = (low, 0_u128);
        while at < high {
            // The ratio 175/128 of the ends makes the half-width 47/303 of the centre.
            let top = high.min(at + (at >> 7) * 47);
            area += u128::from(self.panel(at, top)?) * u128::from(top.abs_diff(at));
            at = top;
        }
        Ok((area / u128::from(high.abs_diff(low))) as u64)
    }

    /// Average over one panel.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "weights sum to 2^62 and values are below 2^62; a node's offset is at most the half-width"
    )]
    fn panel(&self, low: i64, high: i64) -> Result<u64, MathError> {
        let middle = low + ((high - low) >> 1);
        let half = high - middle;
        let mut sum = 0_u128;
        for (node, weight) in rule(half, middle) {
            let offset = crate::fixed::mul_q62(half, *node);
            let above = self.value_at(middle + offset)?;
            let both = if *node == 0 {
                u128::from(above)
            } else {
                u128::from(above) + u128::from(self.value_at(middle - offset)?)
            };
            sum += both * u128::from(*weight);
        }
        Ok((sum >> 62) as u64)
    }

    #[expect(clippy::as_conversions, reason = "checked against the range before the conversion")]
    fn deviation(&self, multiplier_q56: i64) -> Result<i64, MathError> {
        let product = i128::from(self.deviation_q56).wrapping_mul(i128::from(multiplier_q56)) >> 56;
        if product < i128::from(MIN_S_Q56) || product > i128::from(MAX_S_Q56) {
            return Err(MathError::OutOfDomain);
        }
        Ok(product as i64)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a square of at most 2^120; a call is at least forward - strike to the last unit"
    )]
    fn value_at(&self, s_q56: i64) -> Result<u64, MathError> {
        let s = u128::from(s_q56.unsigned_abs());
        let deviation = Deviation::of(TotalVariance::from_q64((s * s) >> 48)?);
        let call = call_value(self.forward, self.strike, self.log_moneyness_q56, deviation);
        Ok(match self.kind {
            OptionKind::Call => call,
            OptionKind::Put if self.forward <= self.strike => call + (self.strike - self.forward),
            OptionKind::Put => call.saturating_sub(self.forward - self.strike),
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "a test"
)]
mod tests {
    use super::*;

    /// A rule of n nodes is the only one that integrates every polynomial of degree 2n - 1 exactly.
    #[test]
    fn the_nodes_integrate_every_power_that_they_should() {
        let rules: [(&[Node], u32); 5] = [
            (&ORDER_1, 1),
            (&ORDER_2, 2),
            (&ORDER_3, 3),
            (&ORDER_5, 5),
            (&ORDER_8, 8),
        ];
        for (nodes, order) in rules {
            for power in (0..2 * order).step_by(2) {
                let mut sum = 0_i128;
                for (node, weight) in nodes {
                    let mut term = i128::from(*weight);
                    for _ in 0..power {
                        term = (term * i128::from(*node)) >> 62;
                    }
                    sum += if *node == 0 { term } else { 2 * term };
                }
                let exact = (1_i128 << 62) / i128::from(power + 1);
                assert!(
                    (sum - exact).abs() <= 64,
                    "order {order}, power {power}: {sum} against {exact}"
                );
            }
        }
    }
}
