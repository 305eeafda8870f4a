//! One file per instruction. Each reads: accounts, validate, decide, apply, transfer, announce.

mod account;
mod admin;
mod bracket;
mod liquidation;
mod market;
mod market_accounts;
mod trade;
mod view;

pub use account::*;
pub use admin::*;
pub use bracket::*;
pub use liquidation::*;
pub use market::*;
pub use market_accounts::MarketAccounts;
pub use trade::*;
pub use view::*;
