//! What one side writes, the other reads, field by field.

use proptest::prelude::*;
use tenor_pyth::{ACCOUNT_LEN, PriceUpdate};

use crate::{official, samples::any_update};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn official_reader_reads_what_we_write(update in any_update()) {
        prop_assert_eq!(official::read(&update.write()).unwrap(), update);
    }

    #[test]
    fn we_read_what_the_official_type_writes(update in any_update(), filler in any::<u8>()) {
        let data = official::write_over(filler, &update);
        prop_assert_eq!(PriceUpdate::read(&data), Ok(update));
    }

    #[test]
    fn in_a_new_account_both_write_the_same_bytes(update in any_update()) {
        let written: [u8; ACCOUNT_LEN] = update.write();
        prop_assert_eq!(written.as_slice(), official::write_over(0, &update));
    }
}
