//! `mark_settlement`: takes settlement marks from the one update that straddles them.

use crate::scene::Scene;
use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::{LateMinuteMarked, SettlementMarked};
use tenor_margin::state::SETTLEMENT_MARKS;
use tenor_math::quantity::Price;
use tenor_sdk::pyth::VerificationLevel;
use tenor_testkit::action::{MarkSettlement, SettleChain};
use tenor_testkit::world::SETTLEMENT_GRACE;
use tenor_testkit::{BTC, ChainOf, Feed, Outcome, PushFeed, SOL, assert_fails_with, assert_lands, days, hours, usd};

const FEED: Pubkey = Pubkey::new_from_array([77; 32]);

impl Scene {
    /// At so many seconds from expiry.
    pub fn at_expiry(seconds: i64) -> Self {
        let mut scene = Self::new();
        scene.world.set_time(scene.chain.expiry + seconds);
        scene
    }

    /// An update of a price; times from expiry.
    pub fn update(&self, dollars: u64, previous: i64, published: i64) -> Feed {
        let expiry = self.chain.expiry;
        Feed::of(SOL, usd(dollars), expiry + published).but(|update| update.prev_publish_time_secs = expiry + previous)
    }

    pub fn mark_with(&mut self, feed: &Feed) -> Outcome {
        self.world.write_feed(FEED, feed);
        self.world.send(MarkSettlement {
            chain: self.chain,
            feed: FEED,
        })
    }

    pub fn mark(&mut self, dollars: u64, previous: i64, published: i64) -> Outcome {
        let update = self.update(dollars, previous, published);
        self.mark_with(&update)
    }

    pub fn marks(&self) -> [u64; SETTLEMENT_MARKS] {
        self.world.picture().chain(self.chain).chain.settlement_marks_e9
    }

    pub fn chain_bytes(&self) -> Vec<u8> {
        let account = self.world.account(&self.chain.address()).unwrap();
        account.data().to_vec()
    }

    pub fn late(&self) -> (u64, u64) {
        let picture = self.world.picture();
        let chain = &picture.chain(self.chain).chain;
        (chain.late_minute, chain.late_price_e9)
    }
}

#[test]
fn requires_that_the_chain_is_not_settled_and_nothing_is_final_yet() {
    let mut scene = Scene::at_expiry(0);
    assert_lands(scene.mark(210, -1_000, 0));
    scene.world.advance(SETTLEMENT_GRACE);
    // Seventeen marks: they are final, though not written yet.
    assert_fails_with(scene.mark(190, 0, 60), MarginError::SettlementFinal);
    assert_fails_with(scene.mark(190, -1_800, -1_100), MarginError::SettlementFinal);
    let chain = scene.chain;
    assert_lands(scene.world.send(SettleChain { chain }));
    assert_fails_with(scene.mark(190, 0, 60), MarginError::ChainSettled);
}

#[test]
fn requires_that_the_feed_is_the_pull_oracles() {
    let mut scene = Scene::at_expiry(0);
    let (chain, expiry) = (scene.chain, scene.chain.expiry);
    // Even if it seems to straddle the expiry.
    scene.world.write_feed(SOL.push_feed(), &PushFeed::of(usd(210), expiry));
    let pushed = scene.world.send(MarkSettlement {
        chain,
        feed: SOL.push_feed(),
    });
    assert_fails_with(pushed, MarginError::FeedCannotSettle);
    scene.world.write_feed(FEED, &PushFeed::of(usd(210), expiry));
    let elsewhere = scene.world.send(MarkSettlement { chain, feed: FEED });
    assert_fails_with(elsewhere, MarginError::FeedAddress);
    assert_lands(scene.mark(210, -1, 0));
}

#[test]
fn requires_the_feeds_update() {
    let mut scene = Scene::at_expiry(0);
    let good = scene.update(210, -1, 0);
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
        assert_fails_with(scene.mark_with(&feed), error);
    }
    assert_lands(scene.mark_with(&good));
}

#[test]
fn requires_that_the_update_is_not_from_the_future() {
    let mut scene = Scene::at_expiry(-600);
    assert_fails_with(scene.mark(210, -540, -480), MarginError::PriceFromFuture);
    assert_fails_with(scene.mark(210, -700, -589), MarginError::PriceFromFuture);
    // The chain's clock lags a little: a mark may be taken ten seconds before it says so.
    scene.world.advance(50);
    assert_lands(scene.mark(210, -541, -540));
    assert_eq!(scene.marks()[20], 210_000_000_000);
}

