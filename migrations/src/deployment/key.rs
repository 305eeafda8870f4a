//! Addresses in deployment files.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use solana_pubkey::Pubkey;

/// An address, written in base 58.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub Pubkey);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map(Self)
            .map_err(|_| Error::custom(format!("`{text}` is no address in base 58")))
    }
}
