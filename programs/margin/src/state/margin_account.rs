//! A margin account: collaterals, cash and positions, margined as one portfolio.

use super::registry::{MAX_COLLATERALS, StoredIndices};
use crate::error::{MarginError, OrMarginError};
use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};
use tenor_math::Round;
use tenor_math::fees::Cash;
use tenor_math::interest::CashAccount;
use tenor_math::liquidation::AuctionClock;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Atoms, Lots, UnixSeconds};

/// Chains that an account's table can hold.
pub const MAX_CHAINS: usize = 16;
/// Chains that an account of the standard class may use.
pub const STANDARD_CHAINS: usize = 8;
/// Most strikes with a position in an account of the standard class.
pub const MAX_POSITIONS: u32 = 64;
/// Most strikes with a position in an account of the large class.
pub const LARGE_MAX_POSITIONS: u32 = 256;
/// What a registry can list besides the quote.
#[expect(clippy::as_conversions, reason = "evaluated by the compiler; a small number")]
const MOST_COLLATERALS: u32 = MAX_COLLATERALS as u32 - 1;

/// How large an account can grow. Chosen at opening: what a health check costs at most follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeClass {
    /// For traders: up to 64 positions on 8 chains, 8 underlyings and every collateral.
    Standard,
    /// For pools: up to 256 positions on 16 chains, but 2 underlyings and 4 collaterals besides the quote.
    Large,
}

impl SizeClass {
    /// A class by its number: zero is standard, one is large.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Standard),
            1 => Some(Self::Large),
            _ => None,
        }
    }

    /// Most underlyings whose scenarios an account can depend on, by its options and its collaterals.
    pub const fn max_underlyings(self) -> u32 {
        match self {
            Self::Standard => 8,
            Self::Large => 2,
        }
    }

    /// Most collaterals besides the quote.
    pub const fn max_collaterals(self) -> u32 {
        match self {
            Self::Standard => MOST_COLLATERALS,
            Self::Large => 4,
        }
    }

    /// Most strikes with a position.
    pub const fn max_positions(self) -> u32 {
        match self {
            Self::Standard => MAX_POSITIONS,
            Self::Large => LARGE_MAX_POSITIONS,
        }
    }

    /// Most chains with positions.
    pub const fn max_chains(self) -> usize {
        match self {
            Self::Standard => STANDARD_CHAINS,
            Self::Large => MAX_CHAINS,
        }
    }
}

/// A margin account with its positions.
pub type PortfolioAccount = Slab<MarginAccount, Position>;

/// One chain in which the account has positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct ChainSlot {
    /// The chain; of no meaning in a free slot.
    pub chain: Address,
    /// When payouts of the chain become withdrawable, Unix seconds.
    pub claimable_at: i64,
    /// Positions in the chain; the slot is free when there are none.
    pub positions: u32,
    /// Index of the chain's underlying.
    pub underlying_index: u8,
    /// Alignment.
    pub padding: [u8; 3],
}

/// Call and put of one strike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct Position {
    /// Slot of the chain in the account's table.
    pub chain_slot: u8,
    /// Alignment.
    pub padding: [u8; 5],
    /// Place of the strike in the chain.
    pub strike_slot: u16,
    /// Lots of the call, negative if short.
    pub call_lots: i64,
    /// Lots of the put, negative if short.
    pub put_lots: i64,
}

impl Position {
    /// Lots of one option.
    pub const fn lots(&self, kind: OptionKind) -> Lots {
        match kind {
            OptionKind::Call => Lots::new(self.call_lots),
            OptionKind::Put => Lots::new(self.put_lots),
        }
    }

    /// Replaces the lots of one option.
    pub fn set_lots(&mut self, kind: OptionKind, lots: Lots) {
        match kind {
            OptionKind::Call => self.call_lots = lots.get(),
            OptionKind::Put => self.put_lots = lots.get(),
        }
    }

    /// Whether nothing is left.
    pub const fn is_flat(&self) -> bool {
        self.call_lots == 0 && self.put_lots == 0
    }
}

