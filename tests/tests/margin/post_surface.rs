//! `post_surface`: posts a volatility slice.

use tenor_margin::MarginError;
use tenor_margin::event::SurfacePosted;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_testkit::action::{CreateChain, PostSurface};
use tenor_testkit::world::{FIRST_EXPIRY, anyone, surface_authority};
use tenor_testkit::{BTC, ChainOf, Outcome, SOL, World, assert_fails_with, assert_lands, days, usd, weeks};

const E12: i64 = 1_000_000_000_000;

fn scene() -> (World, ChainOf) {
    let mut world = World::new();
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
    (world, chain)
}

/// A chain without a slice: no step is measured from anything.
fn fresh() -> (World, ChainOf) {
    let mut world = World::new();
    let chain = created(&mut world, 0);
    (world, chain)
}

fn created(world: &mut World, week: i64) -> ChainOf {
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(week),
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    chain
}

/// Chains of these weeks with slices of 60%.
fn surface<const N: usize>(weeks: [i64; N]) -> (World, [ChainOf; N]) {
    let mut world = World::new();
    let chains = weeks.map(|week| created(&mut world, week));
    for chain in chains {
        world.post_surface(chain);
    }
    (world, chains)
}

fn post_percent(world: &mut World, chain: ChainOf, percent: u64) -> Outcome {
    let args = chain.slice(percent, world.now());
    post(world, chain, args)
}

fn post(world: &mut World, chain: ChainOf, args: PostSurfaceArgs) -> Outcome {
    world.send(PostSurface {
        authority: &surface_authority(),
        chain,
        args,
    })
}

#[test]
fn requires_that_the_signer_is_the_surface_authority() {
    let (mut world, chain) = scene();
    let mallory = world.visitor("mallory");
    let args = chain.slice(70, world.now());
    assert_fails_with(
        world.send(PostSurface {
            authority: &mallory,
            chain,
            args,
        }),
        MarginError::NotAuthorised,
    );
    assert_lands(post(&mut world, chain, args));
}

#[test]
fn requires_that_the_chain_has_not_expired() {
    let (mut world, chain) = scene();
    world.set_time(chain.expiry);
    let args = chain.slice(60, chain.expiry - 3_600);
    assert_fails_with(post(&mut world, chain, args), MarginError::ChainExpired);

    let (mut world, chain) = scene();
    world.set_time(chain.expiry - 3_600);
    let args = chain.slice(60, world.now());
    assert_lands(post(&mut world, chain, args));
}

#[test]
fn requires_that_the_slice_is_free_of_butterfly_arbitrage_also_with_its_variance_raised_by_half() {
    let (mut world, chain) = fresh();
    let good = chain.slice(60, world.now());
    // 1.5 psi^2 (1 + |rho|) <= 4 theta: with rho = 0 and theta = 1/400, psi may be the root of 1/150 and no more.
    let edge = PostSurfaceArgs {
        theta_e12: 2_500_000_000,
        rho_e12: 0,
        psi_e12: 81_649_658_092,
        ..good
    };
    let bad = [
        PostSurfaceArgs { theta_e12: 0, ..good },
        PostSurfaceArgs {
            theta_e12: u64::MAX,
            ..good
        },
        PostSurfaceArgs { rho_e12: E12, ..good },
        PostSurfaceArgs { rho_e12: -E12, ..good },
        PostSurfaceArgs {
            rho_e12: i64::MIN,
            ..good
        },
        PostSurfaceArgs {
            psi_e12: 4_000_000_000_000,
            ..good
        },
        PostSurfaceArgs {
            psi_e12: u64::MAX,
            ..good
        },
        PostSurfaceArgs {
            psi_e12: edge.psi_e12 + 1,
            ..edge
        },
        PostSurfaceArgs { rho_e12: 100, ..edge },
    ];
    for args in bad {
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceArbitrage);
    }
    assert_lands(post(&mut world, chain, edge));
}

