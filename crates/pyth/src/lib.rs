//! Reads and writes `PriceUpdateV2`, the account in which Pyth's receiver program keeps a price.
//!
//! The reader runs on chain: it does not allocate, does not panic and has no dependencies. It
//! checks that the bytes are a price update, and nothing else. Its caller must still check, in this
//! order: the account's owner ([`RECEIVER_PROGRAM`]), the verification level, the feed id, the age,
//! and the confidence relative to the price.
//!
//! ```
//! use tenor_pyth::{PriceUpdate, PythError, VerificationLevel};
//!
//! fn verified_price_e9(account_data: &[u8]) -> Result<Option<u64>, PythError> {
//!     let update = PriceUpdate::read(account_data)?;
//!     match update.verification_level {
//!         VerificationLevel::Full => update.price_e9().map(Some),
//!         VerificationLevel::Partial { .. } => Ok(None),
//!     }
//! }
//! # assert_eq!(verified_price_e9(&[]), Err(PythError::TooShort));
//! ```

#![no_std]

mod error;
mod fixed_point;
mod layout;
mod price_update;
mod read;
mod receiver;
mod write;

pub use error::PythError;
pub use fixed_point::{EXPONENTS, to_e9_ceil, to_e9_floor};
pub use layout::{ACCOUNT_LEN, DISCRIMINATOR};
pub use price_update::{PriceUpdate, VerificationLevel};
pub use receiver::RECEIVER_PROGRAM;
