//! `pause` and `unpause`: a pause shrinks what is allowed, ends by itself and never blocks an exit. And `wind_down`, which
//! is a change and the one pause that does not end.

use crate::scene::{Distress, Scene};
use tenor_margin::MarginError;
use tenor_margin::event::{ActionPaused, ActionUnpaused};
use tenor_margin::governance::Change;
use tenor_margin::state::{Pausable, Power};
use tenor_testkit::action::{
    AddStrikes, ApplyChange, CreateChain, Deposit, LiquidateSlice, OpenAccount, Pause, PostSurface, QueueChange, Quote,
    RefreshRisk, SettleAccount, Touch, Trade, Unpause, UpdatePrice, Withdraw,
};
use tenor_testkit::world::{FIRST_EXPIRY, admin, anyone, guardian, surface_authority};
use tenor_testkit::{ChainOf, SOL, USDC, World, assert_fails_with, assert_lands, sol, usd, usdc, weeks};

const THREE_DAYS: u32 = 259_200;
const TEN_DAYS: i64 = 864_000;

fn pause_all(world: &mut World) {
    for action in Pausable::ALL {
        world.land(Pause {
            authority: &guardian(),
            action,
            seconds: THREE_DAYS,
        });
    }
}

fn wind_down(world: &mut World) {
    world.land(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::WindDown,
    });
    let number = world.picture().house().change_count - 1;
    world.advance(172_800);
    world.land(ApplyChange { number });
    world.refresh();
}

#[test]
fn pause_requires_that_the_signer_is_the_admin_or_the_guardian() {
    let mut world = World::new();
    let action = Pausable::Deposit;
    for stranger in [anyone(), surface_authority()] {
        let pause = Pause {
            authority: &stranger,
            action,
            seconds: 1,
        };
        assert_fails_with(world.send(pause), MarginError::NotAuthorised);
        let unpause = Unpause {
            authority: &stranger,
            action,
        };
        assert_fails_with(world.send(unpause), MarginError::NotAuthorised);
    }
    for (authority, power) in [(guardian(), Power::Guardian), (admin(), Power::Admin)] {
        let receipt = world.land(Pause {
            authority: &authority,
            action,
            seconds: 60,
        });
        assert_eq!(receipt.events(), ["ActionPaused"]);
        let event: ActionPaused = receipt.event();
        assert_eq!((event.action, event.by, event.seconds), (action, power, 60));
        assert_eq!(event.paused_until, world.now() + 60);
    }
}

