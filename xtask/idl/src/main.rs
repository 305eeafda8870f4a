//! Prints the interface description of the program whose folder is given, as JSON.

use std::env;
use std::path::PathBuf;

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result};

/// Only the library describes itself: its tests, and what they need, are not built. What is built runs for an instant,
/// and the builder's own compiler flags keep cargo from sharing it with other builds, so it is not optimised.
const CARGO_ARGUMENTS: [&str; 6] = [
    "--locked",
    "--lib",
    "--config",
    "profile.dev.opt-level=0",
    "--config",
    "profile.dev.package.'*'.opt-level=0",
];

fn main() -> Result<()> {
    let program = env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("name the folder of a program")?;
    let cargo_arguments = CARGO_ARGUMENTS.map(str::to_owned).to_vec();
    let idl = IdlBuilder::new()
        .program_path(program)
        .cargo_args(cargo_arguments)
        .build()?;
    println!("{}", serde_json::to_string_pretty(&idl)?);
    Ok(())
}
