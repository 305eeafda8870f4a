//! Option values in forward form.
//!
//! The kernel's inputs are the forward and strike in *any common scale* and the total variance, so that the same code
//! prices whole underlyings, lots and normalised test vectors; discounting is the caller's, by scaling both.

mod black;
mod payoff;
mod variance;

pub use black::{Greeks, OptionPair, black, call_value, greeks};
pub use payoff::{OptionKind, payoff_per_lot};
pub use variance::{Deviation, TotalVariance};
