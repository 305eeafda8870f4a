//! Key-loss drill: a thief has the admin's key and two days. It tries everything and takes nothing; the guardian undoes
//! what it queued.

use crate::parameters::{Sets, rows};
use solana_account::ReadableAccount;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::governance::{Change, FeedSource};
use tenor_margin::instructions::{AddCollateralArgs, AddUnderlyingArgs};
use tenor_margin::params::Timelock;
use tenor_margin::state::Pausable;
use tenor_testkit::action::{
    AcceptAdmin, AddCollateral, AddUnderlying, ApplyChange, CancelAdminProposal, CancelChange, Deposit, EndGenesis,
    Initialize, LiquidateSlice, Pause, PostSurface, ProposeAdmin, QueueChange, Tighten, Touch, Withdraw,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::totals::assert_adds_up;
use tenor_testkit::world::{FIRST_EXPIRY, admin, guardian, house_terms};
use tenor_testkit::{
    Actor, Asset, BTC, Call, ChainOf, SOL, USDC, World, assert_fails_with, assert_lands, hours, sol, usdc,
};

const DELAY: i64 = 172_800;

/// A token that the thief mints at will.
const JUNK: Asset = Asset {
    symbol: "JUNK",
    decimals: 9,
    first_price_usd: 1_000_000,
    strike_step_usd: 1,
    lot_units_e9: 1_000_000,
};

/// A house in use, and a thief with an account, money, a token of its own and the admin's key.
struct Heist {
    world: World,
    chain: ChainOf,
    alice: Actor,
    bob: Actor,
    mallory: Actor,
    start: i64,
}

impl Heist {
    fn new() -> Self {
        let mut world = World::new();
        let chain = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
        let alice = world.trader("alice", &[(USDC, usdc(10_000)), (SOL, sol(10))]);
        // Bob keeps little more than his requirement: whatever raises it by much makes him a victim.
        let bob = world.trader("bob", &[(USDC, usdc(3_500))]);
        let mallory = world.trader("mallory", &[(USDC, usdc(50_000))]);
        world.trade_at_mark(&alice, &bob, chain.call(200), 5_000);
        world.set_account(JUNK.mint(), mint_account(JUNK));
        world.set_wallet(&mallory, JUNK, u64::MAX >> 1);
        let start = world.now();
        Self {
            start,
            world,
            chain,
            alice,
            bob,
            mallory,
        }
    }

    /// What the house holds of each token, and what each of the others owns of it.
    fn belongings(&self) -> Vec<(String, i128)> {
        let picture = self.world.picture();
        let mut all = Vec::new();
        for asset in [USDC, SOL, BTC] {
            let vault = tenor_sdk::address::vault(&asset.mint());
            all.push((format!("vault of {}", asset.symbol), self.world.tokens(&vault).into()));
            for actor in [&self.alice, &self.bob] {
                let name = format!("{} of {}", asset.symbol, actor.name());
                all.push((name, picture.balance(actor, asset).into()));
            }
        }
        for actor in [&self.alice, &self.bob] {
            let positions = format!("{:?}", picture.account(actor).positions);
            all.push((format!("positions of {}: {positions}", actor.name()), 0));
        }
        all
    }

    /// What the thief owns: tokens in wallets and account, and lamports of its own and the admin's.
    fn loot(&self) -> Vec<i128> {
        let picture = self.world.picture();
        let mut all = Vec::new();
        for asset in [USDC, SOL, BTC] {
            let wallet = self.world.tokens(&self.mallory.wallet(asset));
            all.push(i128::from(wallet) + i128::from(picture.balance(&self.mallory, asset)));
        }
        for actor in [&self.mallory, &admin()] {
            let account = self.world.account(&actor.address()).unwrap();
            all.push(account.lamports().into());
        }
        all
    }

    /// The worst listings that the admin can ask for.
    fn listings(&self) -> (AddUnderlyingArgs, AddCollateralArgs) {
        let underlying = AddUnderlyingArgs {
            feed_id: [66; 32],
            ..JUNK.listing()
        };
        let collateral = AddCollateralArgs {
            haircut_e9: 0,
            deposit_cap_atoms: 1 << 62,
            window_cap_atoms: 1 << 62,
            ramp_seconds: 172_800,
            ..JUNK.collateral(0)
        };
        (underlying, collateral)
    }

    /// Every change that the admin can queue, each at its worst.
    fn changes(&self) -> Vec<(Option<Asset>, Change)> {
        let key = self.mallory.address();
        let mut programs = [Pubkey::default(); 8];
        programs[0] = key;
        let (underlying, collateral) = self.listings();
        let source = FeedSource {
            feed_id: [66; 32],
            push_feed: key,
            push_exponent: 0,
            feed_exponent: 0,
        };
        let mut all = vec![
            (None, Change::Guardian(key)),
            (None, Change::SurfaceAuthority(key)),
            (None, Change::Treasury(key)),
            (None, Change::BracketPrograms(programs)),
            (None, Change::WindDown),
            (Some(SOL), Change::FeedSource(source)),
            (None, Change::ListUnderlying(underlying)),
            (
                None,
                Change::ListCollateral {
                    mint: JUNK.mint(),
                    args: collateral,
                },
            ),
        ];
        for row in rows() {
            for value in [row.bounds.0, row.bounds.1] {
                let mut sets = Sets::listed();
                if (row.set)(&mut sets, value) {
                    all.push((row.of, (row.change)(&sets)));
                }
            }
        }
        all
    }

    /// Queues all of it and says how many landed.
    fn queue_everything(&mut self) -> u64 {
        let admin = admin();
        for (of, change) in self.changes() {
            // Those that name what is there already are refused.
            let _ = self.world.send(QueueChange {
                admin: &admin,
                of,
                change,
            });
        }
        self.world.land(ProposeAdmin {
            admin: &admin,
            successor: self.mallory.address(),
        });
        self.world.picture().house().change_count
    }

    /// Tries everything that is not to wait, and asserts that what lands harms nobody.
    fn try_everything(&mut self, queued: u64) {
        let (admin, mallory) = (admin(), self.mallory.clone());
        let (underlying, collateral) = self.listings();
        let never: Vec<Call> = self.never(queued, underlying, collateral);
        for call in &never {
            let refusal = self.world.send(call).expect_err("what must wait or is not the admin's");
            assert!(refusal.changed.is_empty());
        }
        self.tighten_to_the_worst();
        // The surface last: a slice serves for a day.
        let is_late = self.world.now() >= self.start + hours(32);
        for action in Pausable::ALL
            .into_iter()
            .filter(|each| is_late || *each != Pausable::Surface)
        {
            let _ = self.world.send(Pause {
                authority: &admin,
                action,
                seconds: 259_200,
            });
        }
        // Nothing that landed makes anyone a victim: not by the program's own measure.
        let updates: Vec<_> = [&self.alice, &self.bob].into_iter().cloned().collect();
        for victim in &updates {
            let touch = self.world.send(Touch { of: victim });
            assert_fails_with(touch, MarginError::AccountHealthy);
            let slice = LiquidateSlice::largest(victim, &mallory, &self.world.picture());
            assert_fails_with(self.world.send(slice), MarginError::AuctionNotStarted);
        }
    }

    /// Each parameter to both ends of its bounds, from where it is by now; and whatever is no number.
    fn tighten_to_the_worst(&mut self) {
        let admin = admin();
        for (of, change) in self.changes() {
            let _ = self.world.send(Tighten {
                admin: &admin,
                of,
                change,
            });
        }
        for row in rows() {
            for value in [row.bounds.0, row.bounds.1] {
                let mut sets = Sets::of(&self.world.picture());
                if (row.set)(&mut sets, value) {
                    let _ = self.world.send(Tighten {
                        admin: &admin,
                        of: row.of,
                        change: (row.change)(&sets),
                    });
                }
            }
        }
    }

    /// What must be refused as long as the timelock runs.
    fn never(&self, queued: u64, underlying: AddUnderlyingArgs, collateral: AddCollateralArgs) -> Vec<Call> {
        let (admin, mallory) = (admin(), &self.mallory);
        let world = &self.world;
        let mut all = vec![
            world.call(Initialize {
                upgrade_authority: &admin,
                quote: USDC,
                args: house_terms(),
            }),
            world.call(AcceptAdmin { successor: mallory }),
            world.call(PostSurface {
                authority: &admin,
                chain: self.chain,
                args: self.chain.slice(300, world.now()),
            }),
            world.call(
                Withdraw {
                    owner: &admin,
                    asset: USDC,
                    atoms: 1,
                }
                .of(&self.alice),
            ),
        ];
        for approval in std::iter::once(None).chain((0..queued).map(Some)) {
            all.push(world.call(AddUnderlying {
                admin: &admin,
                args: underlying,
                approval,
            }));
            all.push(world.call(AddCollateral {
                admin: &admin,
                asset: JUNK,
                args: collateral,
                approval,
            }));
        }
        all.extend((0..queued).map(|number| world.call(ApplyChange { number })));
        all
    }
}

/// A withdrawal that names another's account.
trait OfAnother {
    fn of(self, victim: &Actor) -> Theft;
}

/// The admin signs for somebody else's money.
struct Theft {
    owner: Actor,
    victim: Actor,
}

impl OfAnother for Withdraw<'_> {
    fn of(self, victim: &Actor) -> Theft {
        Theft {
            owner: self.owner.clone(),
            victim: victim.clone(),
        }
    }
}

