//! Random actions on the bytecode.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::project::Project;
use crate::{host, process};

#[derive(Args)]
pub(crate) struct Options {
    /// How many actions to send
    #[arg(long, default_value_t = 10_000)]
    steps: u64,
    /// Start of the random sequence: the same one for the same seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs on the bytecode of the last build.
pub(crate) fn fuzz(project: &Project, options: Options) -> Result<ExitCode> {
    host::build(project)?;
    let mut fuzz = project.command(project.binary("fuzz"));
    fuzz.args([
        "--steps",
        &options.steps.to_string(),
        "--seed",
        &options.seed.to_string(),
    ]);
    process::become_command(&mut fuzz)
}
