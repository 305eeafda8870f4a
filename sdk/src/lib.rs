//! Rust client of the Tenor options protocol.
//!
//! | module | does |
//! |---|---|
//! | [`address`] | derives every address of the protocol |
//! | [`decode`] | turns account bytes into typed accounts |
//! | [`instruction`] | builds every instruction |
//! | [`market`] | holds a picture of the market and computes health from it, equal to the program's bit for bit |
//! | [`event`] | reads the events of a transaction |
//! | [`client`] | fetches and sends over RPC |
//!
//! Layouts and formulas are the program's own: this crate links `tenor-margin` and `tenor-math` and defines neither
//! again.

pub mod address;
pub mod client;
pub mod decode;
pub mod error;
pub mod event;
pub mod instruction;
pub mod market;

pub use error::SdkError;
pub use tenor_margin as margin;
pub use tenor_math as math;
pub use tenor_pyth as pyth;

/// Id of the clearing house's program.
pub const MARGIN_PROGRAM: solana_pubkey::Pubkey = tenor_margin::ID;
