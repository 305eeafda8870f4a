//! What is known of the chain: the state that every decision is a function of.

use crate::feed::{Payload, Poll, Snapshot, Update};
use solana_pubkey::Pubkey;
use std::collections::{HashMap, HashSet};
use tenor_sdk::address;
use tenor_sdk::decode::{AccountData, ChainData, ProgramAccount};
use tenor_sdk::market::Market;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_sdk::pyth::PriceUpdate;

/// House, prices and margin accounts as last seen, each with the slot that it was seen at.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// House, registry, underlyings and chains.
    pub market: Market,
    /// Margin accounts.
    pub accounts: HashMap<Pubkey, Tracked>,
    /// Price feeds, by feed account.
    pub feeds: HashMap<Pubkey, FeedState>,
    /// The chain's clock.
    pub now: UnixSeconds,
    /// Newest slot.
    pub slot: u64,
    /// Slots of the accounts in `market`.
    pub market_slots: HashMap<Pubkey, u64>,
    /// Slot of `now`.
    pub clock_slot: u64,
    /// Balance of the payer, lamports.
    pub payer_lamports: u64,
}

/// A margin account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// Header and positions.
    pub data: AccountData,
    /// Slot that it was seen at.
    pub slot: u64,
}

/// A price feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// The last update.
    pub update: PriceUpdate,
    /// Slot that it was seen at.
    pub slot: u64,
}

/// What an update did to the world, in accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Taken over.
    pub applied: usize,
    /// Ignored: what is known is newer.
    pub outdated: usize,
    /// Closed on the chain and forgotten.
    pub removed: usize,
    /// Of a layout that this keeper does not read; forgotten.
    pub unreadable: usize,
    /// Price feeds among those taken over.
    pub prices: usize,
}

/// Who says so. Both start in the same order of slots; at the same slot the stream is the newer one, because a snapshot
/// carries the slot before it was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Stream,
    Snapshot,
}

impl Origin {
    const fn supersedes(self, slot: u64, known: Option<u64>) -> bool {
        match (self, known) {
            (_, None) => true,
            (Self::Stream, Some(known)) => slot >= known,
            (Self::Snapshot, Some(known)) => slot > known,
        }
    }
}

impl World {
    /// Takes in an update. What is older than what is known changes nothing.
    pub fn apply(&mut self, update: Update) -> Changes {
        let Update { slot, payload } = update;
        let mut changes = Changes::default();
        match payload {
            Payload::Slot => self.slot = self.slot.max(slot),
            Payload::Account { address, account } => {
                self.take_account(Origin::Stream, slot, address, account, &mut changes);
            }
            Payload::Feed { address, update } => self.take_feed(Origin::Stream, slot, address, update, &mut changes),
            Payload::Clock { now } => self.take_clock(slot, now, &mut changes),
            Payload::Closed { address } => changes.removed = self.forget(slot, &address),
            Payload::Unreadable { address, .. } => {
                self.forget(slot, &address);
                changes.unreadable = 1;
            }
            Payload::Snapshot(snapshot) => self.take_snapshot(slot, *snapshot, &mut changes),
            Payload::Poll(poll) => self.take_poll(slot, *poll, &mut changes),
            // What is known may be outdated by now, and what is unknown must not be decided on.
            Payload::Interrupted => {
                *self = Self {
                    slot: self.slot,
                    ..Self::default()
                }
            }
        }
        changes
    }

    fn take_account(
        &mut self,
        origin: Origin,
        slot: u64,
        address: Pubkey,
        account: ProgramAccount,
        changes: &mut Changes,
    ) {
        let known = match &account {
            ProgramAccount::Account(_) => self.accounts.get(&address).map(|tracked| tracked.slot),
            _ => self.market_slots.get(&address).copied(),
        };
        if !origin.supersedes(slot, known) {
            changes.outdated = changes.outdated.saturating_add(1);
            return;
        }
        match self.market.insert(address, account) {
            Some(data) => {
                self.accounts.insert(address, Tracked { data, slot });
            }
            None => {
                self.market_slots.insert(address, slot);
            }
        }
        changes.applied = changes.applied.saturating_add(1);
    }

