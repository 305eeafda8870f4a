//! Push accounts of every kind, sensible or not.

use crate::samples::{any_i32, any_i64, any_u64};
use proptest::prelude::*;
use tenor_pyth::{PriceStatus, PushPrice};

pub(crate) fn any_push() -> impl Strategy<Value = PushPrice> {
    (
        any::<[u8; 32]>(),
        any_i32(),
        (any_i64(), any_u64(), any_status(), any_u64(), any_i64()),
        (any_i64(), any_u64(), any_u64(), any_i64()),
    )
        .prop_map(|(product, exponent, aggregate, previous)| {
            let (price, conf, status, slot, publish_time_secs) = aggregate;
            let (prev_price, prev_conf, prev_slot, prev_publish_time_secs) = previous;
            PushPrice {
                product,
                exponent,
                price,
                conf,
                status,
                slot,
                publish_time_secs,
                prev_price,
                prev_conf,
                prev_slot,
                prev_publish_time_secs,
            }
        })
}

fn any_status() -> impl Strategy<Value = PriceStatus> {
    prop_oneof![
        2 => Just(PriceStatus::Trading),
        1 => prop::sample::select(vec![
            PriceStatus::Unknown,
            PriceStatus::Halted,
            PriceStatus::Auction,
            PriceStatus::Ignored,
        ]),
    ]
}
