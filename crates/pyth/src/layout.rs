//! The account's bytes, little-endian and packed:
//!
//! | bytes | field |
//! |---|---|
//! | 8 | discriminator |
//! | 32 | write authority |
//! | 1 or 2 | verification level: 0 and the number of signatures, or 1 |
//! | 32 | feed id |
//! | 8, 8, 4 | price, confidence, exponent |
//! | 8, 8 | publish time, previous publish time |
//! | 8, 8 | EMA price, EMA confidence |
//! | 8 | posted slot |
//!
//! Because the level's length varies, all that follows it has no fixed offset.

/// First bytes of the account: sha256 of `account:PriceUpdateV2`, cut to eight bytes.
pub const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];

/// Bytes of the account. The receiver makes room for the longer level, so under `Full` the last
/// byte is unused: it is zero, or what an earlier `Partial` update left there.
pub const ACCOUNT_LEN: usize = 134;

pub(crate) const PARTIAL_TAG: u8 = 0;
pub(crate) const FULL_TAG: u8 = 1;
