//! Shares of a pool: the LP of the market maker, the depositors of a vault.
//!
//! A share is worth (assets + 1) / (shares + 1,000): the virtual atom and shares belong to nobody. Every step rounds
//! against whoever moves, in favour of those who stay, so no mint or burn at the pool's own price lowers the price of a
//! share; fees lower it by what they take. A [`ServiceRound`] keeps that only towards the pool that it was closed with: served
//! from a pool that has lost since, it pays those who leave at the cost of those who stay.

mod fees;
mod pool;
mod queue;

pub use fees::{FeeTerms, Fees, SharePrice};
pub use pool::{Burned, Minted, SharePool, VIRTUAL_ASSETS, VIRTUAL_SHARES};
pub use queue::ServiceRound;
