//! Settlement as a whole: an expiry of 500 series with 20 holders each, and every way to argue with its price.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

mod attacks;
mod storm;
