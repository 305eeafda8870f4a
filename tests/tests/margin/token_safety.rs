//! Mints and token accounts of both token programs, made by the real programs: what is listed, and what is not.

use crate::accrue::MODEL;
use solana_account::{Account, AccountSharedData, ReadableAccount, WritableAccount};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::instructions::AddCollateralArgs;
use tenor_sdk::address::{self, TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use tenor_sdk::instruction::{self, TokenMove};
use tenor_testkit::action::{AddCollateral, UpdatePrice};
use tenor_testkit::bank::rent;
use tenor_testkit::mint::{amount, mint_account, token_account};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::admin;
use tenor_testkit::{Actor, Call, Feed, JITOSOL, SOL, USDC, World, assert_fails_with, assert_lands, usd, usdc};

const MINT: Pubkey = Pubkey::new_from_array([77; 32]);
const SOMEBODY: Pubkey = Pubkey::new_from_array([88; 32]);
/// Where extensions begin: a token account's length and the byte that says what the account is.
const EXTENSIONS_AT: usize = 166;

/// An extension of a mint: its length, and the instruction of Token-2022 that initializes it.
struct Extension {
    name: &'static str,
    length: usize,
    data: Vec<u8>,
    expected: Option<MarginError>,
}

fn extension(
    name: &'static str,
    length: usize,
    parts: &[&[u8]],
    expected: impl Into<Option<MarginError>>,
) -> Extension {
    Extension {
        name,
        length,
        data: parts.concat(),
        expected: expected.into(),
    }
}

/// Every extension of a mint that the program in this machine knows.
fn extensions() -> Vec<Extension> {
    let key = SOMEBODY.to_bytes();
    let some = [&[1_u8][..], &key].concat();
    let pointer = |name, number: u8| extension(name, 64, &[&[number, 0], &key, &MINT.to_bytes()], None);
    let other = MarginError::MintExtension;
    vec![
        extension(
            "transfer fee",
            108,
            &[&[26, 0], &some, &some, &100_u16.to_le_bytes(), &u64::MAX.to_le_bytes()],
            MarginError::MintTransferFee,
        ),
        extension(
            "transfer hook",
            64,
            &[&[36, 0], &key, &key],
            MarginError::MintTransferHook,
        ),
        extension(
            "permanent delegate",
            32,
            &[&[35], &key],
            MarginError::MintPermanentDelegate,
        ),
        extension("default state frozen", 1, &[&[28, 0, 2]], MarginError::MintFreezable),
        extension("pausable", 33, &[&[44, 0], &key], MarginError::MintPausable),
        extension("mint close authority", 32, &[&[25], &some], other),
        extension("confidential transfer", 65, &[&[27, 0], &key, &[1], &[0; 32]], other),
        extension("non-transferable", 0, &[&[32]], other),
        extension("interest-bearing", 52, &[&[33, 0], &key, &500_i16.to_le_bytes()], other),
        extension("scaled amount", 56, &[&[43, 0], &key, &2.0_f64.to_le_bytes()], other),
        pointer("metadata pointer", 39),
        pointer("group pointer", 40),
        pointer("group member pointer", 41),
    ]
}

fn of_program(program: Pubkey, metas: Vec<AccountMeta>, data: Vec<u8>) -> Instruction {
    Instruction {
        program_id: program,
        accounts: metas,
        data,
    }
}

fn blank(program: Pubkey, length: usize) -> AccountSharedData {
    Account {
        lamports: rent(length),
        data: vec![0; length],
        owner: program,
        ..Account::default()
    }
    .into()
}

/// Token-2022 initializes a mint of nine decimals with extensions, in an account that the system program would have made.
fn make_mint(world: &mut World, extensions: &[&Extension], freezes: bool) {
    let length = match extensions {
        [] => 82,
        some => EXTENSIONS_AT + some.iter().map(|each| 4 + each.length).sum::<usize>(),
    };
    world.set_account(MINT, blank(TOKEN_2022_PROGRAM, length));
    let meta = || vec![AccountMeta::new(MINT, false)];
    let mut instructions: Vec<Instruction> = extensions
        .iter()
        .map(|each| of_program(TOKEN_2022_PROGRAM, meta(), each.data.clone()))
        .collect();
    let mut last = vec![20, 9];
    last.extend(anyone_mints().address().to_bytes());
    if freezes {
        last.push(1);
        last.extend(SOMEBODY.to_bytes());
    } else {
        last.push(0);
    }
    instructions.push(of_program(TOKEN_2022_PROGRAM, meta(), last));
    assert_lands(world.send(Call {
        instructions,
        signers: Vec::new(),
    }));
}

fn anyone_mints() -> Actor {
    Actor::named("mint authority")
}

fn terms() -> AddCollateralArgs {
    SOL.collateral(0)
}

fn listing(mint: Pubkey, program: Pubkey, args: AddCollateralArgs) -> Call {
    let admin = admin();
    Call::new(
        instruction::add_collateral(admin.address(), mint, program, args, None),
        [&admin],
    )
}

#[test]
fn each_extension_beyond_names_and_groups_is_refused_for_its_reason() {
    for each in extensions() {
        let mut world = World::new();
        // A default state needs somebody who thaws; the exception for that does not help.
        let freezes = each.name == "default state frozen";
        make_mint(&mut world, &[&each], freezes);
        let args = AddCollateralArgs {
            accepts_freeze_authority: u8::from(freezes),
            ..terms()
        };
        let outcome = world.send(listing(MINT, TOKEN_2022_PROGRAM, args));
        match each.expected {
            Some(error) => assert_fails_with(outcome, error),
            None => drop(assert_lands(outcome)),
        }
    }
}

#[test]
fn an_allowed_extension_does_not_hide_another() {
    let all = extensions();
    let of = |name: &str| all.iter().find(|each| each.name == name).unwrap();
    let mut world = World::new();
    make_mint(&mut world, &[of("metadata pointer"), of("permanent delegate")], false);
    assert_fails_with(
        world.send(listing(MINT, TOKEN_2022_PROGRAM, terms())),
        MarginError::MintPermanentDelegate,
    );
}

#[test]
fn a_freeze_authority_is_refused_unless_the_admin_names_the_exception() {
    let mut world = World::new();
    make_mint(&mut world, &[], true);
    assert_fails_with(
        world.send(listing(MINT, TOKEN_2022_PROGRAM, terms())),
        MarginError::MintFreezable,
    );
    let args = AddCollateralArgs {
        accepts_freeze_authority: 1,
        ..terms()
    };
    assert_lands(world.send(listing(MINT, TOKEN_2022_PROGRAM, args)));
    assert_eq!(
        world.picture().market.registry().unwrap().collaterals[3].accepts_freeze_authority,
        1
    );

    // So for the first generation of the program.
    let mut world = World::new();
    let mut frozen = mint_account(SOL);
    frozen.data_as_mut_slice()[46] = 1;
    world.set_account(MINT, frozen);
    assert_fails_with(
        world.send(listing(MINT, TOKEN_PROGRAM, terms())),
        MarginError::MintFreezable,
    );
    assert_lands(world.send(listing(MINT, TOKEN_PROGRAM, args)));
}

#[test]
fn a_false_mint_is_refused() {
    let mut world = World::new();
    let genuine = mint_account(SOL);
    let changed = |change: &dyn Fn(&mut Account)| {
        let mut account = Account::from(genuine.clone());
        change(&mut account);
        AccountSharedData::from(account)
    };
    let false_ones = [
        ("of another program", changed(&|mint| mint.owner = SOMEBODY)),
        (
            "of the other token program",
            changed(&|mint| mint.owner = TOKEN_2022_PROGRAM),
        ),
        ("too short", changed(&|mint| mint.data.truncate(81))),
        ("too long", changed(&|mint| mint.data.push(0))),
        ("not initialized", changed(&|mint| mint.data[45] = 0)),
        ("a token account", token_account(&SOL.mint(), &SOMEBODY, 5)),
    ];
    for (what, account) in false_ones {
        world.set_account(MINT, account);
        println!("{what}");
        assert_fails_with(world.send(listing(MINT, TOKEN_PROGRAM, terms())), MarginError::NotAMint);
    }
    // More decimals than the house reckons with.
    world.set_account(MINT, changed(&|mint| mint.data[44] = 19));
    assert_fails_with(
        world.send(listing(MINT, TOKEN_PROGRAM, terms())),
        MarginError::ParameterOutOfRange,
    );
    world.set_account(MINT, genuine);
    assert_fails_with(
        world.send(listing(MINT, TOKEN_2022_PROGRAM, terms())),
        MarginError::NotAMint,
    );
    assert_lands(world.send(listing(MINT, TOKEN_PROGRAM, terms())));
}

/// A house that lists a mint of Token-2022 with a metadata pointer, and Alice with a wallet of a million of it.
fn of_token_2022() -> (World, Actor, Pubkey) {
    let mut world = World::new();
    let all = extensions();
    let pointer = all.iter().find(|each| each.name == "metadata pointer").unwrap();
    make_mint(&mut world, &[pointer], false);
    world.land(listing(MINT, TOKEN_2022_PROGRAM, terms()));
    let alice = world.trader("alice", &[]);
    let wallet = Pubkey::new_from_array([55; 32]);
    world.set_account(wallet, blank(TOKEN_2022_PROGRAM, 165));
    let mut initialize = vec![18];
    initialize.extend(alice.address().to_bytes());
    let mut mint_to = vec![7];
    mint_to.extend(1_000_000_u64.to_le_bytes());
    let authority = anyone_mints();
    let call = Call {
        instructions: vec![
            of_program(
                TOKEN_2022_PROGRAM,
                vec![AccountMeta::new(wallet, false), AccountMeta::new_readonly(MINT, false)],
                initialize,
            ),
            of_program(
                TOKEN_2022_PROGRAM,
                vec![
                    AccountMeta::new(MINT, false),
                    AccountMeta::new(wallet, false),
                    AccountMeta::new_readonly(authority.address(), true),
                ],
                mint_to,
            ),
        ],
        signers: vec![authority.key()],
    };
    world.land(call);
    world.end_set_up();
    (world, alice, wallet)
}

fn moving(alice: &Actor, wallet: Pubkey, atoms: u64) -> TokenMove {
    TokenMove {
        authority: alice.address(),
        account: alice.account(),
        wallet,
        mint: MINT,
        token_program: TOKEN_2022_PROGRAM,
        collateral_index: 3,
        atoms,
    }
}

#[test]
fn tokens_of_token_2022_come_in_and_go_out_under_their_own_program() {
    let (mut world, alice, wallet) = of_token_2022();
    let vault = address::vault(&MINT);
    let stored = world.account(&vault).unwrap();
    assert_eq!(
        (*stored.owner(), stored.data().len(), stored.lamports()),
        (TOKEN_2022_PROGRAM, 165, rent(165))
    );
    assert_eq!(&stored.data()[32..64], address::house().as_ref());
    let entry = world.picture().market.registry().unwrap().collaterals[3];
    assert_eq!(
        (entry.token_program, entry.decimals, entry.vault),
        (TOKEN_2022_PROGRAM, 9, vault)
    );

    let deposit = Call::new(instruction::deposit(&moving(&alice, wallet, 600_000)), [&alice]);
    let receipt = world.land(&deposit);
    println!("deposit of Token-2022: {} CU", receipt.compute_units);
    assert_eq!(world.picture().account(&alice).account.balances_atoms[3], 600_000);
    assert_eq!(amount(&world.account(&vault).unwrap()), 600_000);
    assert_eq!(amount(&world.account(&wallet).unwrap()), 400_000);
    let none = tenor_sdk::market::HealthAccounts::default();
    let withdraw = Call::new(instruction::withdraw(&moving(&alice, wallet, 600_000), &none), [&alice]);
    let receipt = world.land(&withdraw);
    println!("withdrawal of Token-2022: {} CU", receipt.compute_units);
    assert_eq!(amount(&world.account(&wallet).unwrap()), 1_000_000);
    assert_adds_up(&world);
}

#[test]
fn another_token_program_or_a_false_token_account_is_refused() {
    let (mut world, alice, wallet) = of_token_2022();
    let with_program = |token_program| TokenMove {
        token_program,
        ..moving(&alice, wallet, 1)
    };
    let deposit = |transfer: &TokenMove| Call::new(instruction::deposit(transfer), [&alice]);
    assert_fails_with(
        world.send(deposit(&with_program(TOKEN_PROGRAM))),
        MarginError::WrongTokenProgram,
    );
    // An account of the first program that names the mint, which that program would never make.
    let planted = Pubkey::new_from_array([56; 32]);
    world.set_account(planted, token_account(&MINT, &alice.address(), 5));
    assert_fails_with(
        world.send(deposit(&moving(&alice, planted, 1))),
        MarginError::NotATokenAccount,
    );
    // Of nobody's program, too short, and a mint.
    let mut foreign = token_account(&MINT, &alice.address(), 5);
    foreign.set_owner(SOMEBODY);
    for account in [foreign, blank(TOKEN_2022_PROGRAM, 164), world.account(&MINT).unwrap()] {
        world.set_account(planted, account);
        assert_fails_with(
            world.send(deposit(&moving(&alice, planted, 1))),
            MarginError::NotATokenAccount,
        );
    }
    assert_lands(world.send(deposit(&moving(&alice, wallet, 1))));
}

#[test]
fn a_token_that_earns_yield_is_valued_by_its_own_feed() {
    let mut world = World::new();
    world.edit_house(|house| house.interest = MODEL);
    world.set_account(JITOSOL.mint(), mint_account(JITOSOL));
    world.land(tenor_testkit::action::AddUnderlying {
        admin: &admin(),
        args: JITOSOL.listing(),
        approval: None,
    });
    world.land(AddCollateral {
        admin: &admin(),
        asset: JITOSOL,
        args: AddCollateralArgs {
            scenario_index: 0,
            ..JITOSOL.collateral(2)
        },
        approval: None,
    });
    world.write_feed(JITOSOL.feed(), &Feed::of(JITOSOL, usd(220), world.now()));
    world.land(UpdatePrice {
        asset: JITOSOL,
        feed: JITOSOL.feed(),
    });
    world.trader("lender", &[(USDC, usdc(1_000))]);
    let alice = world.trader("alice", &[(JITOSOL, 1_000_000_000)]);
    // 220 dollars, of which a tenth does not count.
    assert_eq!(world.picture().health(&alice).equity.e9(), 198_000_000_000);
    assert_lands(world.send(tenor_testkit::action::Withdraw {
        owner: &alice,
        asset: USDC,
        atoms: usdc(100),
    }));
}
