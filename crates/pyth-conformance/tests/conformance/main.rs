//! Our readers and writers of `PriceUpdateV2` and of the push oracle's price account against the official SDKs'.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

mod hostile_bytes;
mod identity;
mod official;
mod price_check;
mod push;
mod recorded_account;
mod round_trip;
mod samples;
