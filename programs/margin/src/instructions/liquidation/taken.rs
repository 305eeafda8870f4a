//! What a slice moved, for its event.

use crate::error::MarginError;
use crate::event::SliceLiquidated;
use crate::state::{MAX_CHAINS, MAX_COLLATERALS};
use alloc::vec::Vec;
use anchor_lang::Event;
use anchor_lang::prelude::*;
use core::mem::{size_of, size_of_val};
use tenor_math::quantity::{Atoms, Lots};

/// A chain of which a slice took lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TakenChain {
    /// The chain.
    pub chain: Address,
    /// Its sequence number after the slice.
    pub sequence: u64,
}

/// Lots that the liquidator gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TakenLots {
    /// Place of the chain among [`Taken::chains`].
    pub chain: u8,
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Lots of the call.
    pub call_lots: i64,
    /// Lots of the put.
    pub put_lots: i64,
}

/// A collateral that the liquidator gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct TakenCollateral {
    /// Its index in the registry.
    pub index: u8,
    /// Atoms.
    pub atoms: u64,
}

/// All that a slice moved to the liquidator but cash. Chains are named once: 16 of them and 256 strikes are 5,600 bytes of
/// the 10,240 that a call may carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, IdlType, SchemaRead, SchemaWrite)]
pub struct Taken {
    /// Chains.
    pub chains: Vec<TakenChain>,
    /// Lots, a strike at a time.
    pub lots: Vec<TakenLots>,
    /// Collaterals other than the quote.
    pub collaterals: Vec<TakenCollateral>,
}

impl Taken {
    /// Nothing yet, with room for as many positions: what grows on the heap leaves its smaller selves behind.
    pub(super) fn with_room_for(positions: usize) -> Self {
        Self {
            chains: Vec::with_capacity(positions.min(MAX_CHAINS)),
            lots: Vec::with_capacity(positions),
            collaterals: Vec::with_capacity(MAX_COLLATERALS),
        }
    }

    /// Adds lots of a strike's call and put. `advance` numbers the slice for the chain, once.
    pub(super) fn add_lots(
        &mut self,
        chain: &Address,
        strike_slot: u16,
        (call, put): (Lots, Lots),
        advance: impl FnOnce() -> u64,
    ) -> core::result::Result<(), MarginError> {
        let place = match self.chains.iter().rposition(|entry| entry.chain == *chain) {
            Some(place) => place,
            None => {
                self.chains.push(TakenChain {
                    chain: *chain,
                    sequence: advance(),
                });
                self.chains.len().saturating_sub(1)
            }
        };
        self.lots.push(TakenLots {
            chain: u8::try_from(place).map_err(|_| MarginError::ChainTableFull)?,
            strike_slot,
            call_lots: call.get(),
            put_lots: put.get(),
        });
        Ok(())
    }

    /// Adds a collateral.
    pub(super) fn add_collateral(&mut self, index: u8, atoms: Atoms) {
        if atoms != Atoms::ZERO {
            self.collaterals.push(TakenCollateral {
                index,
                atoms: atoms.get(),
            });
        }
    }
}

/// A large event, written into room that is reserved for it: a buffer that grows leaves its smaller selves on the heap, which for
/// a slice of 256 positions is more than there is.
pub(super) struct WithRoom(pub(super) SliceLiquidated);

impl Discriminator for WithRoom {
    const DISCRIMINATOR: &'static [u8] = SliceLiquidated::DISCRIMINATOR;
}

impl Event for WithRoom {
    #[expect(
        clippy::expect_used,
        reason = "a list shorter than 2^32 in memory that grows cannot fail to be written"
    )]
    fn data(&self) -> Vec<u8> {
        let taken = &self.0.taken;
        let room = [
            size_of::<SliceLiquidated>().saturating_add(Self::DISCRIMINATOR.len()),
            size_of_val(taken.chains.as_slice()),
            size_of_val(taken.lots.as_slice()),
            size_of_val(taken.collaterals.as_slice()),
        ];
        let mut data = Vec::with_capacity(room.into_iter().fold(0, usize::saturating_add));
        data.extend_from_slice(Self::DISCRIMINATOR);
        anchor_lang::wincode::config::serialize_into(&mut data, &self.0, anchor_lang::BORSH_CONFIG)
            .expect("nothing in it can fail to be written");
        data
    }
}
