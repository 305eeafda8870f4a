//! Reading the market and judging an account: the same code on chain and in the SDK.

mod assess;
mod feed_state;
mod freshness;
mod holdings;
mod market;
mod payoffs;
mod positions;
mod view;

pub use assess::{Assessment, assess, assess_in_detail, check_covered, needed_underlyings, payoff};
pub use feed_state::FeedState;
pub use freshness::{ArrayCheck, Counting, Freshness};
pub use market::{ChainView, MarketView};
pub use positions::{LotMove, Whereabouts, chain_slot, find_position, move_lots, move_lots_near, release_chain};
pub use view::{HealthView, UnderlyingView, ViewOf, health_view};
