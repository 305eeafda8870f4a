//! Interest on cash: what the rate is, how indices grow, and what each side owes or is owed.
//!
//! A balance is stored with the index at which it was last brought up to date. Borrowers' balances round up, depositors'
//! down, and depositors' index grows by what the borrowers' interest pays for, less the reserve: no step creates an atom.
//! [`CashAccount`] is a balance that may move without the pool.

mod cash;
mod growth;
mod index;
mod pool;
mod rate;

pub use cash::{CashAccount, Indices};
pub use growth::Growth;
pub use index::InterestIndex;
pub use pool::{Accrual, InterestPool, PoolTotals, Socialised};
pub use rate::{MAX_RATE, RateModel};
