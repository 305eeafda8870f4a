//! One real account, so that not every byte checked here was written by a test.

use anchor_lang_v1::prelude::Pubkey;
use base64::{Engine, engine::general_purpose::STANDARD};
use pyth_solana_receiver_sdk::{PYTH_PUSH_ORACLE_ID, price_update::get_feed_id_from_hex};
use tenor_pyth::{PriceUpdate, VerificationLevel};

use crate::official;

/// Mainnet's SOL/USD price feed account, `7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE`, as posted
/// in slot 346 114 524 (11 June 2025).
const SOL_USD: &str = "IvEjY51+9M1gMUcENA3t3zcf1CRyFI8kjp0abRpesqw6zYt/1dayQwHvDYtv2izrpB2hXUCV0do5\
                       Kg0vjtDGx7wPTPrIwoC1bbLod+YDAAAA6QJ4AAAAAAD4////lZpJaAAAAACVmkloAAAAAMC2EeID\
                       AAAALL2AAAAAAADcSaEUAAAAAAA=";

const SOL_USD_FEED_ID: &str = "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d";

#[test]
fn recorded_account_reads_as_on_its_day() {
    let feed_id = get_feed_id_from_hex(SOL_USD_FEED_ID).unwrap();
    // A price feed account is its own write authority: the first shard's address for the feed.
    let (address, _bump) = Pubkey::find_program_address(&[&[0, 0], &feed_id], &PYTH_PUSH_ORACLE_ID);
    let expected = PriceUpdate {
        write_authority: address.to_bytes(),
        verification_level: VerificationLevel::Full,
        feed_id,
        price: 16_751_519_922,
        conf: 7_865_065,
        exponent: -8,
        publish_time_secs: 1_749_654_165,
        prev_publish_time_secs: 1_749_654_165,
        ema_price: 16_677_713_600,
        ema_conf: 8_437_036,
        posted_slot: 346_114_524,
    };

    let data = STANDARD.decode(SOL_USD).unwrap();

    assert_eq!(PriceUpdate::read(&data), Ok(expected));
    assert_eq!(official::read(&data).unwrap(), expected);
    assert_eq!(expected.write().as_slice(), data);
    assert_eq!(expected.price_e9(), Ok(167_515_199_220)); // 167.51519922 USD
    assert_eq!(expected.conf_e9(), Ok(78_650_650));
    assert_eq!(expected.ema_price_e9(), Ok(166_777_136_000));
    assert_eq!(expected.ema_conf_e9(), Ok(84_370_360));
}
