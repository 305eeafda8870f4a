//! Worlds with two accounts that hold as much as they can.

use tenor_margin::instructions::AddCollateralArgs;
use tenor_math::quantity::Price;
use tenor_testkit::action::{AddCollateral, AddUnderlying, OpenAccount, Quote, Trade};
use tenor_testkit::mint::mint_account;
use tenor_testkit::world::{FIRST_EXPIRY, USUAL_FEES, admin, anyone};
use tenor_testkit::{Actor, Asset, BTC, ChainOf, ETH, Instrument, Receipt, SOL, USDC, World, usd, usdc, weeks};

/// Strikes of chains with eight of them, for a price of 200.
const STRIKES: [u64; 8] = [150, 165, 180, 190, 200, 210, 225, 240];
/// Most underlyings that options are held on.
pub(super) const UNDERLYINGS: [Asset; 8] = [
    SOL,
    BTC,
    ETH,
    like_sol("ADA"),
    like_sol("DOT"),
    like_sol("XRP"),
    like_sol("BNB"),
    like_sol("LTC"),
];
/// Tokens with a feed of their own and the scenarios of the underlying at the same place. With the quote and the underlyings
/// they are all the collaterals that a registry can list.
const STAKED: [Asset; 7] = [
    like_sol("stSOL"),
    like_sol("stBTC"),
    like_sol("stETH"),
    like_sol("stADA"),
    like_sol("stDOT"),
    like_sol("stXRP"),
    like_sol("stBNB"),
];

const fn like_sol(symbol: &'static str) -> Asset {
    Asset { symbol, ..SOL }
}

/// What both accounts hold.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Chains.
    pub(super) chains: u8,
    /// Strikes of each of them: a put is held at every one.
    pub(super) strikes: u8,
    /// Underlyings over which the chains are spread.
    pub(super) underlyings: u8,
    /// Whether the call is held too.
    pub(super) has_calls: bool,
    /// Collaterals besides the quote: the underlyings', then staked tokens.
    pub(super) collaterals: u8,
}

impl Shape {
    /// Eight strikes on each of so many chains of two underlyings, and cash alone.
    pub(super) const fn of_chains(chains: u8) -> Self {
        Self {
            chains,
            strikes: 8,
            underlyings: 2,
            has_calls: false,
            collaterals: 0,
        }
    }

    /// Chains over eight underlyings, call and put at each strike, all sixteen collaterals.
    pub(super) const fn widest(chains: u8, strikes: u8) -> Self {
        Self {
            chains,
            strikes,
            underlyings: 8,
            has_calls: true,
            collaterals: 15,
        }
    }

    /// As much as an account of the large class can hold: call and put at 256 strikes.
    pub(super) const fn largest() -> Self {
        Self {
            chains: 16,
            strikes: 16,
            underlyings: 2,
            has_calls: true,
            collaterals: 4,
        }
    }

    /// Positions of an account.
    pub(super) const fn positions(&self) -> u16 {
        self.chains as u16 * self.strikes as u16
    }

    fn staked(&self) -> &'static [Asset] {
        &STAKED[..usize::from(self.collaterals.saturating_sub(self.underlyings))]
    }

    /// In words.
    pub(super) fn describe(&self) -> String {
        let wide = match self.collaterals {
            0 => String::new(),
            others => format!(" of {} underlyings, {} collaterals", self.underlyings, others + 1),
        };
        format!("{} positions on {} chains{wide}", self.positions(), self.chains)
    }
}

/// A world with two accounts of a shape: one wrote all options that the other holds.
pub(super) struct Portfolio {
    pub(super) world: World,
    pub(super) shape: Shape,
    pub(super) writer: Actor,
    pub(super) buyer: Actor,
    pub(super) chains: Vec<ChainOf>,
    /// The trade that completed them.
    pub(super) last_trade: Receipt,
}

impl Portfolio {
    pub(super) fn new(shape: Shape) -> Self {
        let mut world = World::new();
        list_the_rest(&mut world, shape);
        world.edit_house(|house| house.fees = USUAL_FEES);
        let [writer, buyer] = ["writer", "buyer"].map(|name| open(&mut world, name, shape));
        let (mut chains, mut last_trade) = (Vec::new(), None);
        for place in 0..shape.chains {
            let asset = UNDERLYINGS[usize::from(place % shape.underlyings)];
            // A chain of its own for each, also where sixteen share eight underlyings.
            let week = (place / 8 + place) % 8;
            let strikes = strikes(asset, shape.strikes);
            let chain = world.list_chain(asset, FIRST_EXPIRY + weeks(i64::from(week)), &strikes);
            chains.push(chain);
            for options in options(&world, shape, chain).chunks(8) {
                let quotes = at_mark(&world, options, 1);
                last_trade = Some(world.land(Trade {
                    buyer: &buyer,
                    seller: &writer,
                    quotes,
                }));
            }
        }
        Self {
            world,
            shape,
            writer,
            buyer,
            chains,
            last_trade: last_trade.expect("at least one chain"),
        }
    }

