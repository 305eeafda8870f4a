//! Worlds that several instructions are tested in.

use solana_instruction::error::InstructionError;
use tenor_testkit::action::{Quote, SettleChain, Touch, Trade};
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, ChainOf, Feed, Instrument, SOL, USDC, World, usd, usdc};

/// The system program's error for an account that exists already.
pub const ACCOUNT_EXISTS: InstructionError = InstructionError::Custom(0);
/// Strikes of the chain that most tests trade.
pub const STRIKES_USD: [u64; 5] = [160, 180, 200, 220, 240];

/// SOL at 200 with one chain, and two traders with 10,000 USDC each.
pub struct Scene {
    pub world: World,
    pub chain: ChainOf,
    pub alice: Actor,
    pub bob: Actor,
}

impl Scene {
    pub fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &STRIKES_USD);
        let alice = world.trader("alice", &[(USDC, usdc(10_000))]);
        let bob = world.trader("bob", &[(USDC, usdc(10_000))]);
        Self {
            world,
            chain,
            alice,
            bob,
        }
    }

    /// Bob sells `lots` to Alice at mark.
    #[track_caller]
    pub fn alice_buys(&mut self, option: Instrument, lots: i64) {
        self.world.trade_at_mark(&self.alice, &self.bob, option, lots);
    }

    /// What Alice buys from Bob at mark, not sent yet.
    pub fn offer(&self, option: Instrument, lots: i64) -> Trade<'_> {
        self.priced_offer(option, lots, self.world.picture().mark(option).e9())
    }

    /// What Alice buys from Bob at a price per whole underlying x 1e9.
    pub fn priced_offer(&self, option: Instrument, lots: i64, price_e9: u64) -> Trade<'_> {
        let price = tenor_math::quantity::Price::from_e9(price_e9);
        Trade {
            buyer: &self.alice,
            seller: &self.bob,
            quotes: vec![Quote { option, lots, price }],
        }
    }

    /// The chain expires at a price and is settled.
    pub fn settle_at(&mut self, dollars: u64) {
        self.world.set_time(self.chain.expiry);
        self.world
            .write_feed(SOL.feed(), &Feed::of(SOL, usd(dollars), self.chain.expiry));
        self.world.land(SettleChain {
            chain: self.chain,
            feed: SOL.feed(),
        });
    }
}

/// A writer whose account no longer meets its maintenance requirement, and a liquidator with money.
pub struct Distress {
    pub world: World,
    pub chain: ChainOf,
    pub writer: Actor,
    pub liquidator: Actor,
}

impl Distress {
    /// The writer is short puts and the price has fallen until its health is certainly negative.
    pub fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &STRIKES_USD);
        let writer = world.trader("writer", &[(USDC, usdc(2_000)), (SOL, tenor_testkit::sol(4))]);
        let buyer = world.trader("buyer", &[(USDC, usdc(10_000))]);
        let liquidator = world.trader("liquidator", &[(USDC, usdc(100_000))]);
        world.trade_at_mark(&buyer, &writer, chain.put(180), 8_000);
        tenor_tests::story::fall(&mut world, &writer);
        Self {
            world,
            chain,
            writer,
            liquidator,
        }
    }

    /// The same, and the auction has started.
    pub fn touched() -> Self {
        let mut distress = Self::new();
        distress.world.land(Touch { of: &distress.writer });
        distress
    }
}
