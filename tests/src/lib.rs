//! What the tests share: stories that run on any bank.

pub mod bench;
pub mod fuzz;
pub mod indexer;
pub mod listing;
pub mod model;
pub mod portfolios;
pub mod story;
