//! Instructions that defer the check of an account to the end of a part of a transaction.
//!
//! Between begin and end only what is listed in [`allow_list`] may run, at the top level or called by one of the listed
//! programs. What takes value out of the account or takes it over refuses an account in a bracket, whoever calls it.

mod allow_list;
mod begin_bracket;
mod end_bracket;

pub use begin_bracket::*;
pub use end_bracket::*;

use crate::error::MarginError;

/// Stack height of instructions that the transaction itself lists.
#[cfg(target_os = "solana")]
const TOP_LEVEL: u64 = 1;

/// Checks that no other program made the call.
#[cfg(target_os = "solana")]
#[expect(unsafe_code, reason = "a system call without arguments")]
fn check_top_level() -> Result<(), MarginError> {
    // SAFETY: it reads a number of the runtime.
    if unsafe { pinocchio::syscalls::sol_get_stack_height() } == TOP_LEVEL {
        Ok(())
    } else {
        Err(MarginError::BracketNotTopLevel)
    }
}

/// There is no call outside the machine.
#[cfg(not(target_os = "solana"))]
const fn check_top_level() -> Result<(), MarginError> {
    Err(MarginError::BracketNotTopLevel)
}
