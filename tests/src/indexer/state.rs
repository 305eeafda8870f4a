//! What an indexer keeps.

use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use tenor_margin::event::{CashAfter, ChangeQueued};
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::params::{FeeModel, HouseRisk, InterestModel, Timelock, WithdrawalWindow};
use tenor_margin::state::{
    FeedLimits, InterestState, MarketLimits, RiskSettings, SETTLEMENT_MARKS, StoredIndices, SurfaceAnchor,
    SurfaceLimits,
};

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The house.
    pub house: House,
    /// The registry.
    pub registry: Registry,
    /// The insurance fund.
    pub insurance: Insurance,
    /// Changes that wait, by their numbers.
    pub changes: BTreeMap<u64, ChangeQueued>,
    /// Underlyings by address.
    pub underlyings: BTreeMap<Pubkey, Underlying>,
    /// Chains by address.
    pub chains: BTreeMap<Pubkey, Chain>,
    /// Margin accounts by address.
    pub accounts: BTreeMap<Pubkey, Account>,
}

/// Began and until, Unix seconds.
pub type Pause = (i64, i64);

#[derive(Clone, Debug, Default)]
pub struct House {
    pub address: Pubkey,
    pub quote_decimals: u8,
    pub underlying_count: u32,
    pub admin: Pubkey,
    /// Who, from when and until when.
    pub pending_admin: (Pubkey, i64, i64),
    pub guardian: Pubkey,
    pub surface_authority: Pubkey,
    pub quote_mint: Pubkey,
    pub treasury: Pubkey,
    pub bracket_programs: [Pubkey; 8],
    pub change_count: u64,
    pub genesis_until: i64,
    pub wound_down_at: i64,
    pub paused_until: [i64; 8],
    pub guardian_pauses: [Pause; 8],
    pub admin_pauses: [Pause; 8],
    /// None before the first event.
    pub terms: Option<HouseTerms>,
}

#[derive(Clone, Copy, Debug)]
pub struct HouseTerms {
    pub timelock: Timelock,
    pub risk: HouseRisk,
    pub interest: InterestModel,
    pub fees: FeeModel,
}

#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// None before the first event.
    pub withdrawals: Option<WithdrawalWindow>,
    pub interest: InterestState,
    pub collaterals: Vec<Collateral>,
}

#[derive(Clone, Copy, Debug)]
pub struct Collateral {
    pub mint: Pubkey,
    pub vault: Pubkey,
    pub token_program: Pubkey,
    pub underlying_index: u8,
    pub scenario_index: u8,
    pub decimals: u8,
    pub accepts_freeze_authority: u8,
    pub haircut_e9: u64,
    pub deposit_cap_atoms: u64,
    pub window_cap_atoms: u64,
    pub ramp_started_at: i64,
    pub ramp_seconds: u64,
    pub booked_total_atoms: u64,
    pub outflow_atoms: u64,
    pub outflow_at: i64,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Insurance {
    pub vault: Pubkey,
    pub balance_atoms: u64,
    pub inflow_atoms: u64,
    pub treasury_atoms: u64,
}

#[derive(Clone, Debug)]
pub struct Underlying {
    pub index: u8,
    /// Symbol, feeds and lot; parameters as they are now are below.
    pub listed: AddUnderlyingArgs,
    pub feed: FeedLimits,
    pub risk: RiskSettings,
    pub market: MarketLimits,
    pub surface: SurfaceLimits,
    pub active_from: i64,
    pub price_e9: u64,
    pub confidence_e9: u64,
    pub published_at: i64,
    pub updated_slot: u64,
    pub ema_e9: u64,
    pub hourly_variance_q62: u64,
    pub variance_hour: i64,
    pub variance_price_e9: u64,
    pub range_e9: u64,
    pub previous_range_e9: u64,
    pub range_moved_at: i64,
    /// Ascending.
    pub expiries: Vec<i64>,
}

#[derive(Clone, Debug)]
pub struct Chain {
    pub underlying: Pubkey,
    pub rent_payer: Pubkey,
    pub expiry: i64,
    pub slice: Slice,
    /// Price and publish time.
    pub settlement: Option<(u64, i64)>,
    /// By number, USD x 1e9; zero where missing.
    pub marks_e9: [u64; SETTLEMENT_MARKS],
    /// Minute after expiry, price, publish time and since when the first waits.
    pub late: (u64, u64, i64, i64),
    pub fees_atoms: u64,
    pub settlement_balance_atoms: i64,
    pub open_positions: u64,
    pub strikes: Vec<Strike>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Slice {
    pub theta_e12: u64,
    pub rho_e12: i64,
    pub psi_e12: u64,
    pub forward_ratio_e9: u64,
    pub discount_e9: u64,
    pub posted_at: i64,
    pub number: u64,
    pub hour_anchor: SurfaceAnchor,
    pub day_anchor: SurfaceAnchor,
    pub eve_anchor: SurfaceAnchor,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Strike {
    pub price_e9: u64,
    /// Call and put, lots.
    pub open_interest: [u64; 2],
    pub reference_price_e9: u64,
    pub reference_slot: u64,
    pub reference_at: i64,
    /// Fixed part of the settlement average and its thirtieths.
    pub fixed: (u64, u8),
    pub range_e9: u64,
    pub slice_number: u64,
    pub rent_payer: Pubkey,
    pub rent_lamports: u64,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub owner: Pubkey,
    pub number: u16,
    pub size_class: u8,
    pub capacity: u16,
    pub rent_payer: Pubkey,
    pub rent_lamports: u64,
    pub opened_at: i64,
    pub exposure_sequence: u64,
    pub delegate: Pubkey,
    pub delegate_max_daily_loss_e9: u64,
    pub delegate_loss_e9: u64,
    pub delegate_day: i64,
    pub cash: CashAfter,
    pub indices: StoredIndices,
    pub small_withdrawn_e9: u64,
    pub small_day: u64,
    /// When the oldest of the recent deposits came in, and what is left of them by collateral.
    pub recent_deposits: (i64, [u64; 16]),
    pub balances_atoms: [u64; 16],
    /// Call and put lots by chain and strike slot.
    pub positions: BTreeMap<(Pubkey, u16), [i64; 2]>,
    pub liquidation: Liquidation,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Liquidation {
    pub started_at: i64,
    pub touched_at: i64,
    pub ended_at: i64,
    pub clock_seconds: u32,
    pub active: u8,
}

impl State {
    pub(super) fn underlying(&mut self, address: &Pubkey) -> &mut Underlying {
        self.underlyings.get_mut(address).expect("a listed underlying")
    }

    pub(super) fn chain(&mut self, address: &Pubkey) -> &mut Chain {
        self.chains.get_mut(address).expect("a listed chain")
    }

    pub(super) fn account(&mut self, address: &Pubkey) -> &mut Account {
        self.accounts.get_mut(address).expect("an open account")
    }

    pub(super) fn collateral(&mut self, index: u8) -> &mut Collateral {
        let place = self.registry.collaterals.get_mut(usize::from(index));
        place.expect("a listed collateral")
    }
}
