//! Logs: one line for each decision and each outcome.

use crate::config::LogFormat;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard output; `RUST_LOG` filters, `info` by default.
///
/// # Errors
/// Logging was started before.
pub fn start_log(format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging: {error}"))
}
