//! The table of compute units.

use anyhow::Result;

use crate::cli::Generated;
use crate::project::Project;
use crate::{host, process};

const TABLE: &str = "docs/benchmarks.md";

/// Measures the bytecode of the last build.
pub(crate) fn bench(project: &Project, mode: Generated) -> Result<()> {
    let verb = match mode {
        Generated::Write => "write",
        Generated::Check => "check",
    };
    host::build(project)?;
    process::run(project.command(project.binary("bench")).args([verb, TABLE]))
}
