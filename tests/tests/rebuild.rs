//! An indexer that sees nothing but events has the whole state, and notices every event that it did not see.

use std::collections::{BTreeMap, BTreeSet};
use tenor_margin::governance::{Change, FeedSource};
use tenor_margin::instructions::SetDelegateArgs;
use tenor_margin::params::{CollateralTerms, WithdrawalWindow};
use tenor_margin::state::{FeedLimits, MarketLimits, Pausable, RiskSettings, SurfaceLimits};
use tenor_sdk::event::Event;
use tenor_testkit::action::{
    AcceptAdmin, AddCollateral, AddStrikes, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange,
    CloseAccount, EndGenesis, GrowAccount, OpenAccount, Pause, ProposeAdmin, QueueChange, Quote, ReplaceStrikes,
    SetDelegate, Tighten, Trade, TradeTerms, Transfer, TransferPosition, Unpause, Withdraw,
};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone, guardian, house_terms};
use tenor_testkit::{Actor, ChainOf, ETH, SOL, USDC, World, sol, usd, usdc, weeks};
use tenor_tests::fuzz;
use tenor_tests::indexer::Indexer;
use tenor_tests::indexer::compare::{assert_equal, fresh_arrays, numbers};
use tenor_tests::indexer::numbers::Numbers;

fn events(world: &World) -> Vec<Event> {
    let journal = world.journal().iter();
    journal
        .map(|data| Event::read(data).expect("an event that the SDK knows whole"))
        .collect()
}

fn follow(indexer: &mut Indexer, events: &[Event]) {
    for event in events {
        if let Err(gap) = indexer.apply(event) {
            panic!("{gap:?} at {event:?}");
        }
    }
}

fn queue(world: &mut World, change: Change) -> u64 {
    let number = world.picture().house().change_count;
    world.land(QueueChange {
        admin: &admin(),
        of: change.is_of_underlying().then_some(SOL),
        change,
    });
    number
}

