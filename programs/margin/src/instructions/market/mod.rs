//! Instructions that anyone may send to keep the market going, and the surface authority's.

mod add_strikes;
mod close_chain;
mod create_chain;
mod mark_hour;
mod mark_settlement;
mod pay_treasury;
mod post_surface;
mod refresh_risk;
mod settle_chain;
mod sweep;
mod update_price;

pub use add_strikes::*;
pub use close_chain::*;
pub use create_chain::*;
pub use mark_hour::*;
pub use mark_settlement::*;
pub use pay_treasury::*;
pub use post_surface::*;
pub use refresh_risk::*;
pub use settle_chain::*;
pub use sweep::*;
pub use update_price::*;
