//! Moving lots into and out of an account's position table.

use crate::error::{MarginError, OrMarginError};
use crate::state::{ChainSlot, MarginAccount, PortfolioAccount, Position, Strike};
use anchor_lang::prelude::Address;
use bytemuck::Zeroable;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::Lots;

/// Which option of which chain changes hands.
#[derive(Clone, Copy, Debug)]
pub struct LotMove {
    /// Address of the chain.
    pub chain: Address,
    /// Index of its underlying.
    pub underlying_index: u8,
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Call or put.
    pub kind: OptionKind,
    /// Lots that the account gains, negative if it gives them.
    pub lots: Lots,
}

/// Where a change of an account's tables is likely to be: looked at before the tables are searched. A wrong one costs a
/// comparison.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whereabouts {
    /// Slot of the chain.
    pub slot: u8,
    /// Place of the position.
    pub place: usize,
}

/// Slot of a chain in the account's table, if it has positions there.
pub fn chain_slot(account: &MarginAccount, chain: &Address) -> Option<u8> {
    let slot = account
        .chains
        .iter()
        .position(|slot| slot.positions > 0 && slot.chain == *chain)?;
    u8::try_from(slot).ok()
}

/// Place of a strike's position in the table.
pub fn find_position(positions: &[Position], chain_slot: u8, strike_slot: u16) -> Option<usize> {
    positions
        .iter()
        .position(|position| position.chain_slot == chain_slot && position.strike_slot == strike_slot)
}

/// As [`find_position`], looking at one place first and then from the last position to as many as the chain has.
fn look_up(account: &PortfolioAccount, chain_slot: u8, strike_slot: u16, near: usize) -> Option<usize> {
    let is_it = |position: &Position| position.chain_slot == chain_slot && position.strike_slot == strike_slot;
    if account.get(near).is_some_and(is_it) {
        return Some(near);
    }
    let mut unseen = account.chains.get(usize::from(chain_slot))?.positions;
    let mut places = account.iter().enumerate().rev();
    while unseen > 0 {
        let (place, position) = places.next()?;
        if position.chain_slot == chain_slot {
            if position.strike_slot == strike_slot {
                return Some(place);
            }
            unseen = unseen.saturating_sub(1);
        }
    }
    None
}

/// Adds lots to an account and keeps its tables, the strike's open interest and the chain's number of positions.
///
/// # Errors
/// As [`move_lots_near`].
pub fn move_lots(
    account: &mut PortfolioAccount,
    change: &LotMove,
    strike: &mut Strike,
    open_positions: &mut u64,
) -> Result<(), MarginError> {
    move_lots_near(account, &mut Whereabouts::default(), change, strike, open_positions)
}

/// As [`move_lots`], for one of many moves: looks `near` first and leaves there where it was.
///
/// # Errors
/// [`MarginError::ChainTableFull`], [`MarginError::PositionTableFull`], [`MarginError::MathOverflow`].
pub fn move_lots_near(
    account: &mut PortfolioAccount,
    near: &mut Whereabouts,
    change: &LotMove,
    strike: &mut Strike,
    open_positions: &mut u64,
) -> Result<(), MarginError> {
    if change.lots == Lots::ZERO {
        return Ok(());
    }
    let slot = claim_slot(account, change, near.slot)?;
    let place = match look_up(account, slot, change.strike_slot, near.place) {
        Some(place) => place,
        None => open_position(account, slot, change.strike_slot, open_positions)?,
    };
    *near = Whereabouts { slot, place };
    let position = account.get_mut(place).ok_or(MarginError::PositionTableFull)?;
    let before = position.lots(change.kind);
    let after = before.try_add(change.lots).or_margin_error()?;
    position.set_lots(change.kind, after);
    let is_flat = position.is_flat();

    let open_interest = strike.open_interest_mut(change.kind);
    *open_interest = open_interest
        .checked_sub(before.long_part())
        .and_then(|rest| rest.checked_add(after.long_part()))
        .ok_or(MarginError::MathOverflow)?;
    if is_flat {
        close_position(account, place, slot, open_positions)?;
    }
    Ok(())
}

/// The chain's slot in the table, or a free one.
fn claim_slot(account: &mut PortfolioAccount, change: &LotMove, near: u8) -> Result<u8, MarginError> {
    let nearest = account.chains.get(usize::from(near));
    if nearest.is_some_and(|slot| slot.positions > 0 && slot.chain == change.chain) {
        return Ok(near);
    }
    if let Some(slot) = chain_slot(account, &change.chain) {
        return Ok(slot);
    }
    let free = account
        .chains
        .iter()
        .take(account.size_class().max_chains())
        .position(|slot| slot.positions == 0)
        .ok_or(MarginError::ChainTableFull)?;
    let slot = account.chains.get_mut(free).ok_or(MarginError::ChainTableFull)?;
    *slot = ChainSlot {
        chain: change.chain,
        underlying_index: change.underlying_index,
        ..ChainSlot::zeroed()
    };
    u8::try_from(free).map_err(|_| MarginError::ChainTableFull)
}

fn open_position(
    account: &mut PortfolioAccount,
    chain_slot: u8,
    strike_slot: u16,
    open_positions: &mut u64,
) -> Result<usize, MarginError> {
    let place = account.len();
    account
        .try_push(Position {
            chain_slot,
            strike_slot,
            ..Position::default()
        })
        .map_err(|_| MarginError::PositionTableFull)?;
    count(account, chain_slot, 1)?;
    *open_positions = open_positions.checked_add(1).ok_or(MarginError::MathOverflow)?;
    Ok(place)
}

fn close_position(
    account: &mut PortfolioAccount,
    place: usize,
    chain_slot: u8,
    open_positions: &mut u64,
) -> Result<(), MarginError> {
    let last = account.len().checked_sub(1).ok_or(MarginError::NoPositions)?;
    account.as_mut_slice().swap(place, last);
    account.truncate(last);
    count(account, chain_slot, -1)?;
    *open_positions = open_positions.checked_sub(1).ok_or(MarginError::MathOverflow)?;
    Ok(())
}

fn count(account: &mut PortfolioAccount, chain_slot: u8, change: i32) -> Result<(), MarginError> {
    let slot = account
        .chains
        .get_mut(usize::from(chain_slot))
        .ok_or(MarginError::ChainTableFull)?;
    slot.positions = slot
        .positions
        .checked_add_signed(change)
        .ok_or(MarginError::MathOverflow)?;
    Ok(())
}

/// Removes every position of a chain and frees its slot, giving each to `settle` first.
///
/// # Errors
/// Whatever `settle` returns; [`MarginError::NoPositions`] if there are none.
pub fn release_chain(
    account: &mut PortfolioAccount,
    chain: &Address,
    open_positions: &mut u64,
    mut settle: impl FnMut(&Position) -> Result<(), MarginError>,
) -> Result<(), MarginError> {
    let slot = chain_slot(account, chain).ok_or(MarginError::NoPositions)?;
    let mut place = 0_usize;
    while let Some(position) = account.get(place).copied() {
        if position.chain_slot == slot {
            settle(&position)?;
            close_position(account, place, slot, open_positions)?;
        } else {
            place = place.saturating_add(1);
        }
    }
    Ok(())
}