/// Where an account stands in liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct LiquidationState {
    /// When the auction started, Unix seconds.
    pub started_at: i64,
    /// Last touch that advanced the clock, Unix seconds.
    pub touched_at: i64,
    /// When the last auction ended, Unix seconds; zero if there was none.
    pub ended_at: i64,
    /// What the clock shows, seconds.
    pub clock_seconds: u32,
    /// One while the auction runs.
    pub active: u8,
    /// Alignment.
    pub padding: [u8; 3],
}

impl LiquidationState {
    /// Whether an auction runs.
    pub const fn is_active(&self) -> bool {
        self.active != 0
    }

    /// The auction's clock.
    pub const fn clock(&self) -> AuctionClock {
        AuctionClock::from_seconds(self.clock_seconds)
    }
}

/// A bracket of instructions in one transaction, whose end checks the account instead of each trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct BracketState {
    /// One between `begin_bracket` and `end_bracket`.
    pub active: u8,
    /// One once a trade in the bracket gave up value at mark: the end applies the withdrawal rule.
    pub gave_value: u8,
    /// Alignment.
    pub padding: [u8; 6],
    /// What the bracket's trades gained less what they gave at mark, before fees, USD x 1e9.
    pub gain_e9: i64,
}

impl BracketState {
    /// The state between begin and end.
    pub const BEGUN: Self = Self {
        active: 1,
        gave_value: 0,
        padding: [0; 6],
        gain_e9: 0,
    };

    /// Whether a bracket is open.
    pub const fn is_active(&self) -> bool {
        self.active != 0
    }

    /// Counts what a trade gained at mark, rounded down, while a bracket is open.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn count(&mut self, price_gain: Cash) -> core::result::Result<(), MarginError> {
        if !self.is_active() {
            return Ok(());
        }
        let gain = price_gain.to_value(Round::Down).or_margin_error()?;
        if price_gain < Cash::ZERO {
            self.gave_value = 1;
        }
        self.gain_e9 = self.gain_e9.checked_add(gain.e9()).ok_or(MarginError::MathOverflow)?;
        Ok(())
    }
}

/// What the interest pool counts for an account, which may lag behind its cash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct AccountInterest {
    /// What the pool counts, atoms: a deposit, or a debt if negative.
    pub counted_atoms: i64,
    /// What the pool accrued for the account beyond what the account got, atoms: the reserve's.
    pub reserve_due_atoms: u64,
    /// Indices at which cash and counted stand.
    pub indices: StoredIndices,
}

/// How an account was opened, and what its owner and delegate may do a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct AccountTerms {
    /// Who paid the rent at opening and gets it back.
    pub rent_payer: Address,
    /// What that was, lamports.
    pub rent_lamports: u64,
    /// When the account was opened, Unix seconds.
    pub opened_at: i64,
    /// Withdrawn today beyond the caps of the window, USD x 1e9.
    pub small_withdrawn_e9: u64,
    /// Day of that, Unix days.
    pub small_day: u64,
}

/// What an account brought in lately and may take back beside the cap on net outflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable, IdlType)]
#[repr(C)]
pub struct RecentDeposits {
    /// When the oldest of them came in, Unix seconds; a window later all are forgotten.
    pub since: i64,
    /// Deposits less what was taken back, atoms, by index in the registry; the quote's too.
    pub atoms: [u64; MAX_COLLATERALS],
}

impl RecentDeposits {
    fn forget(&mut self, window_seconds: u64, now: UnixSeconds) {
        if now.since(UnixSeconds::new(self.since)) >= window_seconds {
            *self = Self {
                since: now.get(),
                ..Self::zeroed()
            };
        }
    }

    /// Counts a deposit.
    pub fn add(&mut self, index: u8, atoms: Atoms, window_seconds: u64, now: UnixSeconds) {
        self.forget(window_seconds, now);
        if let Some(place) = self.atoms.get_mut(usize::from(index)) {
            *place = place.saturating_add(atoms.get());
        }
    }

    /// Those of one collateral, atoms.
    pub fn of(&self, index: u8) -> u64 {
        self.atoms.get(usize::from(index)).copied().unwrap_or(0)
    }

