//! The house as a plain value.
//!
//! Parameters, and what only a pricing model could say (the risk arrays that a refresh stores), are read from the program's
//! accounts; everything else follows from the actions.

use super::interest::{Cash, Indices, Pool};
use super::settling::{Late, Settling};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::sync::Arc;
use tenor_margin::governance::Change;
use tenor_margin::params::{FeeModel, InterestModel};
use tenor_margin::state::{
    FeedLimits, MAX_CHAINS, MarketLimits, NO_UNDERLYING, PauseRecord, QUOTE_INDEX, RiskSettings, SurfaceAnchor,
    SurfaceLimits,
};
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::pyth::PriceUpdate;
use tenor_testkit::Asset;

/// Number of the scenarios of an underlying.
pub const SCENARIOS: usize = 33;

/// Number of the actions that can be paused.
pub const PAUSABLE: usize = 6;

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The change.
    pub change: Change,
    /// Of which underlying, if of one.
    pub of: Option<Asset>,
    /// What it replaces: the program keeps a digest of it.
    pub replaces: Change,
    /// Who queued it.
    pub by: Pubkey,
    /// From when on it may be made.
    pub ready_at: i64,
    /// When it dies.
    pub dies_at: i64,
}

/// Parameters of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Decimals of the quote.
    pub quote_decimals: u32,
    /// Admin.
    pub admin: Pubkey,
    /// Guardian.
    pub guardian: Pubkey,
    /// When set-up ends.
    pub set_up_until: i64,
    /// How long changes wait, seconds.
    pub delay_seconds: i64,
    /// How long they then live, seconds.
    pub ttl_seconds: i64,
    /// Changes that were ever queued.
    pub change_count: u64,
    /// When the last pauses of guardian and admin began and end, by action.
    pub pauses: [[(i64, i64); PAUSABLE]; 2],
    /// May post slices.
    pub surface_authority: Pubkey,
    /// Where the house's part of fees goes.
    pub treasury: Pubkey,
    /// Credit for losses that underlyings do not have together x 1e9.
    pub correlation_credit_e9: i128,
    /// Maintenance share of the scenario requirement x 1e9.
    pub maintenance_factor_e9: i128,
    /// Equity over maintenance requirement at which an auction ends x 1e9.
    pub liquidation_target_e9: i128,
    /// Accounts with a lower maintenance requirement are liquidated in full, USD x 1e9.
    pub full_close_below_e9: i128,
    /// An auction that restarts within this resumes its old clock, seconds.
    pub auction_memory_seconds: i64,
    /// Interest on cash.
    pub interest: InterestModel,
    /// What a trade costs.
    pub fees: FeeModel,
    /// Number of the last event.
    pub sequence: u64,
}

/// A collateral; the first is the quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collateral {
    /// Its mint.
    pub mint: Pubkey,
    /// The house's token account.
    pub vault: Pubkey,
    /// Decimals of the mint.
    pub decimals: u32,
    /// Whose feed prices it; none for the quote.
    pub priced_by: Option<u8>,
    /// Whose scenarios shock it.
    pub shocked_by: Option<u8>,
    /// Part of the worth that does not count x 1e9.
    pub haircut_e9: i128,
    /// Most that the house takes, atoms.
    pub cap: i128,
    /// All that is booked, atoms.
    pub booked: i128,
    /// Most net outflow within the window, atoms.
    pub window_cap: i128,
    /// Net outflow that the window remembers, atoms, and when.
    pub outflow: (i128, i64),
    /// When the cap begins to grow from zero, and for how long.
    pub ramp: (i64, i128),
}

/// What all collaterals share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// Number of the last event.
    pub sequence: u64,
    /// Window of the caps on outflow, seconds.
    pub window_seconds: i128,
    /// What an account may withdraw a day beside them, USD x 1e9.
    pub small_e9: i128,
    /// Cash lent and borrowed.
    pub pool: Pool,
    /// The collaterals by index.
    pub collaterals: Vec<Collateral>,
}

/// What the house owns, atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// The insurance fund.
    pub insurance: i128,
    /// All that ever came into it.
    pub inflow: i128,
    /// The treasury.
    pub treasury: i128,
}

