//! Builders of what admin and guardian send.

use super::build;
use crate::address;
use anchor_lang::{InstructionData, ToAccountMetas};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use tenor_margin::governance::{Change, INSTRUCTIONS};
use tenor_margin::state::Pausable;
use tenor_margin::{accounts, instruction as data};

/// `end_genesis`: ends set-up.
pub fn end_genesis(admin: Pubkey) -> Instruction {
    let metas = accounts::EndGenesis {
        admin,
        house: address::house(),
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::EndGenesis {}.data())
}

/// `queue_change`: queues a change under the house's next number. `underlying` for a change of one, and only then.
pub fn queue_change(admin: Pubkey, number: u64, underlying: Option<Pubkey>, change: Change) -> Instruction {
    let metas = accounts::QueueChange {
        admin,
        house: address::house(),
        registry: address::registry(),
        underlying,
        queued: address::change(number),
        instructions: INSTRUCTIONS,
        system_program: address::SYSTEM_PROGRAM,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::QueueChange { change }.data())
}

/// `apply_change`: makes a queued change; `rent_payer` as its account names it.
pub fn apply_change(number: u64, underlying: Option<Pubkey>, rent_payer: Pubkey) -> Instruction {
    let metas = accounts::ApplyChange {
        house: address::house(),
        registry: address::registry(),
        underlying,
        queued: address::change(number),
        rent_payer,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::ApplyChange {}.data())
}

/// `cancel_change`: cancels a queued change; `rent_payer` as its account names it.
pub fn cancel_change(authority: Pubkey, number: u64, rent_payer: Pubkey) -> Instruction {
    let metas = accounts::CancelChange {
        authority,
        house: address::house(),
        queued: address::change(number),
        rent_payer,
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::CancelChange {}.data())
}

/// `tighten`: makes a change at once that only tightens. `underlying` for a change of one, and only then.
pub fn tighten(admin: Pubkey, underlying: Option<Pubkey>, change: Change) -> Instruction {
    let metas = accounts::Tighten {
        admin,
        house: address::house(),
        registry: address::registry(),
        underlying,
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::Tighten { change }.data())
}

/// `propose_admin`: proposes a successor.
pub fn propose_admin(admin: Pubkey, successor: Pubkey) -> Instruction {
    let metas = accounts::ProposeAdmin {
        admin,
        house: address::house(),
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::ProposeAdmin { successor }.data())
}

/// `cancel_admin_proposal`: cancels the proposal of a successor.
pub fn cancel_admin_proposal(authority: Pubkey) -> Instruction {
    let metas = accounts::CancelAdminProposal {
        authority,
        house: address::house(),
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::CancelAdminProposal {}.data())
}

/// `accept_admin`: takes over as admin.
pub fn accept_admin(successor: Pubkey) -> Instruction {
    let metas = accounts::AcceptAdmin {
        successor,
        house: address::house(),
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    };
    build(metas.to_account_metas(None), data::AcceptAdmin {}.data())
}

fn pause_accounts(authority: Pubkey) -> accounts::Pause {
    accounts::Pause {
        authority,
        house: address::house(),
        instructions: INSTRUCTIONS,
        event_authority: address::event_authority(),
        program: tenor_margin::ID,
    }
}

/// `pause`: pauses an action for a while.
pub fn pause(authority: Pubkey, action: Pausable, seconds: u32) -> Instruction {
    let metas = pause_accounts(authority).to_account_metas(None);
    build(metas, data::Pause { action, seconds }.data())
}

/// `unpause`: ends one's own pause early.
pub fn unpause(authority: Pubkey, action: Pausable) -> Instruction {
    let metas = pause_accounts(authority).to_account_metas(None);
    build(metas, data::Unpause { action }.data())
}
