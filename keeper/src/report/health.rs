//! Whether the keeper lives and whether it is ready: pure functions of what the main loop last told and the time.

use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

/// Longest time without a turn of the main loop.
pub const LIVE_WITHIN: Duration = Duration::from_secs(10);
/// Longest time without news from the chain.
pub const FRESH_WITHIN: Duration = Duration::from_secs(5);

/// What the main loop last told.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// When the loop last turned.
    pub turned_at: Instant,
    /// Whether the world rests on a snapshot.
    pub is_synced: bool,
    /// When the stream last spoke.
    pub streamed_at: Option<Instant>,
    /// When the node last answered a read.
    pub read_at: Option<Instant>,
    /// Balance of the payer, lamports.
    pub payer_lamports: u64,
    /// Balance below which it counts as empty, lamports.
    pub min_payer_lamports: u64,
    /// Whether the keeper's margin account exists.
    pub has_liquidator: bool,
    /// Whether the keeper is stopping.
    pub is_stopping: bool,
}

/// An answer to "are you well?".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether all is well.
    pub ok: bool,
    /// What is not.
    pub problems: Vec<String>,
}

impl Verdict {
    fn of(problems: Vec<String>) -> Self {
        Self {
            ok: problems.is_empty(),
            problems,
        }
    }
}

impl Status {
    /// A keeper that has just started.
    pub const fn starting(now: Instant, min_payer_lamports: u64) -> Self {
        Self {
            turned_at: now,
            is_synced: false,
            streamed_at: None,
            read_at: None,
            payer_lamports: 0,
            min_payer_lamports,
            has_liquidator: false,
            is_stopping: false,
        }
    }

    /// Whether the main loop makes progress; if not, restart the process.
    pub fn live(&self, now: Instant) -> Verdict {
        let stalled = now.saturating_duration_since(self.turned_at);
        Verdict::of(if stalled > LIVE_WITHIN {
            vec![format!("the main loop has not turned for {} s", stalled.as_secs())]
        } else {
            Vec::new()
        })
    }

    /// Whether the keeper can liquidate now.
    pub fn ready(&self, now: Instant) -> Verdict {
        let mut problems = self.live(now).problems;
        if self.is_stopping {
            problems.push("stopping".to_owned());
        }
        if self.is_synced {
            problems.extend(stale("stream", self.streamed_at, now));
            problems.extend(stale("node", self.read_at, now));
            problems.extend(self.means());
        } else {
            problems.push("no snapshot yet".to_owned());
        }
        Verdict::of(problems)
    }

    /// Whether what is known is new enough to act on.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.is_synced && stale("stream", self.streamed_at, now).is_none()
    }

    /// Whether the payer can pay; if not, decisions are still made and logged.
    pub const fn can_pay(&self) -> bool {
        self.payer_lamports >= self.min_payer_lamports
    }

    fn means(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.can_pay() {
            problems.push(format!(
                "the payer has {} lamports, less than {}",
                self.payer_lamports, self.min_payer_lamports
            ));
        }
        if !self.has_liquidator {
            problems.push("the liquidator's margin account does not exist".to_owned());
        }
        problems
    }
}

fn stale(what: &str, seen_at: Option<Instant>, now: Instant) -> Option<String> {
    match seen_at.map(|at| now.saturating_duration_since(at)) {
        None => Some(format!("the {what} has not spoken yet")),
        Some(age) if age > FRESH_WITHIN => Some(format!("the {what} has been silent for {} s", age.as_secs())),
        Some(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn ready_status(now: Instant) -> Status {
        Status {
            is_synced: true,
            streamed_at: Some(now),
            read_at: Some(now),
            payer_lamports: 100,
            has_liquidator: true,
            ..Status::starting(now, 100)
        }
    }

    fn problems(status: &Status, now: Instant) -> String {
        status.ready(now).problems.join("; ")
    }

    #[test]
    fn a_keeper_that_starts_is_live_and_not_ready() {
        let now = Instant::now();
        let status = Status::starting(now, 100);
        assert!(status.live(now).ok);
        assert_eq!(problems(&status, now), "no snapshot yet");
        assert!(!status.is_fresh(now));
    }

    #[test]
    fn a_keeper_with_a_snapshot_fresh_updates_and_money_is_ready() {
        let now = Instant::now();
        assert_eq!(
            ready_status(now).ready(now),
            Verdict {
                ok: true,
                problems: Vec::new()
            }
        );
        assert!(ready_status(now).ready(now + FRESH_WITHIN).ok);
    }

    #[test]
    fn a_loop_that_does_not_turn_is_not_live() {
        let now = Instant::now();
        let status = ready_status(now);
        assert!(status.live(now + LIVE_WITHIN).ok);
        let verdict = status.live(now + Duration::from_secs(11));
        assert_eq!(verdict.problems, ["the main loop has not turned for 11 s"]);
    }

    #[test]
    fn silence_ends_readiness() {
        let now = Instant::now();
        let later = now + Duration::from_secs(6);
        let silent_stream = Status {
            turned_at: later,
            read_at: Some(later),
            ..ready_status(now)
        };
        assert_eq!(problems(&silent_stream, later), "the stream has been silent for 6 s");
        assert!(!silent_stream.is_fresh(later));
        let silent_node = Status {
            turned_at: later,
            streamed_at: Some(later),
            ..ready_status(now)
        };
        assert_eq!(problems(&silent_node, later), "the node has been silent for 6 s");
    }

    #[test]
    fn an_empty_payer_or_a_missing_account_ends_readiness() {
        let now = Instant::now();
        let status = Status {
            payer_lamports: 99,
            has_liquidator: false,
            ..ready_status(now)
        };
        assert_eq!(
            problems(&status, now),
            "the payer has 99 lamports, less than 100; the liquidator's margin account does not exist"
        );
        assert!(status.is_fresh(now), "decisions are still made");
    }

    #[test]
    fn a_keeper_that_stops_is_not_ready() {
        let now = Instant::now();
        assert_eq!(
            problems(
                &Status {
                    is_stopping: true,
                    ..ready_status(now)
                },
                now
            ),
            "stopping"
        );
    }
}
