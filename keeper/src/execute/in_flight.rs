//! What is under way: an account has at most one intent in flight, and none twice.

use crate::strategy::IntentKind;
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// After a landing, how long an unchanged account counts as not yet seen. Later, the landing was on a fork that died.
pub(super) const SETTLING: Duration = Duration::from_secs(1);

/// Intents under way, by account.
#[derive(Debug, Default)]
pub struct InFlight {
    running: HashMap<Pubkey, (IntentKind, u64)>,
    landed: HashMap<Pubkey, Landing>,
}

#[derive(Clone, Copy, Debug)]
struct Landing {
    kind: IntentKind,
    sequence: u64,
    at: Instant,
}

impl InFlight {
    /// Whether an intent may start.
    pub fn admits(&self, account: &Pubkey, kind: IntentKind, sequence: u64, now: Instant) -> bool {
        let repeats = self.landed.get(account).is_some_and(|landing| {
            landing.kind == kind && landing.sequence >= sequence && now.saturating_duration_since(landing.at) < SETTLING
        });
        !repeats && !self.running.contains_key(account)
    }

    /// Starts an intent that is admitted.
    pub fn start(&mut self, account: Pubkey, kind: IntentKind, sequence: u64) {
        self.running.insert(account, (kind, sequence));
    }

    /// Ends the account's intent, landed or not.
    pub fn finish(&mut self, account: &Pubkey, has_landed: bool, now: Instant) {
        if let Some((kind, sequence)) = self.running.remove(account) {
            if has_landed {
                self.landed.insert(
                    *account,
                    Landing {
                        kind,
                        sequence,
                        at: now,
                    },
                );
            }
        }
        self.landed
            .retain(|_, landing| now.saturating_duration_since(landing.at) < SETTLING);
    }

    /// Intents under way.
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;

    const ACCOUNT: Pubkey = Pubkey::new_from_array([1; 32]);
    const OTHER: Pubkey = Pubkey::new_from_array([2; 32]);

    #[test]
    fn an_account_has_one_intent_in_flight_whatever_its_sequence() {
        let (mut table, now) = (InFlight::default(), Instant::now());
        assert!(table.admits(&ACCOUNT, IntentKind::Touch, 7, now));
        table.start(ACCOUNT, IntentKind::Touch, 7);
        assert!(!table.admits(&ACCOUNT, IntentKind::Touch, 7, now));
        assert!(!table.admits(&ACCOUNT, IntentKind::Slice, 8, now));
        assert!(table.admits(&OTHER, IntentKind::Slice, 7, now));
    }

    #[test]
    fn a_landed_intent_is_not_repeated_until_the_account_shows_it() {
        let (mut table, now) = (InFlight::default(), Instant::now());
        table.start(ACCOUNT, IntentKind::Touch, 7);
        table.finish(&ACCOUNT, true, now);
        assert!(!table.admits(&ACCOUNT, IntentKind::Touch, 7, now));
        assert!(table.admits(&ACCOUNT, IntentKind::Touch, 8, now));
        assert!(table.admits(&ACCOUNT, IntentKind::Slice, 7, now));
    }

    #[test]
    fn a_landing_that_never_shows_was_on_a_dead_fork_and_is_tried_again() {
        let (mut table, now) = (InFlight::default(), Instant::now());
        table.start(ACCOUNT, IntentKind::Touch, 7);
        table.finish(&ACCOUNT, true, now);
        assert!(table.admits(&ACCOUNT, IntentKind::Touch, 7, now + SETTLING));
    }

    #[test]
    fn a_failed_intent_may_start_again_at_once() {
        let (mut table, now) = (InFlight::default(), Instant::now());
        table.start(ACCOUNT, IntentKind::Touch, 7);
        table.finish(&ACCOUNT, false, now);
        assert!(table.admits(&ACCOUNT, IntentKind::Touch, 7, now));
        assert!(table.is_empty());
    }
}
