//! Every formula of Tenor, once.
//!
//! The programs, the SDK, the keeper and the tests all call this crate, so a number computed on chain and a number
//! computed by a bot are the same number, bit for bit.
//!
//! Three laws hold everywhere:
//! 1. *Integers only.* No floats, no allocation, no Solana types, no clock: time and prices are arguments.
//!    The one exception is `calibration`, behind the feature `std`, which programs do not enable.
//! 2. *Rounding is explicit*: an argument of type [`Round`] or a word in the documentation of the function.
//! 3. *No panics.* Outside its stated domain a function saturates (where it says so) or returns a [`MathError`].
//!
//! # Map
//!
//! | module | holds |
//! |---|---|
//! | [`quantity`] | newtypes: atoms, lots, prices, values, ratios, time |
//! | [`special`] | logarithm, exponential, square root, normal distribution |
//! | [`pricing`] | Black-76 price and greeks, implied volatility, expiry payoff |
//! | [`surface`] | eSSVI and raw SVI slices, their no-arbitrage conditions, interpolation between expiries |
//! | [`risk`] | the 33 scenarios, a strike's risk array, an account's requirement |
//! | `calibration` | slices from option quotes (feature `std`) |
//! | [`average`] | the slow average of a price |
//! | [`fees`] | a trade's premium in cash, the fees of both sides |
//! | [`liquidation`] | auction clock and discount, slices and legs, conversion, who bears a loss |
//! | [`interest`] | rate by utilisation, indices of deposits and borrows, cash beside a lagging pool |
//! | [`settlement`] | which price an expiry settles at |
//! | [`outflow`] | caps on net outflow and on new collateral |
//! | [`shares`] | mint and burn of pool shares, fees, rounds |
//! | [`amm`] | the market maker: quotes along the path of a trade, limits, net asset values |
//!
//! # Formats
//!
//! `_e9` and `_e12` are decimal scales. `Qn` is a binary fixed point with `n` fractional bits.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "std")]
extern crate std;

pub mod amm;
pub mod average;
#[cfg(feature = "std")]
pub mod calibration;
mod error;
pub mod fees;
mod fixed;
pub mod interest;
pub mod liquidation;
pub mod outflow;
pub mod pricing;
pub mod quantity;
pub mod risk;
mod round;
pub mod settlement;
pub mod shares;
pub mod special;
pub mod surface;
mod wide;

pub use error::MathError;
pub use round::{Round, mul_div, mul_div_signed};
