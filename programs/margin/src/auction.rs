//! The life of an auction: when it starts, how its clock runs, when it ends.

use crate::error::{MarginError, OrMarginError};
use crate::risk::Assessment;
use crate::state::{ClearingHouse, LiquidationState};
use tenor_math::liquidation::{AuctionClock, Standing};
use tenor_math::quantity::{Ratio, UnixSeconds, Value};
use tenor_math::risk::Health;

/// Whether equity has reached the target at which an auction ends, exactly.
pub fn is_at_target(health: &Health, target: Ratio) -> bool {
    let standing = Standing {
        equity: health.equity,
        maintenance: health.maintenance,
    };
    standing.is_at_target(target)
}

impl LiquidationState {
    /// The state after a touch on a fresh price: an auction that runs advances its clock, or ends at the target; a healthy
    /// account starts none; an unhealthy one starts at zero, or where a recent auction stopped. What lies on prices that are not
    /// fresh counts at its best: an account that is unhealthy even so is liquidated, of any other nothing is known.
    ///
    /// # Errors
    /// [`MarginError::AccountHealthy`] if none runs and none can start; [`MarginError::PriceStale`] where only a fresh price
    /// can tell, [`MarginError::PriceUncertain`] where only a certain one can; [`MarginError::MathOverflow`].
    pub fn touched(
        self,
        assessment: &Assessment,
        house: &ClearingHouse,
        now: UnixSeconds,
    ) -> Result<Self, MarginError> {
        let Assessment {
            health,
            left_out,
            is_wide,
        } = assessment;
        if *left_out && health.maintenance_health().or_margin_error()? >= Value::ZERO {
            return Err(MarginError::PriceStale);
        }
        if self.is_active() {
            // On a wide price nobody is liquidated who may be healthy at one end of it.
            if *is_wide && !health.is_certainly_unhealthy().or_margin_error()? {
                return Err(MarginError::PriceUncertain);
            }
            return self.advanced(assessment, house, now);
        }
        if !health.is_certainly_unhealthy().or_margin_error()? {
            return Err(if *left_out {
                MarginError::PriceStale
            } else {
                MarginError::AccountHealthy
            });
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
        let ended_at = (self.ended_at != 0).then_some(UnixSeconds::new(self.ended_at));
        self.clock().resumed(ended_at, now, house.risk.auction_memory_seconds)
    }

    fn advanced(self, assessment: &Assessment, house: &ClearingHouse, now: UnixSeconds) -> Result<Self, MarginError> {
        let clock = self.clock_at(house, now);
        let moved = Self {
            clock_seconds: clock.seconds(),
            touched_at: now.get(),
            ..self
        };
        moved.ended_at_target(assessment, house, now)
    }

    /// The state after a slice: ended if equity has reached the target or nothing needs margin. An account of which something
    /// was left out cannot be seen to have reached it.
    ///
    /// # Errors
    /// [`MarginError::MathOverflow`].
    pub fn ended_at_target(
        self,
        assessment: &Assessment,
        house: &ClearingHouse,
        now: UnixSeconds,
    ) -> Result<Self, MarginError> {
        let Assessment { health, left_out, .. } = assessment;
        if *left_out {
            return Ok(self);
        }
        if health.maintenance == Value::ZERO || is_at_target(health, house.liquidation_target()) {
            return Ok(Self {
                active: 0,
                ended_at: now.get(),
                ..self
            });
        }
        Ok(self)
    }
}
