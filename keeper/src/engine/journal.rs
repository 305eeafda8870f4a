//! The log lines of decisions and outcomes. Fields have the same names in every line.

use super::OddFeeds;
use crate::execute::{Admission, Class, Finished, Outcome};
use crate::strategy::{Intent, SkipReason};
use solana_pubkey::Pubkey;
use tracing::{debug, error, info, warn};

/// An intent was started.
pub(super) fn decided(intent: &Intent, slot: u64) {
    info!(
        account = %intent.account,
        sequence = intent.sequence,
        kind = %intent.kind,
        compute_units = intent.compute_units,
        slot,
        "decided"
    );
}

/// An intent was not started, because one like it is under way or has failed.
pub(super) fn held(intent: &Intent, admission: Admission) {
    debug!(
        account = %intent.account,
        sequence = intent.sequence,
        kind = %intent.kind,
        reason = ?admission,
        "held back"
    );
}

/// An intent would be started if the payer could pay.
pub(super) fn unpaid(intent: &Intent) {
    warn!(
        account = %intent.account,
        sequence = intent.sequence,
        kind = %intent.kind,
        "decided, not sent: the payer is empty"
    );
}

/// An account needs action and gets none.
pub(super) fn skipped(account: &Pubkey, reason: &SkipReason) {
    info!(account = %account, %reason, "skipped");
}

/// Configuration and house name different underlyings.
pub(super) fn odd_feeds(odd: &OddFeeds) {
    if !odd.unlisted.is_empty() {
        warn!(symbols = ?odd.unlisted, "feeds are configured for underlyings that the house does not list");
    }
    if !odd.without_feed.is_empty() {
        warn!(symbols = ?odd.without_feed, "listed underlyings have no feed in the configuration");
    }
}

/// An account cannot be read.
pub(super) fn unreadable(account: &Pubkey, reason: &str) {
    debug!(account = %account, reason, "unreadable");
}

/// An intent has ended.
pub(super) fn ended(finished: &Finished) {
    let intent = &finished.job.intent;
    let signature = finished.outcome.signature().map(ToString::to_string);
    let latency_ms = u64::try_from(finished.latency.as_millis()).unwrap_or(u64::MAX);
    let detail = detail(&finished.outcome);
    macro_rules! line {
        ($level:ident, $message:literal) => {
            $level!(
                account = %intent.account,
                sequence = intent.sequence,
                kind = %intent.kind,
                outcome = finished.outcome.label(),
                signature,
                compute_units = compute_units(&finished.outcome),
                latency_ms,
                error_code = finished.outcome.code(),
                error = detail,
                $message
            )
        };
    }
    match finished.outcome.class() {
        None => line!(info, "landed"),
        Some(Class::Underfunded) => line!(error, "the keeper lacks cash or health"),
        Some(Class::Rejected) => line!(warn, "rejected"),
        Some(_) => line!(info, "did not land"),
    }
}

fn detail(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Refused(refusal) => Some(refusal.error.to_string()),
        Outcome::Unreachable { reason } => Some(reason.clone()),
        Outcome::Landed { .. } | Outcome::Expired { .. } => None,
    }
}

const fn compute_units(outcome: &Outcome) -> Option<u32> {
    match outcome {
        Outcome::Landed { compute_units, .. } => Some(*compute_units),
        Outcome::Refused(_) | Outcome::Expired { .. } | Outcome::Unreachable { .. } => None,
    }
}
