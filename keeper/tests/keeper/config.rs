//! The configuration: what is accepted, and what a refusal names.

use solana_commitment_config::CommitmentConfig;
use std::time::Duration;
use tenor_keeper::config::{Config, LogFormat};

const EXAMPLE: &str = include_str!("../../keeper.example.toml");

const FEEDS: &str = r#"SOL = "7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE"
BTC = "4cSM2e6rvbGQUFiJbqytcVMi5GgghSMr8LwVrT9VPSPo"
JITOSOL = "AxaxyeDT8JnWERSaTKvFXvPKkEdxnamKSqpWbsSjYg1g"
"#;

fn refusal(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from} is in the example");
    Config::parse(&EXAMPLE.replace(from, to)).expect_err(to).to_string()
}

#[test]
fn the_example_is_a_valid_configuration_of_the_defaults() {
    let config = Config::parse(EXAMPLE).unwrap();
    assert_eq!(config.commitment, CommitmentConfig::confirmed());
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.timing.silence_timeout, Duration::from_secs(5));
    assert_eq!(config.feeds.keys().collect::<Vec<_>>(), ["BTC", "JITOSOL", "SOL"]);
    assert!(config.serve_house);

    let required = EXAMPLE.lines().filter(|line| {
        [
            "rpc_url",
            "ws_url",
            "keypair_path",
            "[liquidator]",
            "account_number",
            "[feeds]",
            "SOL",
            "BTC",
            "JITOSOL",
        ]
        .iter()
        .any(|start| line.starts_with(start))
    });
    let shortest = required.collect::<Vec<_>>().join("\n");
    assert_eq!(Config::parse(&shortest).unwrap(), config);
}

#[test]
fn a_bad_value_is_refused_with_the_name_of_its_field() {
    let cases = [
        ("\"http://127.0.0.1:8899\"", "\"ftp://node\"", "rpc_url"),
        ("\"http://127.0.0.1:8899\"", "\"\"", "rpc_url"),
        ("\"ws://127.0.0.1:8900\"", "\"http://127.0.0.1:8900\"", "ws_url"),
        ("\"confirmed\"", "\"sure\"", "commitment"),
        ("\"127.0.0.1:9464\"", "\"9464\"", "http_listen"),
        ("\"json\"", "\"xml\"", "log_format"),
        ("account_number = 0", "account_number = 70000", "account_number"),
        ("account_number = 0", "", "account_number"),
        (
            "reserve_cash_atoms = 0",
            "reserve_cash_atoms = -1",
            "liquidator.reserve_cash_atoms",
        ),
        (
            "max_fraction_e18 = 1000000000000000000",
            "max_fraction_e18 = 0",
            "liquidator.max_fraction_e18",
        ),
        (
            "# owner = \"11111111111111111111111111111112\"",
            "owner = \"me\"",
            "liquidator.owner",
        ),
        ("\"7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE\"", "\"0x12\"", "feeds"),
        (FEEDS, "", "feeds"),
        ("serve_house = true", "serve_house = 1", "serve_house"),
        ("SOL =", "A_SYMBOL_TOO_LONG =", "feeds"),
        (
            "snapshot_interval_secs = 300",
            "snapshot_interval_secs = 0",
            "timing.snapshot_interval_secs",
        ),
        (
            "poll_interval_ms = 1000",
            "poll_interval_ms = 9999",
            "timing.poll_interval_ms",
        ),
        (
            "silence_timeout_ms = 5000",
            "silence_timeout_ms = 1",
            "timing.silence_timeout_ms",
        ),
        (
            "tick_interval_ms = 1000",
            "tick_interval_ms = 60000",
            "timing.tick_interval_ms",
        ),
        ("debounce_ms = 20", "debounce_ms = 2000", "timing.debounce_ms"),
        ("rpc_timeout_ms = 5000", "rpc_timeout_ms = 0", "rpc_timeout_ms"),
        ("max_in_flight = 16", "max_in_flight = 0", "max_in_flight"),
        ("cap_lamports = 100000", "cap_lamports = 2000000000", "fee.cap_lamports"),
        (
            "compute_margin_percent = 10",
            "compute_margin_percent = 101",
            "fee.compute_margin_percent",
        ),
        ("debounce_ms = 20", "debounce = 20", "debounce"),
    ];
    for (from, to, field) in cases {
        let text = refusal(from, to);
        assert!(text.contains(field), "{to}: {text}");
    }
}

#[test]
fn what_is_shown_of_an_endpoint_holds_no_secret() {
    for secret in [
        "http://user:hunter2@node.example:8899/",
        "http://node.example:8899/hunter2",
        "http://node.example:8899/?key=hunter2",
    ] {
        let config = Config::parse(&EXAMPLE.replace("http://127.0.0.1:8899", secret)).unwrap();
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("http://node.example:8899/***"),
            "{shown}"
        );
        assert_eq!(config.rpc.expose(), secret);
        let error = config.rpc.redact(&format!("error sending request for url ({secret})"));
        assert!(!error.contains("hunter2") && error.contains("node.example"), "{error}");
    }
    let text = refusal("http://127.0.0.1:8899", "htp://node.example/hunter2");
    assert!(!text.contains("hunter2"), "{text}");
}
