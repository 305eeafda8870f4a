//! `/metrics`, `/livez` and `/readyz`.

use super::health::{Status, Verdict};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const TEXT: &str = "text/plain; version=0.0.4";
const JSON: &str = "application/json";

#[derive(Clone)]
struct Shared {
    status: watch::Receiver<Status>,
    metrics: PrometheusHandle,
}

/// Serves until stopped.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    status: watch::Receiver<Status>,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route(
            "/metrics",
            get(|State(shared): State<Shared>| async move { render(&shared.metrics) }),
        )
        .route(
            "/livez",
            get(|State(shared): State<Shared>| async move { answer(&shared.now().live(Instant::now())) }),
        )
        .route(
            "/readyz",
            get(|State(shared): State<Shared>| async move { answer(&shared.now().ready(Instant::now())) }),
        )
        .with_state(Shared { status, metrics });
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

impl Shared {
    fn now(&self) -> Status {
        *self.status.borrow()
    }
}

fn render(metrics: &PrometheusHandle) -> Response {
    ([(header::CONTENT_TYPE, TEXT)], metrics.render()).into_response()
}

fn answer(verdict: &Verdict) -> Response {
    let status = if verdict.ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    match serde_json::to_string(verdict) {
        Ok(body) => (status, [(header::CONTENT_TYPE, JSON)], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