#[test]
fn requires_that_volatility_forward_and_discount_are_within_their_bounds() {
    let (world, chain) = fresh();
    let now = world.now();
    let good = chain.slice(60, now);
    let flat = |volatility| PostSurfaceArgs {
        rho_e12: 0,
        psi_e12: 0,
        ..chain.slice(volatility, now)
    };
    let forward = |forward_ratio_e9| PostSurfaceArgs {
        forward_ratio_e9,
        ..good
    };
    let discount = |discount_e9| PostSurfaceArgs { discount_e9, ..good };
    // 331,200 seconds: half a percent and 50% a year are 10,251,141e-9, 30% a year are 3,150,684e-9.
    let bad = [
        flat(4),
        flat(501),
        forward(989_748_858),
        forward(1_010_251_142),
        forward(0),
        forward(u64::MAX),
        discount(996_849_315),
        discount(1_000_000_001),
        discount(0),
    ];
    for args in bad {
        let (mut world, chain) = fresh();
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceOutOfBounds);
    }
    let edges = [
        flat(6),
        flat(499),
        forward(989_748_859),
        forward(1_010_251_141),
        discount(996_849_316),
    ];
    for args in edges {
        let (mut world, chain) = fresh();
        assert_lands(post(&mut world, chain, args));
    }
}

#[test]
fn requires_that_forward_and_discount_are_within_the_markets_limits() {
    let (mut world, chain) = fresh();
    world.edit_underlying(SOL, |underlying| {
        underlying.market.min_forward_ratio_e9 = 999_000_000;
        underlying.market.min_discount_e9 = 998_000_000;
    });
    let good = chain.slice(60, world.now());
    for forward_ratio_e9 in [998_999_999, 1_001_000_001] {
        let args = PostSurfaceArgs {
            forward_ratio_e9,
            ..good
        };
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceOutOfBounds);
    }
    let low = PostSurfaceArgs {
        discount_e9: 997_999_999,
        ..good
    };
    assert_fails_with(post(&mut world, chain, low), MarginError::SurfaceOutOfBounds);
    let edge = PostSurfaceArgs {
        forward_ratio_e9: 1_001_000_000,
        discount_e9: 998_000_000,
        ..good
    };
    assert_lands(post(&mut world, chain, edge));
}

#[test]
fn requires_that_each_of_them_correlation_and_slope_is_within_a_step_of_the_last_slice() {
    let (mut world, chain) = scene();
    let good = chain.slice(60, world.now());
    // A fifth of 60%; a fifth of one; a fifth of one half; half a percent.
    let slope = |permille: u64| good.psi_e12 / 500 * permille;
    let rho = |rho_e12| PostSurfaceArgs { rho_e12, ..good };
    let psi = |psi_e12| PostSurfaceArgs { psi_e12, ..good };
    let forward = |forward_ratio_e9| PostSurfaceArgs {
        forward_ratio_e9,
        ..good
    };
    let discount = |discount_e9| PostSurfaceArgs { discount_e9, ..good };
    world.edit_underlying(SOL, |underlying| underlying.surface.max_carry_step_e9 = 1_000_000);
    let bad = [
        chain.slice(73, world.now()),
        chain.slice(47, world.now()),
        rho(-400_000_000_001),
        rho(1),
        psi(slope(601)),
        psi(slope(399)),
        forward(1_001_000_001),
        forward(998_999_999),
        discount(998_999_999),
    ];
    for args in bad {
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceStep);
    }
    let edges = [
        chain.slice(71, world.now()),
        chain.slice(49, world.now()),
        rho(-400_000_000_000),
        rho(0),
        psi(slope(599)),
        psi(slope(401)),
        forward(1_001_000_000),
        forward(999_000_000),
        discount(999_000_000),
    ];
    for args in edges {
        let (mut world, chain) = scene();
        world.edit_underlying(SOL, |underlying| underlying.surface.max_carry_step_e9 = 1_000_000);
        assert_lands(post(&mut world, chain, args));
    }
}

