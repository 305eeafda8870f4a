//! Deployment files that are wrong, and what is said about them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it expects by failing there"
)]

use tenor_migrations::{Deployment, LOCALNET};

#[test]
fn a_push_feed_is_listed_with_its_exponent_and_none_as_zero() {
    let without = Deployment::parse(LOCALNET).unwrap();
    let args = without.underlyings[0].args().unwrap();
    assert_eq!((args.push_feed.to_bytes(), args.push_exponent), ([0; 32], 0));

    let table = "[underlyings.feed.push]\naccount = \"8ihFLu5FimgTQ1Unh4dVyEHUGodJ5gJQCrQf4KUVB9bN\"\nexponent = -10\n";
    let file = LOCALNET.replacen("[underlyings.risk]", &format!("{table}\n[underlyings.risk]"), 1);
    let args = Deployment::parse(&file).unwrap().underlyings[0].args().unwrap();
    assert_eq!(
        args.push_feed.to_string(),
        "8ihFLu5FimgTQ1Unh4dVyEHUGodJ5gJQCrQf4KUVB9bN"
    );
    assert_eq!(args.push_exponent, -10);
}

/// The message for the local network's file with one line changed.
fn refusal(line: &str, replacement: &str) -> String {
    assert!(LOCALNET.contains(line), "`{line}` is not in the file");
    Deployment::parse(&LOCALNET.replacen(line, replacement, 1))
        .unwrap_err()
        .to_string()
}

#[test]
fn the_local_network_is_valid() {
    Deployment::parse(LOCALNET).unwrap();
}

#[test]
fn a_wrong_value_is_named() {
    let cases = [
        (
            "delay_seconds = 172_800",
            "delay_seconds = 60",
            "house: delay_seconds is outside",
        ),
        (
            "range_floor = \"0.18\"",
            "range_floor = \"0.01\"",
            "SOL: range_floor_e9 is outside",
        ),
        (
            "max_drift = \"0.005\"",
            "max_drift = \"half\"",
            "`half` is no decimal number",
        ),
        ("max_drift = \"0.005\"", "max_drift = 0.005", "max_drift"),
        ("exponent = -8", "exponents = -8", "exponents"),
        ("id = \"ef0d", "id = \"xx0d", "64 hexadecimal digits"),
        ("mint = \"So111", "mint = \"So0", "no address in base 58"),
        (
            "priced_by = \"SOL\"",
            "priced_by = \"ETH\"",
            "priced by ETH, which is not among the underlyings",
        ),
        (
            "shocked_by = \"SOL\"",
            "shocked_by = \"ETH\"",
            "JitoSOL is shocked by ETH, which is not among the underlyings",
        ),
        (
            "max_tenor_seconds = 31_536_000",
            "max_tenor_seconds = 0",
            "SOL: a tenor of zero lists no options",
        ),
        (
            "max_tenor_seconds = 0",
            "max_tenor_seconds = 60",
            "JITOSOL: max_tenor_seconds is outside",
        ),
        (
            "symbol = \"SOL\"\nlot",
            "symbol = \"SEVENTEEN LETTERS\"\nlot",
            "must have 1 to 16 bytes",
        ),
        (
            "lowest_strike_usd = \"160\"",
            "lowest_strike_usd = \"161\"",
            "multiples of the strike step",
        ),
        (
            "lowest_strike_usd = \"160\"",
            "lowest_strike_usd = \"500\"",
            "above the highest",
        ),
        (
            "highest_strike_usd = \"280\"",
            "highest_strike_usd = \"9000\"",
            "at most 64 strikes",
        ),
    ];
    for (line, replacement, expected) in cases {
        let message = refusal(line, replacement);
        assert!(message.contains(expected), "`{replacement}` said: {message}");
    }
}

#[test]
fn upgrades_cannot_be_handed_to_a_plain_key() {
    // The admin's address is a key's; a program's address lies on no curve.
    let with = |key: &str| {
        LOCALNET.replacen(
            "[authorities]",
            &format!("[authorities]\nupgrade_timelock = \"{key}\""),
            1,
        )
    };
    let plain = "49ApSLvjE8x57EuvyumMULGnPS5HWUa7PYpPU3JHWwoj";
    let message = Deployment::parse(&with(plain)).unwrap_err().to_string();
    assert!(message.contains("is a plain key"), "{message}");
    let vault = tenor_sdk::address::house().to_string();
    Deployment::parse(&with(&vault)).unwrap();
}

#[test]
fn a_mint_cannot_be_listed_twice() {
    let (_, rest) = LOCALNET.split_once("[[collaterals]]").unwrap();
    let message = Deployment::parse(&format!("{LOCALNET}\n[[collaterals]]{rest}"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("is listed twice"), "{message}");
}
