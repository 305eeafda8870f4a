//! The life of an auction: when it starts, how its clock runs, when it ends.

use crate::error::{MarginError, OrMarginError};
use crate::state::{ClearingHouse, LiquidationState};
use tenor_math::Round;
use tenor_math::liquidation::AuctionClock;
use tenor_math::quantity::{Ratio, UnixSeconds, Value};
use tenor_math::risk::Health;

/// Whether equity has reached the target at which an auction ends.
///
/// # Errors
/// [`MarginError::MathOverflow`].
pub fn is_at_target(health: &Health, target: Ratio) -> Result<bool, MarginError> {
    Ok(health.equity >= target.of(health.maintenance, Round::Up).or_margin_error()?)
}

impl LiquidationState {
    /// The state after a touch on a fresh price: an auction that runs advances its clock, or ends at the target; a healthy
    /// account starts none; an unhealthy one starts at zero, or where a recent auction stopped.
    ///
    /// # Errors
    /// [`MarginError::AccountHealthy`] if none runs and none can start; [`MarginError::MathOverflow`].
    pub fn touched(self, health: &Health, house: &ClearingHouse, now: UnixSeconds) -> Result<Self, MarginError> {
        if self.is_active() {
            return self.advanced(health, house, now);
        }
        if !health.is_certainly_unhealthy().or_margin_error()? {
            return Err(MarginError::AccountHealthy);
        }
        Ok(Self {
            started_at: now.get(),
            touched_at: now.get(),
            clock_seconds: self.clock_at(house, now).seconds(),
            active: 1,
            ..self
        })
    }

    /// What the clock shows after a touch now: advanced if an auction runs, else zero or where a recent auction stopped.
    pub fn clock_at(&self, house: &ClearingHouse, now: UnixSeconds) -> AuctionClock {
        if self.is_active() {
            return self.clock().advanced(UnixSeconds::new(self.touched_at), now);
        }
        let is_recent =
            self.ended_at != 0 && now.since(UnixSeconds::new(self.ended_at)) <= house.auction_memory_seconds;
        if is_recent {
            self.clock()
        } else {
            AuctionClock::default()
        }
    }

    fn advanced(self, health: &Health, house: &ClearingHouse, now: UnixSeconds) -> Result<Self, MarginError> {
        let clock = self.clock_at(house, now);
        let moved = Self {
            clock_seconds: clock.seconds(),
            touched_at: now.get(),
            ..self
        };
        moved.ended_at_target(health, house, now)
    }

    /// The state after a slice: ended if equity has reached the target or nothing needs margin.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn ended_at_target(
        self,
        health: &Health,
        house: &ClearingHouse,
        now: UnixSeconds,
    ) -> Result<Self, MarginError> {
        if health.maintenance == Value::ZERO || is_at_target(health, house.liquidation_target())? {
            return Ok(Self {
                active: 0,
                ended_at: now.get(),
                ..self
            });
        }
        Ok(self)
    }
}
