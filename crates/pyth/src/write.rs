//! From [`PriceUpdate`] to account bytes. On chain only the receiver program writes price updates;
//! this is how tests and local networks make feeds.

use crate::layout::{ACCOUNT_LEN, DISCRIMINATOR, FULL_TAG, PARTIAL_TAG};
use crate::{PriceUpdate, VerificationLevel};

impl PriceUpdate {
    /// The account's data, padded with zeros to its real size.
    #[must_use]
    pub fn write(&self) -> [u8; ACCOUNT_LEN] {
        let level: &[u8] = match self.verification_level {
            VerificationLevel::Partial { num_signatures } => &[PARTIAL_TAG, num_signatures],
            VerificationLevel::Full => &[FULL_TAG],
        };
        let fields: [&[u8]; 12] = [
            &DISCRIMINATOR,
            &self.write_authority,
            level,
            &self.feed_id,
            &self.price.to_le_bytes(),
            &self.conf.to_le_bytes(),
            &self.exponent.to_le_bytes(),
            &self.publish_time_secs.to_le_bytes(),
            &self.prev_publish_time_secs.to_le_bytes(),
            &self.ema_price.to_le_bytes(),
            &self.ema_conf.to_le_bytes(),
            &self.posted_slot.to_le_bytes(),
        ];
        let mut data = [0; ACCOUNT_LEN];
        for (byte, field_byte) in data.iter_mut().zip(fields.into_iter().flatten()) {
            *byte = *field_byte;
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered_update(verification_level: VerificationLevel) -> PriceUpdate {
        PriceUpdate {
            write_authority: [0xaa; 32],
            verification_level,
            feed_id: [0xbb; 32],
            price: 1,
            conf: 2,
            exponent: 3,
            publish_time_secs: 4,
            prev_publish_time_secs: 5,
            ema_price: 6,
            ema_conf: 7,
            posted_slot: 8,
        }
    }

    /// The part after the verification level, byte by byte.
    fn assert_is_numbered_tail(tail: &[u8]) {
        assert_eq!(tail[..32], [0xbb; 32]);
        assert_eq!(tail[32..40], [1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[40..48], [2, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[48..52], [3, 0, 0, 0]);
        assert_eq!(tail[52..60], [4, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[60..68], [5, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[68..76], [6, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[76..84], [7, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(tail[84..92], [8, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn partial_update_fills_the_account() {
        let data = numbered_update(VerificationLevel::Partial { num_signatures: 9 }).write();
        assert_eq!(data[..8], DISCRIMINATOR);
        assert_eq!(data[8..40], [0xaa; 32]);
        assert_eq!(data[40..42], [0, 9]);
        assert_is_numbered_tail(&data[42..134]);
    }

    #[test]
    fn full_update_leaves_one_zero_byte() {
        let data = numbered_update(VerificationLevel::Full).write();
        assert_eq!(data[..8], DISCRIMINATOR);
        assert_eq!(data[8..40], [0xaa; 32]);
        assert_eq!(data[40], 1);
        assert_is_numbered_tail(&data[41..133]);
        assert_eq!(data[133], 0);
    }
}
