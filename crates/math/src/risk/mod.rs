//! Portfolio margin: the 33 scenarios, what a strike loses in each, and what an account must hold.

mod array;
mod book;
mod drift;
mod former;
mod grid;
mod health;
mod interval;
mod isolated;
mod open;
mod range;
mod requirement;
mod scenario;
mod standard;
mod strike;

pub use array::{StrikeMarket, StrikeRisk, strike_risk};
pub use book::{Collateral, MAX_EXPIRIES, UnderlyingBook};
pub use former::{FormerMarket, FormerMarks};
pub use grid::{ScenarioGrid, StrikeInputs, WEIGHT_ONE, grid_results};
pub use health::{Health, HealthBuilder, WithdrawalCheck};
pub use interval::PriceInterval;
pub use isolated::{IsolatedOption, IsolatedParams, IsolatedRequirement, isolated_short};
pub use open::OpenOption;
pub use range::{HourlyVariance, MAX_RISE_PER_HOUR_E9, RangeParams};
pub use requirement::{Purpose, RiskParams, UnderlyingRisk};
pub use scenario::{
    MOVES, PriceShocks, SCENARIOS, Scenario, VolatilityParams, VolatilityShock, VolatilityShocks, scenario,
};
pub use standard::{
    STALE_FACTOR, StrikePosition, WorstPayoff, best_expiry_payoff, fallback_requirement, greatest_expiry_loss,
    standard_requirement, worst_expiry_payoff,
};
pub use strike::{Marks, Step, StrikeView};
