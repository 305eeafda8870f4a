//! Collaterals that the house accepts.

use crate::params::WithdrawalWindow;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::interest::{Indices, InterestIndex, InterestPool, PoolTotals};
use tenor_math::outflow::{Outflow, OutflowLimit, ramped};
use tenor_math::quantity::{Atoms, Ratio, UnixSeconds};

/// Most collaterals that the house can list.
pub const MAX_COLLATERALS: usize = 16;
/// `underlying_index` of the quote currency, which needs no price.
pub const NO_UNDERLYING: u8 = u8::MAX;
/// Index of the quote currency in the registry; always the first.
pub const QUOTE_INDEX: u8 = 0;

/// Interest indices of cash at one moment. An index of zero is one that has not begun: one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct StoredIndices {
    /// What a unit of deposits has grown to x 1e18, low word first.
    pub deposit_e18: [u64; 2],
    /// What a unit of debts has grown to x 1e18, low word first.
    pub borrow_e18: [u64; 2],
    /// How often losses have moved the index of deposits on.
    pub deposit_generation: u32,
    /// Alignment.
    pub padding: [u8; 4],
}

impl StoredIndices {
    /// The indices.
    pub fn get(&self) -> Indices {
        let of = |words| InterestIndex::from_e18(wide(words)).unwrap_or(InterestIndex::ONE);
        Indices {
            deposit: of(self.deposit_e18).in_generation(self.deposit_generation),
            borrow: of(self.borrow_e18),
        }
    }

    /// The same indices, stored.
    pub fn of(indices: Indices) -> Self {
        Self {
            deposit_e18: words(indices.deposit.e18()),
            borrow_e18: words(indices.borrow.e18()),
            deposit_generation: indices.deposit.generation(),
            padding: [0; 4],
        }
    }
}

/// The pool of cash that accounts lend and borrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType, SchemaRead, SchemaWrite)]
#[repr(C)]
pub struct InterestState {
    /// All that is borrowed, in units of 2^-32 atoms, low word first.
    pub borrowed_q32: [u64; 2],
    /// All that is deposited, in units of 2^-32 atoms, low word first.
    pub deposited_q32: [u64; 2],
    /// What the house has kept, in units of 2^-32 atoms, low word first.
    pub reserve_q32: [u64; 2],
    /// Both indices.
    pub indices: StoredIndices,
    /// When the pool last accrued, Unix seconds; zero before the first time.
    pub accrued_at: i64,
}

impl InterestState {
    /// The pool.
    pub fn pool(&self) -> InterestPool {
        InterestPool::from_totals(PoolTotals {
            borrowed_q32: wide(self.borrowed_q32),
            deposited_q32: wide(self.deposited_q32),
            reserve_q32: wide(self.reserve_q32),
            indices: self.indices.get(),
        })
    }

    /// Stores the pool.
    pub fn store(&mut self, pool: &InterestPool) {
        let totals = pool.totals();
        self.borrowed_q32 = words(totals.borrowed_q32);
        self.deposited_q32 = words(totals.deposited_q32);
        self.reserve_q32 = words(totals.reserve_q32);
        self.indices = StoredIndices::of(totals.indices);
    }
}

fn wide([low, high]: [u64; 2]) -> u128 {
    u128::from(low) | (u128::from(high) << 64)
}

#[expect(clippy::as_conversions, reason = "each word is cut to its 64 bits")]
const fn words(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}

