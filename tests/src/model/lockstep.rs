//! The model beside a world: every action is forecast, sent and compared.

use super::forecast::{Act, Draft, Forecast, Seen};
use super::freshness::Rules;
use super::state::{Account, Chain, Funds, House, Model, Registry, Underlying};
use solana_account::ReadableAccount;
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tenor_margin::risk::{HealthView, ViewOf};
use tenor_margin::state::{DISCRIMINATOR_LEN, MarginAccount, Position};
use tenor_sdk::decode::{self, ProgramAccount};
use tenor_testkit::action::ShowHealth;
use tenor_testkit::{Actor, Feed, Receipt, World};

/// After so many actions everything is compared, not only what the action names.
const COMPARE_ALL_EVERY: u64 = 500;
/// After so many actions that land, the health of the accounts that they change is compared.
const COMPARE_HEALTH_EVERY: u64 = 2;
const VIEWS: [ViewOf; 5] = [
    ViewOf::Stored,
    ViewOf::Action,
    ViewOf::Withdrawal,
    ViewOf::Reduction,
    ViewOf::Liquidation,
];

/// How the comparison went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Actions sent, views of health included.
    pub actions: u64,
    /// Verdicts that rounding or the range of numbers left to the program, by requirement.
    pub left: BTreeMap<String, u64>,
    /// Healths compared.
    pub healths: u64,
    /// The most that a number of a health was off, USD x 1e9.
    pub worst_e9: i128,
    /// The most that rounding would have explained in the same health.
    pub worst_allowed_e9: i128,
    /// Healths in which some number was off by more than a millionth of a dollar.
    pub beyond_micros: u64,
}

impl Tally {
    /// Adds another's numbers.
    pub fn add(&mut self, other: Self) {
        self.actions += other.actions;
        self.healths += other.healths;
        self.beyond_micros += other.beyond_micros;
        for (name, times) in other.left {
            *self.left.entry(name).or_default() += times;
        }
        if other.worst_e9 > self.worst_e9 {
            (self.worst_e9, self.worst_allowed_e9) = (other.worst_e9, other.worst_allowed_e9);
        }
    }

    /// Verdicts that were left to the program.
    pub fn left(&self) -> u64 {
        self.left.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} actions, {} healths compared", self.actions, self.healths)?;
        writeln!(
            f,
            "worst rounding {} x 1e-9 USD of {} explained; {} beyond a millionth",
            self.worst_e9, self.worst_allowed_e9, self.beyond_micros
        )?;
        writeln!(f, "left to the program: {:?}", self.left)
    }
}

/// A world and the model of it.
pub struct Lockstep {
    /// The world.
    pub world: World,
    model: Model,
    people: BTreeMap<Pubkey, Actor>,
    tally: Tally,
    landed: u64,
}

impl Lockstep {
    /// Takes a world's state as the model's.
    pub fn new(world: World) -> Self {
        let picture = world.picture();
        let house = picture.market.house().expect("a house");
        let registry = Registry::of(picture.market.registry().expect("a registry"));
        let underlyings = picture.market.underlyings();
        let underlyings = underlyings.map(|(address, each)| (each.index, Underlying::of(*address, each)));
        let chains = picture.market.chains();
        let accounts = picture.accounts.iter().map(|(address, data)| {
            let account = Account::of(data, registry.collaterals.len(), capacity(&world, address));
            (*address, account)
        });
        let model = Model {
            now: world.now(),
            slot: world.slot(),
            house: House::of(house),
            changes: BTreeMap::new(),
            underlyings: underlyings.collect(),
            chains: chains.map(|(address, data)| (*address, Chain::of(data))).collect(),
            accounts: accounts.collect(),
            tokens: tokens(&world),
            feeds: BTreeMap::new(),
            funds: Funds::of(&picture.insurance.expect("an insurance fund")),
            registry,
        };
        Self {
            world,
            model,
            people: BTreeMap::new(),
            tally: Tally::default(),
            landed: 0,
        }
    }

    /// Names someone whose accounts' health is to be compared.
    pub fn introduce(&mut self, actor: &Actor) {
        self.people.insert(actor.account(), actor.clone());
    }

