//! One intent: simulate, sign, repeat until it lands or can no longer land.

use super::budget::Budget;
use super::chain::{Blockhash, Chain, ChainError};
use super::outcome::{Outcome, Refusal, Stage};
use crate::config::FeePolicy;
use crate::strategy::Intent;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::time::Duration;
use tokio::time::sleep;
use tracing::debug;

/// How often the network is asked.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two broadcasts: about a slot.
    pub rebroadcast: Duration,
    /// Broadcasts between two looks at the block height.
    pub height_every: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            rebroadcast: Duration::from_millis(400),
            height_every: 5,
        }
    }
}

/// Carries out an intent. Safe to repeat: the program refuses a sequence that has moved.
pub async fn attempt(chain: &impl Chain, intent: &Intent, payer: &Keypair, fee: &FeePolicy, pace: Pace) -> Outcome {
    match try_attempt(chain, intent, payer, fee, pace).await {
        Ok(outcome) => outcome,
        Err(ChainError(reason)) => Outcome::Unreachable { reason },
    }
}

async fn try_attempt(
    chain: &impl Chain,
    intent: &Intent,
    payer: &Keypair,
    fee: &FeePolicy,
    pace: Pace,
) -> Result<Outcome, ChainError> {
    let rehearsed = Budget::unlimited().prepend(&intent.instructions);
    let unsigned = Transaction::new_unsigned(Message::new(&rehearsed, Some(&payer.pubkey())));
    // The blockhash is needed only if the simulation succeeds, but asking for both at once saves a round trip.
    let (simulation, blockhash) = tokio::join!(chain.simulate(&unsigned), chain.blockhash());
    let simulation = simulation?;
    if let Some(error) = simulation.error {
        return Ok(Outcome::Refused(Refusal::new(error, &rehearsed, Stage::Simulation)));
    }
    let used = simulation
        .compute_units
        .unwrap_or_else(|| u64::from(intent.compute_units));
    let budget = Budget::for_simulated(used, fee);
    let instructions = budget.prepend(&intent.instructions);
    let sent = Sent::sign(instructions, payer, blockhash?)?;
    Ok(sent.land(chain, budget, pace).await)
}

/// A signed transaction on its way.
struct Sent {
    instructions: Vec<Instruction>,
    transaction: Transaction,
    signature: Signature,
    last_valid_block_height: u64,
}

impl Sent {
    fn sign(instructions: Vec<Instruction>, payer: &Keypair, blockhash: Blockhash) -> Result<Self, ChainError> {
        let message = Message::new_with_blockhash(&instructions, Some(&payer.pubkey()), &blockhash.hash);
        let mut transaction = Transaction::new_unsigned(message);
        transaction
            .try_sign(&[payer], blockhash.hash)
            .map_err(|error| ChainError(error.to_string()))?;
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let last_valid_block_height = blockhash.last_valid_block_height;
        Ok(Self {
            instructions,
            transaction,
            signature,
            last_valid_block_height,
        })
    }

    /// Repeats the broadcast until the chain has an answer or the blockhash has run out. A node's failure ends nothing:
    /// the transaction may be under way all the same.
    async fn land(self, chain: &impl Chain, budget: Budget, pace: Pace) -> Outcome {
        let mut rounds = 0_u32;
        loop {
            if let Err(error) = chain.broadcast(&self.transaction).await {
                debug!(signature = %self.signature, %error, "broadcast failed");
            }
            sleep(pace.rebroadcast).await;
            rounds = rounds.saturating_add(1);
            let looks_at_height = rounds.checked_rem(pace.height_every).is_none_or(|rest| rest == 0);
            // The height first: a transaction may land in the last valid block between the two questions.
            let has_expired = looks_at_height && self.has_expired(chain).await;
            match chain.status(&self.signature).await {
                Ok(Some(result)) => return self.outcome(result.err(), budget),
                Ok(None) if has_expired => {
                    return Outcome::Expired {
                        signature: self.signature,
                    };
                }
                Ok(None) => {}
                Err(error) => debug!(signature = %self.signature, %error, "status unknown"),
            }
        }
    }

    async fn has_expired(&self, chain: &impl Chain) -> bool {
        chain
            .block_height()
            .await
            .is_ok_and(|height| height > self.last_valid_block_height)
    }

    fn outcome(self, error: Option<solana_transaction_error::TransactionError>, budget: Budget) -> Outcome {
        match error {
            None => Outcome::Landed {
                signature: self.signature,
                compute_units: budget.units,
                fee_lamports: budget.fee_lamports(),
            },
            Some(error) => Outcome::Refused(Refusal::new(error, &self.instructions, Stage::Chain(self.signature))),
        }
    }
}