impl tenor_testkit::Action for Theft {
    fn call(&self, picture: &tenor_testkit::Picture) -> Call {
        let mut call = Withdraw {
            owner: &self.victim,
            asset: USDC,
            atoms: 1,
        }
        .call(picture);
        call.instruction_mut().accounts[0].pubkey = self.owner.address();
        call.signers = vec![self.owner.key()];
        call
    }
}

fn is_paused(world: &World, action: Pausable) -> bool {
    world.picture().house().paused_until[action.index()] > world.now()
}

#[test]
fn the_admins_key_takes_nothing_in_two_days_and_the_guardian_undoes_all_of_it() {
    let mut heist = Heist::new();
    let before = heist.belongings();
    let loot = heist.loot();
    let start = heist.start;
    let queued = heist.queue_everything();
    assert!(queued > 100, "{queued} changes wait");

    for hour in (0..48).step_by(8) {
        heist.world.set_time((start + hours(hour)).max(heist.world.now()));
        // Keepers go on as far as pauses allow: prices and arrays.
        for asset in [SOL, BTC] {
            let price = heist.world.picture().underlying(asset).price();
            heist.world.set_price(asset, price);
        }
        if !is_paused(&heist.world, Pausable::Surface) {
            heist.world.post_surface(heist.chain);
        }
        heist.world.refresh_chain(heist.chain);
        heist.try_everything(queued);
    }
    heist.world.set_time(start + DELAY - 1);
    for number in 0..queued {
        assert_fails_with(heist.world.send(ApplyChange { number }), MarginError::ChangeNotReady);
    }

    assert_eq!(heist.belongings(), before);
    for (had, has) in loot.iter().zip(heist.loot()) {
        assert!(has <= *had, "the thief had {had} and has {has}");
    }
    assert_adds_up(&heist.world);

    // Whoever does not trust the house any more is out by now, whatever was paused or tightened.
    heist.world.set_price(SOL, tenor_testkit::usd(200));
    heist.world.refresh_chain(heist.chain);
    let option = heist.chain.call(200);
    // By now every parameter that may be tightened at once is at the worst of its bounds.
    let sets = Sets::of(&heist.world.picture());
    let (feed, risk, market) = (sets.feed, sets.risk, sets.market);
    assert_eq!((feed.max_confidence_e9, feed.max_age_seconds), (5_000_000, 30));
    assert_eq!(
        (risk.initial_short_e9, risk.concentration_e9),
        (100_000_000, 200_000_000)
    );
    assert_eq!(
        (risk.free_share_e9, risk.free_lots, risk.unpaired_short_e9),
        (0, 0, 1_000_000_000)
    );
    assert_eq!(
        (market.strike_window_low_e9, market.strike_window_high_e9),
        (1_000_000_000, 1_000_000_000)
    );
    assert_eq!(
        (market.band_of_mark_e9, market.band_of_spot_e9),
        (200_000_000, 10_000_000)
    );
    assert_eq!((market.max_open_interest_lots, market.max_tenor_seconds), (1, 604_800));
    assert_eq!(sets.collateral.deposit_cap_atoms, 0);
    heist.world.deposit(&heist.bob, USDC, usdc(1));
    for lots in [2_000, 3_000] {
        heist.world.trade_at_mark(&heist.bob, &heist.alice, option, lots);
    }
    for owner in [&heist.alice, &heist.bob] {
        let atoms = u64::try_from(heist.world.picture().balance(owner, USDC)).unwrap();
        heist.world.land(Withdraw {
            owner,
            asset: USDC,
            atoms,
        });
    }

    // The guardian cancels everything, and no change is left that could be made.
    for number in 0..queued {
        heist.world.land(CancelChange {
            authority: &guardian(),
            number,
        });
    }
    heist.world.land(CancelAdminProposal { authority: &guardian() });
    heist.world.set_time(start + DELAY);
    assert!(heist.world.picture().changes.is_empty());
    let accept = heist.world.send(AcceptAdmin {
        successor: &heist.mallory,
    });
    assert_fails_with(accept, MarginError::NoPendingAdmin);
    let (underlying, collateral) = heist.listings();
    let list = heist.world.send(AddUnderlying {
        admin: &admin(),
        args: underlying,
        approval: None,
    });
    // By now the admin's own pause of listings stands before everything.
    assert_fails_with(list, MarginError::ActionPaused);
    let list = heist.world.send(AddCollateral {
        admin: &admin(),
        asset: JUNK,
        args: collateral,
        approval: None,
    });
    assert_fails_with(list, MarginError::ActionPaused);
}

