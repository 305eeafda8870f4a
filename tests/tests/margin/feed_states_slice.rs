//! `liquidate_slice` in each state of a feed: what is taken over and what is refused.

use crate::feed_states::{HOURS, Market};
use tenor_margin::MarginError;
use tenor_margin::event::SliceLiquidated;
use tenor_margin::risk::FeedState;
use tenor_testkit::action::{LiquidateSlice, Touch};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{Actor, BTC, ChainOf, Outcome, SOL, USDC, assert_fails_with, assert_lands, usd, usdc};

/// A market whose writer is in an auction, and somebody with money.
struct Auction {
    market: Market,
    liquidator: Actor,
}

impl Auction {
    /// The auction started on a fresh price, when the writer's equity was half of its maintenance requirement.
    fn on_fresh() -> Self {
        let mut market = Market::fresh();
        let liquidator = market.world.trader("liquidator", &[(USDC, usdc(100_000))]);
        let mut auction = Self { market, liquidator };
        auction.set_equity(50);
        auction.touch();
        auction
    }

    /// The same, and the price is eleven seconds old: one too many for a liquidation.
    fn on_old() -> Self {
        let mut auction = Self::on_fresh();
        auction.market.world.advance(11);
        auction
    }

    /// The same, and the next price is certain to five percent only.
    fn on_wide() -> Self {
        let mut auction = Self::on_old();
        auction.market.publish_wide(usd(200));
        auction.market.refresh();
        assert_eq!(auction.market.state(), FeedState::Wide);
        auction
    }

    /// The writer's equity becomes a part of its maintenance requirement, at the stored price.
    fn set_equity(&mut self, percent: i64) {
        let writer = self.market.writer.clone();
        let health = self.market.world.picture().health(&writer);
        let missing_e9 = health.maintenance.e9() / 100 * percent - health.equity.e9();
        let atoms = missing_e9 / 1_000;
        self.market
            .world
            .edit_account(&writer, |account| account.cash_atoms += atoms);
    }

    fn touch(&mut self) {
        let writer = self.market.writer.clone();
        self.market.world.land(Touch { of: &writer });
    }

    fn slice(&mut self) -> Outcome {
        let picture = self.market.world.picture();
        let slice = LiquidateSlice::largest(&self.market.writer, &self.liquidator, &picture);
        self.market.world.send(slice)
    }
}

#[test]
fn a_slice_is_taken_on_a_fresh_price_and_refused_once_the_account_is_at_its_target() {
    let mut auction = Auction::on_fresh();
    assert_lands(auction.slice());
    assert_adds_up_without_edits(&auction);

    let mut auction = Auction::on_fresh();
    auction.set_equity(116);
    assert_fails_with(auction.slice(), MarginError::NothingToLiquidate);
}

/// Cash was written into the writer's account, so the vault does not match; lots still sum to zero.
fn assert_adds_up_without_edits(auction: &Auction) {
    let picture = auction.market.world.picture();
    let put = auction.market.chain.put(180);
    let lots = [&auction.market.writer, &auction.market.buyer, &auction.liquidator].map(|of| picture.lots(of, put));
    assert_eq!(lots.iter().sum::<i64>(), 0);
    assert!(lots[2] < 0, "the liquidator took shorts over");
}

#[test]
fn a_slice_is_refused_on_an_old_price_until_it_is_updated() {
    let mut auction = Auction::on_old();
    // Young enough to trade on, too old to liquidate by.
    assert_eq!(auction.market.state(), FeedState::Fresh);
    assert_fails_with(auction.slice(), MarginError::PriceStale);
    auction.market.world.set_price(SOL, usd(200));
    assert_lands(auction.slice());
}

#[test]
fn a_slice_is_taken_on_a_wide_price_of_whoever_is_unhealthy_at_both_ends() {
    // Unhealthy in the middle, and healthy at the high end: five percent up, puts of 180 cost and need less.
    let mut auction = Auction::on_wide();
    auction.set_equity(99);
    let health = auction.market.world.picture().health(&auction.market.writer);
    assert!(health.maintenance_health().unwrap().e9() < 0);
    assert!(!health.is_certainly_unhealthy().unwrap());
    assert_fails_with(auction.slice(), MarginError::PriceUncertain);

    let mut auction = Auction::on_wide();
    auction.set_equity(10);
    let health = auction.market.world.picture().health(&auction.market.writer);
    assert!(health.is_certainly_unhealthy().unwrap());
    assert_lands(auction.slice());
}

/// Whoever takes a slice over on a wide price needs five quarters of what it would on a certain one.
#[test]
fn the_liquidator_needs_a_wider_requirement_on_a_wide_price() {
    let mut needs = [0; 2];
    for (place, is_wide) in [(0, false), (1, true)] {
        let start = || {
            let mut auction = if is_wide {
                Auction::on_wide()
            } else {
                Auction::on_fresh()
            };
            auction.set_equity(10);
            auction
        };
        let lands_with = |cash: i64| {
            let mut auction = start();
            let liquidator = auction.liquidator.clone();
            auction
                .market
                .world
                .edit_account(&liquidator, |account| account.cash_atoms = cash);
            match auction.slice() {
                Ok(_) => true,
                Err(refusal) => {
                    assert_fails_with(Err(refusal), MarginError::InitialHealthNegative);
                    false
                }
            }
        };
        // The least cash, to a dollar.
        let (mut too_little, mut enough) = (0_i64, 100_000_000_000_i64);
        assert!(!lands_with(too_little) && lands_with(enough));
        while enough - too_little > 1_000_000 {
            let middle = (enough + too_little) / 2;
            if lands_with(middle) {
                enough = middle;
            } else {
                too_little = middle;
            }
        }
        needs[place] = enough;
    }
    let [fresh, wide] = needs;
    assert!(wide > fresh * 5 / 4, "{wide} on a wide price, {fresh} on a certain one");
}

