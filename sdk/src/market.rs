//! A picture of the market, and what accounts are worth in it.

use crate::SdkError;
use crate::decode::{AccountData, ChainData, ProgramAccount};
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use tenor_margin::MarginError;
use tenor_margin::risk::{
    Assessment, ChainView, Freshness, HealthView, MarketView, assess, assess_in_detail, health_view, needed_underlyings,
};
use tenor_margin::state::{ClearingHouse, Registry, Underlying};
use tenor_math::quantity::UnixSeconds;
use tenor_math::risk::Health;

/// House, registry, underlyings and chains as last seen.
#[derive(Clone, Debug, Default)]
pub struct Market {
    house: Option<Box<ClearingHouse>>,
    registry: Option<Box<Registry>>,
    underlyings: HashMap<u8, (Pubkey, Underlying)>,
    chains: HashMap<Pubkey, ChainData>,
}

impl MarketView for Market {
    fn underlying(&self, index: u8) -> Option<&Underlying> {
        self.underlyings.get(&index).map(|(_, underlying)| underlying)
    }

    fn chain(&self, address: &Pubkey) -> Option<ChainView<'_>> {
        self.chains.get(address).map(|data| ChainView {
            chain: &data.chain,
            strikes: &data.strikes,
        })
    }
}

impl Market {
    /// An empty picture.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in an account; returns margin accounts, which the picture does not hold.
    pub fn insert(&mut self, address: Pubkey, account: ProgramAccount) -> Option<AccountData> {
        match account {
            ProgramAccount::House(house) => self.house = Some(house),
            ProgramAccount::Registry(registry) => self.registry = Some(registry),
            ProgramAccount::Insurance(_) | ProgramAccount::Change(_) => {}
            ProgramAccount::Underlying(underlying) => {
                self.underlyings.insert(underlying.index, (address, *underlying));
            }
            ProgramAccount::Chain(chain) => {
                self.chains.insert(address, *chain);
            }
            ProgramAccount::Account(account) => return Some(*account),
        }
        None
    }

    /// The house, once seen.
    pub fn house(&self) -> Option<&ClearingHouse> {
        self.house.as_deref()
    }

    /// The registry, once seen.
    pub fn registry(&self) -> Option<&Registry> {
        self.registry.as_deref()
    }

    /// All underlyings with their addresses.
    pub fn underlyings(&self) -> impl Iterator<Item = (&Pubkey, &Underlying)> {
        self.underlyings
            .values()
            .map(|(address, underlying)| (address, underlying))
    }

    /// Address of an underlying by index.
    pub fn underlying_address(&self, index: u8) -> Option<Pubkey> {
        self.underlyings.get(&index).map(|(address, _)| *address)
    }

    /// All chains with their addresses.
    pub fn chains(&self) -> impl Iterator<Item = (&Pubkey, &ChainData)> {
        self.chains.iter()
    }

    /// A chain by address.
    pub fn chain_data(&self, address: &Pubkey) -> Option<&ChainData> {
        self.chains.get(address)
    }

    /// Chains that `post_surface` for an expiry wants to see: on each side those out to the first that has a slice.
    ///
    /// # Errors
    /// [`SdkError::Margin`] with [`MarginError::MissingUnderlying`] or [`MarginError::MissingNeighbour`] if one was never seen.
    pub fn neighbours(&self, underlying: &Pubkey, expiry: i64, now: UnixSeconds) -> Result<Vec<Pubkey>, SdkError> {
        let found = self.underlyings().find(|(address, _)| *address == underlying);
        let (_, terms) = found.ok_or(MarginError::MissingUnderlying)?;
        let mut neighbours = Vec::new();
        let before = terms.live_expiries(now).rev().filter(|other| *other < expiry);
        self.push_to_first_slice(underlying, before, &mut neighbours)?;
        let after = terms.live_expiries(now).filter(|other| *other > expiry);
        self.push_to_first_slice(underlying, after, &mut neighbours)?;
        Ok(neighbours)
    }

