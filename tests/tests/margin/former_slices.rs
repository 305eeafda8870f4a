//! Initial requirements hold every leg against the day's slice and the eve's, at the worse of the marks.

use tenor_margin::MarginError;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_margin::risk::{HealthView, ViewOf};
use tenor_margin::state::{Strike, SurfaceAnchor};
use tenor_math::Round;
use tenor_math::quantity::Price;
use tenor_testkit::action::{
    AddStrikes, CreateChain, Deposit, PostSurface, Quote, RefreshRisk, ShowHealth, Trade, Withdraw,
};
use tenor_testkit::world::{FIRST_EXPIRY, anyone, surface_authority};
use tenor_testkit::{Actor, ChainOf, SOL, USDC, World, assert_fails_with, assert_lands, days, hours, usd, usdc, weeks};

/// What rounding of slices and marks may move, 1e-9 USD a lot.
const ROUNDING: u64 = 400;

fn scene() -> (World, ChainOf) {
    let mut world = World::new();
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &[180, 200, 220]);
    (world, chain)
}

fn strike(world: &World, chain: ChainOf, place: usize) -> Strike {
    world.picture().chain(chain).strikes[place]
}

fn post(world: &mut World, chain: ChainOf, percent: u64) {
    world.post_volatility(chain, percent);
    world.refresh_chain(chain);
}

/// The same marks without a memory.
fn forget(world: &mut World, chain: ChainOf) {
    world.edit_chain(chain, |header| {
        let present = SurfaceAnchor::of_chain(header).unwrap();
        (header.day_anchor, header.eve_anchor) = (present, present);
    });
    world.refresh_chain(chain);
}

/// Initial requirement, and what could be withdrawn.
fn asked(world: &World, of: &Actor) -> [i64; 2] {
    let health = world.picture().action_health(of);
    [health.initial, health.withdrawable].map(|value| value.e9())
}

/// A tenth more volatility than before; Alice is long 100 calls of 150 that Bob is short, and he is long one of hers of 220.
fn a_rise_after_a_trade() -> (World, ChainOf, [Actor; 2]) {
    let mut world = World::new();
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &[150, 220]);
    let [alice, bob] = ["alice", "bob"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
    world.trade_at_mark(&alice, &bob, chain.call(150), 100);
    world.trade_at_mark(&bob, &alice, chain.call(220), 1);
    post(&mut world, chain, 70);
    (world, chain, [alice, bob])
}

fn is_near(one: u64, other: i64) -> bool {
    i64::try_from(one).unwrap().abs_diff(other) <= ROUNDING
}

#[test]
fn a_refresh_stores_how_far_the_call_is_from_its_value_on_the_days_slice() {
    let (mut world, chain) = scene();
    let before = strike(&world, chain, 1);
    assert_eq!(
        (before.call_below_e9, before.call_above_e9, before.forward_off_e9),
        (0, 0, 0)
    );
    post(&mut world, chain, 70);
    let up = strike(&world, chain, 1);
    assert!(up.mark_e9 > before.mark_e9 + 10_000_000);
    assert!(is_near(up.call_below_e9, up.mark_e9 - before.mark_e9));
    assert_eq!((up.call_above_e9, up.forward_off_e9), (0, 0));

    let (mut world, chain) = scene();
    post(&mut world, chain, 50);
    let down = strike(&world, chain, 1);
    assert!(is_near(down.call_above_e9, before.mark_e9 - down.mark_e9));
    assert_eq!((down.call_below_e9, down.forward_off_e9), (0, 0));
}

#[test]
fn a_slice_is_held_against_for_a_day_at_least_and_two_at_most_where_slices_are_posted() {
    let (mut world, chain) = scene();
    post(&mut world, chain, 70);
    let mut held = 0;
    for hour in 1..=50 {
        world.advance(hours(1));
        world.set_price(SOL, usd(200));
        post(&mut world, chain, 70);
        if strike(&world, chain, 1).call_below_e9 > 0 {
            assert_eq!(held, hour - 1, "it does not come back");
            held = hour;
        }
    }
    // Windows begin at the first slice and a day after it; the one that begins after another day forgets.
    assert_eq!(held, 47);
}