#[test]
fn requires_that_until_ten_minutes_after_expiry_it_straddles_one_of_the_thirty_marks() {
    let mut scene = Scene::at_expiry(599);
    // Marks are at -1740, -1680, ... 0 seconds.
    for (previous, published) in [
        (-1_800, -1_741),
        (-1_740, -1_681),
        (-60, -1),
        (-59, -1),
        (0, 1),
        (0, 59),
        (0, 599),
        // A failed aggregation repeats its own time and belongs to no moment.
        (0, 0),
        (-60, -60),
        // Nor does one that runs backwards.
        (0, -600),
    ] {
        let refused = scene.mark(210, previous, published);
        assert_fails_with(refused, MarginError::NotSettlementUpdate);
    }
    for (previous, published) in [(-1_741, -1_740), (-1_681, -1_675), (-1, 0), (-120, -60)] {
        assert_lands(scene.mark(210, previous, published));
    }
    let taken: Vec<usize> = (0..30).filter(|mark| scene.marks()[*mark] != 0).collect();
    assert_eq!(taken, [0, 1, 28, 29]);
}

#[test]
fn requires_that_from_then_on_with_fewer_than_fifteen_marks_it_straddles_a_minute_after_expiry() {
    let mut scene = Scene::at_expiry(0);
    // Fourteen marks: at -780 to 0.
    assert_lands(scene.mark(210, -840, 0));
    assert_eq!(scene.marks().iter().filter(|mark| **mark != 0).count(), 14);
    scene.world.advance(SETTLEMENT_GRACE - 1);
    assert_fails_with(scene.mark(205, 59, 60), MarginError::NotSettlementUpdate);
    scene.world.advance(1);
    for (previous, published) in [(-900, -840), (-1, 0), (-5, 59), (60, 119), (61, 61)] {
        let refused = scene.mark(205, previous, published);
        assert_fails_with(refused, MarginError::NotSettlementUpdate);
    }
    assert_lands(scene.mark(205, 59, 60));
    assert_eq!(scene.late(), (1, 205_000_000_000));
}

#[test]
fn every_mark_that_the_update_straddles_is_its_price_whatever_its_age_and_confidence() {
    let mut scene = Scene::at_expiry(500);
    let before = scene.world.picture().chain(scene.chain).chain.sequence;
    // Marks 10 to 12, at -1140, -1080 and -1020, published 1,500 seconds ago, and as wide as the price.
    let wide = scene
        .update(210, -1_141, -1_000)
        .but(|update| update.conf = u64::try_from(update.price).unwrap());

    let receipt = assert_lands(scene.mark_with(&wide));

    let mut expected = [0; 30];
    expected[10..=12].fill(210_000_000_000);
    assert_eq!(scene.marks(), expected);
    let picture = scene.world.picture();
    let chain = &picture.chain(scene.chain).chain;
    assert_eq!((chain.marks_taken, chain.marks_sum_e9), (3, 630_000_000_000));
    assert_eq!((chain.settled, chain.settlement_price_e9), (0, 0));
    assert_eq!(receipt.events(), ["SettlementMarked"]);
    let event: SettlementMarked = receipt.event();
    assert_eq!((event.chain, event.sequence), (scene.chain.address(), before + 1));
    assert_eq!(event.marks, 0b111 << 10);
    assert_eq!(
        (event.price_e9, event.published_at),
        (210_000_000_000, scene.chain.expiry - 1_000)
    );
}

#[test]
fn the_first_minute_after_expiry_that_it_straddles_is_taken_unless_an_earlier_one_was() {
    let mut scene = Scene::at_expiry(hours(1));
    let since = scene.world.now();
    let receipt = assert_lands(scene.mark(207, 400, 700));
    assert_eq!(scene.late(), (7, 207_000_000_000));
    let event: LateMinuteMarked = receipt.event();
    assert_eq!((event.minute, event.price_e9), (7, 207_000_000_000));
    assert_eq!(
        (event.published_at, event.waits_since),
        (scene.chain.expiry + 700, since)
    );
    scene.world.advance(100);
    // A later one changes nothing; an earlier one replaces it, and waits no longer for that.
    assert_eq!(assert_lands(scene.mark(208, 480, 560)).events(), Vec::<&str>::new());
    assert_eq!(scene.late(), (7, 207_000_000_000));
    let earlier: LateMinuteMarked = assert_lands(scene.mark(203, 120, 180)).event();
    assert_eq!((earlier.minute, earlier.waits_since), (3, since));
    assert_eq!(scene.late(), (3, 203_000_000_000));
}

