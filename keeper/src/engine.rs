//! One turn of the main loop: updates become a world, a world becomes a plan, a plan becomes transactions.

mod journal;

use crate::config::{Config, Liquidator};
use crate::execute::{Admission, Chain, Executor, Finished, Job};
use crate::feed::{Payload, Update};
use crate::report::health::Status;
use crate::report::metrics::{self, Levels};
use crate::strategy::{self, Settings};
use crate::watchlist::Watchlist;
use crate::world::World;
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tenor_sdk::address;
use tenor_sdk::instruction::Party;
use tenor_sdk::market::Market;
use tenor_sdk::math::quantity::UnixSeconds;
use tokio::sync::watch;
use tokio::task::JoinError;
use tokio::time::Instant;

/// Where configured feeds and listed underlyings do not meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OddFeeds {
    /// Symbols in the configuration that the house does not list.
    pub unlisted: Vec<String>,
    /// Listed symbols without a feed in the configuration.
    pub without_feed: Vec<String>,
}

impl OddFeeds {
    /// Those of a market and a configuration, in order.
    pub fn of(market: &Market, feeds: &BTreeMap<String, Pubkey>) -> Self {
        let listed: BTreeSet<String> = market
            .underlyings()
            .map(|(_, underlying)| symbol_of(&underlying.symbol))
            .collect();
        Self {
            unlisted: feeds
                .keys()
                .filter(|symbol| !listed.contains(*symbol))
                .cloned()
                .collect(),
            without_feed: listed
                .into_iter()
                .filter(|symbol| !feeds.contains_key(symbol))
                .collect(),
        }
    }
}

/// A padded symbol as text.
fn symbol_of(padded: &[u8]) -> String {
    String::from_utf8_lossy(padded).trim_end_matches('\0').to_owned()
}

/// The keeper's state.
pub struct Engine<C> {
    world: World,
    executor: Executor<C>,
    watchlist: Watchlist,
    liquidator: Party,
    limits: Liquidator,
    feeds: BTreeMap<String, Pubkey>,
    serves_house: bool,
    /// Configured symbols that the house does not list, and listed ones without a feed, as last told.
    odd_feeds: OddFeeds,
    debounce: Duration,
    status: Status,
    shown: watch::Sender<Status>,
    /// When the newest price arrived.
    priced_at: Instant,
    snapshot_at: Option<Instant>,
    plan_at: Option<Instant>,
}

impl<C: Chain> Engine<C> {
    /// An engine that knows nothing yet.
    pub fn new(config: &Config, payer: &Pubkey, executor: Executor<C>, now: Instant) -> Self {
        let owner = config.liquidator.owner.unwrap_or(*payer);
        let account = address::margin_account(&owner, config.liquidator.account_number);
        let status = Status::starting(now, config.min_payer_lamports);
        Self {
            world: World::default(),
            executor,
            watchlist: Watchlist::default(),
            liquidator: Party {
                account,
                authority: *payer,
            },
            limits: config.liquidator,
            feeds: config.feeds.clone(),
            serves_house: config.serve_house,
            odd_feeds: OddFeeds::default(),
            debounce: config.timing.debounce,
            status,
            shown: watch::Sender::new(status),
            priced_at: now,
            snapshot_at: None,
            plan_at: None,
        }
    }

