//! What is measured.

use super::{Row, Size, Table, kernels};
use solana_account::ReadableAccount;
use tenor_margin::state::NO_UNDERLYING;
use tenor_testkit::action::{
    Action, AddCollateral, AddStrikes, AddUnderlying, BeginBracket, CreateChain, Deposit, EndBracket, Initialize,
    LiquidateSlice, OpenAccount, PostSurface, Quote, RefreshRisk, SettleAccount, SettleChain, Touch, Trade,
    UpdatePrice, Withdraw,
};
use tenor_testkit::world::{
    FIRST_EXPIRY, USUAL_FEES, admin, anyone, house_terms, surface_authority, upgrade_authority,
};
use tenor_testkit::{Actor, BTC, ChainOf, Feed, Receipt, SOL, USDC, World, bytecode, usd, usdc, weeks};

/// Strikes of each chain on which large accounts are built.
const STRIKES: [u64; 8] = [150, 165, 180, 190, 200, 210, 225, 240];
const ANY_LIMIT: Option<u64> = Some(1_000_000);

/// Measures everything.
pub fn measure() -> Table {
    let mut bench = Bench::default();
    bench.listing();
    bench.risk();
    bench.money();
    let (small, large) = (bench.portfolio(4), bench.portfolio(8));
    bench.health_checks(small, large);
    bench.liquidation(4);
    bench.settlement();
    Table {
        rows: bench.rows,
        kernels: kernels::measure(),
        sizes: sizes(),
        program_bytes: bytecode::margin().len(),
    }
}

#[derive(Default)]
struct Bench {
    rows: Vec<Row>,
}

impl Bench {
    fn add(&mut self, instruction: &'static str, case: &str, budget: Option<u64>, receipt: &Receipt) -> u64 {
        self.rows.push(Row {
            instruction,
            case: case.to_owned(),
            compute_units: receipt.compute_units,
            budget,
            transaction: Some((receipt.accounts, receipt.bytes)),
        });
        receipt.compute_units
    }

    fn land(&mut self, world: &mut World, instruction: &'static str, case: &str, action: impl Action) -> u64 {
        let receipt = world.land(action);
        self.add(instruction, case, ANY_LIMIT, &receipt)
    }

    fn listing(&mut self) {
        let mut world = World::without_house();
        let (authority, boss, payer) = (upgrade_authority(), admin(), anyone());
        let args = house_terms();
        self.land(
            &mut world,
            "initialize",
            "",
            Initialize {
                upgrade_authority: &authority,
                quote: USDC,
                args,
            },
        );
        let quote = AddCollateral {
            admin: &boss,
            asset: USDC,
            args: USDC.collateral(NO_UNDERLYING),
            approval: None,
        };
        self.land(&mut world, "add_collateral", "quote", quote);
        self.land(
            &mut world,
            "add_underlying",
            "",
            AddUnderlying {
                admin: &boss,
                args: SOL.listing(),
                approval: None,
            },
        );
        world.write_feed(SOL.feed(), &Feed::of(SOL, usd(200), world.now()));
        self.land(
            &mut world,
            "update_price",
            "",
            UpdatePrice {
                asset: SOL,
                feed: SOL.feed(),
            },
        );
        let chain = ChainOf {
            asset: SOL,
            expiry: FIRST_EXPIRY,
        };
        self.land(&mut world, "create_chain", "", CreateChain { payer: &payer, chain });
        let strikes = (0..16).map(|place| usd(150 + 5 * place)).collect();
        self.land(
            &mut world,
            "add_strikes",
            "16 strikes",
            AddStrikes {
                payer: &payer,
                chain,
                strikes,
            },
        );
        let args = chain.slice(70, world.now());
        self.land(
            &mut world,
            "post_surface",
            "",
            PostSurface {
                authority: &surface_authority(),
                chain,
                args,
            },
        );
    }

