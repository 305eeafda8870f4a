//! Whether a run held all that it claims.

use crate::timeline::Timeline;

/// The answer of a whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The run is complete, and each of its checks and each row of its accounts holds.
    Holds,
    /// What did not hold, in the order of the page.
    Failed(Vec<String>),
    /// Nothing failed, and nothing was checked.
    Unchecked,
}

impl Verdict {
    /// Judges a run. An interruption or a row of the accounts that does not add up fails it as a check does.
    pub fn of(timeline: &Timeline) -> Self {
        let interrupted = timeline
            .interrupted
            .iter()
            .map(|reason| format!("Stopped early: {reason}"));
        let checks = timeline
            .checks
            .iter()
            .filter(|check| !check.passed)
            .map(|check| format!("Check failed: {}", check.name));
        let tokens = timeline
            .tokens
            .iter()
            .filter(|row| !row.holds())
            .map(|row| format!("{} does not add up", row.symbol));
        let lots = timeline
            .lots
            .iter()
            .filter(|row| !row.holds())
            .map(|row| format!("Lots of {} do not sum to zero", row.instrument));

        let failed: Vec<_> = interrupted.chain(checks).chain(tokens).chain(lots).collect();
        match (failed.is_empty(), timeline.checks.is_empty()) {
            (false, _) => Self::Failed(failed),
            (true, true) => Self::Unchecked,
            (true, false) => Self::Holds,
        }
    }

    /// Whether everything was checked and held.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }
}
