//! One intent against a scripted chain.

use crate::support::accounts::ALICE;
use crate::support::script::{Answer, FEE, LAST_HEIGHT, PACE, Script, intent, payer, program_error};
use tenor_keeper::execute::{ChainError, Class, Outcome, Stage, attempt};
use tenor_sdk::margin::MarginError;

async fn outcome(script: &Script) -> Outcome {
    attempt(script, &intent(ALICE, 7), &payer(), &FEE, PACE).await
}

#[tokio::test]
async fn an_intent_that_simulates_well_is_sent_and_lands_with_a_margin_of_compute() {
    let script = Script::working();
    let Outcome::Landed {
        compute_units,
        fee_lamports,
        ..
    } = outcome(&script).await
    else {
        panic!("landed")
    };
    assert_eq!((compute_units, fee_lamports), (220_000, 2_200));
    assert_eq!(script.broadcasts(), 1);
}

#[tokio::test]
async fn an_intent_that_fails_in_simulation_costs_nothing() {
    let script = Script::simulating(|_| Answer::Fails(program_error(MarginError::AccountHealthy)));
    let Outcome::Refused(refusal) = outcome(&script).await else {
        panic!("refused")
    };
    assert_eq!((refusal.class, refusal.stage), (Class::Raced, Stage::Simulation));
    assert_eq!(script.broadcasts(), 0);
}

#[tokio::test]
async fn a_node_that_does_not_answer_is_unreachable() {
    let script = Script::simulating(|_| Answer::Silence);
    assert_eq!(
        outcome(&script).await,
        Outcome::Unreachable {
            reason: "503".to_owned()
        }
    );
    assert_eq!(script.broadcasts(), 0);
}

#[tokio::test]
async fn a_transaction_is_sent_again_until_it_lands() {
    let script = Script::working().with_statuses([Ok(None), Ok(None), Ok(None), Ok(Some(Ok(())))]);
    assert!(matches!(outcome(&script).await, Outcome::Landed { .. }));
    assert_eq!(script.broadcasts(), 4);
}

#[tokio::test]
async fn a_node_that_fails_while_sending_ends_nothing() {
    let unknown = || Err(ChainError("502".to_owned()));
    let script = Script::working()
        .refusing_broadcasts()
        .with_statuses([unknown(), unknown(), Ok(Some(Ok(())))]);
    assert!(matches!(outcome(&script).await, Outcome::Landed { .. }));
}

#[tokio::test]
async fn a_transaction_that_fails_on_the_chain_is_classified_like_a_simulation() {
    let error = program_error(MarginError::SequenceMismatch);
    let script = Script::working().with_statuses([Ok(Some(Err(error)))]);
    let Outcome::Refused(refusal) = outcome(&script).await else {
        panic!("refused")
    };
    assert_eq!(refusal.class, Class::Raced);
    assert!(matches!(refusal.stage, Stage::Chain(_)));
}

#[tokio::test]
async fn a_transaction_expires_only_after_the_last_valid_height() {
    let script = Script::working()
        .with_statuses([Ok(None)])
        .with_heights([1, LAST_HEIGHT, LAST_HEIGHT + 1]);
    assert!(matches!(outcome(&script).await, Outcome::Expired { .. }));
    assert_eq!(script.broadcasts(), 3);
}

#[tokio::test]
async fn a_transaction_that_lands_in_the_last_valid_block_has_landed() {
    let script = Script::working()
        .with_statuses([Ok(Some(Ok(())))])
        .with_heights([LAST_HEIGHT + 1]);
    assert!(matches!(outcome(&script).await, Outcome::Landed { .. }));
}
