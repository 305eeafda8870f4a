//! One implementation an instruction: what it requires, what it changes.

mod account;
mod governance;
mod liquidation;
mod market;
mod marks;
mod settlement;
pub mod trade;
mod view;
