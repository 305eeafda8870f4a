//! Health checks, trades and moves of accounts that hold much.

use super::cases::{ANY_LIMIT, Bench};
use super::portfolio::{Portfolio, Shape, at_mark};
use tenor_margin::risk::ViewOf;
use tenor_testkit::action::{
    BeginBracket, Deposit, EndBracket, OpenAccount, ShowHealth, Trade, Transfer, TransferPosition, Withdraw,
};
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Instrument, SOL, USDC, days, usdc};

/// Of a trade of eight legs against an account of many positions.
const TRADE: u64 = 200_000;
/// Of health checks of 32 positions on four chains and of 64 on eight.
const HEALTH: [u64; 2] = [40_000, 70_000];

impl Bench {
    pub(super) fn portfolios(&mut self) {
        for (chains, budget) in [(4, HEALTH[0]), (8, HEALTH[1])] {
            let mut portfolio = Portfolio::new(Shape::of_chains(chains));
            let budget = Some(budget);
            self.in_one_chain(&mut portfolio);
            self.health(&mut portfolio, budget);
            if chains == 4 {
                self.small_moves(&mut portfolio);
            }
        }
        let of_pool = Shape {
            strikes: 16,
            ..Shape::of_chains(8)
        };
        self.against_a_pool(&mut Portfolio::new(of_pool));
        for shape in [Shape::widest(8, 8), Shape::largest()] {
            let mut portfolio = Portfolio::new(shape);
            self.health(&mut portfolio, None);
            self.trades(&mut portfolio);
            self.between_own_accounts(&mut portfolio);
            self.reductions(&mut portfolio);
        }
    }

    fn in_one_chain(&mut self, portfolio: &mut Portfolio) {
        let case = format!("8 legs, both accounts {}", portfolio.shape.describe());
        self.within(TRADE, "trade", &case, &portfolio.last_trade);
    }

    /// A withdrawal with and without positions, and the view.
    fn health(&mut self, portfolio: &mut Portfolio, budget: Option<u64>) {
        let case = portfolio.shape.describe();
        let idle = portfolio.world.trader("idle", &[(USDC, usdc(1))]);
        let mut one_atom = |owner: &Actor| {
            portfolio.world.land(Withdraw {
                owner,
                asset: USDC,
                atoms: 1,
            })
        };
        let (with, without) = (one_atom(&portfolio.writer), one_atom(&idle));
        self.add("withdraw", &case, &with);
        let units = with.compute_units.saturating_sub(without.compute_units);
        let of_withdrawal = format!("{case} (withdraw, less one without positions)");
        self.derive("health check", of_withdrawal, units, budget);
        let show = ShowHealth {
            of: &portfolio.writer,
            view_of: ViewOf::Withdrawal,
        };
        self.attempt(&mut portfolio.world, ("health", ANY_LIMIT), &case, show);
        portfolio.world.set_wallet(&portfolio.writer, USDC, usdc(1));
        portfolio.world.end_set_up();
        let deposit = Deposit {
            depositor: &portfolio.writer,
            to: &portfolio.writer,
            asset: USDC,
            atoms: usdc(1),
        };
        self.attempt(&mut portfolio.world, ("deposit", ANY_LIMIT), &case, deposit);
    }

    fn small_moves(&mut self, portfolio: &mut Portfolio) {
        let case = portfolio.shape.describe();
        let chain = portfolio.chains.iter().find(|chain| chain.asset == SOL);
        let option = chain.expect("a chain of it").put(200);
        let (world, writer, buyer) = (&mut portfolio.world, &portfolio.writer, &portfolio.buyer);
        let one = world.trade_at_mark(buyer, writer, option, 1);
        self.add("trade", &format!("1 leg, both accounts {case}"), &one);
        let begin = world.call(BeginBracket { of: writer, by: writer });
        let end = world.call(EndBracket {
            of: writer,
            opened: vec![],
        });
        let bracket = world.land(begin.then(end));
        let case = format!("nothing between, {case}");
        self.add("begin_bracket, end_bracket", &case, &bracket);
    }

