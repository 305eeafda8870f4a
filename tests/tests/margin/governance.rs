//! `end_genesis`, `queue_change`, `apply_change`, `cancel_change`, `tighten`: changes that wait and changes that do not.

use solana_account::ReadableAccount;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::{ChangeApplied, ChangeCancelled, ChangeQueued, GenesisEnded, ParametersTightened};
use tenor_margin::governance::{Change, FeedSource};
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::params::{CollateralTerms, HouseRisk};
use tenor_margin::state::{FeedLimits, MarketLimits, Pausable, RiskSettings};
use tenor_sdk::address;
use tenor_testkit::action::{
    AcceptAdmin, AddCollateral, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange, EndGenesis, Initialize,
    OpenAccount, Pause, ProposeAdmin, QueueChange, Tighten, Unpause,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::world::{admin, anyone, guardian, house_terms, upgrade_authority};
use tenor_testkit::{Actor, Asset, BTC, SOL, USDC, World, assert_fails_with, assert_lands};

const DELAY: i64 = 172_800;
const TTL: i64 = 604_800;

/// A change of the house that always waits.
fn softer() -> Change {
    Change::HouseRisk(HouseRisk {
        maintenance_factor_e9: 700_000_000,
        ..house_terms().risk
    })
}

/// A change of SOL that always waits.
fn wider() -> Change {
    Change::Market(MarketLimits {
        band_of_mark_e9: 400_000_000,
        ..SOL.listing().market
    })
}

/// A change of SOL that may be made at once.
fn narrower() -> Change {
    Change::Market(MarketLimits {
        max_open_interest_lots: 900_000_000,
        ..SOL.listing().market
    })
}

fn queue(world: &mut World, change: Change) -> u64 {
    let of = change.is_of_underlying().then_some(SOL);
    let admin = admin();
    let action = QueueChange {
        admin: &admin,
        of,
        change,
    };
    world.land(action).event::<ChangeQueued>().number
}

fn lamports(world: &World, actor: &Actor) -> u64 {
    world.account(&actor.address()).unwrap().lamports()
}

#[test]
fn end_genesis_requires_that_the_signer_is_the_admin_and_that_set_up_lasts() {
    let mut world = World::new();
    for stranger in [&guardian(), &anyone()] {
        assert_fails_with(world.send(EndGenesis { admin: stranger }), MarginError::NotAuthorised);
    }
    let receipt = world.land(EndGenesis { admin: &admin() });
    assert_eq!(receipt.events(), ["GenesisEnded"]);
    // The house was created and listed two underlyings before.
    assert_eq!(receipt.event::<GenesisEnded>().sequence, 4);
    assert_eq!(world.picture().house().genesis_until, 0);
    assert_fails_with(world.send(EndGenesis { admin: &admin() }), MarginError::GenesisOver);

    let mut late = World::new();
    late.advance(604_800);
    assert_fails_with(late.send(EndGenesis { admin: &admin() }), MarginError::GenesisOver);
}

#[test]
fn queue_change_requires_that_the_signer_is_the_admin() {
    let mut world = World::new();
    for stranger in [guardian(), anyone(), upgrade_authority()] {
        let result = world.send(QueueChange {
            admin: &stranger,
            of: None,
            change: softer(),
        });
        assert_fails_with(result, MarginError::NotAuthorised);
    }
}

#[test]
fn queue_change_requires_that_the_change_changes_something() {
    let mut world = World::new();
    for (of, change) in [
        (None, Change::HouseRisk(house_terms().risk)),
        (None, Change::Guardian(guardian().address())),
        (Some(SOL), Change::Feed(SOL.listing().feed)),
    ] {
        let (admin, nothing) = (admin(), MarginError::NothingChanges);
        let queued = QueueChange {
            admin: &admin,
            of,
            change,
        };
        assert_fails_with(world.send(queued), nothing);
        let tightened = Tighten {
            admin: &admin,
            of,
            change,
        };
        assert_fails_with(world.send(tightened), nothing);
    }
}

#[test]
fn queue_change_requires_that_the_underlying_is_passed_for_a_change_of_one_and_only_then() {
    let mut world = World::new();
    for (of, change) in [(None, wider()), (Some(SOL), softer())] {
        let result = world.send(QueueChange {
            admin: &admin(),
            of,
            change,
        });
        assert_fails_with(result, MarginError::WrongChangeTarget);
    }
}

#[test]
fn changes_that_are_no_numbers_have_bounds_too() {
    let mut world = World::new();
    let twice = Pubkey::new_from_array([5; 32]);
    let mut programs = [Pubkey::default(); 8];
    (programs[0], programs[7]) = (twice, twice);
    let source = FeedSource {
        feed_id: [3; 32],
        push_feed: Pubkey::default(),
        push_exponent: 0,
        feed_exponent: -8,
    };
    let outside = [
        (None, Change::Guardian(Pubkey::default())),
        (None, Change::Guardian(admin().address())),
        (None, Change::BracketPrograms(programs)),
        (
            Some(SOL),
            Change::FeedSource(FeedSource {
                feed_id: [0; 32],
                ..source
            }),
        ),
        (
            Some(SOL),
            Change::FeedSource(FeedSource {
                feed_exponent: 1,
                ..source
            }),
        ),
        (
            Some(SOL),
            Change::FeedSource(FeedSource {
                push_exponent: -1,
                ..source
            }),
        ),
        (
            None,
            Change::Collateral {
                index: 0,
                terms: CollateralTerms {
                    haircut_e9: 1,
                    deposit_cap_atoms: 5,
                    window_cap_atoms: 1_000_000,
                },
            },
        ),
    ];
    for (of, change) in outside {
        let result = world.send(QueueChange {
            admin: &admin(),
            of,
            change,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
    let unknown = Change::Collateral {
        index: 3,
        terms: CollateralTerms {
            haircut_e9: 1,
            deposit_cap_atoms: 5,
            window_cap_atoms: 1_000_000,
        },
    };
    let result = world.send(QueueChange {
        admin: &admin(),
        of: None,
        change: unknown,
    });
    assert_fails_with(result, MarginError::NoSuchCollateral);
    // A drift of 3% needs a range of 15%: the two lie in different sets.
    let low = RiskSettings {
        range_floor_e9: 24_999_999,
        ..SOL.listing().risk
    };
    let result = world.send(QueueChange {
        admin: &admin(),
        of: Some(SOL),
        change: Change::Risk(low),
    });
    assert_fails_with(result, MarginError::ParameterOutOfRange);
}

#[test]
fn a_queued_change_is_stored_and_nothing_changes_yet() {
    let mut world = World::new();
    let before = *world.picture().house();

    let receipt = world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: softer(),
    });

    let picture = world.picture();
    let queued = picture.change(0);
    assert_eq!(queued.change().unwrap(), softer());
    assert_eq!((queued.number, queued.target), (0, address::house()));
    assert_eq!(queued.ready_at, world.now() + DELAY);
    assert_eq!(queued.expires_at, world.now() + DELAY + TTL);
    assert_eq!(
        (queued.proposed_by, queued.rent_payer),
        (admin().address(), admin().address())
    );
    assert_eq!(receipt.events(), ["ChangeQueued"]);
    let event: ChangeQueued = receipt.event();
    assert_eq!((event.change, event.ready_at), (softer(), queued.ready_at));
    let mut expected = before;
    (expected.change_count, expected.sequence) = (1, before.sequence + 1);
    assert_eq!(*picture.house(), expected);
}

#[test]
fn apply_change_requires_that_the_change_has_waited_and_is_not_dead() {
    let mut world = World::new();
    let number = queue(&mut world, softer());
    let due = world.now() + DELAY;
    world.set_time(due - 1);
    assert_fails_with(world.send(ApplyChange { number }), MarginError::ChangeNotReady);
    world.set_time(due + TTL);
    assert_fails_with(world.send(ApplyChange { number }), MarginError::ChangeExpired);

    let number = queue(&mut world, softer());
    world.advance(DELAY + TTL - 1);
    assert_lands(world.send(ApplyChange { number }));
}

#[test]
fn the_parameters_are_as_the_change_says_and_its_rent_returns() {
    let mut world = World::new();
    let before = lamports(&world, &admin());
    let (of_house, of_sol) = (queue(&mut world, softer()), queue(&mut world, wider()));
    assert!(lamports(&world, &admin()) < before);
    world.advance(DELAY);

    let receipt = world.land(ApplyChange { number: of_house });
    assert_eq!(receipt.events(), ["ChangeApplied"]);
    let event: ChangeApplied = receipt.event();
    assert_eq!(
        (event.number, event.target, event.change),
        (0, address::house(), softer())
    );
    world.land(ApplyChange { number: of_sol });

    let picture = world.picture();
    assert_eq!(picture.house().risk.maintenance_factor_e9, 700_000_000);
    assert_eq!(picture.underlying(SOL).market.band_of_mark_e9, 400_000_000);
    assert_eq!(
        picture.underlying(BTC).market,
        BTC.listing().market,
        "another underlying"
    );
    assert_eq!(lamports(&world, &admin()), before);
}

#[test]
fn a_change_is_made_at_most_once() {
    let mut world = World::new();
    let number = queue(&mut world, softer());
    world.advance(DELAY);
    let again = world.call(ApplyChange { number });
    world.land(&again);
    let refusal = world.send(&again).expect_err("a closed change");
    assert!(refusal.changed.is_empty());
}

#[test]
fn every_kind_of_change_writes_what_it_says() {
    let mut world = World::new();
    let key = |byte| Pubkey::new_from_array([byte; 32]);
    let mut programs = [Pubkey::default(); 8];
    programs[0] = key(7);
    let terms = house_terms();
    let (mut interest, mut fees, mut withdrawals, mut timelock) =
        (terms.interest, terms.fees, terms.withdrawals, terms.timelock);
    interest.base_rate_e9 = 10_000_000;
    fees.taker_e9 = 500_000;
    withdrawals.small_withdrawal_e9 = 700_000_000_000;
    timelock.ttl_seconds = 86_400;
    let sol = SOL.listing();
    let (mut feed, mut risk, mut surface) = (sol.feed, sol.risk, sol.surface);
    feed.max_age_seconds = 60;
    risk.roll_e9 = 2_000_000;
    surface.max_step_e9 = 150_000_000;
    let collateral = CollateralTerms {
        haircut_e9: 200_000_000,
        deposit_cap_atoms: 7,
        window_cap_atoms: 1_000_000,
    };
    let source = FeedSource {
        feed_id: [3; 32],
        push_feed: key(4),
        push_exponent: -5,
        feed_exponent: -6,
    };
    let changes = [
        softer(),
        Change::Interest(interest),
        Change::Fees(fees),
        Change::Withdrawals(withdrawals),
        Change::Timelock(timelock),
        Change::Guardian(key(1)),
        Change::SurfaceAuthority(key(2)),
        Change::Treasury(key(3)),
        Change::BracketPrograms(programs),
        Change::Collateral {
            index: 1,
            terms: collateral,
        },
        Change::Feed(feed),
        Change::Risk(risk),
        wider(),
        Change::Surface(surface),
        Change::FeedSource(source),
    ];
    for change in changes {
        queue(&mut world, change);
    }
    world.advance(DELAY);
    for number in 0..15 {
        assert_lands(world.send(ApplyChange { number }));
    }

    let picture = world.picture();
    let house = picture.house();
    assert_eq!((house.interest, house.fees), (interest, fees));
    let registry = picture.market.registry().unwrap();
    assert_eq!((registry.withdrawals, house.timelock), (withdrawals, timelock));
    assert_eq!(
        (house.guardian, house.surface_authority, house.treasury),
        (key(1), key(2), key(3))
    );
    assert!(house.allows_in_bracket(&key(7)) && !house.allows_in_bracket(&key(8)));
    assert!(!house.allows_in_bracket(&Pubkey::default()));
    let entry = picture.collateral(SOL);
    assert_eq!((entry.haircut_e9, entry.deposit_cap_atoms), (200_000_000, 7));
    let listed = picture.underlying(SOL);
    assert_eq!((listed.feed, listed.risk, listed.surface), (feed, risk, surface));
    assert_eq!(
        (
            listed.feed_id,
            listed.push_feed,
            listed.feed_exponent,
            listed.push_exponent
        ),
        ([3; 32], key(4), -6, -5)
    );
}

#[test]
fn apply_change_requires_that_what_it_replaces_is_as_it_was() {
    // A change that was queued before a tightening would undo it unannounced.
    let mut world = World::new();
    let number = queue(&mut world, wider());
    world.land(Tighten {
        admin: &admin(),
        of: Some(SOL),
        change: narrower(),
    });
    world.advance(DELAY);
    assert_fails_with(world.send(ApplyChange { number }), MarginError::ChangeOutdated);
}

#[test]
fn apply_change_requires_the_account_that_the_change_names() {
    let mut world = World::new();
    let number = queue(&mut world, wider());
    world.advance(DELAY);
    let mut call = world.call(ApplyChange { number });
    call.instruction_mut().accounts[2].pubkey = BTC.underlying();
    assert_fails_with(world.send(call), MarginError::WrongChangeTarget);
}

#[test]
fn apply_change_requires_bounds_that_still_hold() {
    // Each fits what was there when it was queued; the second no longer fits what the first made of it.
    let mut world = World::new();
    let sol = SOL.listing();
    let short = RiskSettings {
        range_floor_e9: 60_000_000,
        ..sol.risk
    };
    let far = FeedLimits {
        max_drift_e9: 20_000_000,
        ..sol.feed
    };
    let (first, second) = (
        queue(&mut world, Change::Risk(short)),
        queue(&mut world, Change::Feed(far)),
    );
    world.advance(DELAY);
    world.land(ApplyChange { number: first });
    assert_fails_with(
        world.send(ApplyChange { number: second }),
        MarginError::ParameterOutOfRange,
    );
}

#[test]
fn cancel_change_requires_the_admin_or_the_guardian_or_a_dead_change() {
    for (authority, allowed) in [(admin(), true), (guardian(), true), (anyone(), false)] {
        let mut world = World::new();
        let number = queue(&mut world, softer());
        let cancel = CancelChange {
            authority: &authority,
            number,
        };
        if allowed {
            let before = lamports(&world, &admin());
            let receipt = world.land(cancel);
            assert_eq!(receipt.event::<ChangeCancelled>().by, authority.address());
            assert!(lamports(&world, &admin()) > before, "the rent returns");
            assert!(world.picture().changes.is_empty());
        } else {
            assert_fails_with(world.send(cancel), MarginError::NotAuthorised);
            world.advance(DELAY + TTL - 1);
            assert_fails_with(world.send(cancel), MarginError::NotAuthorised);
            world.advance(1);
            assert_lands(world.send(cancel));
        }
    }
}

#[test]
fn tighten_requires_that_the_signer_is_the_admin() {
    let mut world = World::new();
    for stranger in [guardian(), anyone()] {
        let result = world.send(Tighten {
            admin: &stranger,
            of: Some(SOL),
            change: narrower(),
        });
        assert_fails_with(result, MarginError::NotAuthorised);
    }
    let receipt = world.land(Tighten {
        admin: &admin(),
        of: Some(SOL),
        change: narrower(),
    });
    assert_eq!(receipt.events(), ["ParametersTightened"]);
    let event: ParametersTightened = receipt.event();
    assert_eq!((event.target, event.change), (SOL.underlying(), narrower()));
    assert_eq!(
        world.picture().underlying(SOL).market.max_open_interest_lots,
        900_000_000
    );
}

#[test]
fn what_is_no_number_never_acts_at_once() {
    let mut world = World::new();
    let key = Pubkey::new_from_array([9; 32]);
    let mut programs = [Pubkey::default(); 8];
    programs[0] = key;
    let source = FeedSource {
        feed_id: [3; 32],
        push_feed: Pubkey::default(),
        push_exponent: 0,
        feed_exponent: -8,
    };
    let changes = [
        Change::Guardian(key),
        Change::SurfaceAuthority(key),
        Change::SurfaceAuthority(Pubkey::default()),
        Change::Treasury(key),
        Change::BracketPrograms(programs),
        Change::WindDown,
        // The quote's cap: without it nobody could top up or repay.
        Change::Collateral {
            index: 0,
            terms: CollateralTerms {
                haircut_e9: 0,
                deposit_cap_atoms: 0,
                window_cap_atoms: 1_000_000,
            },
        },
        Change::FeedSource(source),
        Change::ListUnderlying(AddUnderlyingArgs {
            symbol: *b"ETH\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ..SOL.listing()
        }),
        Change::ListCollateral {
            mint: key,
            args: SOL.collateral(0),
        },
    ];
    for change in changes {
        let of = change.is_of_underlying().then_some(SOL);
        let result = world.send(Tighten {
            admin: &admin(),
            of,
            change,
        });
        assert_fails_with(result, MarginError::ChangeLoosens);
    }
    // Taking a program off the list only shrinks what is allowed.
    let number = queue(&mut world, Change::BracketPrograms(programs));
    world.advance(DELAY);
    world.land(ApplyChange { number });
    assert_lands(world.send(Tighten {
        admin: &admin(),
        of: None,
        change: Change::BracketPrograms([Pubkey::default(); 8]),
    }));
}

/// A nonce account that `authority` may advance.
fn plant_nonce(world: &mut World, authority: &Actor) -> Pubkey {
    let address = Pubkey::new_from_array([77; 32]);
    let mut data = vec![1, 0, 0, 0, 1, 0, 0, 0];
    data.extend(authority.address().as_ref());
    data.extend([42; 32]);
    data.extend(5_000_u64.to_le_bytes());
    let account = solana_account::Account {
        lamports: 10_000_000,
        data,
        owner: address::SYSTEM_PROGRAM,
        ..solana_account::Account::default()
    };
    world.set_account(address, account.into());
    address
}

fn advance_nonce(nonce: Pubkey, authority: &Actor) -> Instruction {
    let recent_blockhashes: Pubkey = "SysvarRecentB1ockHashes11111111111111111111".parse().unwrap();
    Instruction {
        program_id: address::SYSTEM_PROGRAM,
        accounts: vec![
            AccountMeta::new(nonce, false),
            AccountMeta::new_readonly(recent_blockhashes, false),
            AccountMeta::new_readonly(authority.address(), true),
        ],
        data: 4_u32.to_le_bytes().to_vec(),
    }
}

#[test]
fn a_transaction_with_a_durable_nonce_governs_nothing() {
    let mut world = World::new();
    let (admin, guardian, someone) = (admin(), guardian(), anyone());
    let nonce = plant_nonce(&mut world, &someone);
    // Other instructions take such transactions.
    assert_lands(world.send_after(
        advance_nonce(nonce, &someone),
        &[&someone],
        OpenAccount {
            payer: &someone,
            owner: &someone,
            capacity: 1,
        },
    ));
    let number = queue(&mut world, softer());
    let successor = world.visitor("successor");
    world.land(ProposeAdmin {
        admin: &admin,
        successor: successor.address(),
    });
    world.land(Pause {
        authority: &guardian,
        action: Pausable::Deposit,
        seconds: 60,
    });
    let token = junk(&mut world);
    let attempts = [
        world.call(QueueChange {
            admin: &admin,
            of: None,
            change: softer(),
        }),
        world.call(CancelChange {
            authority: &guardian,
            number,
        }),
        world.call(Tighten {
            admin: &admin,
            of: Some(SOL),
            change: narrower(),
        }),
        world.call(ProposeAdmin {
            admin: &admin,
            successor: successor.address(),
        }),
        world.call(CancelAdminProposal { authority: &guardian }),
        world.call(Pause {
            authority: &guardian,
            action: Pausable::Surface,
            seconds: 60,
        }),
        world.call(Unpause {
            authority: &guardian,
            action: Pausable::Deposit,
        }),
        world.call(AddUnderlying {
            admin: &admin,
            args: AddUnderlyingArgs {
                symbol: *b"ETH\0\0\0\0\0\0\0\0\0\0\0\0\0",
                ..SOL.listing()
            },
            approval: None,
        }),
        world.call(AddCollateral {
            admin: &admin,
            asset: token,
            args: SOL.collateral(0),
            approval: None,
        }),
        world.call(EndGenesis { admin: &admin }),
    ];
    for attempt in attempts {
        let outcome = world.send_after(advance_nonce(nonce, &someone), &[&someone], &attempt);
        assert_fails_with(outcome, MarginError::DurableNonce);
        assert_lands(world.send(&attempt));
    }
    // The last proposal was cancelled above; one that has waited.
    world.land(ProposeAdmin {
        admin: &admin,
        successor: successor.address(),
    });
    world.advance(DELAY);
    let accept = world.call(AcceptAdmin { successor: &successor });
    let outcome = world.send_after(advance_nonce(nonce, &someone), &[&someone], &accept);
    assert_fails_with(outcome, MarginError::DurableNonce);
    assert_lands(world.send(accept));

    let mut empty = World::without_house();
    let nonce = plant_nonce(&mut empty, &someone);
    let create = Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: house_terms(),
    };
    let outcome = empty.send_after(advance_nonce(nonce, &someone), &[&someone], create);
    assert_fails_with(outcome, MarginError::DurableNonce);
}

/// A token that is not a collateral yet.
fn junk(world: &mut World) -> Asset {
    let asset = Asset {
        symbol: "JUNK",
        decimals: 9,
        first_price_usd: 1,
        strike_step_usd: 0,
        lot_units_e9: 0,
    };
    world.set_account(asset.mint(), mint_account(asset));
    asset
}
