//! What each action may do in each state of a feed: one thing allowed and one refused for every cell of the table in
//! docs/oracles.md. Slices of liquidations and transfers have files of their own.

use tenor_margin::MarginError;
use tenor_margin::risk::FeedState;
use tenor_math::quantity::{Price, UnixSeconds};
use tenor_testkit::action::{Deposit, Quote, RefreshRisk, Touch, Trade, UpdatePrice, Withdraw};
use tenor_testkit::world::FIRST_EXPIRY;
use tenor_testkit::{
    Actor, BTC, ChainOf, Feed, Instrument, Outcome, SOL, USDC, World, assert_fails_with, assert_lands, sol, usd, usdc,
};

/// A writer of puts, a buyer, and a holder of nothing but cash, while SOL's feed is in one state.
pub struct Market {
    pub world: World,
    pub chain: ChainOf,
    pub writer: Actor,
    pub buyer: Actor,
    pub saver: Actor,
}

/// The last price was two hours ago.
pub const HOURS: i64 = 7_200;

impl Market {
    pub fn fresh() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &[160, 180, 200, 220]);
        let writer = world.trader("writer", &[(USDC, usdc(5_000))]);
        let buyer = world.trader("buyer", &[(USDC, usdc(5_000))]);
        let saver = world.trader("saver", &[(USDC, usdc(1_000)), (SOL, sol(2))]);
        world.trade_at_mark(&buyer, &writer, chain.put(180), 1_000);
        Self {
            world,
            chain,
            writer,
            buyer,
            saver,
        }
    }

    /// The price is a minute old: too old to add risk on or to liquidate by.
    pub fn old() -> Self {
        let mut market = Self::fresh();
        market.world.advance(60);
        market
    }

    /// The oracle is certain to five percent only.
    pub fn wide() -> Self {
        let mut market = Self::fresh();
        market.world.advance(60);
        market.publish_wide(usd(200));
        market
    }

    /// Nothing was heard of the price for two hours.
    pub fn unusable() -> Self {
        let mut market = Self::fresh();
        market.world.advance(HOURS);
        market.refresh();
        market
    }

    pub fn publish_wide(&mut self, price: Price) {
        let now = self.world.now();
        let feed = Feed::of(SOL, price, now).but(|update| update.conf = price.e9() / 10 / 20);
        self.world.write_feed(SOL.feed(), &feed);
        self.world.land(UpdatePrice {
            asset: SOL,
            feed: SOL.feed(),
        });
    }

    /// Someone computes the risk arrays on whatever price is stored.
    pub fn refresh(&mut self) {
        self.world.land(RefreshRisk {
            chain: self.chain,
            strike_slots: vec![0, 1, 2, 3],
        });
    }

    pub fn state(&self) -> FeedState {
        let picture = self.world.picture();
        let underlying = picture.underlying(SOL);
        FeedState::of(
            underlying,
            UnixSeconds::new(self.world.now()),
            underlying.feed.max_age_seconds,
        )
    }

    /// `buyer` buys lots of an option from `seller` at its mark.
    pub fn trade(&mut self, buyer: &Actor, seller: &Actor, option: Instrument, lots: i64) -> Outcome {
        let price = self.world.picture().mark(option);
        self.world.send(Trade {
            buyer,
            seller,
            quotes: vec![Quote { option, lots, price }],
        })
    }

    /// The writer buys back some of the puts that it wrote: both sides only reduce.
    fn buy_back(&mut self, lots: i64) -> Outcome {
        let (writer, buyer, put) = (self.writer.clone(), self.buyer.clone(), self.chain.put(180));
        self.trade(&writer, &buyer, put, lots)
    }

    /// The writer writes more.
    fn write_more(&mut self, lots: i64) -> Outcome {
        let (writer, buyer, put) = (self.writer.clone(), self.buyer.clone(), self.chain.put(180));
        self.trade(&buyer, &writer, put, lots)
    }

    fn withdraw(&mut self, owner: &Actor, atoms: u64) -> Outcome {
        self.world.send(Withdraw {
            owner,
            asset: USDC,
            atoms,
        })
    }
}

#[test]
fn the_markets_are_in_the_states_that_they_are_named_after() {
    assert_eq!(Market::fresh().state(), FeedState::Fresh);
    assert_eq!(Market::old().state(), FeedState::Old);
    assert_eq!(Market::wide().state(), FeedState::Wide);
    assert_eq!(Market::unusable().state(), FeedState::Unusable);
}

// deposit, repay: yes in every state