    fn push_to_first_slice(
        &self,
        underlying: &Pubkey,
        expiries: impl Iterator<Item = i64>,
        neighbours: &mut Vec<Pubkey>,
    ) -> Result<(), MarginError> {
        for expiry in expiries {
            let address = crate::address::chain(underlying, expiry);
            let data = self.chain_data(&address).ok_or(MarginError::MissingNeighbour)?;
            neighbours.push(address);
            if data.chain.has_slice() {
                break;
            }
        }
        Ok(())
    }

    /// Health of an account, by the program's own code.
    ///
    /// # Errors
    /// [`SdkError::AccountMissing`] before house and registry were seen; [`SdkError::Margin`] with what the program
    /// would say.
    pub fn health(&self, account: &AccountData, freshness: Freshness) -> Result<Health, SdkError> {
        let house = self
            .house()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::house()))?;
        let registry = self
            .registry()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::registry()))?;
        Ok(assess(
            house,
            registry,
            &account.account,
            &account.positions,
            self,
            freshness,
        )?)
    }

    /// Health of an account, and whether a price that is not good enough for a liquidation made something count at its best.
    ///
    /// # Errors
    /// As [`Market::health`].
    pub fn assessment(&self, account: &AccountData, freshness: Freshness) -> Result<Assessment, SdkError> {
        let house = self
            .house()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::house()))?;
        let registry = self
            .registry()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::registry()))?;
        Ok(assess_in_detail(
            house,
            registry,
            &account.account,
            &account.positions,
            self,
            freshness,
            &mut |_, _| {},
        )?)
    }

    /// What the program's view of the account returns, by the program's own code and without a transaction.
    ///
    /// # Errors
    /// As [`Market::health`].
    pub fn health_view(&self, account: &AccountData, freshness: Freshness) -> Result<HealthView, SdkError> {
        let house = self
            .house()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::house()))?;
        let registry = self
            .registry()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::registry()))?;
        Ok(health_view(
            house,
            registry,
            &account.account,
            &account.positions,
            self,
            freshness,
        )?)
    }

    /// Underlyings and chains that health checks of these accounts read, each once: what an instruction passes as
    /// remaining accounts.
    ///
    /// # Errors
    /// [`SdkError::Margin`] with [`MarginError::MissingUnderlying`] if one was never seen;
    /// [`SdkError::AccountMissing`] before the registry was.
    pub fn health_accounts<'a>(
        &self,
        accounts: impl IntoIterator<Item = &'a AccountData>,
    ) -> Result<HealthAccounts, SdkError> {
        let registry = self
            .registry()
            .ok_or_else(|| SdkError::AccountMissing(crate::address::registry()))?;
        let mut result = HealthAccounts::default();
        for data in accounts {
            for index in needed_underlyings(&data.account, registry) {
                let address = self.underlying_address(index).ok_or(MarginError::MissingUnderlying)?;
                push_new(&mut result.underlyings, address);
            }
            for slot in data.account.chains.iter().filter(|slot| slot.positions > 0) {
                push_new(&mut result.chains, slot.chain);
            }
        }
        Ok(result)
    }
}

/// Remaining accounts of an instruction that checks health.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthAccounts {
    /// Underlyings.
    pub underlyings: Vec<Pubkey>,
    /// Chains, in the order by which legs name them.
    pub chains: Vec<Pubkey>,
}

impl HealthAccounts {
    /// Adds an underlying unless it is there.
    pub fn add_underlying(&mut self, address: Pubkey) {
        push_new(&mut self.underlyings, address);
    }

    /// Adds a chain unless it is there; returns its place.
    pub fn add_chain(&mut self, address: Pubkey) -> usize {
        push_new(&mut self.chains, address);
        self.chains.iter().position(|chain| *chain == address).unwrap_or(0)
    }
}

fn push_new(list: &mut Vec<Pubkey>, address: Pubkey) {
    if !list.contains(&address) {
        list.push(address);
    }
}
