//! Instructions on one margin account.

mod deposit;
mod open_account;
mod settle_account;
mod withdraw;

pub use deposit::*;
pub use open_account::*;
pub use settle_account::*;
pub use withdraw::*;
