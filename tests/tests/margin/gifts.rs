//! Long options that somebody gives to an account in distress: by `transfer_position` from another account of its owner, and by
//! trades at no price that a friend makes as its delegate. None lowers its health, and none sets its auction back.

use crate::scene::STRIKES_USD;
use tenor_margin::MarginError;
use tenor_margin::instructions::SetDelegateArgs;
use tenor_margin::state::LiquidationState;
use tenor_math::quantity::Price;
use tenor_testkit::action::{
    LiquidateSlice, OpenAccount, Quote, SetDelegate, Touch, Trade, TradeTerms, TransferPosition,
};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, anyone};
use tenor_testkit::{
    Actor, ChainOf, Instrument, Outcome, SOL, USDC, World, assert_fails_with, assert_lands, sol, usdc,
};

/// A writer of puts of 180 and a few calls of 240, in the third minute of its auction. Its friend may trade for it, and it has a
/// second account that holds puts of 180.
struct Gift {
    world: World,
    chain: ChainOf,
    writer: Actor,
    second: Actor,
    friend: Actor,
    liquidator: Actor,
}

const CLOCK: i64 = 120;

impl Gift {
    fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &STRIKES_USD);
        let writer = world.trader("writer", &[(USDC, usdc(2_000)), (SOL, sol(4))]);
        let [friend, rich, liquidator] =
            ["friend", "rich", "liquidator"].map(|name| world.trader(name, &[(USDC, usdc(100_000))]));
        let second = writer.with_account_number(1);
        world.land(OpenAccount {
            payer: &anyone(),
            owner: &second,
            capacity: 8,
        });
        world.deposit(&second, USDC, usdc(20_000));
        world.trade_at_mark(&rich, &writer, chain.put(180), 8_000);
        world.trade_at_mark(&rich, &writer, chain.call(240), 100);
        world.trade_at_mark(&second, &rich, chain.put(180), 6_000);
        world.land(SetDelegate {
            owner: &writer,
            args: SetDelegateArgs {
                delegate: friend.address(),
                max_daily_loss_e9: 0,
            },
        });
        tenor_tests::story::fall(&mut world, &writer);
        let mut gift = Self {
            world,
            chain,
            writer,
            second,
            friend,
            liquidator,
        };
        gift.touch_after(0);
        for _ in 0..4 {
            gift.touch_after(30);
        }
        assert_eq!(gift.clock(), CLOCK);
        gift
    }

    /// Time passes, prices and risk arrays are fresh again, and someone touches.
    fn touch_after(&mut self, seconds: i64) {
        self.world.advance(seconds);
        self.world.refresh();
        self.world.land(Touch { of: &self.writer });
    }

    fn state(&self) -> LiquidationState {
        self.world.picture().account(&self.writer).account.liquidation
    }

    fn clock(&self) -> i64 {
        self.state().clock_seconds.into()
    }

    /// Initial and maintenance health, and equity.
    fn health(&self) -> [i64; 3] {
        let picture = self.world.picture();
        let (action, stored) = (picture.action_health(&self.writer), picture.health(&self.writer));
        [
            action.initial_health().unwrap().e9(),
            stored.maintenance_health().unwrap().e9(),
            stored.equity.e9(),
        ]
    }

    /// The friend gives lots for nothing and signs for both sides.
    fn give(&mut self, option: Instrument, lots: i64) -> Outcome {
        let price = Price::from_e9(0);
        let trade = Trade {
            buyer: &self.writer,
            seller: &self.friend,
            quotes: vec![Quote { option, lots, price }],
        };
        let by_friend = TradeTerms {
            for_buyer: Some(&self.friend),
            ..TradeTerms::default()
        };
        let call = self.world.call(trade.on(by_friend));
        self.world.send(call)
    }

    fn transfer(&mut self, option: Instrument, lots: i64) -> Outcome {
        let (from, to) = (&self.second, &self.writer);
        self.world.send(TransferPosition { from, to, option, lots })
    }
}

