//! What became of an intent. Errors are told apart by the program's numbers, never by the text of logs.

use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use std::fmt;
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::error::error_code;
use tenor_sdk::margin::MarginError;

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The transaction reached the keeper's commitment.
    Landed {
        /// Its signature.
        signature: Signature,
        /// Compute units that it asked for.
        compute_units: u32,
        /// Priority fee, lamports.
        fee_lamports: u64,
    },
    /// Simulation or chain refused it.
    Refused(Refusal),
    /// Its blockhash ran out before it landed; it cannot land any more.
    Expired {
        /// Its signature.
        signature: Signature,
    },
    /// The node did not answer; nothing was sent.
    Unreachable {
        /// What the node said.
        reason: String,
    },
}

/// Why a transaction was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What to do about it.
    pub class: Class,
    /// Number of the program's error, if it was the program.
    pub code: Option<u32>,
    /// The chain's own words.
    pub error: TransactionError,
    /// Where.
    pub stage: Stage,
}

/// Where a transaction was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In simulation: it cost nothing.
    Simulation,
    /// On the chain: it cost a fee.
    Chain(Signature),
}

/// What an error calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Someone else was first, or the owner has acted: nothing is left to do.
    Raced,
    /// The decision was made on numbers that have changed: decide again.
    Stale,
    /// The keeper's account or wallet cannot carry it: the operator must act.
    Underfunded,
    /// Unforeseen: a fault of the keeper, or an account made to fail.
    Rejected,
    /// The network did not take it in time.
    Expired,
    /// The node failed.
    Unreachable,
}

impl Class {
    /// Class of an error of the program, by number.
    pub fn of_code(code: u32) -> Self {
        use MarginError as E;
        const RACED: [MarginError; 14] = [
            E::SequenceMismatch,
            E::PriceOlderThanStored,
            E::ChainSettled,
            E::StrikeExists,
            E::NoPositions,
            E::AccountHealthy,
            E::AuctionNotStarted,
            E::NothingToLiquidate,
            E::ChainNotExpired,
            E::NotHourMark,
            E::NotSettlementUpdate,
            E::SettlementFinal,
            E::NothingToSweep,
            E::ChainNotEmpty,
        ];
        const STALE: [MarginError; 13] = [
            E::LimitExceeded,
            E::DeadlinePassed,
            E::PriceStale,
            E::PriceFromFuture,
            E::PriceUncertain,
            E::PriceNotPositive,
            E::SurfaceMissing,
            E::RiskStale,
            E::ChainExpired,
            E::MissingChain,
            E::MissingUnderlying,
            E::EquityExhausted,
            E::HealthNotRaised,
        ];
        const UNDERFUNDED: [MarginError; 5] = [
            E::InitialHealthNegative,
            E::GainsUnrealised,
            E::CashBelowZero,
            E::PositionTableFull,
            E::ChainTableFull,
        ];
        let is_one_of = |errors: &[MarginError]| errors.iter().any(|error| error_code(*error) == code);
        if is_one_of(&RACED) {
            Self::Raced
        } else if is_one_of(&STALE) {
            Self::Stale
        } else if is_one_of(&UNDERFUNDED) {
            Self::Underfunded
        } else {
            Self::Rejected
        }
    }

    /// Short name for metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Raced => "raced",
            Self::Stale => "stale",
            Self::Underfunded => "underfunded",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Unreachable => "unreachable",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

impl Refusal {
    /// Reads an error of a transaction with these instructions, budget included.
    pub fn new(error: TransactionError, instructions: &[Instruction], stage: Stage) -> Self {
        let code = program_code(&error, instructions);
        let class = match (&error, code) {
            (_, Some(code)) => Class::of_code(code),
            (TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee, None)
            | (TransactionError::InsufficientFundsForRent { .. }, None) => Class::Underfunded,
            // The node lags, or is busy.
            (
                TransactionError::BlockhashNotFound
                | TransactionError::AccountInUse
                | TransactionError::ClusterMaintenance
                | TransactionError::ProgramCacheHitMaxLimit,
                None,
            ) => Class::Unreachable,
            (TransactionError::AlreadyProcessed, None) => Class::Raced,
            _ => Class::Rejected,
        };
        Self {
            class,
            code,
            error,
            stage,
        }
    }
}

/// The program's error number; `None` if another program or the runtime refused, whose numbers mean other things.
fn program_code(error: &TransactionError, instructions: &[Instruction]) -> Option<u32> {
    let TransactionError::InstructionError(index, InstructionError::Custom(code)) = error else {
        return None;
    };
    let instruction = instructions.get(usize::from(*index))?;
    (instruction.program_id == MARGIN_PROGRAM).then_some(*code)
}

impl Outcome {
    /// The error's class; `None` if it landed.
    pub const fn class(&self) -> Option<Class> {
        match self {
            Self::Landed { .. } => None,
            Self::Refused(refusal) => Some(refusal.class),
            Self::Expired { .. } => Some(Class::Expired),
            Self::Unreachable { .. } => Some(Class::Unreachable),
        }
    }

    /// Short name for metrics and logs.
    pub fn label(&self) -> &'static str {
        self.class().map_or("landed", Class::label)
    }

    /// Number of the program's error, if the program refused.
    pub const fn code(&self) -> Option<u32> {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Landed { .. } | Self::Expired { .. } | Self::Unreachable { .. } => None,
        }
    }

    /// Signature, once it was sent.
    pub const fn signature(&self) -> Option<&Signature> {
        match self {
            Self::Landed { signature, .. }
            | Self::Expired { signature }
            | Self::Refused(Refusal {
                stage: Stage::Chain(signature),
                ..
            }) => Some(signature),
            Self::Refused(_) | Self::Unreachable { .. } => None,
        }
    }
}
