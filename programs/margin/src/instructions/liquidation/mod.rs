//! Instructions that act on unhealthy accounts.

mod liquidate_slice;
mod touch_liquidation;

pub use liquidate_slice::*;
pub use touch_liquidation::*;
