//! The eSSVI slice of one expiry.
//!
//! Source: Hendriks and Martini, *The extended SSVI volatility surface* (2017); Corbetta, Cohort, Laachir and Martini
//! (arXiv:1804.04924). With psi = theta phi and k = ln(K/F):
//! w(k) = 1/2 (theta + rho psi k + sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2))).

use super::{MAX_LOG_MONEYNESS_Q56, ONE_Q56, e12_to_q56};
use crate::fixed::mul_q56;
use crate::pricing::{TotalVariance, Volatility};
use crate::quantity::{E9, E12, Ratio};
use crate::{MathError, Round};

const MAX_THETA_E12: u64 = 16_000_000_000_000;
const MAX_PSI_E12: u64 = 4_000_000_000_000;
/// 4 in the scale of a product of two parameters.
const FOUR_E24: u128 = 4_000_000_000_000_000_000_000_000;

/// An eSSVI slice that is free of butterfly arbitrage inside |k| < 8, for the time to expiry at which it was posted.
///
/// The formula is free of it everywhere. At |k| = 8, where [`Slice::total_variance`] turns flat, its slope falls to zero at
/// once: a concave kink, at strikes of 1/2,981 and 2,981 forwards.
///
/// Valid by construction: [`Slice::try_new`] is the only way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    theta_e12: u64,
    rho_e12: i64,
    psi_e12: u64,
    theta_q56: i64,
    psi_q56: i64,
    rho_theta_q56: i64,
    rho_psi_q56: i64,
    /// theta^2 (1 - rho^2), Q112.
    base_q112: i128,
}

/// Why a slice was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceError {
    /// theta must lie in (0, 16].
    Theta,
    /// rho must lie strictly between -1 and 1.
    Rho,
    /// psi (1 + |rho|) must be below 4: otherwise a wing is steeper than Lee's bound allows.
    Wing,
    /// psi^2 (1 + |rho|) must be at most 4 theta: otherwise the density is negative somewhere.
    Butterfly,
}

impl core::fmt::Display for SliceError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Theta => "theta lies outside (0, 16]",
            Self::Rho => "rho lies outside (-1, 1)",
            Self::Wing => "psi (1 + |rho|) is not below 4",
            Self::Butterfly => "psi^2 (1 + |rho|) exceeds 4 theta",
        })
    }
}

impl core::error::Error for SliceError {}

