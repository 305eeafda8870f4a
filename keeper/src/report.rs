//! What operators see: metrics, health and logs.

pub mod health;
mod http;
mod log;
pub mod metrics;

pub use http::serve;
pub use log::start_log;
