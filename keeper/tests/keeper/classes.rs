//! Errors are told apart by number.

use crate::support::accounts::ALICE;
use crate::support::script::{custom, intent, program_error};
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use tenor_keeper::execute::{Budget, Class, Refusal, Stage};
use tenor_sdk::error::error_code;
use tenor_sdk::margin::MarginError;

fn refusal(error: TransactionError) -> Refusal {
    let instructions = Budget::unlimited().prepend(&intent(ALICE, 1).instructions);
    Refusal::new(error, &instructions, Stage::Simulation)
}

#[test]
fn errors_of_the_program_are_classified_by_number() {
    let cases = [
        (MarginError::AccountHealthy, 6_120, Class::Raced),
        (MarginError::SequenceMismatch, 6_005, Class::Raced),
        (MarginError::NothingToLiquidate, 6_123, Class::Raced),
        (MarginError::AuctionNotStarted, 6_121, Class::Raced),
        (MarginError::PriceOlderThanStored, 6_046, Class::Raced),
        (MarginError::PriceStale, 6_045, Class::Stale),
        (MarginError::RiskStale, 6_053, Class::Stale),
        (MarginError::LimitExceeded, 6_006, Class::Stale),
        (MarginError::EquityExhausted, 6_122, Class::Stale),
        (MarginError::MissingChain, 6_080, Class::Stale),
        (MarginError::NotHourMark, 6_204, Class::Raced),
        (MarginError::NotSettlementUpdate, 6_069, Class::Raced),
        (MarginError::SettlementFinal, 6_179, Class::Raced),
        (MarginError::NothingToSweep, 6_074, Class::Raced),
        (MarginError::ChainNotEmpty, 6_073, Class::Raced),
        (MarginError::HealthNotRaised, 6_124, Class::Stale),
        (MarginError::DeadlinePassed, 6_181, Class::Stale),
        (MarginError::GainsUnrealised, 6_182, Class::Underfunded),
        (MarginError::CashBelowZero, 6_103, Class::Underfunded),
        (MarginError::InitialHealthNegative, 6_100, Class::Underfunded),
        (MarginError::PositionTableFull, 6_104, Class::Underfunded),
        (MarginError::NotAccountAuthority, 6_021, Class::Rejected),
        (MarginError::MathOverflow, 6_001, Class::Rejected),
    ];
    for (error, number, class) in cases {
        assert_eq!(error_code(error), number);
        let refusal = refusal(program_error(error));
        assert_eq!((refusal.class, refusal.code), (class, Some(number)), "{number}");
    }
}

#[test]
fn an_unknown_number_is_rejected() {
    assert_eq!(refusal(custom(2, 9_999)).class, Class::Rejected);
}

#[test]
fn the_same_number_of_another_program_means_nothing() {
    let foreign = Instruction::new_with_bytes(ALICE, &[], Vec::new());
    let error = program_error(MarginError::AccountHealthy);
    let other = Refusal::new(
        error.clone(),
        &[foreign.clone(), foreign.clone(), foreign],
        Stage::Simulation,
    );
    assert_eq!((other.class, other.code), (Class::Rejected, None));
    // An index that no instruction has.
    assert_eq!(Refusal::new(error, &[], Stage::Simulation).class, Class::Rejected);
}

#[test]
fn errors_of_the_chain_are_classified_too() {
    let cases = [
        (TransactionError::InsufficientFundsForFee, Class::Underfunded),
        (TransactionError::AccountNotFound, Class::Underfunded),
        (TransactionError::BlockhashNotFound, Class::Unreachable),
        (TransactionError::AlreadyProcessed, Class::Raced),
        (
            TransactionError::InstructionError(2, InstructionError::ComputationalBudgetExceeded),
            Class::Rejected,
        ),
        (TransactionError::ProgramAccountNotFound, Class::Rejected),
    ];
    for (error, class) in cases {
        assert_eq!(refusal(error.clone()).class, class, "{error}");
    }
}
