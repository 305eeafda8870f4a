//! Shares of a pool: the LP of the market maker, the depositors of a vault.
//!
//! A share is worth (assets + 1) / (shares + 1,000): the virtual atom and shares belong to nobody. Every step rounds
//! against whoever moves, in favour of those who stay, so no mint, burn or fee by itself lowers the price of a share.

mod fees;
mod pool;
mod queue;

pub use fees::{FeeTerms, Fees, SharePrice};
pub use pool::{Burned, Minted, SharePool, VIRTUAL_ASSETS, VIRTUAL_SHARES};
pub use queue::ServiceRound;