#[test]
fn pause_requires_one_second_to_three_days() {
    let mut world = World::new();
    for seconds in [0, THREE_DAYS + 1, u32::MAX] {
        let result = world.send(Pause {
            authority: &guardian(),
            action: Pausable::Deposit,
            seconds,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
    for (action, seconds) in [(Pausable::Deposit, 1), (Pausable::Borrow, THREE_DAYS)] {
        assert_lands(world.send(Pause {
            authority: &guardian(),
            action,
            seconds,
        }));
    }
}

#[test]
fn no_power_pauses_an_action_for_more_than_three_days_in_ten() {
    let mut world = World::new();
    let guardian = guardian();
    let began = world.now();
    let pause = |seconds| Pause {
        authority: &guardian,
        action: Pausable::Deposit,
        seconds,
    };
    let until = |world: &World| world.picture().house().paused_until[0];
    world.land(pause(60));
    assert_eq!(until(&world), began + 60);
    // It may be prolonged, but not past three days from its beginning.
    world.advance(86_400);
    world.land(pause(THREE_DAYS));
    assert_eq!(until(&world), began + i64::from(THREE_DAYS));
    world.set_time(began + i64::from(THREE_DAYS));
    assert_fails_with(world.send(pause(1)), MarginError::PauseCoolingDown);
    world.set_time(began + TEN_DAYS - 1);
    assert_fails_with(world.send(pause(1)), MarginError::PauseCoolingDown);
    world.set_time(began + TEN_DAYS);
    assert_lands(world.send(pause(1)));
}

#[test]
fn ending_a_pause_early_buys_no_new_one() {
    let mut world = World::new();
    let guardian = guardian();
    let began = world.now();
    let action = Pausable::Surface;
    let pause = Pause {
        authority: &guardian,
        action,
        seconds: 60,
    };
    world.land(pause);
    world.land(Unpause {
        authority: &guardian,
        action,
    });
    world.set_time(began + i64::from(THREE_DAYS));
    assert_fails_with(world.send(pause), MarginError::PauseCoolingDown);
}

#[test]
fn unpause_requires_that_the_signer_pauses_the_action_now() {
    let mut world = World::new();
    let (admin, guardian) = (admin(), guardian());
    let action = Pausable::OpenAccount;
    let end = |authority| Unpause { authority, action };
    assert_fails_with(world.send(end(&guardian)), MarginError::NotPaused);
    world.land(Pause {
        authority: &guardian,
        action,
        seconds: 60,
    });
    // Who stole the admin's key cannot lift what the guardian paused, nor the other way round.
    assert_fails_with(world.send(end(&admin)), MarginError::NotPaused);
    world.land(Pause {
        authority: &admin,
        action,
        seconds: 90,
    });
    let both = world.now();
    let receipt = world.land(end(&guardian));
    let event: ActionUnpaused = receipt.event();
    assert_eq!((event.by, event.paused_until), (Power::Guardian, both + 90));
    assert_fails_with(world.send(end(&guardian)), MarginError::NotPaused);
    world.land(end(&admin));
    let visitor = world.visitor("visitor");
    assert_lands(world.send(OpenAccount {
        payer: &anyone(),
        owner: &visitor,
        capacity: 1,
    }));
}

/// Everything that a pause or a wind-down refuses, with the error; the surface is the one that goes on.
fn assert_refused(scene: &mut Scene, expected: impl Fn(Pausable) -> Option<MarginError>) {
    let Scene { chain, alice, bob, .. } = &*scene;
    let (chain, alice, bob) = (*chain, alice.clone(), bob.clone());
    let world = &mut scene.world;
    let newcomer = world.visitor("newcomer");
    world.set_wallet(&alice, SOL, sol(1));
    let next = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(2),
    };
    let someone = anyone();
    let surface = surface_authority();
    let mut cases = vec![
        (
            Pausable::Deposit,
            world.call(Deposit {
                depositor: &alice,
                to: &alice,
                asset: SOL,
                atoms: sol(1),
            }),
        ),
        (
            Pausable::Listing,
            world.call(CreateChain {
                payer: &someone,
                chain: next,
            }),
        ),
        (
            Pausable::Listing,
            world.call(AddStrikes {
                payer: &someone,
                chain,
                strikes: vec![usd(210)],
            }),
        ),
        (
            Pausable::OpenAccount,
            world.call(OpenAccount {
                payer: &someone,
                owner: &newcomer,
                capacity: 1,
            }),
        ),
    ];
    let price = world.picture().mark(chain.call(220));
    cases.push((
        Pausable::RiskTrade,
        world.call(Trade {
            buyer: &alice,
            seller: &bob,
            quotes: vec![Quote {
                option: chain.call(220),
                lots: 1,
                price,
            }],
        }),
    ));
    // Last, because risk arrays are to be refreshed after it.
    cases.push((
        Pausable::Surface,
        world.call(PostSurface {
            authority: &surface,
            chain,
            args: chain.slice(60, world.now()),
        }),
    ));
    for (action, call) in cases {
        // Chains that were created meanwhile are neighbours now.
        let call = if action == Pausable::Surface {
            let args = chain.slice(60, world.now());
            world.call(PostSurface {
                authority: &surface,
                chain,
                args,
            })
        } else {
            call
        };
        match expected(action) {
            Some(error) => assert_fails_with(world.send(call), error),
            None => drop(assert_lands(world.send(call))),
        }
    }
}

#[test]
fn a_paused_action_is_refused_until_the_time_is_over_and_no_other() {
    for paused in Pausable::ALL {
        let mut scene = Scene::new();
        scene.world.land(Pause {
            authority: &guardian(),
            action: paused,
            seconds: 60,
        });
        assert_refused(&mut scene, |action| {
            (action == paused).then_some(MarginError::ActionPaused)
        });
    }
    let mut scene = Scene::new();
    for action in Pausable::ALL {
        scene.world.land(Pause {
            authority: &guardian(),
            action,
            seconds: 20,
        });
    }
    scene.world.advance(19);
    assert_refused(&mut scene, |_| Some(MarginError::ActionPaused));
    scene.world.advance(1);
    assert_refused(&mut scene, |_| None);
}

/// Everything that must work whatever is paused.
fn assert_exits(mut scene: Scene, mut with: impl FnMut(&mut World)) {
    let (option, chain) = (scene.chain.call(200), scene.chain);
    scene.alice_buys(option, 40);
    let carol = scene.world.trader("carol", &[(USDC, usdc(5_000))]);
    with(&mut scene.world);
    let Scene { world, alice, bob, .. } = &mut scene;

    // Prices and risk arrays go on.
    world.set_price(SOL, usd(200));
    world.land(RefreshRisk {
        chain,
        strike_slots: vec![0, 1, 2, 3, 4],
    });
    // Withdrawals, of who has positions and of who has none.
    for owner in [&*alice, &*bob, &carol] {
        world.land(Withdraw {
            owner,
            asset: USDC,
            atoms: usdc(100),
        });
    }
    // Both sides reduce; then one reduces and another takes its place.
    world.trade_at_mark(bob, alice, option, 10);
    world.trade_at_mark(&carol, alice, option, 10);
    // Topping up a position in the quote.
    world.deposit(alice, USDC, usdc(1));
    // Settlement.
    scene.settle_at(210);
    for of in [&scene.alice, &scene.bob, &carol] {
        scene.world.land(SettleAccount { chain, of });
        let atoms = u64::try_from(scene.world.picture().balance(of, USDC)).unwrap();
        scene.world.land(Withdraw {
            owner: of,
            asset: USDC,
            atoms,
        });
    }
}

#[test]
fn exits_stay_open_under_all_pauses_at_once() {
    assert_exits(Scene::new(), pause_all);
}

#[test]
fn liquidation_goes_on_under_all_pauses_at_once() {
    let mut distress = Distress::new();
    pause_all(&mut distress.world);
    distress.world.land(Touch { of: &distress.writer });
    let slice = LiquidateSlice::largest(&distress.writer, &distress.liquidator, &distress.world.picture());
    assert_lands(distress.world.send(slice));
}

#[test]
fn a_price_is_stored_whatever_is_paused() {
    let mut world = World::new();
    pause_all(&mut world);
    world.advance(1);
    world.write_feed(SOL.feed(), &tenor_testkit::Feed::of(SOL, usd(201), world.now()));
    assert_lands(world.send(UpdatePrice {
        asset: SOL,
        feed: SOL.feed(),
    }));
}

#[test]
fn a_house_that_is_wound_down_takes_no_risk_for_good() {
    let mut scene = Scene::new();
    wind_down(&mut scene.world);
    let refused = |action| (action != Pausable::Surface).then_some(MarginError::WoundDown);
    assert_refused(&mut scene, refused);
    let again = scene.world.send(QueueChange {
        admin: &admin(),
        of: None,
        change: Change::WindDown,
    });
    assert_fails_with(again, MarginError::ParameterOutOfRange);
    let listing = scene.world.send(tenor_testkit::action::AddUnderlying {
        admin: &admin(),
        args: tenor_margin::instructions::AddUnderlyingArgs {
            symbol: *b"ETH\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ..SOL.listing()
        },
        approval: None,
    });
    assert_fails_with(listing, MarginError::WoundDown);
}

#[test]
fn exits_stay_open_when_the_house_is_wound_down() {
    assert_exits(Scene::new(), wind_down);
}
