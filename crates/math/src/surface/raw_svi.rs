//! A raw SVI slice.
//!
//! Source: Gatheral and Jacquier, *Arbitrage-free SVI volatility surfaces* (arXiv:1204.0646), section 3. With
//! k = ln(K/F), x = k - m and q = sqrt(x^2 + sigma^2): w = a + b (rho x + q), w' = b (rho + x/q), w'' = b sigma^2 / q^3.

use super::density::{check_density, density_numerator_q96};
use super::{E12, MAX_LOG_MONEYNESS_Q56, e12_to_q56};
use crate::MathError;
use crate::fixed::mul_q56;
use crate::pricing::{Deviation, TotalVariance};
use crate::special::normal_pdf_q62;

/// Raw SVI parameters, each x 1e12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawSviParams {
    /// Level, in [-4, 4].
    pub a_e12: i64,
    /// Slope, in [0, 2].
    pub b_e12: u64,
    /// Correlation, strictly between -1 and 1.
    pub rho_e12: i64,
    /// Centre, in [-2, 2].
    pub m_e12: i64,
    /// Width, in [1e-4, 4].
    pub sigma_e12: u64,
}

/// A raw SVI slice whose density is positive wherever it was sampled, with a margin between the samples.
///
/// Valid by construction: [`RawSvi::try_new`] is the only way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawSvi {
    params: RawSviParams,
    pub(super) a_q56: i64,
    pub(super) b_q56: i64,
    pub(super) rho_q56: i64,
    pub(super) m_q56: i64,
    pub(super) sigma_q56: i64,
}

/// Why a raw SVI slice was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawSviError {
    /// A parameter lies outside its range, which [`RawSviParams`] states.
    Parameter,
    /// The least total variance a + b sigma sqrt(1 - rho^2) must be at least 1e-8.
    Variance,
    /// b (1 + |rho|) must be below 2: otherwise a wing is steeper than Lee's bound allows.
    Wing,
    /// The density is negative, or too near to zero to be sure of it.
    Density,
}

impl core::fmt::Display for RawSviError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Parameter => "a parameter lies outside its range",
            Self::Variance => "the least total variance is below 1e-8",
            Self::Wing => "b (1 + |rho|) is not below 2",
            Self::Density => "the density is negative or too near to zero",
        })
    }
}

impl core::error::Error for RawSviError {}

/// Total variance and its derivatives in k at one point, Q56.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SmilePoint {
    /// k = ln(K/F).
    pub k_q56: i64,
    /// w.
    pub variance_q56: i64,
    /// dw/dk.
    pub slope_q56: i64,
    /// d2w/dk2: up to b / sigma, so it needs more than 64 bits.
    pub curvature_q56: i128,
}

const LIMIT_A_E12: u64 = 4 * E12;
const LIMIT_B_E12: u64 = 2 * E12;
const LIMIT_M_E12: u64 = 2 * E12;
const SIGMA_E12: core::ops::RangeInclusive<u64> = 100_000_000..=4 * E12;
/// 1e-8 in the scale of a product of three parameters.
const MIN_VARIANCE_E36: i128 = 10_i128.pow(28);
const TWO_E24: u128 = 2 * 10_u128.pow(24);

