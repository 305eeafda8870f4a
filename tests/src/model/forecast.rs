//! What the model says of an action before it is sent.

use super::state::{Account, Chain, Funds, House, Model, Queued, Registry, Underlying};
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, BTreeSet};
use tenor_margin::MarginError;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::error::error_code;
use tenor_testkit::{Action, Receipt};

/// Values of that many 1e-9 dollars or more may leave the program's range: 144 million dollars, of which a scenario may make
/// five times as much, and several positions several times that.
pub const LARGE_E9: i128 = 1 << 57;

/// Names of requirements by the number of the error.
pub type Requirements = BTreeMap<u32, String>;

/// Every requirement that an action does not meet, and what it changes if it meets all.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// The requirements that it does not meet, by error number: it is refused for one of them.
    pub refusals: Requirements,
    /// Those that rounding decides, or that a number too large for the program may fail.
    pub doubts: Requirements,
    /// What changes.
    pub draft: Draft,
}

/// New states of what changes.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Margin accounts.
    pub accounts: BTreeMap<Pubkey, Account>,
    /// Chains.
    pub chains: BTreeMap<Pubkey, Chain>,
    /// Underlyings.
    pub underlyings: BTreeMap<u8, Underlying>,
    /// The house.
    pub house: Option<House>,
    /// Changes that wait.
    pub changes: BTreeMap<Pubkey, Queued>,
    /// The registry.
    pub registry: Option<Registry>,
    /// What the house owns.
    pub funds: Option<Funds>,
    /// Accounts that are closed.
    pub closed: BTreeSet<Pubkey>,
    /// Token accounts.
    pub tokens: BTreeMap<Pubkey, i128>,
}

/// What is to be seen of an action that landed.
pub struct Seen<'a> {
    /// Its receipt.
    pub receipt: &'a Receipt,
    /// The program's accounts after it.
    pub read: &'a dyn Fn(&Pubkey) -> Option<ProgramAccount>,
}

/// An action that the model understands.
pub trait Act: Action {
    /// Name of the instruction.
    const NAME: &'static str;

    /// What the action meets and changes.
    fn forecast(&self, model: &Model) -> Forecast;

    /// What changes once it is known what the program made of numbers that it may round.
    ///
    /// # Errors
    /// What its bounds do not explain.
    fn redraft(&self, _: &Model, draft: Draft, _: &Seen<'_>) -> Result<Draft, String> {
        Ok(draft)
    }

    /// Takes over what only the program can say, after checking what the model can say of it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn adopt(&self, _: &mut Model, _: &Seen<'_>) -> Result<(), String> {
        Ok(())
    }
}

impl Forecast {
    /// One refusal, known before anything else is looked at.
    pub fn refused(error: MarginError) -> Self {
        let mut forecast = Self::default();
        forecast.refuse(error);
        forecast
    }

    /// A requirement that is not met.
    pub fn refuse(&mut self, error: MarginError) {
        self.refusals.insert(error_code(error), format!("{error:?}"));
    }

    /// A requirement of the framework or of another program that is not met.
    pub fn refuse_foreign(&mut self, number: u32, name: &str) {
        self.refusals.insert(number, name.to_owned());
    }

    /// A requirement.
    pub fn require(&mut self, holds: bool, error: MarginError) {
        if !holds {
            self.refuse(error);
        }
    }

    /// A requirement that rounding may decide.
    pub fn judge(&mut self, holds: Option<bool>, error: MarginError) {
        match holds {
            Some(holds) => self.require(holds, error),
            None => {
                self.doubts.insert(error_code(error), format!("{error:?}"));
            }
        }
    }

    /// A requirement that a large number may fail.
    pub fn may_overflow(&mut self, magnitude_e9: i128) {
        if magnitude_e9.abs() >= LARGE_E9 {
            self.judge(None, MarginError::MathOverflow);
        }
    }

    /// A value, or its refusal.
    pub fn take<T>(&mut self, result: Result<T, MarginError>) -> Option<T> {
        result.map_err(|error| self.refuse(error)).ok()
    }

    /// Name of a requirement that it does not meet, or may not.
    pub fn name(&self, number: u32) -> Option<String> {
        let name = self.refusals.get(&number).or_else(|| self.doubts.get(&number));
        name.cloned()
    }

    /// Whether the action is refused for certain.
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty()
    }
}

impl Draft {
    /// An account to change, as it is or as it was changed already.
    pub fn account(&mut self, model: &Model, address: Pubkey) -> &mut Account {
        self.accounts
            .entry(address)
            .or_insert_with(|| model.account(&address).clone())
    }

    /// A chain to change.
    pub fn chain(&mut self, model: &Model, address: Pubkey) -> &mut Chain {
        self.chains
            .entry(address)
            .or_insert_with(|| model.chain(&address).clone())
    }

    /// The house to change.
    pub fn house(&mut self, model: &Model) -> &mut House {
        self.house.get_or_insert_with(|| model.house.clone())
    }

    /// The registry to change.
    pub fn registry(&mut self, model: &Model) -> &mut Registry {
        self.registry.get_or_insert_with(|| model.registry.clone())
    }

    /// The funds to change.
    pub fn funds(&mut self, model: &Model) -> &mut Funds {
        self.funds.get_or_insert_with(|| model.funds.clone())
    }

    /// An underlying to change.
    pub fn underlying(&mut self, model: &Model, index: u8) -> &mut Underlying {
        self.underlyings
            .entry(index)
            .or_insert_with(|| model.underlying(index).clone())
    }

    /// Adds to a token account.
    pub fn add_tokens(&mut self, model: &Model, address: Pubkey, atoms: i128) {
        *self.tokens.entry(address).or_insert_with(|| model.token(&address)) += atoms;
    }

    /// A model with these changes, to judge them by.
    pub fn on(&self, model: &Model) -> Model {
        let mut changed = model.clone();
        changed.commit(self.clone());
        changed
    }
}

impl Model {
    /// Takes over what has changed.
    pub fn commit(&mut self, draft: Draft) {
        self.accounts.extend(draft.accounts);
        self.chains.extend(draft.chains);
        self.underlyings.extend(draft.underlyings);
        self.tokens.extend(draft.tokens);
        self.changes.extend(draft.changes);
        if let Some(house) = draft.house {
            self.house = house;
        }
        if let Some(registry) = draft.registry {
            self.registry = registry;
        }
        if let Some(funds) = draft.funds {
            self.funds = funds;
        }
        for address in draft.closed {
            self.accounts.remove(&address);
            self.chains.remove(&address);
            self.changes.remove(&address);
        }
    }
}
