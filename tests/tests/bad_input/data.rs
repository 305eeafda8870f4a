//! Instruction data that ends early, goes on, or means nothing.

use crate::fixture::{FIXTURES, Fixture};
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;
use tenor_testkit::{Call, World, assert_fails_with, assert_lands};

fn with_data(call: &Call, change: impl FnOnce(&mut Vec<u8>)) -> Call {
    let mut call = call.clone();
    change(&mut call.instruction_mut().data);
    call
}

/// Refused by the framework, before any handler.
fn refuse_to_read(world: &mut World, call: Call) {
    assert_fails_with(world.send(call), InstructionError::InvalidInstructionData);
}

#[test]
fn data_that_ends_early_is_refused() {
    for (_, fixture) in FIXTURES {
        let Fixture { mut world, call } = fixture();
        for length in 0..call.instructions[0].data.len() {
            refuse_to_read(&mut world, with_data(&call, |data| data.truncate(length)));
        }
        assert_lands(world.send(call));
    }
}

#[test]
fn an_unknown_instruction_is_refused() {
    let (_, fixture) = FIXTURES[0];
    let Fixture { mut world, call } = fixture();
    for first in [[0; 8], [255; 8], *b"rugpull!"] {
        refuse_to_read(&mut world, with_data(&call, |data| data[..8].copy_from_slice(&first)));
    }
    assert_lands(world.send(call));
}

#[test]
fn an_event_that_the_program_did_not_send_itself_is_refused() {
    const EVENT_TAG: [u8; 8] = 0x1d9a_cb51_2ea5_45e4_u64.to_le_bytes();
    let (_, fixture) = FIXTURES
        .iter()
        .find(|(name, _)| *name == "update_price")
        .expect("an instruction");
    let Fixture { mut world, call } = fixture();
    let mut forged = with_data(&call, |data| data[..8].copy_from_slice(&EVENT_TAG));
    let authority = tenor_sdk::address::event_authority();
    forged.instruction_mut().accounts = vec![solana_instruction::AccountMeta::new_readonly(authority, false)];
    let refusal = world.send(forged).expect_err("an event from outside");
    assert!(matches!(refusal.error, TransactionError::InstructionError(..)));
    assert!(refusal.changed.is_empty());
    assert_lands(world.send(call));
}

#[test]
fn a_list_that_claims_to_be_longer_than_its_data_is_refused() {
    // Trade, add_strikes and refresh_risk take a list right after the discriminator: its length is a u32.
    for (name, fixture) in FIXTURES {
        if ["trade", "add_strikes", "refresh_risk"].contains(name) {
            let Fixture { mut world, call } = fixture();
            for length in [u32::MAX, u32::MAX / 2, 1 << 24, 1_000] {
                let claim = with_data(&call, |data| data[8..12].copy_from_slice(&length.to_le_bytes()));
                refuse_to_read(&mut world, claim);
            }
            assert_lands(world.send(call));
        }
    }
}