#[test]
fn longs_that_close_shorts_for_nothing_raise_health_and_leave_the_auction_as_it_is() {
    // One lot, many, and the last ones.
    let mut gift = Gift::new();
    let call = gift.chain.call(240);
    for lots in [1, 50, 49] {
        let (before, state) = (gift.health(), gift.state());
        assert_lands(gift.give(call, lots));
        let after = gift.health();
        assert!(
            before.iter().zip(&after).all(|(before, after)| after > before),
            "{before:?} to {after:?}"
        );
        assert_eq!(gift.state(), state);
        assert_adds_up(&gift.world);
    }
    assert_eq!(gift.world.picture().lots(&gift.writer, call), 0);
    gift.touch_after(30);
    assert_eq!((gift.state().active, gift.clock()), (1, CLOCK + 30));
}

#[test]
fn longs_that_close_no_shorts_are_refused_from_a_friend_while_they_do_not_heal() {
    let mut gift = Gift::new();
    let (call, other) = (gift.chain.call(240), gift.chain.call(220));
    // New ones, and more than close the shorts: a strike that is turned round is not only a reduction.
    for (option, lots) in [(other, 1), (other, 1_000), (call, 101), (call, 5_000)] {
        assert_fails_with(gift.give(option, lots), MarginError::InitialHealthNegative);
    }
    // Nor does a gift of one lot buy the friend anything: not as the delegate, and not if the owner signs.
    assert_lands(gift.give(call, 1));
    assert_fails_with(gift.give(call, -1), MarginError::DelegateLossLimit);
    let back = Trade {
        buyer: &gift.writer,
        seller: &gift.friend,
        quotes: vec![Quote {
            option: call,
            lots: -1,
            price: Price::from_e9(0),
        }],
    };
    assert_fails_with(gift.world.send(back), MarginError::InitialHealthNegative);
}

#[test]
fn longs_of_another_account_of_the_owner_are_refused_while_they_do_not_heal() {
    let mut gift = Gift::new();
    let put = gift.chain.put(180);
    for lots in [1, 10, 100] {
        assert_fails_with(gift.transfer(put, lots), MarginError::InitialHealthNegative);
    }
}

#[test]
fn a_gift_that_heals_ends_the_auction_at_the_next_touch_and_does_not_set_its_clock_back() {
    let mut gift = Gift::new();
    let put = gift.chain.put(180);
    let (before, state) = (gift.health(), gift.state());
    assert_lands(gift.transfer(put, 6_000));
    let after = gift.health();
    assert!(
        before.iter().zip(&after).all(|(before, after)| after > before),
        "{before:?} to {after:?}"
    );
    assert!(after[0] >= 0);
    assert_eq!(gift.state(), state, "the auction runs until somebody looks");
    gift.touch_after(5);
    assert_eq!((gift.state().active, gift.clock()), (0, CLOCK + 5));

    // What closed shorts is gone: nobody takes it back.
    let (from, to, option, lots) = (&gift.writer, &gift.second, put, 6_000);
    let back = gift.world.send(TransferPosition { from, to, option, lots });
    assert_fails_with(back, MarginError::NotEnoughLots);
    // Ill again within half an hour: the clock goes on where it stood.
    let health = gift.world.picture().health(&gift.writer);
    let spare = health.equity.e9() - health.maintenance.e9() / 2;
    gift.world
        .edit_account(&gift.writer, |account| account.cash_atoms -= spare / 1_000);
    gift.world.advance(1_790);
    gift.world.refresh();
    gift.world.land(Touch { of: &gift.writer });
    assert_eq!((gift.state().active, gift.clock()), (1, CLOCK + 5));
}

/// Known: a slice names what it was decided on, and a gift of one lot changes that. The next slice lands.
#[test]
fn a_gift_voids_slices_that_were_decided_before_it_and_no_later_one() {
    let mut gift = Gift::new();
    let largest = |gift: &Gift| {
        gift.world.call(LiquidateSlice::largest(
            &gift.writer,
            &gift.liquidator,
            &gift.world.picture(),
        ))
    };
    let decided = largest(&gift);
    let call = gift.chain.call(240);
    assert_lands(gift.give(call, 1));
    assert_fails_with(gift.world.send(decided), MarginError::SequenceMismatch);
    let decided = largest(&gift);
    assert_lands(gift.world.send(decided));
    assert_adds_up(&gift.world);
}
