//! Price updates of every kind, sensible or not: half of all numbers are at an edge of their type.

use proptest::prelude::*;
use tenor_pyth::{PriceUpdate, VerificationLevel};

pub(crate) fn any_update() -> impl Strategy<Value = PriceUpdate> {
    (
        any::<[u8; 32]>(),
        any_level(),
        any::<[u8; 32]>(),
        (any_i64(), any_u64(), any_i32()),
        (any_i64(), any_i64()),
        (any_i64(), any_u64()),
        any_u64(),
    )
        .prop_map(
            |(
                write_authority,
                verification_level,
                feed_id,
                (price, conf, exponent),
                (publish_time_secs, prev_publish_time_secs),
                (ema_price, ema_conf),
                posted_slot,
            )| PriceUpdate {
                write_authority,
                verification_level,
                feed_id,
                price,
                conf,
                exponent,
                publish_time_secs,
                prev_publish_time_secs,
                ema_price,
                ema_conf,
                posted_slot,
            },
        )
}

fn any_level() -> impl Strategy<Value = VerificationLevel> {
    prop_oneof![
        Just(VerificationLevel::Full),
        any::<u8>().prop_map(|num_signatures| VerificationLevel::Partial { num_signatures }),
    ]
}

pub(crate) fn any_i64() -> impl Strategy<Value = i64> {
    prop_oneof![
        prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]),
        any::<i64>(),
    ]
}

pub(crate) fn any_u64() -> impl Strategy<Value = u64> {
    prop_oneof![prop::sample::select(vec![0, 1, u64::MAX - 1, u64::MAX]), any::<u64>(),]
}

pub(crate) fn any_i32() -> impl Strategy<Value = i32> {
    prop_oneof![
        prop::sample::select(vec![i32::MIN, -18, -8, 0, 9, i32::MAX]),
        any::<i32>(),
    ]
}
