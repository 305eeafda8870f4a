//! `refresh_risk`: computes the risk arrays of strikes.

use tenor_margin::MarginError;
use tenor_margin::event::RiskRefreshed;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_margin::valuation::ChainValuation;
use tenor_math::quantity::UnixSeconds;
use tenor_testkit::action::{AddStrikes, CreateChain, PostSurface, RefreshRisk};
use tenor_testkit::world::{FIRST_EXPIRY, anyone, surface_authority};
use tenor_testkit::{ChainOf, SOL, World, assert_fails_with, assert_lands, days, usd};

use crate::scene::Scene;

fn refresh(chain: ChainOf, slots: &[u16]) -> RefreshRisk {
    RefreshRisk {
        chain,
        strike_slots: slots.to_vec(),
    }
}

#[test]
fn requires_that_a_price_is_stored_however_old() {
    let mut scene = Scene::new();
    scene.world.advance(days(2));
    let stored = scene.world.picture().underlying(SOL).price_e9;
    assert_lands(scene.world.send(refresh(scene.chain, &[0])));
    let strike = scene.world.picture().chain(scene.chain).strikes[0];
    assert_eq!(
        (strike.reference_price_e9, strike.reference_at),
        (stored, scene.world.now())
    );

    scene.world.edit_underlying(SOL, |underlying| underlying.price_e9 = 0);
    assert_fails_with(scene.world.send(refresh(scene.chain, &[0])), MarginError::PriceStale);
}

#[test]
fn requires_that_the_slice_exists() {
    let mut world = World::new();
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY,
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    world.land(AddStrikes {
        payer: &anyone(),
        chain,
        strikes: vec![usd(200)],
    });
    assert_fails_with(world.send(refresh(chain, &[0])), MarginError::SurfaceMissing);
    world.post_surface(chain);
    assert_lands(world.send(refresh(chain, &[0])));
}

#[test]
fn the_slice_may_be_of_any_age() {
    // Old prices and slices stop actions, never the arrays that reducing, settling and liquidating need.
    let mut scene = Scene::new();
    scene.world.set_time(scene.chain.expiry - 60);
    scene.world.set_price(SOL, usd(200));
    assert_lands(scene.world.send(refresh(scene.chain, &[0])));
    scene.world.set_time(scene.chain.expiry + days(30));
    assert_lands(scene.world.send(refresh(scene.chain, &[0])));
}

#[test]
fn a_strike_named_twice_is_computed_twice_to_the_same_numbers() {
    let mut scene = Scene::new();
    scene.world.land(refresh(scene.chain, &[1]));
    let once = scene.world.picture().chain(scene.chain).strikes.clone();
    scene.world.land(refresh(scene.chain, &[1, 1]));
    assert_eq!(scene.world.picture().chain(scene.chain).strikes, once);
}

#[test]
fn requires_that_the_chain_is_not_settled() {
    let mut scene = Scene::new();
    scene.world.set_time(scene.chain.expiry - 60);
    scene.world.refresh();
    scene.settle_at(200);
    scene.world.set_price(SOL, usd(200));
    assert_fails_with(scene.world.send(refresh(scene.chain, &[0])), MarginError::ChainSettled);
}

#[test]
fn requires_that_every_strike_exists() {
    let mut scene = Scene::new();
    for slots in [&[5][..], &[0, 5], &[u16::MAX]] {
        assert_fails_with(scene.world.send(refresh(scene.chain, slots)), MarginError::NoSuchStrike);
    }
    assert_fails_with(
        scene.world.send(refresh(scene.chain, &[])),
        MarginError::WrongListLength,
    );
    assert_fails_with(
        scene.world.send(refresh(scene.chain, &[0; 15])),
        MarginError::WrongListLength,
    );
    assert_lands(scene.world.send(refresh(scene.chain, &[0, 4])));
}

