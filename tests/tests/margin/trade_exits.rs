//! `trade`: the ways in which a trade could carry value out of an account, each tried and each closed.

use crate::scene::{Distress, Scene, Winner};
use tenor_margin::MarginError;
use tenor_math::quantity::Price;
use tenor_testkit::action::{OpenAccount, Quote, Trade, TradeTerms, Withdraw};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::anyone;
use tenor_testkit::{Actor, Instrument, SOL, USDC, assert_fails_with, assert_lands, days, hours, sol, usd, usdc};

/// One dollar as health says it.
const DOLLAR_E9: i64 = 1_000_000_000;

#[test]
fn cash_may_end_below_zero_against_collateral() {
    let mut scene = Scene::new();
    let holder = scene.world.trader("holder", &[(SOL, sol(100))]);
    let option = scene.chain.call(200);
    scene.world.trade_at_mark(&holder, &scene.bob, option, 10);
    let cash = scene.world.picture().balance(&holder, USDC);
    assert!(cash < 0);
    assert_adds_up(&scene.world);
    // The same position, sold to the other side: then the named seller pays.
    scene.world.trade_at_mark(&scene.bob, &holder, option, -10);
    assert!(scene.world.picture().balance(&holder, USDC) < cash);
    assert_adds_up(&scene.world);
}

#[test]
fn cash_is_not_borrowed_against_gains_that_nobody_has_realised() {
    let mut winner = Winner::new();
    let (carol, rich, call) = (winner.carol.clone(), winner.rich.clone(), winner.chain.call(160));
    // A SOL's worth costs about eighty dollars; she has less than a hundred and ten.
    let dear = winner.at(&carol, &rich, call, 200, 100);
    assert_fails_with(winner.world.send(dear), MarginError::GainsUnrealised);
    let paid = winner.at(&carol, &rich, call, 70, 100);
    assert_lands(winner.world.send(paid));
    assert!(winner.cash(&carol) >= 0);
}

#[test]
fn gains_are_not_carried_to_an_empty_twin_at_the_edge_of_the_band() {
    let mut winner = Winner::new();
    let (carol, call) = (winner.carol.clone(), winner.chain.call(160));
    let twin = winner.world.trader("twin", &[]);
    for lots in [1, 100, 1_000] {
        let sale = winner.at(&twin, &carol, call, lots, 81);
        assert_fails_with(winner.world.send(sale), MarginError::InitialHealthNegative);
    }
    // A twin that sells too dear has nothing to secure what it writes with but what Carol pays, and Carol may not pay more
    // than she has.
    let dear = winner.at(&carol, &twin, winner.chain.call(180), 200, 119);
    assert!(winner.world.send(dear).is_err());
    // A spread that is worth more than it costs needs no collateral: the twin would take it, but Carol may not give it.
    let mut winner = Winner::who_wrote_puts();
    let (carol, near, far) = (winner.carol.clone(), winner.chain.call(160), winner.chain.call(180));
    let twin = winner.world.trader("twin", &[]);
    let spread = |winner: &Winner, near_percent: u64, far_percent: u64| {
        let picture = winner.world.picture();
        let quote = |option, lots, percent: u64| Quote {
            option,
            lots,
            price: Price::from_e9(picture.mark(option).e9() / 100 * percent),
        };
        vec![quote(near, 100, near_percent), quote(far, -100, far_percent)]
    };
    let gift = spread(&winner, 85, 115);
    let trade = |quotes| Trade {
        buyer: &twin,
        seller: &carol,
        quotes,
    };
    assert_fails_with(winner.world.send(trade(gift)), MarginError::GainsUnrealised);
}

#[test]
fn value_is_not_given_away_while_gains_secure_the_rest() {
    let mut winner = Winner::who_wrote_puts();
    let (carol, rich, put) = (winner.carol.clone(), winner.rich.clone(), winner.bitcoin.put(90_000));
    // Buying back more dearly than at mark carries value to the other side; she meets her requirement and needs not do it.
    let dear = winner.at(&carol, &rich, put, 1, 101);
    assert_fails_with(winner.world.send(dear), MarginError::GainsUnrealised);
    let fair = winner.at(&carol, &rich, put, 1, 100);
    assert_lands(winner.world.send(fair));
    // The other side may give to her.
    let cheap = winner.at(&carol, &rich, put, 1, 99);
    assert_lands(winner.world.send(cheap));
}

