//! Slices from quotes: known surfaces are found again, bad quotes do no harm, and whatever comes in, what comes out is
//! accepted.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

mod few;
mod implied;
mod known;
mod properties;
mod support;
