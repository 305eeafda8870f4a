//! An account's chains and positions, each looked up once for a health check.

use super::{ChainView, MarketView};
use crate::error::MarginError;
use crate::state::{Chain, LARGE_MAX_POSITIONS, MAX_CHAINS, MarginAccount, Position, Strike};
use arrayvec::ArrayVec;
use tenor_math::quantity::Price;

/// Most positions that an account can have.
#[expect(clippy::as_conversions, reason = "evaluated by the compiler; a small number")]
const MOST_POSITIONS: usize = LARGE_MAX_POSITIONS as usize;

/// A chain that an account has positions in.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldChain<'a> {
    /// Its slot in the account's table.
    pub(super) slot: usize,
    /// Index of its underlying.
    pub(super) underlying_index: u8,
    /// Header.
    pub(super) chain: &'a Chain,
    /// Strikes in the order of their slots.
    pub(super) strikes: &'a [Strike],
    /// Settlement price once there is one.
    pub(super) settlement: Option<Price>,
}

/// The chains of an account with the positions in each, as a list that goes from place to place in the table: one pass over
/// the table, however often the positions of a chain are gone through. Filled in place: bytecode pays for every copy.
#[derive(Debug)]
pub(super) struct Holdings<'a> {
    chains: ArrayVec<HeldChain<'a>, MAX_CHAINS>,
    positions: &'a [Position],
    /// One more than the place of each chain's first position; zero if it has none.
    first: [u16; MAX_CHAINS],
    /// One more than the place of the next position in the same chain, zero after the last: for each position, from the last
    /// one to the first.
    next: ArrayVec<u16, MOST_POSITIONS>,
}

impl<'a> Holdings<'a> {
    /// Before [`Self::look_up`].
    #[inline(always)]
    pub(super) const fn new(positions: &'a [Position]) -> Self {
        Self {
            chains: ArrayVec::new_const(),
            positions,
            first: [0; MAX_CHAINS],
            next: ArrayVec::new_const(),
        }
    }

    /// Looks up what the account holds.
    ///
    /// # Errors
    /// [`MarginError::MissingChain`]; [`MarginError::PositionTableFull`] for more positions than any account can have.
    #[inline(never)]
    pub(super) fn look_up(&mut self, account: &MarginAccount, market: &'a impl MarketView) -> Result<(), MarginError> {
        if self.positions.is_empty() {
            return Ok(());
        }
        for (slot, of_account) in account.chains.iter().enumerate() {
            if of_account.positions == 0 {
                continue;
            }
            let ChainView { chain, strikes } = market.chain(&of_account.chain).ok_or(MarginError::MissingChain)?;
            let held = HeldChain {
                slot,
                underlying_index: of_account.underlying_index,
                chain,
                strikes,
                settlement: chain.settlement_price(),
            };
            self.chains.try_push(held).map_err(|_| MarginError::ChainTableFull)?;
        }
        self.link()
    }

    /// From the last position to the first, so that each list is in the order of the table.
    fn link(&mut self) -> Result<(), MarginError> {
        let mut number = u16::try_from(self.positions.len()).map_err(|_| MarginError::PositionTableFull)?;
        for position in self.positions.iter().rev() {
            let first = self
                .first
                .get_mut(usize::from(position.chain_slot))
                .ok_or(MarginError::MissingChain)?;
            self.next.try_push(*first).map_err(|_| MarginError::PositionTableFull)?;
            *first = number;
            number = number.wrapping_sub(1);
        }
        Ok(())
    }

    /// The underlying of each chain.
    pub(super) fn of_chains(&self) -> impl Iterator<Item = u8> + use<'_, 'a> {
        self.chains.iter().map(|held| held.underlying_index)
    }

    /// The chains of an underlying in which the account has positions.
    pub(super) fn chains(&self, underlying_index: u8) -> impl Iterator<Item = &HeldChain<'a>> {
        self.chains
            .iter()
            .filter(move |held| held.underlying_index == underlying_index)
    }

    /// The chains of an underlying that are not settled.
    pub(super) fn live_chains(&self, underlying_index: u8) -> impl Iterator<Item = &HeldChain<'a>> {
        self.chains(underlying_index).filter(|held| held.settlement.is_none())
    }

    /// The positions in a chain, in the order of the table.
    pub(super) fn positions<'s>(&'s self, held: &HeldChain<'_>) -> impl Iterator<Item = &'a Position> + use<'s, 'a> {
        let mut number = self.first.get(held.slot).copied().unwrap_or(0);
        core::iter::from_fn(move || {
            let place = usize::from(number).checked_sub(1)?;
            let from_end = self.positions.len().checked_sub(usize::from(number))?;
            number = self.next.get(from_end).copied().unwrap_or(0);
            self.positions.get(place)
        })
    }
}
