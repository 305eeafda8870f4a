//! What can be asked for on the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::project::Project;
use crate::{bench, bytecode, check, demo, fuzz, idl, proofs, vectors};

/// Builds, checks and runs Tenor.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", after_help = ENVIRONMENT)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  CARGO_TARGET_DIR  Where builds go [default: ${XDG_CACHE_HOME:-~/.cache}/tenor/target]
  XDG_CACHE_HOME    Where the bytecode toolchain is kept, under tenor/toolchain";

#[derive(Subcommand)]
enum Command {
    /// Build every program to bytecode, and the toolchain first where it is missing
    Build,
    /// Write the interface description of every program to idl/
    Idl(#[command(flatten)] CheckOnly),
    /// Run every check, cheapest first: format, lints, dependencies, proofs, bytecode, IDL, benchmarks, tests
    Test,
    /// Run the whole protocol on a local validator
    Demo(#[command(flatten)] demo::Options),
    /// Measure the compute units of every instruction and write docs/benchmarks.md
    Bench(#[command(flatten)] CheckOnly),
    /// Print how far off the formulas are on vectors, and fail on any breach
    Vectors {
        /// Folder of vectors [default: the copies of the project]
        dir: Option<PathBuf>,
    },
    /// Prove the bounds of the formulas
    Proofs {
        /// Only those with one of these words in their name
        words: Vec<String>,
    },
    /// Send random actions to the bytecode and check the invariants after each
    Fuzz(#[command(flatten)] fuzz::Options),
}

#[derive(Args)]
struct CheckOnly {
    /// Write nothing; fail if what is there differs from the code
    #[arg(long)]
    check: bool,
}

/// What to do with files that are made from the code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    Write,
    Check,
}

impl From<CheckOnly> for Generated {
    fn from(flag: CheckOnly) -> Self {
        if flag.check { Self::Check } else { Self::Write }
    }
}

impl Cli {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let project = Project::locate()?;
        match self.command {
            Command::Build => bytecode::build(&project)?,
            Command::Idl(mode) => idl::idl(&project, mode.into())?,
            Command::Test => return check::check_everything(&project),
            Command::Demo(options) => return demo::demo(&project, options),
            Command::Bench(mode) => {
                bytecode::build(&project)?;
                bench::bench(&project, mode.into())?;
            }
            Command::Vectors { dir } => return vectors::vectors(&project, dir),
            Command::Proofs { words } => proofs::proofs(&project, &words)?,
            Command::Fuzz(options) => {
                bytecode::build(&project)?;
                return fuzz::fuzz(&project, options);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
