//! Attacks on expired series, on the settlement price and on payouts, by name.

use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_sdk::pyth::VerificationLevel;
use tenor_testkit::action::{Action, Call, MarkSettlement, Quote, SettleAccount, SettleChain, Trade};
use tenor_testkit::world::{FIRST_EXPIRY, SETTLEMENT_GRACE};
use tenor_testkit::{
    Actor, BTC, ChainOf, Feed, Instrument, Outcome, PushFeed, SOL, USDC, World, assert_fails_with, assert_lands, hours,
    usd, usdc, weeks,
};

const FEED: Pubkey = Pubkey::new_from_array([78; 32]);

struct Scene {
    world: World,
    chain: ChainOf,
    later: ChainOf,
    bitcoin: ChainOf,
    alice: Actor,
    bob: Actor,
}

impl Scene {
    /// Alice is long calls and Bob short in three chains.
    fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
        let later = world.list_chain(SOL, FIRST_EXPIRY + weeks(1), &[180, 200]);
        let bitcoin = world.list_chain(BTC, FIRST_EXPIRY, &[100_000]);
        let [alice, bob] = ["alice", "bob"].map(|name| world.trader(name, &[(USDC, usdc(50_000))]));
        for option in [chain.call(200), later.call(180), bitcoin.call(100_000)] {
            world.trade_at_mark(&alice, &bob, option, 10);
        }
        Self {
            world,
            chain,
            later,
            bitcoin,
            alice,
            bob,
        }
    }

    fn at_expiry(seconds: i64) -> Self {
        let mut scene = Self::new();
        scene.world.set_time(scene.chain.expiry + seconds);
        scene
    }

    /// Times from expiry.
    fn update(&self, dollars: u64, previous: i64, published: i64) -> Feed {
        let expiry = self.chain.expiry;
        Feed::of(SOL, usd(dollars), expiry + published).but(|update| update.prev_publish_time_secs = expiry + previous)
    }

    fn bring(&mut self, feed: &Feed) -> Outcome {
        self.world.write_feed(FEED, feed);
        let chain = self.chain;
        self.world.send(MarkSettlement { chain, feed: FEED })
    }

    fn mark(&mut self, dollars: u64, previous: i64, published: i64) -> Outcome {
        let update = self.update(dollars, previous, published);
        self.bring(&update)
    }

    fn settle_chain(&mut self) -> Outcome {
        let chain = self.chain;
        self.world.send(SettleChain { chain })
    }

    fn settle(&mut self, chain: ChainOf, of: &Actor) -> Outcome {
        self.world.send(SettleAccount { chain, of })
    }

    fn trade(&mut self, option: Instrument, lots: i64) -> Outcome {
        let (buyer, seller) = (self.alice.clone(), self.bob.clone());
        let price = self.world.picture().mark(option);
        self.world.send(Trade {
            buyer: &buyer,
            seller: &seller,
            quotes: vec![Quote { option, lots, price }],
        })
    }

    fn cash(&self, actor: &Actor) -> i64 {
        self.world.picture().balance(actor, USDC)
    }

    fn price_e9(&self) -> u64 {
        self.world.picture().chain(self.chain).chain.settlement_price_e9
    }
}

#[test]
fn b13_an_expired_series_is_not_bought_written_or_settled_too_early() {
    let mut scene = Scene::new();
    let option = scene.chain.call(220);
    scene.world.set_time(scene.chain.expiry - 1);
    scene.world.refresh();
    assert_lands(scene.trade(option, 1));
    let alice = scene.alice.clone();
    for seconds in [0, 1, SETTLEMENT_GRACE, hours(5)] {
        scene.world.set_time(scene.chain.expiry + seconds);
        scene.world.refresh();
        // Buying and writing more of it: refused, on whichever side.
        assert_fails_with(scene.trade(option, 5), MarginError::ChainExpired);
        assert_fails_with(scene.trade(option, -5), MarginError::ChainExpired);
        let chain = scene.chain;
        assert_fails_with(scene.settle(chain, &alice), MarginError::ChainNotSettled);
    }
}

#[test]
fn b13_a_chain_is_not_settled_before_its_expiry_or_while_marks_may_still_be_brought() {
    let mut scene = Scene::at_expiry(-1);
    assert_lands(scene.mark(200, -1_800, -1));
    assert_fails_with(scene.settle_chain(), MarginError::ChainNotExpired);
    for seconds in [0, 1, SETTLEMENT_GRACE - 1] {
        scene.world.set_time(scene.chain.expiry + seconds);
        assert_fails_with(scene.settle_chain(), MarginError::SettlementMarksOpen);
    }
    scene.world.advance(1);
    assert_lands(scene.settle_chain());
}

