//! Writes the table of compute units, or compares it with a new measurement.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use tenor_tests::bench::measure;

/// Measures the compute units of every instruction on the bytecode of the last build.
#[derive(Parser)]
struct Arguments {
    /// What to do with the table
    verb: Verb,
    /// The table
    table: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Verb {
    /// Write it
    Write,
    /// Fail if a number differs by more than one percent or a row is missing
    Check,
}

fn main() -> ExitCode {
    let Arguments { verb, table: path } = Arguments::parse();
    let table = measure();
    match verb {
        Verb::Write => {
            if let Err(error) = std::fs::write(&path, table.to_string()) {
                eprintln!("cannot write {}: {error}", path.display());
                return ExitCode::FAILURE;
            }
            println!("{table}");
        }
        Verb::Check => {
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            let differences = table.compare(&committed);
            for line in &differences.0 {
                eprintln!("{line}");
            }
            if !differences.0.is_empty() {
                eprintln!(
                    "{} differs; run `cargo xtask bench` and look at what changed",
                    path.display()
                );
                return ExitCode::FAILURE;
            }
            println!("{} rows as in {}", table.rows.len(), path.display());
        }
    }
    ExitCode::SUCCESS
}
