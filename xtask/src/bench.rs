//! The table of compute units, and of times on this machine.

use anyhow::Result;

use crate::cli::Generated;
use crate::project::Project;
use crate::{host, host_times, process};

const TABLE: &str = "docs/benchmarks.md";

/// Measures the bytecode of the last build. Times of the host are measured only to be written: they differ from one
/// machine to the next.
pub(crate) fn bench(project: &Project, mode: Generated) -> Result<()> {
    let verb = match mode {
        Generated::Write => "write",
        Generated::Check => "check",
    };
    host::build(project)?;
    process::run(project.command(project.binary("bench")).args([verb, TABLE]))?;
    if mode == Generated::Write {
        host_times::append(project, &project.root().join(TABLE))?;
    }
    Ok(())
}
