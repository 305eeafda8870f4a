//! Random actions of several people on the bytecode, with everything checked after each.

mod amounts;
mod walk;

use crate::model::lockstep::Tally;
use std::collections::BTreeMap;
use std::fmt;
use tenor_margin::instructions::InitializeArgs;
use tenor_testkit::World;
use tenor_testkit::world::{USUAL_FEES, house_terms};
use walk::{INTEREST, Walk};

/// How often an action landed, and why it was refused how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    /// Times that it landed.
    pub landed: u64,
    /// Times that it was refused, by reason.
    pub refused: BTreeMap<String, u64>,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Counters by action.
    pub actions: BTreeMap<&'static str, Counter>,
    /// How the comparison with the model went.
    pub tally: Tally,
}

/// A run that found something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Seed of the run.
    pub seed: u64,
    /// Step, from one.
    pub step: u64,
    /// What is wrong.
    pub what: String,
}

/// Takes `steps` random steps. The same seed takes the same steps.
///
/// # Errors
/// The first step after which something does not add up, or that failed as nothing may fail.
pub fn run(seed: u64, steps: u64) -> Result<Report, Failure> {
    let mut walk = Walk::new(seed);
    for step in 1..=steps {
        walk.step().map_err(|what| Failure { seed, step, what })?;
    }
    walk.drain().map_err(|what| Failure {
        seed,
        step: steps,
        what,
    })?;
    Ok(walk.into_report())
}

/// Runs of as many steps from each seed, on as many threads; their reports together.
///
/// # Errors
/// The first failure of a run, by seed.
///
/// # Panics
/// If a run does.
pub fn run_all(seeds: &[u64], steps: u64, threads: usize) -> Result<Report, Failure> {
    let threads = threads.max(1);
    let of_thread = |thread: usize| seeds.iter().copied().skip(thread).step_by(threads).collect();
    let shares: Vec<Vec<u64>> = (0..threads).map(of_thread).collect();
    let on_thread = |seeds: Vec<u64>| {
        std::thread::spawn(move || seeds.into_iter().map(|seed| run(seed, steps)).collect::<Vec<_>>())
    };
    let running: Vec<_> = shares.into_iter().map(on_thread).collect();
    let mut all = Report::default();
    for thread in running {
        for report in thread.join().expect("a run that does not panic") {
            all.add(report?);
        }
    }
    Ok(all)
}

/// As [`run`], in a world whose events are kept and without the end: everything is made fresh instead, and the world is
/// handed back.
///
/// # Errors
/// As [`run`].
pub fn run_recorded(seed: u64, steps: u64) -> Result<(World, Report), Failure> {
    let terms = InitializeArgs {
        fees: USUAL_FEES,
        interest: INTEREST,
        ..house_terms()
    };
    let mut walk = Walk::among(World::recorded(terms), seed);
    for step in 1..=steps {
        walk.step().map_err(|what| Failure { seed, step, what })?;
    }
    let failure = |what| Failure {
        seed,
        step: steps,
        what,
    };
    walk.into_world().map_err(failure)
}

/// Takes `steps` random steps without price moves or time: whatever people do among themselves, nobody's account may
/// end below its requirement, for what it lacks would be the house's loss.
///
/// # Errors
/// As [`run`].
pub fn run_at_one_price(seed: u64, steps: u64) -> Result<Report, Failure> {
    let mut walk = Walk::new(seed);
    for step in 1..=steps {
        walk.step_at_one_price().map_err(|what| Failure { seed, step, what })?;
    }
    Ok(walk.into_report())
}

impl Report {
    fn landed(&mut self, action: &'static str) {
        self.actions.entry(action).or_default().landed += 1;
    }

    fn refused(&mut self, action: &'static str, reason: String) {
        *self
            .actions
            .entry(action)
            .or_default()
            .refused
            .entry(reason)
            .or_default() += 1;
    }

    /// Adds another run's numbers.
    fn add(&mut self, other: Self) {
        for (action, counter) in other.actions {
            let sum = self.actions.entry(action).or_default();
            sum.landed += counter.landed;
            for (reason, times) in counter.refused {
                *sum.refused.entry(reason).or_default() += times;
            }
        }
        self.tally.add(other.tally);
    }

    /// Times that an action landed.
    pub fn count(&self, action: &str) -> u64 {
        self.actions.get(action).map_or(0, |counter| counter.landed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (action, counter) in &self.actions {
            let refused: u64 = counter.refused.values().sum();
            writeln!(f, "{action:<18} {:>7} landed {refused:>7} refused", counter.landed)?;
            for (reason, times) in &counter.refused {
                writeln!(f, "{:>33} {reason}", times)?;
            }
        }
        write!(f, "{}", self.tally)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)
    }
}
