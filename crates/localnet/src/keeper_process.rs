//! The keeper: a process of its own, as an operator would run it.

use crate::actors::ACCOUNT_NUMBER;
use crate::keys::Role;
use crate::market::Listed;
use crate::validator::Validator;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// Names the keeper's binary.
pub const BINARY_VARIABLE: &str = "TENOR_KEEPER_BIN";
const READY_WITHIN: Duration = Duration::from_secs(20);
const READY_POLL: Duration = Duration::from_millis(100);
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A keeper that can be started, killed and started again. It dies with this value.
pub struct Keeper {
    binary: PathBuf,
    folder: PathBuf,
    listen: SocketAddr,
    child: Option<Child>,
}

impl Keeper {
    /// Writes key and configuration into a folder; starts nothing.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn prepare(binary: PathBuf, folder: &Path, validator: &Validator, listed: &Listed) -> Result<Self> {
        ensure!(
            binary.is_file(),
            "there is no keeper at {}; build it or set {BINARY_VARIABLE}",
            binary.display()
        );
        let listen = free_address()?;
        let keeper = Self {
            binary,
            folder: folder.to_owned(),
            listen,
            child: None,
        };
        let key = serde_json::to_string(&Role::Liquidator.keypair().to_bytes().to_vec())?;
        keeper.write("keeper-key.json", &key)?;
        keeper.write("keeper.toml", &keeper.configuration(validator, listed))?;
        // Logs of one run, not of the runs before it.
        keeper.write("keeper.stdout.log", "")?;
        keeper.write("keeper.stderr.log", "")?;
        Ok(keeper)
    }

    fn configuration(&self, validator: &Validator, listed: &Listed) -> String {
        let feeds: String = listed
            .assets
            .iter()
            .map(|asset| format!("{} = \"{}\"\n", asset.symbol, asset.feed))
            .collect();
        format!(
            "rpc_url = {rpc:?}\nws_url = {ws:?}\nkeypair_path = {key:?}\ncommitment = \"processed\"\n\
             http_listen = \"{listen}\"\nlog_format = \"json\"\n\n\
             [liquidator]\naccount_number = {ACCOUNT_NUMBER}\n\n\
             [feeds]\n{feeds}\n\
             [timing]\npoll_interval_ms = 100\ntick_interval_ms = 200\n",
            rpc = validator.rpc_url(),
            ws = validator.ws_url(),
            key = self.folder.join("keeper-key.json"),
            listen = self.listen,
        )
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Starts the process. What it writes is added to its log files.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&mut self) -> Result<()> {
        let mut command = Command::new(&self.binary);
        // Variables of the keeper's prefix override its configuration, and one of ours has that prefix.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TENOR_")) {
            command.env_remove(name);
        }
        command
            .args(["--config".as_ref(), self.folder.join("keeper.toml").as_os_str()])
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(self.log("keeper.stdout.log")?)
            .stderr(self.log("keeper.stderr.log")?)
            .kill_on_drop(true);
        self.child = Some(
            command
                .spawn()
                .with_context(|| format!("cannot start {}", self.binary.display()))?,
        );
        Ok(())
    }

    fn log(&self, name: &str) -> Result<File> {
        let path = self.folder.join(name);
        OpenOptions::new()
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))
    }

    /// Waits until the keeper says that it is ready.
    ///
    /// # Errors
    /// If it ends before, or takes too long.
    pub async fn wait_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.child.as_mut().context("the keeper was not started")?.try_wait()? {
                bail!(
                    "the keeper ended ({status}) before it was ready; see {}",
                    self.folder.join("keeper.stderr.log").display()
                );
            }
            if self.is_ready().await {
                return Ok(());
            }
            sleep(READY_POLL).await;
        }
        bail!(
            "the keeper was not ready within {} s; see its logs in {}",
            READY_WITHIN.as_secs(),
            self.folder.display()
        )
    }

    /// Whether `/readyz` answers 200.
    async fn is_ready(&self) -> bool {
        let ask = async {
            let mut stream = TcpStream::connect(self.listen).await?;
            stream
                .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
        };
        timeout(READY_POLL * 5, ask)
            .await
            .is_ok_and(|answer| answer.unwrap_or(false))
    }

    /// Ends the process at once, as a power cut would.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.child
            .take()
            .context("the keeper does not run")?
            .kill()
            .await
            .context("cannot kill the keeper")
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self
            .child
            .as_mut()
            .map(Child::try_wait)
            .transpose()?
            .is_some_and(|ended| ended.is_none()))
    }

    /// Stops the process and waits for its end.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // An end by itself and a kill that comes too late are both what was asked for.
            let _ = timeout(STOP_WITHIN, child.kill()).await;
        }
    }

    /// What the keeper logged at the level of errors.
    ///
    /// # Errors
    /// If its logs cannot be read.
    pub fn error_lines(&self) -> Result<Vec<String>> {
        let mut errors = Vec::new();
        for name in ["keeper.stdout.log", "keeper.stderr.log"] {
            let text = fs::read_to_string(self.folder.join(name))?;
            errors.extend(text.lines().filter(|line| is_error(line)).map(str::to_owned));
        }
        Ok(errors)
    }

    /// Its version, by its own account.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn version(&self) -> Result<String> {
        let output = Command::new(&self.binary).arg("--version").output().await?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A log line of level ERROR, or a line that is no log line at all, as a panic writes.
fn is_error(line: &str) -> bool {
    match serde_json::from_str::<Value>(line) {
        Ok(entry) => entry
            .get("level")
            .and_then(Value::as_str)
            .is_some_and(|level| level.eq_ignore_ascii_case("error")),
        Err(_) => !line.trim().is_empty(),
    }
}

/// A free port of this machine. It is free until someone else takes it, which no other part of a run does.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_found_by_level_and_panics_by_shape() {
        assert!(is_error(r#"{"level":"ERROR","message":"lost"}"#));
        assert!(is_error("thread 'main' panicked at src/main.rs:1:1:"));
        assert!(!is_error(r#"{"level":"WARN","message":"an error of the node"}"#));
        assert!(!is_error("  "));
    }
}
