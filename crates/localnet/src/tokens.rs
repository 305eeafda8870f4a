//! Mints and token accounts, in the bytes of the SPL Token program.

use crate::validator::Validator;
use anyhow::Result;
use solana_pubkey::{Pubkey, pubkey};
use tenor_sdk::address::TOKEN_PROGRAM;

/// The mint of wrapped SOL, whose token accounts hold their amount as lamports.
pub const WRAPPED_SOL: Pubkey = pubkey!("So11111111111111111111111111111111111111112");
const MINT_LEN: usize = 82;
const ACCOUNT_LEN: usize = 165;
/// Place of the amount in a token account, after mint and owner.
const AMOUNT_AT: usize = 64;
/// Fields that may be absent start with this if they are there.
const SOME: [u8; 4] = [1, 0, 0, 0];
const NONE: [u8; 4] = [0; 4];
const INITIALIZED: u8 = 1;

/// Writes a mint without authorities.
///
/// # Errors
/// If the RPC fails.
pub async fn create_mint(validator: &Validator, mint: &Pubkey, decimals: u8, supply_atoms: u64) -> Result<()> {
    let data = mint_bytes(decimals, supply_atoms);
    validator
        .set_account(mint, &TOKEN_PROGRAM, validator.rent(MINT_LEN).await?, &data)
        .await
}

/// Writes an owner's token account for a mint, filled; returns its address.
///
/// # Errors
/// If the RPC fails.
pub async fn create_wallet(validator: &Validator, owner: &Pubkey, mint: &Pubkey, atoms: u64) -> Result<Pubkey> {
    let address = wallet(owner, mint);
    let rent = validator.rent(ACCOUNT_LEN).await?;
    let native_rent = (*mint == WRAPPED_SOL).then_some(rent);
    let lamports = rent + native_rent.map_or(0, |_| atoms);
    let data = account_bytes(mint, owner, atoms, native_rent);
    validator.set_account(&address, &TOKEN_PROGRAM, lamports, &data).await?;
    Ok(address)
}

/// Address of an owner's token account for a mint.
pub fn wallet(owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    const ASSOCIATED_TOKEN_PROGRAM: Pubkey = pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
    let seeds = [owner.as_ref(), TOKEN_PROGRAM.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM).0
}

/// Amount in a token account; `None` if the bytes are none.
pub fn amount(data: &[u8]) -> Option<u64> {
    let is_account = data.len() == ACCOUNT_LEN;
    data.get(AMOUNT_AT..)?
        .first_chunk()
        .filter(|_| is_account)
        .map(|bytes| u64::from_le_bytes(*bytes))
}

/// Mint authority, supply, decimals, whether initialized, freeze authority.
fn mint_bytes(decimals: u8, supply_atoms: u64) -> Vec<u8> {
    let mut data = [
        &NONE[..],
        &[0; 32],
        &supply_atoms.to_le_bytes(),
        &[decimals, INITIALIZED],
    ]
    .concat();
    data.resize(MINT_LEN, 0);
    data
}

/// Mint, owner, amount, delegate, state, rent reserve of wrapped SOL, delegated amount, close authority.
fn account_bytes(mint: &Pubkey, owner: &Pubkey, atoms: u64, native_rent: Option<u64>) -> Vec<u8> {
    let (is_native, rent) = native_rent.map_or((NONE, 0), |rent| (SOME, rent));
    let no_delegate = [0; 4 + 32];
    let mut data = [
        mint.as_ref(),
        owner.as_ref(),
        &atoms.to_le_bytes(),
        &no_delegate,
        &[INITIALIZED],
        &is_native,
        &rent.to_le_bytes(),
    ]
    .concat();
    data.resize(ACCOUNT_LEN, 0);
    data
}
