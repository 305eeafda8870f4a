//! The configuration as it is written, and the checks that make it one that can run.

use super::{Config, ConfigError, Endpoint, FeePolicy, Liquidator, LogFormat, Timing};
use serde::Deserialize;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

const ONE_E18: u64 = 1_000_000_000_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    rpc_url: String,
    ws_url: String,
    keypair_path: PathBuf,
    #[serde(default = "default_commitment")]
    commitment: String,
    #[serde(default = "default_rpc_timeout_ms")]
    rpc_timeout_ms: u64,
    #[serde(default = "default_http_listen")]
    http_listen: String,
    #[serde(default = "default_log_format")]
    log_format: LogFormat,
    liquidator: LiquidatorTable,
    feeds: BTreeMap<String, String>,
    #[serde(default)]
    timing: TimingTable,
    #[serde(default)]
    fee: FeeTable,
    #[serde(default = "default_min_payer_lamports")]
    min_payer_lamports: u64,
    #[serde(default = "default_max_in_flight")]
    max_in_flight: usize,
    #[serde(default = "default_serve_house")]
    serve_house: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiquidatorTable {
    owner: Option<String>,
    account_number: u16,
    #[serde(default)]
    reserve_cash_atoms: i64,
    #[serde(default = "default_max_fraction_e18")]
    max_fraction_e18: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TimingTable {
    snapshot_interval_secs: u64,
    poll_interval_ms: u64,
    silence_timeout_ms: u64,
    tick_interval_ms: u64,
    debounce_ms: u64,
}

impl Default for TimingTable {
    fn default() -> Self {
        Self {
            snapshot_interval_secs: 300,
            poll_interval_ms: 1_000,
            silence_timeout_ms: 5_000,
            tick_interval_ms: 1_000,
            debounce_ms: 20,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FeeTable {
    micro_lamports_per_unit: u64,
    cap_lamports: u64,
    compute_margin_percent: u32,
}

impl Default for FeeTable {
    fn default() -> Self {
        Self {
            micro_lamports_per_unit: 10_000,
            cap_lamports: 100_000,
            compute_margin_percent: 10,
        }
    }
}

fn default_commitment() -> String {
    "confirmed".to_owned()
}

const fn default_rpc_timeout_ms() -> u64 {
    5_000
}

fn default_http_listen() -> String {
    "127.0.0.1:9464".to_owned()
}

const fn default_log_format() -> LogFormat {
    LogFormat::Json
}

const fn default_min_payer_lamports() -> u64 {
    10_000_000
}

const fn default_max_in_flight() -> usize {
    16
}

const fn default_serve_house() -> bool {
    true
}

const fn default_max_fraction_e18() -> u64 {
    ONE_E18
}

impl File {
    pub(super) fn check(self) -> Result<Config, ConfigError> {
        let max_in_flight = u64::try_from(self.max_in_flight).unwrap_or(u64::MAX);
        within("max_in_flight", max_in_flight, 1..=1_024)?;
        Ok(Config {
            rpc: endpoint("rpc_url", &self.rpc_url, &["http", "https"])?,
            ws: endpoint("ws_url", &self.ws_url, &["ws", "wss"])?,
            keypair_path: self.keypair_path,
            commitment: commitment(&self.commitment)?,
            rpc_timeout: millis("rpc_timeout_ms", self.rpc_timeout_ms, 100..=60_000)?,
            listen: listen(&self.http_listen)?,
            log_format: self.log_format,
            liquidator: self.liquidator.check()?,
            feeds: feeds(&self.feeds)?,
            serve_house: self.serve_house,
            timing: self.timing.check()?,
            fee: self.fee.check()?,
            min_payer_lamports: self.min_payer_lamports,
            max_in_flight: self.max_in_flight,
        })
    }
}

impl LiquidatorTable {
    fn check(self) -> Result<Liquidator, ConfigError> {
        within("liquidator.max_fraction_e18", self.max_fraction_e18, 1..=ONE_E18)?;
        if self.reserve_cash_atoms < 0 {
            return Err(ConfigError::field(
                "liquidator.reserve_cash_atoms",
                "must not be negative",
            ));
        }
        Ok(Liquidator {
            owner: self.owner.map(|owner| pubkey("liquidator.owner", &owner)).transpose()?,
            account_number: self.account_number,
            reserve_cash_atoms: self.reserve_cash_atoms,
            max_fraction_e18: self.max_fraction_e18,
        })
    }
}

impl TimingTable {
    fn check(&self) -> Result<Timing, ConfigError> {
        within("timing.snapshot_interval_secs", self.snapshot_interval_secs, 1..=3_600)?;
        Ok(Timing {
            snapshot_interval: Duration::from_secs(self.snapshot_interval_secs),
            // Readiness wants an answer of the node at least every five seconds.
            poll_interval: millis("timing.poll_interval_ms", self.poll_interval_ms, 100..=4_000)?,
            silence_timeout: millis("timing.silence_timeout_ms", self.silence_timeout_ms, 500..=60_000)?,
            // Liveness wants progress at least every ten seconds.
            tick_interval: millis("timing.tick_interval_ms", self.tick_interval_ms, 50..=5_000)?,
            debounce: millis("timing.debounce_ms", self.debounce_ms, 0..=1_000)?,
        })
    }
}

impl FeeTable {
    fn check(&self) -> Result<FeePolicy, ConfigError> {
        within(
            "fee.compute_margin_percent",
            u64::from(self.compute_margin_percent),
            0..=100,
        )?;
        within("fee.cap_lamports", self.cap_lamports, 0..=1_000_000_000)?;
        Ok(FeePolicy {
            micro_lamports_per_unit: self.micro_lamports_per_unit,
            cap_lamports: self.cap_lamports,
            compute_margin_percent: self.compute_margin_percent,
        })
    }
}

fn endpoint(field: &'static str, text: &str, schemes: &[&str]) -> Result<Endpoint, ConfigError> {
    Endpoint::parse(text, schemes).map_err(|problem| ConfigError::field(field, problem))
}

fn pubkey(field: &'static str, text: &str) -> Result<Pubkey, ConfigError> {
    text.parse()
        .map_err(|error| ConfigError::field(field, format!("{text:?} is not an address: {error}")))
}

fn commitment(text: &str) -> Result<CommitmentConfig, ConfigError> {
    match text {
        "processed" => Ok(CommitmentConfig::processed()),
        "confirmed" => Ok(CommitmentConfig::confirmed()),
        "finalized" => Ok(CommitmentConfig::finalized()),
        other => Err(ConfigError::field(
            "commitment",
            format!("{other:?} is none of processed, confirmed, finalized"),
        )),
    }
}

fn listen(text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_| {
        ConfigError::field(
            "http_listen",
            format!("{text:?} is not an address and port, as 127.0.0.1:9464"),
        )
    })
}

fn feeds(table: &BTreeMap<String, String>) -> Result<BTreeMap<String, Pubkey>, ConfigError> {
    if table.is_empty() {
        return Err(ConfigError::field(
            "feeds",
            "must name the feed account of at least one underlying",
        ));
    }
    table
        .iter()
        .map(|(symbol, address)| {
            if tenor_sdk::address::symbol(symbol).is_none() {
                return Err(ConfigError::field(
                    "feeds",
                    format!("{symbol:?} is no symbol of 1 to 16 bytes"),
                ));
            }
            Ok((symbol.clone(), pubkey("feeds", address)?))
        })
        .collect()
}

fn millis(field: &'static str, value: u64, allowed: RangeInclusive<u64>) -> Result<Duration, ConfigError> {
    within(field, value, allowed)?;
    Ok(Duration::from_millis(value))
}

fn within(field: &'static str, value: u64, allowed: RangeInclusive<u64>) -> Result<(), ConfigError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let (least, most) = allowed.into_inner();
    Err(ConfigError::field(
        field,
        format!("{value} is outside {least} to {most}"),
    ))
}
