//! `settle_account`: pays out an account's positions in a settled chain.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::event::AccountSettled;
use tenor_math::quantity::Price;
use tenor_testkit::action::SettleAccount;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::{Actor, SOL, USDC, assert_fails_with, assert_lands, usdc};

impl Scene {
    fn settle(&mut self, of: &Actor) -> tenor_testkit::Outcome {
        self.world.send(SettleAccount { chain: self.chain, of })
    }

    fn cash(&self, actor: &Actor) -> i64 {
        self.world.picture().balance(actor, USDC)
    }
}

#[test]
fn requires_that_the_chain_is_settled() {
    let mut scene = Scene::new();
    let alice = scene.alice.clone();
    scene.alice_buys(scene.chain.call(200), 10);
    assert_fails_with(scene.settle(&alice), MarginError::ChainNotSettled);
    scene.settle_at(230);
    assert_lands(scene.settle(&alice));
}

#[test]
fn requires_that_the_account_has_positions_in_it() {
    let mut scene = Scene::new();
    let carol = scene.world.trader("carol", &[(USDC, usdc(1))]);
    let alice = scene.alice.clone();
    scene.alice_buys(scene.chain.call(200), 10);
    scene.settle_at(230);
    assert_fails_with(scene.settle(&carol), MarginError::NoPositions);
    assert_lands(scene.settle(&alice));
}

#[test]
fn positions_become_cash_at_their_payoff_and_leave_open_interest() {
    let mut scene = Scene::new();
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let (call, put, worthless) = (scene.chain.call(200), scene.chain.put(240), scene.chain.put(180));
    scene.alice_buys(call, 1_000);
    scene.alice_buys(put, -300);
    scene.alice_buys(worthless, 500);
    let (before, sequence) = (
        [scene.cash(&alice), scene.cash(&bob)],
        scene.world.picture().account(&alice).account.sequence,
    );
    scene.settle_at(230);

    let receipt = assert_lands(scene.settle(&alice));

    // The call pays 30 dollars a SOL on 10 SOL, the put takes 10 dollars a SOL on 3 SOL.
    let payout = 300_000_000 - 30_000_000;
    assert_eq!(scene.cash(&alice), before[0] + payout);
    let picture = scene.world.picture();
    assert!(picture.account(&alice).positions.is_empty());
    assert_eq!((picture.open_interest(call), picture.open_interest(worthless)), (0, 0));
    assert_eq!(picture.open_interest(put), 300, "the long is Bob's");
    assert_eq!(picture.chain(scene.chain).chain.settlement_balance_atoms, -payout);
    assert_eq!(picture.chain(scene.chain).chain.open_positions, 3);
    assert_eq!(receipt.events(), ["AccountSettled"]);
    let event: AccountSettled = receipt.event();
    assert_eq!((event.account, event.sequence), (alice.account(), sequence + 1));
    assert_eq!(
        (event.chain, event.positions, event.payout_atoms),
        (scene.chain.address(), 3, payout)
    );
    let chain = picture.chain(scene.chain).chain;
    assert_eq!(
        (event.chain_sequence, event.settlement_balance_atoms),
        (chain.sequence, -payout)
    );
    assert_adds_up(&scene.world);

    assert_lands(scene.settle(&bob));
    assert_eq!(scene.cash(&bob), before[1] - payout);
    let chain = scene.world.picture().chain(scene.chain).chain;
    assert_eq!((chain.settlement_balance_atoms, chain.open_positions), (0, 0));
    assert_adds_up(&scene.world);
}

#[test]
fn positions_in_other_chains_stay() {
    let mut scene = Scene::new();
    let alice = scene.alice.clone();
    let later = scene
        .world
        .list_chain(SOL, scene.chain.expiry + tenor_testkit::weeks(1), &[200, 220]);
    scene.alice_buys(later.call(220), 7);
    scene.alice_buys(scene.chain.call(200), 10);
    scene.alice_buys(later.put(200), 9);
    scene.settle_at(230);
    assert_lands(scene.settle(&alice));
    let picture = scene.world.picture();
    assert_eq!(
        (
            picture.lots(&alice, later.call(220)),
            picture.lots(&alice, later.put(200))
        ),
        (7, 9)
    );
    assert_eq!(picture.account(&alice).positions.len(), 2);
    assert_adds_up(&scene.world);
}

#[test]
fn each_account_is_paid_once() {
    let mut scene = Scene::new();
    let alice = scene.alice.clone();
    scene.alice_buys(scene.chain.call(200), 10);
    scene.settle_at(230);
    assert_lands(scene.settle(&alice));
    let cash = scene.cash(&alice);
    assert_fails_with(scene.settle(&alice), MarginError::NoPositions);
    assert_eq!(scene.cash(&alice), cash);
}

#[test]
fn payouts_round_down_for_both_sides_and_less_than_an_atom_an_account_stays_with_the_chain() {
    let mut scene = Scene::new();
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let carol = scene.world.trader("carol", &[(USDC, usdc(100))]);
    scene.alice_buys(scene.chain.call(200), 7);
    scene.world.trade_at_mark(&carol, &bob, scene.chain.call(200), 2);
    let before = [&alice, &bob, &carol].map(|actor| scene.cash(actor));
    let price = Price::from_e9(201_234_567_890);
    scene.world.settle(scene.chain, price);

    for actor in [&alice, &bob, &carol] {
        assert_lands(scene.settle(actor));
    }

    // A lot pays 1.23456789 x 0.01 dollars, kept as 0.012345678: seven are 0.086419746, two 0.024691356, nine 0.111111102.
    let after = [&alice, &bob, &carol].map(|actor| scene.cash(actor));
    assert_eq!(after[0] - before[0], 86_419);
    assert_eq!(after[2] - before[2], 24_691);
    assert_eq!(after[1] - before[1], -111_112);
    assert_eq!(
        scene.world.picture().chain(scene.chain).chain.settlement_balance_atoms,
        2
    );
    assert_adds_up(&scene.world);
}

#[test]
fn what_is_paid_out_never_exceeds_what_is_paid_in() {
    // Whoever settles first, and whatever the price.
    for dollars in [1, 159, 180, 200, 221, 1_000] {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut scene = Scene::new();
            let carol = scene.world.trader("carol", &[(USDC, usdc(100))]);
            scene.alice_buys(scene.chain.call(180), 33);
            scene.alice_buys(scene.chain.put(220), -17);
            scene.world.trade_at_mark(&carol, &scene.bob, scene.chain.put(200), 5);
            scene.settle_at(dollars);
            let actors = [scene.alice.clone(), scene.bob.clone(), carol];
            for place in order {
                assert_lands(scene.settle(&actors[place]));
                assert_adds_up(&scene.world);
            }
            let left = scene.world.picture().chain(scene.chain).chain.settlement_balance_atoms;
            assert!((0..3).contains(&left), "{left} atoms are left at {dollars} dollars");
        }
    }
}
