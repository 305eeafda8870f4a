//! Deploys the Tenor options protocol, or shows what a deployment would do.

use anyhow::{Context, Result, anyhow, ensure};
use clap::Parser;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::{Keypair, read_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::path::{Path, PathBuf};
use tenor_migrations::{ChainState, Deployment, Signers, apply, open_ends, plan};
use tenor_sdk::client::Client;

/// Prints the steps that a deployment lacks; with `--apply`, sends them.
#[derive(Parser)]
#[command(name = "tenor-migrate", version)]
struct Options {
    /// TOML file that describes the deployment
    deployment: PathBuf,
    /// RPC node
    #[arg(long, default_value = "http://127.0.0.1:8899")]
    url: String,
    /// Send the steps instead of printing them
    #[arg(long, requires_all = ["upgrade_key", "admin_key"])]
    apply: bool,
    /// Key file of the program's upgrade authority
    #[arg(long)]
    upgrade_key: Option<PathBuf>,
    /// Key file of the admin, who also pays
    #[arg(long)]
    admin_key: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let deployment = Deployment::load(&options.deployment)?;
    let client = Client::new(options.url.clone(), CommitmentConfig::confirmed());
    let state = ChainState::fetch(&client)
        .await
        .with_context(|| format!("cannot read the chain at {}", options.url))?;
    let steps = plan(&state, &deployment)?;

    println!("{} steps are missing", steps.len());
    for (number, step) in (1..).zip(&steps) {
        println!("{number:>3}. {} (signed by the {})", step.action, step.signer);
    }
    if !options.apply {
        println!("Nothing was sent; add --apply to send.");
        return if steps.is_empty() {
            report_open_ends(&state)
        } else {
            Ok(())
        };
    }
    let upgrade = read_key(options.upgrade_key.as_deref(), &deployment.authorities.upgrade.0)?;
    let admin = read_key(options.admin_key.as_deref(), &deployment.authorities.admin.0)?;
    let signers = Signers {
        upgrade: &upgrade,
        admin: &admin,
    };
    apply(&client, &steps, signers, |step, signature| {
        println!("done: {} in {signature}", step.action)
    })
    .await?;
    report_open_ends(&ChainState::fetch(&client).await?)
}

/// A deployment is complete only when no single key can take anything at once.
fn report_open_ends(state: &ChainState) -> Result<()> {
    let open = open_ends(state);
    for each in &open {
        println!("not complete: {each}");
    }
    ensure!(
        open.is_empty(),
        "every step is done, but the deployment is not complete"
    );
    Ok(())
}

fn read_key(path: Option<&Path>, expected: &Pubkey) -> Result<Keypair> {
    let path = path.context("a key file is missing")?;
    let key =
        read_keypair_file(path).map_err(|error| anyhow!("cannot read the key file {}: {error}", path.display()))?;
    ensure!(
        key.pubkey() == *expected,
        "{} holds the key of {}, the deployment names {expected}",
        path.display(),
        key.pubkey()
    );
    Ok(key)
}
