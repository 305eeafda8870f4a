//! One real account, so that not every byte checked here was written by a test.

use super::official;
use base64::{Engine, engine::general_purpose::STANDARD};
use tenor_pyth::{OraclePrice, PUSH_ACCOUNT_LEN, PriceStatus, PushPrice};

/// Mainnet's 1MBONK/USD price account, `8ihFLu5FimgTQ1Unh4dVyEHUGodJ5gJQCrQf4KUVB9bN` of the push oracle, in slot
/// 234 897 842 (9 December 2023): its first 240 bytes, before the publishers' own prices.
const MBONK_USD: &str = "1MOyoQIAAAADAAAA8AwAAAEAAAD2////DAAAAAsAAACyQQAOAAAAALBBAA4AAAAAXDACAAAAAAB/FWJGAAAA\
                         AINNo+oBAAAAFAEAAAAAAAA8fNiHAAAAAINNo+oBAAAA0Ux0ZQAAAAADAAAAAAAAANm1ydJm+php8a4eGSWu\
                         3qjHn8UiuazJ2/RkovPfE4V+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACwQQAOAAAAACo6AgAA\
                         AAAAzgAAAAAAAADQTHRlAAAAADc6AgAAAAAA2wAAAAAAAAABAAAAAAAAALJBAA4AAAAA";

#[test]
fn recorded_account_reads_as_on_its_day() {
    let mut data = STANDARD.decode(MBONK_USD).unwrap();
    assert_eq!(data.len(), 240);
    data.resize(PUSH_ACCOUNT_LEN, 0);
    let expected = PushPrice {
        product: [
            217, 181, 201, 210, 102, 250, 152, 105, 241, 174, 30, 25, 37, 174, 222, 168, 199, 159, 197, 34, 185, 172,
            201, 219, 244, 100, 162, 243, 223, 19, 133, 126,
        ],
        exponent: -10,
        price: 145_975,
        conf: 219,
        status: PriceStatus::Trading,
        slot: 234_897_842,
        publish_time_secs: 1_702_120_657,
        prev_price: 145_962,
        prev_conf: 206,
        prev_slot: 234_897_840,
        prev_publish_time_secs: 1_702_120_656,
    };

    assert_eq!(PushPrice::read(&data), Ok(expected));
    assert_eq!(official::from_official(&official::read(&data).unwrap()), expected);
    assert_eq!(
        expected.oracle_price(),
        Ok(OraclePrice {
            price_e9: 14_597, // 0.0000145975 USD, rounded down
            conf_e9: 22,      // 0.0000000219 USD, rounded up
            publish_time_secs: 1_702_120_657,
            prev_publish_time_secs: None,
        })
    );
}
