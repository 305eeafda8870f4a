//! Key-loss drill: the upgrade authority is held by a timelock, and a thief has the key that may ask it for something. What the loader
//! lets an authority do (replace the program, close it, name another authority) and what the program lets it do (create the house) waits
//! out the delay, and can be cancelled. The loader is the real one; the timelock is `tests/programs/custodian`, which says what it
//! stands for.

use solana_account::{Account, AccountSharedData, ReadableAccount};
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use tenor_custodian::{NOT_ALLOWED, NOT_READY, NOT_WHAT_WAS_QUEUED, QUEUED, SEED};
use tenor_margin::MarginError;
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::address::{LOADER, program_data};
use tenor_testkit::action::{Initialize, Withdraw};
use tenor_testkit::bank::rent;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{guardian, house_terms, upgrade_authority};
use tenor_testkit::{Actor, Call, Outcome, USDC, World, assert_fails_with, assert_lands, bytecode, upgrade, usdc};

const CUSTODIAN: Pubkey = Pubkey::new_from_array([78; 32]);
const STATE: Pubkey = Pubkey::new_from_array([79; 32]);
const BUFFER: Pubkey = Pubkey::new_from_array([80; 32]);
const DELAY: i64 = 172_800;

fn held_by() -> (Pubkey, u8) {
    Pubkey::find_program_address(&[SEED], &CUSTODIAN)
}

fn owned(owner: Pubkey, data: Vec<u8>) -> AccountSharedData {
    Account {
        lamports: rent(data.len()),
        data,
        owner,
        ..Account::default()
    }
    .into()
}

/// A house in use whose upgrade authority was handed to the timelock, and a thief with the proposer's key.
struct Heist {
    world: World,
    alice: Actor,
    thief: Actor,
}

impl Heist {
    fn new() -> Self {
        let mut world = World::new();
        let alice = world.trader("alice", &[(USDC, usdc(10_000))]);
        let thief = world.visitor("thief");
        world.set_account(MARGIN_PROGRAM, upgrade::program_account());
        world.add_program(CUSTODIAN, "tenor_custodian");
        let mut state = thief.address().to_bytes().to_vec();
        state.extend(guardian().address().to_bytes());
        state.extend(DELAY.to_le_bytes());
        state.resize(QUEUED + tenor_custodian::MOST, 0);
        world.set_account(STATE, owned(CUSTODIAN, state));
        let mut heist = Self { world, alice, thief };
        // The hand-over is the loader's own instruction, as a deployment sends it.
        let hand_over = set_authority(upgrade_authority().address(), held_by().0);
        heist.world.land(Call::new(hand_over, [&upgrade_authority()]));
        assert_eq!(heist.authority(), held_by().0);
        heist
    }

    /// Whom the loader takes for the program's authority.
    fn authority(&self) -> Pubkey {
        let account = self.world.account(&program_data()).unwrap();
        Pubkey::try_from(&account.data()[13..45]).unwrap()
    }

    fn send(&mut self, instruction: Instruction) -> Outcome {
        let thief = self.thief.clone();
        self.world.send(Call::new(instruction, [&thief]))
    }

    fn queue(&mut self, wanted: &Instruction) -> Outcome {
        let mut data = vec![0];
        data.extend(wanted.program_id.to_bytes());
        data.extend(wanted.accounts.iter().flat_map(|meta| meta.pubkey.to_bytes()));
        data.extend(&wanted.data);
        let signer = self.thief.address();
        self.send(custodian(vec![AccountMeta::new_readonly(signer, true)], data))
    }

    /// Asks the timelock to pass an instruction on now.
    fn pass_on(&mut self, wanted: &Instruction) -> Outcome {
        let (own, bump) = held_by();
        let mut accounts = vec![AccountMeta::new_readonly(wanted.program_id, false)];
        accounts.extend(wanted.accounts.iter().map(|meta| AccountMeta {
            is_signer: meta.is_signer && meta.pubkey != own,
            ..meta.clone()
        }));
        let mut data = vec![2, bump];
        data.extend(&wanted.data);
        self.send(custodian(accounts, data))
    }

    fn cancel(&mut self, by: &Actor) -> Outcome {
        let cancel = custodian(vec![AccountMeta::new_readonly(by.address(), true)], vec![1]);
        self.world.send(Call::new(cancel, [by]))
    }

    /// A buffer with bytecode, of an authority.
    fn write_buffer(&mut self, authority: Pubkey) {
        let mut data = 1_u32.to_le_bytes().to_vec();
        data.push(1);
        data.extend(authority.to_bytes());
        data.extend(bytecode::program("tenor_caller"));
        self.world.set_account(BUFFER, owned(LOADER, data));
    }

    /// All that the authority can do, signed by somebody.
    fn wanted(&self, by: Pubkey) -> [Instruction; 4] {
        let thief = self.thief.address();
        let sysvar = |name: &str| AccountMeta::new_readonly(name.parse().unwrap(), false);
        let replace = vec![
            AccountMeta::new(program_data(), false),
            AccountMeta::new(MARGIN_PROGRAM, false),
            AccountMeta::new(BUFFER, false),
            AccountMeta::new(thief, false),
            sysvar("SysvarRent111111111111111111111111111111111"),
            sysvar("SysvarC1ock11111111111111111111111111111111"),
            AccountMeta::new_readonly(by, true),
        ];
        let close = vec![
            AccountMeta::new(program_data(), false),
            AccountMeta::new(thief, false),
            AccountMeta::new_readonly(by, true),
            AccountMeta::new(MARGIN_PROGRAM, false),
        ];
        let checked = vec![
            AccountMeta::new(program_data(), false),
            AccountMeta::new_readonly(by, true),
            AccountMeta::new_readonly(thief, true),
        ];
        [
            loader(3, replace),
            loader(5, close),
            set_authority(by, thief),
            loader(7, checked),
        ]
    }
}

