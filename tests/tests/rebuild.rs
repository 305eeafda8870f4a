//! An indexer that sees nothing but events has the whole state, and notices every event that it did not see.

use std::collections::{BTreeMap, BTreeSet};
use tenor_margin::governance::{Change, FeedSource};
use tenor_margin::grid::check_strike;
use tenor_margin::instructions::{AddCollateralArgs, InitializeArgs, SetDelegateArgs};
use tenor_margin::params::{CollateralTerms, WithdrawalWindow};
use tenor_margin::state::{FeedLimits, MarketLimits, Pausable, RiskSettings, SurfaceLimits};
use tenor_math::quantity::Price;
use tenor_sdk::event::Event;
use tenor_sdk::instruction::close_chain;
use tenor_testkit::action::{
    AcceptAdmin, AddCollateral, AddStrikes, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange,
    CloseAccount, CreateChain, GrowAccount, OpenAccount, Pause, PayTreasury, ProposeAdmin, QueueChange, Quote,
    ReplaceStrikes, SetDelegate, Sweep, Tighten, Trade, TradeTerms, Transfer, TransferPosition, Unpause, Withdraw,
};
use tenor_testkit::world::{FIRST_EXPIRY, USUAL_FEES, admin, anyone, guardian, house_terms};
use tenor_testkit::{Actor, Call, ChainOf, ETH, SOL, USDC, World, sol, usd, usdc, weeks};
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
        change: Change::Risk(RiskSettings {
            free_lots: SOL.listing().risk.free_lots - 1,
            ..SOL.listing().risk
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
            index: 1,
            terms: CollateralTerms {
                deposit_cap_atoms: 100,
                window_cap_atoms: 5,
                ..CollateralTerms::of(world.picture().collateral(SOL))
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
    let numbers: Vec<u64> = shared
        .into_iter()
        .chain(of_sol)
        .map(|change| queue(world, change))
        .collect();
    let kept = queue(world, Change::ListUnderlying(ETH.listing()));
    let args = AddCollateralArgs {
        ramp_seconds: 172_800,
        ..ETH.collateral(2)
    };
    let mint = Change::ListCollateral { mint: ETH.mint(), args };
    let cancelled = queue(world, Change::WindDown);
    world.land(CancelChange {
        authority: &guardian(),
        number: cancelled,
    });
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
        args,
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
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
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
        let price = Price::from_e9(price.e9() / 100 * 102);
        vec![
            Quote {
                option,
                lots: 50,
                price,
            },
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
    world.land(Sweep { chain });
    let treasury = Actor::named("treasury");
    world.set_wallet(&treasury, USDC, 0);
    world.land(PayTreasury { to: &treasury });
    replace_strikes(world);
}

/// The last strikes of a chain that is over go before the others, to somebody else who paid for them.
fn remove_strikes(world: &mut World) {
    let expiry = world.picture().listable_expiries(SOL)[5];
    let chain = ChainOf { asset: SOL, expiry };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    let [first, last] = ["first", "last"].map(|name| world.visitor(name));
    world.set_price(SOL, usd(130));
    for (payer, strike) in [(&first, 120), (&last, 130)] {
        world.land(AddStrikes {
            payer,
            chain,
            strikes: vec![usd(strike)],
        });
    }
    world.set_time(expiry);
    let close = close_chain(chain.address(), anyone().address(), &[last.address()]);
    world.land(Call::new(close, []));
}

/// A withdrawal beyond a cap, which only the allowance of an old account lets through.
fn withdraw_beyond_the_cap(world: &mut World, owner: &Actor) {
    world.set_price(SOL, usd(130));
    world.land(Withdraw {
        owner,
        asset: SOL,
        atoms: sol(1),
    });
    let terms = world.picture().account(owner).account.terms;
    assert_eq!(terms.small_withdrawn_e9, 130_000_000_000);
}

/// A full chain lists a strike in the slot of one that spot has left behind.
fn replace_strikes(world: &mut World) {
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(1),
    };
    world.land(CreateChain {
        payer: &anyone(),
        chain,
    });
    for dollars in [200, 260, 320, 400, 500, 640, 800] {
        come_to(world, dollars);
        loop {
            let room = 64 - world.picture().chain(chain).strikes.len();
            let strikes: Vec<Price> = listable(world, chain).into_iter().take(room.min(16)).collect();
            if strikes.is_empty() {
                break;
            }
            world.land(AddStrikes {
                payer: &anyone(),
                chain,
                strikes,
            });
        }
    }
    assert_eq!(world.picture().chain(chain).strikes.len(), 64);
    come_to(world, 130);
    let last = world.picture().chain(chain).strikes.last().unwrap().price();
    let strikes = listable(world, chain)[..1].to_vec();
    world.land(ReplaceStrikes {
        listed: AddStrikes {
            payer: &anyone(),
            chain,
            strikes: strikes.clone(),
        },
        slots: vec![63],
    });
    assert!(last != strikes[0] && world.picture().chain(chain).strikes[63].price() == strikes[0]);
}

fn come_to(world: &mut World, dollars: u64) {
    world.advance(1);
    world.set_price(SOL, usd(dollars));
}

/// Strikes that could be listed now and are not.
fn listable(world: &World, chain: ChainOf) -> Vec<Price> {
    let picture = world.picture();
    let underlying = picture.underlying(SOL);
    let listed: BTreeSet<u64> = picture
        .chain(chain)
        .strikes
        .iter()
        .map(|strike| strike.price_e9)
        .collect();
    let tenor = u64::try_from(chain.expiry - world.now()).unwrap();
    let steps = (1..=400).map(|step| usd(5 * step));
    let fits = |strike: &Price| check_strike(*strike, underlying.price(), tenor, &underlying.market).is_ok();
    steps
        .filter(|strike| !listed.contains(&strike.e9()) && fits(strike))
        .collect()
}

/// Events of what the random walk does not do.
const SCRIPTED: [&str; 17] = [
    "StrikesRemoved",
    "ChangeQueued",
    "ChangeApplied",
    "ChangeCancelled",
    "ParametersTightened",
    "AdminProposed",
    "AdminProposalCancelled",
    "AdminAccepted",
    "ActionPaused",
    "ActionUnpaused",
    "GenesisEnded",
    "AccountGrown",
    "AccountClosed",
    "DelegateSet",
    "Transferred",
    "PositionTransferred",
    "TreasuryPaid",
];

/// Rebuilds the state, then leaves out each event in turn. Returns the indexer and the kinds of events that it saw.
fn check(world: &World) -> (Indexer, BTreeSet<&'static str>) {
    let events = events(world);
    let mut indexer = Indexer::default();
    for event in &events {
        if let Err(gap) = indexer.apply(event) {
            panic!("{gap:?} at {event:?}");
        }
    }
    assert_equal(&indexer.state, &indexer.numbers, world);
    assert_each_is_missed(&events, &numbers(&world.picture()));
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &events {
        *seen.entry(event.name()).or_default() += 1;
    }
    println!("{} events: {seen:?}", events.len());
    (indexer, seen.into_keys().collect())
}

#[test]
fn the_state_of_random_walks_follows_from_their_events_alone() {
    let (mut seen, mut arrays) = (BTreeSet::from(SCRIPTED), 0);
    for seed in [3, 4, 6] {
        let (world, _) = fuzz::run_recorded(seed, 1_500).unwrap_or_else(|failure| panic!("{failure}"));
        let (indexer, kinds) = check(&world);
        arrays += fresh_arrays(&indexer.state, &world);
        seen.extend(kinds);
    }
    assert!(arrays >= 8, "{arrays} fresh risk arrays");
    let known = Event::KNOWN.iter().map(|(_, name)| *name);
    assert_eq!(seen, known.collect());
}

#[test]
fn the_state_after_governance_and_housekeeping_follows_from_their_events_alone() {
    let mut world = World::recorded(InitializeArgs {
        fees: USUAL_FEES,
        ..house_terms()
    });
    let saver = world.trader("hal", &[(SOL, sol(5))]);
    keep_house(&mut world);
    govern(&mut world);
    withdraw_beyond_the_cap(&mut world, &saver);
    remove_strikes(&mut world);
    let (_, seen) = check(&world);
    assert!(seen.is_superset(&BTreeSet::from(SCRIPTED)), "{seen:?}");
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
    assert!(at_a_later_event > events.len() * 3 / 4);
}
