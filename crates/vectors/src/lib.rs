//! The formulas of `tenor-math` against files of reference numbers.
//!
//! Each file format has one module under `files`, which reads the rows, runs the formulas on them and says in a line per
//! quantity how far off the worst row is. Expected values are exact rationals: no float stands between a vector and its
//! verdict.
//!
//! Where a kernel's input format cannot hold a row's input, the row's own derivatives carry the expected value over to
//! the input that the kernel was given; what that leaves out is of second order and far below the limit.

mod exact;
mod files;
mod measure;
mod pricing;
mod report;
mod svi;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};

pub use report::{Line, Report, Verdict};
pub use table::Unreadable;

use files::{FORMATS, Format};
use table::Table;

/// Why nothing could be run.
#[derive(Debug)]
pub enum RunError {
    /// The folder cannot be listed.
    Folder(PathBuf, std::io::Error),
    /// The folder holds no file of a known format.
    NoVectors(PathBuf),
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder, error) => write!(formatter, "cannot list {}: {error}", folder.display()),
            Self::NoVectors(folder) => write!(formatter, "no file of vectors in {}", folder.display()),
        }
    }
}

impl std::error::Error for RunError {}

/// Where the project keeps its own copies.
pub fn own_copies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../math/tests/vectors")
}

/// Runs every file of a known format in a folder.
///
/// # Errors
/// [`RunError`] if there is nothing to run; a file that cannot be read is a line of the report.
pub fn run(folder: &Path) -> Result<Report, RunError> {
    let unlisted = |error| RunError::Folder(folder.to_owned(), error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unlisted)? {
        let name = entry.map_err(unlisted)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    let mut report = Report::default();
    for name in names.iter().filter(|name| name.ends_with(".csv")) {
        match FORMATS.iter().find(|format| format.file == name) {
            Some(format) => report.lines.extend(run_file(folder, format)),
            None => report.ignored.push(name.clone()),
        }
    }
    if report.lines.is_empty() {
        return Err(RunError::NoVectors(folder.to_owned()));
    }
    Ok(report)
}

fn run_file(folder: &Path, format: &Format) -> Vec<Line> {
    let mut lines = Table::read(folder, format.file)
        .and_then(|table| (format.check)(&table))
        .unwrap_or_else(|reason| vec![Line::unreadable(&reason)]);
    for line in &mut lines {
        line.file = format.file.to_owned();
    }
    lines
}