/// An underlying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underlying {
    /// Its address.
    pub address: Pubkey,
    /// Its index.
    pub index: u8,
    /// Exponent of the feed.
    pub exponent: i32,
    /// Id of the feed.
    pub feed_id: [u8; 32],
    /// A lot in 1e-9 units.
    pub lot_units_e9: i128,
    /// Limits of prices.
    pub feed: FeedLimits,
    /// Scenario sizes and contingencies.
    pub risk: RiskSettings,
    /// Limits of listing and trading.
    pub market: MarketLimits,
    /// How far slices may move.
    pub surface: SurfaceLimits,
    /// Number of the last event.
    pub sequence: u64,
    /// From when chains may be listed.
    pub active_from: i64,
    /// Live expiries when one was last listed, ascending.
    pub expiries: Vec<i64>,
    /// Variance of hourly returns x 2^62: taken over from the program.
    pub variance_q62: i128,
    /// Hour of the last mark in it.
    pub marked_hour: i64,
    /// That mark, USD x 1e9; zero before the first.
    pub mark_e9: i128,
    /// Price, USD x 1e9; zero before the first.
    pub price_e9: i128,
    /// Its confidence, USD x 1e9.
    pub confidence_e9: i128,
    /// Slow average, USD x 1e9.
    pub average_e9: i128,
    /// When the price was published.
    pub published_at: i64,
    /// Slot in which it was stored.
    pub updated_slot: u64,
    /// Range of the scenarios x 1e9.
    pub range_e9: i128,
    /// The range before x 1e9.
    pub previous_range_e9: i128,
    /// When the range moved.
    pub range_moved_at: i64,
}

/// What a refresh stores of a strike: taken over from the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// Spot at which it was computed, USD x 1e9.
    pub reference_e9: i128,
    /// When.
    pub at: i64,
    /// In which slot.
    pub slot: u64,
    /// Number of the slice that it follows from.
    pub slice_number: u64,
    /// Range of its scenarios x 1e9.
    pub range_e9: i128,
    /// Mark of the call per lot.
    pub mark_e9: i128,
    /// Discounted forward per lot, of the open share.
    pub forward_e9: i128,
    /// Discounted strike per lot, less what fixed marks make certain.
    pub strike_e9: i128,
    /// Delta of the call per lot, 1e-9 units.
    pub delta_e9: i128,
    /// What re-centring may hide per lot and unit of relative step.
    pub drift_e9: i128,
    /// Gains of the call by scenario.
    pub gains_e9: [i128; SCENARIOS],
    /// How far the call's mark is above what it is on the day's slice or the eve's, per lot; zero if it is not.
    pub call_below_e9: i128,
    /// How far it is below.
    pub call_above_e9: i128,
    /// How far the discounted forward less strike is from what it is on them, per lot.
    pub forward_off_e9: i128,
    /// What fixed settlement marks add to the average that it rests on.
    pub fixed_e9: i128,
    /// How many thirtieths of it they are.
    pub fixed_share: i128,
}

/// A strike of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Price, USD x 1e9.
    pub price_e9: i128,
    /// Open interest of call and put, lots.
    pub open_interest: [i128; 2],
    /// Risk array, once refreshed.
    pub array: Option<Arc<Array>>,
}

/// A chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Index of the underlying.
    pub underlying: u8,
    /// Expiry.
    pub expiry: i64,
    /// When the slice was posted; none before the first.
    pub slice_at: Option<i64>,
    /// How many were posted.
    pub slice_number: u64,
    /// The slice and what forwards and values are discounted by, as posted.
    pub slice: [i128; 5],
    /// The slice at the start of the hour, of the day and of the day before.
    pub anchors: [SurfaceAnchor; 3],
    /// Number of the last event.
    pub sequence: u64,
    /// Settlement price, USD x 1e9.
    pub settlement_e9: Option<i128>,
    /// Publish time of the update that settled; of a mean of marks the expiry.
    pub settled_by: i64,
    /// The marks brought so far.
    pub settling: Settling,
    /// Receipts less payouts, atoms.
    pub settlement_balance: i128,
    /// Fees not yet swept, atoms.
    pub fees: i128,
    /// Positions open in it.
    pub open_positions: i128,
    /// Strikes by slot.
    pub strikes: Vec<Strike>,
}

