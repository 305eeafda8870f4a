//! Every metric by name. Other modules call these functions, so that names exist once.

use crate::execute::{Finished, Outcome};
use crate::world::Changes;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

const BUILD_INFO: &str = "tenor_keeper_build_info";
const SLOT: &str = "tenor_keeper_slot";
const UPDATE_AGE: &str = "tenor_keeper_update_age_seconds";
const SNAPSHOT_AGE: &str = "tenor_keeper_snapshot_age_seconds";
const FEED_AGE: &str = "tenor_keeper_feed_age_seconds";
const ACCOUNTS: &str = "tenor_keeper_accounts_watched";
const UNHEALTHY: &str = "tenor_keeper_accounts_unhealthy";
const SKIPPED: &str = "tenor_keeper_accounts_skipped";
const OLDEST_UNHEALTHY: &str = "tenor_keeper_oldest_unhealthy_seconds";
const WAITING: &str = "tenor_keeper_accounts_backed_off";
const IN_FLIGHT: &str = "tenor_keeper_intents_in_flight";
const CASH: &str = "tenor_keeper_liquidator_cash_atoms";
const PAYER: &str = "tenor_keeper_payer_lamports";
const INTENTS: &str = "tenor_keeper_intents_total";
const OUTCOMES: &str = "tenor_keeper_outcomes_total";
const UNDERFUNDED: &str = "tenor_keeper_underfunded_total";
const FEES: &str = "tenor_keeper_priority_fee_lamports_total";
const DECODE_ERRORS: &str = "tenor_keeper_decode_errors_total";
const OUTDATED: &str = "tenor_keeper_outdated_updates_total";
const READ_ERRORS: &str = "tenor_keeper_read_errors_total";
const RECONNECTS: &str = "tenor_keeper_reconnects_total";
const EVALUATION: &str = "tenor_keeper_evaluation_seconds";
const LANDING: &str = "tenor_keeper_landing_seconds";

const EVALUATION_BUCKETS: [f64; 9] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.25, 1.0];
const LANDING_BUCKETS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Installs the recorder. What it returns renders the metrics.
///
/// # Errors
/// A recorder was installed before.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(EVALUATION.to_owned()), &EVALUATION_BUCKETS)?
        .set_buckets_for_metric(Matcher::Full(LANDING.to_owned()), &LANDING_BUCKETS)?
        .install_recorder()?;
    describe();
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
    for source in ["account", "clock"] {
        counter!(DECODE_ERRORS, "source" => source).absolute(0);
    }
    counter!(RECONNECTS).absolute(0);
    counter!(UNDERFUNDED).absolute(0);
    Ok(handle)
}

fn describe() {
    describe_gauge!(BUILD_INFO, "One, labelled with the version");
    describe_gauge!(SLOT, "Newest slot seen");
    describe_gauge!(UPDATE_AGE, Unit::Seconds, "Time since the stream last spoke");
    describe_gauge!(SNAPSHOT_AGE, Unit::Seconds, "Time since the last snapshot");
    describe_gauge!(FEED_AGE, Unit::Seconds, "Age of each feed's price by the chain's clock");
    describe_gauge!(ACCOUNTS, "Margin accounts watched");
    describe_gauge!(UNHEALTHY, "Margin accounts below maintenance or in an auction");
    describe_gauge!(SKIPPED, "Accounts that need action and get none, by reason");
    describe_gauge!(
        OLDEST_UNHEALTHY,
        Unit::Seconds,
        "How long the oldest unhealthy account has been so"
    );
    describe_gauge!(WAITING, "Accounts with failures not followed by a landing");
    describe_gauge!(IN_FLIGHT, "Intents under way");
    describe_gauge!(CASH, "Cash of the liquidator's margin account, atoms");
    describe_gauge!(PAYER, "Balance of the payer, lamports");
    describe_counter!(INTENTS, "Intents started, by kind");
    describe_counter!(OUTCOMES, "Intents ended, by kind, class and error number");
    describe_counter!(
        UNDERFUNDED,
        "Intents that the keeper's account or wallet could not carry: alert on any increase"
    );
    describe_counter!(FEES, "Priority fees of transactions that landed, lamports");
    describe_counter!(DECODE_ERRORS, "Messages and accounts that could not be read, by source");
    describe_counter!(OUTDATED, "Updates ignored because something newer was known");
    describe_counter!(READ_ERRORS, "Reads over RPC that failed, by kind");
    describe_counter!(RECONNECTS, "Breaks of the stream");
    describe_histogram!(EVALUATION, Unit::Seconds, "Time to judge all accounts");
    describe_histogram!(LANDING, Unit::Seconds, "Time from the arrival of the price to landing");
}

