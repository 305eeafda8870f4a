//! Bytes that nobody wrote: we refuse what the official reader refuses, and never panic.

use proptest::prelude::*;
use tenor_pyth::{ACCOUNT_LEN, DISCRIMINATOR, PriceUpdate, PythError};

use crate::{official, samples::any_update};

/// At least an account's length, with the right discriminator and any verification tag.
fn any_tagged_bytes() -> impl Strategy<Value = Vec<u8>> {
    let body_len = ACCOUNT_LEN - DISCRIMINATOR.len();
    let body = prop::collection::vec(any::<u8>(), body_len..body_len + 64);
    (body, prop_oneof![0_u8..4, any::<u8>()]).prop_map(|(body, tag)| {
        let mut data = [DISCRIMINATOR.to_vec(), body].concat();
        data[40] = tag;
        data
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn readers_agree_on_any_bytes_of_full_length(data in any_tagged_bytes()) {
        match official::read(&data) {
            Ok(update) => prop_assert_eq!(PriceUpdate::read(&data), Ok(update)),
            Err(_) => {
                prop_assert_eq!(PriceUpdate::read(&data), Err(PythError::UnknownVerificationLevel));
            }
        }
    }

    #[test]
    fn readers_agree_on_one_changed_byte(
        update in any_update(),
        index in 0..ACCOUNT_LEN,
        flipped_bits in 1..=u8::MAX,
    ) {
        let mut data = update.write();
        data[index] ^= flipped_bits;
        prop_assert_eq!(PriceUpdate::read(&data).ok(), official::read(&data).ok());
    }

    #[test]
    fn foreign_bytes_are_refused_by_both(data in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assume!(!data.starts_with(&DISCRIMINATOR));
        prop_assert!(PriceUpdate::read(&data).is_err());
        prop_assert!(official::read(&data).is_err());
    }

    /// The official reader needs no more than the fields, which end one byte early under `Full`. We
    /// ask for the whole account, as the receiver never makes a shorter one.
    #[test]
    fn truncated_account_is_refused(update in any_update(), len in 0..ACCOUNT_LEN) {
        let data = &update.write()[..len];
        prop_assert_eq!(PriceUpdate::read(data), Err(PythError::TooShort));
        if len < ACCOUNT_LEN - 1 {
            prop_assert!(official::read(data).is_err());
        }
    }

    /// Whatever is read converts to a value or to a typed error.
    #[test]
    fn conversion_of_any_fields_never_panics(update in any_update()) {
        for price_e9 in [update.price_e9(), update.ema_price_e9()].into_iter().flatten() {
            prop_assert!(price_e9 > 0);
        }
        for (conf, conf_e9) in [
            (update.conf, update.conf_e9()),
            (update.ema_conf, update.ema_conf_e9()),
        ] {
            prop_assert!(conf_e9.map_or(true, |conf_e9| (conf_e9 == 0) == (conf == 0)));
        }
    }
}
