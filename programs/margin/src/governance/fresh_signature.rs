//! Refuses transactions that were signed ahead of time.

use crate::error::MarginError;
use anchor_lang::pinocchio::sysvars::instructions::{INSTRUCTIONS_ID, Instructions};
use anchor_lang::prelude::*;

/// Address of the sysvar that shows a transaction's instructions.
pub const INSTRUCTIONS: Address = INSTRUCTIONS_ID;
const SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);
/// The system program's instruction `AdvanceNonceAccount`, a u32.
const ADVANCE_NONCE: [u8; 4] = [4, 0, 0, 0];

/// Refuses a transaction with a durable nonce: its signatures never expire, so whoever collected them can send it long
/// after the signers have forgotten it. The runtime takes a transaction as such if its first instruction advances a
/// nonce, and the sysvar shows that instruction also to a program that is called by another. Calls by other programs
/// stay allowed: that is how multisigs act.
///
/// # Errors
/// [`MarginError::DurableNonce`]; [`MarginError::NotInstructionsSysvar`].
#[inline(never)]
pub fn refuse_durable_nonce(sysvar: &AccountView) -> core::result::Result<(), MarginError> {
    let instructions = Instructions::try_from(sysvar).map_err(|_| MarginError::NotInstructionsSysvar)?;
    let first = instructions
        .load_instruction_at(0)
        .map_err(|_| MarginError::NotInstructionsSysvar)?;
    let advances_nonce = *first.get_program_id() == SYSTEM_PROGRAM
        && first.get_instruction_data().get(..ADVANCE_NONCE.len()) == Some(&ADVANCE_NONCE[..]);
    if advances_nonce {
        return Err(MarginError::DurableNonce);
    }
    Ok(())
}