    /// How the comparison went so far.
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Writes an oracle account.
    pub fn write_feed(&mut self, address: Pubkey, feed: &Feed) {
        self.world.write_feed(address, feed);
        self.model.feeds.insert(address, feed.update);
    }

    /// Sends an action. It must come out as the model says, and leave what the model says.
    ///
    /// # Errors
    /// What differs; [`Err`] inside for a refusal that the model foresaw, by its name.
    pub fn send<A: Act>(&mut self, action: &A) -> Result<Result<Receipt, String>, String> {
        let outcome = self.forecast_and_send(action)?;
        if self.tally.actions.is_multiple_of(COMPARE_ALL_EVERY) {
            self.compare_all()?;
        }
        let Ok((receipt, draft)) = outcome else {
            return Ok(outcome.map(|(receipt, _)| receipt));
        };
        self.landed += 1;
        if self.landed.is_multiple_of(COMPARE_HEALTH_EVERY) {
            for address in draft.accounts.keys() {
                self.compare_health(address)?;
            }
        }
        Ok(Ok(receipt))
    }

    fn forecast_and_send<A: Act>(&mut self, action: &A) -> Result<Result<(Receipt, Draft), String>, String> {
        self.tally.actions += 1;
        (self.model.now, self.model.slot) = (self.world.now(), self.world.slot());
        let mut forecast = action.forecast(&self.model);
        let draft = std::mem::take(&mut forecast.draft);
        match self.world.send(action) {
            Ok(receipt) => {
                if forecast.is_refused() {
                    return Err(format!("{} landed despite {:?}", A::NAME, forecast.refusals));
                }
                self.count_left(&forecast);
                let draft = self.redraft(action, draft, &receipt)?;
                self.model.commit(draft.clone());
                self.adopt(action, &receipt)?;
                self.compare(&draft).map_err(|what| format!("{}: {what}", A::NAME))?;
                Ok(Ok((receipt, draft)))
            }
            Err(refusal) => {
                if !refusal.changed.is_empty() {
                    return Err(format!("{} failed and changed {:?}", A::NAME, refusal.changed));
                }
                let Some(name) = number(&refusal.error).and_then(|number| forecast.name(number)) else {
                    return Err(format!(
                        "{} was refused: {:?}, foreseen were {:?} and perhaps {:?}\n{}",
                        A::NAME,
                        refusal.error,
                        forecast.refusals,
                        forecast.doubts,
                        refusal.logs.join("\n")
                    ));
                };
                self.count_left(&forecast);
                Ok(Err(name))
            }
        }
    }

    fn count_left(&mut self, forecast: &Forecast) {
        if forecast.is_refused() {
            return;
        }
        for name in forecast.doubts.values() {
            *self.tally.left.entry(name.clone()).or_default() += 1;
        }
    }

    fn redraft<A: Act>(&self, action: &A, draft: Draft, receipt: &Receipt) -> Result<Draft, String> {
        let read = |address: &Pubkey| stored(&self.world, address);
        let seen = Seen { receipt, read: &read };
        action
            .redraft(&self.model, draft, &seen)
            .map_err(|what| format!("{}: {what}", A::NAME))
    }

    fn adopt<A: Act>(&mut self, action: &A, receipt: &Receipt) -> Result<(), String> {
        let read = |address: &Pubkey| stored(&self.world, address);
        let seen = Seen { receipt, read: &read };
        action
            .adopt(&mut self.model, &seen)
            .map_err(|what| format!("{}: {what}", A::NAME))
    }

    /// Compares what an action names.
    fn compare(&self, draft: &Draft) -> Result<(), String> {
        let underlyings = draft.underlyings.values().map(|each| each.address);
        let registry = draft.registry.as_ref().map(|_| tenor_sdk::address::registry());
        let funds = draft.funds.as_ref().map(|_| tenor_sdk::address::insurance());
        let house = draft.house.as_ref().map(|_| tenor_sdk::address::house());
        let addresses = draft
            .accounts
            .keys()
            .chain(draft.chains.keys())
            .chain(draft.changes.keys());
        for address in addresses
            .copied()
            .chain(house)
            .chain(underlyings)
            .chain(registry)
            .chain(funds)
        {
            self.compare_one(&address)?;
        }
        for address in draft.tokens.keys() {
            self.compare_tokens(address)?;
        }
        match draft
            .closed
            .iter()
            .find(|address| stored(&self.world, address).is_some())
        {
            Some(address) => Err(format!("{address} was closed and is still there")),
            None => Ok(()),
        }
    }