#[test]
fn b14_the_price_is_not_set_twice() {
    let mut scene = Scene::new();
    scene.world.settle(scene.chain, usd(210));
    assert_fails_with(scene.settle_chain(), MarginError::ChainSettled);
    for (previous, published) in [(-1_800, 0), (0, 60), (590, 600)] {
        assert_fails_with(scene.mark(999, previous, published), MarginError::ChainSettled);
    }
    assert_eq!(scene.price_e9(), 210_000_000_000);
}

#[test]
fn b14_nobody_has_authority_over_it_and_nothing_but_the_oracle_makes_a_price() {
    let mut scene = Scene::at_expiry(0);
    let good = scene.update(210, -1_800, 0);
    // An account of somebody's own program, of the house's, or of the push oracle with the same bytes.
    for owner in [Pubkey::new_from_array([9; 32]), tenor_margin::ID, Pubkey::default()] {
        assert_fails_with(scene.bring(&good.clone().owned_by(owner)), MarginError::FeedOwner);
    }
    let cases = [
        (
            good.clone().but(|update| update.feed_id = BTC.feed_id()),
            MarginError::FeedId,
        ),
        (
            good.clone()
                .but(|update| update.verification_level = VerificationLevel::Partial { num_signatures: 12 }),
            MarginError::FeedVerification,
        ),
        (
            good.clone().but(|update| update.price = -1),
            MarginError::PriceNotPositive,
        ),
        (
            good.clone().but(|update| update.exponent = -9),
            MarginError::FeedExponent,
        ),
        (good.clone().cut_by(8), MarginError::FeedMalformed),
    ];
    for (feed, error) in cases {
        assert_fails_with(scene.bring(&feed), error);
    }
    // A push feed keeps no predecessor: any of its prices would do.
    let chain = scene.chain;
    scene
        .world
        .write_feed(SOL.push_feed(), &PushFeed::of(usd(999), scene.chain.expiry));
    let pushed = scene.world.send(MarkSettlement {
        chain,
        feed: SOL.push_feed(),
    });
    assert_fails_with(pushed, MarginError::FeedCannotSettle);
    // Another underlying with that feed beside the chain.
    scene
        .world
        .write_feed(FEED, &Feed::of(BTC, usd(100_000), scene.chain.expiry));
    let picture = scene.world.picture();
    let mut call = MarkSettlement { chain, feed: FEED }.call(&picture);
    call.instruction_mut().accounts[0].pubkey = BTC.underlying();
    assert_fails_with(scene.world.send(call), MarginError::ForeignMarketAccount);
    assert_lands(scene.bring(&good));
}

#[test]
fn b14_prices_from_outside_the_window_are_refused() {
    let mut scene = Scene::at_expiry(0);
    for (previous, published) in [(-3_600, -1_741), (-100_000, -7_200)] {
        assert_fails_with(scene.mark(999, previous, published), MarginError::NotSettlementUpdate);
    }
    for published in [11, 600] {
        assert_fails_with(scene.mark(999, -1, published), MarginError::PriceFromFuture);
    }
    scene.world.advance(SETTLEMENT_GRACE);
    // The marks are void for want of fifteen, and may not be brought any more.
    for (previous, published) in [(-1_800, 0), (-1, 59), (60, 60)] {
        assert_fails_with(scene.mark(999, previous, published), MarginError::NotSettlementUpdate);
    }
}

#[test]
fn b14_nobody_picks_a_price_inside_the_window() {
    // The feed jumps every second between 150 and 250 dollars; whoever brings marks tries each of them.
    let dollars = |second: i64| if second % 2 == 0 { 150 } else { 250 };
    let price_of = |order: &dyn Fn(i64) -> i64| {
        let mut scene = Scene::at_expiry(0);
        for place in 0..120 {
            // The last two minutes, in whatever order.
            let second = order(place) - 119;
            let outcome = scene.mark(dollars(second), second - 1, second);
            if second % 60 == 0 {
                assert_lands(outcome);
            } else {
                assert_fails_with(outcome, MarginError::NotSettlementUpdate);
            }
        }
        assert_lands(scene.mark(200, -1_800, -120));
        scene.world.advance(SETTLEMENT_GRACE);
        assert_lands(scene.settle_chain());
        let address = scene.chain.address();
        (scene.price_e9(), scene.world.account(&address).unwrap().data().to_vec())
    };
    let forth = price_of(&|place| place);
    // (28 x 200 + 2 x 150) / 30 = 196.666666666...
    assert_eq!(forth.0, 196_666_666_666);
    assert_eq!(price_of(&|place| 119 - place), forth);
    assert_eq!(price_of(&|place| place * 7 % 120), forth);
}

