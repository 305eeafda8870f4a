//! Slices, their calendar order and what lies between them: against reference values, at the edge of each condition,
//! and on random inputs.

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

#[path = "support/decimal.rs"]
mod decimal;
#[path = "surface/essvi.rs"]
mod essvi;
#[path = "surface/raw_calendar.rs"]
mod raw_calendar;
#[path = "surface/raw_svi.rs"]
mod raw_svi;
#[path = "surface/raw_svi_range.rs"]
mod raw_svi_range;
#[path = "surface/smile.rs"]
mod smile;
#[path = "surface/term.rs"]
mod term;
