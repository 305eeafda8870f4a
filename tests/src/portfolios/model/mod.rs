//! Portfolio margin in floats, from the formulas alone.
//!
//! Slow and plain on purpose: every option is repriced in every scenario, a put as a put. Nothing here names another crate
//! of the project, so an error would have to be made twice to go unseen. `docs/margin.md` explains the rules.

mod black;
mod market;
mod requirement;
mod rules;
mod scenarios;
mod standard;
mod surface;

pub use black::{Kind, Option76};
pub use market::{Charges, Collateral, Expiry, Holding, Holdings, House, Market, Strike, Underlying, VolatilityMoves};
pub use requirement::{Requirement, UnderlyingRequirement, requirement};
pub use rules::{Concentration, Rules};
pub use scenarios::{Scenario, Volatility, scenarios};
pub use standard::{UNPAIRED_SHARE_OF_SPOT, greatest_loss, standard_rule};
pub use surface::Slice;
