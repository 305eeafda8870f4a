//! Which price counts, and how old it may be: the verdicts of the official type.

use super::{official, samples::any_push};
use proptest::prelude::*;
use pyth_sdk_solana::Price;
use tenor_pyth::PushPrice;

fn our_price(push: &PushPrice) -> Price {
    let traded = push.last_traded();
    Price {
        price: traded.price,
        conf: traded.conf,
        expo: push.exponent,
        publish_time: traded.publish_time_secs,
    }
}

/// Our verdict on the age, as the program makes it.
fn our_price_no_older_than(push: &PushPrice, now_secs: i64, max_age_secs: u64) -> Option<Price> {
    let price = our_price(push);
    (now_secs.abs_diff(price.publish_time) <= max_age_secs).then_some(price)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    /// A price that is not trading is the previous one with its time.
    #[test]
    fn the_last_traded_price_is_the_official_feeds(push in any_push()) {
        let feed = official::to_official(&push).to_price_feed(&Default::default());
        prop_assert_eq!(feed.get_price_unchecked(), our_price(&push));
        prop_assert_eq!(official::to_official(&push).get_publish_time(), our_price(&push).publish_time);
    }

    /// The official check by slots, when no slot is too old.
    #[test]
    fn it_is_the_official_one_by_slots_too(push in any_push()) {
        let official = official::to_official(&push).get_price_no_older_than(&Default::default(), 0);
        prop_assert_eq!(official, Some(our_price(&push)));
    }

    #[test]
    fn verdicts_agree_around_the_age_limit(
        push in any_push(),
        time in 0..=i64::from(u32::MAX),
        max_age_secs in 0_i64..120,
        secs_past_limit in -2_i64..=2,
    ) {
        let push = PushPrice { publish_time_secs: time, prev_publish_time_secs: time - 1, ..push };
        let now_secs = push.last_traded().publish_time_secs + max_age_secs + secs_past_limit;
        let feed = official::to_official(&push).to_price_feed(&Default::default());
        prop_assert_eq!(
            our_price_no_older_than(&push, now_secs, max_age_secs.unsigned_abs()),
            feed.get_price_no_older_than(now_secs, max_age_secs.unsigned_abs())
        );
    }

    /// Whatever is read converts to a value or to a typed error, and never claims to be unique.
    #[test]
    fn conversion_of_any_fields_never_panics(push in any_push()) {
        if let Ok(price) = push.oracle_price() {
            prop_assert!(price.price_e9 > 0);
            prop_assert_eq!(price.conf_e9 == 0, push.last_traded().conf == 0);
            prop_assert_eq!(price.publish_time_secs, push.last_traded().publish_time_secs);
            prop_assert_eq!(price.prev_publish_time_secs, None);
        }
    }
}
