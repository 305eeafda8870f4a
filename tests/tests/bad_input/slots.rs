//! Every account slot of every instruction, wrong in every way that an attacker can choose.

use crate::fixture::{FIXTURES, Fixture, NEW};
use solana_account::{Account, AccountSharedData, ReadableAccount};
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;
use std::collections::BTreeSet;
use tenor_sdk::address;
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, BTC, Call, ChainOf, Outcome, SOL, USDC, World, assert_lands, weeks};

/// Somebody's program.
const FOREIGN_PROGRAM: Pubkey = Pubkey::new_from_array([66; 32]);

/// A slot in which something else than the fixture's account is fine, and why.
struct Exception {
    instruction: &'static str,
    slot: usize,
    reason: &'static str,
}

/// Any other account that is accepted is a hole.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        instruction: "initialize",
        slot: 5,
        reason: "the upgrade authority chooses the quote",
    },
    Exception {
        instruction: "create_chain",
        slot: 0,
        reason: "anyone may pay the rent",
    },
    Exception {
        instruction: "add_strikes",
        slot: 0,
        reason: "anyone may pay the rent",
    },
    Exception {
        instruction: "add_underlying",
        slot: 7,
        reason: "only there for the event's call to find the program, which the absent approval names as well",
    },
    Exception {
        instruction: "add_collateral",
        slot: 11,
        reason: "only there for the event's call to find the program, which the absent approval names as well",
    },
    Exception {
        instruction: "queue_change",
        slot: 3,
        reason: "the admin chooses the underlying",
    },
    Exception {
        instruction: "add_strikes",
        slot: 3,
        reason: "another chain of the same underlying",
    },
    Exception {
        instruction: "close_chain",
        slot: 0,
        reason: "another chain that is over",
    },
    Exception {
        instruction: "refresh_risk",
        slot: 1,
        reason: "another chain of the same underlying",
    },
    Exception {
        instruction: "open_account",
        slot: 0,
        reason: "anyone may pay the rent",
    },
    Exception {
        instruction: "deposit",
        slot: 3,
        reason: "anyone may deposit for anyone",
    },
    Exception {
        instruction: "withdraw",
        slot: 5,
        reason: "the owner chooses where the tokens go",
    },
    Exception {
        instruction: "trade",
        slot: 10,
        reason: "a chain that no leg trades is only read",
    },
    Exception {
        instruction: "transfer_position",
        slot: 9,
        reason: "a chain in which no lots move is only read",
    },
    Exception {
        instruction: "grow_account",
        slot: 0,
        reason: "anyone may pay the rent",
    },
    Exception {
        instruction: "grow_account",
        slot: 2,
        reason: "anyone may pay for any account",
    },
    Exception {
        instruction: "accrue",
        slot: 3,
        reason: "anyone may bring any account to the present",
    },
    Exception {
        instruction: "health",
        slot: 2,
        reason: "anyone may read any account",
    },
    Exception {
        instruction: "settle_account",
        slot: 4,
        reason: "anyone may settle any account with positions",
    },
];

/// One way to spoil a call.
struct Spoilt {
    what: String,
    slot: usize,
    call: Call,
    /// An account that must exist for it.
    plant: Option<(Pubkey, AccountSharedData)>,
}

fn is_excepted(instruction: &str, slot: usize) -> bool {
    EXCEPTIONS
        .iter()
        .any(|each| each.instruction == instruction && each.slot == slot && !each.reason.is_empty())
}

/// A refusal that the program or the runtime decided on, as opposed to an abort.
fn is_orderly(error: &TransactionError) -> bool {
    match error {
        TransactionError::InstructionError(_, error) => !matches!(
            error,
            InstructionError::ProgramFailedToComplete
                | InstructionError::ComputationalBudgetExceeded
                | InstructionError::ProgramEnvironmentSetupFailure
                | InstructionError::UnbalancedInstruction
                | InstructionError::GenericError
        ),
        // A program account that the transaction wants to write.
        TransactionError::InvalidWritableAccount => true,
        _ => false,
    }
}

fn is_refused_without_a_trace(outcome: &Outcome) -> Result<(), String> {
    match outcome {
        Ok(_) => Err("is accepted".to_owned()),
        Err(refusal) if !refusal.changed.is_empty() => Err(format!("changed {:?}", refusal.changed)),
        Err(refusal) if !is_orderly(&refusal.error) => {
            Err(format!("ended in {:?}\n{}", refusal.error, refusal.logs.join("\n")))
        }
        Err(_) => Ok(()),
    }
}

