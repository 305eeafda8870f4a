//! Elementary functions on binary fixed point, by table and polynomial.

mod exp;
mod ln;
mod normal;
mod sqrt;
mod tables;

pub use exp::exp_neg_q62;
pub use ln::{ln_ratio_q56, ln_u64_q56};
pub use normal::{normal_cdf_q62, normal_pdf_q62};
pub use sqrt::sqrt_q64;

/// One in Q56, the format of logarithms and standard deviations: range +-128, resolution 1.4e-17.
pub const ONE_Q56: i64 = 1 << 56;
/// One in Q62, the format of probabilities and polynomial coefficients.
pub const ONE_Q62: i64 = 1 << 62;
