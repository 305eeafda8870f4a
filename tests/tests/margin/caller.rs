//! Another program's address as the owner of a margin account.

use crate::scene::Scene;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::instructions::{Leg, OpenAccountArgs, TradeArgs};
use tenor_sdk::address::TOKEN_PROGRAM;
use tenor_sdk::instruction::{self, Party, TokenMove};
use tenor_sdk::margin::MarginError as SdkError;
use tenor_sdk::market::HealthAccounts;
use tenor_sdk::{MARGIN_PROGRAM, address};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Call, SOL, USDC, World, assert_fails_with, assert_lands, usdc};

const _: fn(MarginError) -> SdkError = |error| error;

/// Where the program that passes instructions on is loaded.
pub const CALLER: Pubkey = Pubkey::new_from_array([77; 32]);
/// Name of its bytecode.
const LIBRARY: &str = "tenor_caller";

/// Loads the program.
pub fn load(world: &mut World) {
    world.add_program(CALLER, LIBRARY);
}

/// An address that the program signs for, and its bump.
pub fn signing_address(tag: u8) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[tenor_caller::SEED, &[tag]], &CALLER)
}

/// The same instruction, passed on by the program.
pub fn passed_on(instruction: Instruction, tag: u8) -> Instruction {
    let (own, bump) = signing_address(tag);
    let mut accounts = vec![AccountMeta::new_readonly(instruction.program_id, false)];
    accounts.extend(instruction.accounts.into_iter().map(|meta| AccountMeta {
        is_signer: meta.is_signer && meta.pubkey != own,
        ..meta
    }));
    let mut data = vec![tag, bump];
    data.extend(instruction.data);
    Instruction {
        program_id: CALLER,
        accounts,
        data,
    }
}

fn pool(tag: u8) -> Party {
    let authority = signing_address(tag).0;
    Party {
        account: address::margin_account(&authority, 0),
        authority,
    }
}

/// The program opens an account for its address, and Alice brings it money.
fn scene_with_pool() -> Scene {
    let mut scene = Scene::new();
    load(&mut scene.world);
    let args = OpenAccountArgs {
        number: 0,
        capacity: 8,
        size_class: 0,
    };
    let open = instruction::open_account(anyone().address(), pool(0).authority, args);
    scene.world.land(Call::new(passed_on(open, 0), [&anyone()]));
    scene.world.set_wallet(&scene.alice, USDC, usdc(5_000));
    let gift = TokenMove {
        authority: scene.alice.address(),
        account: pool(0).account,
        wallet: scene.alice.wallet(USDC),
        mint: USDC.mint(),
        token_program: TOKEN_PROGRAM,
        collateral_index: 0,
        atoms: usdc(5_000),
    };
    scene.world.land(Call::new(instruction::deposit(&gift), [&scene.alice]));
    scene
}

impl Scene {
    fn with_pool(&self, buyer: Party, seller: Party, lots: i64) -> Instruction {
        let option = self.chain.call(200);
        let picture = self.world.picture();
        let legs = vec![Leg {
            chain: 0,
            kind: 0,
            strike_slot: picture.strike_slot(option),
            strike_e9: option.strike.e9(),
            lots,
            price_e9: picture.mark(option).e9(),
        }];
        let args = TradeArgs {
            legs,
            taker: 0,
            buyer_max_payment_atoms: i64::MAX,
            seller_min_receipt_atoms: i64::MIN,
            deadline: i64::MAX,
        };
        let market = HealthAccounts {
            underlyings: vec![SOL.underlying()],
            chains: vec![self.chain.address()],
        };
        instruction::trade(buyer, seller, &market, args)
    }

    fn pool_lots(&self) -> i64 {
        let picture = self.world.picture();
        let positions = &picture.accounts[&pool(0).account].positions;
        positions.iter().map(|position| position.call_lots).sum()
    }
}

#[test]
fn a_program_trades_for_its_own_address_in_both_directions() {
    let mut scene = scene_with_pool();
    let alice: Actor = scene.alice.clone();
    let buys = passed_on(scene.with_pool(pool(0), alice.party(), 30), 0);
    assert_lands(scene.world.send(Call::new(buys, [&alice])));
    assert_eq!(scene.pool_lots(), 30);
    let sells = passed_on(scene.with_pool(alice.party(), pool(0), 50), 0);
    assert_lands(scene.world.send(Call::new(sells, [&alice])));
    assert_eq!(scene.pool_lots(), -20);
    assert_adds_up(&scene.world);
}

#[test]
fn nobody_trades_for_a_program_s_address_but_the_program() {
    let mut scene = scene_with_pool();
    let alice = scene.alice.clone();
    let trade = scene.with_pool(pool(0), alice.party(), 1);

    // At the top level its address does not sign.
    let mut unsigned = trade.clone();
    unsigned.accounts[0].is_signer = false;
    assert_fails_with(
        scene.world.send(Call::new(unsigned, [&alice])),
        InstructionError::MissingRequiredSignature,
    );
    // Signing for another of its addresses does not help, nor does passing that for the authority.
    assert_fails_with(
        scene.world.send(Call::new(with_other_tag(&trade), [&alice])),
        InstructionError::MissingRequiredSignature,
    );
    let foreign = Party {
        authority: pool(1).authority,
        ..pool(0)
    };
    let usurped = passed_on(scene.with_pool(foreign, alice.party(), 1), 1);
    assert_fails_with(
        scene.world.send(Call::new(usurped, [&alice])),
        MarginError::NotAccountAuthority,
    );
    assert_lands(scene.world.send(Call::new(passed_on(trade, 0), [&alice])));
}

/// Passed on with the signature of address one instead of address zero.
fn with_other_tag(trade: &Instruction) -> Instruction {
    let mut passed = passed_on(trade.clone(), 1);
    for meta in &mut passed.accounts {
        if meta.pubkey == pool(0).authority {
            meta.is_signer = false;
        }
    }
    assert_eq!(passed.accounts[0].pubkey, MARGIN_PROGRAM);
    passed
}
