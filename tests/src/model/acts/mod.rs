//! One implementation an instruction: what it requires, what it changes.

mod account;
mod liquidation;
mod market;
mod settlement;
pub mod trade;
mod view;
