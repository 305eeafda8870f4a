//! What a transaction of the program did: its instructions, what each consumed, its events, why it failed.

use crate::keys::Role;
use anyhow::{Context, Result};
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::option_serializer::OptionSerializer;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiInstruction, UiTransactionEncoding, UiTransactionStatusMeta,
};
use tenor_report::{Actor, Failure, Liquidation};
use tenor_sdk::client::Client;
use tenor_sdk::error::{FIRST_ERROR_CODE, error_code};
use tenor_sdk::margin::MarginError;
use tenor_sdk::margin::event::{PriceUpdated, SliceLiquidated};
use tenor_sdk::{MARGIN_PROGRAM, event};

/// A transaction of the program, read back from the validator.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Who paid.
    pub actor: Actor,
    /// Its instructions of the program, in order, with the compute units that each consumed.
    pub calls: Vec<Call>,
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The prices that it stored: underlying, USD x 1e9.
    pub stored_prices_e9: Vec<(Pubkey, u64)>,
    /// What it liquidated.
    pub liquidation: Option<Liquidation>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it consumed; `None` if the logs do not say.
    pub compute_units: Option<u64>,
}

/// Reads a transaction back.
///
/// # Errors
/// If the validator does not have it.
pub async fn fetch(client: &Client, signature: &Signature) -> Result<Transaction> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
    };
    let encoded = client.rpc().get_transaction_with_config(signature, config).await?;
    read(&encoded)
}

fn read(encoded: &EncodedConfirmedTransactionWithStatusMeta) -> Result<Transaction> {
    let meta = encoded
        .transaction
        .meta
        .as_ref()
        .context("the transaction has no status")?;
    let transaction = encoded
        .transaction
        .transaction
        .decode()
        .context("the transaction cannot be decoded")?;
    let keys = transaction.message.static_account_keys();
    let actor = keys.first().and_then(Role::of).map_or(Actor::Operator, Role::actor);
    let mut read = Transaction {
        actor,
        calls: calls(&transaction, keys, &consumed(meta)),
        compute_units: option(&meta.compute_units_consumed).copied().unwrap_or(0),
        failure: failure(meta),
        stored_prices_e9: Vec::new(),
        liquidation: None,
    };
    for data in events(meta, keys) {
        if let Some(event) = event::read::<PriceUpdated>(&data) {
            read.stored_prices_e9.push((event.underlying, event.price_e9));
        }
        if let Some(event) = event::read::<SliceLiquidated>(&data) {
            read.liquidation = Some(liquidation(&event));
        }
    }
    Ok(read)
}

fn liquidation(event: &SliceLiquidated) -> Liquidation {
    Liquidation {
        fraction_e9: event.fraction_e18 / 1_000_000_000,
        discount_bps: u32::try_from(event.discount_e9 / 100_000).unwrap_or(u32::MAX),
        // USDC has six decimals and counts as one USD.
        discount_paid_usd_e9: i128::from(event.discount_atoms) * 1_000,
    }
}

/// The program's instructions with what the logs say that each top-level instruction consumed.
fn calls(transaction: &VersionedTransaction, keys: &[Pubkey], consumed: &[Option<u64>]) -> Vec<Call> {
    let instructions = transaction.message.instructions().iter().enumerate();
    instructions
        .filter(|(_, instruction)| keys.get(usize::from(instruction.program_id_index)) == Some(&MARGIN_PROGRAM))
        .map(|(place, instruction)| Call {
            name: tenor_sdk::instruction::name(&instruction.data).unwrap_or("unknown"),
            compute_units: consumed.get(place).copied().flatten(),
        })
        .collect()
}

/// Compute units by top-level instruction.
fn consumed(meta: &UiTransactionStatusMeta) -> Vec<Option<u64>> {
    let mut consumed = Vec::new();
    let mut depth = 0_usize;
    for line in option(&meta.log_messages).into_iter().flatten() {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["Program", _, "invoke", level] => {
                depth = level.trim_matches(['[', ']']).parse().unwrap_or(0);
                if depth == 1 {
                    consumed.push(None);
                }
            }
            ["Program", _, "consumed", units, "of", ..] if depth == 1 => {
                if let Some(last) = consumed.last_mut() {
                    *last = units.parse().ok();
                }
            }
            ["Program", _, "success"] | ["Program", _, "failed:", ..] => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    consumed
}

/// Data of the program's calls to itself.
fn events(meta: &UiTransactionStatusMeta, keys: &[Pubkey]) -> Vec<Vec<u8>> {
    let inner = option(&meta.inner_instructions).into_iter().flatten();
    inner
        .flat_map(|group| &group.instructions)
        .filter_map(|instruction| match instruction {
            UiInstruction::Compiled(instruction) => Some(instruction),
            UiInstruction::Parsed(_) => None,
        })
        .filter(|instruction| keys.get(usize::from(instruction.program_id_index)) == Some(&MARGIN_PROGRAM))
        .filter_map(|instruction| bs58::decode(&instruction.data).into_vec().ok())
        .collect()
}

fn failure(meta: &UiTransactionStatusMeta) -> Option<Failure> {
    use solana_instruction::error::InstructionError;
    use solana_transaction_error::TransactionError;
    let error = TransactionError::from(meta.err.clone()?);
    let code = match &error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(*code),
        _ => None,
    };
    let name = code
        .and_then(error_name)
        .map_or_else(|| error.to_string(), |name| format!("{name:?}"));
    Some(Failure { code, name })
}

/// Those refusals that a race between price, keeper and account brings about.
fn error_name(code: u32) -> Option<MarginError> {
    let expected = [
        MarginError::HealthNotRaised,
        MarginError::NothingToSweep,
        MarginError::NotHourMark,
        MarginError::SequenceMismatch,
        MarginError::LimitExceeded,
        MarginError::PriceStale,
        MarginError::PriceOlderThanStored,
        MarginError::PriceFromFuture,
        MarginError::RiskStale,
        MarginError::InitialHealthNegative,
        MarginError::AccountHealthy,
        MarginError::AuctionNotStarted,
        MarginError::EquityExhausted,
        MarginError::NothingToLiquidate,
    ];
    (code >= FIRST_ERROR_CODE)
        .then(|| expected.into_iter().find(|error| error_code(*error) == code))
        .flatten()
}

fn option<T>(value: &OptionSerializer<T>) -> Option<&T> {
    match value {
        OptionSerializer::Some(value) => Some(value),
        OptionSerializer::None | OptionSerializer::Skip => None,
    }
}
