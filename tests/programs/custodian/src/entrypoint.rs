//! The program.

use crate::{MOST, NOT_ALLOWED, NOT_READY, NOT_WHAT_WAS_QUEUED, QUEUED, SEED};
use pinocchio::cpi::{Seed, Signer, invoke_signed_with_bounds};
use pinocchio::error::ProgramError;
use pinocchio::instruction::{InstructionAccount, InstructionView};
use pinocchio::sysvars::{Sysvar, clock::Clock};
use pinocchio::{AccountView, Address, ProgramResult};

/// Most accounts of an instruction that is passed on.
const MAX_ACCOUNTS: usize = 12;
/// Error of a state that is not this program's, or too short.
const MALFORMED: ProgramError = ProgramError::InvalidAccountData;

pinocchio::program_entrypoint!(process, 32);
pinocchio::no_allocator!();
pinocchio::nostd_panic_handler!();

/// See the crate.
fn process(own: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let ([state, accounts @ ..], [tag, data @ ..]) = (accounts, data) else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    if !state.owned_by(own) {
        return Err(MALFORMED);
    }
    match tag {
        0 => queue(state, accounts, data),
        1 => cancel(state, accounts),
        _ => pass_on(own, state, accounts, data),
    }
}

fn number(state: &[u8], place: usize) -> Result<i64, ProgramError> {
    let bytes = state.get(place..place + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map(i64::from_le_bytes).ok_or(MALFORMED)
}

fn write(state: &mut [u8], place: usize, bytes: &[u8]) -> ProgramResult {
    let target = state.get_mut(place..place + bytes.len()).ok_or(MALFORMED)?;
    target.copy_from_slice(bytes);
    Ok(())
}

fn check_signs(state: &[u8], place: usize, accounts: &[AccountView]) -> ProgramResult {
    let named = state.get(place..place + 32);
    match accounts.first() {
        Some(signer) if signer.is_signer() && named == Some(signer.address().as_ref()) => Ok(()),
        _ => Err(ProgramError::Custom(NOT_ALLOWED)),
    }
}

fn queue(state: &mut AccountView, accounts: &[AccountView], bytes: &[u8]) -> ProgramResult {
    let mut state = state.try_borrow_mut()?;
    check_signs(&state, 0, accounts)?;
    if bytes.len() > MOST {
        return Err(ProgramError::InvalidInstructionData);
    }
    let ready_at = Clock::get()?.unix_timestamp.saturating_add(number(&state, 64)?);
    write(&mut state, 72, &ready_at.to_le_bytes())?;
    write(&mut state, 80, &(bytes.len() as u64).to_le_bytes())?;
    write(&mut state, QUEUED, bytes)
}

fn cancel(state: &mut AccountView, accounts: &[AccountView]) -> ProgramResult {
    let mut state = state.try_borrow_mut()?;
    check_signs(&state, 32, accounts)?;
    write(&mut state, 72, &[0; 16])
}

fn pass_on(own: &Address, state: &mut AccountView, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let ([bump, data @ ..], [program, rest @ ..]) = (data, &mut *accounts) else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    {
        let mut state = state.try_borrow_mut()?;
        let ready_at = number(&state, 72)?;
        if ready_at == 0 || Clock::get()?.unix_timestamp < ready_at {
            return Err(ProgramError::Custom(NOT_READY));
        }
        let length = usize::try_from(number(&state, 80)?).map_err(|_| MALFORMED)?;
        let queued = state.get(QUEUED..QUEUED + length).ok_or(MALFORMED)?;
        let mut expected = queued.chunks(32);
        let is_same = core::iter::once(program.address())
            .chain(rest.iter().map(|account| account.address()))
            .all(|address| expected.next() == Some(address.as_ref()));
        let told = 32 * (rest.len() + 1);
        if !is_same || queued.get(told..) != Some(data) {
            return Err(ProgramError::Custom(NOT_WHAT_WAS_QUEUED));
        }
        // Once.
        write(&mut state, 72, &[0; 16])?;
    }
    let bump = [*bump];
    let signing = Address::create_program_address(&[SEED, &bump], own).map_err(|_| ProgramError::InvalidSeeds)?;
    let mut metas = [const { None }; MAX_ACCOUNTS].map(|_: Option<()>| InstructionAccount::readonly(program.address()));
    let metas = metas.get_mut(..rest.len()).ok_or(ProgramError::InvalidArgument)?;
    for (meta, account) in metas.iter_mut().zip(rest.iter()) {
        let signs = account.is_signer() || *account.address() == signing;
        *meta = InstructionAccount::new(account.address(), account.is_writable(), signs);
    }
    let instruction = InstructionView {
        program_id: program.address(),
        accounts: metas,
        data,
    };
    let seeds = [Seed::from(SEED), Seed::from(&bump)];
    invoke_signed_with_bounds::<MAX_ACCOUNTS, _>(&instruction, rest, &[Signer::from(&seeds)])
}
