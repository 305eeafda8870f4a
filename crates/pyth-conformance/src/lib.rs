//! Checks `tenor-pyth` against the SDKs that Pyth publishes. All of it is in `tests/`.
//!
//! `tenor-pyth` describes the account's bytes a second time, because the official reader allocates,
//! brings its own Anchor and cannot be used in the programs. This crate is what makes that safe,
//! and it is the only one that compiles the official SDKs.
//!
//! Pull updates are compared with `pyth-solana-receiver-sdk`, push accounts with `SolanaPriceAccount` of `pyth-sdk-solana`.