/// Sends every spoilt call and says which were not refused; the twin lands in the end.
fn holes(instruction: &str, fixture: fn() -> Fixture, spoil: fn(&Fixture) -> Vec<Spoilt>) -> Vec<String> {
    let mut current = fixture();
    let mut found = Vec::new();
    for Spoilt {
        what,
        slot,
        call,
        plant,
    } in spoil(&current)
    {
        if let Some((address, account)) = plant {
            current.world.set_account(address, account);
        }
        let outcome = current.world.send(call);
        let verdict = is_refused_without_a_trace(&outcome);
        if outcome.is_ok() {
            // The state changed: the next case begins anew.
            current = fixture();
        }
        match verdict {
            Err(_) if outcome.is_ok() && is_excepted(instruction, slot) => {}
            Err(how) => found.push(format!("{instruction}, slot {slot}: {what} {how}")),
            Ok(()) => {}
        }
    }
    assert_lands(current.world.send(&current.call));
    found
}

#[track_caller]
fn assert_no_holes(spoil: fn(&Fixture) -> Vec<Spoilt>) {
    let found: Vec<String> = FIXTURES
        .iter()
        .flat_map(|(instruction, fixture)| holes(instruction, *fixture, spoil))
        .collect();
    assert!(found.is_empty(), "{} holes:\n{}", found.len(), found.join("\n"));
}

/// The call with one slot changed.
fn with_slot(call: &Call, slot: usize, change: impl FnOnce(&mut solana_instruction::AccountMeta)) -> Call {
    let mut call = call.clone();
    change(&mut call.instruction_mut().accounts[slot]);
    call
}

fn slots(fixture: &Fixture) -> std::ops::Range<usize> {
    0..fixture.call.instructions[0].accounts.len()
}

fn unsigned(fixture: &Fixture) -> Vec<Spoilt> {
    let accounts = &fixture.call.instructions[0].accounts;
    let signers = slots(fixture).filter(|slot| accounts[*slot].is_signer);
    let unsign = |slot| Spoilt {
        what: "a missing signature".to_owned(),
        slot,
        call: with_slot(&fixture.call, slot, |meta| meta.is_signer = false),
        plant: None,
    };
    signers.map(unsign).collect()
}

#[test]
fn a_signer_that_did_not_sign_is_refused() {
    assert_no_holes(unsigned);
}

fn usurped(fixture: &Fixture) -> Vec<Spoilt> {
    let mallory = Actor::named("mallory");
    let accounts = &fixture.call.instructions[0].accounts;
    let signers = slots(fixture).filter(|slot| accounts[*slot].is_signer);
    let usurp = |slot| {
        let mut call = with_slot(&fixture.call, slot, |meta| meta.pubkey = mallory.address());
        call.signers.push(mallory.key());
        let account = Account {
            lamports: 1_000_000_000_000,
            ..Account::default()
        };
        Spoilt {
            what: "a stranger".to_owned(),
            slot,
            call,
            plant: Some((mallory.address(), account.into())),
        }
    };
    signers.map(usurp).collect()
}

#[test]
fn a_stranger_who_signs_is_refused() {
    assert_no_holes(usurped);
}

/// An account that any instruction of a transaction may write is writable for all of them.
fn read_only_throughout(call: &Call, account: Pubkey) -> Call {
    let mut call = call.clone();
    let metas = call.instructions.iter_mut().flat_map(|each| &mut each.accounts);
    for meta in metas.filter(|meta| meta.pubkey == account) {
        meta.is_writable = false;
    }
    call
}

fn read_only(fixture: &Fixture) -> Vec<Spoilt> {
    let accounts = &fixture.call.instructions[0].accounts;
    let writable = slots(fixture).filter(|slot| accounts[*slot].is_writable);
    let lock = |slot| Spoilt {
        what: "a read-only account".to_owned(),
        slot,
        call: read_only_throughout(&fixture.call, accounts[slot].pubkey),
        plant: None,
    };
    writable.map(lock).collect()
}

#[test]
fn an_account_that_must_be_writable_and_is_not_is_refused() {
    assert_no_holes(read_only);
}

