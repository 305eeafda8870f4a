//! The checks that a caller makes on our fields give the verdicts of the official ones.

use anchor_lang_v1::prelude::Clock;
use proptest::prelude::*;
use pyth_solana_receiver_sdk::error::GetPriceError;
use pyth_solana_receiver_sdk::price_update::Price;
use tenor_pyth::{PriceUpdate, VerificationLevel};

use crate::{
    official,
    samples::{any_i64, any_update},
};

/// Level, feed id and age, in the official order.
fn our_price(data: &[u8], feed_id: &[u8; 32], max_age_secs: i64, now_secs: i64) -> Result<Price, GetPriceError> {
    let update = PriceUpdate::read(data).unwrap();
    if update.verification_level != VerificationLevel::Full {
        return Err(GetPriceError::InsufficientVerificationLevel);
    }
    if update.feed_id != *feed_id {
        return Err(GetPriceError::MismatchedFeedId);
    }
    if update.publish_time_secs.saturating_add(max_age_secs) < now_secs {
        return Err(GetPriceError::PriceTooOld);
    }
    Ok(Price {
        price: update.price,
        conf: update.conf,
        exponent: update.exponent,
        publish_time: update.publish_time_secs,
    })
}

fn official_price(data: &[u8], feed_id: &[u8; 32], max_age_secs: i64, now_secs: i64) -> Result<Price, GetPriceError> {
    let clock = Clock {
        unix_timestamp: now_secs,
        ..Clock::default()
    };
    let update = official::to_official(&official::read(data).unwrap());
    update.get_price_no_older_than(&clock, max_age_secs.unsigned_abs(), feed_id)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn verdicts_agree_around_the_age_limit(
        update in any_update(),
        max_age_secs in prop_oneof![0_i64..120, Just(i64::MAX)],
        secs_past_limit in -2_i64..=2,
    ) {
        let data = update.write();
        let limit_secs = update.publish_time_secs.saturating_add(max_age_secs);
        let now_secs = limit_secs.saturating_add(secs_past_limit);
        prop_assert_eq!(
            our_price(&data, &update.feed_id, max_age_secs, now_secs),
            official_price(&data, &update.feed_id, max_age_secs, now_secs)
        );
    }

    #[test]
    fn verdicts_agree_at_any_time(
        update in any_update(),
        max_age_secs in 0..=i64::MAX,
        now_secs in any_i64(),
    ) {
        let data = update.write();
        prop_assert_eq!(
            our_price(&data, &update.feed_id, max_age_secs, now_secs),
            official_price(&data, &update.feed_id, max_age_secs, now_secs)
        );
    }

    #[test]
    fn verdicts_agree_on_another_feed(update in any_update(), feed_id in any::<[u8; 32]>()) {
        let data = update.write();
        let now_secs = update.publish_time_secs;
        prop_assert_eq!(
            our_price(&data, &feed_id, 0, now_secs),
            official_price(&data, &feed_id, 0, now_secs)
        );
    }
}
