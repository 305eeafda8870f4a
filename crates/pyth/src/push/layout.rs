//! The account's bytes, little-endian: the C structure `pc_price_t` of the oracle program. Only named fields are read and
//! written.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | magic number |
//! | 4 | 4 | version |
//! | 8 | 4 | account type |
//! | 12 | 8 | - (bytes in use, type of the price) |
//! | 20 | 4 | exponent |
//! | 24 | 72 | - (number of publishers, slots, moving averages) |
//! | 96 | 8 | time of the aggregate |
//! | 104 | 8 | - |
//! | 112 | 32 | product |
//! | 144 | 32 | - (next price account) |
//! | 176 | 8, 8, 8, 8 | previous slot, price, confidence, time |
//! | 208 | 8, 8, 4 | price, confidence, status of the aggregate |
//! | 228 | 4 | - |
//! | 232 | 8 | slot of the aggregate |
//! | 240 | 32 x 96 | - (publishers and their prices) |

/// First four bytes of every account of the push oracle, as a number.
pub const PUSH_MAGIC: u32 = 0xa1b2_c3d4;

/// Version of the layout.
pub const PUSH_VERSION: u32 = 2;

/// Bytes of a price account: the fields above and room for 32 publishers.
pub const PUSH_ACCOUNT_LEN: usize = 3_312;

/// Type of a price account; mappings are 1, products 2.
pub(crate) const PRICE_ACCOUNT: u32 = 3;

/// Type of a price that is a price.
pub(crate) const PRICE_TYPE: u32 = 1;

/// Bytes passed over, in order.
pub(crate) const SIZE_AND_PRICE_TYPE: usize = 8;
pub(crate) const COUNTS_SLOTS_AND_AVERAGES: usize = 72;
pub(crate) const DERIVED_VALUES: usize = 8;
pub(crate) const NEXT_ACCOUNT: usize = 32;
pub(crate) const CORPORATE_ACTION: usize = 4;
