//! From account bytes to [`PriceUpdate`].

use crate::fields::Fields;
use crate::layout::{ACCOUNT_LEN, DISCRIMINATOR, FULL_TAG, PARTIAL_TAG};
use crate::{PriceUpdate, PythError, VerificationLevel};

impl PriceUpdate {
    /// Reads an account's data. Bytes after the last field are ignored.
    ///
    /// Does not check who owns the account: see [`RECEIVER_PROGRAM`](crate::RECEIVER_PROGRAM).
    ///
    /// # Errors
    /// [`PythError::TooShort`] if `data` has less than [`ACCOUNT_LEN`] bytes, also where a `Full`
    /// update would fit; then [`PythError::WrongDiscriminator`]; then
    /// [`PythError::UnknownVerificationLevel`].
    pub fn read(data: &[u8]) -> Result<Self, PythError> {
        if data.len() < ACCOUNT_LEN {
            return Err(PythError::TooShort);
        }
        let mut fields = Fields::of(data);
        if fields.take()? != DISCRIMINATOR {
            return Err(PythError::WrongDiscriminator);
        }
        // Initialisers run in the order in which they are written: that of the account.
        Ok(Self {
            write_authority: fields.take()?,
            verification_level: fields.take_verification_level()?,
            feed_id: fields.take()?,
            price: i64::from_le_bytes(fields.take()?),
            conf: u64::from_le_bytes(fields.take()?),
            exponent: i32::from_le_bytes(fields.take()?),
            publish_time_secs: i64::from_le_bytes(fields.take()?),
            prev_publish_time_secs: i64::from_le_bytes(fields.take()?),
            ema_price: i64::from_le_bytes(fields.take()?),
            ema_conf: u64::from_le_bytes(fields.take()?),
            posted_slot: u64::from_le_bytes(fields.take()?),
        })
    }
}

impl Fields<'_> {
    fn take_verification_level(&mut self) -> Result<VerificationLevel, PythError> {
        let [tag] = self.take()?;
        match tag {
            PARTIAL_TAG => {
                let [num_signatures] = self.take()?;
                Ok(VerificationLevel::Partial { num_signatures })
            }
            FULL_TAG => Ok(VerificationLevel::Full),
            _ => Err(PythError::UnknownVerificationLevel),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(verification_level: VerificationLevel) -> PriceUpdate {
        PriceUpdate {
            write_authority: [0xaa; 32],
            verification_level,
            feed_id: [0xbb; 32],
            price: -0x0102_0304_0506_0708,
            conf: u64::MAX,
            exponent: -8,
            publish_time_secs: 1_750_000_001,
            prev_publish_time_secs: 1_750_000_000,
            ema_price: i64::MAX,
            ema_conf: 1,
            posted_slot: 346_114_524,
        }
    }

    const LEVELS: [VerificationLevel; 3] = [
        VerificationLevel::Full,
        VerificationLevel::Partial { num_signatures: 0 },
        VerificationLevel::Partial {
            num_signatures: u8::MAX,
        },
    ];

    #[test]
    fn reads_what_was_written() {
        for level in LEVELS {
            let update = sample(level);
            assert_eq!(PriceUpdate::read(&update.write()), Ok(update));
        }
    }

    #[test]
    fn any_truncation_is_too_short() {
        for level in LEVELS {
            let data = sample(level).write();
            for len in 0..ACCOUNT_LEN {
                assert_eq!(PriceUpdate::read(&data[..len]), Err(PythError::TooShort));
            }
        }
    }

    #[test]
    fn any_change_of_the_discriminator_is_refused() {
        for index in 0..DISCRIMINATOR.len() {
            for bit in 0..u8::BITS {
                let mut data = sample(VerificationLevel::Full).write();
                data[index] ^= 1 << bit;
                assert_eq!(PriceUpdate::read(&data), Err(PythError::WrongDiscriminator));
            }
        }
    }

    #[test]
    fn every_other_verification_tag_is_refused() {
        for tag in 2..=u8::MAX {
            let mut data = sample(VerificationLevel::Full).write();
            data[40] = tag;
            assert_eq!(PriceUpdate::read(&data), Err(PythError::UnknownVerificationLevel));
        }
    }

    #[test]
    fn bytes_after_the_last_field_are_ignored() {
        let update = sample(VerificationLevel::Full);
        let mut data = [0xff; ACCOUNT_LEN + 10];
        data[..ACCOUNT_LEN].copy_from_slice(&update.write());
        data[ACCOUNT_LEN - 1] = 0xff; // what a longer, partially verified update left behind
        assert_eq!(PriceUpdate::read(&data), Ok(update));
    }
}