#[test]
fn the_initial_requirement_counts_each_leg_at_the_worse_mark_and_the_maintenance_requirement_does_not() {
    let (mut world, chain) = scene();
    let [alice, bob] = ["alice", "bob"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
    // Alice is long 500 calls of 200 and short 500 of 220.
    let picture = world.picture();
    let quote = |strike, lots| Quote {
        option: chain.call(strike),
        lots,
        price: picture.mark(chain.call(strike)),
    };
    let quotes = vec![quote(200, 500), quote(220, -500)];
    world.land(Trade {
        buyer: &alice,
        seller: &bob,
        quotes,
    });
    let marks_before = [1, 2].map(|place| strike(&world, chain, place).mark_e9);
    post(&mut world, chain, 70);
    let marks = [1, 2].map(|place| strike(&world, chain, place).mark_e9);
    let initial = |world: &World| {
        let picture = world.picture();
        [&alice, &bob].map(|of| {
            (
                picture.action_health(of).initial.e9(),
                picture.health(of).maintenance.e9(),
            )
        })
    };
    let held = initial(&world);
    forget(&mut world, chain);
    let forgotten = initial(&world);
    // Her long leg at the lower mark: marks rose, so only longs are dearer than on the day's slice. His long leg is the other.
    for (of, place) in [(0, 0), (1, 1)] {
        let cost = 500 * (marks[place] - marks_before[place]);
        let difference = held[of].0 - forgotten[of].0;
        assert!(
            (difference - cost).unsigned_abs() <= 500 * ROUNDING,
            "{difference} for {cost}"
        );
        assert_eq!(held[of].1, forgotten[of].1, "maintenance");
    }
}

/// What the view of stored numbers leaves out, and the views of a trade and of a withdrawal show.
#[test]
fn views_show_what_former_slices_cost_but_those_of_stored_numbers_and_of_a_liquidation() {
    let (mut world, chain) = scene();
    let [alice, bob] = ["alice", "bob"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
    world.trade_at_mark(&alice, &bob, chain.call(200), 500);
    world.trade_at_mark(&bob, &alice, chain.call(220), 500);
    post(&mut world, chain, 70);
    let views = |world: &mut World| {
        [ViewOf::Stored, ViewOf::Action, ViewOf::Withdrawal, ViewOf::Liquidation].map(|view_of| {
            let data = world.land(ShowHealth { of: &alice, view_of }).return_data;
            let view: HealthView = wincode::config::deserialize(&data, anchor_lang::BORSH_CONFIG).unwrap();
            (view.initial_e9, view.underlyings[0].initial_contingency_e9)
        })
    };
    let held = views(&mut world);
    // The same marks without a memory.
    world.edit_chain(chain, |header| {
        let present = SurfaceAnchor::of_chain(header).unwrap();
        (header.day_anchor, header.eve_anchor) = (present, present);
    });
    world.refresh_chain(chain);
    let forgotten = views(&mut world);
    assert_eq!((held[0], held[3]), (forgotten[0], forgotten[3]));
    for place in [1, 2] {
        let more = held[place].0 - forgotten[place].0;
        assert!(more > 1_000_000_000, "{more}");
        assert_eq!(more, held[place].1 - forgotten[place].1);
    }
}

#[test]
fn an_account_that_holds_only_longs_takes_out_all_its_cash_after_a_rise() {
    let (mut world, chain) = scene();
    let [alice, bob] = ["alice", "bob"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
    world.trade_at_mark(&alice, &bob, chain.call(200), 100);
    post(&mut world, chain, 70);
    let cash = world.picture().account(&alice).account.cash_atoms;
    assert_lands(world.send(Withdraw {
        owner: &alice,
        asset: USDC,
        atoms: u64::try_from(cash).unwrap(),
    }));
    assert_lands(world.send(Deposit {
        depositor: &alice,
        to: &alice,
        asset: USDC,
        atoms: 1,
    }));
}

#[test]
fn one_short_lot_does_not_lock_cash_for_what_former_slices_take_from_longs_that_are_worth_more() {
    let (mut world, chain, [alice, _]) = a_rise_after_a_trade();
    let free = asked(&world, &alice);
    let atoms = world.picture().action_health(&alice).withdrawable;
    let atoms = atoms.to_atoms(6, Round::Down).unwrap().get();
    let withdraw = |atoms| Withdraw {
        owner: &alice,
        asset: USDC,
        atoms,
    };
    assert_fails_with(world.send(withdraw(atoms + 1)), MarginError::WithdrawalTooLarge);
    assert_lands(world.send(withdraw(atoms)));
    forget(&mut world, chain);
    let forgotten = asked(&world, &alice);
    let taken = i64::try_from(atoms).unwrap() * 1_000;
    // A tenth of volatility, vega of about eleven USD a unit, a hundred lots of a hundredth: the longs are worth 50 USD.
    assert!(free[0] > forgotten[0] + 500_000_000, "{free:?} {forgotten:?}");
    assert_eq!(free[1], forgotten[1] + taken);
}

#[test]
fn a_withdrawal_of_who_owes_options_counts_all_that_they_would_owe_more_on_a_former_slice() {
    let (mut world, chain, [_, bob]) = a_rise_after_a_trade();
    let held = asked(&world, &bob);
    let [short, long] = [0, 1].map(|place| strike(&world, chain, place));
    assert_eq!(short.call_above_e9, 0, "dearer marks are no cost to who is short");
    forget(&mut world, chain);
    let forgotten = asked(&world, &bob);
    let cost = i64::try_from(long.call_below_e9).unwrap();
    assert!(cost > 0);
    assert_eq!([held[0] - cost, held[1] + cost], forgotten);
}

#[test]
fn a_chains_first_slice_is_held_against_the_eve_of_the_nearest_expiry() {
    let (mut world, near) = scene();
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(11),
    };
    let mut calm = World::new();
    let same = calm.list_chain(SOL, chain.expiry, &[200]);
    let payer = tenor_testkit::world::anyone();
    world.land(tenor_testkit::action::CreateChain { payer: &payer, chain });
    world.land(tenor_testkit::action::AddStrikes {
        payer: &payer,
        chain,
        strikes: vec![usd(200)],
    });
    post(&mut world, chain, 90);
    let first = strike(&world, chain, 0);
    // On the near slice, 60%, it would be worth what a chain of 60% says.
    assert!(is_near(
        first.call_below_e9,
        first.mark_e9 - strike(&calm, same, 0).mark_e9
    ));
    assert_eq!(
        world.picture().chain(chain).chain.eve_anchor,
        world.picture().chain(near).chain.eve_anchor
    );
}

/// The last Friday of March: three and a quarter times as far as the last Friday of January.
const NEAR: i64 = FIRST_EXPIRY + weeks(3);
const FAR: i64 = FIRST_EXPIRY + weeks(11);

/// Lists strikes without a slice.
fn list(world: &mut World, expiry: i64) -> ChainOf {
    let (asset, payer) = (SOL, anyone());
    let chain = ChainOf { asset, expiry };
    world.land(CreateChain { payer: &payer, chain });
    let strikes = [160, 180, 200, 240].map(usd).to_vec();
    let payer = &payer;
    world.land(AddStrikes { payer, chain, strikes });
    chain
}

/// Posts 60% with 10% of carry and 8% of discount a year, counted in floats.
fn post_with_carry(world: &mut World, chain: ChainOf) {
    let years = (chain.expiry - world.now()) as f64 / 31_536_000.0;
    let e9 = |rate: f64| ((rate * years).exp() * 1e9).round() as u64;
    world.land(PostSurface {
        authority: &surface_authority(),
        chain,
        args: PostSurfaceArgs {
            forward_ratio_e9: e9(0.10),
            discount_e9: e9(-0.08),
            ..chain.slice(60, world.now())
        },
    });
}

fn former(world: &World, chain: ChainOf) -> Vec<(u64, u64, u64)> {
    let strikes = world.picture().chain(chain).strikes.clone();
    let marks = |strike: &Strike| (strike.call_below_e9, strike.call_above_e9, strike.forward_off_e9);
    strikes.iter().map(marks).collect()
}

#[test]
fn a_first_slice_at_three_times_the_tenor_and_the_same_carry_is_charged_nothing() {
    let mut world = World::new();
    let near = list(&mut world, NEAR);
    let far = list(&mut world, FAR);
    post_with_carry(&mut world, near);
    post_with_carry(&mut world, far);
    let header = |world: &World, of| world.picture().chain(of).chain;
    assert!(
        header(&world, near).forward_ratio_e9 < 1_007_000_000 && header(&world, far).forward_ratio_e9 > 1_022_000_000
    );
    world.refresh_chain(far);
    assert_eq!(former(&world, far), [(0, 0, 0); 4]);
}

/// The eve is for the time from when it was, not from now.
#[test]
fn a_first_slice_is_charged_nothing_beside_a_neighbour_that_kept_its_carry_for_a_day() {
    let mut world = World::new();
    let near = list(&mut world, NEAR);
    post_with_carry(&mut world, near);
    for _ in 0..30 {
        world.advance(hours(1));
        world.set_price(SOL, usd(200));
        post_with_carry(&mut world, near);
    }
    let eve = world.picture().chain(near).chain.eve_anchor;
    assert_eq!(world.now() - eve.since, hours(30));
    let [middle, far] = [FIRST_EXPIRY + weeks(6), FAR].map(|expiry| list(&mut world, expiry));
    for chain in [middle, far] {
        post_with_carry(&mut world, chain);
        world.refresh_chain(chain);
        assert_eq!(former(&world, chain), [(0, 0, 0); 4]);
    }
}

/// Volatility of 490% and a slope of 1.45 standard deviations: a slice for 25 days, for 81 its wings would be too steep.
#[test]
fn a_shape_that_would_be_no_slice_at_the_longer_tenor_does_not_stop_refreshes() {
    let mut world = World::new();
    let [near, far] = [NEAR, FAR].map(|expiry| list(&mut world, expiry));
    let post = |world: &mut World, chain: ChainOf, percent: u64, psi_e12: u64| {
        let slice = chain.slice(percent, world.now());
        let args = PostSurfaceArgs { psi_e12, ..slice };
        world.land(PostSurface {
            authority: &surface_authority(),
            chain,
            args,
        });
    };
    let theta_e12 = near.slice(490, world.now()).theta_e12;
    let root_e12 = (u128::from(theta_e12) * 1_000_000_000_000).isqrt();
    let psi_e12 = u64::try_from(root_e12 * 145 / 100).unwrap();
    post(&mut world, near, 490, psi_e12);
    post(&mut world, far, 400, psi_e12 + 100_000_000_000);
    world.refresh_chain(far);
    // It is held against 490%, at which calls are worth more.
    assert!(former(&world, far).iter().all(|(_, above, _)| *above > 10_000_000));
    world.advance(hours(20));
    world.set_price(SOL, usd(200));
    world.refresh_chain(far);
}

/// A state that the program does not bring about.
#[test]
fn a_first_slice_beside_a_neighbour_without_an_eve_is_held_against_itself() {
    let mut world = World::new();
    let [near, far] = [NEAR, FAR].map(|expiry| list(&mut world, expiry));
    post_with_carry(&mut world, near);
    world.edit_chain(near, |chain| chain.eve_anchor = SurfaceAnchor::default());
    post_with_carry(&mut world, far);
    let chain = world.picture().chain(far).chain;
    assert_eq!(chain.eve_anchor, chain.day_anchor);
    world.refresh_chain(far);
    assert_eq!(former(&world, far), [(0, 0, 0); 4]);
}

#[test]
fn a_refresh_with_two_former_slices_stays_within_the_budget_of_a_strike() {
    let mut world = World::new();
    let strikes: Vec<u64> = (0..12).map(|place| 150 + 10 * place).collect();
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &strikes);
    post(&mut world, chain, 66);
    world.advance(days(1));
    world.set_price(SOL, usd(200));
    post(&mut world, chain, 72);
    let units = |world: &mut World, count: u16| {
        let strike_slots = (0..count).collect();
        world.land(RefreshRisk { chain, strike_slots }).compute_units
    };
    let per_strike = (units(&mut world, 12) - units(&mut world, 2)) / 10;
    println!("{per_strike} compute units a strike");
    assert!(per_strike <= 70_000, "{per_strike} compute units a strike");
}

#[test]
fn who_only_buys_may_spend_cash_above_mark_after_a_rise_because_longs_cannot_lose_more_than_they_are_worth() {
    let mut world = World::new();
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(7), &[200, 300]);
    post(&mut world, chain, 70);
    let alice = world.trader("alice", &[(USDC, usdc(120))]);
    let bob = world.trader("bob", &[(USDC, usdc(50_000))]);
    let option = chain.call(300);
    let mark = world.picture().mark(option);
    // What a scenario takes and what the day's slice says less are together more than the calls are worth, and than the ten
    // dollars that she keeps.
    let lots = i64::try_from(110 * 1_000_000_000 * 100 / mark.e9()).unwrap();
    let price = Price::from_e9(mark.e9() + mark.e9() / 200);
    let quotes = vec![Quote { option, lots, price }];
    assert_lands(world.send(Trade {
        buyer: &alice,
        seller: &bob,
        quotes,
    }));
}