fn loader(variant: u32, accounts: Vec<AccountMeta>) -> Instruction {
    Instruction {
        program_id: LOADER,
        accounts,
        data: variant.to_le_bytes().to_vec(),
    }
}

fn set_authority(from: Pubkey, to: Pubkey) -> Instruction {
    loader(
        4,
        vec![
            AccountMeta::new(program_data(), false),
            AccountMeta::new_readonly(from, true),
            AccountMeta::new_readonly(to, false),
        ],
    )
}

fn custodian(accounts: Vec<AccountMeta>, data: Vec<u8>) -> Instruction {
    let mut all = vec![AccountMeta::new(STATE, false)];
    all.extend(accounts);
    Instruction {
        program_id: CUSTODIAN,
        accounts: all,
        data,
    }
}

#[test]
fn the_proposers_key_alone_does_nothing_that_the_authority_may() {
    let mut heist = Heist::new();
    let thief = heist.thief.address();
    heist.write_buffer(thief);
    for wanted in heist.wanted(thief) {
        assert_fails_with(heist.send(wanted), InstructionError::IncorrectAuthority);
    }
    assert_eq!(heist.authority(), held_by().0);
    // Nor does the former authority's.
    let former = upgrade_authority();
    let back = set_authority(former.address(), former.address());
    let result = heist.world.send(Call::new(back, [&former]));
    assert_fails_with(result, InstructionError::IncorrectAuthority);
}

#[test]
fn nothing_is_passed_on_before_the_delay_and_what_is_cancelled_never() {
    let mut heist = Heist::new();
    heist.write_buffer(held_by().0);
    for wanted in heist.wanted(held_by().0) {
        let not_ready = InstructionError::Custom(NOT_READY);
        assert_fails_with(heist.pass_on(&wanted), not_ready.clone());
        assert_lands(heist.queue(&wanted));
        for hours in [0, 24, 23] {
            heist.world.advance(hours * 3_600);
            assert_fails_with(heist.pass_on(&wanted), not_ready.clone());
        }
        heist.world.advance(3_599);
        assert_fails_with(heist.pass_on(&wanted), not_ready.clone());
        // Not even the thief can cancel for the guardian, who does.
        let thief = heist.thief.clone();
        assert_fails_with(heist.cancel(&thief), InstructionError::Custom(NOT_ALLOWED));
        assert_lands(heist.cancel(&guardian()));
        heist.world.advance(DELAY);
        assert_fails_with(heist.pass_on(&wanted), not_ready);
    }
    assert_eq!(heist.authority(), held_by().0);
    // Users leave meanwhile, by the program that they came by.
    heist.world.land(Withdraw {
        owner: &heist.alice,
        asset: USDC,
        atoms: usdc(10_000),
    });
    assert_adds_up(&heist.world);
}

#[test]
fn something_else_than_was_asked_for_is_not_passed_on() {
    let mut heist = Heist::new();
    let harmless = set_authority(held_by().0, held_by().0);
    assert_lands(heist.queue(&harmless));
    heist.world.advance(DELAY);
    heist.write_buffer(held_by().0);
    for wanted in heist.wanted(held_by().0) {
        assert_fails_with(heist.pass_on(&wanted), InstructionError::Custom(NOT_WHAT_WAS_QUEUED));
    }
}

/// The twin: where nobody cancels, the same succeeds after the delay. So the refusals are the timelock's doing.
#[test]
fn without_a_guardian_the_thief_has_the_program_after_two_days() {
    let mut heist = Heist::new();
    let wanted = set_authority(held_by().0, heist.thief.address());
    assert_lands(heist.queue(&wanted));
    heist.world.advance(DELAY - 1);
    assert_fails_with(heist.pass_on(&wanted), InstructionError::Custom(NOT_READY));
    heist.world.advance(1);
    assert_lands(heist.pass_on(&wanted));
    assert_eq!(heist.authority(), heist.thief.address());
}

/// A thief that asks for a second house gets none, neither with the proposer's key nor as the authority that it became.
#[test]
fn the_house_is_not_created_again() {
    let mut heist = Heist::new();
    let thief = heist.thief.clone();
    let again = Initialize {
        upgrade_authority: &thief,
        quote: USDC,
        args: house_terms(),
    };
    assert_fails_with(heist.world.send(again), crate::scene::ACCOUNT_EXISTS);
    let wanted = set_authority(held_by().0, thief.address());
    assert_lands(heist.queue(&wanted));
    heist.world.advance(DELAY);
    assert_lands(heist.pass_on(&wanted));
    assert_fails_with(heist.world.send(again), crate::scene::ACCOUNT_EXISTS);

    // Before there is a house the proposer's key creates none either.
    let mut world = World::without_house_of(&held_by().0);
    let usurper = world.visitor("usurper");
    let first = Initialize {
        upgrade_authority: &usurper,
        quote: USDC,
        args: house_terms(),
    };
    assert_fails_with(world.send(first), MarginError::NotUpgradeAuthority);
}