    /// Eight options, spread over as many chains as there are.
    pub(super) fn spread(&self) -> Vec<Instrument> {
        let picture = self.world.picture();
        let (mut options, chains) = (Vec::new(), self.chains.iter().cycle());
        for (place, chain) in chains.take(8).enumerate() {
            let strike = picture.chain(*chain).strikes[place % usize::from(self.shape.strikes)];
            options.push(chain.put(strike.price_e9 / 1_000_000_000));
        }
        options
    }

    /// Someone else with an empty account as large.
    pub(super) fn newcomer(&mut self, name: &str) -> Actor {
        let actor = open(&mut self.world, name, self.shape);
        self.world.deposit(&actor, USDC, usdc(5_000_000));
        actor
    }

    /// Keepers publish the prices and compute the arrays on the slices that there are.
    pub(super) fn reprice(&mut self) {
        for asset in self.assets() {
            self.world.set_price(asset, usd(asset.first_price_usd));
        }
        for chain in self.chains.clone() {
            self.world.refresh_chain(chain);
        }
    }

    /// Prices move by 0.3% from where the arrays were computed, within the band of a liquidation.
    pub(super) fn move_prices(&mut self) {
        self.world.advance(5);
        for asset in self.assets() {
            let price_e9 = asset.first_price_usd * 1_003_000_000;
            self.world.set_price(asset, Price::from_e9(price_e9));
        }
    }

    fn assets(&self) -> Vec<Asset> {
        let underlyings = &UNDERLYINGS[..usize::from(self.shape.underlyings)];
        underlyings.iter().chain(self.shape.staked()).copied().collect()
    }
}

/// Lots of options at their marks.
pub(super) fn at_mark(world: &World, options: &[Instrument], lots: i64) -> Vec<Quote> {
    let picture = world.picture();
    let quote = |option: &Instrument| Quote {
        option: *option,
        lots,
        price: picture.mark(*option),
    };
    options.iter().map(quote).collect()
}

fn list_the_rest(world: &mut World, shape: Shape) {
    for asset in &UNDERLYINGS[2..usize::from(shape.underlyings).max(2)] {
        world.set_account(asset.mint(), mint_account(*asset));
        world.list_asset(*asset);
    }
    for (asset, (feed, scenarios)) in shape.staked().iter().zip((shape.underlyings..).zip(0..)) {
        let boss = admin();
        world.set_account(asset.mint(), mint_account(*asset));
        world.allow_listing();
        world.land(AddUnderlying {
            admin: &boss,
            args: asset.listing(),
            approval: None,
        });
        let args = AddCollateralArgs {
            scenario_index: scenarios,
            ..asset.collateral(feed)
        };
        world.land(AddCollateral {
            admin: &boss,
            asset: *asset,
            args,
            approval: None,
        });
        world.set_price(*asset, usd(asset.first_price_usd));
    }
}

fn open(world: &mut World, name: &str, shape: Shape) -> Actor {
    let owner = world.visitor(name);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &owner,
        capacity: shape.positions().max(64),
    });
    world.deposit(&owner, USDC, usdc(200_000));
    let of_underlyings = shape.collaterals.min(shape.underlyings);
    for asset in UNDERLYINGS[..usize::from(of_underlyings)].iter().chain(shape.staked()) {
        // A hundredth of a token.
        world.set_wallet(&owner, *asset, 0);
        world.deposit(&owner, *asset, 10_u64.pow(asset.decimals.into()) / 100);
    }
    owner
}

/// So many strikes around an asset's price, on its grid.
fn strikes(asset: Asset, count: u8) -> Vec<u64> {
    let scale = asset.first_price_usd / SOL.first_price_usd;
    let of_sol: Vec<u64> = if usize::from(count) == STRIKES.len() {
        STRIKES.to_vec()
    } else {
        (0..u64::from(count)).map(|place| 150 + 5 * place).collect()
    };
    let on_grid = |strike: &u64| (strike * scale).next_multiple_of(asset.strike_step_usd);
    of_sol.iter().map(on_grid).collect()
}

fn options(world: &World, shape: Shape, chain: ChainOf) -> Vec<Instrument> {
    let picture = world.picture();
    let strikes = &picture.chain(chain).strikes;
    let dollars: Vec<u64> = strikes.iter().map(|strike| strike.price_e9 / 1_000_000_000).collect();
    let puts = dollars.iter().map(|strike| chain.put(*strike));
    let calls = dollars.iter().map(|strike| chain.call(*strike));
    if shape.has_calls {
        calls.chain(puts).collect()
    } else {
        puts.collect()
    }
}
