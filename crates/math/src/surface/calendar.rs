//! Calendar order of two eSSVI slices.

use super::{E12, Slice};

/// Why a later slice may not stand behind an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// theta must not fall: the later at-the-money variance would be smaller.
    Theta,
    /// psi must not fall: the later wings would be flatter on average.
    Psi,
    /// |rho2 psi2 - rho1 psi1| must be at most psi2 - psi1: otherwise one later wing is flatter.
    Wing,
    /// psi2 / theta2 must be at most psi1 / theta1: otherwise the later smile is more curved and dips below.
    Curvature,
}

impl core::fmt::Display for CalendarError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Theta => "theta falls with time",
            Self::Psi => "psi falls with time",
            Self::Wing => "a wing gets flatter with time",
            Self::Curvature => "psi / theta rises with time",
        })
    }
}

impl core::error::Error for CalendarError {}

/// Accepts two slices of which `near` expires first, if total variance does not fall from `near` to `far` at any strike.
///
/// Source: Hendriks and Martini (2017), the sufficient conditions for two eSSVI slices; also Corbetta, Cohort, Laachir
/// and Martini (arXiv:1804.04924). Evaluated exactly in integers: five products of 128 bits, no division, so
/// rounding cannot let a pair pass. Equal slices are accepted.
///
/// What [`Slice::total_variance`] computes may still cross by twice its error: 1.2e-15 for theta <= 1.
///
/// # Errors
/// [`CalendarError`] names the first condition that fails.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an accepted slice has theta <= 1.6e13, psi < 4e12 and |rho| < 1e12: each product is below 2^87; psi2 >= psi1 \
              where they are subtracted"
)]
pub fn check_calendar(near: &Slice, far: &Slice) -> Result<(), CalendarError> {
    let (theta_near, theta_far) = (near.theta_e12(), far.theta_e12());
    let (psi_near, psi_far) = (near.psi_e12(), far.psi_e12());
    if theta_far < theta_near {
        return Err(CalendarError::Theta);
    }
    if psi_far < psi_near {
        return Err(CalendarError::Psi);
    }
    let skew_e24 = i128::from(far.rho_e12()) * i128::from(psi_far) - i128::from(near.rho_e12()) * i128::from(psi_near);
    if skew_e24.unsigned_abs() > u128::from(psi_far - psi_near) * u128::from(E12) {
        return Err(CalendarError::Wing);
    }
    if u128::from(psi_far) * u128::from(theta_near) > u128::from(psi_near) * u128::from(theta_far) {
        return Err(CalendarError::Curvature);
    }
    Ok(())
}
