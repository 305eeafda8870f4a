//! `trade` with legs that cancel each other: they move money and no position. They are no reduction, whatever a reduction
//! would be allowed.

use crate::feed_states::Market;
use crate::scene::{Distress, Scene};
use tenor_margin::MarginError;
use tenor_margin::state::Pausable;
use tenor_math::quantity::Price;
use tenor_testkit::action::{Pause, Quote, Trade};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::guardian;
use tenor_testkit::{Actor, Instrument, World, assert_fails_with, assert_lands};

/// Legs of options, each with lots and a price in percent of its mark.
fn quotes(world: &World, legs: &[(Instrument, i64, u64)]) -> Vec<Quote> {
    let picture = world.picture();
    let quote = |(option, lots, percent): &(Instrument, i64, u64)| Quote {
        option: *option,
        lots: *lots,
        price: Price::from_e9(picture.mark(*option).e9() / 100 * percent),
    };
    legs.iter().map(quote).collect()
}

fn trade<'a>(world: &World, buyer: &'a Actor, seller: &'a Actor, legs: &[(Instrument, i64, u64)]) -> Trade<'a> {
    Trade {
        buyer,
        seller,
        quotes: quotes(world, legs),
    }
}

#[test]
fn on_a_price_that_is_not_fresh_they_are_refused_though_a_reduction_is_not() {
    for (mut market, refusal) in [
        (Market::old(), MarginError::PriceStale),
        (Market::wide(), MarginError::PriceUncertain),
        (Market::unusable(), MarginError::PriceStale),
    ] {
        let (writer, buyer, put) = (market.writer.clone(), market.buyer.clone(), market.chain.put(180));
        let world = &mut market.world;
        for legs in [
            vec![(put, 100, 100), (put, -100, 100)],
            vec![(put, 60, 100), (put, 40, 100), (put, -100, 100)],
            // Beside a real reduction they are looked at too.
            vec![
                (market.chain.put(160), 100, 100),
                (put, 100, 100),
                (market.chain.put(160), -100, 100),
            ],
        ] {
            let cancelling = trade(world, &writer, &buyer, &legs);
            assert_fails_with(world.send(cancelling), refusal);
        }
        let reduces = trade(world, &writer, &buyer, &[(put, 100, 100)]);
        assert_lands(world.send(reduces));
        assert_adds_up(world);
    }
}

#[test]
fn while_risk_is_paused_they_are_refused_though_a_reduction_is_not() {
    let mut scene = Scene::new();
    let call = scene.chain.call(200);
    scene.alice_buys(call, 100);
    let Scene { world, alice, bob, .. } = &mut scene;
    world.land(Pause {
        authority: &guardian(),
        action: Pausable::RiskTrade,
        seconds: 60,
    });
    let cancelling = trade(world, bob, alice, &[(call, 50, 100), (call, -50, 100)]);
    assert_fails_with(world.send(cancelling), MarginError::ActionPaused);
    let reduces = trade(world, bob, alice, &[(call, 50, 100)]);
    assert_lands(world.send(reduces));
}

/// An account below its requirement may only reduce. It cannot pay its twin by buying dear and selling cheap what it ends up not
/// holding, alone or beside a reduction that would be allowed.
#[test]
fn they_carry_nothing_out_of_an_account_in_distress() {
    let Distress {
        mut world,
        chain,
        writer,
        liquidator: twin,
    } = Distress::new();
    let (held, other) = (chain.put(180), chain.put(160));
    assert!(world.picture().action_health(&writer).initial_health().unwrap().e9() < 0);
    let world = &mut world;
    for legs in [
        vec![(held, 500, 119), (held, -500, 81)],
        vec![(other, 500, 119), (other, -500, 81)],
        vec![(held, 500, 100), (other, 500, 119), (other, -500, 81)],
        vec![(other, 1, 119), (held, 500, 100), (other, -1, 81)],
    ] {
        let cancelling = trade(world, &writer, &twin, &legs);
        assert_fails_with(world.send(cancelling), MarginError::InitialHealthNegative);
    }
    let reduces = trade(world, &writer, &twin, &[(held, 500, 100)]);
    assert_lands(world.send(reduces));
    assert_adds_up(world);
}
