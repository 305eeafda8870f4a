//! Configuration: a TOML file, overridden by environment variables, checked before anything starts.
//!
//! `TENOR_KEEPER_RPC_URL` overrides `rpc_url`; two underscores go one table down: `TENOR_KEEPER_FEE__CAP_LAMPORTS`.

mod file;
mod url;

pub use self::url::Endpoint;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use file::File;
use serde::{Deserialize, Serialize};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Prefix of the environment variables.
pub const ENV_PREFIX: &str = "TENOR_KEEPER_";

/// Everything that the operator decides, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// RPC node.
    pub rpc: Endpoint,
    /// WebSocket of the node.
    pub ws: Endpoint,
    /// File with the key that signs and pays.
    pub keypair_path: PathBuf,
    /// Commitment at which accounts are watched and transactions count as landed.
    pub commitment: CommitmentConfig,
    /// Longest wait for an answer of the RPC node.
    pub rpc_timeout: Duration,
    /// Address that serves `/metrics`, `/livez` and `/readyz`.
    pub listen: SocketAddr,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Account that takes over slices.
    pub liquidator: Liquidator,
    /// Feed account of each underlying, by symbol.
    pub feeds: BTreeMap<String, Pubkey>,
    /// Whether it also does for the house what anybody may do.
    pub serve_house: bool,
    /// When the keeper looks.
    pub timing: Timing,
    /// What a transaction may cost.
    pub fee: FeePolicy,
    /// Balance below which the payer counts as empty, lamports.
    pub min_payer_lamports: u64,
    /// Most transactions under way at once.
    pub max_in_flight: usize,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Account that takes over slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidator {
    /// Owner of the account; the signing key if `None`, which must be the delegate otherwise.
    pub owner: Option<Pubkey>,
    /// Number of the account.
    pub account_number: u16,
    /// Cash that the account keeps, atoms.
    pub reserve_cash_atoms: i64,
    /// Most of an account to take in one slice x 1e18.
    pub max_fraction_e18: u64,
}

/// When the keeper looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Time between full snapshots, which heal what the stream missed.
    pub snapshot_interval: Duration,
    /// Time between reads of feeds, clock and balance.
    pub poll_interval: Duration,
    /// Silence of the stream after which it is opened anew.
    pub silence_timeout: Duration,
    /// Longest time between two plans.
    pub tick_interval: Duration,
    /// Wait after an update for more of them before planning.
    pub debounce: Duration,
}

/// What a transaction may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// Priority fee, millionths of a lamport per compute unit.
    pub micro_lamports_per_unit: u64,
    /// Most priority fee of one transaction, lamports.
    pub cap_lamports: u64,
    /// Room above the simulated compute units, percent.
    pub compute_margin_percent: u32,
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or malformed, or a field has the wrong type; the text names it.
    #[error("configuration: {0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// A field's value is not allowed.
    #[error("configuration: {field}: {problem}")]
    Field {
        /// The field, tables before it.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl ConfigError {
    fn field(field: &'static str, problem: impl ToString) -> Self {
        Self::Field {
            field,
            problem: problem.to_string(),
        }
    }
}

impl Config {
    /// Reads the file, then the environment.
    ///
    /// # Errors
    /// [`ConfigError`] with the field's name.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        // `TENOR_KEEPER_CONFIG` names the file itself: the command line reads it.
        let environment = Env::prefixed(ENV_PREFIX).ignore(&["config"]).split("__");
        Self::from_figment(&Figment::from(Toml::file_exact(path)).merge(environment))
    }

    /// Reads a document, without the environment.
    ///
    /// # Errors
    /// [`ConfigError`] with the field's name.
    pub fn parse(document: &str) -> Result<Self, ConfigError> {
        Self::from_figment(&Figment::from(Toml::string(document)))
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        figment.extract::<File>().map_err(Box::new)?.check()
    }
}
