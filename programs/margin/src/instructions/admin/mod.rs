//! Instructions of the admin.

mod add_collateral;
mod add_underlying;
mod initialize;

pub use add_collateral::*;
pub use add_underlying::*;
pub use initialize::*;
