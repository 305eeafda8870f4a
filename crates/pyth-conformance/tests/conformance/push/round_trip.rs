//! What one side writes, the other reads, field by field; and the constants are the official ones.

use super::{official, samples::any_push};
use proptest::prelude::*;
use pyth_sdk_solana::state::{MAGIC, SolanaPriceAccount, VERSION_2};
use tenor_pyth::{PUSH_ACCOUNT_LEN, PUSH_MAGIC, PUSH_VERSION, PushPrice};

#[test]
fn constants_are_the_official_ones() {
    assert_eq!(PUSH_MAGIC, MAGIC);
    assert_eq!(PUSH_VERSION, VERSION_2);
    assert_eq!(PUSH_ACCOUNT_LEN, size_of::<SolanaPriceAccount>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn official_reader_reads_what_we_write(push in any_push()) {
        let read = official::read(&push.write()).unwrap();
        prop_assert_eq!(official::from_official(&read), push);
    }

    #[test]
    fn we_read_what_the_official_type_holds(push in any_push()) {
        prop_assert_eq!(PushPrice::read(&official::write(&push)), Ok(push));
    }

    #[test]
    fn both_write_the_same_bytes(push in any_push()) {
        let ours = push.write();
        prop_assert_eq!(ours.as_slice(), official::write(&push));
    }
}
