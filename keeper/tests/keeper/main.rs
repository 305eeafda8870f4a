//! The keeper's parts, on scripted chains and a node on the loopback interface.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod attempt;
mod classes;
mod config;
mod engine;
mod executor;
mod feed;
mod http;
mod plan;
mod process;
mod support;
mod world;
