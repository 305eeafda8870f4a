//! The keeper's process.

use clap::Parser;
use std::process::ExitCode;
use tenor_keeper::cli::Cli;
use tenor_keeper::config::Config;
use tenor_keeper::{report, run};

#[tokio::main]
async fn main() -> ExitCode {
    match start(&Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "keeper failed");
            eprintln!("tenor-keeper: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn start(cli: &Cli) -> anyhow::Result<()> {
    let config = Config::load(&cli.config)?;
    if cli.check {
        println!("{config:#?}");
        return Ok(());
    }
    report::start_log(config.log_format)?;
    run::run(config).await
}
