//! How fast tokens may leave the house, and how fast a new collateral may come in.

use crate::quantity::{Atoms, UnixSeconds};
use crate::{Round, mul_div};

/// Most net outflow within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutflowLimit {
    /// What fits the window.
    pub cap: Atoms,
    /// The window, seconds.
    pub seconds: u64,
}

/// Net outflow as a leaky bucket: withdrawals fill it, time drains it by one cap a window. Deposits do not: whoever brought tokens
/// in could then take others' out. What an account takes back of its own recent deposits is not counted by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outflow {
    /// What is in the bucket.
    pub level: Atoms,
    /// When it was last drained.
    pub at: UnixSeconds,
}

impl Outflow {
    /// The bucket at a later time. Rounds the drain down: draining in steps drains less than one atom a step less.
    #[must_use]
    pub fn drained(self, limit: OutflowLimit, now: UnixSeconds) -> Self {
        let elapsed = now.since(self.at);
        // A drain beyond 64 bits, and one over a window of no time, empties it.
        let leak = mul_div(limit.cap.get(), elapsed, limit.seconds, Round::Down).unwrap_or(u64::MAX);
        Self {
            level: Atoms::new(self.level.get().saturating_sub(leak)),
            at: now,
        }
    }

    /// The bucket after a withdrawal; `None` if it does not fit.
    pub fn filled(self, atoms: Atoms, limit: OutflowLimit) -> Option<Self> {
        let level = self.level.try_add(atoms).ok().filter(|level| *level <= limit.cap)?;
        Some(Self { level, ..self })
    }

    /// The bucket after a withdrawal that need not fit: filled to the brim, so that many of them do not keep it full for
    /// longer than a window.
    #[must_use]
    pub fn brimmed(self, limit: OutflowLimit) -> Self {
        Self {
            level: self.level.max(limit.cap),
            ..self
        }
    }
}

/// A cap that grows in a line from zero at `started` to all of it `seconds` later. Rounds down.
pub fn ramped(cap: Atoms, started: UnixSeconds, seconds: u64, now: UnixSeconds) -> Atoms {
    let elapsed = now.since(started);
    if now < started {
        Atoms::ZERO
    } else if elapsed >= seconds {
        cap
    } else {
        mul_div(cap.get(), elapsed, seconds, Round::Down).map_or(Atoms::ZERO, Atoms::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: OutflowLimit = OutflowLimit {
        cap: Atoms::new(1_000),
        seconds: 86_400,
    };

    fn bucket(level: u64, at: i64) -> Outflow {
        Outflow {
            level: Atoms::new(level),
            at: UnixSeconds::new(at),
        }
    }

    #[test]
    fn time_drains_one_cap_a_window() {
        let after = |level, seconds| {
            bucket(level, 100)
                .drained(LIMIT, UnixSeconds::new(100 + seconds))
                .level
                .get()
        };
        assert_eq!(after(1_000, 0), 1_000);
        assert_eq!(after(1_000, 43_200), 500);
        // 86.4 seconds an atom.
        assert_eq!(
            (after(1_000, 86), after(1_000, 87), after(1_000, 86_399)),
            (1_000, 999, 1)
        );
        assert_eq!(after(1_000, 86_400), 0);
        // A cap that was lowered since does not drain faster.
        assert_eq!((after(5_000, 43_200), after(5_000, 86_400)), (4_500, 4_000));
        assert_eq!(after(u64::MAX, i64::MAX - 100), u64::MAX - 106_751_991_167_300_644);
        assert_eq!(after(10, 43_200), 0);
        // A clock that steps back drains nothing.
        assert_eq!(after(7, -50), 7);
    }

    #[test]
    fn withdrawals_fill() {
        let start = bucket(600, 0);
        assert_eq!(start.filled(Atoms::new(400), LIMIT), Some(bucket(1_000, 0)));
        assert_eq!(start.filled(Atoms::new(401), LIMIT), None);
        assert_eq!(start.filled(Atoms::new(u64::MAX), LIMIT), None);
        assert_eq!(
            (start.brimmed(LIMIT), bucket(1_001, 0).brimmed(LIMIT)),
            (bucket(1_000, 0), bucket(1_001, 0))
        );
    }

    #[test]
    fn a_cap_ramps_from_zero() {
        let at = |now| ramped(Atoms::new(1_000), UnixSeconds::new(500), 300, UnixSeconds::new(now)).get();
        assert_eq!((at(0), at(499), at(500)), (0, 0, 0));
        // 10/3 atoms a second.
        assert_eq!(
            (at(501), at(503), at(650), at(799), at(800), at(9_999)),
            (3, 10, 500, 996, 1_000, 1_000)
        );
        let at_once = |now| ramped(Atoms::new(7), UnixSeconds::new(500), 0, UnixSeconds::new(now)).get();
        assert_eq!((at_once(499), at_once(500)), (0, 7));
    }
}