/// The twin of the drill: where nobody cancels, the same attack works once the timelock is over. So the drill's refusals
/// are the timelock's doing.
#[test]
fn without_a_guardian_the_same_attack_works_after_two_days() {
    let mut heist = Heist::new();
    let admin = admin();
    let (_, collateral) = heist.listings();
    heist.world.land(QueueChange {
        admin: &admin,
        of: None,
        change: Change::ListCollateral {
            mint: JUNK.mint(),
            args: collateral,
        },
    });
    heist.world.advance(DELAY);
    assert_lands(heist.world.send(AddCollateral {
        admin: &admin,
        asset: JUNK,
        args: collateral,
        approval: Some(0),
    }));
    // And the ramp of the cap after it.
    heist.world.advance(172_800);
    let mallory = heist.mallory.clone();
    assert_lands(heist.world.send(Deposit {
        depositor: &mallory,
        to: &mallory,
        asset: JUNK,
        atoms: 1_000_000_000_000,
    }));
    heist.world.set_price(SOL, tenor_testkit::usd(200));
    let health = heist.world.picture().health(&mallory);
    assert!(
        health.equity.e9() > 100_000_000_000_000,
        "a thousand of the thief's tokens count as SOL"
    );
}

/// A shorter timelock waits out the longer one, and a longer one cannot be set at once to slow down the answer.
#[test]
fn the_timelock_guards_itself() {
    let mut world = World::new();
    for delay_seconds in [172_801, 2_592_000] {
        let timelock = Timelock {
            delay_seconds,
            ..house_terms().timelock
        };
        let result = world.send(Tighten {
            admin: &admin(),
            of: None,
            change: Change::Timelock(timelock),
        });
        assert_fails_with(result, MarginError::ChangeLoosens);
    }
}

