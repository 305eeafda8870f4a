//! `trade` at the largest size, with fees and the withdrawal rule.

use tenor_math::quantity::Price;
use tenor_testkit::action::{BeginBracket, EndBracket, OpenAccount, Quote, Trade};
use tenor_testkit::world::{FIRST_EXPIRY, USUAL_FEES, anyone};
use tenor_testkit::{Actor, BTC, ChainOf, SOL, USDC, World, usdc, weeks};

const STRIKES: [u64; 8] = [150, 165, 180, 190, 200, 210, 225, 240];
/// Of a trade of eight legs between accounts of 64 positions.
const BUDGET: u64 = 200_000;

fn open(world: &mut World, name: &str) -> Actor {
    let actor = world.visitor(name);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &actor,
        capacity: 64,
    });
    world.deposit(&actor, USDC, usdc(200_000));
    actor
}

/// A put at each strike, at a percentage of its mark.
fn quotes(world: &World, chain: ChainOf, lots: i64, percent: u64) -> Vec<Quote> {
    let picture = world.picture();
    let strikes = &picture.chain(chain).strikes;
    let dollars = strikes.iter().map(|strike| strike.price_e9 / 1_000_000_000);
    dollars
        .map(|strike| {
            let option = chain.put(strike);
            let price = Price::from_e9(picture.mark(option).e9() / 100 * percent);
            Quote { option, lots, price }
        })
        .collect()
}

#[test]
fn eight_legs_between_accounts_of_64_positions_cost_less_than_the_budget() {
    let mut world = World::new();
    world.edit_house(|house| house.fees = USUAL_FEES);
    let (buyer, seller) = (&open(&mut world, "buyer"), &open(&mut world, "seller"));
    let mut chains = Vec::new();
    for place in 0..8 {
        let (asset, scale) = if place % 2 == 0 { (SOL, 1) } else { (BTC, 500) };
        let strikes = STRIKES.map(|strike| (strike * scale).next_multiple_of(asset.strike_step_usd));
        let chain = world.list_chain(asset, FIRST_EXPIRY + weeks(place), &strikes);
        let quotes = quotes(&world, chain, 2, 100);
        world.land(Trade { buyer, seller, quotes });
        chains.push(chain);
    }
    let chain = chains[0];
    let trade = |world: &World, lots, percent| Trade {
        buyer,
        seller,
        quotes: quotes(world, chain, lots, percent),
    };
    let fair = trade(&world, 1, 100);
    let fair = world.land(fair).compute_units;
    let given = trade(&world, 1, 101);
    let given = world.land(given).compute_units;
    let reducing = trade(&world, -1, 100);
    let reducing = world.land(reducing).compute_units;
    let begin = world.call(BeginBracket { of: buyer, by: buyer });
    let end = world.call(EndBracket {
        of: buyer,
        opened: vec![],
    });
    let bracket = world.land(begin.then(end)).compute_units;
    println!("at mark {fair}, given away {given}, reducing {reducing}, empty bracket {bracket}");
    assert!(
        [fair, given, reducing].iter().all(|units| *units < BUDGET),
        "{fair} {given} {reducing}"
    );
    assert!(bracket < BUDGET / 2, "{bracket}");
}