#[test]
fn mark_greeks_and_the_33_results_of_each_strike_are_stored_with_price_range_and_time() {
    let mut scene = Scene::new();
    scene.world.advance(100);
    scene.world.set_price(SOL, usd(201));
    let before = scene.world.picture().chain(scene.chain).strikes.clone();
    let sequence = scene.world.picture().chain(scene.chain).chain.sequence;

    let receipt = scene.world.land(refresh(scene.chain, &[3, 1]));

    let picture = scene.world.picture();
    let strikes = &picture.chain(scene.chain).strikes;
    assert_eq!(
        (strikes[0], strikes[2], strikes[4]),
        (before[0], before[2], before[4]),
        "others stay as they were"
    );
    for slot in [1, 3] {
        assert_eq!(strikes[slot].reference_price_e9, 201_000_000_000);
        assert_eq!(strikes[slot].reference_at, scene.world.now());
        assert_eq!(
            strikes[slot].slice_number,
            picture.chain(scene.chain).chain.slice_number
        );
        assert_ne!(strikes[slot].pnl_e9, before[slot].pnl_e9);
    }
    // The call at 180 with spot at 201, 60% and four days: above intrinsic, 0.21 a lot, delta below 0.01.
    assert!(strikes[1].mark_e9 > 210_000_000 && strikes[1].mark_e9 < 230_000_000);
    assert!(strikes[1].delta_units_e9 > 9_000_000 && strikes[1].delta_units_e9 < 10_000_000);
    assert_eq!(receipt.events(), ["RiskRefreshed"]);
    let event: RiskRefreshed = receipt.event();
    assert_eq!(
        (event.chain, event.reference_price_e9),
        (scene.chain.address(), 201_000_000_000)
    );
    assert_eq!((event.sequence, event.range_e9), (sequence + 1, 180_000_000));
    assert!([1, 3].iter().all(|slot: &usize| strikes[*slot].range_e9 == 180_000_000));
    assert_eq!(
        (event.strike_slots, event.marks_e9),
        (vec![3, 1], vec![strikes[3].mark_e9, strikes[1].mark_e9])
    );
}

#[test]
fn the_numbers_follow_from_price_range_the_three_slices_parameters_and_time_alone_whoever_calls() {
    let mut scene = Scene::new();
    post(&mut scene.world, scene.chain, 1_001_000_000, 1_000_000_000);
    scene.world.advance(100);
    scene.world.set_price(SOL, usd(207));
    scene.world.land(refresh(scene.chain, &[0, 1, 2, 3, 4]));

    let picture = scene.world.picture();
    let chain = picture.chain(scene.chain);
    let now = UnixSeconds::new(scene.world.now());
    let valuation = ChainValuation::new(&chain.chain, picture.underlying(SOL), now).unwrap();
    for strike in &chain.strikes {
        let mut again = tenor_margin::state::Strike {
            call_open_interest_lots: strike.call_open_interest_lots,
            put_open_interest_lots: strike.put_open_interest_lots,
            ..tenor_margin::state::Strike::new(strike.price_e9).paid_by(strike.rent_payer, strike.rent_lamports)
        };
        valuation.refresh(&mut again, now, scene.world.slot()).unwrap();
        assert_eq!(*strike, again);
        assert!(strike.was_worth_else());
        let risk = valuation.strike(strike).unwrap();
        assert_eq!(strike.pnl_e9, risk.pnl_e9);
        assert_eq!(
            (strike.mark_e9, strike.delta_units_e9),
            (risk.mark.e9(), risk.delta_units_e9)
        );
    }

    // A second caller at the same moment finds the same numbers.
    let first = chain.strikes.clone();
    scene.world.land(refresh(scene.chain, &[4, 3, 2, 1, 0]));
    assert_eq!(scene.world.picture().chain(scene.chain).strikes, first);
}

/// Posts the usual slice with another forward over spot and discount.
fn post(world: &mut World, chain: ChainOf, forward_ratio_e9: u64, discount_e9: u64) {
    world.land(PostSurface {
        authority: &surface_authority(),
        chain,
        args: PostSurfaceArgs {
            forward_ratio_e9,
            discount_e9,
            ..chain.slice(60, world.now())
        },
    });
    world.land(refresh(chain, &[0, 1, 2, 3, 4]));
}

fn former(world: &World, chain: ChainOf, place: usize) -> [u64; 3] {
    let strike = world.picture().chain(chain).strikes[place];
    [strike.call_below_e9, strike.call_above_e9, strike.forward_off_e9]
}

