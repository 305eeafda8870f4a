//! What a run writes down while it happens, from several tasks at once.

use crate::transaction::{Call, Transaction};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tenor_report::{Actor, Check, ComputePeak, Landed, PositionSample, Tick, Timeline};

/// Limits of single instructions, from the budgets of the design; elsewhere that of any instruction holds.
const LIMITS: [(&str, u64); 3] = [("trade", 200_000), ("deposit", 12_000), ("withdraw", 12_000)];
const ANY_LIMIT: u64 = 1_000_000;

/// A shared record. Clones write into the same one.
#[derive(Clone)]
pub struct Record {
    started: Instant,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    timeline: Timeline,
    /// When each price of each underlying was published, oldest first.
    published: Vec<(Pubkey, u64, u64)>,
    /// Prices that the program holds, USD x 1e9.
    stored_prices_e9: BTreeMap<Pubkey, u64>,
    /// Prices that each actor stored, by underlying.
    brought: BTreeMap<(Actor, Pubkey), usize>,
}

impl Record {
    /// Starts the clock of a run.
    pub fn start(timeline: Timeline) -> Self {
        let inner = Inner {
            timeline,
            ..Inner::default()
        };
        Self {
            started: Instant::now(),
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    /// Milliseconds since the start.
    pub fn elapsed_ms(&self) -> u64 {
        self.at_ms(Instant::now())
    }

    fn at_ms(&self, moment: Instant) -> u64 {
        u64::try_from(moment.duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    /// A task that panics while it writes leaves at most half a line: the rest is still worth reading.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A price was published, at this moment of the run.
    pub fn published(&self, underlying: Pubkey, price_e9: u64, elapsed_ms: u64) {
        self.inner().published.push((underlying, price_e9, elapsed_ms));
    }

    /// How often an actor has stored a price of an underlying.
    pub fn brought(&self, actor: Actor, underlying: Pubkey) -> usize {
        self.inner().brought.get(&(actor, underlying)).copied().unwrap_or(0)
    }

    /// The writer's account was looked at.
    pub fn tick(&self, tick: Tick) {
        self.inner().timeline.ticks.push(tick);
    }

    /// Positions were looked at; kept if they differ from the actor's last ones.
    pub fn positions(&self, sample: PositionSample) {
        let mut inner = self.inner();
        let last = inner
            .timeline
            .positions
            .iter()
            .rev()
            .find(|last| last.actor == sample.actor);
        if last.is_none_or(|last| last.holdings != sample.holdings) {
            inner.timeline.positions.push(sample);
        }
    }

    /// A transaction was executed. Must be called in their order.
    pub fn landed(&self, moment: Instant, signature: &Signature, transaction: &Transaction) -> Landed {
        let elapsed_ms = self.at_ms(moment);
        let mut inner = self.inner();
        if transaction.failure.is_none() {
            for (underlying, price_e9) in &transaction.stored_prices_e9 {
                inner.stored_prices_e9.insert(*underlying, *price_e9);
                *inner.brought.entry((transaction.actor, *underlying)).or_default() += 1;
            }
            inner.note_compute(&transaction.calls);
        }
        let is_reaction = transaction.liquidation.is_some();
        let landed = Landed {
            elapsed_ms,
            actor: transaction.actor,
            instructions: transaction.calls.iter().map(|call| call.name.to_owned()).collect(),
            signature: signature.to_string(),
            compute_units: transaction.compute_units,
            reaction_ms: is_reaction.then(|| inner.age_of_stored_price_ms(elapsed_ms)).flatten(),
            liquidation: transaction.liquidation.clone(),
            failure: transaction.failure.clone(),
        };
        inner.timeline.transactions.push(landed.clone());
        landed
    }

    /// Number of slices that have landed.
    pub fn slices(&self) -> usize {
        self.inner().timeline.liquidations().count()
    }

    /// Changes the timeline at the end of a run.
    pub fn edit(&self, change: impl FnOnce(&mut Timeline)) {
        change(&mut self.inner().timeline);
    }

    /// Adds an assertion about the run.
    pub fn check(&self, check: Check) {
        self.inner().timeline.checks.push(check);
    }

    /// The timeline so far, in order of time.
    pub fn timeline(&self) -> Timeline {
        let mut timeline = self.inner().timeline.clone();
        timeline.sort();
        timeline
    }
}

impl Inner {
    /// Time since the newest of the prices that the program holds was published.
    fn age_of_stored_price_ms(&self, elapsed_ms: u64) -> Option<u64> {
        let is_stored = |underlying: &Pubkey, price_e9: &u64| self.stored_prices_e9.get(underlying) == Some(price_e9);
        let earlier = self.published.iter().rev().filter(|(_, _, at_ms)| *at_ms <= elapsed_ms);
        let mut of_stored = earlier.filter(|(underlying, price_e9, _)| is_stored(underlying, price_e9));
        of_stored.next().map(|(_, _, at_ms)| elapsed_ms - at_ms)
    }

    fn note_compute(&mut self, calls: &[Call]) {
        for call in calls {
            let Some(units) = call.compute_units else { continue };
            let peaks = &mut self.timeline.facts.compute;
            match peaks.iter_mut().find(|peak| peak.instruction == call.name) {
                Some(peak) => peak.max_compute_units = peak.max_compute_units.max(units),
                None => peaks.push(ComputePeak {
                    instruction: call.name.to_owned(),
                    max_compute_units: units,
                    limit_compute_units: Some(limit(call.name)),
                }),
            }
        }
    }
}

fn limit(instruction: &str) -> u64 {
    LIMITS
        .into_iter()
        .find(|(name, _)| *name == instruction)
        .map_or(ANY_LIMIT, |(_, limit)| limit)
}
