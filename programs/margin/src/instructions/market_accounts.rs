//! Remaining accounts as a market: the one place that parses them.

use crate::error::MarginError;
use crate::risk::{ChainView, MarketView};
use crate::state::{Chain, ChainAccount, LAYOUT_VERSION, Underlying};
use alloc::vec::Vec;
use anchor_lang::accounts::Account;
use anchor_lang::prelude::*;

/// Underlyings and chains that a transaction brought along, in any order.
pub struct MarketAccounts {
    underlyings: Vec<Account<Underlying>>,
    chains: Vec<ChainAccount>,
    /// Place of the chain that was changed last: often the next one too, and addresses are dear to compare.
    last_changed: usize,
}

impl MarketAccounts {
    /// Reads every remaining account. Writable chains may be changed through [`MarketAccounts::chain_mut`].
    ///
    /// # Errors
    /// [`MarginError::ForeignMarketAccount`] for anything that is not a chain or underlying of this program;
    /// [`MarginError::WrongHouse`], [`MarginError::WrongVersion`]; [`MarginError::DuplicateMarketAccount`].
    pub fn load(house: &Address, accounts: Vec<AccountView>) -> Result<Self> {
        let mut market = Self {
            underlyings: Vec::new(),
            chains: Vec::new(),
            last_changed: 0,
        };
        for view in accounts {
            if market.holds(view.address()) {
                return Err(MarginError::DuplicateMarketAccount.into());
            }
            if is_underlying(&view) {
                let underlying = Account::<Underlying>::load(view).map_err(|_| MarginError::ForeignMarketAccount)?;
                check(house, &underlying.house, underlying.version)?;
                market.underlyings.push(underlying);
            } else {
                let chain = load_chain(view).map_err(|_| MarginError::ForeignMarketAccount)?;
                check(house, &chain.house, chain.version)?;
                market.chains.push(chain);
            }
        }
        Ok(market)
    }

    fn holds(&self, address: &Address) -> bool {
        self.underlyings
            .iter()
            .any(|underlying| underlying.address() == address)
            || self.chains.iter().any(|chain| chain.address() == address)
    }

    /// The chain at a place among the chains that were passed.
    ///
    /// # Errors
    /// [`MarginError::MissingChain`].
    pub fn chain_at(&self, place: u8) -> core::result::Result<&ChainAccount, MarginError> {
        self.chains.get(usize::from(place)).ok_or(MarginError::MissingChain)
    }

    /// The chain of an underlying with an expiry, if it was passed.
    pub fn chain_of(&self, underlying: &Address, expiry: i64) -> Option<&Chain> {
        let is_it = |chain: &&ChainAccount| chain.underlying == *underlying && chain.expiry == expiry;
        self.chains.iter().find(is_it).map(|chain| &**chain)
    }

    /// The chain at an address, to change it.
    ///
    /// # Errors
    /// [`MarginError::MissingChain`], [`MarginError::ChainNotWritable`].
    pub fn chain_mut(&mut self, address: &Address) -> core::result::Result<&mut ChainAccount, MarginError> {
        let is_it = |chain: &ChainAccount| chain.address() == address;
        if !self.chains.get(self.last_changed).is_some_and(is_it) {
            self.last_changed = self.chains.iter().position(is_it).ok_or(MarginError::MissingChain)?;
        }
        let chain = self
            .chains
            .get_mut(self.last_changed)
            .ok_or(MarginError::MissingChain)?;
        if !chain.view().is_writable() {
            return Err(MarginError::ChainNotWritable);
        }
        Ok(chain)
    }
}

impl MarketView for MarketAccounts {
    fn underlying(&self, index: u8) -> Option<&Underlying> {
        self.underlyings
            .iter()
            .find(|underlying| underlying.index == index)
            .map(|underlying| &**underlying)
    }

    fn chain(&self, address: &Address) -> Option<ChainView<'_>> {
        let chain = self.chains.iter().find(|chain| chain.address() == address)?;
        Some(ChainView {
            chain,
            strikes: chain.as_slice(),
        })
    }
}

/// Looked at before the account is loaded: a load that fails is logged, which costs more than one that succeeds.
fn is_underlying(view: &AccountView) -> bool {
    view.try_borrow()
        .is_ok_and(|data| data.starts_with(Underlying::DISCRIMINATOR))
}

fn check(house: &Address, of_account: &Address, version: u8) -> Result<()> {
    require!(of_account == house, MarginError::WrongHouse);
    require!(version == LAYOUT_VERSION, MarginError::WrongVersion);
    Ok(())
}

fn load_chain(view: AccountView) -> Result<ChainAccount> {
    if view.is_writable() {
        // The only mutable load of this account: `load` refuses an address that it holds already, and the framework
        // refuses a remaining account that repeats a declared writable one.
        #[expect(unsafe_code, reason = "no other live borrow of the account's data, as stated above")]
        let chain = unsafe { ChainAccount::load_mut(view) };
        chain
    } else {
        ChainAccount::load(view)
    }
}

const _: () = assert!(core::mem::align_of::<Chain>() <= 8);
