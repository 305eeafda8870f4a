//! Collects the errors of one quantity, row by row, into a line of the table.

use std::collections::BTreeMap;
use std::fmt;

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::exact;
use crate::report::{Line, Verdict};
use crate::table::Row;

/// How many offending rows a verdict names.
const NAMED_ROWS: usize = 3;

/// Rows that offend, of which the first few are named.
#[derive(Default)]
struct Offences {
    count: usize,
    named: Vec<String>,
}

impl Offences {
    fn add(&mut self, offence: String) {
        self.count += 1;
        if self.named.len() < NAMED_ROWS {
            self.named.push(offence);
        }
    }

    fn verdict(&self, used: usize) -> Verdict {
        match (self.count, used) {
            (0, 0) => Verdict::NotRun("no row lies in the domain".to_owned()),
            (0, _) => Verdict::Pass,
            (count, _) => Verdict::Breach(format!("{count} rows: {}", self.named.join("; "))),
        }
    }
}

/// Rows that were not compared, by reason.
#[derive(Default)]
struct LeftOut(BTreeMap<&'static str, usize>);

impl LeftOut {
    fn add(&mut self, reason: &'static str) {
        *self.0.entry(reason).or_default() += 1;
    }

    fn count(&self) -> usize {
        self.0.values().sum()
    }

    fn note(&self) -> String {
        let reasons: Vec<String> = self
            .0
            .iter()
            .map(|(reason, count)| format!("left out {count}: {reason}"))
            .collect();
        reasons.join("; ")
    }
}

/// The errors of a number.
pub(crate) struct Measure {
    quantity: &'static str,
    limit: BigRational,
    used: usize,
    worst: BigRational,
    offences: Offences,
    left_out: LeftOut,
}

impl Measure {
    /// Errors may be at most `10^power` times `factor`.
    pub(crate) fn new(quantity: &'static str, factor: u32, power: i32) -> Self {
        Self {
            quantity,
            limit: exact::integer(factor) * exact::power_of_ten(power),
            used: 0,
            worst: BigRational::zero(),
            offences: Offences::default(),
            left_out: LeftOut::default(),
        }
    }

    /// Takes the error of a row; its sign does not matter.
    pub(crate) fn error(&mut self, row: &Row<'_>, error: &BigRational) {
        let error = error.abs();
        self.used += 1;
        if error > self.limit {
            self.offences.add(format!("{} errs by {}", row.name(), print(&error)));
        }
        if error > self.worst {
            self.worst = error;
        }
    }

    /// A row whose inputs lie in the domain and for which the formula has no answer: a breach.
    pub(crate) fn refused(&mut self, row: &Row<'_>, reason: &impl fmt::Display) {
        self.used += 1;
        self.offences.add(format!("{}: {reason}", row.name()));
    }

    /// A row that is not compared.
    pub(crate) fn leave_out(&mut self, reason: &'static str) {
        self.left_out.add(reason);
    }

    pub(crate) fn line(self) -> Line {
        Line {
            file: String::new(),
            quantity: self.quantity.to_owned(),
            rows: self.used + self.left_out.count(),
            used: self.used,
            worst: print(&self.worst),
            limit: print(&self.limit),
            verdict: self.offences.verdict(self.used),
            note: self.left_out.note(),
        }
    }
}

/// What a yes or no of ours may be wrong about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// Nothing: the two must agree in each row.
    Exact,
    /// Saying no to at most three good rows in a hundred. Saying yes to a bad one is always a failure.
    FewFalseRejects,
}

/// The wrong answers of a yes or no.
pub(crate) struct Judgement {
    quantity: &'static str,
    tolerance: Tolerance,
    good: usize,
    bad: usize,
    false_accepts: usize,
    false_rejects: usize,
    offences: Offences,
    rejects: Offences,
    left_out: LeftOut,
}

impl Judgement {
    pub(crate) fn new(quantity: &'static str, tolerance: Tolerance) -> Self {
        Self {
            quantity,
            tolerance,
            good: 0,
            bad: 0,
            false_accepts: 0,
            false_rejects: 0,
            offences: Offences::default(),
            rejects: Offences::default(),
            left_out: LeftOut::default(),
        }
    }

    /// Takes our answer and that of the vectors.
    pub(crate) fn answer(&mut self, row: &Row<'_>, accepted: bool, is_good: bool) {
        *(if is_good { &mut self.good } else { &mut self.bad }) += 1;
        if accepted && !is_good {
            self.false_accepts += 1;
            self.offences.add(format!("{} is accepted falsely", row.name()));
        }
        if !accepted && is_good {
            self.false_rejects += 1;
            self.rejects.add(format!("{} is rejected falsely", row.name()));
        }
    }

    /// A row that is not judged.
    pub(crate) fn leave_out(&mut self, reason: &'static str) {
        self.left_out.add(reason);
    }

    pub(crate) fn line(mut self) -> Line {
        let used = self.good + self.bad;
        let (limit, too_many) = match self.tolerance {
            Tolerance::Exact => ("0 + 0", self.false_rejects > 0),
            Tolerance::FewFalseRejects => ("0 + 3%", self.false_rejects * 100 > 3 * self.good),
        };
        let mut note = vec![format!("{} good, {} bad", self.good, self.bad)];
        if too_many {
            self.offences.count += self.rejects.count;
            self.offences.named.append(&mut self.rejects.named);
        } else {
            note.append(&mut self.rejects.named);
        }
        if !self.left_out.0.is_empty() {
            note.push(self.left_out.note());
        }
        Line {
            file: String::new(),
            quantity: self.quantity.to_owned(),
            rows: used + self.left_out.count(),
            used,
            worst: format!("{} + {}", self.false_accepts, self.false_rejects),
            limit: limit.to_owned(),
            verdict: self.offences.verdict(used),
            note: note.join("; "),
        }
    }
}

/// For people only: no verdict depends on it.
fn print(value: &BigRational) -> String {
    if value.is_zero() {
        return "0".to_owned();
    }
    value
        .to_f64()
        .map_or_else(|| value.to_string(), |float| format!("{float:.1e}"))
}
