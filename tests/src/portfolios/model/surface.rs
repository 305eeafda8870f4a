//! One expiry of the volatility surface.

/// An eSSVI slice. Source: Hendriks and Martini, "The extended SSVI volatility surface" (2017).
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Total variance at the money.
    pub theta: f64,
    /// Correlation.
    pub rho: f64,
    /// Slope, theta phi.
    pub psi: f64,
}

impl Slice {
    /// Total variance at k = ln(strike / forward): theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)).
    pub fn total_variance(&self, k: f64) -> f64 {
        let Self { theta, rho, psi } = *self;
        let phi = psi / theta;
        let root = libm::sqrt((phi * k + rho) * (phi * k + rho) + 1.0 - rho * rho);
        theta / 2.0 * (1.0 + rho * phi * k + root)
    }
}