#[test]
fn a_flat_slice_may_gain_a_slope_in_steps_of_a_quarter() {
    let (mut world, chain) = fresh();
    let usual = chain.slice(60, world.now());
    let sloped = |permille: u64| PostSurfaceArgs {
        rho_e12: 0,
        psi_e12: usual.psi_e12 / 500 * permille,
        ..usual
    };
    assert_lands(post(&mut world, chain, sloped(0)));
    // A fifth of a quarter is a twentieth.
    assert_fails_with(post(&mut world, chain, sloped(51)), MarginError::SurfaceStep);
    assert_lands(post(&mut world, chain, sloped(49)));
}

#[test]
fn requires_that_all_are_within_the_hours_step_and_the_days() {
    let (mut world, chain) = scene();
    // The hour allows three tenths of 60%: up to 78%.
    for percent in [71, 77] {
        assert_lands(post_percent(&mut world, chain, percent));
    }
    assert_fails_with(post_percent(&mut world, chain, 79), MarginError::SurfaceStep);
    world.advance(3_599);
    assert_fails_with(post_percent(&mut world, chain, 79), MarginError::SurfaceStep);
    // The next hour begins at 77%; the day allows 90%.
    world.advance(1);
    for percent in [79, 89] {
        assert_lands(post_percent(&mut world, chain, percent));
    }
    assert_fails_with(post_percent(&mut world, chain, 91), MarginError::SurfaceStep);
    world.advance(82_799);
    assert_fails_with(post_percent(&mut world, chain, 91), MarginError::SurfaceStep);
    // The next day begins at 89%.
    world.advance(1);
    assert_lands(post_percent(&mut world, chain, 91));
    let picture = world.picture();
    let stored = &picture.chain(chain).chain;
    assert_eq!(
        (stored.hour_anchor.since, stored.day_anchor.since),
        (world.now(), world.now())
    );
    let percent = |variance_e12: u64| (variance_e12 as f64 / 1e12).sqrt() * 100.0;
    assert!((percent(stored.day_anchor.variance_e12) - 89.0).abs() < 1e-6);
    assert!((percent(stored.eve_anchor.variance_e12) - 60.0).abs() < 1e-6);
}

#[test]
fn requires_that_the_last_post_is_not_too_recent() {
    let (mut world, chain) = scene();
    world.edit_underlying(SOL, |underlying| underlying.surface.min_interval_seconds = 60);
    world.advance(59);
    assert_fails_with(post_percent(&mut world, chain, 60), MarginError::SurfaceTooSoon);
    world.advance(1);
    assert_lands(post_percent(&mut world, chain, 60));
}

#[test]
fn requires_that_the_slice_is_in_calendar_order_with_the_nearest_live_expiries_that_have_slices() {
    // 45.8 and 52.8 days: variance to the first is 0.867 of that to the second.
    let (mut world, [near, far]) = surface([6, 7]);
    assert_fails_with(post_percent(&mut world, near, 65), MarginError::CalendarArbitrage);
    assert_fails_with(post_percent(&mut world, far, 55), MarginError::CalendarArbitrage);
    assert_lands(post_percent(&mut world, near, 64));
    assert_lands(post_percent(&mut world, far, 60));

    // A chain between them without a slice hides neither.
    let (mut world, [near, far]) = surface([5, 7]);
    let between = created(&mut world, 6);
    assert_fails_with(post_percent(&mut world, near, 71), MarginError::CalendarArbitrage);
    assert_fails_with(post_percent(&mut world, far, 50), MarginError::CalendarArbitrage);
    // Once it has one, it is the neighbour of both.
    assert_fails_with(post_percent(&mut world, between, 66), MarginError::CalendarArbitrage);
    assert_lands(post_percent(&mut world, between, 60));
    assert_fails_with(post_percent(&mut world, near, 66), MarginError::CalendarArbitrage);

    // One that has expired is none.
    let (mut world, [near, far]) = surface([0, 1]);
    world.set_time(near.expiry);
    assert!(world.picture().neighbours(far).is_empty());
    assert_lands(post_percent(&mut world, far, 60));
}

