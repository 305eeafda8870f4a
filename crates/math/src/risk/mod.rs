//! Portfolio margin: the 33 scenarios, what a strike loses in each, and what an account must hold.

mod array;
mod book;
mod health;
mod scenario;

pub use array::{StrikeMarket, StrikeRisk, strike_risk};
pub use book::{Collateral, MAX_EXPIRIES, Marks, RiskParams, StrikeView, UnderlyingBook, UnderlyingRisk};
pub use health::{Health, HealthBuilder, WithdrawalCheck};
pub use scenario::{
    MOVES, PriceShocks, SCENARIOS, Scenario, VolatilityParams, VolatilityShock, VolatilityShocks, scenario,
};
