//! The program's own accounts. A bank in memory loads programs that nobody may upgrade; `initialize` asks for the
//! upgrade authority.

use crate::bank::rent;
use solana_account::{Account, AccountSharedData};
use solana_pubkey::Pubkey;
use tenor_sdk::address::{LOADER, program_data};

/// Tag of a program account, then the address of its data account.
const PROGRAM_TAG: u32 = 2;
/// Tag of a data account, then slot, an option's tag and the upgrade authority; the bytecode follows.
const PROGRAM_DATA_TAG: u32 = 3;

/// The data account of the clearing house: its bytecode and who may upgrade it.
pub fn program_data_account(bytecode: &[u8], authority: &Pubkey) -> AccountSharedData {
    let slot = 0_u64;
    let mut data = PROGRAM_DATA_TAG.to_le_bytes().to_vec();
    data.extend(slot.to_le_bytes());
    data.push(1);
    data.extend(authority.as_ref());
    data.extend(bytecode);
    loader_account(data, false)
}

/// The account at the program's id, which names its data account.
pub fn program_account() -> AccountSharedData {
    let mut data = PROGRAM_TAG.to_le_bytes().to_vec();
    data.extend(program_data().as_ref());
    loader_account(data, true)
}

fn loader_account(data: Vec<u8>, executable: bool) -> AccountSharedData {
    Account {
        lamports: rent(data.len()),
        data,
        owner: LOADER,
        executable,
        rent_epoch: u64::MAX,
    }
    .into()
}
