//! What may stand between the begin and the end of a bracket: an allow-list, so that an instruction that is added to the
//! program later is refused until somebody has thought about it.

use crate::error::MarginError;
use crate::instruction;
use crate::state::{ClearingHouse, DISCRIMINATOR_LEN};
use anchor_lang::prelude::*;
use anchor_lang::{Discriminator, address};
use core::ops::Deref;
use pinocchio::sysvars::instructions::{Instructions, IntrospectedInstruction};

/// Sets the transaction's compute units and their price.
const COMPUTE_BUDGET: Address = address!("ComputeBudget111111111111111111111111111111");
/// Posts price updates.
const ORACLE_RECEIVER: Address = address!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// The program's own instructions that neither take value out of an account nor judge one.
const OWN: [&[u8]; 6] = [
    instruction::Trade::DISCRIMINATOR,
    instruction::Deposit::DISCRIMINATOR,
    instruction::UpdatePrice::DISCRIMINATOR,
    instruction::RefreshRisk::DISCRIMINATOR,
    instruction::SettleAccount::DISCRIMINATOR,
    instruction::Accrue::DISCRIMINATOR,
];
/// Place of the account among those of `end_bracket`.
const ACCOUNT_OF_END: usize = 2;

enum Kind {
    Begin,
    /// The end of this account's bracket.
    End,
    Allowed,
    Foreign,
}

fn kind(instruction: &IntrospectedInstruction<'_>, account: &Address, house: &ClearingHouse) -> Kind {
    let program = instruction.get_program_id();
    if *program != crate::ID {
        let is_listed = [COMPUTE_BUDGET, ORACLE_RECEIVER].contains(program)
            || (house.bracket_programs.contains(program) && *program != Address::default());
        return if is_listed { Kind::Allowed } else { Kind::Foreign };
    }
    let discriminator = instruction
        .get_instruction_data()
        .get(..DISCRIMINATOR_LEN)
        .unwrap_or(&[]);
    let ended = instruction.get_instruction_account_at(ACCOUNT_OF_END);
    if discriminator == instruction::BeginBracket::DISCRIMINATOR {
        Kind::Begin
    } else if discriminator == instruction::EndBracket::DISCRIMINATOR {
        // The end of another account's bracket ends nothing here.
        match ended {
            Ok(meta) if meta.key == *account => Kind::End,
            _ => Kind::Foreign,
        }
    } else if OWN.contains(&discriminator) {
        Kind::Allowed
    } else {
        Kind::Foreign
    }
}

/// Walks from the present instruction to the end of the account's bracket.
///
/// # Errors
/// [`MarginError::BracketNested`], [`MarginError::BracketForeignInstruction`], [`MarginError::BracketNotEnded`].
#[inline(never)]
pub(super) fn check_until_end<T: Deref<Target = [u8]>>(
    instructions: &Instructions<T>,
    account: &Address,
    house: &ClearingHouse,
) -> core::result::Result<(), MarginError> {
    let present = usize::from(instructions.load_current_index());
    for place in present.saturating_add(1)..instructions.num_instructions() {
        let instruction = instructions
            .load_instruction_at(place)
            .map_err(|_| MarginError::BracketNotEnded)?;
        match kind(&instruction, account, house) {
            Kind::End => return Ok(()),
            Kind::Allowed => {}
            Kind::Begin => return Err(MarginError::BracketNested),
            Kind::Foreign => return Err(MarginError::BracketForeignInstruction),
        }
    }
    Err(MarginError::BracketNotEnded)
}
