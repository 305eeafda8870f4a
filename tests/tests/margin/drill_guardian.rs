//! Key-loss drills: a thief has the guardian's key, or the upgrade authority's. The first can only shrink what is allowed,
//! for a while; the second has no power inside the program.

use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::governance::Change;
use tenor_margin::instructions::AddUnderlyingArgs;
use tenor_margin::state::{MarketLimits, Pausable};
use tenor_testkit::action::{
    AddCollateral, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange, EndGenesis, Initialize, Pause,
    PostSurface, ProposeAdmin, QueueChange, Tighten, Withdraw,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, admin, guardian, house_terms, surface_authority, upgrade_authority};
use tenor_testkit::{Actor, Asset, Call, SOL, USDC, World, assert_fails_with, assert_lands, hours, usd, usdc, weeks};

const JUNK: Asset = Asset {
    symbol: "JUNK",
    decimals: 9,
    first_price_usd: 1,
    strike_step_usd: 1,
    lot_units_e9: 1_000_000,
};

/// Everything that is the admin's or the surface authority's, signed by someone else.
fn usurpations(world: &World, thief: &Actor, chain: tenor_testkit::ChainOf) -> Vec<Call> {
    let tighter = Change::Market(MarketLimits {
        band_of_mark_e9: 1,
        ..SOL.listing().market
    });
    vec![
        world.call(EndGenesis { admin: thief }),
        world.call(QueueChange {
            admin: thief,
            of: None,
            change: Change::Treasury(thief.address()),
        }),
        world.call(Tighten {
            admin: thief,
            of: Some(SOL),
            change: tighter,
        }),
        world.call(ProposeAdmin {
            admin: thief,
            successor: Pubkey::new_from_array([8; 32]),
        }),
        world.call(AddUnderlying {
            admin: thief,
            args: AddUnderlyingArgs {
                feed_id: [66; 32],
                ..JUNK.listing()
            },
            approval: None,
        }),
        world.call(AddCollateral {
            admin: thief,
            asset: JUNK,
            args: JUNK.collateral(0),
            approval: None,
        }),
        world.call(PostSurface {
            authority: thief,
            chain,
            args: chain.slice(300, world.now()),
        }),
    ]
}

#[test]
fn the_guardians_key_only_shrinks_what_is_allowed_for_a_while() {
    let mut world = World::new();
    world.set_account(JUNK.mint(), mint_account(JUNK));
    let chain = world.list_chain(SOL, FIRST_EXPIRY + weeks(1), &[180, 200, 220]);
    let alice = world.trader("alice", &[(USDC, usdc(10_000))]);
    let bob = world.trader("bob", &[(USDC, usdc(10_000))]);
    world.trade_at_mark(&alice, &bob, chain.call(200), 100);
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::Treasury(Pubkey::default()),
    });
    world.land(ProposeAdmin {
        admin: &admin(),
        successor: Pubkey::new_from_array([5; 32]),
    });
    let thief = guardian();
    let start = world.now();
    let before = *world.picture().house();
    let balances = |world: &World| {
        let picture = world.picture();
        [&alice, &bob].map(|actor| (picture.balance(actor, USDC), picture.account(actor).positions.clone()))
    };
    let owned = balances(&world);

    for hour in (0..72).step_by(12) {
        world.set_time((start + hours(hour)).max(world.now()));
        world.post_surface(chain);
        for call in usurpations(&world, &thief, chain) {
            assert_fails_with(world.send(call), MarginError::NotAuthorised);
        }
        // The surface last: a slice serves for a day.
        for action in Pausable::ALL
            .into_iter()
            .filter(|each| hour == 60 || *each != Pausable::Surface)
        {
            let _ = world.send(Pause {
                authority: &thief,
                action,
                seconds: 259_200,
            });
        }
    }
    // It may spoil what the admin queued: that harms no one's money.
    world.land(CancelChange {
        authority: &thief,
        number: 0,
    });
    world.land(CancelAdminProposal { authority: &thief });

    assert_eq!(balances(&world), owned);
    let house = *world.picture().house();
    assert_eq!((house.admin, house.treasury), (before.admin, before.treasury));
    assert_eq!((house.risk, house.timelock), (before.risk, before.timelock));
    assert_adds_up(&world);

    // Exits work meanwhile.
    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    world.trade_at_mark(&bob, &alice, chain.call(200), 50);
    world.land(Withdraw {
        owner: &alice,
        asset: USDC,
        atoms: usdc(1_000),
    });

    // When three days are over all is as it was, and stays so for a week.
    world.set_time(start + hours(72));
    world.set_price(SOL, usd(200));
    world.refresh_chain(chain);
    world.trade_at_mark(&alice, &bob, chain.call(220), 10);
    world.deposit(&alice, USDC, usdc(1));
    for action in Pausable::ALL.into_iter().filter(|each| *each != Pausable::Surface) {
        let pause = Pause {
            authority: &thief,
            action,
            seconds: 1,
        };
        assert_fails_with(world.send(pause), MarginError::PauseCoolingDown);
    }
    world.set_time(start + hours(60 + 72));
    assert_lands(world.send(PostSurface {
        authority: &surface_authority(),
        chain,
        args: chain.slice(60, world.now()),
    }));
    world.set_time(start + hours(240) - 1);
    let pause = world.send(Pause {
        authority: &thief,
        action: Pausable::Deposit,
        seconds: 1,
    });
    assert_fails_with(pause, MarginError::PauseCoolingDown);
}

#[test]
fn the_upgrade_authority_has_no_power_in_the_program_once_there_is_a_house() {
    let mut world = World::new();
    world.set_account(JUNK.mint(), mint_account(JUNK));
    let chain = world.list_chain(SOL, FIRST_EXPIRY, &[200]);
    let thief = upgrade_authority();
    for call in usurpations(&world, &thief, chain) {
        assert_fails_with(world.send(call), MarginError::NotAuthorised);
    }
    let pause = world.send(Pause {
        authority: &thief,
        action: Pausable::Deposit,
        seconds: 1,
    });
    assert_fails_with(pause, MarginError::NotAuthorised);
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::Treasury(Pubkey::default()),
    });
    let cancel = world.send(CancelChange {
        authority: &thief,
        number: 0,
    });
    assert_fails_with(cancel, MarginError::NotAuthorised);
    assert_fails_with(world.send(ApplyChange { number: 0 }), MarginError::ChangeNotReady);
    let again = world.send(Initialize {
        upgrade_authority: &thief,
        quote: USDC,
        args: house_terms(),
    });
    assert_fails_with(again, crate::scene::ACCOUNT_EXISTS);
}
