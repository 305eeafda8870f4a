//! A world to test Tenor in.
//!
//! | module | holds |
//! |---|---|
//! | [`world`] | the house on a bank, its clock, and how actions are sent |
//! | [`bank`] | what a bank must do; [`lite`] is the one in memory |
//! | [`actor`] | people with keys, wallets and margin accounts |
//! | [`action`] | everything that can be sent, built by the SDK alone |
//! | [`asset`], [`chain`] | what is traded, and terms that tests use |
//! | [`oracle`] | price updates as the oracle program would write them |
//! | [`mint`] | mints and token accounts as the token program would write them |
//! | [`lone`] | a program without the house around it |
//! | [`upgrade`] | the program's accounts, with an upgrade authority |
//! | [`picture`] | every account of the program, decoded |
//! | [`expect`] | exact failures, which change nothing |
//! | [`totals`] | what must add up at any time |
//!
//! The program is the bytecode of the last build, found in `TENOR_DEPLOY_DIR`.

pub mod action;
pub mod actor;
pub mod asset;
pub mod bank;
pub mod bytecode;
pub mod chain;
pub mod expect;
pub mod lite;
pub mod lone;
pub mod mint;
pub mod oracle;
pub mod picture;
pub mod totals;
pub mod upgrade;
pub mod world;

pub use action::{Action, Call};
pub use actor::Actor;
pub use asset::{Asset, BTC, ETH, JITOSOL, SOL, USDC, WBTC, sol, usd, usdc};
pub use chain::{ChainOf, Instrument, days, hours, weeks};
pub use expect::{assert_fails_with, assert_lands};
pub use lite::LiteBank;
pub use lone::LoneProgram;
pub use oracle::{Feed, PushFeed};
pub use picture::Picture;
pub use world::{Outcome, Receipt, Refusal, World};
