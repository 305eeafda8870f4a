//! Decides which intents start, and hears of each how it ended.

use super::attempt::{Pace, attempt};
use super::backoff::Backoff;
use super::chain::Chain;
use super::in_flight::InFlight;
use super::outcome::{Class, Outcome};
use crate::config::FeePolicy;
use crate::strategy::Intent;
use solana_keypair::Keypair;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout};

/// An intent and what is measured about it.
#[derive(Clone, Debug)]
pub struct Job {
    /// What to do.
    pub intent: Intent,
    /// When the newest price that it was decided on arrived.
    pub priced_at: Instant,
}

/// An intent that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What was to be done.
    pub job: Job,
    /// What became of it.
    pub outcome: Outcome,
    /// Time from the arrival of the price.
    pub latency: Duration,
}

/// Whether an intent was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is under way.
    Started,
    /// The account has one under way, or one that has just landed.
    InFlight,
    /// The account waits after failures of this class.
    Waiting(Class),
    /// As many are under way as the configuration allows.
    Full,
}

/// Runs intents beside the main loop.
pub struct Executor<C> {
    chain: Arc<C>,
    payer: Arc<Keypair>,
    fee: FeePolicy,
    pace: Pace,
    most: usize,
    in_flight: InFlight,
    backoff: Backoff,
    tasks: JoinSet<(Job, Outcome)>,
}

impl<C: Chain> Executor<C> {
    /// An executor that runs at most `most` intents at once.
    pub fn new(chain: C, payer: Arc<Keypair>, fee: FeePolicy, most: usize) -> Self {
        Self {
            chain: Arc::new(chain),
            payer,
            fee,
            pace: Pace::default(),
            most,
            in_flight: InFlight::default(),
            backoff: Backoff::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Starts an intent unless there is a reason not to.
    pub fn submit(&mut self, job: Job, now: Instant) -> Admission {
        let Intent {
            account,
            sequence,
            kind,
            ..
        } = job.intent;
        if !self.in_flight.admits(&account, kind, sequence, now) {
            return Admission::InFlight;
        }
        if let Some(class) = self.backoff.waits_for(&account, sequence, now) {
            return Admission::Waiting(class);
        }
        if self.in_flight.len() >= self.most {
            return Admission::Full;
        }
        self.in_flight.start(account, kind, sequence);
        let (chain, payer) = (Arc::clone(&self.chain), Arc::clone(&self.payer));
        let (fee, pace) = (self.fee, self.pace);
        self.tasks.spawn(async move {
            let outcome = attempt(chain.as_ref(), &job.intent, &payer, &fee, pace).await;
            (job, outcome)
        });
        Admission::Started
    }

    /// The next intent that ends; `None` if none is under way.
    ///
    /// # Errors
    /// The task was lost: its account would stay blocked for ever, so the keeper must stop.
    pub async fn next_finished(&mut self) -> Result<Option<Finished>, JoinError> {
        let Some(joined) = self.tasks.join_next().await else {
            return Ok(None);
        };
        let (job, outcome) = joined?;
        let now = Instant::now();
        let Intent { account, sequence, .. } = job.intent;
        self.in_flight.finish(&account, outcome.class().is_none(), now);
        match outcome.class() {
            None => self.backoff.landed(&account),
            Some(class) => self.backoff.failed(account, class, sequence, now),
        }
        self.backoff.prune(now);
        let latency = now.saturating_duration_since(job.priced_at);
        Ok(Some(Finished { job, outcome, latency }))
    }

    /// Intents under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Accounts with failures.
    pub fn waiting(&self) -> usize {
        self.backoff.len()
    }

    /// Lets what is under way finish, for at most this long. What remains either lands or expires by itself.
    pub async fn drain(&mut self, patience: Duration, mut each: impl FnMut(Finished)) {
        let finish = async {
            while let Ok(Some(finished)) = self.next_finished().await {
                each(finished);
            }
        };
        drop(timeout(patience, finish).await);
        self.tasks.shutdown().await;
    }
}
