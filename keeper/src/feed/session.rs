//! One connection, from opening to its break.

use super::snapshot::SnapshotError;
use super::stream::{Notice, subscribe};
use super::watchdog::Watchdog;
use super::{Payload, Source, Update};
use crate::report::metrics;
use futures_util::StreamExt;
use solana_pubsub_client::nonblocking::pubsub_client::{PubsubClient, PubsubClientError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Longest wait for a connection to close politely.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("stream: {0}")]
    Stream(Box<PubsubClientError>),
    #[error("snapshot: {0}")]
    Snapshot(#[from] SnapshotError),
    #[error("no heartbeat for {0:?}")]
    Silent(Duration),
    #[error("the node closed the stream")]
    Closed,
    #[error("the keeper no longer listens")]
    NotListening,
    #[error("the keeper stops")]
    Stopped,
}

impl From<PubsubClientError> for SessionError {
    fn from(error: PubsubClientError) -> Self {
        Self::Stream(Box::new(error))
    }
}

/// One connection's state.
pub(super) struct Session {
    pub(super) source: Arc<Source>,
    pub(super) updates: mpsc::Sender<Update>,
    /// Newest slot of any session.
    pub(super) known_slot: u64,
    /// Whether a snapshot was handed over.
    pub(super) is_synced: bool,
}

impl Session {
    /// Runs until the connection breaks or the keeper stops, and closes it.
    pub(super) async fn run(&mut self, stop: &CancellationToken) -> SessionError {
        let wait = self.source.timing.silence_timeout;
        let opened = tokio::select! {
            opened = timeout(wait, PubsubClient::new(self.source.ws.expose())) => opened,
            () = stop.cancelled() => return SessionError::Stopped,
        };
        let client = match opened {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return error.into(),
            Err(_) => return SessionError::Silent(wait),
        };
        let mut readers = JoinSet::new();
        let error = tokio::select! {
            Err(error) = self.stream(&client, &mut readers) => error,
            () = stop.cancelled() => SessionError::Stopped,
        };
        // Nothing of this session may speak after it has ended.
        readers.shutdown().await;
        drop(timeout(CLOSE_WITHIN, client.shutdown()).await);
        error
    }

    /// The stream is opened before the snapshot is asked for, and read after.
    async fn stream(
        &mut self,
        client: &PubsubClient,
        readers: &mut JoinSet<()>,
    ) -> Result<std::convert::Infallible, SessionError> {
        let wait = self.source.timing.silence_timeout;
        let source = Arc::clone(&self.source);
        let silent = |_| SessionError::Silent(wait);
        let mut notices = timeout(wait, subscribe(client, &source)).await.map_err(silent)??;
        let (mut watchdog, early) = timeout(wait, first_heartbeat(&mut notices, wait))
            .await
            .map_err(silent)??;

        let snapshot = source.snapshot(self.known_slot).await?;
        info!(
            accounts = snapshot.program.accounts.len(),
            slot = snapshot.program.slot,
            "snapshot taken"
        );
        self.send(watchdog.read_slot(), Payload::Snapshot(Box::new(snapshot)))
            .await?;
        self.is_synced = true;
        // The snapshot took its time: heartbeats have been queueing up since.
        watchdog.beat(self.known_slot, Instant::now());
        for notice in early {
            self.take(notice, &mut watchdog).await?;
        }

        let (read_slot, slots) = watch::channel(watchdog.read_slot());
        readers.spawn(Reader::new(self, slots.clone()).poll_forever());
        readers.spawn(Reader::new(self, slots).snapshot_forever());
        loop {
            tokio::select! {
                notice = notices.next() => {
                    self.take(notice.ok_or(SessionError::Closed)?, &mut watchdog).await?;
                    read_slot.send_replace(watchdog.read_slot());
                }
                () = sleep_until(watchdog.deadline()) => return Err(SessionError::Silent(wait)),
            }
        }
    }

    async fn take(&mut self, notice: Notice, watchdog: &mut Watchdog) -> Result<(), SessionError> {
        match notice {
            Notice::Slot(slot) => {
                watchdog.beat(slot, Instant::now());
                self.known_slot = self.known_slot.max(slot);
                self.send(slot, Payload::Slot).await
            }
            Notice::Seen {
                stated_slot,
                payload: payload @ Payload::Clock { .. },
            } => self.send(stated_slot, payload).await,
            Notice::Seen { stated_slot, payload } => self.send(watchdog.stamp(stated_slot), payload).await,
            Notice::OddClock => {
                metrics::decode_error("clock");
                Ok(())
            }
        }
    }

    async fn send(&self, slot: u64, payload: Payload) -> Result<(), SessionError> {
        self.updates
            .send(Update { slot, payload })
            .await
            .map_err(|_| SessionError::NotListening)
    }
}

/// Waits for the first slot; what comes before it is kept.
async fn first_heartbeat(
    notices: &mut (impl futures_util::Stream<Item = Notice> + Unpin),
    wait: Duration,
) -> Result<(Watchdog, Vec<Notice>), SessionError> {
    let mut early = Vec::new();
    loop {
        match notices.next().await.ok_or(SessionError::Closed)? {
            Notice::Slot(slot) => return Ok((Watchdog::new(slot, Instant::now(), wait), early)),
            other => early.push(other),
        }
    }
}

/// Reads over RPC beside the stream.
struct Reader {
    source: Arc<Source>,
    updates: mpsc::Sender<Update>,
    read_slot: watch::Receiver<u64>,
}

impl Reader {
    fn new(session: &Session, read_slot: watch::Receiver<u64>) -> Self {
        Self {
            source: Arc::clone(&session.source),
            updates: session.updates.clone(),
            read_slot,
        }
    }

    async fn poll_forever(self) {
        let mut ticks = ticks(self.source.timing.poll_interval);
        loop {
            ticks.tick().await;
            // Before the question: the answer is at least as new.
            let slot = *self.read_slot.borrow();
            match self.source.poll().await {
                Ok(poll) => self.send(slot, Payload::Poll(Box::new(poll))).await,
                Err(error) => self.failed("poll", &error),
            }
        }
    }

    async fn snapshot_forever(self) {
        let mut ticks = ticks(self.source.timing.snapshot_interval);
        loop {
            ticks.tick().await;
            let slot = *self.read_slot.borrow();
            match self.source.snapshot(slot).await {
                Ok(snapshot) => self.send(slot, Payload::Snapshot(Box::new(snapshot))).await,
                Err(error) => self.failed("snapshot", &error),
            }
        }
    }

    async fn send(&self, slot: u64, payload: Payload) {
        // Nobody listens only while the keeper stops, which also stops this task.
        drop(self.updates.send(Update { slot, payload }).await);
    }

    fn failed(&self, what: &'static str, error: &dyn std::error::Error) {
        metrics::read_error(what);
        warn!(what, error = self.source.redact(error), "read failed");
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let now = Instant::now();
    let mut ticks = interval_at(now.checked_add(period).unwrap_or(now), period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
