//! What the keeper decides, carried out on the bytecode within the compute units that it asks for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by failing there"
)]

use solana_account::ReadableAccount;
use std::collections::HashMap;
use tenor_keeper::strategy::{Intent, IntentKind, Settings, plan};
use tenor_keeper::world as seen;
use tenor_sdk::decode::{ProgramAccount, any};
use tenor_sdk::instruction::Party;
use tenor_sdk::math::quantity::UnixSeconds;
use tenor_testkit::{Actor, Call, Receipt, SOL, World, assert_lands};
use tenor_tests::listing::{dearest_order, list_64_strikes_in_turn};

const LAMPORTS: u64 = 1_000_000_000_000;

/// What the keeper has to do for the house now. Its own account is not there: nothing is liquidated.
fn decide(world: &World) -> Vec<Intent> {
    let mut known = seen::World {
        now: UnixSeconds::new(world.now()),
        slot: world.slot(),
        ..seen::World::default()
    };
    for address in world.known() {
        let account = world.account(address);
        match account.map(|account| any(account.data())) {
            Some(Ok(ProgramAccount::Account(data))) => {
                known.accounts.insert(*address, seen::Tracked { data: *data, slot: 0 });
            }
            Some(Ok(account)) => {
                known.market.insert(*address, account);
            }
            _ => {}
        }
    }
    let own = Actor::named("keeper").address();
    let settings = Settings {
        liquidator: Party {
            account: own,
            authority: own,
        },
        feed_accounts: HashMap::from([(0, SOL.feed())]),
        max_fraction_e18: 1_000_000_000_000_000_000,
        reserve_cash_atoms: 0,
        serves_house: true,
    };
    plan(&known, &settings).intents
}

/// Carries out what the keeper decides until it has nothing more to do.
fn close(world: &mut World) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    while let Some(intent) = decide(world)
        .into_iter()
        .find(|intent| intent.kind == IntentKind::Close)
    {
        let [close] = &intent.instructions[..] else {
            panic!("a close is one instruction")
        };
        let receipt = assert_lands(world.send(Call::new(close.clone(), [])));
        let limit = u64::from(intent.compute_units);
        assert!(
            receipt.compute_units <= limit * 3 / 4,
            "{} of {limit} compute units",
            receipt.compute_units
        );
        assert!(receipt.bytes <= 1_232, "{} bytes", receipt.bytes);
        receipts.push(receipt);
    }
    receipts
}

fn closes_in(payers: usize, in_turn: &[usize], steps: usize) {
    let mut world = World::new();
    let payers: Vec<Actor> = (0..payers)
        .map(|place| world.visitor(&format!("payer {place}")))
        .collect();
    let in_turn: Vec<Actor> = in_turn.iter().map(|place| payers[*place].clone()).collect();
    let chain = list_64_strikes_in_turn(&mut world, &in_turn);
    world.set_time(chain.expiry);
    let receipts = close(&mut world);
    assert_eq!(receipts.len(), steps);
    assert_eq!(receipts.last().unwrap().events(), ["ChainClosed"]);
    for payer in &payers {
        assert_eq!(world.account(&payer.address()).unwrap().lamports(), LAMPORTS);
    }
}

#[test]
fn a_full_chain_of_twenty_payers_in_turn_closes_at_once() {
    closes_in(20, &(0..20).collect::<Vec<_>>(), 1);
}

#[test]
fn a_full_chain_of_twenty_payers_in_the_dearest_order_closes_at_once() {
    closes_in(20, &dearest_order(20), 1);
}

#[test]
fn a_full_chain_of_as_many_payers_as_strikes_closes_in_four_steps() {
    closes_in(64, &(0..64).collect::<Vec<_>>(), 4);
}
