//! Instructions that act on unhealthy accounts.

mod liquidate_slice;
mod taken;
mod touch_liquidation;

pub use liquidate_slice::*;
pub use taken::*;
pub use touch_liquidation::*;
