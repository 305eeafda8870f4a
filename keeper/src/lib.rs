//! The keeper: watches every margin account and liquidates those that no longer meet their requirement.
//!
//! | module | does |
//! |---|---|
//! | [`feed`] | brings updates from a node's stream and snapshots |
//! | [`world`] | holds what is known of the chain; takes in updates, never older ones |
//! | [`strategy`] | decides, purely, what to do about the world |
//! | [`execute`] | carries intents out: simulates, sends, confirms, backs off |
//! | [`report`] | metrics, health and logs |
//! | [`engine`] | joins these into one turn of the main loop |
//! | [`run`], [`config`], [`cli`] | start, wire and stop all of it |
//!
//! All state comes from the chain: a keeper that is killed starts again where the chain is.

pub mod cli;
pub mod config;
pub mod engine;
pub mod execute;
pub mod feed;
pub mod report;
pub mod run;
pub mod strategy;
pub mod watchlist;
pub mod world;
