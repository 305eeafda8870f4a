//! The search for an implied standard deviation.
//!
//! The out-of-the-money leg is inverted on the logarithm of its price, which is concave in s = sqrt(w) (Choi, Huh and Su,
//! *Tighter uniform bounds for Black-Scholes implied volatility and the applications to root-finding*,
//! arXiv:2302.08758). With b the lesser of forward and strike, k = |ln(F/K)|, d1 = s/2 - k/s, d2 = d1 - s and the Mills
//! ratio R: price = b phi(d1) (R(-d1) - R(-d2)) and b - price = b phi(d1) (R(d1) + R(-d2)). Neither loses relative
//! accuracy, the first for prices below b/2 and the second above, so a price of 1e-30 resolves as well as one of 1.

use super::mills::mills_q60;
use crate::MathError;
use crate::special::{LN_2_Q56, ln_u64_q56, sqrt_q64};

/// Steps of the search; usual prices need 3 to 5 and the worst of 200,000 over the whole domain at most 30.
const MAX_STEPS: u32 = 48;
/// A step this short ends the search.
const LAST_STEP_Q56: i128 = 2;
const LN_2_Q62: i128 = 3_196_577_161_300_663_915;
/// ln sqrt(2 pi).
const HALF_LN_TAU_Q56: i128 = 66_216_499_771_471_269;
const ONE_Q56: i128 = 1 << 56;
/// A price of 2^-127 of the lesser of forward and strike has |d1| below this.
const FARTHEST_Q56: i64 = 27 << 55;

/// What the search aims at: -ln of price or of its complement over the lesser of forward and strike.
pub(super) struct Target {
    /// |ln(F/K)|.
    k_q56: i64,
    minus_ln_q56: i64,
    /// The price as a fraction of its bound.
    fraction_q56: i64,
    is_complement: bool,
}