/// Lots of a strike's call and put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The chain.
    pub chain: Pubkey,
    /// Place of the strike.
    pub strike: u16,
    /// Lots of the call and of the put.
    pub lots: [i128; 2],
}

/// The auction of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Auction {
    /// Whether it runs.
    pub runs: bool,
    /// When it started.
    pub started_at: i64,
    /// When it was last touched.
    pub touched_at: i64,
    /// When the last one ended.
    pub ended_at: i64,
    /// What its clock shows.
    pub clock: i64,
}

/// A margin account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Owner.
    pub owner: Pubkey,
    /// May trade.
    pub delegate: Pubkey,
    /// Most that trades of a delegate may lose against mark a day, USD x 1e9.
    pub delegate_limit_e9: i128,
    /// What they lost, USD x 1e9, and on which day.
    pub delegate_loss: (i128, i64),
    /// Most positions.
    pub capacity: usize,
    /// Whether it is of the large class.
    pub is_large: bool,
    /// When it was opened.
    pub opened_at: i64,
    /// Withdrawn beside the caps, USD x 1e9, and on which day.
    pub small: (i128, i64),
    /// Number of the last event.
    pub sequence: u64,
    /// Number of the last change of what it holds at risk.
    pub exposure: u64,
    /// Cash and what the pool counts of it.
    pub cash: Cash,
    /// Collaterals by index, atoms; the first is always zero.
    pub balances: Vec<i128>,
    /// Positions in the order of the table: a slice that must move one lot moves it of the first.
    pub positions: Vec<Position>,
    /// Chains by their slot in the table.
    pub slots: [Option<Pubkey>; MAX_CHAINS],
    /// What it brought in lately: since when, and atoms by collateral.
    pub recent: (i64, Vec<i128>),
    /// Auction.
    pub auction: Auction,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Time.
    pub now: i64,
    /// Slot.
    pub slot: u64,
    /// Parameters.
    pub house: House,
    /// Collaterals and the pool.
    pub registry: Registry,
    /// Insurance and treasury.
    pub funds: Funds,
    /// Changes that wait, by address.
    pub changes: BTreeMap<Pubkey, Queued>,
    /// Underlyings by index.
    pub underlyings: BTreeMap<u8, Underlying>,
    /// Chains by address.
    pub chains: BTreeMap<Pubkey, Chain>,
    /// Margin accounts by address.
    pub accounts: BTreeMap<Pubkey, Account>,
    /// Token accounts, the vaults' too, by address.
    pub tokens: BTreeMap<Pubkey, i128>,
    /// What the oracle's accounts hold, by address.
    pub feeds: BTreeMap<Pubkey, PriceUpdate>,
}

impl Account {
    /// Lots of an option.
    pub fn lots(&self, chain: &Pubkey, strike: u16, kind: usize) -> i128 {
        let held = self.positions.iter().find(|held| held.is_of(chain, strike));
        held.map_or(0, |held| held.lots[kind])
    }

    /// Whether a key may trade for it.
    pub fn is_authority(&self, signer: &Pubkey) -> bool {
        self.owner == *signer || (self.delegate == *signer && self.delegate != Pubkey::default())
    }

    /// Chains in which it has positions, in the order of their slots.
    pub fn chains(&self) -> Vec<Pubkey> {
        self.slots.iter().flatten().copied().collect()
    }

