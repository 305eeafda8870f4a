//! Reads and writes the accounts in which Pyth keeps prices on Solana: [`PriceUpdate`], the `PriceUpdateV2` of the receiver
//! program, to which anybody posts (pull), and [`PushPrice`], the price account of the push oracle. Who owns the account tells
//! which one it is.
//!
//! The readers run on chain: they do not allocate, do not panic and have no dependencies. They check that the bytes are such
//! an account, and nothing else. Their caller must still check, in this order: the account's owner ([`RECEIVER_PROGRAM`],
//! [`PUSH_PROGRAM`]); of an update the verification level and the feed id, of a push account its address; the exponent, the
//! age, and the confidence relative to the price.
//!
//! ```
//! use tenor_pyth::{OraclePrice, PriceUpdate, PythError, VerificationLevel};
//!
//! fn verified_price(account_data: &[u8]) -> Result<Option<OraclePrice>, PythError> {
//!     let update = PriceUpdate::read(account_data)?;
//!     match update.verification_level {
//!         VerificationLevel::Full => update.oracle_price().map(Some),
//!         VerificationLevel::Partial { .. } => Ok(None),
//!     }
//! }
//! # assert_eq!(verified_price(&[]), Err(PythError::TooShort));
//! ```

#![no_std]

mod error;
mod fields;
mod fixed_point;
mod layout;
mod oracle_price;
mod price_update;
mod programs;
mod push;
mod read;
mod write;

pub use error::PythError;
pub use fixed_point::{EXPONENTS, to_e9_ceil, to_e9_floor};
pub use layout::{ACCOUNT_LEN, DISCRIMINATOR};
pub use oracle_price::OraclePrice;
pub use price_update::{PriceUpdate, VerificationLevel};
pub use programs::{PUSH_PROGRAM, RECEIVER_PROGRAM};
pub use push::{LastTraded, PUSH_ACCOUNT_LEN, PUSH_MAGIC, PUSH_VERSION, PriceStatus, PushPrice};
