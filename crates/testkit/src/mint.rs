//! Mints and token accounts, byte by byte as the token program lays them out.

use crate::asset::Asset;
use crate::bank::rent;
use solana_account::{Account, AccountSharedData, ReadableAccount};
use solana_pubkey::{Pubkey, pubkey};
use tenor_sdk::address::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};

const ASSOCIATED_TOKEN_PROGRAM: Pubkey = pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
const MINT_LEN: usize = 82;
const TOKEN_ACCOUNT_LEN: usize = 165;
const MINT_DECIMALS_AT: usize = 44;
const AMOUNT_AT: usize = 64;
const STATE_AT: usize = 108;
const INITIALIZED: u8 = 1;

/// The mint of an asset, without authorities.
pub fn mint_account(asset: Asset) -> AccountSharedData {
    let mut data = vec![0; MINT_LEN];
    // Bytes 0 to 36 are the authority (none), then supply (u64), decimals and whether it is initialized.
    data[36..44].copy_from_slice(&u64::MAX.to_le_bytes());
    data[MINT_DECIMALS_AT] = asset.decimals;
    data[MINT_DECIMALS_AT + 1] = INITIALIZED;
    token_program_account(data)
}

/// A token account that holds `atoms`.
pub fn token_account(mint: &Pubkey, owner: &Pubkey, atoms: u64) -> AccountSharedData {
    let mut data = vec![0; TOKEN_ACCOUNT_LEN];
    data[..32].copy_from_slice(mint.as_ref());
    data[32..64].copy_from_slice(owner.as_ref());
    data[AMOUNT_AT..AMOUNT_AT + 8].copy_from_slice(&atoms.to_le_bytes());
    data[STATE_AT] = INITIALIZED;
    token_program_account(data)
}

/// What a token account holds, atoms.
///
/// # Panics
/// If it is no token account.
pub fn amount(account: &AccountSharedData) -> u64 {
    let is_of_program = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM].contains(account.owner());
    assert!(
        is_of_program && account.data().len() >= TOKEN_ACCOUNT_LEN,
        "a token account"
    );
    let bytes = &account.data()[AMOUNT_AT..AMOUNT_AT + 8];
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

/// Address of an owner's usual token account.
pub fn wallet(owner: &Pubkey, mint: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), TOKEN_PROGRAM.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM).0
}

fn token_program_account(data: Vec<u8>) -> AccountSharedData {
    Account {
        lamports: rent(data.len()),
        data,
        owner: TOKEN_PROGRAM,
        executable: false,
        rent_epoch: u64::MAX,
    }
    .into()
}