impl Slice {
    /// Accepts at-the-money total variance theta, correlation rho and slope psi = theta phi, each x 1e12.
    ///
    /// The conditions are those of Gatheral and Jacquier, *Arbitrage-free SVI volatility surfaces* (arXiv:1204.0646),
    /// theorem 4.2, sufficient for no butterfly arbitrage; evaluated exactly, so rounding cannot let a slice pass.
    ///
    /// # Errors
    /// [`SliceError`] names the first condition that fails.
    #[expect(
        clippy::as_conversions,
        reason = "a theta of at most 2^44 and a psi below 2^42 fit i64; 1 + rho^2 / 2^112 stays below 2^56"
    )]
    pub fn try_new(theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Result<Self, SliceError> {
        check_butterfly(theta_e12, rho_e12, psi_e12, psi_e12)?;
        let (theta, psi, rho) = (
            e12_to_q56(theta_e12 as i64),
            e12_to_q56(psi_e12 as i64),
            e12_to_q56(rho_e12),
        );
        let one = ONE_Q56 as i64;
        let complement = mul_q56(one.wrapping_sub(rho), one.wrapping_add(rho));
        Ok(Self {
            theta_e12,
            rho_e12,
            psi_e12,
            theta_q56: theta,
            psi_q56: psi,
            rho_theta_q56: mul_q56(rho, theta),
            rho_psi_q56: mul_q56(rho, psi),
            base_q112: i128::from(mul_q56(theta, complement)).wrapping_mul(i128::from(theta)),
        })
    }

    /// The slice that is nearest to parameters which need not be one: theta at most 16 and at least 1e-12, psi at most what wings
    /// and density allow at that theta, which is also what it is rounded down to. A valid slice stays as it is.
    ///
    /// # Errors
    /// [`SliceError::Rho`]: nothing is near to a correlation of one.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "|rho| is below 1e12, so the divisor is in [1e12, 2e12); theta is at most 1.6e13, so 4 theta x 1e24 is below 2^126"
    )]
    pub fn nearest(theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Result<Self, SliceError> {
        if rho_e12.unsigned_abs() >= E12 {
            return Err(SliceError::Rho);
        }
        let theta_e12 = theta_e12.clamp(1, MAX_THETA_E12);
        let one_plus_rho = u128::from(E12 + rho_e12.unsigned_abs());
        // The largest psi with psi (1 + |rho|) < 4, and the largest with psi^2 (1 + |rho|) <= 4 theta.
        let steepest = (FOUR_E24 - 1) / one_plus_rho;
        let densest = (u128::from(theta_e12) * FOUR_E24 / one_plus_rho).isqrt();
        let most = u64::try_from(steepest.min(densest)).unwrap_or(u64::MAX);
        Self::try_new(theta_e12, rho_e12, psi_e12.min(most).min(MAX_PSI_E12 - 1))
    }

    /// At-the-money total variance x 1e12.
    pub const fn theta_e12(&self) -> u64 {
        self.theta_e12
    }

    /// Correlation x 1e12.
    pub const fn rho_e12(&self) -> i64 {
        self.rho_e12
    }

    /// Slope theta phi x 1e12.
    pub const fn psi_e12(&self) -> u64 {
        self.psi_e12
    }

    /// Most that total variance moves per unit of log-moneyness, psi (1 + |rho|) / 2, rounded up: half the steeper wing.
    ///
    /// # Errors
    /// Never in practice, as for [`Slice::total_variance`].
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "psi (1 + |rho|) is below 4 by construction; in Q56 that is below 2^58"
    )]
    pub fn steepest_slope(&self) -> Result<TotalVariance, MathError> {
        // The parameters are low by at most 9/8 units of Q56 and their product by one more.
        let twice_q56 = self.psi_q56.unsigned_abs() + self.rho_psi_q56.unsigned_abs() + 4;
        TotalVariance::from_q96(u128::from(twice_q56) << 39)
    }

    /// Total variance at a log-moneyness ln(F/K) in Q56 (so k = -ln(F/K)). Flat beyond eight e-folds.
    ///
    /// Each step rounds down, the sum does not: rho psi, too low, raises the result where k is negative. It errs either way
    /// by at most 6e-16 for theta <= 1 and 2e-15 for theta <= 16, if |rho| <= 0.99; nearer to one the root of 1 - rho^2 loses
    /// digits and the error grows to 1e-11 theta.
    ///
    /// # Errors
    /// Never in practice: the result is at most 48; [`MathError::OutOfDomain`] would say otherwise.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "|psi k| <= 32 and |rho theta| <= 16 in Q56: the square is below 2^124, the sum with theta^2 <= 256 too, \
                  and the root below 2^62; theta + rho psi k + root is not negative because the root is at least \
                  |psi k + rho theta| and psi (1 + |rho|) < 4, up to a rounding that the clamp takes"
    )]
    pub fn total_variance(&self, log_moneyness_q56: i64) -> Result<TotalVariance, MathError> {
        let k = log_moneyness_q56
            .clamp(-MAX_LOG_MONEYNESS_Q56, MAX_LOG_MONEYNESS_Q56)
            .wrapping_neg();
        let slope = i128::from(mul_q56(self.psi_q56, k) + self.rho_theta_q56);
        let root = ((slope * slope + self.base_q112) as u128).isqrt() as i128;
        let twice = i128::from(self.theta_q56) + i128::from(mul_q56(self.rho_psi_q56, k)) + root;
        // Twice the variance in Q56 is the variance in Q57; Q64 is seven bits more.
        TotalVariance::from_q64((twice.max(0) as u128) << 7)
    }

    /// Volatility per year at a log-moneyness ln(F/K): the root of the total variance over the time to expiry, rounded
    /// down.
    ///
    /// # Errors
    /// [`MathError::DivideByZero`] for no time; [`MathError::Overflow`].
    pub fn volatility(&self, log_moneyness_q56: i64, seconds_to_expiry: u64) -> Result<Volatility, MathError> {
        Volatility::of_variance(self.total_variance(log_moneyness_q56)?, seconds_to_expiry)
    }

    /// The slice with total variance multiplied by `factor` at every strike: (theta, psi) -> (c theta, c psi), theta
    /// rounded up and psi down to 1e-12, so that a slice which [keeps free](Self::keeps_free_up_to) up to c scales to c.
    /// Slices in calendar order keep it under one factor, but for that rounding.
    ///
    /// # Errors
    /// [`SliceError`] names the first condition that the scaled slice fails.
    pub fn scaled(&self, factor: Ratio) -> Result<Self, SliceError> {
        let theta = factor
            .of_count(self.theta_e12, Round::Up)
            .map_err(|_| SliceError::Theta)?;
        let psi = factor
            .of_count(self.psi_e12, Round::Down)
            .map_err(|_| SliceError::Wing)?;
        Self::try_new(theta, self.rho_e12, psi)
    }

    /// Whether the slice stays free of butterfly arbitrage when its variance is multiplied by any factor up to
    /// `greatest`: the slack that an inventory shift needs.
    ///
    /// Both bounds tighten as the factor c grows (c psi (1 + |rho|) < 4 and c psi^2 (1 + |rho|) <= 4 theta), so the
    /// greatest decides. c psi and c theta are rounded up: a slice that passes has the slack.
    ///
    /// # Errors
    /// [`SliceError`] names the first condition that fails at the greatest factor.
    pub fn keeps_free_up_to(&self, greatest: Ratio) -> Result<(), SliceError> {
        let greatest = greatest.max(Ratio::from_e9(E9));
        let theta = greatest
            .of_count(self.theta_e12, Round::Up)
            .map_err(|_| SliceError::Theta)?;
        if theta > MAX_THETA_E12 {
            return Err(SliceError::Theta);
        }
        let steep_psi = greatest
            .of_count(self.psi_e12, Round::Up)
            .map_err(|_| SliceError::Wing)?;
        check_butterfly(self.theta_e12, self.rho_e12, self.psi_e12, steep_psi)
    }
}