/// Pauses, changes of every target, listings that were queued, and a new admin.
fn govern(world: &mut World) {
    for (authority, action) in [(guardian(), Pausable::Surface), (admin(), Pausable::OpenAccount)] {
        for (action, seconds) in [(action, 60), (Pausable::Listing, 600)] {
            world.land(Pause {
                authority: &authority,
                action,
                seconds,
            });
        }
        world.advance(5);
        world.land(Unpause {
            authority: &authority,
            action,
        });
    }
    world.land(Tighten {
        admin: &admin(),
        of: Some(SOL),
        change: Change::Market(MarketLimits {
            band_of_mark_e9: 100_000_000,
            ..SOL.listing().market
        }),
    });
    let listed = *world.picture().collateral(SOL);
    let terms = CollateralTerms {
        deposit_cap_atoms: listed.deposit_cap_atoms - 1,
        ..CollateralTerms::of(&listed)
    };
    world.land(Tighten {
        admin: &admin(),
        of: None,
        change: Change::Collateral { index: 1, terms },
    });
    let house = *world.picture().house();
    let (mut risk, mut interest, mut fees, mut timelock) = (house.risk, house.interest, house.fees, house.timelock);
    risk.maintenance_factor_e9 = 700_000_000;
    interest.reserve_share_e9 = 150_000_000;
    fees.insurance_share_e9 = 600_000_000;
    timelock.ttl_seconds += 86_400;
    let mut programs = [Default::default(); 8];
    programs[0] = Actor::named("a program").address();
    let shared = [
        Change::HouseRisk(risk),
        Change::Interest(interest),
        Change::Fees(fees),
        Change::Withdrawals(WithdrawalWindow {
            window_seconds: 43_200,
            ..house_terms().withdrawals
        }),
        Change::Timelock(timelock),
        Change::SurfaceAuthority(Actor::named("another").address()),
        Change::Treasury(Actor::named("chest").address()),
        Change::Guardian(Actor::named("watchman").address()),
        Change::BracketPrograms(programs),
        Change::Collateral {
            index: 2,
            terms: CollateralTerms {
                window_cap_atoms: 5,
                ..CollateralTerms::of(world.picture().collateral(tenor_testkit::BTC))
            },
        },
    ];
    let listing = SOL.listing();
    let of_sol = [
        Change::Feed(FeedLimits {
            max_age_seconds: listing.feed.max_age_seconds + 1,
            ..listing.feed
        }),
        Change::Risk(RiskSettings {
            free_lots: listing.risk.free_lots + 1,
            ..listing.risk
        }),
        Change::Market(MarketLimits {
            band_of_mark_e9: 300_000_000,
            ..listing.market
        }),
        Change::Surface(SurfaceLimits {
            min_interval_seconds: listing.surface.min_interval_seconds + 1,
            ..listing.surface
        }),
        Change::FeedSource(FeedSource {
            feed_id: listing.feed_id,
            feed_exponent: listing.feed_exponent,
            push_feed: Default::default(),
            push_exponent: 0,
        }),
    ];
    let numbers: Vec<u64> = shared.into_iter().chain(of_sol).map(|change| queue(world, change)).collect();
    let kept = queue(world, Change::ListUnderlying(ETH.listing()));
    let mint = Change::ListCollateral {
        mint: ETH.mint(),
        args: ETH.collateral(2),
    };
    let cancelled = queue(world, Change::WindDown);
    world.land(CancelChange {
        authority: &guardian(),
        number: cancelled,
    });
    world.land(EndGenesis { admin: &admin() });
    world.advance(172_800);
    for number in numbers {
        world.land(ApplyChange { number });
    }
    world.land(AddUnderlying {
        admin: &admin(),
        args: ETH.listing(),
        approval: Some(kept),
    });
    // A collateral names an underlying that is listed.
    let number = queue(world, mint);
    world.advance(172_800);
    world.land(AddCollateral {
        admin: &admin(),
        asset: ETH,
        args: ETH.collateral(2),
        approval: Some(number),
    });
    // It stays queued until somebody clears it away; one of them does not.
    world.land(CancelChange {
        authority: &admin(),
        number: kept,
    });
    hand_over(world);
}

fn hand_over(world: &mut World) {
    let successor = Actor::named("successor");
    for is_meant in [false, true] {
        world.land(ProposeAdmin {
            admin: &admin(),
            successor: successor.address(),
        });
        if !is_meant {
            world.land(CancelAdminProposal { authority: &admin() });
        }
    }
    world.advance(172_800);
    world.land(AcceptAdmin { successor: &successor });
}

/// What the random walk does not do: accounts of one owner, delegates, room, closing, strikes that take others' slots.
fn keep_house(world: &mut World) {
    let owner = world.trader("fay", &[(USDC, usdc(50_000)), (SOL, sol(20))]);
    let other = world.trader("gus", &[(USDC, usdc(50_000))]);
    let second = owner.with_account_number(9);
    world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 8,
    });
    for (asset, atoms) in [(USDC, usdc(10_000)), (SOL, sol(3))] {
        world.land(Transfer {
            from: &owner,
            to: &second,
            asset,
            atoms,
        });
    }
    world.land(GrowAccount {
        payer: &anyone(),
        of: &second,
        capacity: 24,
    });
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(3), &[180, 200, 220]);
    let delegate = world.visitor("delegate");
    world.land(SetDelegate {
        owner: &owner,
        args: SetDelegateArgs {
            delegate: delegate.address(),
            max_daily_loss_e9: 1_000_000_000_000,
        },
    });
    let quotes = |world: &World| {
        let option = chain.call(200);
        let price = world.picture().mark(option);
        let price = tenor_math::quantity::Price::from_e9(price.e9() / 100 * 102);
        vec![
            Quote { option, lots: 50, price },
            Quote {
                option: chain.put(180),
                lots: 20,
                price: world.picture().mark(chain.put(180)),
            },
        ]
    };
    let trade = Trade {
        buyer: &owner,
        seller: &other,
        quotes: quotes(world),
    };
    world.land(trade.on(TradeTerms {
        for_buyer: Some(&delegate),
        ..TradeTerms::default()
    }));
    assert!(world.picture().account(&owner).account.delegate_loss_e9 > 0);
    for (option, lots) in [(chain.call(200), 30), (chain.put(180), 20)] {
        world.land(TransferPosition {
            from: &owner,
            to: &second,
            option,
            lots,
        });
    }
    let third = owner.with_account_number(10);
    for _ in 0..2 {
        world.land(OpenAccount {
            payer: &anyone(),
            owner: &third,
            capacity: 1,
        });
        world.land(CloseAccount { owner: &third });
    }
    withdraw_beyond_the_cap(world, &owner);
    replace_strikes(world);
}

