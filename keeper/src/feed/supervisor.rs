//! Opens session after session, ever more slowly while they fail.

use super::session::{Session, SessionError};
use super::{Payload, Source, Update};
use crate::report::metrics;
use backon::{BackoffBuilder, ExponentialBuilder};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

const FIRST_DELAY: Duration = Duration::from_millis(100);
const LAST_DELAY: Duration = Duration::from_secs(10);

/// The feed ended although nobody stopped it.
#[derive(Debug, thiserror::Error)]
#[error("the feed ended: nobody takes its updates")]
pub struct FeedEnded;

/// Keeps updates coming until stopped.
///
/// # Errors
/// [`FeedEnded`] if nobody takes them any more.
pub async fn run(source: Source, updates: mpsc::Sender<Update>, stop: CancellationToken) -> Result<(), FeedEnded> {
    let source = Arc::new(source);
    let mut known_slot = 0;
    let mut delays = delays();
    loop {
        let mut session = Session {
            source: Arc::clone(&source),
            updates: updates.clone(),
            known_slot,
            is_synced: false,
        };
        let error = session.run(&stop).await;
        known_slot = session.known_slot;
        match error {
            SessionError::Stopped => return Ok(()),
            SessionError::NotListening => return Err(FeedEnded),
            _ => {}
        }
        if session.is_synced {
            delays = self::delays();
        }
        // Full jitter: keepers that lost the same node do not come back together.
        let delay = rand::random_range(Duration::ZERO..=delays.next().unwrap_or(LAST_DELAY));
        warn!(error = source.redact(&error), ?delay, "feed interrupted");
        metrics::reconnect();
        updates
            .send(Update {
                slot: known_slot,
                payload: Payload::Interrupted,
            })
            .await
            .map_err(|_| FeedEnded)?;
        tokio::select! {
            () = sleep(delay) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(LAST_DELAY)
        .without_max_times()
        .build()
}
