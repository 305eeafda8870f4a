//! How the chain looks before a deployment.

use solana_pubkey::{Pubkey, pubkey};
use tenor_sdk::SdkError;
use tenor_sdk::address;
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
    /// Who may upgrade the program; none if nobody, or if the program is not there.
    pub upgrade_authority: Option<Pubkey>,
}

impl ChainState {
    /// Reads the protocol's accounts and the clock.
    ///
    /// # Errors
    /// [`SdkError::Rpc`]; [`SdkError::NotA`] if the clock cannot be read.
    pub async fn fetch(client: &Client) -> Result<Self, SdkError> {
        Ok(Self {
            now: chain_time(client).await?,
            upgrade_authority: upgrade_authority(client).await?,
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

async fn upgrade_authority(client: &Client) -> Result<Option<Pubkey>, SdkError> {
    let accounts = client.rpc().get_multiple_accounts(&[address::program_data()]).await?;
    let data = accounts.into_iter().flatten().next().map(|account| account.data);
    Ok(data.as_deref().and_then(authority_of))
}

/// Upgrade authority in a program's data account: variant 3 (u32), slot (u64), option tag (u8), authority.
fn authority_of(data: &[u8]) -> Option<Pubkey> {
    let is_program_data = data.starts_with(&[3, 0, 0, 0]) && data.get(12) == Some(&1);
    let bytes: &[u8; 32] = data.get(13..)?.first_chunk()?;
    is_program_data.then(|| Pubkey::new_from_array(*bytes))
}