#[test]
fn buying_back_at_a_loss_and_writing_again_does_not_drain_an_account() {
    let mut winner = Winner::who_wrote_puts();
    let (carol, rich, put) = (winner.carol.clone(), winner.rich.clone(), winner.bitcoin.put(90_000));
    let before = winner.cash(&carol);
    for percent in [119, 115, 110, 105, 101] {
        for _ in 0..3 {
            let back = winner.at(&carol, &rich, put, 5, percent);
            assert_fails_with(winner.world.send(back), MarginError::GainsUnrealised);
            let again = winner.at(&rich, &carol, put, 1, 100);
            let _ = winner.world.send(again);
        }
    }
    assert!(winner.cash(&carol) >= before, "writing brings cash in");
}

#[test]
fn a_debt_that_shrinks_is_not_a_withdrawal() {
    let mut winner = Winner::new();
    let (carol, rich, call) = (winner.carol.clone(), winner.rich.clone(), winner.chain.call(160));
    // As after a settlement that cost her more than she had.
    winner
        .world
        .edit_account(&carol, |account| account.cash_atoms = -50_000_000);
    assert!(winner.withdrawable(&carol) < 0 && winner.initial(&carol) > 0);
    let sale = winner.at(&rich, &carol, call, 10, 100);
    assert_lands(winner.world.send(sale));
    assert!(winner.cash(&carol) < 0);
    let more = winner.at(&carol, &rich, call, 1, 100);
    assert_fails_with(winner.world.send(more), MarginError::GainsUnrealised);
}

#[test]
fn round_trips_at_the_edges_of_the_band_create_nothing_that_can_be_withdrawn() {
    let mut scene = Scene::new();
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let total = |scene: &Scene| {
        let picture = scene.world.picture();
        [&alice, &bob]
            .map(|actor| picture.action_health(actor).withdrawable.e9().max(0))
            .iter()
            .sum::<i64>()
    };
    let brought = 20_000 * DOLLAR_E9;
    assert_eq!(total(&scene), brought);
    let options = [scene.chain.call(160), scene.chain.put(240), scene.chain.call(240)];
    for (round, option) in options.into_iter().cycle().take(30).enumerate() {
        let mark = scene.world.picture().mark(option).e9();
        let edge = (mark / 5).max(2_000_000_000) / 100 * 99;
        let lots = if round % 2 == 0 { 2_000 } else { -2_000 };
        let price = if round % 3 == 0 {
            mark + edge
        } else {
            mark.saturating_sub(edge)
        };
        let offer = scene.world.call(scene.priced_offer(option, lots, price).seller_takes());
        let _ = scene.world.send(offer);
        assert!(total(&scene) <= brought, "round {round}");
    }
    for owner in [&alice, &bob] {
        let held = scene.world.picture().action_health(owner).withdrawable.e9().max(0);
        let atoms = held.unsigned_abs() / 1_000;
        let beyond = scene.world.send(Withdraw {
            owner,
            asset: USDC,
            atoms: atoms + 1,
        });
        assert!(beyond.is_err());
    }
    assert_adds_up(&scene.world);
}

#[test]
fn accounts_of_one_owner_do_not_trade_with_each_other() {
    let mut scene = Scene::new();
    let other = scene.alice.with_account_number(1);
    scene.world.land(OpenAccount {
        payer: &anyone(),
        owner: &other,
        capacity: 8,
    });
    scene.world.deposit(&other, USDC, usdc(1_000));
    let option = scene.chain.call(200);
    let price = scene.world.picture().mark(option);
    let quotes = vec![Quote { option, lots: 1, price }];
    let (buyer, seller) = (&scene.alice, &other);
    let wash = scene.world.send(Trade { buyer, seller, quotes });
    assert_fails_with(wash, MarginError::SelfTrade);
}

/// Alice lets Dora trade, and lose a number of dollars a day.
fn delegated(dollars: u64) -> (Scene, Actor) {
    let mut scene = Scene::new();
    let dora = scene.world.visitor("dora");
    let address = dora.address();
    scene.world.edit_account(&scene.alice, |account| {
        account.delegate = address;
        account.delegate_max_daily_loss_e9 = dollars * 1_000_000_000;
    });
    (scene, dora)
}

