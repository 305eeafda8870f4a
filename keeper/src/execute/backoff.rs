//! Who has to wait after which kind of failure, so that an account that always fails never starves the others.

use super::outcome::Class;
use backon::{BackoffBuilder, ExponentialBuilder};
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Failures beyond which the delay no longer grows in any class.
const MOST_FAILURES: usize = 12;

/// Waits by account and class of error.
#[derive(Debug, Default)]
pub struct Backoff {
    entries: HashMap<Pubkey, HashMap<Class, Entry>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: usize,
    sequence: u64,
    /// End of the wait while the account is unchanged.
    until: Instant,
    /// End of the wait once it has changed: a change is a reason to try again, but not as often as one can be made.
    until_if_changed: Instant,
}

/// First and longest delay of a class.
const fn bounds(class: Class) -> (Duration, Duration) {
    match class {
        // About the time until the state that won is seen.
        Class::Raced => (Duration::from_millis(400), Duration::from_secs(2)),
        Class::Stale => (Duration::from_millis(400), Duration::from_secs(5)),
        Class::Unreachable => (Duration::from_millis(250), Duration::from_secs(10)),
        Class::Expired => (Duration::from_millis(500), Duration::from_secs(10)),
        Class::Underfunded => (Duration::from_secs(2), Duration::from_secs(60)),
        Class::Rejected => (Duration::from_secs(2), Duration::from_secs(120)),
    }
}

fn delay(class: Class, failures: usize) -> Duration {
    let (first, last) = bounds(class);
    let mut delays = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(last)
        .without_max_times()
        .build();
    delays.nth(failures.saturating_sub(1)).unwrap_or(last)
}

impl Backoff {
    /// Notes a failure of an intent that was decided on the account at this sequence.
    pub fn failed(&mut self, account: Pubkey, class: Class, sequence: u64, now: Instant) {
        let entries = self.entries.entry(account).or_default();
        let failures = entries
            .get(&class)
            .map_or(0, |entry| entry.failures)
            .saturating_add(1)
            .min(MOST_FAILURES);
        let after = |wait: Duration| now.checked_add(wait).unwrap_or(now);
        let entry = Entry {
            failures,
            sequence,
            until: after(delay(class, failures)),
            until_if_changed: after(delay(class, 1)),
        };
        entries.insert(class, entry);
    }

    /// Forgets the failures of an account whose intent landed.
    pub fn landed(&mut self, account: &Pubkey) {
        self.entries.remove(account);
    }

    /// Class of the failure for which the account still waits at this sequence.
    pub fn waits_for(&self, account: &Pubkey, sequence: u64, now: Instant) -> Option<Class> {
        let entries = self.entries.get(account)?;
        entries
            .iter()
            .find(|(_, entry)| now < entry.end(sequence))
            .map(|(class, _)| *class)
    }

    /// Accounts that have failed and not landed since.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets failures so old that a new one would not be their continuation.
    pub fn prune(&mut self, now: Instant) {
        for entries in self.entries.values_mut() {
            entries.retain(|class, entry| {
                let (_, longest) = bounds(*class);
                entry.until.checked_add(longest).is_some_and(|end| now < end)
            });
        }
        self.entries.retain(|_, entries| !entries.is_empty());
    }
}

impl Entry {
    const fn end(&self, sequence: u64) -> Instant {
        if sequence == self.sequence {
            self.until
        } else {
            self.until_if_changed
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;

    const POISON: Pubkey = Pubkey::new_from_array([1; 32]);
    const GOOD: Pubkey = Pubkey::new_from_array([2; 32]);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn each_failure_of_a_class_doubles_the_wait_up_to_its_longest() {
        let waits: Vec<Duration> = (1..=8).map(|failures| delay(Class::Rejected, failures)).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120].map(seconds));
    }

    #[test]
    fn an_account_that_fails_waits_and_others_do_not() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed(POISON, Class::Rejected, 7, now);
        assert_eq!(backoff.waits_for(&POISON, 7, now + seconds(1)), Some(Class::Rejected));
        assert_eq!(backoff.waits_for(&POISON, 7, now + seconds(2)), None);
        assert_eq!(backoff.waits_for(&GOOD, 7, now), None);
    }

    #[test]
    fn classes_count_their_failures_apart() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        for _ in 0..3 {
            backoff.failed(POISON, Class::Rejected, 7, now);
        }
        backoff.failed(GOOD, Class::Raced, 7, now);
        backoff.failed(POISON, Class::Raced, 7, now);
        assert_eq!(backoff.waits_for(&POISON, 7, now + seconds(7)), Some(Class::Rejected));
        assert_eq!(backoff.waits_for(&GOOD, 7, now + seconds(1)), None);
    }

    #[test]
    fn a_change_of_the_account_allows_a_retry_but_does_not_reset_the_count() {
        let (mut backoff, mut now) = (Backoff::default(), Instant::now());
        for sequence in 0..5 {
            backoff.failed(POISON, Class::Rejected, sequence, now);
            // A dust deposit a block would otherwise buy an attempt a block.
            assert_eq!(
                backoff.waits_for(&POISON, sequence + 1, now + seconds(1)),
                Some(Class::Rejected)
            );
            now += seconds(2);
            assert_eq!(backoff.waits_for(&POISON, sequence + 1, now), None);
        }
        assert_eq!(backoff.waits_for(&POISON, 4, now), Some(Class::Rejected));
    }

    #[test]
    fn landing_forgets_the_failures() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed(POISON, Class::Rejected, 7, now);
        backoff.landed(&POISON);
        assert_eq!(backoff.waits_for(&POISON, 7, now), None);
        assert!(backoff.is_empty());
    }

    #[test]
    fn old_failures_are_pruned() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed(POISON, Class::Rejected, 7, now);
        backoff.prune(now + seconds(10));
        assert_eq!(backoff.len(), 1);
        backoff.prune(now + seconds(122));
        assert!(backoff.is_empty());
    }
}
