//! The main loop's turn: when it plans, and what the health endpoints learn.

use crate::support::accounts::{ALICE, account, seen};
use crate::support::script::{FEE, Script, payer};
use bytemuck::Zeroable;
use solana_signer::Signer;
use std::sync::Arc;
use tenor_keeper::config::Config;
use tenor_keeper::engine::{Engine, OddFeeds};
use tenor_keeper::execute::Executor;
use tenor_keeper::feed::{Payload, Poll, Snapshot, Update};
use tenor_keeper::report::health::Status;
use tenor_sdk::address;
use tenor_sdk::decode::ProgramAccount;
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::market::Market;
use tokio::time::Instant;

const EXAMPLE: &str = include_str!("../../keeper.example.toml");

fn engine(now: Instant) -> (Engine<Script>, solana_pubkey::Pubkey) {
    let config = Config::parse(EXAMPLE).unwrap();
    let payer = Arc::new(payer());
    let executor = Executor::new(Script::working(), Arc::clone(&payer), FEE, 4);
    let own = address::margin_account(&payer.pubkey(), config.liquidator.account_number);
    (Engine::new(&config, &payer.pubkey(), executor, now), own)
}

fn snapshot(own: solana_pubkey::Pubkey, payer_lamports: u64) -> Update {
    let program = tenor_sdk::client::Snapshot {
        accounts: vec![(own, account(1))],
        ..Default::default()
    };
    let poll = Poll {
        payer_lamports,
        ..Poll::default()
    };
    Update {
        slot: 10,
        payload: Payload::Snapshot(Box::new(Snapshot { program, poll })),
    }
}

fn beat(slot: u64) -> Update {
    Update {
        slot,
        payload: Payload::Slot,
    }
}

fn status(engine: &mut Engine<Script>, now: Instant) -> Status {
    engine.turned(now);
    let status = *engine.status().borrow();
    status
}

#[test]
fn the_keeper_is_ready_after_a_snapshot_and_a_heartbeat_until_the_next_interruption() {
    let now = Instant::now();
    let (mut engine, own) = engine(now);
    assert!(!status(&mut engine, now).ready(now).ok);
    engine.take(snapshot(own, 1_000_000_000), now);
    engine.take(beat(11), now);
    assert_eq!(status(&mut engine, now).ready(now).problems, Vec::<String>::new());
    engine.take(
        Update {
            slot: 11,
            payload: Payload::Interrupted,
        },
        now,
    );
    assert_eq!(status(&mut engine, now).ready(now).problems, ["no snapshot yet"]);
    assert_eq!(engine.plan_at(), None);
}

#[test]
fn an_empty_payer_is_not_ready() {
    let now = Instant::now();
    let (mut engine, own) = engine(now);
    engine.take(snapshot(own, 5), now);
    engine.take(beat(11), now);
    let problems = status(&mut engine, now).ready(now).problems;
    assert_eq!(problems, ["the payer has 5 lamports, less than 10000000"]);
}

#[test]
fn a_plan_is_due_after_the_first_change_and_later_changes_do_not_put_it_off() {
    let now = Instant::now();
    let (mut engine, own) = engine(now);
    engine.take(snapshot(own, 1_000_000_000), now);
    engine.plan(now);
    engine.take(beat(11), now);
    assert_eq!(engine.plan_at(), None, "a heartbeat changes no decision");
    engine.take(seen(12, ALICE, 1), now);
    let due = engine.plan_at().unwrap();
    engine.take(seen(13, ALICE, 2), now + (due - now));
    assert_eq!(engine.plan_at(), Some(due));
}

#[test]
fn feeds_and_underlyings_that_do_not_meet_are_named() {
    let config = Config::parse(EXAMPLE).unwrap();
    let mut market = Market::new();
    for (index, name) in (0..).zip(["SOL", "ETH"]) {
        let symbol = address::symbol(name).unwrap();
        let underlying = Underlying {
            index,
            symbol,
            ..Underlying::zeroed()
        };
        let account = ProgramAccount::Underlying(Box::new(underlying));
        market.insert(address::underlying(&symbol), account);
    }
    let odd = OddFeeds::of(&market, &config.feeds);
    assert_eq!(odd.unlisted, ["BTC", "JITOSOL"]);
    assert_eq!(odd.without_feed, ["ETH"]);
}