#[test]
fn b14_a_price_after_expiry_is_not_chosen_by_whoever_is_first() {
    // No marks, and a history of prices afterwards: an attacker brings the one that it likes best, others bring earlier ones.
    let price_of = |minutes: &[i64]| {
        let mut scene = Scene::at_expiry(hours(1));
        for minute in minutes {
            let dollars = 200 + u64::try_from(*minute).unwrap();
            assert_lands(scene.mark(dollars, 60 * minute - 1, 60 * minute));
            scene.world.advance(60);
        }
        assert_lands(scene.settle_chain());
        scene.price_e9()
    };
    assert_eq!(price_of(&[44, 7, 30, 3, 1]), 201_000_000_000);
    assert_eq!(price_of(&[1]), 201_000_000_000);
    // Even at the last second of its ten minutes.
    let mut scene = Scene::at_expiry(hours(1));
    assert_lands(scene.mark(244, 2_639, 2_640));
    scene.world.advance(SETTLEMENT_GRACE - 1);
    assert_fails_with(scene.settle_chain(), MarginError::SettlementMarkWaits);
    assert_lands(scene.mark(201, 59, 60));
    assert_lands(scene.settle_chain());
    assert_eq!(scene.price_e9(), 201_000_000_000);
}

#[test]
fn b14_bringing_a_mark_first_makes_nobody_elses_transaction_fail() {
    let mut scene = Scene::at_expiry(0);
    let (first, second) = (Pubkey::new_from_array([71; 32]), Pubkey::new_from_array([72; 32]));
    let (one, other) = (scene.update(210, -61, -60), scene.update(220, -1, 0));
    scene.world.write_feed(first, &one);
    scene.world.write_feed(second, &other);
    let chain = scene.chain;
    let mark = |feed| MarkSettlement { chain, feed };
    assert_lands(scene.world.send(mark(first)));
    // A keeper's transaction with both.
    let picture = scene.world.picture();
    let both: Call = mark(first).call(&picture).then(mark(second).call(&picture));
    assert_lands(scene.world.send(both));
    let marks = scene.world.picture().chain(chain).chain.settlement_marks_e9;
    assert_eq!(marks[28..], [210_000_000_000, 220_000_000_000]);
}

#[test]
fn b15_an_account_is_not_paid_twice() {
    let mut scene = Scene::new();
    let (chain, alice) = (scene.chain, scene.alice.clone());
    let before = scene.cash(&alice);
    scene.world.settle(chain, usd(230));
    // Twice in one transaction: neither.
    let picture = scene.world.picture();
    let settle = SettleAccount { chain, of: &alice }.call(&picture);
    assert_fails_with(scene.world.send(settle.clone().then(settle)), MarginError::NoPositions);
    assert_eq!(scene.cash(&alice), before);
    assert_lands(scene.settle(chain, &alice));
    // Ten lots of 0.01 at 30 dollars.
    assert_eq!(scene.cash(&alice) - before, 3_000_000);
    assert_fails_with(scene.settle(chain, &alice), MarginError::NoPositions);
}

#[test]
fn b15_positions_of_one_series_are_not_paid_by_another() {
    let mut scene = Scene::new();
    let (chain, later, bitcoin, alice) = (scene.chain, scene.later, scene.bitcoin, scene.alice.clone());
    scene.world.settle(chain, usd(230));
    // The other chains are not settled, whatever this one is.
    for other in [later, bitcoin] {
        assert_fails_with(scene.settle(other, &alice), MarginError::ChainNotSettled);
    }
    // The larger lot of another underlying.
    let picture = scene.world.picture();
    let right = SettleAccount { chain, of: &alice }.call(&picture);
    let mut wrong = right.clone();
    let place = wrong
        .instruction_mut()
        .accounts
        .iter()
        .position(|meta| meta.pubkey == SOL.underlying());
    wrong.instruction_mut().accounts[place.unwrap()].pubkey = BTC.underlying();
    assert_fails_with(scene.world.send(wrong), MarginError::ForeignMarketAccount);
    assert_lands(scene.world.send(right));
    // What it held in the others is untouched.
    let picture = scene.world.picture();
    assert_eq!(picture.lots(&alice, later.call(180)), 10);
    assert_eq!(picture.lots(&alice, bitcoin.call(100_000)), 10);
}

#[test]
fn b15_what_is_paid_is_lots_times_the_payoff_of_one_and_nobodys_else() {
    let mut scene = Scene::new();
    let (chain, alice, bob) = (scene.chain, scene.alice.clone(), scene.bob.clone());
    let before = [scene.cash(&alice), scene.cash(&bob)];
    scene.world.settle(chain, usd(207));
    assert_lands(scene.settle(chain, &bob));
    assert_lands(scene.settle(chain, &alice));
    // Seven dollars on ten lots of 0.01.
    assert_eq!(scene.cash(&alice) - before[0], 700_000);
    assert_eq!(scene.cash(&bob) - before[1], -700_000);
    let header = scene.world.picture().chain(chain).chain;
    assert_eq!((header.settlement_balance_atoms, header.open_positions), (0, 0));
}