impl RawSvi {
    /// Accepts a slice whose least variance is positive, whose wings obey Lee's bound and whose density passes the
    /// sampled test: the first two are decided exactly, or rounded against the slice; the third is evidence from 25
    /// points and finer ones where the density is small, not a proof. Use [`super::Slice`] where a proof is needed.
    ///
    /// Covers |k| <= 8.
    ///
    /// # Errors
    /// [`RawSviError`] names the first condition that fails.
    #[expect(
        clippy::as_conversions,
        reason = "the limits, at most 4e12, are checked before, so that every parameter fits i64"
    )]
    pub fn try_new(params: RawSviParams) -> Result<Self, RawSviError> {
        check_parameters(&params)?;
        let slice = Self {
            params,
            a_q56: e12_to_q56(params.a_e12),
            b_q56: e12_to_q56(params.b_e12 as i64),
            rho_q56: e12_to_q56(params.rho_e12),
            m_q56: e12_to_q56(params.m_e12),
            sigma_q56: e12_to_q56(params.sigma_e12 as i64),
        };
        check_density(&slice)?;
        Ok(slice)
    }

    /// The parameters as given.
    pub const fn params(&self) -> &RawSviParams {
        &self.params
    }

    /// w, w' and w'' at k = ln(K/F) for |k| <= 14. Error of w at most 2e-15, of w' 1e-15 / sigma, of w''
    /// 1e-15 (1 + b / sigma) / sigma.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] beyond |k| = 14.
    pub fn at(&self, k_q56: i64) -> Result<SmilePoint, MathError> {
        if k_q56.unsigned_abs() > 14 << 56 {
            return Err(MathError::OutOfDomain);
        }
        Ok(self.point(k_q56))
    }

    /// As [`Self::at`]; the caller keeps |k| <= 14.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "|x| <= 16 and sigma <= 4, so q < 17 in Q56 and its square is below 2^121; q >= sigma >= 2^42 is never zero \
                  and |x| and sigma are at most q; b (rho x + q) is below 2 (16 + 17), so w is below 2^63; sigma^2/q^2 <= 1 \
                  times b <= 2 and shifted by 56 is below 2^114"
    )]
    pub(super) fn point(&self, k_q56: i64) -> SmilePoint {
        let x = k_q56 - self.m_q56;
        let sigma = i128::from(self.sigma_q56);
        let q = ((i128::from(x) * i128::from(x) + sigma * sigma) as u128).isqrt() as i128;
        let x_over_q = ((i128::from(x) << 56) / q) as i64;
        let sigma_over_q = ((sigma << 56) / q) as i64;
        let inner = mul_q56(self.rho_q56, x) + q as i64;
        let squeezed = mul_q56(self.b_q56, mul_q56(sigma_over_q, sigma_over_q));
        SmilePoint {
            k_q56,
            variance_q56: self.a_q56 + mul_q56(self.b_q56, inner),
            slope_q56: mul_q56(self.b_q56, self.rho_q56 + x_over_q),
            curvature_q56: (i128::from(squeezed) << 56) / q,
        }
    }

    /// Total variance at a log-moneyness ln(F/K) in Q56, rounded to within 2e-15. Flat beyond eight e-folds.
    ///
    /// # Errors
    /// Never in practice: the result is between 0 and 70.
    #[expect(clippy::as_conversions, reason = "the maximum makes it non-negative")]
    pub fn total_variance(&self, log_moneyness_q56: i64) -> Result<TotalVariance, MathError> {
        let k = log_moneyness_q56
            .clamp(MAX_LOG_MONEYNESS_Q56.wrapping_neg(), MAX_LOG_MONEYNESS_Q56)
            .wrapping_neg();
        TotalVariance::from_q64((self.point(k).variance_q56.max(0) as u128) << 8)
    }

    /// Durrleman's function at k = ln(K/F), Q40, rounded down:
    /// g = (1 - k w'/(2w))^2 - (w'^2/4)(1/w + 1/4) + w''/2. The density is g times a positive factor.
    ///
    /// Error at most 1e-8 (1 + |g|) for w >= 1e-4 and sigma >= 1e-3.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] beyond |k| = 14; [`MathError::Overflow`] if it exceeds 2^23.
    pub fn density_factor_q40(&self, k_q56: i64) -> Result<i64, MathError> {
        let point = self.at(k_q56)?;
        let (numerator_q96, square_q96) = density_numerator_q96(&point);
        // A low bit of the divisor is worth 2^-72 of w^2; the numerator keeps its bits.
        let (numerator, divisor) = if square_q96 >> 86 == 0 && numerator_q96.unsigned_abs() >> 110 == 0 {
            (numerator_q96 << 16, square_q96 >> 24)
        } else {
            (numerator_q96, square_q96 >> 40)
        };
        i64::try_from(numerator.div_euclid(divisor.max(1))).map_err(|_| MathError::Overflow)
    }

    /// Risk-neutral density of ln(S/F) at k, Q40: g phi(d2) / sqrt(w), rounded toward zero. Error at most 1e-8 of it
    /// plus 1e-11 + 1e-12 / sqrt(w).
    ///
    /// # Errors
    /// As [`Self::density_factor_q40`].
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "phi is below 0.4, so the product is below 2^63 x 2^61; the quotient is converted with a check"
    )]
    pub fn density_q40(&self, k_q56: i64) -> Result<i64, MathError> {
        let factor_q40 = self.density_factor_q40(k_q56)?;
        let Some(deviation) = Deviation::of(self.total_variance_unclamped(k_q56)?) else {
            return Ok(0);
        };
        let (_, d2) = deviation.standardise(-k_q56);
        let scaled = (i128::from(factor_q40.unsigned_abs()) * i128::from(normal_pdf_q62(d2))) >> 62;
        let magnitude = i64::try_from(deviation.divide(scaled as u64)).map_err(|_| MathError::Overflow)?;
        Ok(if factor_q40 < 0 { -magnitude } else { magnitude })
    }

    #[expect(clippy::as_conversions, reason = "the maximum makes it non-negative")]
    fn total_variance_unclamped(&self, k_q56: i64) -> Result<TotalVariance, MathError> {
        TotalVariance::from_q64((self.at(k_q56)?.variance_q56.max(0) as u128) << 8)
    }
}

/// The ranges, the least variance and Lee's bound.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "b sigma <= 8e24 times a root of at most 1e12 is below 2^123, |a| x 1e24 below 2^122"
)]
fn check_parameters(params: &RawSviParams) -> Result<(), RawSviError> {
    let in_range = params.a_e12.unsigned_abs() <= LIMIT_A_E12
        && params.b_e12 <= LIMIT_B_E12
        && params.rho_e12.unsigned_abs() < E12
        && params.m_e12.unsigned_abs() <= LIMIT_M_E12
        && SIGMA_E12.contains(&params.sigma_e12);
    if !in_range {
        return Err(RawSviError::Parameter);
    }
    let one = u128::from(E12);
    let rho = u128::from(params.rho_e12.unsigned_abs());
    // Rounded down, so that the least variance is never overstated.
    let complement_root_e12 = (one * one - rho * rho).isqrt();
    let bowl_e36 = u128::from(params.b_e12) * u128::from(params.sigma_e12) * complement_root_e12;
    let least_e36 = bowl_e36 as i128 + i128::from(params.a_e12) * (one * one) as i128;
    if least_e36 < MIN_VARIANCE_E36 {
        return Err(RawSviError::Variance);
    }
    if u128::from(params.b_e12) * (one + rho) >= TWO_E24 {
        return Err(RawSviError::Wing);
    }
    Ok(())
}