/// Mark of one lot, USD x 1e9, in whole atoms; and two cents beside it, the edge of the band.
fn lot_mark(scene: &Scene, option: Instrument) -> u64 {
    scene.world.picture().mark(option).e9() / 100
}

const EDGE_E9: u64 = 20_000_000;

#[test]
fn a_delegate_s_losses_of_a_day_stay_within_the_owner_s_limit() {
    let (mut scene, dora) = delegated(41);
    let option = scene.chain.call(200);
    let mark = lot_mark(&scene, option);
    // A thousand lots, each two cents from mark, are twenty dollars for the friend.
    let by_dora = TradeTerms {
        for_buyer: Some(&dora),
        ..TradeTerms::default()
    };
    let buys = scene
        .world
        .call(scene.priced_offer(option, 1_000, (mark + EDGE_E9) * 100).on(by_dora));
    assert_lands(scene.world.send(&buys));
    let state = |scene: &Scene| scene.world.picture().account(&scene.alice).account;
    let lost = state(&scene).delegate_loss_e9;
    assert!((20_000_000_000..20_000_001_000).contains(&lost), "{lost}");
    // Selling them back below mark would be a round trip of forty; the second half still fits.
    let low = mark - EDGE_E9;
    let sells = |scene: &Scene, lots| {
        scene
            .world
            .call(scene.priced_offer(option, lots, low * 100).on(by_dora))
    };
    let half = sells(&scene, -500);
    assert_lands(scene.world.send(&half));
    let lost = state(&scene).delegate_loss_e9;
    assert!(lost <= 30_000_002_000 && lost > 20_000_001_000, "{lost}");
    assert_fails_with(scene.world.send(&buys), MarginError::DelegateLossLimit);

    // Gains do not make room for losses.
    let gain = scene.world.call(scene.priced_offer(option, 500, low * 100).on(by_dora));
    assert_lands(scene.world.send(gain));
    assert_eq!(state(&scene).delegate_loss_e9, lost);
    assert_fails_with(scene.world.send(&buys), MarginError::DelegateLossLimit);

    // The owner is free to.
    let own = scene
        .world
        .call(scene.priced_offer(option, 1_000, (mark + EDGE_E9) * 100));
    assert_lands(scene.world.send(own));
    assert_eq!(state(&scene).delegate_loss_e9, lost);
}

#[test]
fn a_delegate_s_day_is_a_day_of_utc() {
    let (mut scene, dora) = delegated(19);
    let by_dora = TradeTerms {
        for_buyer: Some(&dora),
        ..TradeTerms::default()
    };
    let loses = |scene: &Scene, cents: u64| {
        let option = scene.chain.call(220);
        let price = (lot_mark(scene, option) + cents * 10_000_000) * 100;
        scene.world.call(scene.priced_offer(option, 1_000, price).on(by_dora))
    };
    // Ten dollars a cent.
    let first = loses(&scene, 1);
    assert_lands(scene.world.send(&first));
    assert_fails_with(scene.world.send(&first), MarginError::DelegateLossLimit);
    // START is noon: the last second of the day, and the first of the next.
    let midnight = tenor_testkit::world::START + hours(12);
    scene.world.set_time(midnight - 1);
    scene.world.refresh();
    let second = loses(&scene, 1);
    assert_fails_with(scene.world.send(&second), MarginError::DelegateLossLimit);
    scene.world.set_time(midnight);
    assert_lands(scene.world.send(&second));
    assert_eq!(
        scene.world.picture().account(&scene.alice).account.delegate_day,
        midnight / days(1)
    );
}

#[test]
fn a_delegate_without_a_limit_may_only_make_trades_that_lose_nothing() {
    let (mut scene, dora) = delegated(0);
    let option = scene.chain.call(200);
    let mark = lot_mark(&scene, option);
    let by_dora = TradeTerms {
        for_buyer: Some(&dora),
        ..TradeTerms::default()
    };
    let at = |scene: &Scene, per_lot: u64| {
        scene
            .world
            .call(scene.priced_offer(option, 100, per_lot * 100).on(by_dora))
    };
    let dear = at(&scene, mark + 1_000);
    assert_fails_with(scene.world.send(dear), MarginError::DelegateLossLimit);
    let cheap = at(&scene, mark - 1_000);
    assert_lands(scene.world.send(&cheap));

    // A fee is a loss.
    scene
        .world
        .edit_house(|house| house.fees = tenor_testkit::world::USUAL_FEES);
    assert_fails_with(scene.world.send(cheap), MarginError::DelegateLossLimit);
}

