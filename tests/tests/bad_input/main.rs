//! Wrong accounts, wrong bytes, wrong order: each is refused and changes nothing.

mod data;
mod fixture;
mod market_accounts;
mod slots;
