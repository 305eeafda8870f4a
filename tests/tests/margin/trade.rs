//! `trade`: moves positions and premium between two margin accounts.

use crate::scene::{Distress, Scene};
use solana_instruction::error::InstructionError;
use tenor_margin::MarginError;
use tenor_margin::event::Traded;
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::state::MarketLimits;
use tenor_math::quantity::Price;
use tenor_testkit::action::{AddUnderlying, OpenAccount, Quote, Trade};
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone};
use tenor_testkit::{Asset, BTC, SOL, USDC, assert_fails_with, assert_lands, usd, usdc};

#[test]
fn requires_that_an_authority_of_each_account_signs() {
    let mut scene = Scene::new();
    let mallory = scene.world.visitor("mallory");
    for slot in [0, 1] {
        let mut unsigned = scene.world.call(scene.offer(scene.chain.call(200), 1));
        unsigned.instruction_mut().accounts[slot].is_signer = false;
        assert_fails_with(scene.world.send(&unsigned), InstructionError::MissingRequiredSignature);

        let mut usurped = scene.world.call(scene.offer(scene.chain.call(200), 1));
        usurped.instruction_mut().accounts[slot].pubkey = mallory.address();
        usurped.signers.push(mallory.key());
        assert_fails_with(scene.world.send(&usurped), MarginError::NotAccountAuthority);
    }
    let call = scene.world.call(scene.offer(scene.chain.call(200), 1));
    assert_lands(scene.world.send(call));
}

#[test]
fn a_delegate_may_sign_and_a_zero_delegate_is_nobody() {
    let mut scene = Scene::new();
    let dora = scene.world.visitor("dora");
    let mut call = scene.world.call(scene.offer(scene.chain.call(200), 1));
    call.instruction_mut().accounts[0].pubkey = dora.address();
    call.signers.push(dora.key());
    assert_fails_with(scene.world.send(&call), MarginError::NotAccountAuthority);

    scene.world.edit_account(&scene.alice, |account| {
        account.delegate = dora.address();
        // What the premium's rounding may cost.
        account.delegate_max_daily_loss_e9 = 1_000;
    });
    assert_lands(scene.world.send(&call));
}

#[test]
fn requires_one_to_eight_legs() {
    let mut scene = Scene::new();
    let picture = scene.world.picture();
    let quote = |strike, kind: bool| {
        let option = if kind {
            scene.chain.call(strike)
        } else {
            scene.chain.put(strike)
        };
        Quote {
            option,
            lots: 1,
            price: picture.mark(option),
        }
    };
    let strikes = [160, 180, 200, 220, 240];
    let mut quotes: Vec<Quote> = strikes
        .iter()
        .flat_map(|strike| [quote(*strike, true), quote(*strike, false)])
        .collect();
    quotes.truncate(9);
    let (buyer, seller) = (&scene.alice, &scene.bob);

    let none = scene.world.send(Trade {
        buyer,
        seller,
        quotes: vec![],
    });
    assert_fails_with(none, MarginError::WrongListLength);
    let nine = scene.world.send(Trade {
        buyer,
        seller,
        quotes: quotes.clone(),
    });
    assert_fails_with(nine, MarginError::WrongListLength);
    quotes.truncate(8);
    assert_lands(scene.world.send(Trade { buyer, seller, quotes }));
}

#[test]
fn requires_live_options() {
    let mut scene = Scene::new();
    let call = scene.world.call(scene.offer(scene.chain.call(200), 1));
    // A leg follows the discriminator and the list's length: chain, kind, strike slot.
    let with_byte = |at: usize, value: u8| {
        let mut call = call.clone();
        call.instruction_mut().data[12 + at] = value;
        call
    };
    assert_fails_with(scene.world.send(with_byte(0, 1)), MarginError::MissingChain);
    assert_fails_with(scene.world.send(with_byte(1, 2)), MarginError::ParameterOutOfRange);
    assert_fails_with(scene.world.send(with_byte(2, 5)), MarginError::NoSuchStrike);
    assert_lands(scene.world.send(&call));

    scene.world.set_time(scene.chain.expiry - 1);
    scene.world.refresh();
    let offer = scene.world.call(scene.offer(scene.chain.call(200), 1));
    assert_lands(scene.world.send(&offer));
    scene.world.set_time(scene.chain.expiry);
    assert_fails_with(scene.world.send(&offer), MarginError::ChainExpired);
}

