//! Every account of the program, decoded.

use crate::actor::Actor;
use crate::asset::Asset;
use crate::chain::{ChainOf, Instrument};
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::margin::grid::check_expiry;
use tenor_sdk::margin::risk::Freshness;
use tenor_sdk::margin::state::{ClearingHouse, CollateralEntry, InsuranceFund, QueuedChange, Underlying};
use tenor_sdk::market::{HealthAccounts, Market};
use tenor_sdk::math::pricing::OptionKind;
use tenor_sdk::math::quantity::{E9, Price, UnixSeconds};
use tenor_sdk::math::risk::Health;

/// The program's accounts at one moment.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// House, registry, underlyings and chains.
    pub market: Market,
    /// Margin accounts.
    pub accounts: BTreeMap<Pubkey, AccountData>,
    /// The insurance fund, once it exists.
    pub insurance: Option<InsuranceFund>,
    /// Queued changes by their numbers.
    pub changes: BTreeMap<u64, QueuedChange>,
    /// Time, Unix seconds.
    pub now: i64,
}

impl Picture {
    pub(crate) fn insert(&mut self, address: Pubkey, account: ProgramAccount) {
        if let ProgramAccount::Insurance(insurance) = &account {
            self.insurance = Some(**insurance);
        }
        if let ProgramAccount::Change(change) = &account {
            self.changes.insert(change.number, **change);
        }
        if let Some(account) = self.market.insert(address, account) {
            self.accounts.insert(address, account);
        }
    }

    /// The house.
    ///
    /// # Panics
    /// If it does not exist; so do all functions here for what does not exist.
    pub fn house(&self) -> &ClearingHouse {
        self.market.house().expect("a house")
    }

    /// A queued change.
    pub fn change(&self, number: u64) -> &QueuedChange {
        let found = self.changes.get(&number);
        found.unwrap_or_else(|| panic!("no change {number} is queued"))
    }

    /// An actor's margin account.
    ///
    /// # Panics
    /// If it does not exist; so do all functions here for what does not exist.
    pub fn account(&self, actor: &Actor) -> &AccountData {
        let found = self.accounts.get(&actor.account());
        found.unwrap_or_else(|| panic!("{} has no margin account {}", actor.name(), actor.number()))
    }

    /// A chain.
    pub fn chain(&self, chain: ChainOf) -> &ChainData {
        let found = self.market.chain_data(&chain.address());
        found.unwrap_or_else(|| panic!("no {} chain of {}", chain.asset.symbol, chain.expiry))
    }

    /// Chains that a post for this one passes; none for a chain of an asset that is not listed.
    pub fn neighbours(&self, chain: ChainOf) -> Vec<Pubkey> {
        let now = UnixSeconds::new(self.now);
        let found = self.market.neighbours(&chain.asset.underlying(), chain.expiry, now);
        found.unwrap_or_default()
    }

    /// Expiries that could be listed now, nearest first.
    pub fn listable_expiries(&self, asset: Asset) -> Vec<i64> {
        const HOUR: i64 = 3_600;
        let (now, limits) = (UnixSeconds::new(self.now), self.underlying(asset).market);
        let is_listable = |expiry: &i64| check_expiry(UnixSeconds::new(*expiry), now, &limits).is_ok();
        let first = (self.now / HOUR..)
            .map(|hour| hour * HOUR)
            .find(is_listable)
            .expect("a tenor of a week");
        let last = self.now.saturating_add_unsigned(limits.max_tenor_seconds);
        (first..=last).step_by(604_800).filter(is_listable).collect()
    }

    /// An asset's underlying.
    pub fn underlying(&self, asset: Asset) -> &Underlying {
        let mut underlyings = self.market.underlyings();
        let found = underlyings.find(|(address, _)| **address == asset.underlying());
        found.unwrap_or_else(|| panic!("{} is not listed", asset.symbol)).1
    }

