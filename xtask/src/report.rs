//! The course of a run of checks: each step with its time, and a verdict at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs steps one after another; a failure is kept for the verdict and does not stop the ones after it.
#[derive(Default)]
pub(crate) struct Report {
    finished: Vec<(&'static str, Outcome)>,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

impl Report {
    /// Runs a step and says whether it passed.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = work();
        let outcome = match &result {
            Ok(()) => Outcome::Passed(start.elapsed()),
            Err(error) => {
                eprintln!("error: {error:#}");
                Outcome::Failed(start.elapsed())
            }
        };
        println!("=== {name}: {}", outcome.text());
        self.finished.push((name, outcome));
        result.is_ok()
    }

    /// Records a step that makes no sense after an earlier one failed.
    pub(crate) fn leave_out(&mut self, name: &'static str) {
        self.finished.push((name, Outcome::NotRun));
    }

    /// Prints all steps and the verdict, and returns whether every one passed.
    pub(crate) fn conclude(&self) -> bool {
        println!();
        for (name, outcome) in &self.finished {
            println!("{name:<14}{}", outcome.text());
        }
        let not_passed = self
            .finished
            .iter()
            .filter(|(_, outcome)| !matches!(outcome, Outcome::Passed(_)));
        let names: Vec<_> = not_passed.map(|(name, _)| *name).collect();
        if names.is_empty() {
            println!("\nPASS: every check passed");
        } else {
            println!("\nFAIL: {}", names.join(", "));
        }
        names.is_empty()
    }
}

impl Outcome {
    fn text(&self) -> String {
        match self {
            Self::Passed(took) => format!("passed in {:.1} s", took.as_secs_f64()),
            Self::Failed(took) => format!("FAILED after {:.1} s", took.as_secs_f64()),
            Self::NotRun => "NOT RUN".to_owned(),
        }
    }
}
