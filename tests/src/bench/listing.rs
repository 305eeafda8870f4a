//! From nothing to a chain.

use super::cases::Bench;
use tenor_margin::state::NO_UNDERLYING;
use tenor_testkit::action::{
    AddCollateral, AddStrikes, AddUnderlying, CreateChain, Initialize, PostSurface, UpdatePrice,
};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone, house_terms, surface_authority, upgrade_authority};
use tenor_testkit::{ChainOf, Feed, SOL, USDC, World, usd};

impl Bench {
    pub(super) fn listing(&mut self) {
        let mut world = World::without_house();
        let (authority, boss, payer) = (upgrade_authority(), admin(), anyone());
        let initialize = Initialize {
            upgrade_authority: &authority,
            quote: USDC,
            args: house_terms(),
        };
        self.land(&mut world, "initialize", "", initialize);
        let quote = AddCollateral {
            admin: &boss,
            asset: USDC,
            args: USDC.collateral(NO_UNDERLYING),
            approval: None,
        };
        self.land(&mut world, "add_collateral", "quote", quote);
        let underlying = AddUnderlying {
            admin: &boss,
            args: SOL.listing(),
            approval: None,
        };
        self.land(&mut world, "add_underlying", "", underlying);
        world.write_feed(SOL.feed(), &Feed::of(SOL, usd(200), world.now()));
        let price = UpdatePrice {
            asset: SOL,
            feed: SOL.feed(),
        };
        self.land(&mut world, "update_price", "", price);
        let chain = ChainOf {
            asset: SOL,
            expiry: FIRST_EXPIRY,
        };
        self.land(&mut world, "create_chain", "", CreateChain { payer: &payer, chain });
        let strikes = AddStrikes {
            payer: &payer,
            chain,
            strikes: (0..16).map(|place| usd(150 + 5 * place)).collect(),
        };
        self.land(&mut world, "add_strikes", "16 strikes", strikes);
        let post = PostSurface {
            authority: &surface_authority(),
            chain,
            args: chain.slice(70, world.now()),
        };
        self.land(&mut world, "post_surface", "", post);
    }
}