    /// Its account as the program stores it.
    pub fn of(data: &AccountData, collaterals: usize, capacity: usize) -> Self {
        let AccountData { account, positions } = data;
        let position = |held: &tenor_margin::state::Position| Position {
            chain: account.chains[usize::from(held.chain_slot)].chain,
            strike: held.strike_slot,
            lots: [held.call_lots.into(), held.put_lots.into()],
        };
        Self {
            owner: account.owner,
            delegate: account.delegate,
            delegate_limit_e9: account.delegate_max_daily_loss_e9.into(),
            delegate_loss: (account.delegate_loss_e9.into(), account.delegate_day),
            capacity,
            is_large: account.size_class != 0,
            opened_at: account.terms.opened_at,
            small: (
                account.terms.small_withdrawn_e9.into(),
                account.terms.small_day.try_into().expect("a day"),
            ),
            sequence: account.sequence,
            exposure: account.exposure_sequence,
            cash: Cash {
                atoms: account.cash_atoms.into(),
                counted: account.interest.counted_atoms.into(),
                due: account.interest.reserve_due_atoms.into(),
                indices: Indices::of(&account.interest.indices),
            },
            balances: account.balances_atoms[..collaterals]
                .iter()
                .map(|atoms| (*atoms).into())
                .collect(),
            positions: positions.iter().map(position).collect(),
            slots: account.chains.map(|slot| (slot.positions > 0).then_some(slot.chain)),
            recent: (
                account.recent_deposits.since,
                account.recent_deposits.atoms[..collaterals]
                    .iter()
                    .map(|atoms| (*atoms).into())
                    .collect(),
            ),
            auction: Auction {
                runs: account.liquidation.active != 0,
                started_at: account.liquidation.started_at,
                touched_at: account.liquidation.touched_at,
                ended_at: account.liquidation.ended_at,
                clock: account.liquidation.clock_seconds.into(),
            },
        }
    }
}

impl Position {
    /// Whether it is of that strike.
    pub fn is_of(&self, chain: &Pubkey, strike: u16) -> bool {
        self.chain == *chain && self.strike == strike
    }
}

impl Strike {
    /// A strike as the program stores it.
    pub fn of(strike: &tenor_margin::state::Strike) -> Self {
        let array = Array {
            reference_e9: strike.reference_price_e9.into(),
            at: strike.reference_at,
            slot: strike.reference_slot,
            slice_number: strike.slice_number,
            range_e9: strike.range_e9.into(),
            mark_e9: strike.mark_e9.into(),
            forward_e9: strike.forward_value_e9.into(),
            strike_e9: strike.strike_value_e9.into(),
            delta_e9: strike.delta_units_e9.into(),
            drift_e9: strike.drift_e9.into(),
            gains_e9: strike.pnl_e9.map(i128::from),
            call_below_e9: strike.call_below_e9.into(),
            call_above_e9: strike.call_above_e9.into(),
            forward_off_e9: strike.forward_off_e9.into(),
            fixed_e9: strike.fixed_e9.into(),
            fixed_share: strike.fixed_share.into(),
        };
        Self {
            price_e9: strike.price_e9.into(),
            open_interest: [
                strike.call_open_interest_lots.into(),
                strike.put_open_interest_lots.into(),
            ],
            array: (strike.reference_price_e9 != 0).then(|| Arc::new(array)),
        }
    }
}

impl Chain {
    /// A chain as the program stores it.
    pub fn of(data: &ChainData) -> Self {
        let ChainData { chain, strikes } = data;
        Self {
            underlying: chain.underlying_index,
            expiry: chain.expiry,
            slice_at: (chain.theta_e12 != 0).then_some(chain.slice_posted_at),
            slice_number: chain.slice_number,
            slice: [
                chain.theta_e12.into(),
                chain.rho_e12.into(),
                chain.psi_e12.into(),
                chain.forward_ratio_e9.into(),
                chain.discount_e9.into(),
            ],
            anchors: [chain.hour_anchor, chain.day_anchor, chain.eve_anchor],
            sequence: chain.sequence,
            settlement_e9: (chain.settled != 0).then(|| chain.settlement_price_e9.into()),
            settled_by: chain.settlement_published_at,
            settling: Settling {
                marks_e9: chain
                    .settlement_marks_e9
                    .map(|price_e9| (price_e9 != 0).then_some(price_e9.into())),
                late: (chain.late_minute != 0).then(|| Late {
                    minute: chain.late_minute.cast_signed(),
                    price_e9: chain.late_price_e9.into(),
                    published_at: chain.late_published_at,
                    since: chain.late_since,
                }),
            },
            settlement_balance: chain.settlement_balance_atoms.into(),
            fees: chain.fees_atoms.into(),
            open_positions: chain.open_positions.into(),
            strikes: strikes.iter().map(Strike::of).collect(),
        }
    }
}

