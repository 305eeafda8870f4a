//! `add_underlying`: lists an asset with a price feed.

use crate::scene::ACCOUNT_EXISTS;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::{ChangeQueued, UnderlyingListed};
use tenor_margin::governance::Change;
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::state::FeedLimits;
use tenor_testkit::action::{AddUnderlying, ApplyChange, EndGenesis, QueueChange};
use tenor_testkit::world::admin;
use tenor_testkit::{Asset, World, assert_fails_with, assert_lands};

const ETH: Asset = Asset {
    symbol: "ETH",
    decimals: 8,
    first_price_usd: 4_000,
    strike_step_usd: 50,
    lot_units_e9: 1_000_000,
};

#[test]
fn requires_that_the_signer_is_the_admin() {
    let mut world = World::new();
    let mallory = world.visitor("mallory");

    assert_fails_with(
        world.send(AddUnderlying {
            admin: &mallory,
            args: ETH.listing(),
            approval: None,
        }),
        MarginError::NotAuthorised,
    );
    assert_lands(world.send(AddUnderlying {
        admin: &admin(),
        args: ETH.listing(),
        approval: None,
    }));
}

#[test]
fn requires_that_every_parameter_is_within_its_bounds() {
    // The parameters of each set have their own table in `parameters.rs`; here are those of the listing.
    let mut world = World::new();
    let terms = ETH.listing();
    let outside = [
        AddUnderlyingArgs {
            symbol: [0; 16],
            ..terms
        },
        AddUnderlyingArgs {
            feed_id: [0; 32],
            ..terms
        },
        AddUnderlyingArgs {
            feed_exponent: -19,
            ..terms
        },
        AddUnderlyingArgs {
            feed_exponent: 1,
            ..terms
        },
        AddUnderlyingArgs {
            push_exponent: -19,
            ..terms
        },
        AddUnderlyingArgs {
            push_exponent: 1,
            ..terms
        },
        // An exponent of no feed.
        AddUnderlyingArgs {
            push_feed: Pubkey::default(),
            ..terms
        },
        AddUnderlyingArgs {
            lot_units_e9: 0,
            ..terms
        },
        AddUnderlyingArgs {
            lot_units_e9: 1_000_000_000_001,
            ..terms
        },
        AddUnderlyingArgs {
            feed: FeedLimits {
                max_age_seconds: 121,
                ..terms.feed
            },
            ..terms
        },
    ];
    for args in outside {
        assert_fails_with(
            world.send(AddUnderlying {
                admin: &admin(),
                args,
                approval: None,
            }),
            MarginError::ParameterOutOfRange,
        );
    }
    assert_lands(world.send(AddUnderlying {
        admin: &admin(),
        args: terms,
        approval: None,
    }));
}

#[test]
fn requires_that_set_up_lasts_or_the_same_listing_was_queued_and_is_ready() {
    let mut world = World::new();
    let (admin, args) = (admin(), ETH.listing());
    let list = |approval| AddUnderlying {
        admin: &admin,
        args,
        approval,
    };
    world.land(EndGenesis { admin: &admin });
    assert_fails_with(world.send(list(None)), MarginError::ListingNotApproved);

    let queued = world.land(QueueChange {
        admin: &admin,
        of: None,
        change: Change::ListUnderlying(args),
    });
    assert_eq!(queued.event::<ChangeQueued>().number, 0);
    world.advance(172_799);
    assert_fails_with(world.send(list(Some(0))), MarginError::ChangeNotReady);
    world.advance(1);
    let other = AddUnderlyingArgs {
        feed_id: [9; 32],
        ..args
    };
    assert_fails_with(
        world.send(AddUnderlying {
            admin: &admin,
            args: other,
            approval: Some(0),
        }),
        MarginError::WrongApproval,
    );
    assert_fails_with(
        world.send(ApplyChange { number: 0 }),
        MarginError::ListingByItsInstruction,
    );
    assert_lands(world.send(list(Some(0))));
    assert_eq!(world.picture().underlying(ETH).active_from, world.now());
}

#[test]
fn the_underlying_exists_with_the_next_index_and_its_price_range_is_the_floor() {
    let mut world = World::new();
    let args = ETH.listing();

    let receipt = world.land(AddUnderlying {
        admin: &admin(),
        args,
        approval: None,
    });

    let picture = world.picture();
    let listed = picture.underlying(ETH);
    assert_eq!(listed.index, 2, "SOL is 0 and BTC is 1");
    assert_eq!(picture.market.house().unwrap().underlying_count, 3);
    assert_eq!(listed.range_e9, 180_000_000);
    assert_eq!((listed.symbol, listed.feed_id), (args.symbol, args.feed_id));
    assert_eq!((listed.feed_exponent, listed.lot_units_e9), (-8, 1_000_000));
    assert_eq!((listed.push_feed, listed.push_exponent), (ETH.push_feed(), -9));
    assert_eq!(
        (listed.feed, listed.risk, listed.market),
        (args.feed, args.risk, args.market)
    );
    assert_eq!((listed.price_e9, listed.published_at), (0, 0), "no price yet");
    assert_eq!(receipt.events(), ["UnderlyingListed"]);
    let event: UnderlyingListed = receipt.event();
    assert_eq!((event.underlying, event.index), (ETH.underlying(), 2));
    assert_eq!((event.args, event.active_from), (args, world.now()));
    assert_eq!((event.underlying_sequence, listed.sequence), (0, 0));
}

#[test]
fn a_symbol_is_listed_once() {
    let mut world = World::new();
    let again = AddUnderlyingArgs {
        feed_id: [9; 32],
        ..tenor_testkit::SOL.listing()
    };

    assert_fails_with(
        world.send(AddUnderlying {
            admin: &admin(),
            args: again,
            approval: None,
        }),
        ACCOUNT_EXISTS,
    );
}
