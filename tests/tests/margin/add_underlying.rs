//! `add_underlying`: lists an asset with a price feed.

use crate::scene::ACCOUNT_EXISTS;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::UnderlyingListed;
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::state::{FeedLimits, MarketLimits, RiskSettings};
use tenor_testkit::action::AddUnderlying;
use tenor_testkit::world::admin;
use tenor_testkit::{Asset, World, assert_fails_with, assert_lands};

const ETH: Asset = Asset {
    symbol: "ETH",
    decimals: 8,
    first_price_usd: 4_000,
    strike_step_usd: 50,
    lot_units_e9: 1_000_000,
};

fn feed(feed: FeedLimits) -> AddUnderlyingArgs {
    AddUnderlyingArgs { feed, ..ETH.listing() }
}

fn risk(risk: RiskSettings) -> AddUnderlyingArgs {
    AddUnderlyingArgs { risk, ..ETH.listing() }
}

fn market(market: MarketLimits) -> AddUnderlyingArgs {
    AddUnderlyingArgs {
        market,
        ..ETH.listing()
    }
}

#[test]
fn requires_that_the_signer_is_the_admin() {
    let mut world = World::new();
    let mallory = world.visitor("mallory");

    assert_fails_with(
        world.send(AddUnderlying {
            admin: &mallory,
            args: ETH.listing(),
        }),
        MarginError::NotAuthorised,
    );
    assert_lands(world.send(AddUnderlying {
        admin: &admin(),
        args: ETH.listing(),
    }));
}

#[test]
fn requires_that_every_parameter_is_within_its_bounds() {
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
        feed(FeedLimits {
            max_confidence_e9: 999_999,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_confidence_e9: 100_000_001,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_age_seconds: 4,
            max_liquidation_age_seconds: 4,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_age_seconds: 121,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_liquidation_age_seconds: 4,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_liquidation_age_seconds: 31,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_risk_age_seconds: 9,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_risk_age_seconds: 3_601,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_drift_e9: 99_999,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_drift_e9: 30_000_001,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_surface_age_seconds: 59,
            ..terms.feed
        }),
        feed(FeedLimits {
            max_surface_age_seconds: 86_401,
            ..terms.feed
        }),
        risk(RiskSettings {
            range_floor_e9: 49_999_999,
            ..terms.risk
        }),
        risk(RiskSettings {
            range_floor_e9: 400_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            range_cap_e9: 780_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_up_e9: 49_999_999,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_up_e9: 1_000_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_down_e9: 49_999_999,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_down_e9: 1_000_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_floor_e9: 9_999_999,
            ..terms.risk
        }),
        risk(RiskSettings {
            volatility_floor_e9: 1_000_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            short_power_e9: 400_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            long_power_e9: 400_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            initial_short_e9: 2_999_999,
            ..terms.risk
        }),
        risk(RiskSettings {
            initial_short_e9: 100_000_001,
            ..terms.risk
        }),
        risk(RiskSettings {
            roll_e9: 100_000_001,
            ..terms.risk
        }),
        market(MarketLimits {
            strike_step_e9: 0,
            ..terms.market
        }),
        market(MarketLimits {
            strike_window_low_e9: 9_999_999,
            ..terms.market
        }),
        market(MarketLimits {
            strike_window_low_e9: 1_000_000_001,
            ..terms.market
        }),
        market(MarketLimits {
            strike_window_high_e9: 999_999_999,
            ..terms.market
        }),
        market(MarketLimits {
            strike_window_high_e9: 10_000_000_001,
            ..terms.market
        }),
        market(MarketLimits {
            max_tenor_seconds: 604_799,
            ..terms.market
        }),
        market(MarketLimits {
            max_tenor_seconds: 63_072_001,
            ..terms.market
        }),
        market(MarketLimits {
            band_of_mark_e9: 500_000_001,
            ..terms.market
        }),
        market(MarketLimits {
            band_of_spot_e9: 50_000_001,
            ..terms.market
        }),
        market(MarketLimits {
            max_open_interest_lots: 0,
            ..terms.market
        }),
        market(MarketLimits {
            max_open_interest_lots: (1 << 40) + 1,
            ..terms.market
        }),
        market(MarketLimits {
            min_forward_ratio_e9: 499_999_999,
            ..terms.market
        }),
        market(MarketLimits {
            min_forward_ratio_e9: 1_000_000_001,
            ..terms.market
        }),
        market(MarketLimits {
            min_discount_e9: 499_999_999,
            ..terms.market
        }),
        market(MarketLimits {
            min_discount_e9: 1_000_000_001,
            ..terms.market
        }),
    ];
    for args in outside {
        assert_fails_with(
            world.send(AddUnderlying { admin: &admin(), args }),
            MarginError::ParameterOutOfRange,
        );
    }
    assert_lands(world.send(AddUnderlying {
        admin: &admin(),
        args: terms,
    }));
}

#[test]
fn the_underlying_exists_with_the_next_index_and_its_price_range_is_the_floor() {
    let mut world = World::new();
    let args = ETH.listing();

    let receipt = world.land(AddUnderlying { admin: &admin(), args });

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
    assert_eq!((event.feed_id, event.feed_exponent), (args.feed_id, -8));
    assert_eq!((event.push_feed, event.push_exponent), (ETH.push_feed(), -9));
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
        }),
        ACCOUNT_EXISTS,
    );
}
