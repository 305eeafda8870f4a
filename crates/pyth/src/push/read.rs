//! From account bytes to [`PushPrice`].

use super::layout::{
    CORPORATE_ACTION, COUNTS_SLOTS_AND_AVERAGES, DERIVED_VALUES, NEXT_ACCOUNT, PRICE_ACCOUNT, PUSH_ACCOUNT_LEN,
    PUSH_MAGIC, PUSH_VERSION, SIZE_AND_PRICE_TYPE,
};
use crate::fields::Fields;
use crate::{PriceStatus, PushPrice, PythError};

impl PushPrice {
    /// Reads an account's data. Bytes after the last field are ignored.
    ///
    /// Checks neither who owns the account ([`PUSH_PROGRAM`](crate::PUSH_PROGRAM)) nor which feed it is: that is its address.
    ///
    /// # Errors
    /// [`PythError::TooShort`] if `data` has less than [`PUSH_ACCOUNT_LEN`] bytes; then [`PythError::WrongMagic`]; then
    /// [`PythError::WrongVersion`]; then [`PythError::WrongAccountType`]; then [`PythError::UnknownStatus`].
    pub fn read(data: &[u8]) -> Result<Self, PythError> {
        if data.len() < PUSH_ACCOUNT_LEN {
            return Err(PythError::TooShort);
        }
        let mut fields = Fields::of(data);
        check_header(&mut fields)?;
        fields.skip(SIZE_AND_PRICE_TYPE)?;
        let exponent = i32::from_le_bytes(fields.take()?);
        fields.skip(COUNTS_SLOTS_AND_AVERAGES)?;
        let publish_time_secs = i64::from_le_bytes(fields.take()?);
        fields.skip(DERIVED_VALUES)?;
        let product = fields.take()?;
        fields.skip(NEXT_ACCOUNT)?;
        let prev_slot = u64::from_le_bytes(fields.take()?);
        let prev_price = i64::from_le_bytes(fields.take()?);
        let prev_conf = u64::from_le_bytes(fields.take()?);
        let prev_publish_time_secs = i64::from_le_bytes(fields.take()?);
        let price = i64::from_le_bytes(fields.take()?);
        let conf = u64::from_le_bytes(fields.take()?);
        let status = u32::from_le_bytes(fields.take()?);
        fields.skip(CORPORATE_ACTION)?;
        let slot = u64::from_le_bytes(fields.take()?);
        Ok(Self {
            product,
            exponent,
            price,
            conf,
            status: PriceStatus::from_number(status).ok_or(PythError::UnknownStatus)?,
            slot,
            publish_time_secs,
            prev_price,
            prev_conf,
            prev_slot,
            prev_publish_time_secs,
        })
    }
}

fn check_header(fields: &mut Fields<'_>) -> Result<(), PythError> {
    if u32::from_le_bytes(fields.take()?) != PUSH_MAGIC {
        return Err(PythError::WrongMagic);
    }
    if u32::from_le_bytes(fields.take()?) != PUSH_VERSION {
        return Err(PythError::WrongVersion);
    }
    if u32::from_le_bytes(fields.take()?) != PRICE_ACCOUNT {
        return Err(PythError::WrongAccountType);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(status: PriceStatus) -> PushPrice {
        PushPrice {
            product: [0xbb; 32],
            exponent: -8,
            price: -0x0102_0304_0506_0708,
            conf: u64::MAX,
            status,
            slot: 346_114_524,
            publish_time_secs: 1_750_000_001,
            prev_price: i64::MAX,
            prev_conf: 1,
            prev_slot: 346_114_523,
            prev_publish_time_secs: 1_750_000_000,
        }
    }

    const STATUSES: [PriceStatus; 5] = [
        PriceStatus::Unknown,
        PriceStatus::Trading,
        PriceStatus::Halted,
        PriceStatus::Auction,
        PriceStatus::Ignored,
    ];

    #[test]
    fn reads_what_was_written() {
        for status in STATUSES {
            let account = sample(status);
            assert_eq!(PushPrice::read(&account.write()), Ok(account));
        }
    }

    #[test]
    fn any_truncation_is_too_short() {
        let data = sample(PriceStatus::Trading).write();
        for len in 0..PUSH_ACCOUNT_LEN {
            assert_eq!(PushPrice::read(&data[..len]), Err(PythError::TooShort));
        }
    }

    #[test]
    fn any_change_of_the_header_is_refused() {
        for (bytes, error) in [
            (0..4, PythError::WrongMagic),
            (4..8, PythError::WrongVersion),
            (8..12, PythError::WrongAccountType),
        ] {
            for index in bytes {
                for bit in 0..u8::BITS {
                    let mut data = sample(PriceStatus::Trading).write();
                    data[index] ^= 1 << bit;
                    assert_eq!(PushPrice::read(&data), Err(error));
                }
            }
        }
    }

    #[test]
    fn every_other_status_is_refused() {
        for status in (5..=300).chain([1 << 16, u32::MAX]) {
            let mut data = sample(PriceStatus::Trading).write();
            data[224..228].copy_from_slice(&status.to_le_bytes());
            assert_eq!(PushPrice::read(&data), Err(PythError::UnknownStatus));
        }
    }

    #[test]
    fn a_price_that_is_not_trading_is_the_previous_one_with_its_time() {
        for status in STATUSES {
            let traded = sample(status).last_traded();
            let (price, conf, time) = if status == PriceStatus::Trading {
                (-0x0102_0304_0506_0708, u64::MAX, 1_750_000_001)
            } else {
                (i64::MAX, 1, 1_750_000_000)
            };
            assert_eq!(
                (traded.price, traded.conf, traded.publish_time_secs),
                (price, conf, time)
            );
        }
    }

    #[test]
    fn bytes_that_are_not_named_are_ignored() {
        let account = sample(PriceStatus::Trading);
        let mut data = [0xff; PUSH_ACCOUNT_LEN + 10];
        data[..PUSH_ACCOUNT_LEN].copy_from_slice(&account.write());
        for unnamed in [12..20, 24..96, 104..112, 144..176, 228..232, 240..PUSH_ACCOUNT_LEN] {
            data[unnamed].fill(0xff);
        }
        assert_eq!(PushPrice::read(&data), Ok(account));
    }
}
