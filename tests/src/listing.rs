//! Chains with as many strikes as there can be.

use tenor_testkit::action::{AddStrikes, CreateChain};
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{Actor, ChainOf, SOL, World, usd};

/// Strikes of the first expiry by the price at which the grid has them; their number is as many as a chain holds.
fn strikes_by_price() -> [(u64, Vec<u64>); 3] {
    let steps = |from: u64, to: u64, step: usize| (from..=to).step_by(step);
    // From 100 to 400 at a price of 200: every five dollars from 140 to 280, else every ten.
    let at_200 = steps(100, 130, 10).chain(steps(140, 280, 5)).chain(steps(290, 400, 10));
    [
        (200, at_200.collect()),
        (150, steps(105, 135, 10).collect()),
        (250, steps(285, 345, 10).chain(steps(410, 480, 10)).collect()),
    ]
}

/// Lists as many strikes at one expiry as a chain can have, which takes three prices, and makes them tradable.
///
/// # Panics
/// If the program refuses.
pub fn list_64_strikes(world: &mut World) -> ChainOf {
    let [(_, at_first), near @ ..] = strikes_by_price();
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &at_first);
    for (price, strikes) in near {
        world.set_price(SOL, usd(price));
        add(world, chain, &anyone(), &strikes);
    }
    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    assert_eq!(world.picture().chain(chain).strikes.len(), 64);
    chain
}

/// The same, not tradable, each strike listed by the next of those who pay.
///
/// # Panics
/// If the program refuses, or nobody pays.
pub fn list_64_strikes_in_turn(world: &mut World, payers: &[Actor]) -> ChainOf {
    let (asset, expiry) = (SOL, FIRST_EXPIRY);
    let chain = ChainOf { asset, expiry };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    let mut in_turn = payers.iter().cycle();
    for (price, strikes) in strikes_by_price() {
        world.set_price(SOL, usd(price));
        for strike in strikes {
            let payer = in_turn.next().expect("somebody who pays");
            add(world, chain, payer, &[strike]);
        }
    }
    assert_eq!(world.picture().chain(chain).strikes.len(), 64);
    chain
}

/// Who of so many pays for each of 64 strikes, where a close has to look longest: it finds the payer of all but the last
/// strikes after everybody else.
pub fn dearest_order(count: usize) -> Vec<usize> {
    let others = 1..count;
    let first = 64_usize.saturating_sub(others.len());
    core::iter::repeat_n(0, first).chain(others).collect()
}

fn add(world: &mut World, chain: ChainOf, payer: &Actor, strikes: &[u64]) {
    let strikes = strikes.iter().copied().map(usd).collect();
    world.land(AddStrikes { payer, chain, strikes });
}
