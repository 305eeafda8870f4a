//! Takes the hour's mark for the range of the scenarios.

use crate::error::MarginError;
use crate::event::HourMarked;
use crate::feed::read_feed;
use crate::hourly::{GRACE_SECONDS, marked_hour, seconds_into_hour, straddles_hour};
use crate::state::{LAYOUT_VERSION, Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::quantity::UnixSeconds;

/// Accounts of `mark_hour`.
#[event_cpi]
#[derive(Accounts)]
pub struct MarkHour {
    /// The underlying.
    #[account(mut, seeds = [seeds::UNDERLYING, underlying.house.as_ref(), underlying.symbol.as_ref()], bump = underlying.bump)]
    pub underlying: Account<Underlying>,
    /// The oracle's account with the update that straddles the hour.
    pub feed: UncheckedAccount,
}

/// See [`crate::tenor_margin::mark_hour`].
#[inline(never)]
pub fn mark_hour(ctx: &mut Context<MarkHour>) -> Result<()> {
    let now = UnixSeconds::new(Clock::get()?.unix_timestamp);
    let underlying = &mut ctx.accounts.underlying;
    require!(underlying.version == LAYOUT_VERSION, MarginError::WrongVersion);
    let update = read_feed(ctx.accounts.feed.account(), underlying)?;
    update.check_time(now)?;
    update.check_confidence(underlying.feed.max_confidence_e9)?;
    let is_in_time = straddles_hour(&update) && seconds_into_hour(&update, now) < GRACE_SECONDS;
    let hour = marked_hour(&update, underlying)
        .filter(|_| is_in_time)
        .ok_or(MarginError::NotHourMark)?;

    underlying.take_mark(update.price, hour, now)?;
    let event = HourMarked {
        underlying: *underlying.address(),
        sequence: underlying.advance(),
        hour,
        price_e9: update.price.e9(),
        hourly_variance_q62: underlying.hourly_variance_q62,
        range_e9: underlying.range_e9,
        previous_range_e9: underlying.previous_range_e9,
        range_moved_at: underlying.range_moved_at,
    };
    emit_cpi!(event);
    Ok(())
}