    /// An asset's entry among the collaterals.
    pub fn collateral(&self, asset: Asset) -> &CollateralEntry {
        let listed = self.market.registry().expect("a registry").listed();
        listed
            .iter()
            .find(|entry| entry.mint == asset.mint())
            .expect("a listed collateral")
    }

    /// Index of an asset among the collaterals.
    pub fn collateral_index(&self, asset: Asset) -> u8 {
        let listed = self.market.registry().expect("a registry").listed();
        let place = listed
            .iter()
            .position(|entry| entry.mint == asset.mint())
            .expect("a listed collateral");
        u8::try_from(place).expect("at most 16 collaterals")
    }

    /// What an actor's margin account holds of an asset, atoms; the quote is cash and may be owed.
    pub fn balance(&self, actor: &Actor, asset: Asset) -> i64 {
        let account = &self.account(actor).account;
        match usize::from(self.collateral_index(asset)) {
            0 => account.cash_atoms,
            index => i64::try_from(account.balances_atoms[index]).expect("a balance within 63 bits"),
        }
    }

    /// Place of an option's strike in its chain.
    pub fn strike_slot(&self, option: Instrument) -> u16 {
        let strikes = &self.chain(option.chain).strikes;
        let place = strikes
            .iter()
            .position(|strike| strike.price() == option.strike)
            .expect("a listed strike");
        u16::try_from(place).expect("at most 64 strikes")
    }

    /// Lots that an actor holds of an option, negative if short.
    pub fn lots(&self, actor: &Actor, option: Instrument) -> i64 {
        let data = self.account(actor);
        let slot = self.strike_slot(option);
        let chain = option.chain.address();
        let of_option = |place: u8, strike: u16| {
            let table = data.account.chains[usize::from(place)];
            table.positions > 0 && table.chain == chain && strike == slot
        };
        let held = data
            .positions
            .iter()
            .find(|held| of_option(held.chain_slot, held.strike_slot));
        held.map_or(0, |held| held.lots(option.kind).get())
    }

    /// An option's open interest, lots.
    pub fn open_interest(&self, option: Instrument) -> u64 {
        let strike = &self.chain(option.chain).strikes[usize::from(self.strike_slot(option))];
        match option.kind {
            OptionKind::Call => strike.call_open_interest_lots,
            OptionKind::Put => strike.put_open_interest_lots,
        }
    }

    /// An option's mark per whole underlying at the stored spot price.
    pub fn mark(&self, option: Instrument) -> Price {
        let strike = &self.chain(option.chain).strikes[usize::from(self.strike_slot(option))];
        let marks = strike
            .view()
            .marks(self.underlying(option.chain.asset).price())
            .expect("a refreshed strike");
        let per_lot = match option.kind {
            OptionKind::Call => marks.call,
            OptionKind::Put => marks.put,
        };
        let lot_units_e9 = u128::from(self.underlying(option.chain.asset).lot_units_e9);
        let per_unit = u128::from(per_lot.e9().unsigned_abs()) * u128::from(E9) / lot_units_e9;
        Price::from_e9(per_unit.try_into().expect("a price within 64 bits"))
    }

    /// Health of an actor's account on the stored numbers, by the SDK.
    pub fn health(&self, actor: &Actor) -> Health {
        self.market
            .health(self.account(actor), Freshness::AsStored)
            .expect("a health")
    }

    /// Health as the program would compute it for a trade or withdrawal now.
    pub fn action_health(&self, actor: &Actor) -> Health {
        let freshness = Freshness::Action(UnixSeconds::new(self.now));
        self.market.health(self.account(actor), freshness).expect("a health")
    }

    /// What instructions on these actors' accounts pass along.
    pub fn health_accounts<'a>(&self, actors: impl IntoIterator<Item = &'a Actor>) -> HealthAccounts {
        let accounts = actors.into_iter().map(|actor| self.account(actor));
        self.market
            .health_accounts(accounts)
            .expect("a market that holds what the accounts need")
    }
}