    /// An account of eight positions against one of 128.
    fn against_a_pool(&mut self, portfolio: &mut Portfolio) {
        let taker = portfolio.newcomer("taker");
        let options = portfolio.spread();
        let case = format!(
            "8 legs on 8 chains, an account without positions against {}",
            portfolio.shape.describe()
        );
        for case in [Some(case), None] {
            let quotes = at_mark(&portfolio.world, &options, 1);
            let trade = portfolio.world.land(Trade {
                buyer: &taker,
                seller: &portfolio.writer,
                quotes,
            });
            let again = format!(
                "8 legs on 8 chains, an account with 8 positions against {}",
                portfolio.shape.describe()
            );
            self.within(TRADE, "trade", &case.unwrap_or(again), &trade);
        }
    }

    fn trades(&mut self, portfolio: &mut Portfolio) {
        let options = portfolio.spread();
        let (world, shape) = (&mut portfolio.world, portfolio.shape);
        let case = format!("8 legs on 8 chains, both accounts {}", shape.describe());
        let quotes = at_mark(world, &options, 1);
        let trade = Trade {
            buyer: &portfolio.buyer,
            seller: &portfolio.writer,
            quotes,
        };
        self.attempt(world, ("trade", ANY_LIMIT), &case, trade);
        let begin = world.call(BeginBracket {
            of: &portfolio.writer,
            by: &portfolio.writer,
        });
        let end = world.call(EndBracket {
            of: &portfolio.writer,
            opened: vec![],
        });
        let case = format!("nothing between, {}", shape.describe());
        self.attempt(world, ("begin_bracket, end_bracket", ANY_LIMIT), &case, begin.then(end));
    }

    fn between_own_accounts(&mut self, portfolio: &mut Portfolio) {
        let option = portfolio.spread()[0];
        let (world, from) = (&mut portfolio.world, &portfolio.buyer);
        let to = &from.with_account_number(1);
        world.land(OpenAccount {
            payer: &anyone(),
            owner: to,
            capacity: 32,
        });
        let case = portfolio.shape.describe();
        let cash = Transfer {
            from,
            to,
            asset: USDC,
            atoms: usdc(1),
        };
        self.attempt(world, ("transfer", ANY_LIMIT), &case, cash);
        let lots = TransferPosition {
            from,
            to,
            option,
            lots: 1,
        };
        self.attempt(world, ("transfer_position", ANY_LIMIT), &case, lots);
    }

    /// Both sides only reduce, on old prices and stale slices, and fall short of their initial requirement: what the check of
    /// a trade does at most. Of two large accounts one meets it, as the program asks.
    fn reductions(&mut self, portfolio: &mut Portfolio) {
        // Put and call of four strikes: what is left of a straddle alone would not be less.
        let puts = portfolio.spread();
        let straddle = |put: &Instrument| [*put, put.chain.call(put.strike.e9() / 1_000_000_000)];
        let options: Vec<Instrument> = puts.iter().take(4).flat_map(straddle).collect();
        let (writer, buyer) = (portfolio.writer.clone(), portfolio.buyer.clone());
        portfolio.world.advance(days(1) + 1);
        portfolio.reprice();
        portfolio.move_prices();
        let is_large = portfolio.shape.positions() > 64;
        let short: &[&Actor] = if is_large { &[&writer] } else { &[&writer, &buyer] };
        for actor in short {
            let health = portfolio.world.picture().health(actor);
            let spare = health.equity.e9() - (health.maintenance.e9() + health.initial.e9()) / 2;
            portfolio
                .world
                .edit_account(actor, |account| account.cash_atoms -= spare / 1_000);
        }
        portfolio.world.advance(60);
        let quotes = at_mark(&portfolio.world, &options, -1);
        let trade = Trade {
            buyer: &buyer,
            seller: &writer,
            quotes,
        };
        let case = format!(
            "8 legs, both sides only reduce, {} must, old prices and stale slices, both accounts {}",
            if is_large { "one" } else { "both" },
            portfolio.shape.describe()
        );
        self.attempt(&mut portfolio.world, ("trade", ANY_LIMIT), &case, trade);
    }
}
