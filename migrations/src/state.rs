//! How the chain looks before a deployment.

use solana_pubkey::{Pubkey, pubkey};
use tenor_sdk::SdkError;
use tenor_sdk::client::Client;
use tenor_sdk::market::Market;
use tenor_sdk::math::quantity::UnixSeconds;

const CLOCK: Pubkey = pubkey!("SysvarC1ock11111111111111111111111111111111");
/// Place of `unix_timestamp` after slot, start of the epoch, epoch, and epoch of the leader schedule.
const CLOCK_TIME_AT: usize = 32;

/// What there is, and what time it is there.
#[derive(Clone, Debug, Default)]
pub struct ChainState {
    /// House, registry, underlyings and chains that exist.
    pub market: Market,
    /// Time of the chain's clock.
    pub now: UnixSeconds,
}

impl ChainState {
    /// Reads the protocol's accounts and the clock.
    ///
    /// # Errors
    /// [`SdkError::Rpc`]; [`SdkError::NotA`] if the clock cannot be read.
    pub async fn fetch(client: &Client) -> Result<Self, SdkError> {
        Ok(Self {
            now: chain_time(client).await?,
            market: client.snapshot().await?.market,
        })
    }
}

/// Time of the chain's clock, by which every age and expiry is judged. It differs from this machine's.
///
/// # Errors
/// [`SdkError::Rpc`]; [`SdkError::NotA`] if the clock cannot be read.
pub async fn chain_time(client: &Client) -> Result<UnixSeconds, SdkError> {
    let data = client.rpc().get_account_data(&CLOCK).await?;
    let bytes = data.get(CLOCK_TIME_AT..).and_then(|rest| rest.first_chunk());
    bytes
        .map(|bytes| UnixSeconds::new(i64::from_le_bytes(*bytes)))
        .ok_or(SdkError::NotA { expected: "clock" })
}