    fn compare_one(&self, address: &Pubkey) -> Result<(), String> {
        let stored = stored(&self.world, address).ok_or_else(|| format!("{address} is gone"))?;
        let capacity = match stored {
            ProgramAccount::Account(_) => capacity(&self.world, address),
            _ => 0,
        };
        let found = self.model.differences(address, &stored, capacity);
        if found.is_empty() {
            Ok(())
        } else {
            Err(format!("{address} {}", found.join("\n")))
        }
    }

    fn compare_tokens(&self, address: &Pubkey) -> Result<(), String> {
        let (held, exact) = (self.world.tokens(address), self.model.token(address));
        if i128::from(held) == exact {
            Ok(())
        } else {
            Err(format!("token account {address} holds {held}, not {exact}"))
        }
    }

    /// Compares every account.
    ///
    /// # Errors
    /// What differs.
    pub fn compare_all(&self) -> Result<(), String> {
        let of_program: BTreeSet<Pubkey> = self
            .world
            .known()
            .filter(|address| stored(&self.world, address).is_some())
            .copied()
            .collect();
        for address in &of_program {
            self.compare_one(address)?;
        }
        let modelled = self.model.accounts.keys().chain(self.model.chains.keys());
        for address in modelled.chain(self.model.changes.keys()) {
            if !of_program.contains(address) {
                return Err(format!("{address} is modelled and not stored"));
            }
        }
        self.model
            .tokens
            .keys()
            .try_for_each(|address| self.compare_tokens(address))
    }

    /// Asks for an account's health by each of the rules in turn and compares it.
    fn compare_health(&mut self, address: &Pubkey) -> Result<(), String> {
        let Some(actor) = self.people.get(address).cloned() else {
            return Ok(());
        };
        let place = usize::try_from(self.tally.healths).unwrap_or(0) % VIEWS.len();
        let view_of = VIEWS[place];
        self.tally.healths += 1;
        let Ok((receipt, _)) = self.forecast_and_send(&ShowHealth { of: &actor, view_of })? else {
            return Ok(());
        };
        let shown: HealthView = wincode::config::deserialize(&receipt.return_data, anchor_lang::BORSH_CONFIG)
            .map_err(|error| error.to_string())?;
        let account = self.model.account(address);
        let exact = self.model.health(account, Rules::from(view_of));
        let exact = exact.map_err(|error| format!("{error:?}"))?;
        let (off, allowed) = exact
            .check(&shown)
            .map_err(|what| format!("health of {} by {view_of:?}: {what}", actor.name()))?;
        if off > self.tally.worst_e9 {
            (self.tally.worst_e9, self.tally.worst_allowed_e9) = (off, allowed);
        }
        if off > 1_000 {
            self.tally.beyond_micros += 1;
        }
        Ok(())
    }
}

/// An account of the program.
fn stored(world: &World, address: &Pubkey) -> Option<ProgramAccount> {
    let account = world.account(address)?;
    decode::any(account.data()).ok()
}

/// Positions that an account has room for.
fn capacity(world: &World, address: &Pubkey) -> usize {
    const HEADER: usize = DISCRIMINATOR_LEN + size_of::<MarginAccount>() + 8;
    let length = world.account(address).map_or(0, |account| account.data().len());
    length.saturating_sub(HEADER) / size_of::<Position>()
}

/// Every token account that was ever named.
fn tokens(world: &World) -> BTreeMap<Pubkey, i128> {
    const TOKEN_ACCOUNT_LEN: usize = 165;
    let is_token = |address: &&Pubkey| {
        world.account(address).is_some_and(|account| {
            account.data().len() == TOKEN_ACCOUNT_LEN && tenor_sdk::address::TOKEN_PROGRAM == *account.owner()
        })
    };
    let all = world.known().filter(is_token);
    all.map(|address| (*address, world.tokens(address).into())).collect()
}

fn number(error: &TransactionError) -> Option<u32> {
    match error {
        TransactionError::InstructionError(_, InstructionError::Custom(number)) => Some(*number),
        _ => None,
    }
}
