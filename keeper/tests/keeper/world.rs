//! What the world takes in, and what it does not.

use crate::support::accounts::{
    ALICE, BOB, FEED, account, account_bytes, house_bytes, price, seen, sent, sent_by_oracle, sent_by_program,
};
use solana_pubkey::Pubkey;
use tenor_keeper::feed::{ChainClock, Payload, Poll, Snapshot, Update, feed_payload, program_payload};
use tenor_keeper::world::{Changes, World};
use tenor_sdk::decode;
use tenor_sdk::math::quantity::UnixSeconds;

fn sequence(world: &World, address: &Pubkey) -> Option<u64> {
    world.accounts.get(address).map(|tracked| tracked.data.account.sequence)
}

fn snapshot(slot: u64, accounts: &[(Pubkey, u64)]) -> Update {
    let mut program = tenor_sdk::client::Snapshot {
        slot,
        ..Default::default()
    };
    program.accounts.extend(
        accounts
            .iter()
            .map(|(address, sequence)| (*address, account(*sequence))),
    );
    Update {
        slot,
        payload: Payload::Snapshot(Box::new(Snapshot {
            program,
            poll: Poll::default(),
        })),
    }
}

fn feed(slot: u64, value: i64) -> Update {
    Update {
        slot,
        payload: Payload::Feed {
            address: FEED,
            update: price(value),
        },
    }
}

#[test]
fn an_older_slot_never_overwrites_a_newer_one() {
    let mut world = World::default();
    world.apply(seen(10, ALICE, 5));
    let changes = world.apply(seen(9, ALICE, 4));
    assert_eq!(
        changes,
        Changes {
            outdated: 1,
            ..Changes::default()
        }
    );
    assert_eq!(sequence(&world, &ALICE), Some(5));
}

#[test]
fn within_a_slot_the_stream_goes_on_and_a_snapshot_does_not_overtake_it() {
    let mut world = World::default();
    world.apply(seen(10, ALICE, 5));
    world.apply(seen(10, ALICE, 6));
    assert_eq!(sequence(&world, &ALICE), Some(6));
    world.apply(snapshot(10, &[(ALICE, 5)]));
    assert_eq!(sequence(&world, &ALICE), Some(6));
    world.apply(snapshot(11, &[(ALICE, 7)]));
    assert_eq!(sequence(&world, &ALICE), Some(7));
}

#[test]
fn a_snapshot_forgets_accounts_that_are_gone_but_none_that_is_newer() {
    let mut world = World::default();
    world.apply(seen(10, ALICE, 1));
    world.apply(seen(30, BOB, 1));
    let changes = world.apply(snapshot(20, &[]));
    assert_eq!(changes.removed, 1);
    assert_eq!((sequence(&world, &ALICE), sequence(&world, &BOB)), (None, Some(1)));
}

#[test]
fn the_market_is_kept_by_slot_too() {
    let mut world = World::default();
    let house = |slot| {
        let account = decode::any(&house_bytes()).unwrap();
        Update {
            slot,
            payload: Payload::Account {
                address: tenor_sdk::address::house(),
                account,
            },
        }
    };
    assert_eq!(world.apply(house(10)).applied, 1);
    assert_eq!(world.apply(house(9)).outdated, 1);
}

#[test]
fn a_price_counts_as_new_only_if_it_differs() {
    let mut world = World::default();
    assert_eq!(world.apply(feed(10, 100)).prices, 1);
    assert_eq!(world.apply(feed(11, 100)).prices, 0);
    assert_eq!(world.apply(feed(12, 101)).prices, 1);
    assert_eq!(world.apply(feed(11, 99)).prices, 0);
    assert_eq!(world.feeds[&FEED].update.price, 101);
}

#[test]
fn the_clock_never_goes_back() {
    let mut world = World::default();
    let clock = |slot, seconds| Update {
        slot,
        payload: Payload::Clock {
            now: UnixSeconds::new(seconds),
        },
    };
    world.apply(clock(10, 1_000));
    world.apply(clock(9, 999));
    assert_eq!(world.now.get(), 1_000);
    let poll = Poll {
        clock: Some(ChainClock {
            slot: 11,
            now: UnixSeconds::new(1_001),
        }),
        ..Poll::default()
    };
    world.apply(Update {
        slot: 0,
        payload: Payload::Poll(Box::new(poll)),
    });
    assert_eq!(world.now.get(), 1_001);
}

#[test]
fn an_interruption_forgets_everything_but_the_slot() {
    let mut world = World::default();
    world.apply(seen(10, ALICE, 1));
    world.apply(feed(10, 100));
    world.apply(Update {
        slot: 10,
        payload: Payload::Slot,
    });
    world.apply(Update {
        slot: 10,
        payload: Payload::Interrupted,
    });
    assert!(world.accounts.is_empty() && world.feeds.is_empty());
    assert_eq!(world.slot, 10);
}

#[test]
fn a_closed_account_is_forgotten() {
    let mut world = World::default();
    world.apply(seen(10, ALICE, 1));
    let system = sent(&solana_sdk_ids::system_program::ID, &[]);
    let payload = program_payload(ALICE, &serde_json::from_value(system).unwrap());
    let changes = world.apply(Update { slot: 11, payload });
    assert_eq!(changes.removed, 1);
    assert_eq!(sequence(&world, &ALICE), None);
}

#[test]
fn garbage_is_counted_and_never_a_panic() {
    let good = account_bytes(3);
    let mut samples: Vec<Vec<u8>> = (0..good.len()).map(|length| good[..length].to_vec()).collect();
    // A count of positions that the account does not hold, another version, another kind.
    samples.push([&good[..good.len() - 8], &[0xff; 8]].concat());
    samples.push([&good[..8], &[99], &good[9..]].concat());
    samples.push(vec![0xff; 2_000]);
    let mut world = World::default();
    world.apply(seen(10, ALICE, 1));
    world.apply(seen(10, BOB, 1));
    for data in samples {
        let payload = program_payload(ALICE, &serde_json::from_value(sent_by_program(&data)).unwrap());
        let changes = world.apply(Update { slot: 11, payload });
        assert!(
            changes.unreadable == 1 || data.len() > good.len() - 8,
            "{} bytes",
            data.len()
        );
    }
    assert_eq!(
        sequence(&world, &ALICE),
        None,
        "what cannot be read must not be acted on"
    );
    assert_eq!(sequence(&world, &BOB), Some(1));
    let payload = program_payload(ALICE, &serde_json::from_value(sent_by_program(&good)).unwrap());
    world.apply(Update { slot: 12, payload });
    assert_eq!(sequence(&world, &ALICE), Some(3));
}

#[test]
fn a_feed_of_another_owner_is_not_a_feed() {
    let data = price(100).write();
    let read = |sent| feed_payload(FEED, &serde_json::from_value(sent).unwrap());
    assert!(matches!(read(sent_by_oracle(&data)), Payload::Feed { .. }));
    assert!(matches!(read(sent_by_program(&data)), Payload::Unreadable { .. }));
    assert!(matches!(read(sent_by_oracle(&data[..50])), Payload::Unreadable { .. }));
}
