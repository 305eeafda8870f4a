//! Whether the stream still lives, and which slot its messages belong to.

use std::time::Duration;
use tokio::time::Instant;

/// Most slots by which a commitment level trails the heartbeat: finality is 32 slots deep.
pub(super) const COMMITMENT_LAG_SLOTS: u64 = 40;

/// The stream's heartbeat: slots come several times a second, whatever else happens.
#[derive(Clone, Copy, Debug)]
pub struct Watchdog {
    slot: u64,
    beat_at: Instant,
    timeout: Duration,
}

impl Watchdog {
    /// Starts at the first heartbeat.
    pub const fn new(slot: u64, at: Instant, timeout: Duration) -> Self {
        Self {
            slot,
            beat_at: at,
            timeout,
        }
    }

    /// A heartbeat came.
    pub fn beat(&mut self, slot: u64, at: Instant) {
        self.slot = self.slot.max(slot);
        self.beat_at = at;
    }

    /// Newest slot of the heartbeat.
    pub const fn slot(&self) -> u64 {
        self.slot
    }

    /// When silence has lasted too long.
    pub fn deadline(&self) -> Instant {
        self.beat_at.checked_add(self.timeout).unwrap_or(self.beat_at)
    }

    /// Slot of a notification that claims `stated`.
    ///
    /// Local validators stamp every notification with the slot at which the subscription was made. A message that
    /// arrives now is no older than the commitment's lag, whatever it claims.
    pub fn stamp(&self, stated: u64) -> u64 {
        stated.max(self.read_slot())
    }

    /// Slot to which an answer over RPC is credited: what was streamed within the lag is never replaced by it.
    pub const fn read_slot(&self) -> u64 {
        self.slot.saturating_sub(COMMITMENT_LAG_SLOTS)
    }
}
