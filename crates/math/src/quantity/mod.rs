//! Newtypes for the protocol's units. Only meaningful products exist, as named methods.

mod atoms;
mod lots;
mod price;
mod ratio;
mod time;
mod value;

pub use atoms::Atoms;
pub(crate) use atoms::power_of_ten_wide;
pub use lots::{LotSize, Lots};
pub use price::Price;
pub use ratio::Ratio;
pub use time::{SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR, UnixSeconds};
pub use value::Value;

/// One in the decimal scale of prices, values and ratios.
pub const E9: u64 = 1_000_000_000;
/// One in the decimal scale of volatilities and slice parameters.
pub const E12: u64 = 1_000_000_000_000;
