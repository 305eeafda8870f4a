//! Addresses of the protocol's accounts.

use solana_pubkey::{Pubkey, pubkey};
use tenor_margin::state::seeds;

/// SPL Token program.
pub const TOKEN_PROGRAM: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// Token program of the second generation.
pub const TOKEN_2022_PROGRAM: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// System program.
pub const SYSTEM_PROGRAM: Pubkey = pubkey!("11111111111111111111111111111111");
/// Sysvar with the instructions of the present transaction.
pub const INSTRUCTIONS_SYSVAR: Pubkey = pubkey!("Sysvar1nstructions1111111111111111111111111");
/// Upgradeable loader.
pub const LOADER: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

fn derive(parts: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(parts, &tenor_margin::ID).0
}

/// The clearing house.
pub fn house() -> Pubkey {
    derive(&[seeds::HOUSE])
}

/// Collaterals of the house.
pub fn registry() -> Pubkey {
    derive(&[seeds::REGISTRY, house().as_ref()])
}

/// Insurance fund of the house.
pub fn insurance() -> Pubkey {
    derive(&[seeds::INSURANCE, house().as_ref()])
}

/// The house's token account for a mint.
pub fn vault(mint: &Pubkey) -> Pubkey {
    derive(&[seeds::VAULT, house().as_ref(), mint.as_ref()])
}

/// An underlying, by its symbol padded with zeros.
pub fn underlying(symbol: &[u8; 16]) -> Pubkey {
    derive(&[seeds::UNDERLYING, house().as_ref(), symbol])
}

/// A chain of an underlying by expiry, Unix seconds.
pub fn chain(underlying: &Pubkey, expiry: i64) -> Pubkey {
    derive(&[seeds::CHAIN, underlying.as_ref(), &expiry.to_le_bytes()])
}

/// A margin account of an owner by number.
pub fn margin_account(owner: &Pubkey, number: u16) -> Pubkey {
    derive(&[seeds::ACCOUNT, owner.as_ref(), &number.to_le_bytes()])
}

/// A queued change by its number.
pub fn change(number: u64) -> Pubkey {
    derive(&[seeds::CHANGE, house().as_ref(), &number.to_le_bytes()])
}

/// Signer of the program's events.
pub fn event_authority() -> Pubkey {
    derive(&[seeds::EVENT_AUTHORITY])
}

/// Data account of the program, which names its upgrade authority.
pub fn program_data() -> Pubkey {
    Pubkey::find_program_address(&[tenor_margin::ID.as_ref()], &LOADER).0
}

/// A symbol padded with zeros; `None` if it is empty or longer than 16 bytes.
pub fn symbol(name: &str) -> Option<[u8; 16]> {
    let mut padded = [0; 16];
    padded
        .get_mut(..name.len())
        .filter(|place| !place.is_empty())?
        .copy_from_slice(name.as_bytes());
    Some(padded)
}