impl Underlying {
    /// An underlying as the program stores it.
    pub fn of(address: Pubkey, underlying: &tenor_margin::state::Underlying) -> Self {
        Self {
            address,
            index: underlying.index,
            exponent: underlying.feed_exponent,
            feed_id: underlying.feed_id,
            lot_units_e9: underlying.lot_units_e9.into(),
            feed: underlying.feed,
            risk: underlying.risk,
            market: underlying.market,
            surface: underlying.surface,
            sequence: underlying.sequence,
            active_from: underlying.active_from,
            expiries: underlying
                .expiries
                .iter()
                .copied()
                .filter(|expiry| *expiry != 0)
                .collect(),
            variance_q62: underlying.hourly_variance_q62.into(),
            marked_hour: underlying.variance_hour,
            mark_e9: underlying.variance_price_e9.into(),
            price_e9: underlying.price_e9.into(),
            confidence_e9: underlying.confidence_e9.into(),
            average_e9: underlying.ema_e9.into(),
            published_at: underlying.published_at,
            updated_slot: underlying.updated_slot,
            range_e9: underlying.range_e9.into(),
            previous_range_e9: underlying.previous_range_e9.into(),
            range_moved_at: underlying.range_moved_at,
        }
    }
}

fn pauses(records: [PauseRecord; 8]) -> [(i64, i64); PAUSABLE] {
    std::array::from_fn(|place| (records[place].began_at, records[place].until))
}

impl House {
    /// The house as the program stores it.
    pub fn of(house: &tenor_margin::state::ClearingHouse) -> Self {
        Self {
            quote_decimals: house.quote_decimals.into(),
            admin: house.admin,
            guardian: house.guardian,
            set_up_until: house.genesis_until,
            delay_seconds: house.timelock.delay_seconds.try_into().expect("a month at most"),
            ttl_seconds: house.timelock.ttl_seconds.try_into().expect("a month at most"),
            change_count: house.change_count,
            pauses: [house.guardian_pauses, house.admin_pauses].map(pauses),
            surface_authority: house.surface_authority,
            treasury: house.treasury,
            correlation_credit_e9: house.risk.correlation_credit_e9.into(),
            maintenance_factor_e9: house.risk.maintenance_factor_e9.into(),
            liquidation_target_e9: house.risk.liquidation_target_e9.into(),
            full_close_below_e9: house.risk.full_close_below_e9.into(),
            auction_memory_seconds: house.risk.auction_memory_seconds.try_into().expect("a short time"),
            interest: house.interest,
            fees: house.fees,
            sequence: house.sequence,
        }
    }
}

impl Registry {
    /// The registry as the program stores it.
    pub fn of(registry: &tenor_margin::state::Registry) -> Self {
        let some = |index: u8| (index != NO_UNDERLYING).then_some(index);
        let of = |entry: &tenor_margin::state::CollateralEntry| Collateral {
            mint: entry.mint,
            vault: entry.vault,
            decimals: entry.decimals.into(),
            priced_by: some(entry.underlying_index),
            shocked_by: some(entry.underlying_index).and(some(entry.scenario_index)),
            haircut_e9: entry.haircut_e9.into(),
            cap: entry.deposit_cap_atoms.into(),
            booked: entry.booked_total_atoms.into(),
            window_cap: entry.window_cap_atoms.into(),
            outflow: (entry.outflow_atoms.into(), entry.outflow_at),
            ramp: (entry.ramp_started_at, entry.ramp_seconds.into()),
        };
        Self {
            sequence: registry.sequence,
            window_seconds: registry.withdrawals.window_seconds.into(),
            small_e9: registry.withdrawals.small_withdrawal_e9.into(),
            pool: Pool::of(&registry.interest),
            collaterals: registry.listed().iter().map(of).collect(),
        }
    }
}