/// Everything that an attacker could pass instead: accounts of every type of the program, twins of another owner or
/// market, token accounts, mints, feeds, wallets, programs, nothing.
fn substitutes(world: &World) -> BTreeSet<Pubkey> {
    let chain = |asset, week| {
        ChainOf {
            asset,
            expiry: FIRST_EXPIRY + weeks(week),
        }
        .address()
    };
    let [alice, bob, mallory] = ["alice", "bob", "mallory"].map(Actor::named);
    let mut all = BTreeSet::from([
        address::house(),
        address::registry(),
        address::insurance(),
        SOL.underlying(),
        BTC.underlying(),
        chain(SOL, 0),
        chain(SOL, 1),
        chain(BTC, 0),
        address::event_authority(),
        address::program_data(),
        address::TOKEN_PROGRAM,
        address::SYSTEM_PROGRAM,
        tenor_sdk::MARGIN_PROGRAM,
        Pubkey::new_from_array([99; 32]),
        NEW.mint(),
    ]);
    for asset in [USDC, SOL, BTC] {
        all.extend([asset.mint(), asset.feed(), address::vault(&asset.mint())]);
        all.extend([&alice, &bob, &mallory].map(|actor| actor.wallet(asset)));
    }
    all.extend([&alice, &bob, &mallory].map(Actor::account));
    all.extend([&alice, &bob, &mallory].map(Actor::address));
    all.extend(world.known());
    all
}

fn substituted(fixture: &Fixture) -> Vec<Spoilt> {
    let accounts = &fixture.call.instructions[0].accounts;
    let mut spoilt = Vec::new();
    for slot in slots(fixture).filter(|slot| !accounts[*slot].is_signer) {
        for other in substitutes(&fixture.world) {
            if other != accounts[slot].pubkey {
                let call = with_slot(&fixture.call, slot, |meta| meta.pubkey = other);
                spoilt.push(Spoilt {
                    what: format!("{other}"),
                    slot,
                    call,
                    plant: None,
                });
            }
        }
    }
    spoilt
}

#[test]
fn any_other_account_in_a_slot_is_refused() {
    assert_no_holes(substituted);
}

fn copied(fixture: &Fixture) -> Vec<Spoilt> {
    let accounts = &fixture.call.instructions[0].accounts;
    let mut spoilt = Vec::new();
    for slot in slots(fixture).filter(|slot| !accounts[*slot].is_signer) {
        let Some(original) = fixture.world.account(&accounts[slot].pubkey) else {
            continue;
        };
        if original.executable() {
            continue;
        }
        let copy_at = Pubkey::new_from_array([111; 32]);
        let mut foreign = Account::from(original);
        foreign.owner = FOREIGN_PROGRAM;
        let call = with_slot(&fixture.call, slot, |meta| meta.pubkey = copy_at);
        let plant = Some((copy_at, foreign.into()));
        spoilt.push(Spoilt {
            what: "a copy owned by another program".to_owned(),
            slot,
            call,
            plant,
        });
    }
    spoilt
}

#[test]
fn a_copy_of_an_account_at_another_address_or_owned_by_another_program_is_refused() {
    assert_no_holes(copied);
}

fn cut_short(fixture: &Fixture) -> Vec<Spoilt> {
    let cut = |length| {
        let mut call = fixture.call.clone();
        call.instruction_mut().accounts.truncate(length);
        Spoilt {
            what: format!("a list of {length} accounts"),
            slot: length,
            call,
            plant: None,
        }
    };
    slots(fixture).map(cut).collect()
}

#[test]
fn a_list_of_accounts_that_ends_early_is_refused() {
    assert_no_holes(cut_short);
}

#[test]
fn every_exception_is_needed() {
    // One that nothing needs is a hole waiting for its cause.
    for Exception { instruction, slot, .. } in EXCEPTIONS {
        let (_, fixture) = FIXTURES
            .iter()
            .find(|(name, _)| name == instruction)
            .expect("an instruction");
        let of_slot = |spoilt: &Spoilt| spoilt.slot == *slot;
        let lands = |Spoilt { call, plant, .. }| {
            let mut world = fixture().world;
            if let Some((address, account)) = plant {
                world.set_account(address, account);
            }
            world.send(call).is_ok()
        };
        let start = fixture();
        let mut tried = [usurped, read_only, substituted]
            .into_iter()
            .flat_map(|spoil| spoil(&start))
            .filter(of_slot);
        assert!(tried.any(lands), "{instruction}, slot {slot}: nothing else is accepted");
    }
}
