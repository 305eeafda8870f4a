//! Watches the program's transactions as they are executed, whoever sent them.

use crate::console::Console;
use crate::record::Record;
use crate::transaction::{self, Transaction};
use anyhow::{Context, Result, anyhow};
use futures_util::StreamExt;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcTransactionLogsConfig, RpcTransactionLogsFilter};
use solana_signature::Signature;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::client::Client;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const FETCH_ATTEMPTS: u32 = 20;
const FETCH_PAUSE: Duration = Duration::from_millis(50);
const SUBSCRIBED_WITHIN: Duration = Duration::from_secs(5);
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(10);

/// Two tasks: one notes when each transaction was executed, the other reads it back and records it.
pub struct Watch {
    seen: Arc<AtomicUsize>,
    recorded: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Watch {
    /// Starts watching; returns once nothing can be missed any more.
    ///
    /// # Errors
    /// If the subscription fails.
    pub async fn start(rpc_url: &str, ws_url: &str, record: Record, console: Console) -> Result<Self> {
        let (sender, receiver) = unbounded_channel();
        let (ready, is_ready) = oneshot::channel();
        let (seen, recorded) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let rpc = RpcClient::new_with_commitment(rpc_url.to_owned(), CommitmentConfig::processed());
        let mut tasks = JoinSet::new();
        tasks.spawn(subscribe(ws_url.to_owned(), ready, sender, Arc::clone(&seen)));
        tasks.spawn(write_down(
            Client::from_rpc(rpc),
            receiver,
            record,
            console,
            Arc::clone(&recorded),
        ));
        timeout(SUBSCRIBED_WITHIN, is_ready)
            .await
            .map_err(drop)
            .and_then(|ready| ready.map_err(drop))
            .map_err(|()| anyhow!("cannot subscribe to the program's transactions"))?;
        Ok(Self {
            seen,
            recorded,
            _tasks: tasks,
        })
    }

    /// Waits until everything that was seen is recorded.
    ///
    /// # Errors
    /// If that takes too long.
    pub async fn catch_up(&self) -> Result<()> {
        let wait = async {
            while self.recorded.load(Ordering::Acquire) < self.seen.load(Ordering::Acquire) {
                sleep(FETCH_PAUSE).await;
            }
        };
        timeout(CAUGHT_UP_WITHIN, wait)
            .await
            .context("transactions could not be read back")
    }
}

async fn subscribe(
    ws_url: String,
    ready: oneshot::Sender<()>,
    sender: UnboundedSender<(Instant, Signature)>,
    seen: Arc<AtomicUsize>,
) {
    let filter = RpcTransactionLogsFilter::Mentions(vec![MARGIN_PROGRAM.to_string()]);
    let config = RpcTransactionLogsConfig {
        commitment: Some(CommitmentConfig::processed()),
    };
    // Without a subscription `ready` is dropped, which is how the failure is told.
    let Ok(client) = PubsubClient::new(&ws_url).await else {
        return;
    };
    let Ok((mut logs, _unsubscribe)) = client.logs_subscribe(filter, config).await else {
        return;
    };
    if ready.send(()).is_err() {
        return;
    }
    while let Some(notice) = logs.next().await {
        let moment = Instant::now();
        let Ok(signature) = notice.value.signature.parse() else {
            continue;
        };
        seen.fetch_add(1, Ordering::AcqRel);
        if sender.send((moment, signature)).is_err() {
            return;
        }
    }
}

async fn write_down(
    client: Client,
    mut receiver: UnboundedReceiver<(Instant, Signature)>,
    record: Record,
    console: Console,
    recorded: Arc<AtomicUsize>,
) {
    while let Some((moment, signature)) = receiver.recv().await {
        match fetch(&client, &signature).await {
            Ok(transaction) => {
                let landed = record.landed(moment, &signature, &transaction);
                console.transaction(&landed);
            }
            Err(error) => console.warn(&format!("transaction {signature} cannot be read back: {error:#}")),
        }
        recorded.fetch_add(1, Ordering::AcqRel);
    }
}

/// The notice can be faster than the ledger.
async fn fetch(client: &Client, signature: &Signature) -> Result<Transaction> {
    for _ in 1..FETCH_ATTEMPTS {
        if let Ok(transaction) = transaction::fetch(client, signature).await {
            return Ok(transaction);
        }
        sleep(FETCH_PAUSE).await;
    }
    transaction::fetch(client, signature).await
}
