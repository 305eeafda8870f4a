//! Where prices and risk arrays come from: remaining accounts on chain, a cache in the SDK and the keeper.

use crate::state::{Chain, Strike, Underlying};
use anchor_lang::prelude::Address;

/// A chain with its strikes.
#[derive(Clone, Copy, Debug)]
pub struct ChainView<'a> {
    /// Header.
    pub chain: &'a Chain,
    /// Strikes in the order of their slots.
    pub strikes: &'a [Strike],
}

/// What a health check reads of the market. The health function cannot tell who implements it.
pub trait MarketView {
    /// The underlying with an index, if known.
    fn underlying(&self, index: u8) -> Option<&Underlying>;
    /// The chain at an address, if known.
    fn chain(&self, address: &Address) -> Option<ChainView<'_>>;
}
