//! Prices, slices and risk arrays.

use super::cases::Bench;
use tenor_testkit::action::{MarkHour, PostSurface, RefreshRisk, UpdatePrice};
use tenor_testkit::world::{FIRST_EXPIRY, START, surface_authority};
use tenor_testkit::{ChainOf, Feed, PushFeed, SOL, World, days, hours, usd, weeks};

impl Bench {
    pub(super) fn market(&mut self) {
        self.refresh();
        self.slices();
        self.prices();
    }

    fn refresh(&mut self) {
        let mut world = World::new();
        let strikes: Vec<u64> = (0..14).map(|place| 150 + 5 * place).collect();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &strikes);
        self.refreshes(&mut world, chain, "");
        // Yesterday's slice and the one before it are others.
        for volatility_percent in [66, 72] {
            world.land(PostSurface {
                authority: &surface_authority(),
                chain,
                args: chain.slice(volatility_percent, world.now()),
            });
            if volatility_percent == 66 {
                world.advance(days(1));
                world.set_price(SOL, usd(200));
            }
        }
        self.refreshes(&mut world, chain, ", after two other slices");
    }

    fn refreshes(&mut self, world: &mut World, chain: ChainOf, when: &str) {
        for count in [1_u16, 7, 14] {
            let refresh = RefreshRisk {
                chain,
                strike_slots: (0..count).collect(),
            };
            let receipt = self.land(world, "refresh_risk", &format!("{count} strikes{when}"), refresh);
            if count == 14 {
                let units = receipt.compute_units.div_ceil(14);
                self.derive("refresh_risk", format!("per strike, of 14{when}"), units, Some(70_000));
            }
        }
    }

    fn slices(&mut self) {
        let mut world = World::new();
        let chains = [0, 1, 2].map(|place| world.list_chain(SOL, FIRST_EXPIRY + weeks(place), &[200]));
        let post = PostSurface {
            authority: &surface_authority(),
            chain: chains[1],
            args: chains[1].slice(61, world.now()),
        };
        self.land(&mut world, "post_surface", "between two neighbours", post);
    }

    fn prices(&mut self) {
        let mut world = World::new();
        let feed = SOL.feed();
        let update = |world: &mut World, dollars, previous, published| {
            world.set_time(published);
            let update = Feed::of(SOL, usd(dollars), published);
            world.write_feed(feed, &update.but(|update| update.prev_publish_time_secs = previous));
        };
        let hour = START + hours(1);
        update(&mut world, 210, hour - 1, hour);
        let price = UpdatePrice { asset: SOL, feed };
        self.land(&mut world, "update_price", "that marks an hour", price);
        let hour = START + hours(2);
        update(&mut world, 190, hour - 1, hour);
        let mark = MarkHour { asset: SOL, feed };
        self.land(&mut world, "mark_hour", "", mark);
        world.advance(60);
        let push = PushFeed::of(usd(200), world.now());
        world.write_feed(SOL.push_feed(), &push);
        let price = UpdatePrice {
            asset: SOL,
            feed: SOL.push_feed(),
        };
        self.land(&mut world, "update_price", "of the push oracle", price);
    }
}