/// One collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct CollateralEntry {
    /// Mint of the token.
    pub mint: Address,
    /// Token account of the house that holds it.
    pub vault: Address,
    /// Part of the worth that does not count as equity x 1e9.
    pub haircut_e9: u64,
    /// Further haircut as deposits approach the cap x 1e9.
    pub concentration_haircut_e9: u64,
    /// Most that the house takes, atoms.
    pub deposit_cap_atoms: u64,
    /// All that accounts, fees and insurance own of it, atoms.
    pub booked_total_atoms: u64,
    /// Program of the mint.
    pub token_program: Address,
    /// Most net outflow within the registry's window, atoms.
    pub window_cap_atoms: u64,
    /// Net outflow that the window still remembers, atoms.
    pub outflow_atoms: u64,
    /// When that was, Unix seconds.
    pub outflow_at: i64,
    /// When the deposit cap begins to grow from zero, Unix seconds.
    pub ramp_started_at: i64,
    /// How long it grows, seconds.
    pub ramp_seconds: u64,
    /// Underlying whose price values it, or [`NO_UNDERLYING`] for the quote.
    pub underlying_index: u8,
    /// Underlying whose scenarios shock it, or [`NO_UNDERLYING`] for the quote. A token that earns yield has its own price
    /// and moves with another asset.
    pub scenario_index: u8,
    /// Decimals of the mint.
    pub decimals: u8,
    /// One if the admin listed the mint although somebody may freeze accounts of it.
    pub accepts_freeze_authority: u8,
    /// Alignment.
    pub padding: [u8; 4],
    /// For later versions.
    pub reserved: [u8; 32],
}

impl CollateralEntry {
    /// Part of the worth that does not count as equity.
    pub const fn haircut(&self) -> Ratio {
        Ratio::from_e9(self.haircut_e9)
    }

    /// What the house takes at a time, while its cap ramps.
    pub fn deposit_cap(&self, now: UnixSeconds) -> Atoms {
        let started = UnixSeconds::new(self.ramp_started_at);
        ramped(Atoms::new(self.deposit_cap_atoms), started, self.ramp_seconds, now)
    }

    /// Net outflow that the window still remembers at a time.
    pub fn outflow(&self, limit: OutflowLimit, now: UnixSeconds) -> Outflow {
        let stored = Outflow {
            level: Atoms::new(self.outflow_atoms),
            at: UnixSeconds::new(self.outflow_at),
        };
        if stored.level == Atoms::ZERO {
            return Outflow { at: now, ..stored };
        }
        stored.drained(limit, now)
    }

    /// Stores the net outflow.
    pub const fn set_outflow(&mut self, outflow: Outflow) {
        self.outflow_atoms = outflow.level.get();
        self.outflow_at = outflow.at.get();
    }

    /// All that is booked.
    pub const fn booked_total(&self) -> Atoms {
        Atoms::new(self.booked_total_atoms)
    }
}

/// All collaterals. Seeds: `[registry, house]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Registry {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Number of entries in use.
    pub count: u8,
    /// Alignment.
    pub padding: [u8; 5],
    /// House that it belongs to.
    pub house: Address,
    /// Number of the registry's last event.
    pub sequence: u64,
    /// Window of the caps on net outflow, and what passes beside them.
    pub withdrawals: WithdrawalWindow,
    /// Cash that accounts lend and borrow.
    pub interest: InterestState,
    /// Collaterals; the first is the quote.
    pub collaterals: [CollateralEntry; MAX_COLLATERALS],
    /// For later versions.
    pub reserved: [u8; 64],
}

impl Registry {
    /// Size of the account.
    pub const SPACE: usize = super::DISCRIMINATOR_LEN + size_of::<Self>();

    /// Numbers a change of the registry.
    pub const fn advance(&mut self) -> u64 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// The cap on a collateral's net outflow.
    pub const fn outflow_limit(&self, entry: &CollateralEntry) -> OutflowLimit {
        OutflowLimit {
            cap: Atoms::new(entry.window_cap_atoms),
            seconds: self.withdrawals.window_seconds,
        }
    }

    /// Collaterals in use, in the order of their indices.
    pub fn listed(&self) -> &[CollateralEntry] {
        self.collaterals.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

const _: () = assert!(size_of::<StoredIndices>() == 40 && size_of::<InterestState>() == 96);
const _: () = assert!(size_of::<CollateralEntry>() == 3 * 32 + 9 * 8 + 8 + 32);
const _: () =
    assert!(size_of::<Registry>() == 8 + 32 + 3 * 8 + 96 + MAX_COLLATERALS * size_of::<CollateralEntry>() + 64);
const _: () = assert!(offset_of!(Registry, house) == 8);
