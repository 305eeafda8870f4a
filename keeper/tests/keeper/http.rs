//! The endpoints over a socket.

use std::time::Duration;
use tenor_keeper::report::health::Status;
use tenor_keeper::report::{metrics, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: keeper\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn endpoints_answer_with_a_status_and_say_why() {
    let recorder = metrics::install().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (shown, status) = watch::channel(Status::starting(Instant::now(), 1));
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, status, recorder, stop.clone()));

    let live = get(address, "/livez").await;
    assert!(
        live.starts_with("HTTP/1.1 200") && live.ends_with(r#"{"ok":true,"problems":[]}"#),
        "{live}"
    );
    let ready = get(address, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(
        ready.ends_with(r#"{"ok":false,"problems":["no snapshot yet"]}"#),
        "{ready}"
    );

    metrics::evaluated(Duration::from_millis(3), 2);
    let rendered = get(address, "/metrics").await;
    for line in [
        "tenor_keeper_build_info{version=",
        "tenor_keeper_accounts_unhealthy 2",
        "tenor_keeper_evaluation_seconds_bucket",
    ] {
        assert!(rendered.contains(line), "{line} in {rendered}");
    }
    drop(shown);
    stop.cancel();
    server.await.unwrap().unwrap();
}
