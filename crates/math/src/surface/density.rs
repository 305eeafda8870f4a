//! The sampled test that the density of a raw SVI slice is positive.
//!
//! Durrleman's function g (see [`RawSvi::density_factor_q40`]) is sampled at k_j = m + sigma sinh(u_j), 25 points with
//! equal steps h of u that reach from k = -8 to k = 8. On this scale the shape of g varies evenly: on a straight wing it
//! is (1 - e^(c-u))^2 / 4 less a constant, whatever the parameters. No sample may be negative, and an interval counts as
//! positive if g is at least h^2/10 at both ends (0.02 for a usual smile): a function whose second derivative is at most
//! 0.8 dips by no more between them. Where that fails the interval is halved, and the margin falls by four with it.
//!
//! This is evidence and not a proof. Beyond eight e-folds a slice is flat, so its shape there does not matter.

use super::{MAX_LOG_MONEYNESS_Q56, RawSvi, RawSviError, SmilePoint};
use crate::special::{exp_neg_q62, ln_ratio_q56};

/// Intervals of the coarse grid on one side of m.
const COARSE: i32 = 12;
/// How often an interval may be halved.
const MAX_LEVEL: u32 = 5;
/// Finest steps of one coarse interval.
const FINE: i32 = 1 << MAX_LEVEL;
/// Finest steps on one side.
const SIDE: i32 = COARSE * FINE;
/// Samples after which a slice that is small nearly everywhere is refused.
const MAX_SAMPLES: u32 = 192;
/// What divides (12 h)^2 for the margin of h^2/10.
const MARGIN_DIVISOR: i128 = 1_440;

/// g w^2 and w^2, both Q96: the density test without a division.
///
/// g w^2 = (w - k w'/2)^2 - w'^2 (4w + w^2)/16 + w'' w^2/2.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "with |k| <= 14, |w'| <= 2, 0 <= w < 64 and w'' <= 2e4: (w - k w'/2)^2 < 78^2 < 2^12.6 is below 2^125 in Q112; \
              w'^2 (4w + w^2) <= 4 x 4,352 is below 2^127; w'' w^2 <= 2e4 x 4,096 is below 2^123 in Q96"
)]
pub(super) fn density_numerator_q96(point: &SmilePoint) -> (i128, i128) {
    let (k, w, slope) = (
        i128::from(point.k_q56),
        i128::from(point.variance_q56),
        i128::from(point.slope_q56),
    );
    let lever = w - ((k * slope) >> 57);
    let square_q96 = (w * w) >> 16;
    let slope_square_q56 = (slope * slope) >> 56;
    let sum_q56 = 4 * w + ((w * w) >> 56);
    let convex_q96 = ((point.curvature_q56 >> 16) * (square_q96 >> 40)) >> 1;
    let numerator = ((lever * lever) >> 16) - ((slope_square_q56 * sum_q56) >> 20) + convex_q96;
    (numerator, square_q96)
}

/// The sampled test.
///
/// # Errors
/// [`RawSviError::Density`].
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the index runs over -384..=384 in steps of at most 32; the level is 0..=5"
)]
pub(super) fn check_density(slice: &RawSvi) -> Result<(), RawSviError> {
    let grid = Grid::new(slice).ok_or(RawSviError::Density)?;
    let (mut index, mut level, mut samples) = (-SIDE, 0_u32, 1_u32);
    let mut left = grid.sample(index);
    while index < SIDE {
        let step = FINE >> level;
        let margin_q40 = grid.margin_q40 >> (2 * level);
        let right = grid.sample(index + step);
        samples += 1;
        if left.is_negative() || right.is_negative() || samples > MAX_SAMPLES {
            return Err(RawSviError::Density);
        }
        if left.reaches(margin_q40) && right.reaches(margin_q40) {
            (index, left) = (index + step, right);
            // As wide again as the place in the grid allows.
            while level > 0 && index & ((FINE >> (level - 1)) - 1) == 0 {
                level -= 1;
            }
        } else if level < MAX_LEVEL {
            level += 1;
        } else {
            return Err(RawSviError::Density);
        }
    }
    Ok(())
}

/// g w^2 and w^2 at one point.
struct Sample {
    numerator_q96: i128,
    square_q96: i128,
}

impl Sample {
    const fn is_negative(&self) -> bool {
        self.numerator_q96 < 0
    }

    /// Whether g is at least a margin.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "w^2 is below 2^108 in Q96 and a margin at most 0.11, below 2^37 in Q40: shifted by 32 the product is below 2^113"
    )]
    const fn reaches(&self, margin_q40: i128) -> bool {
        self.numerator_q96 >= ((self.square_q96 >> 32) * margin_q40) >> 8
    }
}

/// Where the samples lie: u runs evenly over [-U, U] with sigma sinh(U) = 8 + |m|.
struct Grid<'a> {
    slice: &'a RawSvi,
    reach_q56: i64,
    u_q56: i64,
    /// h^2/10 of the coarse grid.
    margin_q40: i128,
}

impl<'a> Grid<'a> {
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "the reach is at most 10 and sigma at most 4, so the sum is below 21 in Q56; u is below 13; the divisor is a \
                  constant"
    )]
    fn new(slice: &'a RawSvi) -> Option<Self> {
        let reach = MAX_LOG_MONEYNESS_Q56 + slice.m_q56.abs();
        let (wide, sigma) = (i128::from(reach), i128::from(slice.sigma_q56));
        let radius = ((wide * wide + sigma * sigma) as u128).isqrt() as i64;
        // asinh(z) = ln(z + sqrt(z^2 + 1)).
        let u_q56 = ln_ratio_q56((reach + radius) as u64, slice.sigma_q56 as u64).ok()?;
        Some(Self {
            slice,
            reach_q56: reach,
            u_q56,
            margin_q40: ((i128::from(u_q56) * i128::from(u_q56)) >> 72) / MARGIN_DIVISOR,
        })
    }

    /// The sample at `index` of -384..=384.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "u <= asinh(1e5) < 12.3, so exp(-u) in Q62 is at least 2^44 and its reciprocal at most 2^80; sigma sinh(u) <= 10, \
                  so the product is below 2^122; the divisor is a constant"
    )]
    fn sample(&self, index: i32) -> Sample {
        let side = index.abs();
        let distance = if side == SIDE {
            self.reach_q56
        } else {
            let u = i128::from(self.u_q56) * i128::from(side) / i128::from(SIDE);
            let shrunk = i128::from(exp_neg_q62(u as i64));
            let sinh_q62 = ((1_i128 << 124) / shrunk - shrunk) >> 1;
            ((sinh_q62 * i128::from(self.slice.sigma_q56)) >> 62) as i64
        };
        let x = if index < 0 { -distance } else { distance };
        let (numerator_q96, square_q96) = density_numerator_q96(&self.slice.point(self.slice.m_q56 + x));
        Sample {
            numerator_q96,
            square_q96,
        }
    }
}
