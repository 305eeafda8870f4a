//! A validator in this process, and what only a local one allows: writing accounts and programs as they shall be.

use crate::artifact::{Artifact, hex};
use crate::keys::Role;
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::request::RpcRequest;
use solana_signature::Signature;
use surfpool_sdk::{BlockProductionMode, Surfnet};
use tenor_migrations::chain_time;
use tenor_sdk::client::{Budget, Client};

/// Time between blocks, as on the main network.
const SLOT_MS: u64 = 400;
/// Bytes of a program's data account before its code: variant, slot, upgrade authority.
const PROGRAM_DATA_HEADER: usize = 45;
const AIRDROP_LAMPORTS: u64 = 1_000_000_000_000;
/// Above every transaction of the story; each still shows what it used.
const BUDGET: Budget = Budget {
    units: 1_000_000,
    micro_lamports_per_unit: 0,
};

/// Name and version of what runs.
pub const NAME: &str = "surfpool 1.6.1 (Agave 4.2)";

/// A running validator with funded roles. It stops when dropped.
pub struct Validator {
    surfnet: Surfnet,
    client: Client,
}

impl Validator {
    /// Starts a validator without a network behind it, with a block every 400 ms.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start() -> Result<Self> {
        let surfnet = Surfnet::builder()
            .offline(true)
            .block_production_mode(BlockProductionMode::Clock)
            .slot_time_ms(SLOT_MS)
            .airdrop_addresses(Role::ALL.map(Role::address).to_vec())
            .airdrop_sol(AIRDROP_LAMPORTS)
            .start()
            .await
            .map_err(|error| anyhow!("the validator did not start: {error}"))?;
        let rpc = RpcClient::new_with_commitment(surfnet.rpc_url().to_owned(), CommitmentConfig::processed());
        Ok(Self {
            surfnet,
            client: Client::from_rpc(rpc),
        })
    }

    /// Address of its RPC.
    pub fn rpc_url(&self) -> &str {
        self.surfnet.rpc_url()
    }

    /// Address of its WebSocket.
    pub fn ws_url(&self) -> &str {
        self.surfnet.ws_url()
    }

    /// A client at the commitment "processed": what the validator knows, not what a fork might take back.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Time of its clock. It runs slower than wall time when blocks come late.
    ///
    /// # Errors
    /// If the RPC fails.
    pub async fn now(&self) -> Result<i64> {
        Ok(chain_time(&self.client).await?.get())
    }

    /// Sends instructions signed by roles, of which the first pays, and waits until they are executed.
    ///
    /// # Errors
    /// With the program's error if they fail.
    pub async fn send(&self, instructions: &[Instruction], roles: &[Role]) -> Result<Signature> {
        let keys: Vec<_> = roles.iter().map(|role| role.keypair()).collect();
        let (payer, others) = keys.split_first().context("nobody signs")?;
        let others: Vec<_> = others.iter().collect();
        Ok(self.client.send(instructions, BUDGET, payer, &others).await?)
    }

    /// Writes an account.
    ///
    /// # Errors
    /// If the RPC fails.
    pub async fn set_account(&self, address: &Pubkey, owner: &Pubkey, lamports: u64, data: &[u8]) -> Result<()> {
        let account = json!({ "lamports": lamports, "owner": owner.to_string(), "data": hex(data) });
        self.cheat("surfnet_setAccount", json!([address.to_string(), account]))
            .await
    }

    /// Writes a program under an upgrade authority, and checks that exactly its bytes are there.
    ///
    /// # Errors
    /// If the RPC fails or something else is deployed.
    pub async fn deploy(&self, program: &Pubkey, artifact: &Artifact, authority: &Pubkey) -> Result<()> {
        let params = json!([program.to_string(), hex(&artifact.bytes), 0, authority.to_string()]);
        self.cheat("surfnet_writeProgram", params).await?;
        ensure!(
            self.program_bytes(program).await? == artifact.bytes,
            "the deployed program is not the one that was built"
        );
        Ok(())
    }

    /// The code of a deployed program.
    ///
    /// # Errors
    /// If it is not deployed.
    pub async fn program_bytes(&self, program: &Pubkey) -> Result<Vec<u8>> {
        let (address, _) = Pubkey::find_program_address(&[program.as_ref()], &tenor_sdk::address::LOADER);
        let data = self.client.rpc().get_account_data(&address).await?;
        Ok(data
            .get(PROGRAM_DATA_HEADER..)
            .context("the program's data account is too short")?
            .to_vec())
    }

    /// Least balance of an account of this size.
    ///
    /// # Errors
    /// If the RPC fails.
    pub async fn rent(&self, bytes: usize) -> Result<u64> {
        Ok(self.client.rpc().get_minimum_balance_for_rent_exemption(bytes).await?)
    }

    async fn cheat(&self, method: &'static str, params: Value) -> Result<()> {
        let answer: Result<Value, _> = self.client.rpc().send(RpcRequest::Custom { method }, params).await;
        answer.map(drop).with_context(|| format!("{method} failed"))
    }
}