#[test]
fn a_neighbour_counts_with_the_variance_that_is_left_of_it() {
    let (mut world, [near, far]) = surface([1, 2]);
    // Nine days on: 1.8 and 8.8 days are left. The far slice was of 17.8 days: what is left of it at 60%.
    world.advance(days(9));
    assert_lands(post_percent(&mut world, near, 60));
    // 0.71^2 x 1.8 is far below 0.36 x 8.8.
    assert_lands(post_percent(&mut world, near, 71));
    let slopes = |picture: tenor_testkit::Picture| picture.chain(near).chain.theta_e12;
    assert!(slopes(world.picture()) < world.picture().chain(far).chain.theta_e12);
}

#[test]
fn requires_that_the_neighbours_are_passed() {
    let (mut world, [first, middle, last]) = surface([0, 2, 7]);
    let bare = created(&mut world, 6);
    assert_eq!(
        world.picture().neighbours(middle),
        [first.address(), bare.address(), last.address()]
    );
    let args = middle.slice(60, world.now());
    let call = world.call(PostSurface {
        authority: &surface_authority(),
        chain: middle,
        args,
    });
    for missing in 6..9 {
        let mut fewer = call.clone();
        fewer.instruction_mut().accounts.remove(missing);
        assert_fails_with(world.send(fewer), MarginError::MissingNeighbour);
    }
    // Another underlying's chain of the same expiry is no neighbour.
    let other = world.list_chain(BTC, first.expiry, &[100_000]);
    let mut foreign = call.clone();
    foreign.instruction_mut().accounts[6].pubkey = other.address();
    assert_fails_with(world.send(foreign), MarginError::MissingNeighbour);
    assert_lands(world.send(call));
}

#[test]
fn a_surface_moves_up_far_first_and_down_near_first() {
    let (mut world, chains) = surface([0, 5, 6, 7, 11]);
    for percent in [68, 77] {
        for chain in chains.iter().rev() {
            assert_lands(post_percent(&mut world, *chain, percent));
        }
    }
    world.advance(3_600);
    for percent in [70, 62, 55] {
        for chain in chains {
            assert_lands(post_percent(&mut world, chain, percent));
        }
    }
    // The other way round, some neighbour is in the way.
    world.advance(3_600);
    assert_fails_with(post_percent(&mut world, chains[2], 60), MarginError::CalendarArbitrage);
    assert_fails_with(post_percent(&mut world, chains[3], 49), MarginError::CalendarArbitrage);
}

#[test]
fn the_slice_is_stored_with_its_time() {
    let (mut world, chain) = scene();
    world.advance(777);
    let args = PostSurfaceArgs {
        forward_ratio_e9: 1_001_000_000,
        discount_e9: 999_000_000,
        ..chain.slice(65, world.now())
    };
    let sequence = world.picture().chain(chain).chain.sequence;

    let receipt = assert_lands(post(&mut world, chain, args));

    let picture = world.picture();
    let stored = &picture.chain(chain).chain;
    assert_eq!(
        (stored.theta_e12, stored.rho_e12, stored.psi_e12),
        (args.theta_e12, args.rho_e12, args.psi_e12)
    );
    assert_eq!(
        (stored.forward_ratio_e9, stored.discount_e9),
        (1_001_000_000, 999_000_000)
    );
    assert_eq!(stored.slice_posted_at, world.now());
    assert_eq!(receipt.events(), ["SurfacePosted"]);
    let event: SurfacePosted = receipt.event();
    assert_eq!(
        (event.chain, event.sequence, event.theta_e12, event.rho_e12),
        (chain.address(), sequence + 1, args.theta_e12, args.rho_e12)
    );
}

#[test]
fn nothing_is_revalued_until_a_refresh() {
    let (mut world, chain) = scene();
    let before = world.picture().chain(chain).strikes.clone();

    let args = chain.slice(70, world.now());
    assert_lands(post(&mut world, chain, args));
    assert_eq!(world.picture().chain(chain).strikes, before);

    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    let revalued = world.picture();
    for (before, after) in before.iter().zip(&revalued.chain(chain).strikes) {
        assert!(after.mark_e9 > before.mark_e9, "more volatility is worth more");
    }
}
