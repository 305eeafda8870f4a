//! A file of vectors, read so that each complaint names its file, line and row.

use std::fmt;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use num_rational::BigRational;
use num_traits::Signed;

use crate::exact;

/// Why a file cannot be judged at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The file cannot be read as comma-separated values.
    File(String),
    /// The file has a header and nothing else, or not even that.
    NoRows,
    /// A column that the check needs is missing.
    Column(&'static str),
    /// A cell holds something else than the column promises.
    Cell {
        /// Line and first cell of the row.
        row: String,
        /// Name of the column.
        column: &'static str,
        /// What is in the cell.
        text: String,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(formatter, "{error}"),
            Self::NoRows => write!(formatter, "no rows"),
            Self::Column(column) => write!(formatter, "no column `{column}`"),
            Self::Cell { row, column, text } => write!(formatter, "{row}: `{text}` makes no sense as `{column}`"),
        }
    }
}

/// The rows of one file.
pub(crate) struct Table {
    folder: PathBuf,
    columns: StringRecord,
    rows: Vec<StringRecord>,
}

impl Table {
    pub(crate) fn read(folder: &Path, file: &str) -> Result<Self, Unreadable> {
        let broken = |error: csv::Error| Unreadable::File(error.to_string());
        let mut reader = ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_path(folder.join(file))
            .map_err(broken)?;
        let columns = reader.headers().map_err(broken)?.clone();
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(broken)?;
        if rows.is_empty() {
            return Err(Unreadable::NoRows);
        }
        Ok(Self {
            folder: folder.to_owned(),
            columns,
            rows,
        })
    }

    /// Another file of the same folder.
    pub(crate) fn beside(&self, file: &str) -> Result<Self, Unreadable> {
        Self::read(&self.folder, file)
            .map_err(|error| Unreadable::File(format!("{file}, which this file needs: {error}")))
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row {
            columns: &self.columns,
            cells,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a StringRecord,
    cells: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// The text of a cell.
    pub(crate) fn text(&self, column: &'static str) -> Result<&'a str, Unreadable> {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|index| self.cells.get(index))
            .ok_or(Unreadable::Column(column))
    }

    /// The number in a cell.
    pub(crate) fn number(&self, column: &'static str) -> Result<BigRational, Unreadable> {
        let text = self.text(column)?;
        exact::decimal(text).ok_or_else(|| self.nonsense(column))
    }

    /// The number in a cell that must be above zero, such as one that is divided by.
    pub(crate) fn positive(&self, column: &'static str) -> Result<BigRational, Unreadable> {
        let number = self.number(column)?;
        if number.is_positive() {
            Ok(number)
        } else {
            Err(self.nonsense(column))
        }
    }

    /// The number in a cell that may be empty.
    pub(crate) fn optional(&self, column: &'static str) -> Result<Option<BigRational>, Unreadable> {
        if self.text(column)?.is_empty() {
            return Ok(None);
        }
        self.number(column).map(Some)
    }

    /// The 0 or 1 in a cell.
    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Unreadable> {
        match self.text(column)? {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(self.nonsense(column)),
        }
    }

    /// The complaint about a cell whose text means nothing in its column.
    pub(crate) fn nonsense(&self, column: &'static str) -> Unreadable {
        Unreadable::Cell {
            row: self.name(),
            column,
            text: self.text(column).unwrap_or_default().to_owned(),
        }
    }

    /// Line and first two cells: enough to find the row.
    pub(crate) fn name(&self) -> String {
        let line = self.cells.position().map_or(0, csv::Position::line);
        let start: Vec<&str> = self.cells.iter().take(2).collect();
        format!("line {line} ({})", start.join(","))
    }
}
