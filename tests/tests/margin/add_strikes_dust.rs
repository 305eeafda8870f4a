//! `add_strikes` on a full chain in which somebody holds a lot of every strike: what that costs, what it stops and how it
//! ends. See docs/adr/0018-dust-in-full-chains.md.

use crate::add_strikes::{CHAIN, add, full_world, replace};
use tenor_margin::MarginError;
use tenor_math::pricing::OptionKind;
use tenor_testkit::action::{CreateChain, OpenAccount, Quote, Trade};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{Actor, ChainOf, Instrument, SOL, USDC, World, assert_fails_with, assert_lands, usd, usdc, weeks};

/// Two accounts of a vandal that have traded a lot of every strike with each other, each with so much cash.
struct Dust {
    world: World,
    long: Actor,
    short: Actor,
}

/// A lot of the option of each strike that costs less.
fn cheaper(world: &World) -> Vec<Instrument> {
    let picture = world.picture();
    let spot = picture.underlying(SOL).price();
    let strikes = &picture.chain(CHAIN).strikes;
    strikes
        .iter()
        .map(|strike| Instrument {
            chain: CHAIN,
            strike: strike.price(),
            kind: if strike.price() > spot {
                OptionKind::Call
            } else {
                OptionKind::Put
            },
        })
        .collect()
}

impl Dust {
    fn new(cash: u64) -> Self {
        let mut world = full_world();
        world.post_surface(CHAIN);
        world.refresh_chain(CHAIN);
        let [long, short] = ["long", "short"].map(|name| {
            let actor = world.visitor(name);
            world.land(OpenAccount {
                payer: &anyone(),
                owner: &actor,
                capacity: 64,
            });
            world.deposit(&actor, USDC, cash);
            actor
        });
        let mut dust = Self { world, long, short };
        let options = cheaper(&dust.world);
        for part in options.chunks(8) {
            dust.trade(part, 1);
        }
        dust
    }

    fn trade(&mut self, options: &[Instrument], lots: i64) {
        let picture = self.world.picture();
        let quote = |option: &Instrument| Quote {
            option: *option,
            lots,
            price: picture.mark(*option),
        };
        self.world.land(Trade {
            buyer: &self.long,
            seller: &self.short,
            quotes: options.iter().map(quote).collect(),
        });
    }
}

#[test]
fn a_lot_of_every_strike_keeps_the_slots_of_a_full_chain_when_spot_moves_far() {
    // Less than a hundred dollars, and they come back.
    let mut dust = Dust::new(usdc(45));
    let world = &mut dust.world;
    assert!(
        world
            .picture()
            .chain(CHAIN)
            .strikes
            .iter()
            .all(|strike| strike.has_open_interest())
    );
    // At twice the price and a half the chain has no strike between 400 and 460, and none gets in.
    world.set_price(SOL, usd(500));
    assert_fails_with(add(world, &[usd(500)]), MarginError::ChainFull);
    for slot in 0..64 {
        assert_fails_with(replace(world, &[510], &[slot]), MarginError::StrikeInUse);
    }

    // Other expiries list what they lack.
    let next = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(1),
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain: next,
    });
    assert_lands(world.send(tenor_testkit::action::AddStrikes {
        payer: &anyone(),
        chain: next,
        strikes: vec![usd(500)],
    }));

    // Whoever leaves a strike that is out of the window frees its slot.
    world.post_surface(CHAIN);
    world.refresh_chain(CHAIN);
    let far = CHAIN.put(100);
    let slot = world.picture().strike_slot(far);
    dust.trade(&[far], -1);
    assert_lands(replace(&mut dust.world, &[510], &[slot]));
    assert_adds_up(&dust.world);
}

/// The vandal gains nothing: at mark the two accounts together have what they brought.
#[test]
fn it_gains_nothing() {
    let dust = Dust::new(usdc(45));
    let picture = dust.world.picture();
    let cash = [&dust.long, &dust.short].map(|of| picture.balance(of, USDC));
    let brought: i64 = cash.iter().sum();
    assert!((89_999_980..=90_000_000).contains(&brought), "{cash:?}");
    let equity: i64 = [&dust.long, &dust.short]
        .map(|of| picture.health(of).equity.e9())
        .iter()
        .sum();
    assert!(equity <= 90_000_000_000, "{equity}");
}
