//! Option values in forward form.
//!
//! The kernel's inputs are the forward and strike in *any common scale* and the total variance, so that the same code
//! prices whole underlyings, lots and normalised test vectors; discounting is the caller's, by scaling both.

mod black;
mod greeks;
mod payoff;
mod variance;

pub use black::{OptionPair, black, call_value};
pub use greeks::{FullGreeks, Greeks, black_greeks, greeks};
pub use payoff::{OptionKind, payoff_per_lot};
pub use variance::{Deviation, TotalVariance};