impl Target {
    /// For k = |ln(F/K)| and the out-of-the-money value, strictly between zero and the lesser of forward and strike, which
    /// is below 2^63.
    ///
    /// # Errors
    /// Never for such values.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "the value lies strictly between zero and the bound, which is below 2^127 and not zero; a logarithm is below \
                  45 in Q56 and 127 ln 2 below 89, their sum below 2^63; the fraction is at most one"
    )]
    pub(super) fn new(k_q56: i64, value_q64: u128, least: u64) -> Result<Self, MathError> {
        let complement = (u128::from(least) << 64) - value_q64;
        let is_complement = complement <= value_q64;
        let small = value_q64.min(complement);
        let zeros = small.leading_zeros();
        let mantissa = ((small << zeros) >> 64) as u64;
        let scale = (i128::from(zeros) * LN_2_Q62) >> 6;
        Ok(Self {
            k_q56: k_q56.max(0),
            minus_ln_q56: ln_u64_q56(least)? - ln_u64_q56(mantissa)? + scale as i64,
            fraction_q56: ((value_q64 >> 8) / u128::from(least)) as i64,
            is_complement,
        })
    }

    /// The root, to within [`LAST_STEP_Q56`]; `None` if it cannot be resolved.
    pub(super) fn search(&self) -> Option<i64> {
        let (mut low, mut high) = self.bracket();
        let mut s = if self.is_complement { self.first_guess() } else { low }.clamp(low, high);
        for _ in 0..MAX_STEPS {
            let rise = self.step(s)?;
            if rise > 0 {
                low = s;
            } else {
                high = s;
            }
            if rise.abs() <= LAST_STEP_Q56 || high.wrapping_sub(low) <= 1 {
                return Some(s);
            }
            s = match i64::try_from(i128::from(s).wrapping_add(rise)) {
                Ok(next) if low < next && next < high => next,
                _ => middle(low, high),
            };
        }
        None
    }

    /// Deviations between which the root lies.
    ///
    /// Below one half of the bound: d1 is at most 0.6745 at the root, hence d1 = 1 above it; under it, price <= Phi(d1) and
    /// Phi(-x) <= exp(-x^2/2)/2 give d1 >= -sqrt(2 (L - ln 2)), and price <= s / sqrt(2 pi) gives another bound.
    /// Above one half: d1 >= 0, and s >= 1 because an option at the money is worth no less.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "roots of at most 2 x 89 + 2 x 45 are below 17, sums of three below 40 in Q56; the fraction is at most one half"
    )]
    fn bracket(&self) -> (i64, i64) {
        if self.is_complement {
            let low = root_q56(2 * i128::from(self.k_q56)).max(1 << 56);
            return (low, self.deviation_at(FARTHEST_Q56) + 1);
        }
        let far = root_q56(2 * i128::from(self.minus_ln_q56 - LN_2_Q56));
        let by_tail = self.deviation_at(-far);
        let by_slope = self.fraction_q56 * 2 + (self.fraction_q56 >> 1);
        let low = by_tail.max(by_slope);
        // Rounding may have overstated it by a few units.
        let low = (low - (low >> 30) - 8).max(1);
        (low, self.deviation_at(1 << 56) + 8)
    }

    /// Start above one half: where the complement would be if it were half of exp(-d1^2/2).
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "twice a logarithm below 89 in Q56 fits; the step is a fraction of it"
    )]
    fn first_guess(&self) -> i64 {
        self.deviation_at(root_q56(2 * i128::from(self.minus_ln_q56 - LN_2_Q56)))
    }

    /// The s at which s/2 - k/s = d1: d1 + sqrt(d1^2 + 2k), written without cancellation for a negative d1.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "|d1| < 14 and k < 45 in Q56: the square is below 2^120, the root below 17; the divisor is positive unless \
                  both are zero, where the maximum makes it one"
    )]
    fn deviation_at(&self, d1_q56: i64) -> i64 {
        let (d1, twice_k) = (i128::from(d1_q56), 2 * i128::from(self.k_q56));
        let root = i128::from(root_q56(((d1 * d1) >> 56) + twice_k));
        if d1 >= 0 {
            (d1 + root) as i64
        } else {
            ((twice_k << 56) / (root - d1).max(1)) as i64
        }
    }

    /// Halley's step at s; `None` where the Mills ratio's table ends.
    ///
    /// With D = R(-d1) - R(-d2), or R(d1) + R(-d2) for the complement, the logarithm h has h' = +-1/D and
    /// h'' = h' (d1 d2/s - h').
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "s is positive; the quotient k/s is clamped to 2^61, so d1 and d2 fit; inside the table |d| < 17, so the \
                  residual is below 89 + 145 + 45 and the step, times D < 8, below 2^68; the ratio is clamped to 16, so its \
                  product with d1 d2 < 300 in Q56 is below 2^125; the divisor is at least one half"
    )]
    fn step(&self, s_q56: i64) -> Option<i128> {
        const CLAMP: i128 = 1 << 61;
        let quotient = ((i128::from(self.k_q56) << 56) / i128::from(s_q56)).min(CLAMP) as i64;
        let d1 = (s_q56 >> 1) - quotient;
        let minus_d2 = s_q56.checked_sub(d1)?;
        let lower = mills_q60(minus_d2)?;
        let difference = if self.is_complement {
            mills_q60(d1)?.checked_add(lower)?
        } else {
            mills_q60(-d1)?.checked_sub(lower)?
        };
        let ln_difference = i128::from(ln_u64_q56(u64::try_from(difference).ok()?).ok()?) - ((60 * LN_2_Q62) >> 6);
        let half_square = (i128::from(d1) * i128::from(d1)) >> 57;
        let residual = i128::from(self.minus_ln_q56) - half_square - HALF_LN_TAU_Q56 + ln_difference;
        let toward = if self.is_complement { residual } else { -residual };
        let newton = (toward * i128::from(difference)) >> 60;
        let ratio = ((newton << 56) / i128::from(s_q56)).clamp(-16 * ONE_Q56, 16 * ONE_Q56);
        let d1_d2 = (i128::from(d1) * -i128::from(minus_d2)) >> 56;
        let curve = ((d1_d2 * ratio) >> 56) + residual;
        let divisor = (ONE_Q56 + (curve >> 1)).clamp(ONE_Q56 >> 1, 2 * ONE_Q56);
        Some((newton << 56) / divisor)
    }
}

/// Square root of a number in Q56, zero for a negative one.
#[expect(
    clippy::as_conversions,
    reason = "the root of a number below 2^14 in Q64 is below 2^63"
)]
fn root_q56(x_q56: i128) -> i64 {
    sqrt_q64((x_q56.max(0) as u128) << 8) as i64
}

/// Between two deviations: their geometric mean if they are far apart, since the logarithm of the price is steep near
/// zero, else the middle.
#[expect(
    clippy::as_conversions,
    reason = "both are positive and below 2^62: the product is below 2^124 and its root below 2^62"
)]
fn middle(low: i64, high: i64) -> i64 {
    if high >> 2 > low {
        (i128::from(low).wrapping_mul(i128::from(high)) as u128).isqrt() as i64
    } else {
        low.wrapping_add(high.wrapping_sub(low) >> 1)
    }
}
