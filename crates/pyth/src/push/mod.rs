//! The price account of the push oracle: its publishers keep it up to date, nobody posts to it.

pub(crate) mod layout;
mod price_account;
mod read;
mod write;

pub use layout::{PUSH_ACCOUNT_LEN, PUSH_MAGIC, PUSH_VERSION};
pub use price_account::{LastTraded, PriceStatus, PushPrice};
