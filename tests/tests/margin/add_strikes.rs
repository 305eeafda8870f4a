//! `add_strikes`: lists strikes of a chain.

use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::StrikesAdded;
use tenor_margin::state::Strike;
use tenor_math::quantity::Price;
use tenor_testkit::action::{AddStrikes, CreateChain, Quote, ReplaceStrikes, Trade};
use tenor_testkit::bank::rent;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{ChainOf, SOL, USDC, World, assert_fails_with, assert_lands, usd, usdc};

pub const CHAIN: ChainOf = ChainOf {
    asset: SOL,
    expiry: FIRST_EXPIRY,
};

/// SOL at 200 and a chain without strikes.
fn world() -> World {
    let mut world = World::new();
    world.land(CreateChain {
        payer: &anyone(),
        chain: CHAIN,
    });
    world
}

pub fn add(world: &mut World, strikes: &[Price]) -> tenor_testkit::Outcome {
    world.send(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: strikes.to_vec(),
    })
}

#[test]
fn requires_that_the_price_is_fresh() {
    let mut world = world();
    world.advance(31);
    assert_fails_with(add(&mut world, &[usd(200)]), MarginError::PriceStale);
    world.set_price(SOL, usd(200));
    assert_lands(add(&mut world, &[usd(200)]));
}

#[test]
fn requires_that_the_chain_has_not_expired() {
    let mut world = world();
    world.set_time(FIRST_EXPIRY - 1);
    world.set_price(SOL, usd(200));
    assert_lands(add(&mut world, &[usd(200)]));
    world.set_time(FIRST_EXPIRY);
    assert_fails_with(add(&mut world, &[usd(205)]), MarginError::ChainExpired);
}

#[test]
fn requires_that_each_strike_is_on_the_grid() {
    let mut world = world();
    for strike in [
        Price::from_e9(0),
        usd(201),
        usd(199),
        Price::from_e9(200_000_000_001),
        Price::from_e9(1),
    ] {
        assert_fails_with(add(&mut world, &[strike]), MarginError::StrikeNotOnGrid);
        assert_fails_with(add(&mut world, &[usd(200), strike]), MarginError::StrikeNotOnGrid);
    }
    assert_lands(add(&mut world, &[usd(200)]));
}

#[test]
fn requires_that_each_strike_is_inside_the_window_around_spot_which_rounds_inward() {
    let mut world = world();
    // Half of spot to twice spot: 100 to 400 dollars, in the outer parts every ten.
    for strike in [
        usd(90),
        usd(95),
        usd(405),
        usd(410),
        usd(135),
        usd(285),
        Price::from_e9(u64::MAX),
    ] {
        assert_fails_with(add(&mut world, &[strike]), MarginError::StrikeNotOnGrid);
    }
    assert_lands(add(&mut world, &[usd(100), usd(400), usd(140), usd(145), usd(280)]));

    // At a price one unit higher half of it is above 100 dollars.
    let mut world = self::world();
    world.set_price(SOL, Price::from_e9(200_000_000_010));
    assert_fails_with(add(&mut world, &[usd(100)]), MarginError::StrikeNotOnGrid);
    world.set_price(SOL, Price::from_e9(199_999_999_990));
    assert_fails_with(add(&mut world, &[usd(400)]), MarginError::StrikeNotOnGrid);
}

#[test]
fn requires_that_each_strike_is_new() {
    let mut world = world();
    assert_fails_with(
        add(&mut world, &[usd(200), usd(210), usd(200)]),
        MarginError::DuplicateEntry,
    );
    assert_lands(add(&mut world, &[usd(200), usd(210)]));
    assert_fails_with(add(&mut world, &[usd(210)]), MarginError::StrikeExists);
    assert_fails_with(add(&mut world, &[usd(220), usd(200)]), MarginError::StrikeExists);
    assert_lands(add(&mut world, &[usd(220)]));
}

/// Strikes of the grid at 200 dollars: 45 of them.
fn grid_at_200() -> Vec<u64> {
    let near = (140..=280).step_by(5);
    (100..140)
        .step_by(10)
        .chain(near)
        .chain((290..=400).step_by(10))
        .collect()
}

/// A full chain: the grid at 200 and then those that the grid at 150 adds, and three of a grid at 320.
pub fn full_world() -> World {
    let mut world = world();
    let fill = |world: &mut World, strikes: &[u64]| {
        for part in strikes.chunks(16) {
            let strikes: Vec<Price> = part.iter().map(|strike| usd(*strike)).collect();
            assert_lands(add(world, &strikes));
        }
    };
    fill(&mut world, &grid_at_200());
    world.set_price(SOL, usd(150));
    let at_150 = [80, 90, 105, 115, 125, 135, 145, 155];
    let new: Vec<u64> = at_150
        .into_iter()
        .filter(|strike| !grid_at_200().contains(strike))
        .collect();
    fill(&mut world, &new);
    world.set_price(SOL, usd(320));
    let new: Vec<u64> = (410..=440).step_by(10).chain((460..=640).step_by(20)).collect();
    let room = 64 - world.picture().chain(CHAIN).strikes.len();
    fill(&mut world, &new[..room]);
    world.set_price(SOL, usd(200));
    world
}