/// The conditions on (theta, rho, psi) of a slice whose variance is multiplied by c >= 1, with `steep_psi` = c psi. For
/// c = 1 they are the slice's own.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "psi and c psi are at most 4e12 and 1 + |rho| below 2e12 when multiplied, so the largest product, \
              c psi psi (1 + |rho|), is below 2^125; theta is at most 1.6e13, so 4 theta x 1e24 is below 2^126"
)]
fn check_butterfly(theta_e12: u64, rho_e12: i64, psi_e12: u64, steep_psi_e12: u64) -> Result<(), SliceError> {
    if theta_e12 == 0 || theta_e12 > MAX_THETA_E12 {
        return Err(SliceError::Theta);
    }
    if rho_e12.unsigned_abs() >= E12 {
        return Err(SliceError::Rho);
    }
    let one_plus_rho = E12 + rho_e12.unsigned_abs();
    if steep_psi_e12 >= MAX_PSI_E12 || u128::from(steep_psi_e12) * u128::from(one_plus_rho) >= FOUR_E24 {
        return Err(SliceError::Wing);
    }
    let squares = (u128::from(psi_e12) * u128::from(one_plus_rho)).wrapping_mul(u128::from(steep_psi_e12));
    if squares > u128::from(theta_e12).wrapping_mul(FOUR_E24) {
        return Err(SliceError::Butterfly);
    }
    Ok(())
}
