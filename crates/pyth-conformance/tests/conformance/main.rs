//! Our reader and writer of `PriceUpdateV2` against the official SDK's.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod hostile_bytes;
mod identity;
mod official;
mod price_check;
mod recorded_account;
mod round_trip;
mod samples;