#[test]
fn requires_fresh_prices_and_risk_arrays() {
    let mut scene = Scene::new();
    scene.world.advance(31);
    let offer = scene.world.call(scene.offer(scene.chain.call(200), 1));
    assert_fails_with(scene.world.send(&offer), MarginError::PriceStale);
    scene.world.set_price(SOL, usd(200));
    assert_lands(scene.world.send(&offer));

    scene.world.advance(600);
    scene.world.set_price(SOL, usd(200));
    assert_fails_with(scene.world.send(&offer), MarginError::RiskStale);
    scene.world.refresh();
    scene.world.set_price(SOL, Price::from_e9(201_000_000_010));
    assert_fails_with(scene.world.send(&offer), MarginError::RiskStale);
    scene.world.set_price(SOL, usd(200));
    assert_lands(scene.world.send(&offer));
}

#[test]
fn requires_that_each_price_is_within_the_band_around_its_mark() {
    let mut scene = Scene::new();
    let slot = usize::from(scene.world.picture().strike_slot(scene.chain.call(240)));
    let mark = scene.world.picture().chain(scene.chain).strikes[slot]
        .mark_e9
        .unsigned_abs();
    // A hundred lots are one SOL. One percent of spot is two cents a lot, more than a fifth of this mark.
    assert!(mark / 5 < 20_000_000, "{mark}");
    let at = |per_lot_e9: u64| scene.priced_offer(scene.chain.call(240), 1, per_lot_e9 * 100);
    let (above, highest) = (
        scene.world.call(at(mark + 20_000_001)),
        scene.world.call(at(mark + 20_000_000)),
    );
    let lowest = scene.world.call(at(mark.saturating_sub(20_000_000)));
    assert_fails_with(scene.world.send(above), MarginError::PriceOutsideBand);
    assert_lands(scene.world.send(highest));
    assert_lands(scene.world.send(lowest));

    // A fifth of this mark is more than two cents.
    let mark = scene.world.picture().chain(scene.chain).strikes[0]
        .mark_e9
        .unsigned_abs();
    let band = mark / 5;
    assert!(band > 20_000_000, "{mark}");
    let at = |per_lot_e9: u64| scene.priced_offer(scene.chain.call(160), 1, per_lot_e9 * 100);
    let calls = [mark + band + 1, mark - band - 1, mark + band, mark - band]
        .map(at)
        .map(|offer| scene.world.call(offer));
    let [above, below, highest, lowest] = calls;
    assert_fails_with(scene.world.send(above), MarginError::PriceOutsideBand);
    assert_fails_with(scene.world.send(below), MarginError::PriceOutsideBand);
    assert_lands(scene.world.send(highest));
    assert_lands(scene.world.send(lowest));
}

