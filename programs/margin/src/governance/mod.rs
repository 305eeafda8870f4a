//! Who may change what, and when: changes that wait, changes that act at once, and the refusal of transactions that
//! were signed long ago.

mod change;
mod fresh_signature;
mod listing;

pub use change::{Change, FeedSource, Targets, target_address};
pub use fresh_signature::{INSTRUCTIONS, refuse_durable_nonce};
pub use listing::check_listing;
