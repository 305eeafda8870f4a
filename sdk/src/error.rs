//! What can go wrong in the SDK.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_math::MathError;

/// Why a call of the SDK failed.
#[derive(Debug, thiserror::Error)]
pub enum SdkError {
    /// No account exists at the address.
    #[error("account {0} does not exist")]
    AccountMissing(Pubkey),
    /// The account's owner is another program.
    #[error("account {address} is owned by {owner}, not by the protocol")]
    WrongOwner {
        /// The account.
        address: Pubkey,
        /// Its owner.
        owner: Pubkey,
    },
    /// The bytes are not an account of the expected kind.
    #[error("not a {expected}: discriminator or length differ")]
    NotA {
        /// The kind that was expected.
        expected: &'static str,
    },
    /// The account's layout version is unknown to this SDK.
    #[error("layout version {found} of a {expected} is unknown to this SDK; update it")]
    UnknownVersion {
        /// The kind of account.
        expected: &'static str,
        /// The version found.
        found: u8,
    },
    /// The program would refuse for this reason.
    #[error("the program would refuse: {0:?}")]
    Margin(MarginError),
    /// A calculation has no answer.
    #[error("calculation: {0}")]
    Math(#[from] MathError),
    /// The RPC node failed or refused.
    #[error("rpc: {0}")]
    Rpc(#[from] Box<solana_rpc_client_api::client_error::Error>),
    /// The transaction could not be built or signed.
    #[error("transaction: {0}")]
    Transaction(String),
}

impl From<MarginError> for SdkError {
    fn from(error: MarginError) -> Self {
        Self::Margin(error)
    }
}

impl From<solana_rpc_client_api::client_error::Error> for SdkError {
    fn from(error: solana_rpc_client_api::client_error::Error) -> Self {
        Self::Rpc(Box::new(error))
    }
}

/// First number of the program's errors.
pub const FIRST_ERROR_CODE: u32 = 6_000;

/// The number that a transaction fails with for an error of the program.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "the variants' numbers are below 200"
)]
pub const fn error_code(error: MarginError) -> u32 {
    FIRST_ERROR_CODE + error as u32
}
