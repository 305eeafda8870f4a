//! `vectors [DIR]`: prints how the formulas do on the vectors in DIR, or on the project's own copies.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(tenor_vectors::own_copies, PathBuf::from);
    match tenor_vectors::run(&folder) {
        Ok(report) => {
            println!("{report}");
            if report.holds() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
