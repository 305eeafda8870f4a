//! Exact failures, which change nothing.

use crate::world::{Outcome, Receipt};
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use tenor_sdk::error::error_code;
use tenor_sdk::margin::MarginError;

/// Why an instruction should fail: an error of the program, or one of the framework or runtime by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(InstructionError);

impl From<MarginError> for Reason {
    fn from(error: MarginError) -> Self {
        Self(InstructionError::Custom(error_code(error)))
    }
}

impl From<InstructionError> for Reason {
    fn from(error: InstructionError) -> Self {
        Self(error)
    }
}

/// Asserts that a transaction failed for exactly this reason and changed nothing but the payer's fee.
///
/// # Panics
/// With the logs, if it succeeded, failed otherwise or changed an account.
#[track_caller]
pub fn assert_fails_with(outcome: Outcome, reason: impl Into<Reason>) {
    let Reason(expected) = reason.into();
    match outcome {
        Ok(receipt) => panic!(
            "succeeded instead of failing with {expected:?}\n{}",
            receipt.logs.join("\n")
        ),
        Err(refusal) => {
            let TransactionError::InstructionError(_, found) = &refusal.error else {
                panic!(
                    "{:?} instead of {expected:?}\n{}",
                    refusal.error,
                    refusal.logs.join("\n")
                );
            };
            assert_eq!(
                *found,
                expected,
                "another error than expected\n{}",
                refusal.logs.join("\n")
            );
            assert_eq!(refusal.changed, [], "a failed transaction changed accounts");
        }
    }
}

/// Asserts that a transaction succeeded.
///
/// # Panics
/// With error and logs, if it did not.
#[track_caller]
pub fn assert_lands(outcome: Outcome) -> Receipt {
    outcome.unwrap_or_else(|refusal| panic!("{:?}\n{}", refusal.error, refusal.logs.join("\n")))
}
