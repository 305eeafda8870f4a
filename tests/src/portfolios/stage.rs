//! The market on the bytecode in which the portfolios are held.

use super::catalogue::{Leg, Place, Portfolio};
use super::model::{self, Holdings, Kind, Market, Requirement, Rules};
use super::program::{ProgramHealth, health};
use super::reading::{holdings, market};
use tenor_sdk::margin::instructions::PostSurfaceArgs;
use tenor_testkit::action::{AddStrikes, CreateChain, OpenAccount, PostSurface, UpdatePrice};
use tenor_testkit::world::{FIRST_EXPIRY, START, anyone, surface_authority};
use tenor_testkit::{Actor, Asset, BTC, ChainOf, ETH, Feed, Picture, SOL, USDC, World, usd, usdc, weeks};

/// Strikes that fit one listing.
const STRIKES_PER_LISTING: usize = 16;
/// From the slices to the arrays, seconds: part of their variance is gone.
const SLICE_AGE: i64 = 3 * 3_600;

/// Three assets, five chains, slices three hours old, arrays of this second.
pub struct Stage {
    /// The house and its market.
    pub world: World,
}

/// A portfolio that someone holds on the stage.
#[derive(Clone, Debug)]
pub struct Held {
    /// What was asked for.
    pub portfolio: Portfolio,
    /// Whose it is.
    pub actor: Actor,
}

/// Both numbers of one portfolio, read from the same accounts.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The market in floats.
    pub market: Market,
    /// The account in floats.
    pub holdings: Holdings,
    /// What the formulas say.
    pub model: Requirement,
    /// What the program says.
    pub program: ProgramHealth,
}

impl Stage {
    /// SOL at 200, BTC at 100,000 and ETH at 4,000, certain to a tenth of a percent, as they have been for hours.
    pub fn quiet() -> Self {
        let same = |asset: Asset| (asset, asset.first_price_usd * 1_000, asset.first_price_usd * 1_000);
        Self::new([SOL, BTC, ETH].map(same), 1_000)
    }

    /// Prices that jumped in the last twenty seconds, so that averages lag, and that are certain to one percent.
    pub fn jumpy() -> Self {
        let prices = [
            (SOL, 191_000, 203_130),
            (BTC, 101_500_000, 98_765_430),
            (ETH, 4_012_000, 4_011_990),
        ];
        Self::new(prices, 100)
    }

    /// Each asset with its price before and now, thousandths of a USD; the confidence is a part of the price.
    fn new(prices: [(Asset, u64, u64); 3], certainty: u64) -> Self {
        let mut stage = Self { world: World::new() };
        stage.world.list_asset(ETH);
        assert_eq!(stage.world.now(), START);
        for place in Place::ALL {
            stage.list(place);
        }
        stage.world.advance(SLICE_AGE - 20);
        for (asset, ..) in prices {
            // So few that portfolios of these sizes are concentrated.
            stage
                .world
                .edit_underlying(asset, |underlying| underlying.risk.free_lots = 1_000);
        }
        for (asset, before, _) in prices {
            stage.publish(asset, before, certainty);
        }
        stage.world.advance(20);
        for (asset, _, now) in prices {
            stage.publish(asset, now, certainty);
        }
        for place in Place::ALL {
            stage.world.refresh_chain(chain(place));
        }
        stage
    }

    /// Lists a chain and gives it its own slice, forward and discount factor.
    fn list(&mut self, place: Place) {
        let chain = chain(place);
        self.world.land(CreateChain {
            payer: &anyone(),
            chain,
        });
        for strikes in place.strikes_usd().chunks(STRIKES_PER_LISTING) {
            self.world.land(AddStrikes {
                payer: &anyone(),
                chain,
                strikes: strikes.iter().map(|strike| usd(*strike)).collect(),
            });
        }
        let (volatility_percent, rho_e12, forward_ratio_e9, discount_e9) = match place {
            Place::SolNear => (60, -250_000_000_000, 1_000_400_000, 999_600_000),
            Place::SolMid => (60, -200_000_000_000, 1_003_000_000, 997_000_000),
            Place::SolFar => (60, -150_000_000_000, 1_010_000_000, 990_000_000),
            Place::BtcMid => (42, -100_000_000_000, 1_003_000_000, 997_000_000),
            Place::EthMid => (55, 50_000_000_000, 1_003_000_000, 997_000_000),
        };
        let args = PostSurfaceArgs {
            rho_e12,
            forward_ratio_e9,
            discount_e9,
            ..chain.slice(volatility_percent, self.world.now())
        };
        self.world.land(PostSurface {
            authority: &surface_authority(),
            chain,
            args,
        });
        // A market at rest: the formulas know no former slices.
        self.world
            .edit_chain(chain, |header| header.eve_anchor = header.day_anchor);
    }

    fn publish(&mut self, asset: Asset, thousandths: u64, certainty: u64) {
        let price = tenor_sdk::math::quantity::Price::from_e9(thousandths * 1_000_000);
        let feed = Feed::of(asset, price, self.world.now()).but(|update| {
            update.conf = update.price.unsigned_abs() / certainty;
        });
        self.world.write_feed(asset.feed(), &feed);
        self.world.land(UpdatePrice {
            asset,
            feed: asset.feed(),
        });
    }

    /// Someone deposits and trades at mark until they hold a portfolio; a market maker of their own is the other side.
    pub fn hold(&mut self, number: usize, portfolio: &Portfolio) -> Held {
        let open = |stage: &mut Self, name: String, deposits: &[(Asset, u64)]| {
            let actor = stage.world.visitor(&name);
            stage.world.land(OpenAccount {
                payer: &anyone(),
                owner: &actor,
                capacity: 64,
            });
            for (asset, atoms) in deposits.iter().filter(|(_, atoms)| *atoms > 0) {
                stage.world.deposit(&actor, *asset, *atoms);
            }
            actor
        };
        let actor = open(self, format!("trader {number}"), &portfolio.deposits);
        let maker = open(self, format!("maker {number}"), &[(USDC, usdc(5_000_000))]);
        for leg in in_affordable_order(&portfolio.legs) {
            let option = match leg.kind {
                Kind::Call => chain(leg.place).call(leg.strike_usd),
                Kind::Put => chain(leg.place).put(leg.strike_usd),
            };
            self.world.trade_at_mark(&actor, &maker, option, leg.lots);
        }
        Held {
            portfolio: portfolio.clone(),
            actor,
        }
    }

    /// The same account by the program and by the formulas.
    pub fn compare(&self, held: &Held, rules: &Rules) -> Compared {
        let picture = self.world.picture();
        Compared::new(&picture, &held.actor, rules)
    }
}

impl Compared {
    fn new(picture: &Picture, actor: &Actor, rules: &Rules) -> Self {
        let (market, places) = market(picture);
        let holdings = holdings(picture, actor, &places);
        Self {
            model: model::requirement(&market, &holdings, rules),
            program: health(picture, actor),
            market,
            holdings,
        }
    }
}

/// The chain at a place.
pub(super) const fn chain(place: Place) -> ChainOf {
    ChainOf {
        asset: place.asset(),
        expiry: FIRST_EXPIRY + weeks(place.weeks()),
    }
}

/// What is sold brings the cash for what is bought.
fn in_affordable_order(legs: &[Leg]) -> Vec<Leg> {
    let mut legs = legs.to_vec();
    legs.sort_by_key(|leg| leg.lots > 0);
    legs
}
