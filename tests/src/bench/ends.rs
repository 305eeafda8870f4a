//! Liquidation, settlement and what follows.

use super::cases::{ANY_LIMIT, Bench};
use super::portfolio::{Portfolio, Shape, at_mark};
use crate::listing::{dearest_order, list_64_strikes, list_64_strikes_in_turn};
use tenor_testkit::action::{
    CloseChain, LiquidateSlice, MarkSettlement, OpenAccount, SettleAccount, SettleChain, Sweep, Touch, Trade,
};
use tenor_testkit::world::{FIRST_EXPIRY, SETTLEMENT_FEED, SETTLEMENT_GRACE, USUAL_FEES, anyone};
use tenor_testkit::{Actor, ChainOf, Feed, Instrument, SOL, USDC, World, usd, usdc};

impl Bench {
    pub(super) fn ends(&mut self) {
        for shape in [
            Shape::of_chains(4),
            Shape::of_chains(8),
            Shape::widest(8, 8),
            Shape::largest(),
        ] {
            self.liquidation(&mut Portfolio::new(shape));
        }
        self.settlement(8);
        self.settlement(64);
        self.close_of_many(20);
    }

    /// A full chain whose strikes as many people paid for as a transaction without a table holds, in the dearest order.
    fn close_of_many(&mut self, count: usize) {
        let mut world = World::new();
        let payers: Vec<Actor> = (0..count)
            .map(|place| world.visitor(&format!("payer {place}")))
            .collect();
        let order = dearest_order(count).into_iter();
        let in_turn: Vec<Actor> = order.map(|place| payers[place].clone()).collect();
        let chain = list_64_strikes_in_turn(&mut world, &in_turn);
        world.set_time(chain.expiry);
        let case = format!("64 strikes of {count} payers");
        self.land(&mut world, "close_chain", &case, CloseChain { chain });
    }

    fn liquidation(&mut self, portfolio: &mut Portfolio) {
        let liquidator = portfolio.newcomer("liquidator");
        portfolio.move_prices();
        let (world, writer) = (&mut portfolio.world, &portfolio.writer);
        let health = world.picture().health(writer);
        let spare = health.equity.e9() - health.maintenance.e9() / 2;
        world.edit_account(writer, |account| account.cash_atoms -= spare / 1_000);
        let case = portfolio.shape.describe();
        let is_touched = self.attempt(world, ("touch_liquidation", ANY_LIMIT), &case, Touch { of: writer });
        if is_touched.is_none() {
            return;
        }
        let slice = LiquidateSlice::largest(writer, &liquidator, &world.picture());
        let case = format!("{case}, all new to the liquidator");
        self.attempt(world, ("liquidate_slice", ANY_LIMIT), &case, slice);
    }

    /// The mark at expiry, and all before it by one update.
    fn marks(&mut self, world: &mut World, chain: ChainOf) {
        for (case, previous, published) in [("one mark", -1, 0), ("29 marks", -1_800, -60)] {
            let feed = Feed::of(SOL, usd(190), chain.expiry + published);
            let feed = feed.but(|update| update.prev_publish_time_secs = chain.expiry + previous);
            world.write_feed(SETTLEMENT_FEED, &feed);
            let feed = SETTLEMENT_FEED;
            self.land(world, "mark_settlement", case, MarkSettlement { chain, feed });
        }
    }

    /// An account with a position at every strike of a chain is paid.
    fn settlement(&mut self, count: usize) {
        let mut world = World::new();
        world.edit_house(|house| house.fees = USUAL_FEES);
        let [writer, buyer] = ["writer", "buyer"].map(|name| {
            let actor = world.visitor(name);
            world.land(OpenAccount {
                payer: &anyone(),
                owner: &actor,
                capacity: 64,
            });
            world.deposit(&actor, USDC, usdc(100_000));
            actor
        });
        let chain = if count == 64 {
            list_64_strikes(&mut world)
        } else {
            let strikes: Vec<u64> = (0..8).map(|place| 150 + 10 * place).collect();
            world.list_chain(SOL, FIRST_EXPIRY, &strikes)
        };
        trade_all(&mut world, chain, &buyer, &writer);
        world.set_time(chain.expiry);
        let case = format!("{count} strikes");
        if count == 8 {
            self.marks(&mut world, chain);
        } else {
            world.bring_marks(chain, usd(190));
        }
        world.set_time(chain.expiry + SETTLEMENT_GRACE);
        self.land(&mut world, "settle_chain", &case, SettleChain { chain });
        let case = format!("{count} positions in one chain");
        self.land(&mut world, "settle_account", &case, SettleAccount { chain, of: &buyer });
        world.land(SettleAccount { chain, of: &writer });
        let case = format!("{count} strikes");
        self.land(&mut world, "sweep", &case, Sweep { chain });
        self.land(&mut world, "close_chain", &case, CloseChain { chain });
    }
}

fn trade_all(world: &mut World, chain: ChainOf, buyer: &Actor, seller: &Actor) {
    let strikes = world.picture().chain(chain).strikes.clone();
    let options: Vec<Instrument> = strikes
        .iter()
        .map(|strike| chain.put(strike.price_e9 / 1_000_000_000))
        .collect();
    for options in options.chunks(8) {
        let quotes = at_mark(world, options, 1);
        world.land(Trade { buyer, seller, quotes });
    }
}
