//! Calendar order of two raw SVI slices.
//!
//! A slice is convex in k: the far one lies above its tangents and the near one below its chords. On an interval the
//! difference is therefore at least the greater of two tangents less one chord, a piecewise linear function whose least
//! value is known. Intervals that this does not settle are halved. What is accepted is ordered everywhere on |k| <= 8,
//! not only where it was sampled; beyond, slices are flat, and their wings are in order as well.

use super::{E12, MAX_LOG_MONEYNESS_Q56, RawSvi, SmilePoint};

/// Why a later raw SVI slice may not stand behind an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawCalendarError {
    /// A wing gets flatter with time: b2 (1 +- rho2) must be at least b1 (1 +- rho1).
    Wing,
    /// Total variance falls with time at some strike, or is too nearly equal to be sure that it does not.
    Crossing,
}

impl core::fmt::Display for RawCalendarError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Wing => "a wing gets flatter with time",
            Self::Crossing => "total variance falls with time at some strike",
        })
    }
}

impl core::error::Error for RawCalendarError {}

/// Intervals tried before a pair is refused as too close.
const MAX_INTERVALS: u32 = 256;
/// What each difference of variances is reduced by: more than the error of two evaluations.
const VARIANCE_SLACK_Q56: i128 = 1 << 9;
/// What each difference of slopes is widened by: more than its error at the least sigma, 3e-11.
const SLOPE_SLACK_Q56: i128 = 1 << 21;

/// Accepts two slices of which `near` expires first, if total variance does not fall from `near` to `far` at any strike
/// within eight e-folds.
///
/// Wings are compared exactly; inside, rounding works against the pair, so that equality at a point is refused. A far
/// slice that is the near one raised by a constant (or equal to it) is accepted.
///
/// # Errors
/// [`RawCalendarError`].
#[expect(
    clippy::arithmetic_side_effects,
    reason = "k and the step lie within 16 in Q56, and the step never reaches beyond the end"
)]
pub fn check_raw_calendar(near: &RawSvi, far: &RawSvi) -> Result<(), RawCalendarError> {
    for side in [Side::Low, Side::High] {
        if side.slope_e24(far) < side.slope_e24(near) {
            return Err(RawCalendarError::Wing);
        }
    }
    if is_raised(near, far) {
        return Ok(());
    }
    let end = MAX_LOG_MONEYNESS_Q56;
    let mut left = Gap::at(near, far, -end);
    let mut step = end;
    for _ in 0..MAX_INTERVALS {
        let right = Gap::at(near, far, left.far.k_q56 + step);
        if left.is_negative() || right.is_negative() {
            return Err(RawCalendarError::Crossing);
        }
        if stays_positive(&left, &right) {
            if right.far.k_q56 >= end {
                return Ok(());
            }
            left = right;
            step = step.saturating_mul(2).min(end - left.far.k_q56);
        } else {
            step = (step >> 1).max(1);
        }
    }
    Err(RawCalendarError::Crossing)
}

/// A wing.
#[derive(Clone, Copy)]
enum Side {
    Low,
    High,
}

impl Side {
    /// b (1 -+ rho), exact.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "|rho| is below 1e12, so both factors are positive; b <= 2e12"
    )]
    fn slope_e24(self, slice: &RawSvi) -> u128 {
        let params = slice.params();
        let one = E12 as i64;
        let factor = match self {
            Self::Low => one - params.rho_e12,
            Self::High => one + params.rho_e12,
        };
        u128::from(params.b_e12) * u128::from(factor.unsigned_abs())
    }
}

/// Whether `far` is `near` raised by a constant.
fn is_raised(near: &RawSvi, far: &RawSvi) -> bool {
    let (near, far) = (near.params(), far.params());
    let shape = |params: &super::RawSviParams| (params.b_e12, params.rho_e12, params.m_e12, params.sigma_e12);
    shape(near) == shape(far) && near.a_e12 <= far.a_e12
}

/// Both slices at one k.
#[derive(Clone, Copy)]
struct Gap {
    near: SmilePoint,
    far: SmilePoint,
}

impl Gap {
    fn at(near: &RawSvi, far: &RawSvi, k_q56: i64) -> Self {
        Self {
            near: near.point(k_q56),
            far: far.point(k_q56),
        }
    }

    /// Far less near variance, reduced by the error.
    #[expect(clippy::arithmetic_side_effects, reason = "both are below 2^63")]
    fn variance_q56(&self) -> i128 {
        i128::from(self.far.variance_q56) - i128::from(self.near.variance_q56) - VARIANCE_SLACK_Q56
    }

    fn is_negative(&self) -> bool {
        self.variance_q56() < 0
    }
}

/// Whether the far slice's tangents at both ends lie above the near slice's chord on the whole interval; both gaps are
/// not negative.
///
/// With gaps d_l, d_r, the chord's slope c, the tangents' falls p = c - s_l and rises q = s_r - c and the width h: if p or
/// q is not positive the least value is at an end, else it is where the tangents meet, d_l - p t with
/// t = (d_l - d_r + q h) / (p + q), which is not negative exactly if d_l q + d_r p >= p q h.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "0 < h <= 16 and variances below 64 in Q56: the chord's rise shifted by 56 is below 2^119; p and q, once at most \
              8, keep each product below 2^123"
)]
fn stays_positive(left: &Gap, right: &Gap) -> bool {
    const STEEPEST: i128 = 8 << 56;
    let width = i128::from(right.far.k_q56) - i128::from(left.far.k_q56);
    if width <= 0 {
        return false;
    }
    let rise = i128::from(right.near.variance_q56) - i128::from(left.near.variance_q56);
    let chord = (rise << 56) / width;
    // The chord's own error is that of two variances over the width.
    let slack = SLOPE_SLACK_Q56 + (VARIANCE_SLACK_Q56 << 56) / width;
    let fall = chord - i128::from(left.far.slope_q56) + slack;
    let climb = i128::from(right.far.slope_q56) - chord + slack;
    if fall <= 0 || climb <= 0 {
        return true;
    }
    if fall > STEEPEST || climb > STEEPEST {
        return false;
    }
    let meeting = ((fall * climb) >> 56) + 1;
    left.variance_q56() * climb + right.variance_q56() * fall >= meeting * width
}
