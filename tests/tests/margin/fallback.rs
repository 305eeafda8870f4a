//! What an initial requirement rests on when the surface is stale or the range has just moved.

use crate::scene::Scene;
use tenor_margin::MarginError;
use tenor_margin::risk::Freshness;
use tenor_margin::state::Pausable;
use tenor_math::quantity::UnixSeconds;
use tenor_sdk::margin::risk::ViewOf;
use tenor_testkit::action::{Pause, Quote, RefreshRisk, ShowHealth, Trade, Withdraw};
use tenor_testkit::world::guardian;
use tenor_testkit::{Outcome, SOL, USDC, assert_fails_with, assert_lands, sol, usd, usdc};

/// Bob is short a hundred lots, one SOL, of the call struck at 200.
fn short_call() -> Scene {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.call(200), 100);
    scene
}

fn refresh(scene: &mut Scene, strike_slots: Vec<u16>) {
    let chain = scene.chain;
    scene.world.land(RefreshRisk { chain, strike_slots });
}

/// A day and a second pass without a slice; price and arrays are kept fresh.
fn let_the_surface_grow_stale(scene: &mut Scene) {
    scene.world.advance(86_401);
    scene.world.set_price(SOL, usd(200));
    refresh(scene, vec![0, 1, 2, 3, 4]);
}

fn write_one_more(scene: &mut Scene) -> Outcome {
    let option = scene.chain.call(200);
    let price = scene.world.picture().mark(option);
    scene.world.send(Trade {
        buyer: &scene.alice,
        seller: &scene.bob,
        quotes: vec![Quote { option, lots: 1, price }],
    })
}

#[test]
fn a_stale_surface_asks_for_the_standard_rule_where_that_is_more() {
    let mut scene = short_call();
    let before = scene.world.picture().action_health(&scene.bob);
    let_the_surface_grow_stale(&mut scene);
    let after = scene.world.picture().action_health(&scene.bob);
    // At the highest strike, 240, the call costs 40; beyond it is unpaired: 15% of 200.
    assert_eq!(after.initial.e9(), 70_000_000_000);
    assert!(before.initial.e9() < 50_000_000_000, "{before:?}");
    // The maintenance requirement is that of the arrays: four fifths of the loss, and 0.3% of spot.
    assert!(after.maintenance.e9() < 45_000_000_000, "{after:?}");
    assert_lands(write_one_more(&mut scene));
}

#[test]
fn a_stale_surface_asks_for_a_quarter_more_where_that_is_more() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.put(160), 100);
    refresh(&mut scene, vec![0, 1, 2, 3, 4]);
    scene
        .world
        .edit_chain(scene.chain, |chain| chain.slice_posted_at -= 86_401);
    let stale = scene.world.picture().action_health(&scene.bob);
    // A put struck at 160 can cost 160: far more than five quarters of what its scenarios show. Its mark is a loss already.
    let left = stale.equity.e9() - stale.initial.e9();
    let cash = scene.world.picture().account(&scene.bob).account.cash_atoms * 1_000;
    assert!((left - (cash - 160_000_000_000)).abs() <= 200, "{left} of {cash}");
    // Collateral is no option: an account that holds coins beside them pays five quarters of their loss.
    scene.world.deposit(&scene.bob, SOL, sol(100));
    let with_coins = scene.world.picture().action_health(&scene.bob);
    scene
        .world
        .edit_chain(scene.chain, |chain| chain.slice_posted_at += 86_401);
    let fresh_coins = scene.world.picture().action_health(&scene.bob);
    let (five, four) = (with_coins.initial.e9() * 4, fresh_coins.initial.e9() * 5);
    assert!((0..=4).contains(&(five - four)), "{five} {four}");
}

#[test]
fn a_stale_surface_locks_nobody_out() {
    let mut scene = short_call();
    let_the_surface_grow_stale(&mut scene);
    let (alice, bob, option) = (scene.alice.clone(), scene.bob.clone(), scene.chain.call(200));
    scene.world.trade_at_mark(&bob, &alice, option, 100);
    assert_lands(scene.world.send(Withdraw {
        owner: &bob,
        asset: USDC,
        atoms: usdc(9_000),
    }));
}

/// The range has just risen by two points.
fn with_a_new_range(scene: &mut Scene) {
    let now = scene.world.now();
    scene.world.edit_underlying(SOL, |sol| {
        sol.previous_range_e9 = sol.range_e9;
        sol.range_e9 += 20_000_000;
        sol.range_moved_at = now;
    });
}

