//! A chain that answers as it was told to.

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenor_keeper::config::FeePolicy;
use tenor_keeper::execute::{Blockhash, Chain, ChainError, Pace, Simulation};
use tenor_keeper::strategy::{Intent, IntentKind};
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::error::error_code;
use tenor_sdk::margin::MarginError;

/// Last block height of the scripted blockhash.
pub(crate) const LAST_HEIGHT: u64 = 100;
/// Compute units that a simulation uses.
pub(crate) const USED: u64 = 200_000;

pub(crate) const FEE: FeePolicy = FeePolicy {
    micro_lamports_per_unit: 10_000,
    cap_lamports: 100_000,
    compute_margin_percent: 10,
};
pub(crate) const PACE: Pace = Pace {
    rebroadcast: Duration::ZERO,
    height_every: 1,
};

type Status = Result<Option<Result<(), TransactionError>>, ChainError>;

#[derive(Clone)]
pub(crate) enum Answer {
    Works,
    Fails(TransactionError),
    Silence,
    Panics,
}

/// The script; clones share it.
#[derive(Clone)]
pub(crate) struct Script {
    simulation: Arc<dyn Fn(&Transaction) -> Answer + Send + Sync>,
    statuses: Arc<Mutex<VecDeque<Status>>>,
    heights: Arc<Mutex<VecDeque<u64>>>,
    broadcasts: Arc<AtomicU32>,
    refuses_broadcasts: bool,
}

impl Script {
    pub(crate) fn simulating(answer: impl Fn(&Transaction) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            simulation: Arc::new(answer),
            statuses: Arc::default(),
            heights: Arc::default(),
            broadcasts: Arc::default(),
            refuses_broadcasts: false,
        }
    }

    pub(crate) fn working() -> Self {
        Self::simulating(|_| Answer::Works)
    }

    /// Answers to status questions, one after the other; the last repeats.
    pub(crate) fn with_statuses(self, statuses: impl IntoIterator<Item = Status>) -> Self {
        Self {
            statuses: Arc::new(Mutex::new(statuses.into_iter().collect())),
            ..self
        }
    }

    /// Answers to height questions, one after the other; the last repeats.
    pub(crate) fn with_heights(self, heights: impl IntoIterator<Item = u64>) -> Self {
        Self {
            heights: Arc::new(Mutex::new(heights.into_iter().collect())),
            ..self
        }
    }

    pub(crate) fn refusing_broadcasts(self) -> Self {
        Self {
            refuses_broadcasts: true,
            ..self
        }
    }

    pub(crate) fn broadcasts(&self) -> u32 {
        self.broadcasts.load(Ordering::Relaxed)
    }
}

fn next<T: Clone>(answers: &Mutex<VecDeque<T>>) -> Option<T> {
    let mut answers = answers.lock().unwrap();
    if answers.len() > 1 {
        answers.pop_front()
    } else {
        answers.front().cloned()
    }
}

impl Chain for Script {
    async fn simulate(&self, transaction: &Transaction) -> Result<Simulation, ChainError> {
        match (self.simulation)(transaction) {
            Answer::Works => Ok(Simulation {
                compute_units: Some(USED),
                error: None,
            }),
            Answer::Fails(error) => Ok(Simulation {
                compute_units: Some(USED),
                error: Some(error),
            }),
            Answer::Silence => Err(ChainError("503".to_owned())),
            Answer::Panics => panic!("a bug"),
        }
    }

    async fn blockhash(&self) -> Result<Blockhash, ChainError> {
        Ok(Blockhash {
            hash: Hash::default(),
            last_valid_block_height: LAST_HEIGHT,
        })
    }

    async fn broadcast(&self, _: &Transaction) -> Result<(), ChainError> {
        self.broadcasts.fetch_add(1, Ordering::Relaxed);
        if self.refuses_broadcasts {
            Err(ChainError("429".to_owned()))
        } else {
            Ok(())
        }
    }

    async fn status(&self, _: &Signature) -> Status {
        next(&self.statuses).unwrap_or(Ok(Some(Ok(()))))
    }

    async fn block_height(&self) -> Result<u64, ChainError> {
        Ok(next(&self.heights).unwrap_or(1))
    }
}

pub(crate) fn payer() -> Keypair {
    Keypair::new()
}

/// An intent whose one instruction names the account.
pub(crate) fn intent(account: Pubkey, sequence: u64) -> Intent {
    Intent {
        account,
        sequence,
        kind: IntentKind::Touch,
        instructions: vec![Instruction::new_with_bytes(
            MARGIN_PROGRAM,
            account.as_ref(),
            Vec::new(),
        )],
        compute_units: 120_000,
    }
}

/// The program's error, raised by the first instruction after the two of the budget.
pub(crate) fn program_error(error: MarginError) -> TransactionError {
    custom(2, error_code(error))
}

pub(crate) fn custom(index: u8, code: u32) -> TransactionError {
    TransactionError::InstructionError(index, solana_instruction::error::InstructionError::Custom(code))
}
