//! Bytes that nobody wrote: we refuse what the official reader refuses, and never panic.

use super::{official, samples::any_push};
use proptest::prelude::*;
use pyth_sdk_solana::PythError as OfficialError;
use tenor_pyth::{PUSH_ACCOUNT_LEN, PushPrice, PythError};

const HEADER: [u8; 12] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 0, 0, 3, 0, 0, 0];
const STATUS: usize = 224;

/// Sets the bytes that the official type reads as enumerations of one byte to values that it knows: others are undefined
/// behaviour there. They are the type of the price, then of the aggregate and of each publisher's two prices the status and
/// the corporate action. The rest of the four bytes that the oracle's own program keeps a status in is zero.
pub(super) fn defined(data: &mut [u8]) {
    let publishers = (0..32).flat_map(|publisher| [240 + 96 * publisher + 48, 240 + 96 * publisher + 80]);
    for status in publishers.chain([STATUS]) {
        if let Some([status, rest @ ..]) = data.get_mut(status..status + 8) {
            *status %= 5;
            rest.fill(0);
        }
    }
    if let Some(price_type) = data.get_mut(16) {
        *price_type %= 2;
    }
}

fn any_bytes_of_full_length() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), PUSH_ACCOUNT_LEN..PUSH_ACCOUNT_LEN + 64)
}

/// Errors mean the same; a foreign magic number is the only further distinction that we make.
fn same_error(ours: PythError, official: &OfficialError) -> bool {
    matches!(
        (ours, official),
        (
            PythError::TooShort | PythError::WrongMagic,
            OfficialError::InvalidAccountData
        ) | (PythError::WrongVersion, OfficialError::BadVersionNumber)
            | (PythError::WrongAccountType, OfficialError::WrongAccountType)
    )
}

fn assert_agree(data: &[u8]) {
    match (PushPrice::read(data), official::read(data)) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, official::from_official(&theirs)),
        (Err(ours), Err(theirs)) => assert!(same_error(ours, &theirs), "{ours:?} but {theirs:?}"),
        (ours, theirs) => panic!("{ours:?} but {:?}", theirs.err()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn readers_agree_on_any_bytes_with_the_right_header(mut data in any_bytes_of_full_length()) {
        data[..12].copy_from_slice(&HEADER);
        defined(&mut data);
        assert_agree(&data);
        prop_assert!(PushPrice::read(&data).is_ok());
    }

    #[test]
    fn readers_agree_on_one_changed_byte(
        push in any_push(),
        index in prop_oneof![0..240_usize, 0..PUSH_ACCOUNT_LEN],
        flipped_bits in 1..=u8::MAX,
    ) {
        let mut data = push.write();
        data[index] ^= flipped_bits;
        defined(&mut data);
        assert_agree(&data);
    }

    #[test]
    fn readers_agree_on_any_header(mut data in any_bytes_of_full_length(), known in 0..=12_usize) {
        data[..known].copy_from_slice(&HEADER[..known]);
        defined(&mut data);
        assert_agree(&data);
    }

    #[test]
    fn a_status_that_the_official_type_does_not_know_is_refused(push in any_push(), status in 5..=u32::MAX) {
        let mut data = push.write();
        data[STATUS..STATUS + 4].copy_from_slice(&status.to_le_bytes());
        prop_assert_eq!(PushPrice::read(&data), Err(PythError::UnknownStatus));
    }

    /// The test is that this returns.
    #[test]
    fn undefined_bytes_never_panic(mut data in prop::collection::vec(any::<u8>(), 0..2 * PUSH_ACCOUNT_LEN)) {
        for (byte, known) in data.iter_mut().zip(HEADER) {
            *byte = known;
        }
        let price = PushPrice::read(&data).and_then(|push| push.oracle_price());
        prop_assert!(price.is_err() || data.len() >= PUSH_ACCOUNT_LEN);
    }

    #[test]
    fn truncated_account_is_refused_by_both(push in any_push(), len in 0..PUSH_ACCOUNT_LEN) {
        let data = &push.write()[..len];
        prop_assert_eq!(PushPrice::read(data), Err(PythError::TooShort));
        prop_assert!(official::read(data).is_err());
    }
}