    fn risk(&mut self) {
        let mut world = World::new();
        let strikes: Vec<u64> = (0..16).map(|place| 150 + 5 * place).collect();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &strikes);
        for count in [1_u16, 7, 16] {
            let strike_slots = (0..count).collect();
            let units = self.land(
                &mut world,
                "refresh_risk",
                &format!("{count} strikes"),
                RefreshRisk { chain, strike_slots },
            );
            if count == 16 {
                let case = "per strike, of 16".to_owned();
                let compute_units = units.div_ceil(16);
                self.rows.push(Row {
                    instruction: "refresh_risk",
                    case,
                    compute_units,
                    budget: Some(70_000),
                    transaction: None,
                });
            }
        }
    }

    fn money(&mut self) {
        let mut world = World::new();
        let owner = world.visitor("owner");
        self.land(
            &mut world,
            "open_account",
            "64 positions",
            OpenAccount {
                payer: &anyone(),
                owner: &owner,
                capacity: 64,
            },
        );
        world.set_wallet(&owner, USDC, usdc(100));
        let deposit = world.land(Deposit {
            depositor: &owner,
            to: &owner,
            asset: USDC,
            atoms: usdc(100),
        });
        self.add("deposit", "without positions", Some(12_000), &deposit);
        let withdraw = world.land(Withdraw {
            owner: &owner,
            asset: USDC,
            atoms: usdc(50),
        });
        self.add("withdraw", "without positions", Some(12_000), &withdraw);
    }

    /// A world with two accounts that hold eight strikes on each of so many chains, of two underlyings.
    fn portfolio(&mut self, chains: u8) -> Portfolio {
        let mut world = World::new();
        let open = |world: &mut World, name: &str| {
            let actor = world.visitor(name);
            world.land(OpenAccount {
                payer: &anyone(),
                owner: &actor,
                capacity: 64,
            });
            world.deposit(&actor, USDC, usdc(200_000));
            actor
        };
        world.edit_house(|house| house.fees = USUAL_FEES);
        let (writer, buyer) = (open(&mut world, "writer"), open(&mut world, "buyer"));
        let mut last = None;
        for place in 0..chains {
            // Every other chain is on the second underlying.
            let (asset, scale) = if place % 2 == 0 { (SOL, 1) } else { (BTC, 500) };
            let strikes = STRIKES.map(|strike| (strike * scale).next_multiple_of(asset.strike_step_usd));
            let chain = world.list_chain(asset, FIRST_EXPIRY + weeks(i64::from(place)), &strikes);
            last = Some(trade_strikes(&mut world, &buyer, &writer, chain, &strikes));
        }
        let last = last.expect("at least one chain");
        Portfolio {
            world,
            writer,
            buyer,
            chains,
            last_trade: last,
        }
    }

    fn health_checks(&mut self, mut small: Portfolio, mut large: Portfolio) {
        let (few, many) = (
            "8 legs, both accounts 32 positions on 4 chains",
            "8 legs, both accounts 64 positions on 8 chains",
        );
        self.add("trade", few, ANY_LIMIT, &small.last_trade);
        self.add("trade", many, Some(200_000), &large.last_trade);
        for (portfolio, budget) in [(&mut small, 40_000), (&mut large, 70_000)] {
            let case = format!("{} positions on {} chains", 8 * portfolio.chains, portfolio.chains);
            let with = portfolio.world.land(Withdraw {
                owner: &portfolio.writer,
                asset: USDC,
                atoms: 1,
            });
            self.add("withdraw", &case, ANY_LIMIT, &with);
            let idle = portfolio.world.trader("idle", &[(USDC, usdc(1))]);
            let without = portfolio.world.land(Withdraw {
                owner: &idle,
                asset: USDC,
                atoms: 1,
            });
            let compute_units = with.compute_units.saturating_sub(without.compute_units);
            let case = format!("{case} (withdraw, less one without positions)");
            self.rows.push(Row {
                instruction: "health check",
                case,
                compute_units,
                budget: Some(budget),
                transaction: None,
            });
        }
        let chain = small.world.chains().find(|chain| chain.asset == SOL).expect("a chain");
        let (mut world, writer, buyer) = (small.world, small.writer, small.buyer);
        let option = chain.put(200);
        let one = world.trade_at_mark(&buyer, &writer, option, 1);
        let begin = world.call(BeginBracket {
            of: &writer,
            by: &writer,
        });
        let end = world.call(EndBracket {
            of: &writer,
            opened: vec![],
        });
        let bracket = world.land(begin.then(end));
        self.add(
            "begin_bracket, end_bracket",
            "nothing between, 32 positions on 4 chains",
            ANY_LIMIT,
            &bracket,
        );
        self.add(
            "trade",
            "1 leg, both accounts 32 positions on 4 chains",
            ANY_LIMIT,
            &one,
        );
    }

    fn liquidation(&mut self, chains: u8) {
        let mut world = World::new();
        let writer = world.trader("writer", &[(USDC, usdc(6_000))]);
        let (buyer, liquidator) = (
            world.trader("buyer", &[(USDC, usdc(90_000))]),
            world.trader("liquidator", &[(USDC, usdc(200_000))]),
        );
        for place in 0..chains {
            let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(i64::from(place)), &STRIKES);
            let quotes = quotes(&world, chain, &STRIKES, 200);
            world.land(Trade {
                buyer: &buyer,
                seller: &writer,
                quotes,
            });
        }
        crate::story::fall(&mut world, &writer);
        let case = format!("{} positions on {chains} chains", 8 * chains);
        let touch = world.land(Touch { of: &writer });
        self.add("touch_liquidation", &case, ANY_LIMIT, &touch);
        let slice = LiquidateSlice::largest(&writer, &liquidator, &world.picture());
        let slice = world.land(slice);
        self.add(
            "liquidate_slice",
            &format!("{case}, all new to the liquidator"),
            ANY_LIMIT,
            &slice,
        );
    }

    fn settlement(&mut self) {
        let mut world = World::new();
        let (writer, buyer) = (
            world.trader("writer", &[(USDC, usdc(50_000))]),
            world.trader("buyer", &[(USDC, usdc(50_000))]),
        );
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &STRIKES);
        trade_strikes(&mut world, &buyer, &writer, chain, &STRIKES);
        world.set_time(chain.expiry);
        world.write_feed(SOL.feed(), &Feed::of(SOL, usd(190), chain.expiry));
        self.land(
            &mut world,
            "settle_chain",
            "",
            SettleChain {
                chain,
                feed: SOL.feed(),
            },
        );
        self.land(
            &mut world,
            "settle_account",
            "8 positions",
            SettleAccount { chain, of: &buyer },
        );
    }
}