impl Funds {
    /// The fund as the program stores it.
    pub fn of(fund: &tenor_margin::state::InsuranceFund) -> Self {
        Self {
            insurance: fund.balance_atoms.into(),
            inflow: fund.inflow_atoms.into(),
            treasury: fund.treasury_atoms.into(),
        }
    }
}

impl Model {
    /// Index of an asset among the collaterals.
    ///
    /// # Panics
    /// If it is none; so do all functions here for what does not exist.
    pub fn collateral_index(&self, asset: Asset) -> usize {
        let mint = asset.mint();
        let place = self.registry.collaterals.iter().position(|entry| entry.mint == mint);
        place.expect("a listed collateral")
    }

    /// An account.
    pub fn account(&self, address: &Pubkey) -> &Account {
        self.accounts.get(address).expect("a margin account")
    }

    /// A chain.
    pub fn chain(&self, address: &Pubkey) -> &Chain {
        self.chains.get(address).expect("a chain")
    }

    /// A change that waits.
    pub fn queued(&self, address: &Pubkey) -> &Queued {
        self.changes.get(address).expect("a queued change")
    }

    /// The underlying of an index.
    pub fn underlying(&self, index: u8) -> &Underlying {
        self.underlyings.get(&index).expect("an underlying")
    }

    /// The underlying of an asset.
    pub fn underlying_of(&self, asset: Asset) -> &Underlying {
        let address = asset.underlying();
        let found = self.underlyings.values().find(|each| each.address == address);
        found.expect("an underlying")
    }

    /// What a token account holds.
    pub fn token(&self, address: &Pubkey) -> i128 {
        self.tokens.get(address).copied().unwrap_or(0)
    }

    /// What differs between the model and an account of the program.
    pub fn differences(&self, address: &Pubkey, stored: &ProgramAccount, capacity: usize) -> Vec<String> {
        match stored {
            ProgramAccount::House(house) => difference("house", &self.house, &House::of(house)),
            ProgramAccount::Registry(registry) => {
                let stored = Registry::of(registry);
                difference("registry", &self.registry, &stored)
            }
            ProgramAccount::Insurance(fund) => difference("insurance", &self.funds, &Funds::of(fund)),
            ProgramAccount::Change(change) => match (self.changes.get(address), change.change()) {
                (Some(modelled), Ok(change_of)) => {
                    let stored = Queued {
                        change: change_of,
                        by: change.proposed_by,
                        ready_at: change.ready_at,
                        dies_at: change.expires_at,
                        ..modelled.clone()
                    };
                    difference("change", modelled, &stored)
                }
                _ => vec![format!("a change {address} that the model does not know")],
            },
            ProgramAccount::Underlying(underlying) => {
                let stored = Underlying::of(*address, underlying);
                difference("underlying", self.underlying(stored.index), &stored)
            }
            ProgramAccount::Chain(chain) => match self.chains.get(address) {
                Some(modelled) => difference("chain", modelled, &Chain::of(chain)),
                None => vec![format!("a chain {address} that the model does not know")],
            },
            ProgramAccount::Account(account) => match self.accounts.get(address) {
                Some(modelled) => {
                    let stored = Account::of(account, self.registry.collaterals.len(), capacity);
                    difference("account", modelled, &stored)
                }
                None => vec![format!("an account {address} that the model does not know")],
            },
        }
    }
}

fn difference<T: PartialEq + std::fmt::Debug>(name: &str, modelled: &T, stored: &T) -> Vec<String> {
    if modelled == stored {
        return Vec::new();
    }
    let (modelled, stored) = (format!("{modelled:#?}"), format!("{stored:#?}"));
    let lines = modelled.lines().zip(stored.lines()).enumerate();
    let mut found: Vec<String> = lines
        .filter(|(_, (modelled, stored))| modelled != stored)
        .take(12)
        .map(|(line, (modelled, stored))| format!("line {line}: model {}, program {}", modelled.trim(), stored.trim()))
        .collect();
    found.insert(0, format!("{name} differs"));
    found
}

/// Index of the quote among the collaterals.
pub const QUOTE: usize = QUOTE_INDEX as usize;
