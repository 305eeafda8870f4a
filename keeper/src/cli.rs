//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Liquidation keeper of the Tenor options protocol.
#[derive(Clone, Debug, Parser)]
#[command(name = "tenor-keeper", version, about)]
pub struct Cli {
    /// Configuration file.
    #[arg(long, value_name = "FILE", env = "TENOR_KEEPER_CONFIG")]
    pub config: PathBuf,
    /// Check the configuration, print it with secrets masked, and exit.
    #[arg(long)]
    pub check: bool,
}