/// A withdrawal that only a small one's allowance lets through.
fn withdraw_beyond_the_cap(world: &mut World, owner: &Actor) {
    let cap = world.picture().collateral(SOL).window_cap_atoms;
    let _ = cap;
    world.land(Withdraw {
        owner,
        asset: SOL,
        atoms: sol(1),
    });
}

/// A full chain lists a new strike in the slot of one that spot has left behind.
fn replace_strikes(world: &mut World) {
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(4),
    };
    let near: Vec<u64> = (0..64).map(|place| 100 + 5 * place).collect();
    world.list_chain(SOL, chain.expiry, &near);
    world.move_price(SOL, usd(500));
    world.land(ReplaceStrikes {
        listed: AddStrikes {
            payer: &anyone(),
            chain,
            strikes: vec![usd(500)],
        },
        slots: vec![0],
    });
}

/// Every event but those of brackets' insides comes about.
#[test]
fn the_state_follows_from_the_events_alone_and_a_missing_one_shows() {
    let (mut world, report) = fuzz::run_recorded(21, 2_500).unwrap_or_else(|failure| panic!("{failure}"));
    let mut indexer = Indexer::default();
    let walked = events(&world);
    follow(&mut indexer, &walked);
    assert_equal(&indexer.state, &indexer.numbers, &world);
    let compared = fresh_arrays(&indexer.state, &world);
    assert!(compared >= 8, "{compared} fresh risk arrays\n{report}");

    keep_house(&mut world);
    govern(&mut world);
    let all = events(&world);
    follow(&mut indexer, &all[walked.len()..]);
    assert_equal(&indexer.state, &indexer.numbers, &world);

    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &all {
        *seen.entry(event.name()).or_default() += 1;
    }
    let known: BTreeSet<&str> = Event::KNOWN.iter().map(|(_, name)| *name).collect();
    let missing: Vec<_> = known.iter().filter(|name| !seen.contains_key(*name)).collect();
    assert!(missing.is_empty(), "no {missing:?} among {seen:?}");

    assert_each_is_missed(&all, &numbers(&world.picture()));
    println!("{} events: {seen:?}", all.len());
}

/// Whichever event is left out: a later one shows it, or the numbers of the accounts at the end do.
fn assert_each_is_missed(events: &[Event], at_the_end: &Numbers) {
    let mut before = Numbers::default();
    let mut at_a_later_event = 0;
    for (place, dropped) in events.iter().enumerate() {
        let mut numbers = before.clone();
        let later = &events[place + 1..];
        let is_gap = later.iter().any(|event| numbers.advance(event).is_err());
        assert!(is_gap || numbers != *at_the_end, "nobody misses {dropped:?}");
        at_a_later_event += usize::from(is_gap);
        before.advance(dropped).expect("no gap");
    }
    assert_eq!(before, *at_the_end);
    assert!(at_a_later_event > events.len() * 9 / 10);
}