    fn take_feed(&mut self, origin: Origin, slot: u64, address: Pubkey, update: PriceUpdate, changes: &mut Changes) {
        let known = self.feeds.get(&address);
        if !origin.supersedes(slot, known.map(|feed| feed.slot)) {
            changes.outdated = changes.outdated.saturating_add(1);
            return;
        }
        if known.is_none_or(|feed| feed.update != update) {
            changes.prices = changes.prices.saturating_add(1);
        }
        self.feeds.insert(address, FeedState { update, slot });
        changes.applied = changes.applied.saturating_add(1);
    }

    /// The clock names its own slot, so stream and poll need no telling apart.
    fn take_clock(&mut self, slot: u64, now: UnixSeconds, changes: &mut Changes) {
        if slot < self.clock_slot {
            changes.outdated = changes.outdated.saturating_add(1);
            return;
        }
        (self.clock_slot, self.now) = (slot, now);
        changes.applied = changes.applied.saturating_add(1);
    }

    /// The market is never forgotten: the program closes none of its accounts while positions depend on them.
    fn forget(&mut self, slot: u64, address: &Pubkey) -> usize {
        let is_newer = |known: u64| slot >= known;
        let account = self.accounts.get(address).is_some_and(|tracked| is_newer(tracked.slot));
        let feed = self.feeds.get(address).is_some_and(|feed| is_newer(feed.slot));
        if account {
            self.accounts.remove(address);
        }
        if feed {
            self.feeds.remove(address);
        }
        usize::from(account || feed)
    }

    fn take_snapshot(&mut self, slot: u64, snapshot: Snapshot, changes: &mut Changes) {
        let present: HashSet<Pubkey> = snapshot.program.accounts.iter().map(|(address, _)| *address).collect();
        let before = self.accounts.len();
        self.accounts
            .retain(|address, tracked| present.contains(address) || tracked.slot >= slot);
        changes.removed = before.saturating_sub(self.accounts.len());
        changes.unreadable = snapshot.program.unreadable.len();

        let accounts = snapshot.program.accounts.into_iter();
        let accounts = accounts.map(|(address, data)| (address, ProgramAccount::Account(Box::new(data))));
        for (address, account) in market_accounts(&snapshot.program.market).chain(accounts) {
            self.take_account(Origin::Snapshot, slot, address, account, changes);
        }
        self.take_poll(slot, snapshot.poll, changes);
    }

    fn take_poll(&mut self, slot: u64, poll: Poll, changes: &mut Changes) {
        self.payer_lamports = poll.payer_lamports;
        if let Some(clock) = poll.clock {
            self.take_clock(clock.slot, clock.now, changes);
        }
        for (address, update) in poll.feeds {
            self.take_feed(Origin::Snapshot, slot, address, update, changes);
        }
        changes.unreadable = changes.unreadable.saturating_add(poll.unreadable.len());
    }
}

/// A picture of the market as the accounts that it was made from.
fn market_accounts(market: &Market) -> impl Iterator<Item = (Pubkey, ProgramAccount)> + '_ {
    let house = market
        .house()
        .map(|house| (address::house(), ProgramAccount::House(Box::new(*house))));
    let registry = market
        .registry()
        .map(|registry| (address::registry(), ProgramAccount::Registry(Box::new(*registry))));
    let underlyings = market
        .underlyings()
        .map(|(address, underlying)| (*address, ProgramAccount::Underlying(Box::new(*underlying))));
    let chains = market
        .chains()
        .map(|(address, chain): (&Pubkey, &ChainData)| (*address, ProgramAccount::Chain(Box::new(chain.clone()))));
    house.into_iter().chain(registry).chain(underlyings).chain(chains)
}