/// Puts on SOL and on bitcoin; then nothing is heard of SOL for two hours.
fn half_dead() -> (Auction, ChainOf) {
    let mut market = Market::fresh();
    let bitcoin = market.world.list_chain(BTC, FIRST_EXPIRY, &[90_000, 100_000]);
    let liquidator = market.world.trader("liquidator", &[(USDC, usdc(1_000_000))]);
    for actor in [&market.writer, &market.buyer] {
        market.world.deposit(actor, USDC, usdc(50_000));
    }
    let (writer, buyer) = (market.writer.clone(), market.buyer.clone());
    market.world.trade_at_mark(&buyer, &writer, bitcoin.put(100_000), 5_000);
    market.world.advance(HOURS);
    market.world.set_price(BTC, usd(99_000));
    market.world.post_surface(bitcoin);
    market.world.refresh_chain(bitcoin);
    market.refresh();
    assert_eq!(market.state(), FeedState::Unusable);
    let auction = Auction { market, liquidator };
    (auction, bitcoin)
}

#[test]
fn a_slice_beside_an_unusable_price_takes_the_rest_of_the_book_and_leaves_what_lies_on_it() {
    let (mut auction, bitcoin) = half_dead();
    auction.set_equity(20);
    auction.touch();
    let (of_sol, of_bitcoin) = (auction.market.chain.put(180), bitcoin.put(100_000));
    let receipt = assert_lands(auction.slice());
    let picture = auction.market.world.picture();
    let held = [&auction.market.writer, &auction.liquidator];
    assert_eq!(held.map(|of| picture.lots(of, of_sol)), [-1_000, 0]);
    let [left, taken] = held.map(|of| picture.lots(of, of_bitcoin));
    assert_eq!(left + taken, -5_000);
    assert!(taken < 0);
    let event: SliceLiquidated = receipt.event();
    assert_eq!(event.taken.chains.as_slice().len(), 1);
    assert!(event.equity_after_e9 - event.maintenance_after_e9 > event.equity_before_e9 - event.maintenance_before_e9);
}

#[test]
fn a_slice_of_what_lies_on_an_unusable_price_alone_is_refused() {
    let mut auction = Auction::on_fresh();
    auction.set_equity(10);
    auction.market.world.advance(HOURS);
    auction.market.refresh();
    assert_eq!(auction.market.state(), FeedState::Unusable);
    assert_fails_with(auction.slice(), MarginError::PriceStale);
    // Nothing is locked: the auction goes on as soon as there is a price.
    auction.market.world.refresh();
    assert_lands(auction.slice());
}

/// A book that could be anything may not take over more.
#[test]
fn a_liquidator_with_options_on_an_unusable_price_takes_nothing_over() {
    let (mut auction, _) = half_dead();
    auction.set_equity(20);
    auction.touch();
    // The buyer holds the other side of the dead puts.
    let holder = auction.market.buyer.clone();
    auction.market.world.deposit(&holder, USDC, usdc(1_000_000));
    let slice = LiquidateSlice::largest(&auction.market.writer, &holder, &auction.market.world.picture());
    assert_fails_with(auction.market.world.send(slice), MarginError::PriceStale);
    assert_lands(auction.slice());
}

/// Without edits of any balance: a liquidation beside a dead feed moves money and creates none.
#[test]
fn a_slice_beside_an_unusable_price_adds_up() {
    let (mut auction, bitcoin) = half_dead();
    let (writer, buyer) = (auction.market.writer.clone(), auction.market.buyer.clone());
    // All that is free is gone, and then bitcoin falls.
    auction.market.world.refresh();
    let free = auction.market.world.picture().action_health(&writer).withdrawable;
    let atoms = free.to_atoms(6, tenor_math::Round::Down).unwrap().get();
    auction.market.world.land(tenor_testkit::action::Withdraw {
        owner: &writer,
        asset: USDC,
        atoms,
    });
    auction.market.world.advance(HOURS);
    auction.market.refresh();
    for dollars in (60_000..99_000).rev().step_by(1_000) {
        auction.market.world.set_price(BTC, usd(dollars));
        auction.market.world.post_surface(bitcoin);
        auction.market.world.refresh_chain(bitcoin);
        if auction.market.world.send(Touch { of: &writer }).is_ok() {
            break;
        }
    }
    assert_lands(auction.slice());
    assert!(
        auction
            .market
            .world
            .picture()
            .lots(&auction.liquidator, bitcoin.put(100_000))
            < 0
    );
    assert_eq!(auction.market.world.picture().lots(&buyer, bitcoin.put(100_000)), 5_000);
    assert_adds_up(&auction.market.world);
}
