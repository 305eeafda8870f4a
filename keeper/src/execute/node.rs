//! The chain as one RPC node shows it.

use super::chain::{Blockhash, Chain, ChainError, Simulation};
use crate::config::Endpoint;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_signature::Signature;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use std::sync::Arc;
use tenor_sdk::client::Client;

/// An RPC node.
pub struct Node {
    client: Arc<Client>,
    address: Endpoint,
}

impl Node {
    /// The node of a client.
    pub const fn new(client: Arc<Client>, address: Endpoint) -> Self {
        Self { client, address }
    }

    fn rpc(&self) -> &RpcClient {
        self.client.rpc()
    }

    fn failed(&self, error: &client_error::Error) -> ChainError {
        ChainError(self.address.redact(&error.to_string()))
    }
}

impl Chain for Node {
    async fn simulate(&self, transaction: &Transaction) -> Result<Simulation, ChainError> {
        let config = RpcSimulateTransactionConfig {
            replace_recent_blockhash: true,
            commitment: Some(self.rpc().commitment()),
            ..RpcSimulateTransactionConfig::default()
        };
        let result = self
            .rpc()
            .simulate_transaction_with_config(transaction, config)
            .await
            .map_err(|error| self.failed(&error))?
            .value;
        Ok(Simulation {
            compute_units: result.units_consumed,
            error: result.err.map(TransactionError::from),
        })
    }

    async fn blockhash(&self) -> Result<Blockhash, ChainError> {
        let (hash, last_valid_block_height) = self
            .rpc()
            .get_latest_blockhash_with_commitment(self.rpc().commitment())
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(Blockhash {
            hash,
            last_valid_block_height,
        })
    }

    async fn broadcast(&self, transaction: &Transaction) -> Result<(), ChainError> {
        // The keeper simulated already, and repeats by itself.
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        self.rpc()
            .send_transaction_with_config(transaction, config)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    async fn status(&self, signature: &Signature) -> Result<Option<Result<(), TransactionError>>, ChainError> {
        let statuses = self
            .rpc()
            .get_signature_statuses(&[*signature])
            .await
            .map_err(|error| self.failed(&error))?
            .value;
        let status = statuses.into_iter().flatten().next();
        Ok(status
            .filter(|status| status.satisfies_commitment(self.rpc().commitment()))
            .map(|status| status.status))
    }

    async fn block_height(&self) -> Result<u64, ChainError> {
        self.rpc().get_block_height().await.map_err(|error| self.failed(&error))
    }
}
