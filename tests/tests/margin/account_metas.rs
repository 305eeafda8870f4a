//! Which accounts the busy instructions write. One account that all of them wrote would cap the whole protocol at what a
//! block allows for one account.

use crate::scene::{Distress, Scene};
use solana_pubkey::Pubkey;
use std::collections::BTreeSet;
use tenor_testkit::action::{Call, LiquidateSlice, RefreshRisk, Touch};
use tenor_testkit::{BTC, SOL, World, assert_lands};

/// Accounts that an instruction of the call writes.
fn written(call: &Call) -> BTreeSet<Pubkey> {
    let metas = call.instructions.iter().flat_map(|instruction| &instruction.accounts);
    metas.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect()
}

/// Asserts that the call lands and writes these accounts and no others.
#[track_caller]
fn assert_writes_only(world: &mut World, call: Call, expected: &[Pubkey]) {
    assert_eq!(written(&call), expected.iter().copied().collect());
    assert_lands(world.send(call));
}

#[test]
fn a_trade_writes_the_chains_and_the_two_margin_accounts() {
    let mut scene = Scene::new();
    // Collateral in two underlyings, so that both are passed.
    scene.world.deposit(&scene.alice, SOL, 1_000_000_000);
    scene.world.deposit(&scene.bob, BTC, 10_000_000);
    let call = scene.world.call(scene.offer(scene.chain.call(200), 1));
    assert_writes_only(
        &mut scene.world,
        call,
        &[scene.alice.account(), scene.bob.account(), scene.chain.address()],
    );
}

#[test]
fn a_refresh_writes_its_chain() {
    let mut scene = Scene::new();
    let chain = scene.chain;
    let call = scene.world.call(RefreshRisk {
        chain,
        strike_slots: vec![0, 1, 2],
    });
    assert_writes_only(&mut scene.world, call, &[chain.address()]);
}

#[test]
fn a_liquidation_writes_the_chains_and_the_two_margin_accounts() {
    let Distress {
        mut world,
        chain,
        writer,
        liquidator,
    } = Distress::new();
    let touch = world.call(Touch { of: &writer });
    assert_writes_only(&mut world, touch, &[writer.account()]);
    let slice = world.call(LiquidateSlice::largest(&writer, &liquidator, &world.picture()));
    assert_writes_only(
        &mut world,
        slice,
        &[writer.account(), liquidator.account(), chain.address()],
    );
}
