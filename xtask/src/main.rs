//! The project's commands: `cargo xtask --help` lists them.
//!
//! This binary only starts other programs and reads what they say, so that it compiles in seconds.

mod apt_get;
mod bench;
mod bytecode;
mod cargo_deny;
mod check;
mod cli;
mod demo;
mod digest;
mod fuzz;
mod host;
mod host_times;
mod idl;
mod process;
mod project;
mod proofs;
mod python;
mod report;
mod tally;
mod vectors;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
