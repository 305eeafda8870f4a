//! From [`PushPrice`] to account bytes. On chain only the oracle program writes price accounts; this is how tests and local
//! networks make feeds.

use super::layout::{
    CORPORATE_ACTION, COUNTS_SLOTS_AND_AVERAGES, DERIVED_VALUES, NEXT_ACCOUNT, PRICE_ACCOUNT, PRICE_TYPE,
    PUSH_ACCOUNT_LEN, PUSH_MAGIC, PUSH_VERSION,
};
use crate::PushPrice;

impl PushPrice {
    /// The account's data: what is not named here is zero, as if no publisher had been heard.
    #[must_use]
    pub fn write(&self) -> [u8; PUSH_ACCOUNT_LEN] {
        const SIZE: [u8; 4] = [0xf0, 0x0c, 0, 0];
        let fields: [&[u8]; 20] = [
            &PUSH_MAGIC.to_le_bytes(),
            &PUSH_VERSION.to_le_bytes(),
            &PRICE_ACCOUNT.to_le_bytes(),
            &SIZE,
            &PRICE_TYPE.to_le_bytes(),
            &self.exponent.to_le_bytes(),
            &[0; COUNTS_SLOTS_AND_AVERAGES],
            &self.publish_time_secs.to_le_bytes(),
            &[0; DERIVED_VALUES],
            &self.product,
            &[0; NEXT_ACCOUNT],
            &self.prev_slot.to_le_bytes(),
            &self.prev_price.to_le_bytes(),
            &self.prev_conf.to_le_bytes(),
            &self.prev_publish_time_secs.to_le_bytes(),
            &self.price.to_le_bytes(),
            &self.conf.to_le_bytes(),
            &self.status.number().to_le_bytes(),
            &[0; CORPORATE_ACTION],
            &self.slot.to_le_bytes(),
        ];
        let mut data = [0; PUSH_ACCOUNT_LEN];
        for (byte, field_byte) in data.iter_mut().zip(fields.into_iter().flatten()) {
            *byte = *field_byte;
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PriceStatus;

    #[test]
    fn every_field_is_at_its_offset_and_the_rest_is_zero() {
        let data = PushPrice {
            product: [0xbb; 32],
            exponent: 1,
            price: 2,
            conf: 3,
            status: PriceStatus::Ignored,
            slot: 5,
            publish_time_secs: 6,
            prev_price: 7,
            prev_conf: 8,
            prev_slot: 9,
            prev_publish_time_secs: 10,
        }
        .write();
        let mut expected = [0; PUSH_ACCOUNT_LEN];
        expected[..12].copy_from_slice(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 0, 0, 3, 0, 0, 0]);
        expected[12..20].copy_from_slice(&[0xf0, 0x0c, 0, 0, 1, 0, 0, 0]); // 3312 bytes in use
        expected[112..144].fill(0xbb);
        for (offset, value) in [
            (20, 1),
            (96, 6),
            (176, 9),
            (184, 7),
            (192, 8),
            (200, 10),
            (208, 2),
            (216, 3),
            (224, 4),
            (232, 5),
        ] {
            expected[offset] = value;
        }
        assert_eq!(data, expected);
    }
}
