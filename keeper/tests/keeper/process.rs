//! The process: how it starts, stops and refuses.

use crate::support::node::{self, Fault};
use solana_keypair::{Keypair, write_keypair_file};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::sleep;

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn keeper(config: &PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenor-keeper"));
    command
        .arg("--config")
        .arg(config)
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Writes a configuration after replacing parts of it.
fn write_config(name: &str, document: &str, replacements: &[(&str, String)]) -> PathBuf {
    let mut document = document.to_owned();
    for (from, to) in replacements {
        document = document.replace(from, to);
    }
    let path = scratch(name);
    std::fs::write(&path, document).unwrap();
    path
}

async fn terminate(child: Child) -> Output {
    let id = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap()
            .success()
    );
    child.wait_with_output().await.unwrap()
}

async fn metrics(address: &str) -> Option<String> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    socket
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: keeper\r\nConnection: close\r\n\r\n")
        .await
        .ok()?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

#[tokio::test]
async fn the_keeper_follows_a_node_and_stops_cleanly_when_told_to() {
    let key = scratch("stops_cleanly.json");
    write_keypair_file(&Keypair::new(), &key).unwrap();
    let address = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let listen = format!("http_listen = \"{address}\"\nkeypair_path = \"{}\"", key.display());
    let document = node::start(Fault::Close).await;
    let config = write_config(
        "stops_cleanly.toml",
        &document,
        &[("keypair_path = \"keeper.json\"", listen)],
    );

    let child = keeper(&config).spawn().unwrap();
    // It has seen the account, lost the stream and found it again.
    loop {
        let shown = metrics(&address).await.unwrap_or_default();
        if shown.contains("tenor_keeper_accounts_watched 1") && shown.contains("tenor_keeper_reconnects_total 1") {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let output = terminate(child).await;
    assert_eq!(output.status.code(), Some(0));
    let log = String::from_utf8(output.stdout).unwrap();
    for line in log.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).expect("every line is JSON");
        assert!(entry["level"].is_string() && entry["message"].is_string(), "{line}");
    }
    assert!(log.contains("\"stopping\""), "{log}");
}

#[tokio::test]
async fn a_bad_configuration_ends_the_process_with_the_name_of_the_field() {
    let document = include_str!("../../keeper.example.toml");
    let replacements = [("debounce_ms = 20", "debounce_ms = 99999".to_owned())];
    let config = write_config("bad_value.toml", document, &replacements);
    let output = keeper(&config).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("timing.debounce_ms"));
}

#[tokio::test]
async fn the_environment_overrides_the_file() {
    let config = write_config("overridden.toml", include_str!("../../keeper.example.toml"), &[]);
    let mut command = keeper(&config);
    command
        .arg("--check")
        .env("TENOR_KEEPER_FEE__CAP_LAMPORTS", "77")
        .env("TENOR_KEEPER_COMMITMENT", "processed");
    let output = command.output().await.unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(
        shown.contains("cap_lamports: 77") && shown.contains("Processed"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_missing_key_ends_the_process_and_names_the_file_only() {
    let document = include_str!("../../keeper.example.toml");
    let config = write_config(
        "no_key.toml",
        document,
        &[("keeper.json", "no-such-key.json".to_owned())],
    );
    let output = keeper(&config).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no-such-key.json"));
}