    /// What the health endpoints read.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.shown.subscribe()
    }

    /// What is known.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// When the next plan is due, if an update asks for one.
    pub const fn plan_at(&self) -> Option<Instant> {
        self.plan_at
    }

    /// Intents under way.
    pub fn in_flight(&self) -> usize {
        self.executor.in_flight()
    }

    /// Takes in an update, and asks for a plan if a decision may depend on it.
    pub fn take(&mut self, update: Update, now: Instant) {
        let mut decides = true;
        match &update.payload {
            Payload::Slot | Payload::Clock { .. } => {
                self.status.streamed_at = Some(now);
                decides = false;
            }
            Payload::Account { .. } | Payload::Feed { .. } | Payload::Closed { .. } => {
                self.status.streamed_at = Some(now);
            }
            Payload::Unreadable { address, reason } => {
                self.status.streamed_at = Some(now);
                journal::unreadable(address, reason);
            }
            Payload::Snapshot(snapshot) => {
                self.status.read_at = Some(now);
                self.status.is_synced = true;
                self.snapshot_at = Some(now);
                snapshot
                    .program
                    .unreadable
                    .iter()
                    .for_each(|(address, reason)| journal::unreadable(address, reason));
            }
            Payload::Poll(poll) => {
                self.status.read_at = Some(now);
                poll.unreadable
                    .iter()
                    .for_each(|(address, reason)| journal::unreadable(address, reason));
                decides = false;
            }
            Payload::Interrupted => {
                (self.status.is_synced, self.snapshot_at, self.plan_at) = (false, None, None);
                decides = false;
            }
        }
        let changes = self.world.apply(update);
        metrics::applied(&changes);
        if changes.prices > 0 {
            self.priced_at = now;
        }
        if changes.prices > 0 || (decides && changes.applied > 0) {
            let due = now.checked_add(self.debounce).unwrap_or(now);
            self.plan_at.get_or_insert(due);
        }
        self.status.payer_lamports = self.world.payer_lamports;
        self.status.has_liquidator = self.world.accounts.contains_key(&self.liquidator.account);
    }

    /// Judges all accounts and starts what is to be done, if what is known is fresh.
    pub fn plan(&mut self, now: Instant) {
        self.plan_at = None;
        if !self.status.is_fresh(now) || self.status.is_stopping {
            return;
        }
        self.tell_odd_feeds();
        let plan = strategy::plan(&self.world, &self.settings());
        metrics::evaluated(now.elapsed(), plan.unhealthy.len());
        for (account, reason) in self.watchlist.note(&plan, now) {
            journal::skipped(account, reason);
        }
        for (reason, count) in self.watchlist.skipped() {
            metrics::skipped(reason, count);
        }
        for intent in plan.intents {
            if !self.status.can_pay() {
                journal::unpaid(&intent);
                continue;
            }
            let job = Job {
                intent,
                priced_at: self.priced_at,
            };
            let decision = job.intent.clone();
            match self.executor.submit(job, now) {
                Admission::Started => {
                    metrics::started(&decision.kind.to_string());
                    journal::decided(&decision, self.world.slot);
                }
                admission => journal::held(&decision, admission),
            }
        }
    }

    /// The next intent that ends; never, while none is under way.
    ///
    /// # Errors
    /// Its task was lost.
    pub async fn next_finished(&mut self) -> Result<Finished, JoinError> {
        match self.executor.next_finished().await? {
            Some(finished) => Ok(finished),
            None => std::future::pending().await,
        }
    }

    /// Reports an intent that has ended, and plans again: what it changed may call for more.
    pub fn ended(&mut self, finished: &Finished, now: Instant) {
        metrics::finished(finished);
        journal::ended(finished);
        let due = now.checked_add(self.debounce).unwrap_or(now);
        self.plan_at.get_or_insert(due);
    }

    /// Shows that the loop turns.
    pub fn turned(&mut self, now: Instant) {
        self.status.turned_at = now;
        self.shown.send_replace(self.status);
    }

    /// Shows levels and ages.
    pub fn show(&self, now: Instant) {
        let age = |at: Option<Instant>| at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let own = self.world.accounts.get(&self.liquidator.account);
        metrics::levels(&Levels {
            slot: self.world.slot,
            update_age: age(self.status.streamed_at),
            snapshot_age: age(self.snapshot_at),
            accounts: self.world.accounts.len(),
            oldest_unhealthy: self.watchlist.oldest_unhealthy(now),
            waiting: self.executor.waiting(),
            in_flight: self.executor.in_flight(),
            cash_atoms: own.map_or(0, |tracked| tracked.data.account.cash_atoms),
            payer_lamports: self.world.payer_lamports,
        });
        for (symbol, feed) in &self.feeds {
            if let Some(state) = self.world.feeds.get(feed) {
                let published_at = UnixSeconds::new(state.update.publish_time_secs);
                metrics::feed_age(symbol, Duration::from_secs(self.world.now.since(published_at)));
            }
        }
    }

    /// Starts nothing more, and lets what is under way finish.
    pub async fn stop(&mut self, patience: Duration) {
        self.status.is_stopping = true;
        self.turned(Instant::now());
        let report = |finished: Finished| {
            metrics::finished(&finished);
            journal::ended(&finished);
        };
        self.executor.drain(patience, report).await;
    }

    /// The operator's settings, with symbols resolved to the indices that the house gave them.
    fn settings(&self) -> Settings {
        let index_of = |symbol: &str| {
            let padded = address::symbol(symbol)?;
            let mut underlyings = self.world.market.underlyings();
            underlyings
                .find(|(_, underlying)| underlying.symbol == padded)
                .map(|(_, underlying)| underlying.index)
        };
        Settings {
            liquidator: self.liquidator,
            feed_accounts: self
                .feeds
                .iter()
                .filter_map(|(symbol, feed)| Some((index_of(symbol)?, *feed)))
                .collect(),
            max_fraction_e18: self.limits.max_fraction_e18,
            reserve_cash_atoms: self.limits.reserve_cash_atoms,
            serves_house: self.serves_house,
        }
    }

    /// Says once which feeds do not fit the house.
    fn tell_odd_feeds(&mut self) {
        let odd = OddFeeds::of(&self.world.market, &self.feeds);
        if odd != self.odd_feeds {
            journal::odd_feeds(&odd);
            self.odd_feeds = odd;
        }
    }
}