#[test]
fn arrays_of_the_range_before_serve_until_they_are_old_but_never_beside_new_ones() {
    let mut scene = short_call();
    scene.alice_buys(scene.chain.put(180), 100);
    let before = scene.world.picture().action_health(&scene.bob);
    with_a_new_range(&mut scene);
    // As before: the book's scenarios are those of its arrays.
    assert_eq!(scene.world.picture().action_health(&scene.bob), before);
    assert_lands(write_one_more(&mut scene));

    // One of the two strikes: their scenarios have different prices.
    refresh(&mut scene, vec![2]);
    assert_fails_with(write_one_more(&mut scene), MarginError::RiskStale);
    refresh(&mut scene, vec![1]);
    let after = scene.world.picture().action_health(&scene.bob);
    assert!(after.initial > before.initial);
    assert_lands(write_one_more(&mut scene));
}

#[test]
fn arrays_of_a_range_two_moves_ago_serve_nothing() {
    let mut scene = short_call();
    with_a_new_range(&mut scene);
    with_a_new_range(&mut scene);
    assert_fails_with(write_one_more(&mut scene), MarginError::RiskStale);
    refresh(&mut scene, vec![2]);
    assert_lands(write_one_more(&mut scene));
}

#[test]
fn arrays_of_the_range_before_serve_no_longer_than_arrays_may_be_old() {
    let mut scene = short_call();
    with_a_new_range(&mut scene);
    scene.world.edit_underlying(SOL, |sol| sol.range_moved_at -= 600);
    let market = |scene: &Scene| {
        let picture = scene.world.picture();
        let freshness = Freshness::Action(UnixSeconds::new(picture.now));
        picture.market.health(picture.account(&scene.bob), freshness).is_ok()
    };
    assert!(market(&scene));
    scene.world.edit_underlying(SOL, |sol| sol.range_moved_at -= 1);
    assert!(!market(&scene));
    assert_fails_with(write_one_more(&mut scene), MarginError::RiskStale);
}

#[test]
fn a_price_that_has_just_jumped_costs_what_the_average_lags() {
    let mut scene = short_call();
    let before = scene.world.picture().action_health(&scene.bob);
    // The average stays at 200: two seconds move it by a hundredth.
    scene.world.advance(2);
    scene.world.move_price(SOL, usd(190));
    let picture = scene.world.picture();
    let after = picture.action_health(&scene.bob);
    let average = picture.underlying(SOL).ema_e9;
    assert!(average > 199_000_000_000, "{average}");
    // Short half a SOL of delta at 200 before; less than that at 190, and nine dollars and more of lag.
    assert!(before.initial_uncertainty.e9() < 200_000_000, "{before:?}");
    assert!(after.initial_uncertainty.e9() > 1_000_000_000, "{after:?}");
    // Once the average has come along nothing of that is left; and a liquidation never looked at it.
    let tolerance = picture.health(&scene.bob).liquidation_tolerance;
    scene.world.edit_underlying(SOL, |sol| sol.ema_e9 = sol.price_e9);
    let settled = scene.world.picture().action_health(&scene.bob);
    assert!(settled.initial_uncertainty.e9() < 100_000_000, "{settled:?}");
    assert_eq!(
        scene.world.picture().health(&scene.bob).liquidation_tolerance,
        tolerance
    );
}

#[test]
fn borrowing_can_be_paused_and_cash_that_is_there_still_leaves() {
    let mut scene = Scene::new();
    scene.world.deposit(&scene.bob, SOL, sol(100));
    scene.world.land(Pause {
        authority: &guardian(),
        action: Pausable::Borrow,
        seconds: 60,
    });
    let bob = scene.bob.clone();
    let withdraw = |atoms| Withdraw {
        owner: &bob,
        asset: USDC,
        atoms,
    };
    assert_fails_with(scene.world.send(withdraw(usdc(10_000) + 1)), MarginError::ActionPaused);
    assert_lands(scene.world.send(withdraw(usdc(10_000))));
    // Buying on credit is borrowing too.
    let alice = scene.alice.clone();
    let option = scene.chain.call(200);
    let price = scene.world.picture().mark(option);
    let on_credit = Trade {
        buyer: &bob,
        seller: &alice,
        quotes: vec![Quote {
            option,
            lots: 10,
            price,
        }],
    };
    assert_fails_with(scene.world.send(&on_credit), MarginError::ActionPaused);
    scene.world.advance(61);
    scene.world.refresh();
    let price = scene.world.picture().mark(option);
    let on_credit = Trade {
        buyer: &bob,
        seller: &alice,
        quotes: vec![Quote {
            option,
            lots: 10,
            price,
        }],
    };
    assert_lands(scene.world.send(&on_credit));
}

#[test]
fn a_view_of_stored_numbers_ends_where_the_price_has_doubled() {
    let mut scene = Scene::new();
    let call = scene.chain.call(200);
    scene.alice_buys(call, 100);
    let bob = scene.bob.clone();
    let stored = ShowHealth {
        of: &bob,
        view_of: ViewOf::Stored,
    };
    scene.world.set_price(SOL, usd(399));
    assert_lands(scene.world.send(stored));
    scene.world.set_price(SOL, usd(400));
    assert_fails_with(scene.world.send(stored), MarginError::RiskStale);
}
