//! Wiring: one loop owns all state; feed, server and transactions are tasks around it. A lost task ends the process,
//! for a supervisor to start it again.

use crate::config::Config;
use crate::engine::Engine;
use crate::execute::{Chain, Executor, Node};
use crate::feed::{self, Source, Update};
use crate::report::{self, metrics};
use anyhow::{Context, anyhow, bail};
use metrics_exporter_prometheus::PrometheusHandle;
use solana_keypair::{Keypair, read_keypair_file};
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use std::sync::Arc;
use std::time::Duration;
use tenor_sdk::client::Client;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Updates that may wait for the loop before the feed must.
const QUEUE: usize = 4_096;
/// Updates taken in one turn, so that a flood does not put off everything else.
const BATCH: usize = 512;
/// How long transactions under way may take to finish when the keeper stops.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long sockets may take to close.
const FAREWELL: Duration = Duration::from_secs(1);

type Tasks = JoinSet<anyhow::Result<()>>;

/// Runs the keeper until it is told to stop.
///
/// # Errors
/// It could not start, or a task was lost.
pub async fn run(config: Config) -> anyhow::Result<()> {
    info!(?config, "starting");
    let payer = Arc::new(read_keypair(&config)?);
    let recorder = metrics::install().context("metrics")?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("http_listen: {}", config.listen))?;
    let rpc = RpcClient::new_with_timeout_and_commitment(
        config.rpc.expose().to_owned(),
        config.rpc_timeout,
        config.commitment,
    );
    let client = Arc::new(Client::from_rpc(rpc));
    let executor = Executor::new(
        Node::new(Arc::clone(&client), config.rpc.clone()),
        Arc::clone(&payer),
        config.fee,
        config.max_in_flight,
    );
    let mut engine = Engine::new(&config, &payer.pubkey(), executor, Instant::now());

    let stop = CancellationToken::new();
    let mut tasks = Tasks::new();
    let source = Source {
        client,
        rpc: config.rpc.clone(),
        ws: config.ws.clone(),
        feeds: config.feeds.values().copied().collect(),
        payer: payer.pubkey(),
        timing: config.timing,
    };
    let (updates, inbox) = mpsc::channel(QUEUE);
    let token = stop.clone();
    tasks.spawn(async move { feed::run(source, updates, token).await.context("feed") });
    let (status, token, handle) = (engine.status(), stop.clone(), recorder.clone());
    tasks.spawn(async move { report::serve(listener, status, handle, token).await.context("http") });

    let ended = turn_until_stopped(&mut engine, inbox, &mut tasks, &config, &recorder).await;
    info!(in_flight = engine.in_flight(), "stopping");
    engine.stop(PATIENCE).await;
    stop.cancel();
    if timeout(FAREWELL, join_all(&mut tasks)).await.is_err() {
        warn!("tasks did not stop in time");
    }
    ended
}

fn read_keypair(config: &Config) -> anyhow::Result<Keypair> {
    let path = &config.keypair_path;
    // Only the path is told: the file is a secret.
    read_keypair_file(path).map_err(|_| anyhow!("keypair_path: {} is not a readable keypair file", path.display()))
}

/// The main loop.
async fn turn_until_stopped<C: Chain>(
    engine: &mut Engine<C>,
    mut inbox: mpsc::Receiver<Update>,
    tasks: &mut Tasks,
    config: &Config,
    recorder: &PrometheusHandle,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut ticks = interval(config.timing.tick_interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let plan_at = engine.plan_at();
        tokio::select! {
            update = inbox.recv() => {
                take_batch(engine, update.context("the feed was lost")?, &mut inbox);
            }
            finished = engine.next_finished() => {
                engine.ended(&finished.context("a transaction's task was lost")?, Instant::now());
            }
            () = sleep_until(plan_at.unwrap_or_else(Instant::now)), if plan_at.is_some() => {
                engine.plan(Instant::now());
            }
            _ = ticks.tick() => {
                let now = Instant::now();
                engine.plan(now);
                engine.show(now);
                recorder.run_upkeep();
            }
            Some(ended) = tasks.join_next() => {
                ended.context("a task was lost")??;
                bail!("a task ended before the keeper did");
            }
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
        engine.turned(Instant::now());
    }
}

fn take_batch<C: Chain>(engine: &mut Engine<C>, first: Update, inbox: &mut mpsc::Receiver<Update>) {
    let now = Instant::now();
    engine.take(first, now);
    for _ in 0..BATCH {
        let Ok(update) = inbox.try_recv() else { return };
        engine.take(update, now);
    }
}

async fn join_all(tasks: &mut Tasks) {
    while let Some(ended) = tasks.join_next().await {
        if !matches!(ended, Ok(Ok(()))) {
            warn!(?ended, "task ended badly while stopping");
        }
    }
}
