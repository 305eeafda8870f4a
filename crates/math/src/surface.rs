//! One expiry of the volatility surface.
//!
//! eSSVI (Hendriks and Martini 2017; Corbetta, Cohort, Laachir and Martini, arXiv:1804.04924), with psi = theta phi:
//! w(k) = 1/2 (theta + rho psi k + sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2))), k = ln(K/F).

use crate::MathError;
use crate::pricing::TotalVariance;

/// One in the decimal scale of slice parameters.
pub const E12: u64 = 1_000_000_000_000;
/// Log-moneyness beyond which a slice is flat: eight e-folds either way.
const MAX_LOG_MONEYNESS_Q56: i64 = 8 << 56;
const ONE: i128 = 1 << 56;
const MAX_THETA_E12: u64 = 16_000_000_000_000;

/// An eSSVI slice that is free of butterfly arbitrage, for the time to expiry at which it was posted.
///
/// Valid by construction: [`Slice::try_new`] is the only way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    theta_q56: i128,
    psi_q56: i128,
    rho_theta_q56: i128,
    rho_psi_q56: i128,
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

impl Slice {
    /// Accepts at-the-money total variance theta, correlation rho and slope psi = theta phi, each x 1e12.
    ///
    /// The conditions are those of Gatheral and Jacquier, *Arbitrage-free SVI volatility surfaces* (arXiv:1204.0646),
    /// theorem 4.2, sufficient for no butterfly arbitrage; evaluated exactly, so rounding cannot let a slice pass.
    ///
    /// # Errors
    /// [`SliceError`] names the first condition that fails.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "theta and psi are at most 1.6e13 and 4e12 and |rho| below 1e12 when multiplied: the largest product, \
                  psi^2 (1 + |rho|), is below 2^127; in Q56 theta is at most 2^60, psi 2^58 and rho 2^56, so their \
                  products stay below 2^121; the divisor is a constant"
    )]
    pub fn try_new(theta_e12: u64, rho_e12: i64, psi_e12: u64) -> Result<Self, SliceError> {
        let one = u128::from(E12);
        let (theta, psi, rho) = (
            u128::from(theta_e12),
            u128::from(psi_e12),
            u128::from(rho_e12.unsigned_abs()),
        );
        if theta == 0 || theta_e12 > MAX_THETA_E12 {
            return Err(SliceError::Theta);
        }
        if rho >= one {
            return Err(SliceError::Rho);
        }
        if psi >= 4 * one || psi * (one + rho) >= 4 * one * one {
            return Err(SliceError::Wing);
        }
        if psi * psi * (one + rho) > 4 * theta * one * one {
            return Err(SliceError::Butterfly);
        }
        let q56 = |value_e12: i128| (value_e12 << 56) / i128::from(E12);
        let times = |a: i128, b: i128| (a * b) >> 56;
        let (theta, psi, rho) = (q56(theta_e12.into()), q56(psi_e12.into()), q56(rho_e12.into()));
        let complement = times(ONE - rho, ONE + rho);
        Ok(Self {
            theta_q56: theta,
            psi_q56: psi,
            rho_theta_q56: times(rho, theta),
            rho_psi_q56: times(rho, psi),
            base_q112: times(theta, complement) * theta,
        })
    }

    /// Most that total variance moves per unit of log-moneyness, psi (1 + |rho|) / 2, rounded up: half the steeper wing.
    ///
    /// # Errors
    /// Never in practice, as for [`Slice::total_variance`].
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "psi (1 + |rho|) is below 4 by construction"
    )]
    pub fn steepest_slope(&self) -> Result<TotalVariance, MathError> {
        // Each parameter was rounded by at most one unit of Q56.
        let twice_q56 = self.psi_q56 + self.rho_psi_q56.abs() + 2;
        TotalVariance::from_q96((twice_q56.max(0) as u128) << 39)
    }

    /// Total variance at a log-moneyness ln(F/K) in Q56 (so k = -ln(F/K)), rounded down. Flat beyond eight e-folds.
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
        let k = i128::from(
            log_moneyness_q56
                .clamp(-MAX_LOG_MONEYNESS_Q56, MAX_LOG_MONEYNESS_Q56)
                .wrapping_neg(),
        );
        let slope = ((self.psi_q56 * k) >> 56) + self.rho_theta_q56;
        let root = ((slope * slope + self.base_q112) as u128).isqrt() as i128;
        let twice = self.theta_q56 + ((self.rho_psi_q56 * k) >> 56) + root;
        // Twice the variance in Q56 is the variance in Q57; Q64 is seven bits more.
        TotalVariance::from_q64((twice.max(0) as u128) << 7)
    }
}
