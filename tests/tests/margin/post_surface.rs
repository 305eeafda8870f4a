//! `post_surface`: posts a volatility slice.

use tenor_margin::MarginError;
use tenor_margin::event::SurfacePosted;
use tenor_margin::instructions::PostSurfaceArgs;
use tenor_testkit::action::PostSurface;
use tenor_testkit::world::{FIRST_EXPIRY, surface_authority};
use tenor_testkit::{ChainOf, Outcome, SOL, World, assert_fails_with, assert_lands, usd};

const E12: i64 = 1_000_000_000_000;

fn scene() -> (World, ChainOf) {
    let mut world = World::new();
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
    (world, chain)
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
    let args = PostSurfaceArgs {
        theta_e12: 1_000_000_000,
        psi_e12: 1_000_000,
        ..chain.slice(60, chain.expiry - 3_600)
    };
    assert_fails_with(post(&mut world, chain, args), MarginError::ChainExpired);

    let (mut world, chain) = scene();
    world.set_time(chain.expiry - 3_600);
    let args = chain.slice(60, world.now());
    assert_lands(post(&mut world, chain, args));
}

#[test]
fn requires_that_the_slice_is_free_of_butterfly_arbitrage() {
    let (mut world, chain) = scene();
    let good = chain.slice(60, world.now());
    // psi^2 (1 + |rho|) <= 4 theta, exactly: with rho = 0 and theta = 1/400, psi may be 1/10 and no more.
    let edge = PostSurfaceArgs {
        theta_e12: 2_500_000_000,
        rho_e12: 0,
        psi_e12: 100_000_000_000,
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
        PostSurfaceArgs { rho_e12: 1, ..edge },
    ];
    for args in bad {
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceArbitrage);
    }
    assert_lands(post(&mut world, chain, edge));
}

#[test]
fn requires_that_volatility_forward_and_discount_are_within_their_bounds() {
    let (mut world, chain) = scene();
    let now = world.now();
    let good = chain.slice(60, now);
    let flat = |volatility| PostSurfaceArgs {
        rho_e12: 0,
        psi_e12: 0,
        ..chain.slice(volatility, now)
    };
    let bad = [
        flat(4),
        flat(501),
        PostSurfaceArgs {
            forward_ratio_e9: 899_999_999,
            ..good
        },
        PostSurfaceArgs {
            forward_ratio_e9: 1_100_000_001,
            ..good
        },
        PostSurfaceArgs {
            forward_ratio_e9: 0,
            ..good
        },
        PostSurfaceArgs {
            forward_ratio_e9: u64::MAX,
            ..good
        },
        PostSurfaceArgs {
            discount_e9: 899_999_999,
            ..good
        },
        PostSurfaceArgs {
            discount_e9: 1_000_000_001,
            ..good
        },
    ];
    for args in bad {
        assert_fails_with(post(&mut world, chain, args), MarginError::SurfaceOutOfBounds);
    }
    assert_lands(post(&mut world, chain, flat(6)));
    assert_lands(post(&mut world, chain, flat(499)));
    assert_lands(post(
        &mut world,
        chain,
        PostSurfaceArgs {
            forward_ratio_e9: 900_000_000,
            ..good
        },
    ));
    assert_lands(post(
        &mut world,
        chain,
        PostSurfaceArgs {
            forward_ratio_e9: 1_100_000_000,
            ..good
        },
    ));
    assert_lands(post(
        &mut world,
        chain,
        PostSurfaceArgs {
            discount_e9: 900_000_000,
            ..good
        },
    ));
}

#[test]
fn the_slice_is_stored_with_its_time() {
    let (mut world, chain) = scene();
    world.advance(777);
    let args = PostSurfaceArgs {
        forward_ratio_e9: 1_001_000_000,
        discount_e9: 999_000_000,
        ..chain.slice(85, world.now())
    };

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
        (event.chain, event.theta_e12, event.rho_e12),
        (chain.address(), args.theta_e12, args.rho_e12)
    );
}

#[test]
fn nothing_is_revalued_until_a_refresh() {
    let (mut world, chain) = scene();
    let before = world.picture().chain(chain).strikes.clone();

    let args = chain.slice(90, world.now());
    assert_lands(post(&mut world, chain, args));
    assert_eq!(world.picture().chain(chain).strikes, before);

    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    let revalued = world.picture();
    for (before, after) in before.iter().zip(&revalued.chain(chain).strikes) {
        assert!(after.mark_e9 > before.mark_e9, "more volatility is worth more");
    }
}