pub fn replace(world: &mut World, strikes: &[u64], slots: &[u16]) -> tenor_testkit::Outcome {
    world.send(ReplaceStrikes {
        listed: AddStrikes {
            payer: &anyone(),
            chain: CHAIN,
            strikes: strikes.iter().map(|strike| usd(*strike)).collect(),
        },
        slots: slots.to_vec(),
    })
}

fn slot_of(world: &World, strike: u64) -> u16 {
    world.picture().strike_slot(CHAIN.call(strike))
}

#[test]
fn requires_that_the_chain_has_room() {
    let mut world = world();
    assert_fails_with(add(&mut world, &[]), MarginError::WrongListLength);
    let many: Vec<Price> = grid_at_200()[..17].iter().map(|strike| usd(*strike)).collect();
    assert_fails_with(add(&mut world, &many), MarginError::WrongListLength);

    let mut world = full_world();
    assert_eq!(world.picture().chain(CHAIN).strikes.len(), 64);
    world.set_price(SOL, usd(120));
    assert_fails_with(add(&mut world, &[usd(75)]), MarginError::ChainFull);
}

#[test]
fn slots_are_replaced_only_when_the_chain_is_full() {
    let mut world = world();
    assert_lands(add(&mut world, &[usd(100), usd(200)]));
    world.set_price(SOL, usd(300));
    assert_fails_with(replace(&mut world, &[300], &[0]), MarginError::ChainNotFull);
    assert_lands(add(&mut world, &[usd(300)]));
}

#[test]
fn only_those_without_open_interest_whose_strike_could_not_be_listed_now_are_replaced() {
    let mut world = full_world();
    let far = slot_of(&world, 410);
    let (alice, bob) = (
        world.trader("alice", &[(USDC, usdc(10_000))]),
        world.trader("bob", &[(USDC, usdc(10_000))]),
    );
    world.post_surface(CHAIN);
    world.refresh_chain(CHAIN);
    let held = slot_of(&world, 460);
    world.trade_at_mark(&alice, &bob, CHAIN.call(460), 1);
    // At 130 the grid has 70 and 95 dollars, and not 75; 200 is still in its window, 410 and 460 are not.
    world.set_price(SOL, usd(130));
    assert_fails_with(replace(&mut world, &[70], &[held]), MarginError::StrikeInUse);
    let near = slot_of(&world, 200);
    assert_fails_with(replace(&mut world, &[70], &[near]), MarginError::StrikeInUse);
    assert_fails_with(replace(&mut world, &[70], &[64]), MarginError::NoSuchStrike);
    assert_fails_with(replace(&mut world, &[70], &[far, far]), MarginError::WrongListLength);
    assert_fails_with(replace(&mut world, &[70, 95], &[far, far]), MarginError::DuplicateEntry);
    assert_fails_with(replace(&mut world, &[75], &[far]), MarginError::StrikeNotOnGrid);
    assert_lands(replace(&mut world, &[70], &[far]));
    // Now it is in place.
    assert_fails_with(replace(&mut world, &[95], &[far]), MarginError::StrikeInUse);
    assert_adds_up(&world);
}

