//! The program.

use crate::SEED;
use pinocchio::cpi::{Seed, Signer, invoke_signed_with_bounds};
use pinocchio::error::ProgramError;
use pinocchio::instruction::{InstructionAccount, InstructionView};
use pinocchio::{AccountView, Address, ProgramResult};

/// Most accounts of an instruction that is passed on.
const MAX_ACCOUNTS: usize = 24;

pinocchio::program_entrypoint!(process, 32);
pinocchio::no_allocator!();
pinocchio::nostd_panic_handler!();

/// See the crate.
fn process(own: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [tag, bump, data @ ..] = data else {
        return Err(ProgramError::InvalidInstructionData);
    };
    let [program, accounts @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let (tag, bump) = ([*tag], [*bump]);
    let signing = Address::create_program_address(&[SEED, &tag, &bump], own).map_err(|_| ProgramError::InvalidSeeds)?;
    let mut metas = [const { None }; MAX_ACCOUNTS].map(|_: Option<()>| InstructionAccount::readonly(program.address()));
    let metas = metas.get_mut(..accounts.len()).ok_or(ProgramError::InvalidArgument)?;
    for (meta, account) in metas.iter_mut().zip(accounts.iter()) {
        let signs = account.is_signer() || *account.address() == signing;
        *meta = InstructionAccount::new(account.address(), account.is_writable(), signs);
    }
    let instruction = InstructionView {
        program_id: program.address(),
        accounts: metas,
        data,
    };
    let seeds = [Seed::from(SEED), Seed::from(&tag), Seed::from(&bump)];
    invoke_signed_with_bounds::<MAX_ACCOUNTS, _>(&instruction, accounts, &[Signer::from(&seeds)])
}
