//! The constants are the official ones.

use anchor_lang_v1::{Discriminator, Owner};
use pyth_solana_receiver_sdk::price_update::PriceUpdateV2;
use tenor_pyth::{ACCOUNT_LEN, DISCRIMINATOR, RECEIVER_PROGRAM};

#[test]
fn receiver_program_owns_price_updates() {
    assert_eq!(RECEIVER_PROGRAM, pyth_solana_receiver_sdk::ID.to_bytes());
    assert_eq!(RECEIVER_PROGRAM, PriceUpdateV2::owner().to_bytes());
}

#[test]
fn discriminator_is_the_official_one() {
    assert_eq!(DISCRIMINATOR, PriceUpdateV2::DISCRIMINATOR);
}

#[test]
fn account_length_is_the_official_one() {
    assert_eq!(ACCOUNT_LEN, PriceUpdateV2::LEN);
}
