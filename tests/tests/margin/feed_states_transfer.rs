//! `transfer` and `transfer_position` in each state of a feed: what is allowed and what is refused.

use crate::feed_states::Market;
use tenor_margin::MarginError;
use tenor_math::Round;
use tenor_testkit::action::{OpenAccount, Transfer, TransferPosition};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Asset, Outcome, SOL, USDC, assert_fails_with, assert_lands, sol, usd, usdc};

impl Market {
    /// A second account of an owner, with some cash.
    fn second(&mut self, owner: &Actor, atoms: u64) -> Actor {
        let second = owner.with_account_number(1);
        self.world.land(OpenAccount {
            payer: &anyone(),
            owner: &second,
            capacity: 8,
        });
        if atoms > 0 {
            self.world.deposit(&second, USDC, atoms);
        }
        second
    }

    fn transfer(&mut self, from: &Actor, to: &Actor, asset: Asset, atoms: u64) -> Outcome {
        self.world.send(Transfer { from, to, asset, atoms })
    }

    /// Moves some of the puts of 180.
    fn move_puts(&mut self, from: &Actor, to: &Actor, lots: i64) -> Outcome {
        let option = self.chain.put(180);
        self.world.send(TransferPosition { from, to, option, lots })
    }
}

/// Each state that is not fresh, and how it refuses what depends on the price.
fn not_fresh() -> [(Market, MarginError); 3] {
    [
        (Market::old(), MarginError::PriceStale),
        (Market::wide(), MarginError::PriceUncertain),
        (Market::unusable(), MarginError::PriceStale),
    ]
}

// transfer: as a withdrawal of the account that gives

#[test]
fn on_a_fresh_price_what_is_free_moves_and_no_more() {
    let mut market = Market::fresh();
    let writer = market.writer.clone();
    let second = market.second(&writer, 0);
    let free = market.world.picture().action_health(&writer).withdrawable;
    let atoms = free.to_atoms(6, Round::Down).unwrap().get();
    assert_fails_with(
        market.transfer(&writer, &second, USDC, atoms + 1),
        MarginError::WithdrawalTooLarge,
    );
    assert_lands(market.transfer(&writer, &second, USDC, atoms));
    assert_adds_up(&market.world);
}

#[test]
fn on_any_other_nothing_leaves_an_account_whose_options_depend_on_it() {
    for (mut market, refusal) in not_fresh() {
        let writer = market.writer.clone();
        let second = market.second(&writer, usdc(100));
        assert_fails_with(market.transfer(&writer, &second, USDC, 1), refusal);
        // Into it everything may go: it is only better off.
        assert_lands(market.transfer(&second, &writer, USDC, usdc(100)));
        market.world.advance(1);
        market.world.refresh();
        assert_lands(market.transfer(&writer, &second, USDC, 1));
        assert_adds_up(&market.world);
    }
}

#[test]
fn on_any_other_cash_and_coins_move_where_nothing_depends_on_it_but_cash_is_not_borrowed() {
    for (mut market, _) in not_fresh() {
        let saver = market.saver.clone();
        let second = market.second(&saver, 0);
        assert_fails_with(
            market.transfer(&saver, &second, USDC, usdc(1_000) + 1),
            MarginError::WithdrawalTooLarge,
        );
        assert_lands(market.transfer(&saver, &second, USDC, usdc(1_000)));
        assert_lands(market.transfer(&saver, &second, SOL, sol(2)));
        assert_adds_up(&market.world);
    }
}

// transfer_position: on a fresh price alone, in both directions and with longs and shorts

#[test]
fn on_a_fresh_price_lots_move_to_whoever_can_bear_them() {
    let mut market = Market::fresh();
    let (writer, buyer) = (market.writer.clone(), market.buyer.clone());
    let (of_writer, of_buyer) = (market.second(&writer, 0), market.second(&buyer, usdc(100)));
    assert_fails_with(
        market.move_puts(&writer, &of_writer, -1_000),
        MarginError::WithdrawalTooLarge,
    );
    market.world.deposit(&of_writer, USDC, usdc(5_000));
    assert_lands(market.move_puts(&writer, &of_writer, -1_000));
    assert_lands(market.move_puts(&buyer, &of_buyer, 1_000));
    assert_adds_up(&market.world);
}

#[test]
fn on_any_other_no_lot_moves_until_the_price_is_good() {
    for (mut market, refusal) in not_fresh() {
        let (writer, buyer) = (market.writer.clone(), market.buyer.clone());
        let (of_writer, of_buyer) = (market.second(&writer, usdc(5_000)), market.second(&buyer, usdc(100)));
        assert_fails_with(market.move_puts(&writer, &of_writer, -1), refusal);
        assert_fails_with(market.move_puts(&buyer, &of_buyer, 1), refusal);
        // All of it neither: the account that receives would then hold what nobody can value.
        assert_fails_with(market.move_puts(&writer, &of_writer, -1_000), refusal);
        market.world.advance(1);
        market.world.set_price(SOL, usd(200));
        market.world.refresh();
        assert_lands(market.move_puts(&writer, &of_writer, -1));
        assert_lands(market.move_puts(&buyer, &of_buyer, 1));
        assert_adds_up(&market.world);
    }
}
