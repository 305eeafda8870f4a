//! Accounts of the program. Each is zero-copy, carries a version and reserved bytes, and has its size and the offsets
//! that clients filter on asserted where it is declared.

mod chain;
mod change;
mod house;
mod insurance;
mod margin_account;
mod pause;
mod registry;
mod underlying;

pub use chain::*;
pub use change::*;
pub use house::*;
pub use insurance::*;
pub use margin_account::*;
pub use pause::*;
pub use registry::*;
pub use underlying::*;

/// Length of the discriminator before each account's fields.
pub const DISCRIMINATOR_LEN: usize = 8;
/// Layout version that this program writes and accepts.
pub const LAYOUT_VERSION: u8 = 1;

/// Seeds of the program's addresses.
pub mod seeds {
    /// `[HOUSE]`
    pub const HOUSE: &[u8] = b"house";
    /// `[REGISTRY, house]`
    pub const REGISTRY: &[u8] = b"registry";
    /// `[INSURANCE, house]`
    pub const INSURANCE: &[u8] = b"insurance";
    /// `[UNDERLYING, house, symbol]`
    pub const UNDERLYING: &[u8] = b"underlying";
    /// `[CHAIN, underlying, expiry (i64, little-endian)]`
    pub const CHAIN: &[u8] = b"chain";
    /// `[ACCOUNT, owner, number (u16, little-endian)]`
    pub const ACCOUNT: &[u8] = b"account";
    /// `[CHANGE, house, number (u64, little-endian)]`
    pub const CHANGE: &[u8] = b"change";
    /// `[VAULT, house, mint]`
    pub const VAULT: &[u8] = b"vault";
    /// `[EVENT_AUTHORITY]`, the signer of the events that the program sends to itself.
    pub const EVENT_AUTHORITY: &[u8] = b"__event_authority";
}