/// During set-up the admin's key lists without delay whatever it likes, and there is nothing to take: no deposit lands before
/// set-up is over, not even one that the thief persuades somebody of, and then no listing does.
#[test]
fn during_set_up_a_stolen_key_lists_what_it_likes_in_a_house_that_holds_nothing() {
    let mut world = World::new();
    let (alice, mallory) = (world.trader("alice", &[]), world.trader("mallory", &[]));
    world.set_wallet(&alice, USDC, usdc(1_000));
    world.set_account(JUNK.mint(), mint_account(JUNK));
    world.set_wallet(&mallory, JUNK, 1 << 40);
    let listing = |asset: Asset| AddCollateralArgs {
        haircut_e9: 0,
        ..asset.collateral(0)
    };
    let thief = admin();
    let list = |asset| AddCollateral {
        admin: &thief,
        asset,
        args: listing(asset),
        approval: None,
    };
    world.land(list(JUNK));
    for (owner, asset, atoms) in [(&alice, USDC, usdc(1_000)), (&mallory, JUNK, 1 << 40)] {
        let deposit = world.send(Deposit {
            depositor: owner,
            to: owner,
            asset,
            atoms,
        });
        assert_fails_with(deposit, MarginError::GenesisLasts);
    }
    let registry = *world.picture().market.registry().unwrap();
    assert!(registry.listed().iter().all(|entry| entry.booked_total_atoms == 0));
    // Whoever ends it shuts the door behind the listings, and everybody sees what is listed before a deposit can land.
    world.land(EndGenesis { admin: &thief });
    let second = Asset {
        symbol: "JUNK2",
        ..JUNK
    };
    world.set_account(second.mint(), mint_account(second));
    assert_fails_with(world.send(list(second)), MarginError::ListingNotApproved);
    assert_lands(world.send(Deposit {
        depositor: &alice,
        to: &alice,
        asset: USDC,
        atoms: usdc(1_000),
    }));
}