#[test]
fn the_strikes_take_the_place_of_those_to_be_replaced_and_those_that_somebody_holds_keep_their_slots() {
    let mut world = full_world();
    let (alice, bob) = (
        world.trader("alice", &[(USDC, usdc(10_000))]),
        world.trader("bob", &[(USDC, usdc(10_000))]),
    );
    world.post_surface(CHAIN);
    world.refresh_chain(CHAIN);
    world.trade_at_mark(&alice, &bob, CHAIN.put(200), 7);
    let before = world.picture().chain(CHAIN).strikes.clone();
    let (first, second) = (slot_of(&world, 430), slot_of(&world, 410));
    let sequence = world.picture().chain(CHAIN).chain.sequence;
    world.set_price(SOL, usd(130));

    let receipt = assert_lands(replace(&mut world, &[70, 95], &[first, second]));

    let picture = world.picture();
    let after = &picture.chain(CHAIN).strikes;
    for (slot, (before, after)) in (0..).zip(before.iter().zip(after)) {
        let expected = match slot {
            slot if slot == first => Strike::new(70_000_000_000).paid_by(anyone().address(), 472 * 6_960),
            slot if slot == second => Strike::new(95_000_000_000).paid_by(anyone().address(), 472 * 6_960),
            _ => *before,
        };
        assert_eq!(*after, expected, "slot {slot}");
    }
    assert_eq!(picture.lots(&alice, CHAIN.put(200)), 7);
    let event: StrikesAdded = receipt.event();
    assert_eq!((event.replaced_slots, event.first_slot), (vec![first, second], 64));
    assert_eq!(event.prices_e9, [70_000_000_000, 95_000_000_000]);
    assert_eq!(event.sequence, sequence + 1);
    // Nobody trades the new strike before its array is computed.
    let quotes = vec![Quote {
        option: CHAIN.call(70),
        lots: 1,
        price: usd(60),
    }];
    let early = world.send(Trade {
        buyer: &alice,
        seller: &bob,
        quotes,
    });
    assert_fails_with(early, MarginError::RiskStale);
    assert_adds_up(&world);
}

#[test]
fn a_chain_that_lacks_a_strike_of_the_grid_has_a_slot_that_can_be_replaced() {
    // Whoever filled it, with whatever the grid allowed as the price came down.
    let mut world = full_world();
    for (spot, strike) in [(130, 70), (110, 60), (90, 50)] {
        world.set_price(SOL, usd(spot));
        let landed = (0..64).any(|slot| replace(&mut world, &[strike], &[slot]).is_ok());
        assert!(landed, "{strike} at {spot}");
    }
}

#[test]
fn a_chain_of_24_strikes_is_within_14_kb_and_a_tenth_of_a_sol() {
    let mut world = world();
    let strikes: Vec<Price> = grid_at_200()[4..28].iter().map(|strike| usd(*strike)).collect();
    for part in strikes.chunks(12) {
        assert_lands(add(&mut world, part));
    }
    let account = world.account(&CHAIN.address()).unwrap();
    assert!(account.data().len() <= 14 * 1_024, "{} bytes", account.data().len());
    assert!(account.lamports() <= 100_000_000, "{} lamports", account.lamports());
}

#[test]
fn the_strikes_are_appended_without_a_risk_array_and_the_payer_pays_the_rent_of_the_growth() {
    let mut world = world();
    let payer = world.visitor("payer");
    let lamports = |world: &World| world.account(&payer.address()).unwrap().lamports();
    let before = lamports(&world);
    let length = world.account(&CHAIN.address()).unwrap().data().len();

    let strikes = vec![usd(200), usd(180), usd(220)];
    let receipt = world.land(AddStrikes {
        payer: &payer,
        chain: CHAIN,
        strikes,
    });

    let picture = world.picture();
    let listed = &picture.chain(CHAIN).strikes;
    let prices: Vec<u64> = listed.iter().map(|strike| strike.price_e9 / 1_000_000_000).collect();
    assert_eq!(prices, [200, 180, 220], "in the order of the call");
    assert!(
        listed
            .iter()
            .all(|strike| strike.reference_price_e9 == 0 && strike.pnl_e9 == [0; 33])
    );
    let grown = world.account(&CHAIN.address()).unwrap().data().len();
    assert_eq!(grown - length, 3 * 472, "472 bytes a strike");
    assert_eq!(before - lamports(&world), rent(grown) - rent(length));
    assert_eq!(receipt.events(), ["StrikesAdded"]);
    let event: StrikesAdded = receipt.event();
    assert_eq!((event.chain, event.first_slot), (CHAIN.address(), 0));
    let paid = (payer.address(), 472 * 6_960);
    assert!(
        listed
            .iter()
            .all(|strike| (strike.rent_payer, strike.rent_lamports) == paid)
    );
    assert_eq!((event.rent_payer, event.rent_lamports), paid);
    assert_eq!(event.prices_e9, [200_000_000_000, 180_000_000_000, 220_000_000_000]);
}

#[test]
fn a_strike_that_is_appended_leaves_the_others_in_their_slots() {
    let mut world = world();
    world.land(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: vec![usd(200), usd(180)],
    });
    world.post_surface(CHAIN);
    world.refresh_chain(CHAIN);
    let before = world.picture().chain(CHAIN).strikes.clone();

    let receipt = world.land(AddStrikes {
        payer: &anyone(),
        chain: CHAIN,
        strikes: vec![usd(150), usd(190)],
    });

    assert_eq!(world.picture().chain(CHAIN).strikes[..2], before[..]);
    assert_eq!(receipt.event::<StrikesAdded>().first_slot, 2);
    assert_eq!(world.picture().strike_slot(CHAIN.call(190)), 3);
}
