//! Stores a checked price.

use crate::error::OrMarginError;
use crate::event::PriceUpdated;
use crate::feed::read_feed;
use crate::hourly::marked_hour;
use crate::state::{Underlying, seeds};
use anchor_lang::prelude::*;
use tenor_math::average::moving_average;
use tenor_math::quantity::{Price, UnixSeconds};

/// Accounts of `update_price`.
#[event_cpi]
#[derive(Accounts)]
pub struct UpdatePrice {
    /// The underlying.
    #[account(mut, seeds = [seeds::UNDERLYING, underlying.house.as_ref(), underlying.symbol.as_ref()], bump = underlying.bump)]
    pub underlying: Account<Underlying>,
    /// The pull or the push oracle's account.
    pub feed: UncheckedAccount,
}

/// See [`crate::tenor_margin::update_price`].
#[inline(never)]
pub fn update_price(ctx: &mut Context<UpdatePrice>) -> Result<()> {
    let clock = Clock::get()?;
    let now = UnixSeconds::new(clock.unix_timestamp);
    let accounts = &mut ctx.accounts;
    let update = read_feed(accounts.feed.account(), &accounts.underlying)?;
    update.check_usable(&accounts.underlying, now)?;
    if update.is_of_stored_second(&accounts.underlying) {
        return Ok(());
    }

    let underlying = &mut accounts.underlying;
    let elapsed = update.published_at.since(underlying.published_at());
    let average = moving_average(Price::from_e9(underlying.ema_e9), update.price, elapsed).or_margin_error()?;
    underlying.ema_e9 = average.e9();
    underlying.price_e9 = update.price.e9();
    underlying.confidence_e9 = update.confidence.e9();
    underlying.published_at = update.published_at.get();
    underlying.updated_slot = clock.slot;
    // A wide price still moves the average, whose step is bounded; it is no mark of an hour.
    let is_certain = update.check_confidence(underlying.feed.max_confidence_e9).is_ok();
    if let Some(hour) = marked_hour(&update, underlying).filter(|_| is_certain) {
        underlying.take_mark(update.price, hour, now)?;
    }

    let event = PriceUpdated {
        underlying: *underlying.address(),
        sequence: underlying.advance(),
        price_e9: update.price.e9(),
        confidence_e9: update.confidence.e9(),
        ema_e9: average.e9(),
        published_at: update.published_at.get(),
        updated_slot: clock.slot,
        variance_hour: underlying.variance_hour,
        variance_price_e9: underlying.variance_price_e9,
        hourly_variance_q62: underlying.hourly_variance_q62,
        range_e9: underlying.range_e9,
        previous_range_e9: underlying.previous_range_e9,
        range_moved_at: underlying.range_moved_at,
    };
    emit_cpi!(event);
    Ok(())
}