#[test]
fn the_buyer_gains_and_the_seller_gives_the_legs_lots_and_the_premium_moves_the_other_way() {
    let mut scene = Scene::new();
    let (call, put) = (scene.chain.call(200), scene.chain.put(180));
    let picture = scene.world.picture();
    let sequences = [&scene.alice, &scene.bob].map(|actor| picture.account(actor).account.sequence);
    // Prices in whole cents a lot, near the marks.
    let cents = |option| picture.mark(option).e9() / 1_000_000_000;
    let quotes = vec![
        Quote {
            option: call,
            lots: 300,
            price: usd(cents(call)),
        },
        Quote {
            option: put,
            lots: -200,
            price: usd(cents(put)),
        },
    ];
    let premium = i64::try_from(cents(call) * 3_000_000 - cents(put) * 2_000_000).unwrap();

    let receipt = scene.world.land(Trade {
        buyer: &scene.alice,
        seller: &scene.bob,
        quotes,
    });

    let picture = scene.world.picture();
    assert_eq!(
        (picture.lots(&scene.alice, call), picture.lots(&scene.bob, call)),
        (300, -300)
    );
    assert_eq!(
        (picture.lots(&scene.alice, put), picture.lots(&scene.bob, put)),
        (-200, 200)
    );
    assert_eq!(picture.balance(&scene.alice, USDC), 10_000_000_000 - premium);
    assert_eq!(picture.balance(&scene.bob, USDC), 10_000_000_000 + premium);
    assert_eq!((picture.open_interest(call), picture.open_interest(put)), (300, 200));
    assert_eq!(picture.chain(scene.chain).chain.open_positions, 4);
    assert_eq!(receipt.events(), ["Traded"]);
    let event: Traded = receipt.event();
    assert_eq!(
        (event.buyer, event.seller),
        (scene.alice.account(), scene.bob.account())
    );
    assert_eq!(
        [event.buyer_sequence, event.seller_sequence],
        sequences.map(|sequence| sequence + 1)
    );
    assert_eq!((event.premium_atoms, event.legs.len()), (premium, 2));
    let data = picture.chain(scene.chain).chain;
    for (leg, (option, lots)) in event.legs.iter().zip([(call, 300), (put, -200)]) {
        assert_eq!((leg.chain, leg.chain_sequence), (scene.chain.address(), data.sequence));
        assert_eq!((leg.strike_slot, leg.lots), (picture.strike_slot(option), lots));
    }
}

#[test]
fn lots_of_each_option_sum_to_zero_over_all_accounts() {
    let mut scene = Scene::new();
    let carol = scene.world.trader("carol", &[(USDC, usdc(10_000))]);
    let option = scene.chain.call(220);
    for (buyer, seller, lots) in [
        (&scene.alice, &scene.bob, 100),
        (&carol, &scene.alice, 60),
        (&scene.bob, &carol, 30),
        (&scene.alice, &carol, -45),
        (&scene.bob, &scene.alice, 85),
    ] {
        scene.world.trade_at_mark(buyer, seller, option, lots);
        assert_adds_up(&scene.world);
    }
    let picture = scene.world.picture();
    // Alice 100 - 60 - 45 - 85, Bob -100 + 30 + 85, Carol 60 - 30 + 45.
    let lots = [&scene.alice, &scene.bob, &carol].map(|actor| picture.lots(actor, option));
    assert_eq!(lots, [-90, 15, 75]);
    assert_eq!(picture.open_interest(option), 90);
}

#[test]
fn a_position_that_ends_at_zero_leaves_the_tables() {
    let mut scene = Scene::new();
    scene.alice_buys(scene.chain.call(200), 50);
    scene
        .world
        .trade_at_mark(&scene.bob, &scene.alice, scene.chain.call(200), 50);
    let picture = scene.world.picture();
    for actor in [&scene.alice, &scene.bob] {
        let data = picture.account(actor);
        assert!(data.positions.is_empty() && data.account.chains.iter().all(|slot| slot.positions == 0));
    }
    assert_eq!(picture.chain(scene.chain).chain.open_positions, 0);
}

#[test]
fn both_accounts_meet_their_initial_requirement() {
    let mut scene = Scene::new();
    let small = scene.world.trader("small", &[(USDC, usdc(500))]);
    let option = scene.chain.put(180);
    let price = scene.world.picture().mark(option);
    let sells = |lots| Trade {
        buyer: &scene.alice,
        seller: &small,
        quotes: vec![Quote { option, lots, price }],
    };

    // Ten thousand lots are 100 SOL: a fall by 18% costs more than 500 dollars.
    assert_fails_with(scene.world.send(sells(10_000)), MarginError::InitialHealthNegative);
    // The same refused whichever side is called the buyer.
    let reversed = Trade {
        buyer: &small,
        seller: &scene.alice,
        quotes: vec![Quote {
            option,
            lots: -10_000,
            price,
        }],
    };
    assert_fails_with(scene.world.send(reversed), MarginError::InitialHealthNegative);
    assert_lands(scene.world.send(sells(1_000)));
    assert!(
        scene
            .world
            .picture()
            .action_health(&small)
            .initial_health()
            .unwrap()
            .e9()
            >= 0
    );
}

