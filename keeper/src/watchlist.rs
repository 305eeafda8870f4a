//! What the last plans said about accounts: since when each is unhealthy, and why nothing is done about some.

use crate::strategy::{Plan, SkipReason};
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// Unhealthy and skipped accounts.
#[derive(Debug, Default)]
pub struct Watchlist {
    unhealthy: HashMap<Pubkey, Instant>,
    skipped: HashMap<Pubkey, SkipReason>,
    counts: BTreeMap<&'static str, usize>,
}

impl Watchlist {
    /// Takes note of a plan. Returns the accounts that are skipped for a reason that is new.
    pub fn note<'a>(&mut self, plan: &'a Plan, now: Instant) -> Vec<&'a (Pubkey, SkipReason)> {
        let before = std::mem::take(&mut self.unhealthy);
        self.unhealthy = plan
            .unhealthy
            .iter()
            .map(|account| (*account, before.get(account).copied().unwrap_or(now)))
            .collect();

        // A reason that no account has any more is shown as zero, not as what it was.
        self.counts.values_mut().for_each(|count| *count = 0);
        for (_, reason) in &plan.skipped {
            let count = self.counts.entry(reason.label()).or_default();
            *count = count.saturating_add(1);
        }
        let before = std::mem::take(&mut self.skipped);
        self.skipped = plan.skipped.iter().cloned().collect();
        plan.skipped
            .iter()
            .filter(|(account, reason)| before.get(account) != Some(reason))
            .collect()
    }

    /// How long the oldest unhealthy account has been so.
    pub fn oldest_unhealthy(&self, now: Instant) -> Duration {
        let oldest = self.unhealthy.values().min();
        oldest.map_or(Duration::ZERO, |since| now.saturating_duration_since(*since))
    }

    /// Skipped accounts by reason.
    pub fn skipped(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        self.counts.iter().map(|(reason, count)| (*reason, *count))
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;

    const ALICE: Pubkey = Pubkey::new_from_array([1; 32]);
    const BOB: Pubkey = Pubkey::new_from_array([2; 32]);

    fn plan(unhealthy: &[Pubkey], skipped: &[(Pubkey, SkipReason)]) -> Plan {
        Plan {
            unhealthy: unhealthy.to_vec(),
            skipped: skipped.to_vec(),
            ..Plan::default()
        }
    }

    #[test]
    fn the_oldest_unhealthy_account_is_the_one_that_has_been_so_without_a_break() {
        let (mut list, now) = (Watchlist::default(), Instant::now());
        let after = |seconds| now + Duration::from_secs(seconds);
        list.note(&plan(&[ALICE], &[]), now);
        list.note(&plan(&[ALICE, BOB], &[]), after(10));
        assert_eq!(list.oldest_unhealthy(after(15)), Duration::from_secs(15));
        list.note(&plan(&[BOB], &[]), after(15));
        assert_eq!(list.oldest_unhealthy(after(15)), Duration::from_secs(5));
        list.note(&plan(&[], &[]), after(16));
        assert_eq!(list.oldest_unhealthy(after(16)), Duration::ZERO);
    }

    #[test]
    fn a_skip_is_told_once_until_its_reason_changes() {
        let (mut list, now) = (Watchlist::default(), Instant::now());
        let poor = plan(&[], &[(ALICE, SkipReason::NoCapacity)]);
        assert_eq!(list.note(&poor, now).len(), 1);
        assert!(list.note(&poor, now).is_empty());
        let exhausted = plan(&[], &[(ALICE, SkipReason::EquityExhausted)]);
        assert_eq!(list.note(&exhausted, now).len(), 1);
    }

    #[test]
    fn a_reason_that_nobody_has_any_more_counts_zero() {
        let (mut list, now) = (Watchlist::default(), Instant::now());
        list.note(
            &plan(&[], &[(ALICE, SkipReason::NoCapacity), (BOB, SkipReason::NoCapacity)]),
            now,
        );
        assert_eq!(list.skipped().collect::<Vec<_>>(), [("no_capacity", 2)]);
        list.note(&plan(&[], &[]), now);
        assert_eq!(list.skipped().collect::<Vec<_>>(), [("no_capacity", 0)]);
    }
}