/// What the main loop shows at each turn.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    /// Newest slot.
    pub slot: u64,
    /// Time since the stream last spoke.
    pub update_age: Duration,
    /// Time since the last snapshot.
    pub snapshot_age: Duration,
    /// Accounts watched.
    pub accounts: usize,
    /// How long the oldest unhealthy account has been so.
    pub oldest_unhealthy: Duration,
    /// Accounts with failures.
    pub waiting: usize,
    /// Intents under way.
    pub in_flight: usize,
    /// Cash of the liquidator, atoms.
    pub cash_atoms: i64,
    /// Balance of the payer, lamports.
    pub payer_lamports: u64,
}

/// Shows the levels.
pub fn levels(levels: &Levels) {
    gauge!(SLOT).set(of_u64(levels.slot));
    gauge!(UPDATE_AGE).set(levels.update_age);
    gauge!(SNAPSHOT_AGE).set(levels.snapshot_age);
    gauge!(ACCOUNTS).set(of_usize(levels.accounts));
    gauge!(OLDEST_UNHEALTHY).set(levels.oldest_unhealthy);
    gauge!(WAITING).set(of_usize(levels.waiting));
    gauge!(IN_FLIGHT).set(of_usize(levels.in_flight));
    gauge!(CASH).set(of_i64(levels.cash_atoms));
    gauge!(PAYER).set(of_u64(levels.payer_lamports));
}

/// Age of a feed's price.
pub fn feed_age(symbol: &str, age: Duration) {
    gauge!(FEED_AGE, "symbol" => symbol.to_owned()).set(age);
}

/// All accounts were judged.
pub fn evaluated(took: Duration, unhealthy: usize) {
    histogram!(EVALUATION).record(took);
    gauge!(UNHEALTHY).set(of_usize(unhealthy));
}

/// Accounts skipped for a reason.
pub fn skipped(reason: &'static str, count: usize) {
    gauge!(SKIPPED, "reason" => reason).set(of_usize(count));
}

/// An intent was started.
pub fn started(kind: &str) {
    counter!(INTENTS, "kind" => kind.to_owned()).increment(1);
}

/// An intent has ended.
pub fn finished(finished: &Finished) {
    let kind = finished.job.intent.kind.to_string();
    let code = finished
        .outcome
        .code()
        .map_or_else(|| "none".to_owned(), |code| code.to_string());
    counter!(OUTCOMES, "kind" => kind, "class" => finished.outcome.label(), "code" => code).increment(1);
    match &finished.outcome {
        Outcome::Landed { fee_lamports, .. } => {
            histogram!(LANDING).record(finished.latency);
            counter!(FEES).increment(*fee_lamports);
        }
        outcome if outcome.class() == Some(crate::execute::Class::Underfunded) => counter!(UNDERFUNDED).increment(1),
        _ => {}
    }
}

/// An update was applied.
pub fn applied(changes: &Changes) {
    if changes.unreadable > 0 {
        counter!(DECODE_ERRORS, "source" => "account").increment(of_count(changes.unreadable));
    }
    if changes.outdated > 0 {
        counter!(OUTDATED).increment(of_count(changes.outdated));
    }
}

/// Something could not be read.
pub fn decode_error(source: &'static str) {
    counter!(DECODE_ERRORS, "source" => source).increment(1);
}

/// A read over RPC failed.
pub fn read_error(what: &'static str) {
    counter!(READ_ERRORS, "kind" => what).increment(1);
}

/// The stream broke.
pub fn reconnect() {
    counter!(RECONNECTS).increment(1);
}

fn of_count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[expect(clippy::as_conversions, reason = "gauges are floats; above 2^53 a gauge may round")]
const fn of_u64(value: u64) -> f64 {
    value as f64
}

#[expect(clippy::as_conversions, reason = "gauges are floats; above 2^53 a gauge may round")]
const fn of_i64(value: i64) -> f64 {
    value as f64
}

fn of_usize(value: usize) -> f64 {
    of_u64(of_count(value))
}