#[test]
fn an_account_below_its_requirement_may_only_reduce_its_risk() {
    let Distress {
        mut world,
        chain,
        writer,
        liquidator,
    } = Distress::new();
    let put = chain.put(180);
    let held = world.picture().lots(&writer, put);
    let initial = world.picture().action_health(&writer).initial_health().unwrap();
    assert!(held < 0 && initial.e9() < 0);
    let price = world.picture().mark(put);
    let buys = |lots, price| Trade {
        buyer: &writer,
        seller: &liquidator,
        quotes: vec![Quote {
            option: put,
            lots,
            price,
        }],
    };

    // More of the same, or an option that it does not hold, adds risk.
    assert_fails_with(world.send(buys(-1, price)), MarginError::InitialHealthNegative);
    let other = Quote {
        option: chain.call(240),
        lots: -1,
        price: world.picture().mark(chain.call(240)),
    };
    let adds = Trade {
        buyer: &writer,
        seller: &liquidator,
        quotes: vec![other],
    };
    assert_fails_with(world.send(adds), MarginError::InitialHealthNegative);
    assert_lands(world.send(buys(100, price)));
    assert_eq!(world.picture().lots(&writer, put), held + 100);
}

#[test]
fn reducing_risk_may_cost_at_most_a_fifth_of_the_requirement_that_it_frees() {
    let mut scene = Scene::new();
    let deep = scene.world.trader("deep", &[(USDC, usdc(39))]);
    // One SOL deep in the money: a fifth of the mark is more than a fifth of the requirement.
    let put = scene.chain.put(240);
    scene.world.trade_at_mark(&scene.alice, &deep, put, 100);
    scene.world.move_price(SOL, usd(180));
    assert!(
        scene
            .world
            .picture()
            .action_health(&deep)
            .initial_health()
            .unwrap()
            .e9()
            < 0
    );
    let mark = scene.world.picture().mark(put).e9();
    let buys = |percent: u64| {
        let quotes = vec![Quote {
            option: put,
            lots: 30,
            price: Price::from_e9(mark / 100 * percent),
        }];
        Trade {
            buyer: &deep,
            seller: &scene.alice,
            quotes,
        }
    };

    assert_fails_with(scene.world.send(buys(119)), MarginError::InitialHealthNegative);
    assert_lands(scene.world.send(buys(105)));
    assert!(
        scene
            .world
            .picture()
            .action_health(&deep)
            .initial_health()
            .unwrap()
            .e9()
            < 0,
        "still below"
    );
}

#[test]
fn open_interest_stays_within_the_markets_limit() {
    let mut scene = Scene::new();
    let thin = Asset { symbol: "THIN", ..SOL };
    let terms = thin.listing();
    let market = MarketLimits {
        max_open_interest_lots: 10,
        ..terms.market
    };
    scene.world.allow_listing();
    scene.world.land(AddUnderlying {
        admin: &admin(),
        args: AddUnderlyingArgs { market, ..terms },
        approval: None,
    });
    scene.world.set_price(thin, usd(200));
    let chain = scene.world.list_chain(thin, FIRST_EXPIRY, &[200]);

    let refused = scene.world.call(scene.offer(chain.call(200), 11));
    assert_fails_with(scene.world.send(refused), MarginError::OpenInterestLimit);
    let accepted = scene.world.call(scene.offer(chain.call(200), 10));
    assert_lands(scene.world.send(&accepted));
    assert_fails_with(scene.world.send(&accepted), MarginError::OpenInterestLimit);
}

#[test]
fn the_position_table_has_its_capacity() {
    let mut scene = Scene::new();
    let narrow = scene.world.visitor("narrow");
    scene.world.land(OpenAccount {
        payer: &anyone(),
        owner: &narrow,
        capacity: 1,
    });
    scene.world.deposit(&narrow, USDC, usdc(1_000));
    scene.world.trade_at_mark(&narrow, &scene.bob, scene.chain.call(200), 1);
    // Call and put of one strike share a place.
    scene.world.trade_at_mark(&narrow, &scene.bob, scene.chain.put(200), 1);

    let option = scene.chain.call(220);
    let quotes = vec![Quote {
        option,
        lots: 1,
        price: scene.world.picture().mark(option),
    }];
    let second = scene.world.send(Trade {
        buyer: &narrow,
        seller: &scene.bob,
        quotes,
    });
    assert_fails_with(second, MarginError::PositionTableFull);
}