#[test]
fn deposits_and_repayments_land_in_every_state() {
    for mut market in [Market::fresh(), Market::old(), Market::wide(), Market::unusable()] {
        let state = market.state();
        let writer = market.writer.clone();
        // In debt, so that the deposit repays.
        market
            .world
            .edit_account(&writer, |account| account.cash_atoms = -5_000_000);
        market.world.set_wallet(&writer, USDC, usdc(10));
        let deposit = |atoms| Deposit {
            depositor: &writer,
            to: &writer,
            asset: USDC,
            atoms,
        };
        assert_lands(market.world.send(deposit(usdc(10))));
        let cash = market.world.picture().account(&writer).account.cash_atoms;
        assert_eq!(cash, 5_000_000, "{state:?}");
        assert_fails_with(market.world.send(deposit(0)), MarginError::ZeroAmount);
    }
}

// a trade that adds risk, a withdrawal: on a fresh price alone

#[test]
fn fresh_risk_may_be_added_up_to_the_requirement() {
    let mut market = Market::fresh();
    assert_lands(market.write_more(1_000));
    assert_fails_with(market.write_more(60_000), MarginError::InitialHealthNegative);
}

#[test]
fn old_risk_may_not_be_added_before_the_price_is_updated() {
    let mut market = Market::old();
    assert_fails_with(market.write_more(1), MarginError::PriceStale);
    market.world.set_price(SOL, usd(200));
    assert_lands(market.write_more(1));
}

#[test]
fn wide_risk_may_not_be_added_before_the_price_is_certain() {
    let mut market = Market::wide();
    assert_fails_with(market.write_more(1), MarginError::PriceUncertain);
    market.world.advance(1);
    market.world.set_price(SOL, usd(200));
    assert_lands(market.write_more(1));
}

#[test]
fn unusable_risk_may_not_be_added_before_there_is_a_price() {
    let mut market = Market::unusable();
    assert_fails_with(market.write_more(1), MarginError::PriceStale);
    market.world.refresh();
    assert_lands(market.write_more(1));
}

#[test]
fn a_withdrawal_needs_a_fresh_price_where_options_depend_on_it() {
    let writer = Market::fresh().writer;
    let mut fresh = Market::fresh();
    assert_lands(fresh.withdraw(&writer, usdc(100)));
    assert_fails_with(fresh.withdraw(&writer, usdc(4_800)), MarginError::WithdrawalTooLarge);

    let mut old = Market::old();
    assert_fails_with(old.withdraw(&writer, usdc(100)), MarginError::PriceStale);
    let mut wide = Market::wide();
    assert_fails_with(wide.withdraw(&writer, usdc(100)), MarginError::PriceUncertain);
    let mut unusable = Market::unusable();
    assert_fails_with(unusable.withdraw(&writer, usdc(100)), MarginError::PriceStale);
}

#[test]
fn cash_leaves_in_every_state_where_nothing_depends_on_the_price_but_borrowing_against_the_coin_does() {
    for mut market in [Market::old(), Market::wide(), Market::unusable()] {
        let saver = market.saver.clone();
        // The coin counts for nothing meanwhile, so the cash may go but not a cent more.
        assert_fails_with(
            market.withdraw(&saver, usdc(1_000) + 1),
            MarginError::WithdrawalTooLarge,
        );
        assert_lands(market.withdraw(&saver, usdc(1_000)));
        // So may the coin, of which nothing is owed.
        assert_lands(market.world.send(Withdraw {
            owner: &saver,
            asset: SOL,
            atoms: sol(2),
        }));
    }
}

// a trade that only reduces: on any usable price

#[test]
fn fresh_old_and_wide_positions_may_be_reduced_but_not_turned_round() {
    for (mut market, refusal) in [
        (Market::old(), MarginError::PriceStale),
        (Market::wide(), MarginError::PriceUncertain),
    ] {
        assert_lands(market.buy_back(400));
        // One lot more than is left turns the position round: that adds risk.
        assert_fails_with(market.buy_back(601), refusal);
        assert_lands(market.buy_back(600));
    }
    let mut fresh = Market::fresh();
    assert_lands(fresh.buy_back(400));
    let put = fresh.chain.put(180);
    let outside = Price::from_e9(fresh.world.picture().mark(put).e9() * 2 + usd(20).e9());
    let outcome = fresh.world.send(Trade {
        buyer: &fresh.writer,
        seller: &fresh.buyer,
        quotes: vec![Quote {
            option: put,
            lots: 600,
            price: outside,
        }],
    });
    assert_fails_with(outcome, MarginError::PriceOutsideBand);
}

