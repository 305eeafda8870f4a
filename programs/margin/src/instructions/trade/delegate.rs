//! How much a delegate may lose: a stolen or colluding key that trades round trips with a friend meets this limit.

use crate::error::MarginError;
use crate::state::MarginAccount;
use anchor_lang::prelude::Address;
use tenor_math::quantity::{SECONDS_PER_DAY, UnixSeconds, Value};

impl MarginAccount {
    /// Counts what a trade loses against mark, fees included, under a signature that is not the owner's. Gains of other
    /// trades do not offset it. Under a limit of zero a delegate may only make trades that lose nothing.
    ///
    /// # Errors
    /// [`MarginError::DelegateLossLimit`], [`MarginError::MathOverflow`].
    pub fn count_delegate_loss(
        &mut self,
        signer: &Address,
        equity_change: Value,
        now: UnixSeconds,
    ) -> Result<(), MarginError> {
        if self.owner == *signer || equity_change >= Value::ZERO {
            return Ok(());
        }
        let day = now
            .since(UnixSeconds::new(0))
            .checked_div(SECONDS_PER_DAY)
            .and_then(|day| i64::try_from(day).ok())
            .ok_or(MarginError::MathOverflow)?;
        let before = if self.delegate_day == day {
            self.delegate_loss_e9
        } else {
            0
        };
        let loss = before
            .checked_add(equity_change.e9().unsigned_abs())
            .ok_or(MarginError::MathOverflow)?;
        if loss > self.delegate_max_daily_loss_e9 {
            return Err(MarginError::DelegateLossLimit);
        }
        (self.delegate_day, self.delegate_loss_e9) = (day, loss);
        Ok(())
    }
}
