//! Writes the numbers of `docs/margin.md`.

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use tenor_tests::portfolios::{Document, example, table};

/// Computes the worked example and the table of portfolios on the bytecode of the last build and writes them
#[derive(Parser)]
struct Arguments {
    /// The document
    #[arg(default_value = "docs/margin.md")]
    document: PathBuf,
}

fn main() -> ExitCode {
    let Arguments { document: path } = Arguments::parse();
    let committed = match std::fs::read_to_string(&path) {
        Ok(text) => Document(text),
        Err(error) => {
            eprintln!("cannot read {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    let mut written = committed;
    for section in [example(), table()] {
        let Some(next) = written.with(&section) else {
            eprintln!("{} has no section `{}`", path.display(), section.name);
            return ExitCode::FAILURE;
        };
        written = next;
        println!("{}", section.text);
    }
    if let Err(error) = std::fs::write(&path, written.0) {
        eprintln!("cannot write {}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
