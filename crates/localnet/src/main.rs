//! Plays a market crash on a local validator and lets the keeper liquidate.

use anyhow::{Context, Result};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tenor_localnet::console::{Console, Style};
use tenor_localnet::scenario::{Chaos, Ended, Scenario, publish};
use tenor_localnet::stage::Stage;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

const FRESH_INTERVAL: Duration = Duration::from_secs(1);
/// What a shell reports for a process that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// SOL and BTC fall; a writer of options on both is liquidated; every token and lot is counted.
#[derive(Parser)]
#[command(name = "demo", version)]
struct Options {
    /// Plain lines without control codes
    #[arg(long)]
    headless: bool,
    /// Leave validator and keeper running until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Seconds of the market in one second of the run
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=400))]
    speed: u32,
    /// Kill the keeper once in the middle of the fall and start it again
    #[arg(long)]
    kill_keeper: bool,
    /// Binary of the keeper
    #[arg(long, env = "TENOR_KEEPER_BIN")]
    keeper_bin: PathBuf,
    /// Folder for report, timeline and logs
    #[arg(long, env = "TENOR_DEMO_DIR", default_value = "target/demo")]
    demo_dir: PathBuf,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let console = Console::new(Style::detect(options.headless));
    let scenario = Scenario {
        keeper_binary: options.keeper_bin,
        folder: options.demo_dir,
        speed: options.speed,
        chaos: if options.kill_keeper {
            Chaos::KillOnce
        } else {
            Chaos::Nothing
        },
        console: console.clone(),
    };
    // When the story is dropped in the middle, keeper and validator end with it.
    tokio::select! {
        code = play(&scenario, &console, options.keep) => code,
        interrupt = interrupted() => interrupt.map(|()| {
            console.end_status();
            console.say("Interrupted; keeper and validator are stopped");
            ExitCode::from(INTERRUPTED)
        }),
    }
}

async fn play(scenario: &Scenario, console: &Console, keep: bool) -> Result<ExitCode> {
    let ended = scenario.run().await;
    let folder = &scenario.folder;
    publish(&ended.timeline, folder)?;
    let holds = ended.verdict().holds();
    console.say(&format!("Report: {}", folder.join("report.html").display()));
    if !holds {
        console.warn(&format!(
            "Not everything holds; logs of the keeper are in {}",
            folder.display()
        ));
    }
    let Ended { stage, .. } = ended;
    if let Some(mut stage) = stage {
        if keep {
            keep_running(&mut stage, console).await?;
        }
        stage.strike().await;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Goes on publishing the last price, so that the market stays usable.
async fn keep_running(stage: &mut Stage, console: &Console) -> Result<()> {
    console.say(&format!("RPC at {}; Ctrl-C ends validator and keeper", stage.rpc_url()));
    loop {
        stage.keep_fresh().await?;
        sleep(FRESH_INTERVAL).await;
    }
}

/// Ctrl-C, or a supervisor's request to end.
async fn interrupted() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt.context("cannot listen for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}