#[test]
fn beside_them_how_far_the_calls_mark_is_above_and_below_its_values_on_the_days_slice_and_the_eves_and_how_far_the_forward_is_off()
 {
    let mut scene = Scene::new();
    let (world, chain) = (&mut scene.world, scene.chain);
    let mark = |world: &World| world.picture().chain(chain).strikes[2].mark_e9;
    let before = mark(world);
    assert_eq!(former(world, chain, 2), [0; 3]);
    // A lot is 0.01 of 200 dollars: a thousandth of it is 0.002 dollars. The call of 200 rises with the forward.
    post(world, chain, 1_001_000_000, 1_000_000_000);
    let rise = (mark(world) - before).unsigned_abs();
    let [below, above, off] = former(world, chain, 2);
    assert_eq!((above, off), (0, 2_000_000));
    assert!(below.abs_diff(rise) <= 1 && below > 900_000, "{below} for {rise}");
    // Another day begins at this slice: the first one is its eve. Both are held against at once.
    world.advance(days(1));
    world.set_price(SOL, usd(200));
    post(world, chain, 1_000_500_000, 1_000_000_000);
    let chain_now = world.picture().chain(chain).chain;
    assert_eq!(
        [chain_now.day_anchor, chain_now.eve_anchor].map(|anchor| anchor.forward_ratio_e9),
        [1_001_000_000, 1_000_000_000]
    );
    let [below, above, off] = former(world, chain, 2);
    assert_eq!(off, 1_000_000, "half a thousandth either way");
    assert!(below > 400_000 && above > 400_000, "{below} {above}");
}

#[test]
fn distances_up_to_a_part_in_2_to_the_24_of_the_forward_are_none() {
    // 2e9 of the forward of a lot, over 2^24, are 119.2: a ratio off by 59e-9 is 118, one off by 60e-9 is 120.
    for (more, off) in [(59, 0), (60, 120)] {
        let mut scene = Scene::new();
        post(&mut scene.world, scene.chain, 1_000_000_000 + more, 1_000_000_000);
        assert_eq!(former(&scene.world, scene.chain, 2)[2], off);
    }
}

#[test]
fn values_on_former_slices_round_down_too() {
    // The day's discounted forward is 2 x 0.999999 less a strike of 1.8 x 0.999999, each down: 0.1999998. Now 0.2.
    let mut world = World::new();
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY,
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    let strikes = [160, 180, 200, 220, 240].map(usd).to_vec();
    world.land(AddStrikes {
        payer: &anyone(),
        chain,
        strikes,
    });
    post(&mut world, chain, 1_000_000_000, 999_999_001);
    world.advance(3_600);
    world.set_price(SOL, tenor_math::quantity::Price::from_e9(200_000_000_050));
    post(&mut world, chain, 1_000_000_000, 1_000_000_000);
    // Forward of a lot: 2,000,000,000.5 down; x 0.999999001 = 1,999,998,002.0 exactly. The strike: 1,799,998,201.8 down.
    // So 199,999,801 then, 200,000,000 now.
    assert_eq!(former(&world, chain, 1)[2], 199);
}

#[test]
fn after_expiry_no_former_slice_says_anything() {
    let mut scene = Scene::new();
    let (world, chain) = (&mut scene.world, scene.chain);
    post(world, chain, 1_001_000_000, 1_000_000_000);
    world.set_time(chain.expiry - 1);
    world.set_price(SOL, usd(200));
    world.land(refresh(chain, &[1]));
    assert_eq!(former(world, chain, 1)[2], 2_000_000);
    world.set_time(chain.expiry);
    world.set_price(SOL, usd(200));
    world.land(refresh(chain, &[1]));
    assert_eq!(former(world, chain, 1), [0; 3]);
}

#[test]
fn values_of_a_lot_round_down() {
    // At expiry a call is worth its intrinsic value: one lot of 0.01 at 200.00000000 / 7 above the strike.
    let mut scene = Scene::new();
    scene.world.set_time(scene.chain.expiry - 1);
    scene.world.refresh();
    let odd = tenor_math::quantity::Price::from_e9(201_234_567_890);
    scene.world.set_time(scene.chain.expiry);
    scene.world.set_price(SOL, odd);
    scene.world.land(refresh(scene.chain, &[2]));
    // 1.23456789 dollars x 0.01 = 0.0123456789 dollars.
    assert_eq!(scene.world.picture().chain(scene.chain).strikes[2].mark_e9, 12_345_678);
}
