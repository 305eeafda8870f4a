//! What a run found, as lines of a table.

use std::fmt;

/// What one quantity of one file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row that was used keeps the limit.
    Pass,
    /// At least one row does not; which ones.
    Breach(String),
    /// The file cannot be judged; why.
    Unreadable(String),
    /// No formula was run, so nothing was shown; why.
    NotRun(String),
}

impl Verdict {
    /// Whether the whole run fails on it.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Breach(_) | Self::Unreadable(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => write!(formatter, "pass"),
            Self::Breach(rows) => write!(formatter, "BREACH: {rows}"),
            Self::Unreadable(reason) => write!(formatter, "UNREADABLE: {reason}"),
            Self::NotRun(reason) => write!(formatter, "not run: {reason}"),
        }
    }
}

/// A line of the table: one quantity of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Name of the file.
    pub file: String,
    /// The quantity compared.
    pub quantity: String,
    /// Rows that hold it.
    pub rows: usize,
    /// Rows compared.
    pub used: usize,
    /// The worst error, or the counts of wrong verdicts.
    pub worst: String,
    /// What the worst may be.
    pub limit: String,
    /// The outcome.
    pub verdict: Verdict,
    /// Why rows were left out, and what else a reader needs to judge the line.
    pub note: String,
}

impl Line {
    /// A line about rows that no formula was run on.
    pub(crate) fn not_run(quantity: &str, rows: usize, reason: &str) -> Self {
        Self::without_numbers(quantity, rows, Verdict::NotRun(reason.to_owned()))
    }

    /// A line about a file that cannot be judged.
    pub(crate) fn unreadable(reason: &impl fmt::Display) -> Self {
        Self::without_numbers("-", 0, Verdict::Unreadable(reason.to_string()))
    }

    fn without_numbers(quantity: &str, rows: usize, verdict: Verdict) -> Self {
        Self {
            file: String::new(),
            quantity: quantity.to_owned(),
            rows,
            used: 0,
            worst: "-".to_owned(),
            limit: "-".to_owned(),
            verdict,
            note: String::new(),
        }
    }
}

/// All lines of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the files.
    pub lines: Vec<Line>,
    /// Files in the folder whose format is not one of those known.
    pub ignored: Vec<String>,
}

impl Report {
    /// Whether no line is a breach or unreadable. What was not run fails nothing and passes nothing.
    pub fn holds(&self) -> bool {
        !self.lines.iter().any(|line| line.verdict.is_failure())
    }

    fn count(&self, is_counted: impl Fn(&Verdict) -> bool) -> usize {
        self.lines.iter().filter(|line| is_counted(&line.verdict)).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:<22} {:<30} {:>5} {:>5} {:>12} {:>12}  verdict",
            "file", "quantity", "rows", "used", "worst", "limit"
        )?;
        for line in &self.lines {
            let Line {
                file,
                quantity,
                rows,
                used,
                worst,
                limit,
                verdict,
                note,
            } = line;
            let note = if note.is_empty() {
                String::new()
            } else {
                format!(" ({note})")
            };
            writeln!(
                formatter,
                "{file:<22} {quantity:<30} {rows:>5} {used:>5} {worst:>12} {limit:>12}  {verdict}{note}"
            )?;
        }
        if !self.ignored.is_empty() {
            writeln!(formatter, "of another format, ignored: {}", self.ignored.join(", "))?;
        }
        write!(
            formatter,
            "{} passed, {} breached, {} unreadable, {} not run",
            self.count(|verdict| *verdict == Verdict::Pass),
            self.count(|verdict| matches!(verdict, Verdict::Breach(_))),
            self.count(|verdict| matches!(verdict, Verdict::Unreadable(_))),
            self.count(|verdict| matches!(verdict, Verdict::NotRun(_))),
        )
    }
}