#[test]
fn the_chain_table_has_eight_places_in_the_large_class_sixteen() {
    for (capacity, places) in [(64, 8), (65, 16)] {
        let mut scene = Scene::new();
        let [buyer, seller] = ["buyer", "seller"].map(|name| {
            let actor = scene.world.visitor(name);
            scene.world.land(OpenAccount {
                payer: &anyone(),
                owner: &actor,
                capacity,
            });
            scene.world.deposit(&actor, USDC, usdc(10_000));
            actor
        });
        let expiries = scene.world.picture().listable_expiries(SOL);
        let of_sol = expiries.iter().skip(1).map(|expiry| (SOL, *expiry, 200));
        let of_btc = expiries.iter().map(|expiry| (BTC, *expiry, 100_000));
        let chains: Vec<_> = of_sol.chain(of_btc).take(places).collect();
        assert_eq!(chains.len(), places);
        for (asset, expiry, strike) in chains {
            let chain = scene.world.list_chain(asset, expiry, &[strike]);
            scene.world.trade_at_mark(&buyer, &seller, chain.call(strike), 1);
        }
        let option = scene.chain.call(200);
        let offer = Trade {
            buyer: &buyer,
            seller: &seller,
            quotes: vec![Quote {
                option,
                lots: 1,
                price: scene.world.picture().mark(option),
            }],
        };
        assert_fails_with(scene.world.send(offer), MarginError::ChainTableFull);
        assert_adds_up(&scene.world);
    }
}

#[test]
fn a_margin_account_cannot_trade_with_itself() {
    let mut scene = Scene::new();
    let mut call = scene.world.call(scene.offer(scene.chain.call(200), 1));
    let accounts = &mut call.instruction_mut().accounts;
    accounts[5] = accounts[4].clone();
    accounts[1] = accounts[0].clone();
    // The framework refuses two writable slots with one account.
    assert_fails_with(scene.world.send(call), InstructionError::Custom(2040));
}

#[test]
fn the_premium_rounds_up_for_whoever_pays_it() {
    let mut scene = Scene::new();
    let option = scene.chain.call(200);
    let whole = scene.world.picture().mark(option).e9() / 1_000_000_000 * 1_000_000_000;
    // One ten-millionth of a dollar more a unit is 1e-9 dollars a lot: a thousandth of an atom.
    let offer = scene.world.call(scene.priced_offer(option, 1, whole + 100));
    let atoms = i64::try_from(whole / 100_000).unwrap();

    scene.world.land(offer);
    assert_eq!(
        scene.world.picture().balance(&scene.alice, USDC),
        10_000_000_000 - atoms - 1
    );
    assert_eq!(
        scene.world.picture().balance(&scene.bob, USDC),
        10_000_000_000 + atoms + 1
    );

    let back = scene.world.call(scene.priced_offer(option, -1, whole + 100));
    scene.world.land(back);
    assert_eq!(
        scene.world.picture().balance(&scene.alice, USDC),
        10_000_000_000,
        "now Bob paid the fraction"
    );
    assert_adds_up(&scene.world);
}

#[test]
fn amounts_beyond_every_range_are_refused() {
    let mut scene = Scene::new();
    let option = scene.chain.call(200);
    let price_e9 = scene.world.picture().mark(option).e9();
    for lots in [i64::MIN, i64::MIN + 1, i64::MAX] {
        let offer = scene.world.call(scene.priced_offer(option, lots, price_e9));
        assert_fails_with(scene.world.send(offer), MarginError::MathOverflow);
    }
    let zero = scene.world.call(scene.priced_offer(option, 0, price_e9));
    assert_fails_with(scene.world.send(zero), MarginError::ZeroAmount);
    let dear = scene.world.call(scene.priced_offer(option, 1, u64::MAX));
    assert_fails_with(scene.world.send(dear), MarginError::MathOverflow);
    let offer = scene.world.call(scene.offer(option, 1));
    assert_lands(scene.world.send(offer));
}
