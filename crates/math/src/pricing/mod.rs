//! Option values in forward form.
//!
//! The kernel's inputs are the forward and strike in *any common scale* and the total variance, so that the same code
//! prices whole underlyings, lots and normalised test vectors; discounting is the caller's, by scaling both.

mod averaging;
mod black;
mod greeks;
mod implied;
mod implied_search;
mod mills;
mod mills_table;
mod payoff;
mod variance;
mod volatility;

pub use averaging::{AveragedOption, FutureMarks, MARK_SECONDS, MAX_MARKS, OpenTime, SettlementAverage};
pub use black::{OptionPair, black, call_value};
pub use greeks::{FullGreeks, Greeks, black_greeks, greeks};
pub use implied::{ImpliedError, OptionQuote, check_implied, implied_deviation, implied_variance, implied_volatility};
pub use payoff::{OptionKind, payoff_per_lot};
pub use variance::{Deviation, TotalVariance};
pub use volatility::Volatility;