#[test]
fn what_was_brought_before_changes_nothing() {
    let mut scene = Scene::at_expiry(0);
    assert_lands(scene.mark(210, -600, -300));
    let before = scene.chain_bytes();
    // The same update from somebody else is no error, so nobody can make another's transaction fail by being first.
    let receipt = assert_lands(scene.mark(210, -600, -300));
    assert_eq!(receipt.events(), Vec::<&str>::new());
    // Even bytes that the oracle's program would never write do not change a mark.
    assert_lands(scene.mark(999, -600, -300));
    assert_eq!(scene.chain_bytes(), before);
    let event: SettlementMarked = assert_lands(scene.mark(999, -660, -240)).event();
    assert_eq!(event.marks, 0b10_0000 << 20 | 1 << 19);
    assert_eq!(scene.marks()[20..25], [210_000_000_000; 5]);
    assert_eq!(
        (scene.marks()[19], scene.marks()[25]),
        (999_000_000_000, 999_000_000_000)
    );
    let picture = scene.world.picture();
    assert_eq!(picture.chain(scene.chain).chain.marks_taken, 7);
}

#[test]
fn a_mark_is_the_same_for_every_caller_in_any_order_and_never_changes() {
    // A history with gaps: updates as (price, previous, published).
    let history = [
        (201, -1_900, -1_735),
        (202, -1_735, -1_500),
        (203, -1_500, -1_499),
        (204, -1_499, -900),
        (205, -900, -899),
        (206, -899, -120),
        (207, -120, -1),
        (208, -1, 3),
    ];
    let bytes_after = |order: &[usize], pauses: &[i64]| {
        let mut scene = Scene::at_expiry(3);
        for (place, pause) in order.iter().zip(pauses.iter().cycle()) {
            let (dollars, previous, published) = history[*place];
            let outcome = scene.mark(dollars, previous, published);
            // Two of them straddle nothing: the one of a second between marks, and that of -900 to -899.
            if matches!(*place, 2 | 4) {
                assert_fails_with(outcome, MarginError::NotSettlementUpdate);
            } else {
                assert_lands(outcome);
            }
            scene.world.advance(*pause);
        }
        assert!(scene.marks().iter().all(|mark| *mark != 0));
        scene.chain_bytes()
    };
    let first = bytes_after(&[0, 1, 2, 3, 4, 5, 6, 7], &[0]);
    assert_eq!(bytes_after(&[7, 6, 5, 4, 3, 2, 1, 0], &[1, 7]), first);
    assert_eq!(bytes_after(&[3, 7, 3, 1, 0, 6, 6, 2, 5, 4, 0], &[50]), first);
}

#[test]
fn the_price_rounds_down() {
    use tenor_testkit::action::{AddUnderlying, CreateChain};
    use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
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
    let chain = ChainOf {
        asset: fine,
        expiry: FIRST_EXPIRY,
    };
    scene.world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    scene.world.set_time(FIRST_EXPIRY);
    let feed =
        Feed::of(fine, usd(200), FIRST_EXPIRY).but(|update| (update.exponent, update.price) = (-10, 2_000_000_000_019));
    scene.world.write_feed(FEED, &feed);

    scene.world.land(MarkSettlement { chain, feed: FEED });

    let marks = scene.world.picture().chain(chain).chain.settlement_marks_e9;
    assert_eq!(marks[29], 200_000_000_001);
}

#[test]
fn a_price_beyond_what_averages_are_computed_with_is_refused() {
    // 2^57 x 1e-9 dollars are 144 million: no price of anything that is listed.
    let mut scene = Scene::at_expiry(0);
    let huge =
        |mantissa: i64| Feed::of(SOL, Price::from_e9(1_000), scene.chain.expiry).but(|update| update.price = mantissa);
    let (first, last) = (huge(14_411_518_807_585_588), huge(14_411_518_807_585_587));
    assert_fails_with(scene.mark_with(&first), MarginError::MathOverflow);
    assert_lands(scene.mark_with(&last));
}

#[test]
fn marks_of_a_chain_do_not_touch_another() {
    let mut scene = Scene::at_expiry(0);
    let other = ChainOf {
        expiry: scene.chain.expiry + days(7),
        ..scene.chain
    };
    scene.world.refresh();
    scene.world.list_chain(SOL, other.expiry, &[200]);
    let before = scene.world.account(&other.address());
    assert_lands(scene.mark(210, -1_800, 0));
    assert_eq!(scene.world.account(&other.address()), before);
}
