//! The feed against a node on the loopback interface.

use crate::support::accounts::{ALICE, FEED};
use crate::support::node::{self, Fault, SLOT, STREAM_SEQUENCE};
use std::time::Duration;
use tenor_keeper::feed::{self, Payload, Update, Watchdog};
use tenor_keeper::world::World;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A world that a feed keeps.
struct Listener {
    world: World,
    unreadable: usize,
    inbox: mpsc::Receiver<Update>,
    stop: CancellationToken,
}

impl Listener {
    async fn to(fault: Fault) -> Self {
        let source = node::source(fault).await;
        let (updates, inbox) = mpsc::channel(64);
        let stop = CancellationToken::new();
        tokio::spawn(feed::run(source, updates, stop.clone()));
        Self {
            world: World::default(),
            unreadable: 0,
            inbox,
            stop,
        }
    }

    /// Applies updates up to and including the first that is wanted.
    async fn until(&mut self, wanted: impl Fn(&Payload) -> bool) {
        loop {
            let update = self.inbox.recv().await.expect("the feed lives");
            let is_wanted = wanted(&update.payload);
            self.unreadable += self.world.apply(update).unreadable;
            if is_wanted {
                return;
            }
        }
    }

    fn sequence(&self) -> Option<u64> {
        self.world
            .accounts
            .get(&ALICE)
            .map(|tracked| tracked.data.account.sequence)
    }
}

const fn is_snapshot(payload: &Payload) -> bool {
    matches!(payload, Payload::Snapshot(_))
}

const fn is_account(payload: &Payload) -> bool {
    matches!(payload, Payload::Account { .. })
}

#[tokio::test]
async fn what_is_streamed_before_the_snapshot_arrives_is_applied_after_it() {
    let mut listener = Listener::to(Fault::None).await;
    let first = listener.inbox.recv().await.unwrap();
    assert!(is_snapshot(&first.payload));
    listener.world.apply(first);
    listener.until(is_account).await;
    assert_eq!(listener.sequence(), Some(STREAM_SEQUENCE));
}

#[tokio::test]
async fn a_snapshot_brings_clock_prices_and_balance_and_counts_what_it_cannot_read() {
    let mut listener = Listener::to(Fault::None).await;
    listener.until(is_snapshot).await;
    assert_eq!(listener.world.now.get(), 1_750_000_000);
    assert_eq!(listener.world.clock_slot, SLOT);
    assert_eq!(listener.world.payer_lamports, 1_000_000);
    assert_eq!(listener.world.feeds[&FEED].update.price, 100);
    assert!(listener.world.market.house().is_some());
    assert_eq!(listener.unreadable, 1);
}

#[tokio::test]
async fn polls_go_on_beside_the_stream() {
    let mut listener = Listener::to(Fault::None).await;
    listener.until(|payload| matches!(payload, Payload::Poll(_))).await;
    listener.until(|payload| matches!(payload, Payload::Slot)).await;
    listener.until(|payload| matches!(payload, Payload::Poll(_))).await;
}

async fn is_rebuilt_after(fault: Fault) {
    let mut listener = Listener::to(fault).await;
    listener.until(is_account).await;
    listener.until(|payload| matches!(payload, Payload::Interrupted)).await;
    assert_eq!(listener.sequence(), None, "nothing is known until the next snapshot");
    listener.until(is_snapshot).await;
    assert!(listener.sequence().is_some());
    listener.until(is_account).await;
    assert_eq!(listener.sequence(), Some(STREAM_SEQUENCE));
}

#[tokio::test]
async fn a_silent_stream_is_opened_anew_and_the_world_rebuilt() {
    is_rebuilt_after(Fault::Silence).await;
}

#[tokio::test]
async fn a_closed_stream_is_opened_anew_and_the_world_rebuilt() {
    is_rebuilt_after(Fault::Close).await;
}

#[tokio::test]
async fn a_feed_that_is_stopped_ends() {
    let mut listener = Listener::to(Fault::None).await;
    listener.until(is_snapshot).await;
    listener.stop.cancel();
    while listener.inbox.recv().await.is_some() {}
}

#[test]
fn a_node_that_stamps_everything_with_the_slot_of_the_subscription_is_seen_through() {
    let now = Instant::now();
    let mut watchdog = Watchdog::new(1_000, now, Duration::from_secs(5));
    assert_eq!(watchdog.stamp(1_000), 1_000);
    watchdog.beat(2_000, now);
    assert_eq!(watchdog.stamp(1_999), 1_999, "an honest stamp is kept");
    assert!(watchdog.stamp(1_000) > 1_900);
    assert!(
        watchdog.stamp(1_000) >= watchdog.read_slot(),
        "a read never shadows the stream"
    );
}

#[test]
fn each_heartbeat_puts_off_the_deadline() {
    let (now, timeout) = (Instant::now(), Duration::from_secs(5));
    let mut watchdog = Watchdog::new(1_000, now, timeout);
    assert_eq!(watchdog.deadline(), now + timeout);
    let later = now + Duration::from_secs(3);
    watchdog.beat(999, later);
    assert_eq!(watchdog.deadline(), later + timeout);
    assert_eq!(
        watchdog.stamp(0),
        watchdog.read_slot(),
        "an older slot moves nothing back"
    );
}