#[test]
fn unusable_positions_may_be_reduced_only_to_what_is_fully_covered() {
    let mut market = Market::unusable();
    // Puts are covered by cash: 1,000 lots struck at 180 can cost 1,800, and the writer has 5,000.
    assert_lands(market.buy_back(400));
    // A call has no such bound. Another market, where the writer wrote calls without cover.
    let mut naked = Market::fresh();
    let (writer, buyer, call) = (naked.writer.clone(), naked.buyer.clone(), naked.chain.call(220));
    naked.world.trade_at_mark(&buyer, &writer, call, 500);
    naked.world.advance(HOURS);
    naked.refresh();
    assert_fails_with(naked.trade(&writer, &buyer, call, 499), MarginError::NotCovered);
    assert_lands(naked.trade(&writer, &buyer, call, 500));
}

// liquidate

/// Deep under water: the writer's cash is gone.
fn ruined(mut market: Market) -> Market {
    let writer = market.writer.clone();
    market
        .world
        .edit_account(&writer, |account| account.cash_atoms = -usdc_i64(100));
    market
}

fn usdc_i64(dollars: i64) -> i64 {
    dollars * 1_000_000
}

#[test]
fn a_fresh_price_liquidates_the_unhealthy_alone() {
    let mut market = Market::fresh();
    let writer = market.writer.clone();
    assert_fails_with(market.world.send(Touch { of: &writer }), MarginError::AccountHealthy);
    let mut market = ruined(market);
    assert_lands(market.world.send(Touch { of: &writer }));
}

#[test]
fn an_old_price_liquidates_nobody_until_it_is_updated() {
    let mut market = ruined(Market::old());
    let writer = market.writer.clone();
    // At its best a short put costs nothing; but what is owed beyond that is owed at any price.
    market.world.edit_account(&writer, |account| account.cash_atoms = 1);
    assert_fails_with(market.world.send(Touch { of: &writer }), MarginError::PriceStale);
    market.world.set_price(SOL, usd(200));
    assert_lands(market.world.send(Touch { of: &writer }));
}

#[test]
fn a_wide_price_liquidates_those_who_are_unhealthy_at_both_ends() {
    let mut market = Market::wide();
    let writer = market.writer.clone();
    market.refresh();
    // Healthy at the high end of the interval alone.
    let health = market.world.picture().health(&writer);
    let missing_e9 = health.maintenance.e9() - health.equity.e9();
    let slightly_short_atoms = missing_e9 / 1_000 - usdc_i64(1);
    market
        .world
        .edit_account(&writer, |account| account.cash_atoms += slightly_short_atoms);
    let health = market.world.picture().health(&writer);
    assert!(health.maintenance_health().unwrap().e9() < 0);
    assert_fails_with(market.world.send(Touch { of: &writer }), MarginError::AccountHealthy);

    let mut market = ruined(market);
    assert_lands(market.world.send(Touch { of: &writer }));
}

#[test]
fn without_a_price_only_the_rest_of_the_book_is_liquidated() {
    // All that the writer has lies on the dead feed, and its puts may yet expire worthless.
    let mut market = Market::unusable();
    let writer = market.writer.clone();
    market.world.edit_account(&writer, |account| account.cash_atoms = 1);
    assert_fails_with(market.world.send(Touch { of: &writer }), MarginError::PriceStale);

    // Puts on BTC besides, which alone are more than it can bear.
    let mut market = Market::fresh();
    let bitcoin = market.world.list_chain(BTC, FIRST_EXPIRY, &[90_000, 100_000]);
    let (writer, buyer) = (market.writer.clone(), market.buyer.clone());
    market.world.deposit(&writer, USDC, usdc(50_000));
    market.world.deposit(&buyer, USDC, usdc(50_000));
    market.world.trade_at_mark(&buyer, &writer, bitcoin.put(100_000), 5_000);
    market
        .world
        .edit_account(&writer, |account| account.cash_atoms = usdc_i64(1_000));
    market.world.advance(HOURS);
    market.world.set_price(BTC, usd(99_000));
    market.world.post_surface(bitcoin);
    market.world.refresh_chain(bitcoin);
    assert_eq!(market.state(), FeedState::Unusable);
    assert_lands(market.world.send(Touch { of: &writer }));
}

/// Refreshing is no action: arrays follow from what is stored, and every check looks at the price's age itself.
#[test]
fn risk_arrays_can_be_computed_in_every_state() {
    for mut market in [Market::fresh(), Market::old(), Market::wide(), Market::unusable()] {
        market.refresh();
    }
}
