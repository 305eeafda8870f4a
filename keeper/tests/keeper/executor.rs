//! Which intents start, and what their ends lead to.

use crate::support::accounts::{ALICE, BOB};
use crate::support::script::{Answer, FEE, Script, custom, intent, payer, program_error};
use std::sync::Arc;
use std::time::Duration;
use tenor_keeper::execute::{Admission, Class, Executor, Job, Outcome};
use tenor_sdk::margin::MarginError;
use tokio::time::Instant;

fn executor(script: Script, most: usize) -> Executor<Script> {
    Executor::new(script, Arc::new(payer()), FEE, most)
}

fn job(account: solana_pubkey::Pubkey, sequence: u64) -> Job {
    Job {
        intent: intent(account, sequence),
        priced_at: Instant::now(),
    }
}

/// Everything fails for Alice.
fn poisoned() -> Script {
    Script::simulating(|transaction| {
        let is_alice = transaction
            .message
            .instructions
            .iter()
            .any(|instruction| instruction.data == ALICE.as_ref());
        Answer::Fails(if is_alice {
            custom(2, 9_999)
        } else {
            program_error(MarginError::AccountHealthy)
        })
    })
}

#[tokio::test]
async fn the_same_intent_is_started_once() {
    let mut executor = executor(Script::working(), 4);
    let now = Instant::now();
    assert_eq!(executor.submit(job(ALICE, 7), now), Admission::Started);
    assert_eq!(executor.submit(job(ALICE, 7), now), Admission::InFlight);
    assert_eq!(executor.submit(job(ALICE, 8), now), Admission::InFlight);
    assert_eq!(executor.in_flight(), 1);

    let finished = executor.next_finished().await.unwrap().unwrap();
    assert!(matches!(finished.outcome, Outcome::Landed { .. }));
    let now = Instant::now();
    assert_eq!(
        executor.submit(job(ALICE, 7), now),
        Admission::InFlight,
        "landed, not yet seen"
    );
    assert_eq!(executor.submit(job(ALICE, 8), now), Admission::Started);
}

#[tokio::test]
async fn a_poison_account_waits_and_never_starves_another() {
    let mut executor = executor(poisoned(), 1);
    executor.submit(job(ALICE, 7), Instant::now());
    let finished = executor.next_finished().await.unwrap().unwrap();
    assert_eq!(finished.outcome.class(), Some(Class::Rejected));
    let now = Instant::now();
    assert_eq!(executor.submit(job(ALICE, 7), now), Admission::Waiting(Class::Rejected));
    assert_eq!(executor.submit(job(BOB, 7), now), Admission::Started);
    assert_eq!(executor.waiting(), 1);
}

#[tokio::test]
async fn no_more_than_allowed_are_under_way() {
    let mut executor = executor(Script::working(), 1);
    let now = Instant::now();
    assert_eq!(executor.submit(job(ALICE, 7), now), Admission::Started);
    assert_eq!(executor.submit(job(BOB, 7), now), Admission::Full);
}

#[tokio::test]
async fn a_lost_task_is_an_error() {
    let mut executor = executor(Script::simulating(|_| Answer::Panics), 1);
    executor.submit(job(ALICE, 7), Instant::now());
    assert!(executor.next_finished().await.is_err());
}

#[tokio::test]
async fn what_is_under_way_may_finish_when_the_keeper_stops() {
    let mut executor = executor(poisoned(), 4);
    executor.submit(job(ALICE, 7), Instant::now());
    executor.submit(job(BOB, 7), Instant::now());
    let mut ended = 0;
    executor.drain(Duration::from_secs(60), |_| ended += 1).await;
    assert_eq!((ended, executor.in_flight()), (2, 0));
}

#[tokio::test]
async fn nothing_under_way_is_no_end() {
    assert!(executor(Script::working(), 1).next_finished().await.unwrap().is_none());
}
