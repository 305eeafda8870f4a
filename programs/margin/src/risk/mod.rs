//! Reading the market and judging an account: the same code on chain and in the SDK.

mod assess;
mod freshness;
mod market;
mod positions;

pub use assess::{assess, needed_underlyings, payoff};
pub use freshness::Freshness;
pub use market::{ChainView, MarketView};
pub use positions::{LotMove, chain_slot, find_position, move_lots, release_chain};
