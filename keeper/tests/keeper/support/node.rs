//! A node on the loopback interface: JSON-RPC over HTTP and a stream that breaks on command.

use super::accounts::{ALICE, FEED, clock_bytes, house_bytes, sent, sent_by_oracle, sent_by_program};
use super::accounts::{account_bytes, price};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenor_keeper::config::{Config, Timing};
use tenor_keeper::feed::Source;
use tenor_sdk::client::Client;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, sleep};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// Slot of every answer over RPC.
pub(crate) const SLOT: u64 = 1_000;
/// Sequence of the account in the snapshot.
pub(crate) const SNAPSHOT_SEQUENCE: u64 = 1;
/// Sequence of the account in the stream.
pub(crate) const STREAM_SEQUENCE: u64 = 2;
/// Heartbeats before the first connection breaks.
const BEATS: u64 = 5;

/// How the first connection ends. Later ones live.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    None,
    Silence,
    Close,
}

/// Starts a node; returns the required part of a configuration that reads it.
pub(crate) async fn start(fault: Fault) -> String {
    let rpc = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ws = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (rpc_address, ws_address) = (rpc.local_addr().unwrap(), ws.local_addr().unwrap());
    let router = Router::new().route(
        "/",
        post(|State(()): State<()>, body: String| async move { answer(&body) }),
    );
    tokio::spawn(async move { axum::serve(rpc, router.with_state(())).await });
    tokio::spawn(accept(ws, fault));

    format!(
        "rpc_url = \"http://{rpc_address}\"\nws_url = \"ws://{ws_address}\"\nkeypair_path = \"keeper.json\"\n\
         [liquidator]\naccount_number = 0\n[feeds]\nSOL = \"{FEED}\"\n"
    )
}

/// Starts a node; returns what a feed needs to read it.
pub(crate) async fn source(fault: Fault) -> Source {
    let document = start(fault).await;
    let config = Config::parse(&document).unwrap();
    let rpc = RpcClient::new_with_commitment(config.rpc.expose().to_owned(), CommitmentConfig::confirmed());
    Source {
        client: Arc::new(Client::from_rpc(rpc)),
        rpc: config.rpc,
        ws: config.ws,
        feeds: vec![FEED],
        payer: Pubkey::new_from_array([9; 32]),
        timing: Timing {
            snapshot_interval: Duration::from_secs(3_600),
            poll_interval: Duration::from_millis(50),
            silence_timeout: Duration::from_millis(500),
            tick_interval: Duration::from_secs(1),
            debounce: Duration::ZERO,
        },
    }
}

fn answer(body: &str) -> String {
    let request: Value = serde_json::from_str(body).unwrap();
    let context = json!({ "slot": SLOT });
    let result = match request["method"].as_str().unwrap() {
        "getSlot" => json!(SLOT),
        "getProgramAccounts" => json!([
            { "pubkey": tenor_sdk::address::house().to_string(), "account": sent_by_program(&house_bytes()) },
            { "pubkey": ALICE.to_string(), "account": sent_by_program(&account_bytes(SNAPSHOT_SEQUENCE)) },
            { "pubkey": Pubkey::new_from_array([8; 32]).to_string(), "account": sent_by_program(b"garbage") },
        ]),
        "getMultipleAccounts" => json!({ "context": context, "value": [
            sent(&solana_sdk_ids::sysvar::ID, &clock_bytes(SLOT, 1_750_000_000)),
            sent(&solana_sdk_ids::system_program::ID, &[]),
            sent_by_oracle(&price(100).write()),
        ]}),
        other => panic!("unexpected method {other}"),
    };
    json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string()
}

async fn accept(listener: TcpListener, fault: Fault) {
    let connections = AtomicUsize::new(0);
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let is_first = connections.fetch_add(1, Ordering::Relaxed) == 0;
        tokio::spawn(stream(socket, if is_first { fault } else { Fault::None }));
    }
}

/// Answers subscriptions, shows one account at once, then beats.
async fn stream(socket: TcpStream, fault: Fault) {
    let mut socket = accept_async(socket).await.unwrap();
    let mut subscriptions = 0_u64;
    // Slots, the program, one feed, the clock.
    while subscriptions < 4 {
        let Some(Ok(Message::Text(text))) = socket.next().await else {
            return;
        };
        let request: Value = serde_json::from_str(&text).unwrap();
        subscriptions += 1;
        let reply = json!({ "jsonrpc": "2.0", "id": request["id"], "result": subscriptions });
        socket.send(Message::text(reply.to_string())).await.unwrap();
        if request["method"] == "programSubscribe" {
            // Before the first heartbeat, and so before the snapshot is asked for.
            let account = sent_by_program(&account_bytes(STREAM_SEQUENCE));
            let value = json!({ "pubkey": ALICE.to_string(), "account": account });
            let result = json!({ "context": { "slot": SLOT }, "value": value });
            socket
                .send(Message::text(notification("program", subscriptions, &result)))
                .await
                .unwrap();
        }
    }
    let mut beats = interval(Duration::from_millis(20));
    for slot in SLOT.. {
        beats.tick().await;
        match fault {
            Fault::Silence if slot >= SLOT + BEATS => sleep(Duration::from_secs(3_600)).await,
            Fault::Close if slot >= SLOT + BEATS => return,
            _ => {}
        }
        let result = json!({ "slot": slot, "parent": slot - 1, "root": slot - 32 });
        if socket
            .send(Message::text(notification("slot", 1, &result)))
            .await
            .is_err()
        {
            return;
        }
    }
}

fn notification(method: &str, subscription: u64, result: &Value) -> String {
    let params = json!({ "subscription": subscription, "result": result });
    json!({ "jsonrpc": "2.0", "method": format!("{method}Notification"), "params": params }).to_string()
}
