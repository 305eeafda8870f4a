//! Instructions that anyone may send to keep the market going, and the surface authority's.

mod add_strikes;
mod create_chain;
mod post_surface;
mod refresh_risk;
mod settle_chain;
mod update_price;

pub use add_strikes::*;
pub use create_chain::*;
pub use post_surface::*;
pub use refresh_risk::*;
pub use settle_chain::*;
pub use update_price::*;
