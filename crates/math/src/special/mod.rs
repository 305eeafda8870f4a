//! Elementary functions on binary fixed point, by table and polynomial.
//!
//! Logarithms and standard deviations are Q56 (range +-128, half a unit is 7e-18), probabilities and polynomial
//! coefficients Q62. Each function states its domain and a bound on its error, proved in `proofs/` from the constants
//! of the tables; outside the domain it saturates where it says so, and otherwise returns an error.

mod exp;
mod exponential;
mod ln;
mod normal;
mod power;
mod quantile;
mod sqrt;
// Written by a script, whose output a test compares byte for byte.
#[rustfmt::skip]
mod tables;

pub use exp::{exp_m1_q62, exp_neg_q62, exp_q56};
pub use exponential::Exponential;
pub use ln::{ln_1p_q62, ln_e9_q56, ln_q64_q56, ln_ratio_q56, ln_u64_q56};
pub use normal::{normal_cdf_q62, normal_pdf_q62, normal_sf_q62};
pub use power::pow_e9;
pub use quantile::normal_quantile_q56;
pub(crate) use sqrt::{Root, normalised_root};
pub use sqrt::{rsqrt_q64, sqrt_q64};

/// One in Q56, the format of logarithms and standard deviations: range +-128, resolution 1.4e-17.
pub const ONE_Q56: i64 = 1 << 56;
/// ln 2 in Q56.
pub(crate) const LN_2_Q56: i64 = 49_946_518_145_322_874;
/// One in Q62, the format of probabilities and polynomial coefficients.
pub const ONE_Q62: i64 = 1 << 62;
