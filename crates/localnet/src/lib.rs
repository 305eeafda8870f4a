//! The whole protocol on a local validator.
//!
//! A validator runs in this process with the real bytecode. A market is listed by the steps that a deployment would
//! take; a writer sells options on SOL and BTC against SOL, JitoSOL and USDC, and is margined for all of it as one portfolio;
//! another account borrows USDC against SOL. Prices fall as that of SOL fell on 10 October 2025; the keeper, a process of its
//! own, brings all prices and liquidates the writer. All this program does from then on is to publish prices and to watch. In
//! the end it checks every token, every lot, the interest and every transaction, and writes a report.
//!
//! | module | does |
//! |---|---|
//! | [`validator`], [`artifact`] | starts a validator and deploys what was built |
//! | [`tokens`], [`feed`], [`keys`] | mints, wallets, the oracle's account, the keys |
//! | [`market`], [`actors`] | lists the market and puts everyone in position |
//! | [`keeper_process`] | starts, kills and watches the keeper |
//! | [`price_path`], [`scenario`], [`stage`] | the story |
//! | [`watch`], [`transaction`], [`view`], [`record`] | what happens, as it happens |
//! | [`books`], [`checks`] | whether it adds up |
//! | [`console`] | the terminal |

pub mod actors;
pub mod artifact;
pub mod books;
pub mod checks;
pub mod console;
pub mod feed;
pub mod keeper_process;
pub mod keys;
pub mod market;
pub mod price_path;
pub mod record;
pub mod scenario;
pub mod stage;
pub mod tokens;
pub mod transaction;
pub mod validator;
pub mod view;
pub mod watch;