#[test]
fn a_side_that_has_a_delegate_may_be_the_seller() {
    let (mut scene, dora) = delegated(10);
    let option = scene.chain.call(240);
    let mark = lot_mark(&scene, option);
    let quotes = |cents: u64| {
        vec![Quote {
            option,
            lots: -1_000,
            price: Price::from_e9((mark + cents * 10_000_000) * 100),
        }]
    };
    let sells = |quotes| {
        let (buyer, seller) = (&scene.bob, &scene.alice);
        Trade { buyer, seller, quotes }.on(TradeTerms {
            for_seller: Some(&dora),
            ..TradeTerms::default()
        })
    };
    // Alice receives a thousand lots for one or two cents too much each.
    let (two, one) = (scene.world.call(sells(quotes(2))), scene.world.call(sells(quotes(1))));
    assert_fails_with(scene.world.send(two), MarginError::DelegateLossLimit);
    scene
        .world
        .edit_account(&scene.alice, |account| account.delegate_max_daily_loss_e9 += 1_000);
    assert_lands(scene.world.send(one));
}

#[test]
fn legs_of_one_option_are_looked_at_together() {
    let Distress {
        mut world,
        chain,
        writer,
        liquidator,
    } = Distress::new();
    let option = chain.put(180);
    let price = world.picture().mark(option);
    let held = world.picture().lots(&writer, option);
    assert!(world.picture().action_health(&writer).initial_health().unwrap().e9() < 0);
    let split = |legs: &[i64]| Trade {
        buyer: &writer,
        seller: &liquidator,
        quotes: legs
            .iter()
            .map(|lots| Quote {
                option,
                lots: *lots,
                price,
            })
            .collect(),
    };
    // More short, all told; nothing, all told.
    for refused in [[50, -100], [100, -100]] {
        assert_fails_with(world.send(split(&refused)), MarginError::InitialHealthNegative);
    }
    assert_lands(world.send(split(&[150, -50])));
    assert_lands(world.send(split(&[50, 50])));
    assert_eq!(world.picture().lots(&writer, option), held + 200);
}

#[test]
fn what_reducing_costs_includes_fees() {
    let mut scene = Scene::new();
    let deep = scene.world.trader("deep", &[(USDC, usdc(39))]);
    let put = scene.chain.put(240);
    scene.world.trade_at_mark(&scene.alice, &deep, put, 100);
    scene.world.move_price(SOL, usd(180));
    let health = scene.world.picture().action_health(&deep);
    assert!(health.initial_health().unwrap().e9() < 0);
    let price = Price::from_e9(scene.world.picture().mark(put).e9() / 100 * 105);
    let quotes = vec![Quote {
        option: put,
        lots: 30,
        price,
    }];
    let buys = scene.world.call(Trade {
        buyer: &deep,
        seller: &scene.alice,
        quotes,
    });
    // Five hundredths of a mark of sixty are three dollars a SOL; five hundredths of spot would be nine more, and a fifth of
    // what is freed is less than twelve.
    assert!(health.initial.e9() / 5 < 12 * DOLLAR_E9, "{}", health.initial.e9());
    scene.world.edit_house(|house| {
        house.fees.taker_e9 = 50_000_000;
        house.fees.cap_e9 = 500_000_000;
    });
    assert_fails_with(scene.world.send(&buys), MarginError::InitialHealthNegative);
    scene.world.edit_house(|house| house.fees.taker_e9 = 100_000);
    assert_lands(scene.world.send(buys));
}

#[test]
fn a_trade_that_only_reduces_on_both_sides_needs_no_fresh_price() {
    let mut scene = Scene::new();
    let option = scene.chain.call(200);
    scene.alice_buys(option, 100);
    scene.world.advance(31);
    let adds = scene.world.call(scene.offer(option, 1));
    assert_fails_with(scene.world.send(adds), MarginError::PriceStale);
    // One of the two would turn its position round.
    let turns = scene.world.call(scene.offer(option, -101));
    assert_fails_with(scene.world.send(turns), MarginError::PriceStale);
    let reduces = scene.world.call(scene.offer(option, -100));
    assert_lands(scene.world.send(reduces));
}
