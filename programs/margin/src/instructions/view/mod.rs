//! Instructions that change nothing.

mod health;

pub use health::*;
