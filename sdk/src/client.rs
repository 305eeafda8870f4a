//! Fetching and sending over RPC.

use crate::SdkError;
use crate::decode::{self, AccountData, ProgramAccount};
use crate::market::Market;
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Compute units and price that a transaction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most compute units.
    pub units: u32,
    /// Priority fee, millionths of a lamport per unit.
    pub micro_lamports_per_unit: u64,
}

/// The market and all margin accounts at one slot.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// House, registry, underlyings and chains.
    pub market: Market,
    /// Margin accounts.
    pub accounts: Vec<(Pubkey, AccountData)>,
    /// Accounts of the program that this SDK cannot read, with the reason.
    pub unreadable: Vec<(Pubkey, String)>,
    /// Slot at which the node answered.
    pub slot: u64,
}

/// A connection to one RPC node. It owns its configuration; there are no globals.
pub struct Client {
    rpc: RpcClient,
}

impl Client {
    /// Connects to an RPC node.
    pub fn new(url: String, commitment: CommitmentConfig) -> Self {
        Self {
            rpc: RpcClient::new_with_commitment(url, commitment),
        }
    }

    /// Wraps a client that exists.
    pub const fn from_rpc(rpc: RpcClient) -> Self {
        Self { rpc }
    }

    /// The RPC client.
    pub const fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    /// All accounts of the program.
    ///
    /// # Errors
    /// [`SdkError::Rpc`]. Accounts that cannot be read are listed, not an error: one odd account must not blind a bot.
    pub async fn snapshot(&self) -> Result<Snapshot, SdkError> {
        // The slot is asked first, and an older answer refused: behind a load balancer another node may answer.
        let slot = self.rpc.get_slot().await?;
        let config = RpcProgramAccountsConfig {
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                min_context_slot: Some(slot),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let mut snapshot = Snapshot {
            slot,
            ..Snapshot::default()
        };
        for (address, account) in self
            .rpc
            .get_program_ui_accounts_with_config(&tenor_margin::ID, config)
            .await?
        {
            let decoded = account
                .data
                .decode()
                .ok_or(SdkError::NotA {
                    expected: "base64 account",
                })
                .and_then(|data| decode::any(&data));
            match decoded {
                Ok(account) => snapshot.take(address, account),
                Err(error) => snapshot.unreadable.push((address, error.to_string())),
            }
        }
        Ok(snapshot)
    }

    /// One margin account.
    ///
    /// # Errors
    /// [`SdkError::AccountMissing`], [`SdkError::WrongOwner`], [`SdkError::NotA`], [`SdkError::Rpc`].
    pub async fn margin_account(&self, address: &Pubkey) -> Result<AccountData, SdkError> {
        decode::margin_account(&self.program_account(address).await?)
    }

    async fn program_account(&self, address: &Pubkey) -> Result<Vec<u8>, SdkError> {
        let response = self
            .rpc
            .get_account_with_commitment(address, self.rpc.commitment())
            .await?;
        let account = response.value.ok_or(SdkError::AccountMissing(*address))?;
        if account.owner != tenor_margin::ID {
            return Err(SdkError::WrongOwner {
                address: *address,
                owner: account.owner,
            });
        }
        Ok(account.data)
    }

    /// Builds a transaction with a compute budget, signed by payer and signers.
    ///
    /// # Errors
    /// [`SdkError::Rpc`] if no blockhash can be had; [`SdkError::Transaction`] if a signer is missing.
    pub async fn sign(
        &self,
        instructions: &[Instruction],
        budget: Budget,
        payer: &Keypair,
        signers: &[&Keypair],
    ) -> Result<Transaction, SdkError> {
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(budget.units),
            ComputeBudgetInstruction::set_compute_unit_price(budget.micro_lamports_per_unit),
        ];
        all.extend_from_slice(instructions);
        let blockhash = self.rpc.get_latest_blockhash().await?;
        let message = Message::new_with_blockhash(&all, Some(&payer.pubkey()), &blockhash);
        let mut transaction = Transaction::new_unsigned(message);
        let mut keys = vec![payer];
        keys.extend(signers.iter().filter(|signer| signer.pubkey() != payer.pubkey()));
        transaction
            .try_sign(&keys, blockhash)
            .map_err(|error| SdkError::Transaction(error.to_string()))?;
        Ok(transaction)
    }

    /// Signs, sends and waits for confirmation at the client's commitment.
    ///
    /// # Errors
    /// As [`Client::sign`]; [`SdkError::Rpc`] with the program's error number if the transaction fails.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        budget: Budget,
        payer: &Keypair,
        signers: &[&Keypair],
    ) -> Result<Signature, SdkError> {
        let transaction = self.sign(instructions, budget, payer, signers).await?;
        Ok(self.rpc.send_and_confirm_transaction(&transaction).await?)
    }
}

impl Snapshot {
    fn take(&mut self, address: Pubkey, account: ProgramAccount) {
        if let Some(account) = self.market.insert(address, account) {
            self.accounts.push((address, account));
        }
    }
}
