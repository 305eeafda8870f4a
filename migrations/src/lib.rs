//! Deployment of the Tenor options protocol, as steps that can be run any number of times.
//!
//! A [`Deployment`] says how the chain shall look, a [`ChainState`] how it looks. [`plan`] compares the two and answers
//! with the steps that are missing, in order; [`apply`] sends them. What is there already is never changed: parameters
//! that differ wait out the timelock of the clearing house and are no business of a deployment.

mod apply;
mod decimal;
mod deployment;
mod plan;
mod state;

pub use apply::{ApplyError, Signers, apply};
pub use decimal::{Decimal9, DecimalError};
pub use deployment::{
    Authorities, CollateralFile, Deployment, DeploymentError, Feed, FeesFile, House, InterestFile, Key, Listing,
    MarketBounds, Quote, Risk, RiskFile, TimelockFile, UnderlyingFile, Violation, WithdrawalsFile,
};
pub use plan::{Action, Authority, OpenEnd, PlanError, Step, open_ends, plan};
pub use state::{ChainState, chain_time};

/// The deployment of the local network.
pub const LOCALNET: &str = include_str!("../deployments/localnet.toml");