    /// Takes a withdrawal off them; the rest, which they do not hold.
    pub fn take(&mut self, index: u8, atoms: Atoms, window_seconds: u64, now: UnixSeconds) -> Atoms {
        self.forget(window_seconds, now);
        let Some(place) = self.atoms.get_mut(usize::from(index)) else {
            return atoms;
        };
        let own = atoms.get().min(*place);
        *place = place.saturating_sub(own);
        Atoms::new(atoms.get().saturating_sub(own))
    }
}

/// Header of a margin account; positions follow. Seeds: `[account, owner, number]`.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct MarginAccount {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Number by which the owner tells accounts apart.
    pub number: u16,
    /// Zero for the standard class, one for the large.
    pub size_class: u8,
    /// Alignment.
    pub padding: [u8; 3],
    /// House that it belongs to.
    pub house: Address,
    /// Owner: may do everything.
    pub owner: Address,
    /// May trade, never withdraw; zero if none.
    pub delegate: Address,
    /// Number of the account's last event: grows with every change.
    pub sequence: u64,
    /// Grows with every change of what the account holds at risk. A liquidator names the one that it decided on. Deposits
    /// and touches leave it alone: anyone can make those, and could otherwise keep a liquidation from landing.
    pub exposure_sequence: u64,
    /// Cash, atoms of the quote; negative if owed.
    pub cash_atoms: i64,
    /// What the interest pool counts of it.
    pub interest: AccountInterest,
    /// How it was opened, and daily limits.
    pub terms: AccountTerms,
    /// Collaterals other than the quote, atoms, by index in the registry.
    pub balances_atoms: [u64; MAX_COLLATERALS],
    /// Chains with positions.
    pub chains: [ChainSlot; MAX_CHAINS],
    /// Liquidation.
    pub liquidation: LiquidationState,
    /// Most that trades under the delegate's signature may lose against mark in a day, USD x 1e9.
    pub delegate_max_daily_loss_e9: u64,
    /// Loss against mark under the delegate's signature today, USD x 1e9.
    pub delegate_loss_e9: u64,
    /// Day of that loss, Unix days.
    pub delegate_day: i64,
    /// Bracket of instructions that the account is in.
    pub bracket: BracketState,
    /// What it brought in lately.
    pub recent_deposits: RecentDeposits,
    /// For later versions.
    pub reserved: [u8; 120],
}

impl MarginAccount {
    /// How large it can grow.
    pub fn size_class(&self) -> SizeClass {
        SizeClass::from_number(self.size_class).unwrap_or(SizeClass::Standard)
    }

    /// Cash and what the pool counts of it.
    pub fn cash(&self) -> CashAccount {
        CashAccount {
            cash_atoms: self.cash_atoms,
            counted_atoms: self.interest.counted_atoms,
            reserve_due: Atoms::new(self.interest.reserve_due_atoms),
            indices: self.interest.indices.get(),
        }
    }

    /// Stores cash and what the pool counts of it.
    pub fn set_cash(&mut self, cash: &CashAccount) {
        self.cash_atoms = cash.cash_atoms;
        self.interest = AccountInterest {
            counted_atoms: cash.counted_atoms,
            reserve_due_atoms: cash.reserve_due.get(),
            indices: StoredIndices::of(cash.indices),
        };
    }
}

const _: () = assert!(size_of::<AccountInterest>() == 56 && size_of::<AccountTerms>() == 64);
const _: () =
    assert!(size_of::<ChainSlot>() == 48 && size_of::<Position>() == 24 && size_of::<LiquidationState>() == 32);
const _: () = assert!(
    size_of::<MarginAccount>()
        == 8 + 3 * 32
            + 3 * 8
            + 56
            + 64
            + MAX_COLLATERALS * 8
            + MAX_CHAINS * 48
            + 32
            + 3 * 8
            + 16
            + 8
            + MAX_COLLATERALS * 8
            + 120
);
const _: () = assert!(offset_of!(MarginAccount, house) == 8 && offset_of!(MarginAccount, owner) == 40);