struct Portfolio {
    world: World,
    writer: Actor,
    buyer: Actor,
    chains: u8,
    last_trade: Receipt,
}

/// A put at each strike changes hands at its mark, in one trade.
fn trade_strikes(world: &mut World, buyer: &Actor, writer: &Actor, chain: ChainOf, strikes_usd: &[u64]) -> Receipt {
    let quotes = quotes(world, chain, strikes_usd, 1);
    world.land(Trade {
        buyer,
        seller: writer,
        quotes,
    })
}

fn quotes(world: &World, chain: ChainOf, strikes_usd: &[u64], lots: i64) -> Vec<Quote> {
    let picture = world.picture();
    let quote = |strike: &u64| {
        let option = chain.put(*strike);
        Quote {
            option,
            lots,
            price: picture.mark(option),
        }
    };
    strikes_usd.iter().map(quote).collect()
}

fn sizes() -> Vec<Size> {
    let mut world = World::new();
    let strikes: Vec<u64> = (0..24).map(|place| 140 + 5 * place).collect();
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &strikes);
    let owner = world.trader("owner", &[]);
    let of = |name: &'static str, address, budget_lamports| {
        let account = world.account(&address).expect("it was made");
        Size {
            account: name,
            bytes: account.data().len(),
            rent_lamports: account.lamports(),
            budget_lamports,
        }
    };
    vec![
        of("chain of 24 strikes", chain.address(), Some(100_000_000)),
        of("margin account of 32 positions", owner.account(), Some(20_000_000)),
    ]
}
