//! How long an account with 1.2 times its initial requirement lasts while a thief of the key pushes the marks against it.
//!
//! Steps at their bounds allow volatility 1.2 times the last post, 1.3 times the hour's start and 1.5 times the day's. In the first
//! hour it reaches 1.3 and from the second on 1.5 times what it was, and no further for the day; in the first hour of the next
//! window 1.5 x 1.3. So an account that meets its maintenance requirement at 1.3 times the volatility has an hour's notice, and at
//! 1.5 times that of the rest of the window; all are decided here by the independent computation in floats, on the slices from
//! before the theft with theta times the square of the factor and psi times it.

use super::drill::{Leg, stage, trade_at_marks};
use super::push::{Dimension, Push, push_all};
use tenor_testkit::action::Withdraw;
use tenor_testkit::{Actor, ChainOf, SOL, USDC, World, hours, usd, usdc};
use tenor_tests::portfolios::model::{Rules, requirement};
use tenor_tests::portfolios::{holdings, market};

/// What the steps allow at the end of an hour, as a factor of volatility.
const FIRST_HOUR: f64 = 1.3;
const DAY: f64 = 1.5;
const NEXT_DAY: f64 = DAY * FIRST_HOUR;
/// Greedy posts end this close to what is allowed.
const SHORTFALL: f64 = 0.03;

struct Bystander {
    actor: Actor,
    /// How many times its volatility a chain's may be before maintenance health is negative, in hundredths; none below three times.
    breaks_at: Option<f64>,
}

/// Writes the book to the buyer and keeps 1.2 times the initial requirement.
fn bystander(world: &mut World, buyer: &Actor, name: &str, book: &[Leg]) -> Actor {
    let writer = world.trader(name, &[(USDC, usdc(50_000))]);
    trade_at_marks(world, buyer, &writer, book);
    let health = world.picture().action_health(&writer);
    let excess = (health.equity.e9() - health.initial.e9() / 5 * 6) / 1_000;
    world.land(Withdraw {
        owner: &writer,
        asset: USDC,
        atoms: u64::try_from(excess).expect("more than enough"),
    });
    writer
}

/// Maintenance health by the model where volatility is so many times what it is.
fn is_healthy_at(world: &World, actor: &Actor, factor: f64) -> bool {
    let picture = world.picture();
    let (mut market, chains) = market(&picture);
    for expiry in &mut market.expiries {
        expiry.slice.theta *= factor * factor;
        expiry.slice.psi *= factor;
    }
    let rules = Rules {
        concentration: None,
        ..Rules::OF_THE_PROGRAM
    };
    let asked = requirement(&market, &holdings(&picture, actor, &chains), &rules);
    asked.equity >= asked.maintenance
}

fn books([near, far]: [ChainOf; 2]) -> Vec<(&'static str, Vec<Leg>)> {
    vec![
        ("call of the week", vec![(near.call(200), 1_000)]),
        ("put of the week", vec![(near.put(180), 1_000)]),
        ("call of seven weeks", vec![(far.call(200), 1_000)]),
        ("put of seven weeks", vec![(far.put(150), 1_000)]),
        (
            "strangle of seven weeks",
            vec![(far.call(250), 1_000), (far.put(150), 1_000)],
        ),
        ("call spread", vec![(near.call(200), 1_000), (near.call(220), -1_000)]),
        ("put spread", vec![(far.put(200), 1_000), (far.put(150), -1_000)]),
        ("calendar", vec![(far.call(200), 1_000), (near.call(200), -1_000)]),
    ]
}

fn bystanders() -> (World, [ChainOf; 2], Vec<Bystander>) {
    let (mut world, chains) = stage();
    let buyer = world.trader("buyer", &[(USDC, usdc(500_000))]);
    let actors: Vec<Actor> = books(chains)
        .iter()
        .map(|(name, book)| bystander(&mut world, &buyer, name, book))
        .collect();
    let breaks_at = |actor: &Actor| {
        (100..=300)
            .map(|hundredths| f64::from(hundredths) / 100.0)
            .find(|factor| !is_healthy_at(&world, actor, *factor))
    };
    let bystanders = actors
        .into_iter()
        .map(|actor| Bystander {
            breaks_at: breaks_at(&actor),
            actor,
        })
        .collect();
    (world, chains, bystanders)
}

#[test]
fn an_account_lasts_as_long_as_the_steps_of_volatility_say() {
    let (mut world, chains, bystanders) = bystanders();
    let mut lasted = vec![24; bystanders.len()];
    for hour in 0..24 {
        world.advance(hours(1));
        world.set_price(SOL, usd(200));
        push_all(&mut world, chains, Push::UP, &[Dimension::Volatility]);
        let picture = world.picture();
        for (lasted, bystander) in lasted.iter_mut().zip(&bystanders) {
            if *lasted == 24 && picture.health(&bystander.actor).is_certainly_unhealthy().unwrap() {
                *lasted = hour;
            }
        }
    }
    for (lasted, Bystander { actor, breaks_at }) in lasted.iter().zip(&bystanders) {
        println!("{}: {lasted} hours, breaks at {breaks_at:?} times", actor.name());
        match *breaks_at {
            Some(factor) if factor <= FIRST_HOUR - SHORTFALL => assert_eq!(*lasted, 0, "{}", actor.name()),
            Some(factor) if factor > FIRST_HOUR + SHORTFALL && factor <= DAY - SHORTFALL => {
                assert_eq!(*lasted, 1, "{}", actor.name());
            }
            Some(factor) if factor > DAY + SHORTFALL && factor <= NEXT_DAY - SHORTFALL => {
                assert_eq!(*lasted, 23, "{}", actor.name());
            }
            Some(factor) if factor > NEXT_DAY + SHORTFALL => assert_eq!(*lasted, 24, "{}", actor.name()),
            None => assert_eq!(*lasted, 24, "{}", actor.name()),
            Some(_) => {}
        }
    }
}
