//! The program.

use crate::batch::{Request, run};
use crate::meter::Meter;
use pinocchio::error::ProgramError;
use pinocchio::{AccountView, Address, ProgramResult, syscalls};

pinocchio::program_entrypoint!(process, 1);
pinocchio::no_allocator!();
pinocchio::nostd_panic_handler!();

struct ComputeUnits;

impl Meter for ComputeUnits {
    #[expect(unsafe_code, reason = "a system call without arguments")]
    #[inline(always)]
    fn remaining(&mut self) -> u64 {
        unsafe { syscalls::sol_remaining_compute_units() }
    }
}

/// Runs a kernel on the rows in the only account; returns a [`crate::batch::Report`].
#[inline(never)]
fn process(_: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [rows] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let request: Request = bytemuck::try_pod_read_unaligned(data).map_err(|_| ProgramError::InvalidInstructionData)?;
    let rows = rows.try_borrow()?;
    let words = bytemuck::try_cast_slice(&rows).map_err(|_| ProgramError::InvalidAccountData)?;
    let report = run(request, words, &mut ComputeUnits).ok_or(ProgramError::InvalidArgument)?;
    return_data(bytemuck::bytes_of(&report));
    Ok(())
}

#[expect(unsafe_code, reason = "the pointer and the length are of one slice")]
fn return_data(bytes: &[u8]) {
    unsafe { syscalls::sol_set_return_data(bytes.as_ptr(), bytes.len() as u64) }
}
