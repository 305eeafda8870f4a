//! `settle_chain`: writes the settlement price of a chain.

use crate::scene::Scene;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::ChainSettled;
use tenor_sdk::pyth::VerificationLevel;
use tenor_testkit::action::SettleChain;
use tenor_testkit::{BTC, Feed, PushFeed, SOL, assert_fails_with, assert_lands, days, usd};

const FEED: Pubkey = Pubkey::new_from_array([77; 32]);

impl Scene {
    /// At expiry.
    fn expired() -> Self {
        let mut scene = Self::new();
        scene.world.set_time(scene.chain.expiry);
        scene
    }

    fn settle_with(&mut self, feed: &Feed) -> tenor_testkit::Outcome {
        self.world.write_feed(FEED, feed);
        self.world.send(SettleChain {
            chain: self.chain,
            feed: FEED,
        })
    }

    /// Published at a time and after another.
    fn update(&self, previous: i64, published: i64) -> Feed {
        Feed::of(SOL, usd(210), published).but(|update| update.prev_publish_time_secs = previous)
    }
}

#[test]
fn requires_that_the_chain_has_expired() {
    let mut scene = Scene::new();
    let expiry = scene.chain.expiry;
    scene.world.set_time(expiry - 1);
    // Even with an update that claims to straddle the expiry.
    let update = scene.update(expiry - 1, expiry);
    assert_fails_with(scene.settle_with(&update), MarginError::ChainNotExpired);
    scene.world.set_time(expiry);
    assert_lands(scene.settle_with(&update));
}

#[test]
fn requires_that_the_chain_is_not_settled() {
    let mut scene = Scene::expired();
    let update = scene.update(scene.chain.expiry - 1, scene.chain.expiry);
    assert_lands(scene.settle_with(&update));
    assert_fails_with(scene.settle_with(&update), MarginError::ChainSettled);
}

#[test]
fn requires_that_the_update_straddles_the_expiry() {
    let mut scene = Scene::expired();
    let expiry = scene.chain.expiry;
    let wrong = [
        (expiry - 2, expiry - 1),
        (expiry, expiry + 1),
        (expiry, expiry),
        (expiry + 1, expiry + 2),
        (expiry - 1, expiry - 1),
        // A failed aggregation repeats its own time and belongs to no moment.
        (expiry + 5, expiry + 5),
    ];
    for (previous, published) in wrong {
        let update = scene.update(previous, published);
        assert_fails_with(scene.settle_with(&update), MarginError::NotSettlementUpdate);
    }
    let right = scene.update(expiry - 1, expiry);
    assert_lands(scene.settle_with(&right));

    let mut scene = Scene::expired();
    let wide = scene.update(expiry - 30, expiry + 30);
    assert_lands(scene.settle_with(&wide));
}

#[test]
fn requires_the_feeds_update() {
    let mut scene = Scene::expired();
    let good = scene.update(scene.chain.expiry - 1, scene.chain.expiry);
    let cases = [
        (
            good.clone().owned_by(Pubkey::new_from_array([9; 32])),
            MarginError::FeedOwner,
        ),
        (
            good.clone().but(|update| update.feed_id = BTC.feed_id()),
            MarginError::FeedId,
        ),
        (
            good.clone().but(|update| update.exponent = -7),
            MarginError::FeedExponent,
        ),
        (
            good.clone().but(|update| update.price = 0),
            MarginError::PriceNotPositive,
        ),
        (good.clone().cut_by(1), MarginError::FeedMalformed),
        (
            good.clone()
                .but(|update| update.verification_level = VerificationLevel::Partial { num_signatures: 5 }),
            MarginError::FeedVerification,
        ),
    ];
    for (feed, error) in cases {
        assert_fails_with(scene.settle_with(&feed), error);
    }
    assert_lands(scene.settle_with(&good));
}

#[test]
fn requires_that_the_feed_is_the_pull_oracles() {
    let mut scene = Scene::expired();
    let expiry = scene.chain.expiry;
    let settle = SettleChain {
        chain: scene.chain,
        feed: SOL.push_feed(),
    };
    // Even if it seems to straddle the expiry.
    scene.world.write_feed(SOL.push_feed(), &PushFeed::of(usd(210), expiry));
    assert_fails_with(scene.world.send(settle), MarginError::FeedCannotSettle);
    scene.world.write_feed(FEED, &PushFeed::of(usd(210), expiry));
    let elsewhere = SettleChain {
        chain: scene.chain,
        feed: FEED,
    };
    assert_fails_with(scene.world.send(elsewhere), MarginError::FeedAddress);
    let update = scene.update(expiry - 1, expiry);
    assert_lands(scene.settle_with(&update));
}

#[test]
fn the_settlement_price_is_written() {
    let mut scene = Scene::expired();
    let expiry = scene.chain.expiry;
    let update = scene.update(expiry - 2, expiry + 1);

    let receipt = assert_lands(scene.settle_with(&update));

    let picture = scene.world.picture();
    let chain = &picture.chain(scene.chain).chain;
    assert_eq!((chain.settled, chain.settlement_price_e9), (1, 210_000_000_000));
    assert_eq!(chain.settlement_published_at, expiry + 1);
    assert_eq!(receipt.events(), ["ChainSettled"]);
    let event: ChainSettled = receipt.event();
    assert_eq!((event.chain, event.price_e9), (scene.chain.address(), 210_000_000_000));
    assert_eq!(event.published_at, expiry + 1);
}

#[test]
fn it_is_written_once_and_is_the_same_for_every_caller() {
    // Two callers at different times bring the only update that straddles the expiry.
    let price_when_sent_after = |seconds| {
        let mut scene = Scene::expired();
        scene.world.advance(seconds);
        let update = scene.update(scene.chain.expiry - 1, scene.chain.expiry);
        assert_lands(scene.settle_with(&update));
        let price = scene.world.picture().chain(scene.chain).chain.settlement_price_e9;
        let other = Feed::of(SOL, usd(999), scene.chain.expiry);
        assert_fails_with(scene.settle_with(&other), MarginError::ChainSettled);
        price
    };
    assert_eq!(price_when_sent_after(0), price_when_sent_after(days(30)));
}

#[test]
fn the_price_rounds_down() {
    use tenor_testkit::action::AddUnderlying;
    use tenor_testkit::world::{FIRST_EXPIRY, admin};
    let mut scene = Scene::new();
    let fine = tenor_testkit::Asset { symbol: "FINE", ..SOL };
    let args = tenor_margin::instructions::AddUnderlyingArgs {
        feed_exponent: -10,
        ..fine.listing()
    };
    scene.world.allow_listing();
    scene.world.land(AddUnderlying {
        admin: &admin(),
        args,
        approval: None,
    });
    let at =
        |time, mantissa| Feed::of(fine, usd(200), time).but(|update| (update.exponent, update.price) = (-10, mantissa));
    let chain = tenor_testkit::ChainOf {
        asset: fine,
        expiry: FIRST_EXPIRY,
    };
    scene.world.land(tenor_testkit::action::CreateChain {
        payer: &tenor_testkit::world::anyone(),
        chain,
    });
    scene.world.set_time(FIRST_EXPIRY);
    scene.world.write_feed(FEED, &at(FIRST_EXPIRY, 2_000_000_000_019));

    scene.world.land(SettleChain { chain, feed: FEED });

    assert_eq!(
        scene.world.picture().chain(chain).chain.settlement_price_e9,
        200_000_000_001
    );
}
