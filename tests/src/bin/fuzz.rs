//! Random actions on the bytecode; see [`tenor_tests::fuzz`].

use clap::Parser;
use std::process::ExitCode;
use tenor_tests::fuzz;

/// Sends random actions to the bytecode and checks after each that everything adds up
#[derive(Parser)]
struct Options {
    /// How many steps to take
    #[arg(long, default_value_t = 10_000)]
    steps: u64,
    /// Start of the random sequence: the same one for the same seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let Options { steps, seed } = Options::parse();
    match fuzz::run(seed, steps) {
        Ok(report) => {
            print!("{report}");
            println!("{steps} steps from seed {seed}: everything adds up");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
