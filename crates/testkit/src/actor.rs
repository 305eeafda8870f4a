//! People with keys, wallets and margin accounts.

use crate::asset::Asset;
use crate::mint;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use std::sync::Arc;
use tenor_sdk::address;
use tenor_sdk::instruction::Party;

/// Someone who signs. The key follows from the name, so that every run derives the same addresses.
#[derive(Clone, Debug)]
pub struct Actor {
    name: String,
    key: Arc<Keypair>,
    number: u16,
}

impl Actor {
    /// Someone by name, with their margin account number zero.
    ///
    /// # Panics
    /// If the name is longer than 32 bytes.
    pub fn named(name: &str) -> Self {
        let mut seed = [0; 32];
        seed[..name.len()].copy_from_slice(name.as_bytes());
        Self {
            name: name.to_owned(),
            key: Arc::new(Keypair::new_from_array(seed)),
            number: 0,
        }
    }

    /// The same person acting for another of their margin accounts.
    #[must_use]
    pub fn with_account_number(&self, number: u16) -> Self {
        Self { number, ..self.clone() }
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their key.
    pub fn key(&self) -> Arc<Keypair> {
        Arc::clone(&self.key)
    }

    /// Their address.
    pub fn address(&self) -> Pubkey {
        self.key.pubkey()
    }

    /// Number of the margin account that they act for.
    pub const fn number(&self) -> u16 {
        self.number
    }

    /// That margin account.
    pub fn account(&self) -> Pubkey {
        address::margin_account(&self.address(), self.number)
    }

    /// Their token account for an asset.
    pub fn wallet(&self, asset: Asset) -> Pubkey {
        mint::wallet(&self.address(), &asset.mint())
    }

    /// They, as a side of a trade or liquidation.
    pub fn party(&self) -> Party {
        Party {
            account: self.account(),
            authority: self.address(),
        }
    }
}
