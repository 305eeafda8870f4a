//! The push oracle's price account.

mod hostile_bytes;
mod official;
mod price_check;
mod recorded_account;
mod round_trip;
mod samples;
