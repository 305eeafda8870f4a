//! Worlds that several instructions are tested in.

use solana_instruction::error::InstructionError;
use tenor_math::quantity::Price;
use tenor_testkit::action::{Quote, Touch, Trade};
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, BTC, ChainOf, Instrument, SOL, USDC, World, hours, usd, usdc};

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
        self.world.settle(self.chain, usd(dollars));
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

/// Carol has gains that nobody has realised: she holds calls that are deep in the money, and little cash.
pub struct Winner {
    pub world: World,
    pub chain: ChainOf,
    pub bitcoin: ChainOf,
    pub carol: Actor,
    pub rich: Actor,
}

impl Winner {
    pub fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &[160, 180, 240]);
        let bitcoin = world.list_chain(BTC, FIRST_EXPIRY, &[90_000, 100_000]);
        let carol = world.trader("carol", &[(USDC, usdc(500))]);
        let rich = world.trader("rich", &[(USDC, usdc(1_000_000))]);
        // The range would follow the jump.
        world.edit_underlying(SOL, |sol| sol.risk.range_cap_e9 = sol.risk.range_floor_e9);
        // Ten SOL for about forty dollars each.
        world.trade_at_mark(&carol, &rich, chain.call(160), 1_000);
        // Long enough that every average of the price has come along.
        for _ in 0..6 {
            world.advance(hours(1));
            world.move_price(SOL, usd(240));
        }
        let winner = Self {
            world,
            chain,
            bitcoin,
            carol,
            rich,
        };
        let cash = winner.cash(&winner.carol);
        assert!((60..110).contains(&(cash / 1_000_000)), "{cash}");
        assert!(
            winner.initial(&winner.carol) > 300_000_000_000,
            "gains count for trading"
        );
        winner
    }

    /// Carol also writes puts on bitcoin, as many as her gains allow and her cash does not.
    pub fn who_wrote_puts() -> Self {
        let mut winner = Self::new();
        let put = winner.bitcoin.put(90_000);
        while winner.withdrawable(&winner.carol) >= 0 {
            let Self { world, carol, rich, .. } = &mut winner;
            world.trade_at_mark(rich, carol, put, 10);
        }
        assert!(winner.initial(&winner.carol) > 50_000_000_000);
        assert!(winner.cash(&winner.carol) > 10_000_000);
        winner
    }

    pub fn cash(&self, actor: &Actor) -> i64 {
        self.world.picture().balance(actor, USDC)
    }

    pub fn initial(&self, actor: &Actor) -> i64 {
        let health = self.world.picture().action_health(actor);
        health.initial_health().unwrap().e9()
    }

    pub fn withdrawable(&self, actor: &Actor) -> i64 {
        self.world.picture().action_health(actor).withdrawable.e9()
    }

    /// `buyer` pays `percent` of the mark.
    pub fn at<'a>(
        &self,
        buyer: &'a Actor,
        seller: &'a Actor,
        option: Instrument,
        lots: i64,
        percent: u64,
    ) -> Trade<'a> {
        let mark = self.world.picture().mark(option).e9();
        let price = Price::from_e9(mark / 100 * percent);
        Trade {
            buyer,
            seller,
            quotes: vec![Quote { option, lots, price }],
        }
    }
}
