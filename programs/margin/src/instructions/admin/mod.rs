//! Instructions of the admin and the guardian.

mod add_collateral;
mod add_underlying;
mod admin_handover;
mod apply_change;
mod cancel_change;
mod end_genesis;
mod initialize;
mod pause;
mod queue_change;
mod tighten;

pub use add_collateral::*;
pub use add_underlying::*;
pub use admin_handover::*;
pub use apply_change::*;
pub use cancel_change::*;
pub use end_genesis::*;
pub use initialize::*;
pub use pause::*;
pub use queue_change::*;
pub use tighten::*;
