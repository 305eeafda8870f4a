//! From intents to transactions that landed, or to a number that says why not.

mod attempt;
mod backoff;
mod budget;
mod chain;
mod executor;
mod in_flight;
mod node;
mod outcome;

pub use attempt::{Pace, attempt};
pub use backoff::Backoff;
pub use budget::Budget;
pub use chain::{Blockhash, Chain, ChainError, Simulation};
pub use executor::{Admission, Executor, Finished, Job};
pub use in_flight::InFlight;
pub use node::Node;
pub use outcome::{Class, Outcome, Refusal, Stage};
