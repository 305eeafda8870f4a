//! A call that lands, for every instruction.

use tenor_margin::governance::Change;
use tenor_margin::instructions::{AddCollateralArgs, LiquidateSliceArgs, SetDelegateArgs};
use tenor_margin::state::{BracketState, MarketLimits, NO_UNDERLYING, Pausable};
use tenor_sdk::margin::risk::ViewOf;
use tenor_testkit::action::{
    AcceptAdmin, Accrue, AddCollateral, AddStrikes, AddUnderlying, ApplyChange, BeginBracket, CancelAdminProposal,
    CancelChange, CloseAccount, CloseChain, CreateChain, Deposit, EndBracket, EndGenesis, GrowAccount, Initialize,
    LiquidateSlice, MarkHour, MarkSettlement, OpenAccount, Pause, PayTreasury, PostSurface, ProposeAdmin, QueueChange,
    Quote, RefreshRisk, SetDelegate, SettleAccount, SettleChain, ShowHealth, Sweep, Tighten, Touch, Trade, Transfer,
    TransferPosition, Unpause, UpdatePrice, Withdraw,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::world::{
    FIRST_EXPIRY, SETTLEMENT_GRACE, START, USUAL_FEES, admin, anyone, guardian, house_terms, surface_authority,
    upgrade_authority,
};
use tenor_testkit::{Actor, Asset, BTC, Call, ChainOf, Feed, PushFeed, SOL, USDC, World, hours, sol, usd, usdc, weeks};

/// A world in which a call lands.
pub struct Fixture {
    pub world: World,
    pub call: Call,
}

/// A token that is not a collateral yet.
pub const NEW: Asset = Asset {
    symbol: "NEW",
    decimals: 9,
    first_price_usd: 10,
    strike_step_usd: 1,
    lot_units_e9: 1_000,
};

/// An instruction's name, and how to make its fixture.
pub type Named = (&'static str, fn() -> Fixture);

/// Every instruction of the program.
pub const FIXTURES: &[Named] = &[
    ("initialize", initialize),
    ("add_underlying", add_underlying),
    ("add_collateral", add_collateral),
    ("end_genesis", end_genesis),
    ("queue_change", queue_change),
    ("apply_change", apply_change),
    ("cancel_change", cancel_change),
    ("tighten", tighten),
    ("propose_admin", propose_admin),
    ("cancel_admin_proposal", cancel_admin_proposal),
    ("accept_admin", accept_admin),
    ("pause", pause),
    ("unpause", unpause),
    ("update_price", update_price),
    ("mark_hour", mark_hour),
    ("create_chain", create_chain),
    ("add_strikes", add_strikes),
    ("close_chain", close_chain),
    ("sweep", sweep),
    ("pay_treasury", pay_treasury),
    ("post_surface", post_surface),
    ("refresh_risk", refresh_risk),
    ("open_account", open_account),
    ("deposit", deposit),
    ("withdraw", withdraw),
    ("trade", trade),
    ("begin_bracket", begin_bracket),
    ("end_bracket", end_bracket),
    ("mark_settlement", mark_settlement),
    ("settle_chain", settle_chain),
    ("settle_account", settle_account),
    ("touch_liquidation", touch_liquidation),
    ("liquidate_slice", liquidate_slice),
    ("grow_account", grow_account),
    ("close_account", close_account),
    ("set_delegate", set_delegate),
    ("accrue", accrue),
    ("transfer", transfer),
    ("transfer_position", transfer_position),
    ("health", health),
];

/// Two of everything: underlyings, chains, collaterals and traders with positions.
pub struct Town {
    pub world: World,
    pub near: ChainOf,
    pub far: ChainOf,
    pub bitcoin: ChainOf,
    pub alice: Actor,
    pub bob: Actor,
    pub mallory: Actor,
}

impl Town {
    pub fn new() -> Self {
        let mut world = World::new();
        world.write_feed(BTC.push_feed(), &PushFeed::of(usd(100_000), world.now()));
        world.set_account(NEW.mint(), mint_account(NEW));
        let near = world.list_chain(SOL, FIRST_EXPIRY, &[180, 200, 220]);
        let far = world.list_chain(SOL, FIRST_EXPIRY + weeks(1), &[180, 200, 220]);
        let bitcoin = world.list_chain(BTC, FIRST_EXPIRY, &[90_000, 100_000]);
        let deposits = [(USDC, usdc(10_000)), (SOL, sol(10))];
        let alice = world.trader("alice", &deposits);
        let bob = world.trader("bob", &deposits);
        let mallory = world.trader("mallory", &deposits);
        for actor in [&alice, &bob, &mallory] {
            world.set_wallet(actor, USDC, usdc(500));
            world.set_wallet(actor, SOL, sol(5));
        }
        world.trade_at_mark(&alice, &bob, near.call(200), 50);
        world.trade_at_mark(&bob, &alice, far.put(180), 50);
        Self {
            world,
            near,
            far,
            bitcoin,
            alice,
            bob,
            mallory,
        }
    }

    fn fixture(self, call: impl FnOnce(&Self) -> Call) -> Fixture {
        let call = call(&self);
        Fixture {
            world: self.world,
            call,
        }
    }

    /// Alice can no longer meet her requirement.
    fn in_distress() -> Self {
        let mut town = Self::new();
        let health = town.world.picture().health(&town.alice);
        let excess = (health.equity.e9() - health.maintenance.e9() / 2) / 1_000;
        town.world
            .edit_account(&town.alice, |account| account.cash_atoms -= excess);
        town
    }

    fn settled() -> Self {
        let mut town = Self::new();
        town.world.settle(town.near, usd(210));
        town
    }
}

fn initialize() -> Fixture {
    let world = World::without_house();
    let authority = upgrade_authority();
    let call = world.call(Initialize {
        upgrade_authority: &authority,
        quote: USDC,
        args: house_terms(),
    });
    Fixture { world, call }
}

fn add_underlying() -> Fixture {
    let mut town = Town::new();
    town.world.allow_listing();
    town.fixture(|town| {
        town.world.call(AddUnderlying {
            admin: &admin(),
            args: NEW.listing(),
            approval: None,
        })
    })
}

fn add_collateral() -> Fixture {
    assert_ne!(NEW.collateral(0).underlying_index, NO_UNDERLYING);
    let mut town = Town::new();
    town.world.allow_listing();
    town.fixture(|town| {
        town.world.call(AddCollateral {
            admin: &admin(),
            asset: NEW,
            args: AddCollateralArgs {
                ramp_seconds: 172_800,
                ..NEW.collateral(0)
            },
            approval: None,
        })
    })
}

fn end_genesis() -> Fixture {
    let mut town = Town::new();
    town.world.allow_listing();
    town.fixture(|town| town.world.call(EndGenesis { admin: &admin() }))
}

/// A change of SOL that narrows what may be traded.
fn narrower() -> Change {
    Change::Market(MarketLimits {
        max_open_interest_lots: 900_000_000,
        ..SOL.listing().market
    })
}

fn queue_change() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(QueueChange {
            admin: &admin(),
            of: Some(SOL),
            change: narrower(),
        })
    })
}

/// A change has waited.
fn with_a_queued_change() -> Town {
    let mut town = Town::new();
    town.world.land(QueueChange {
        admin: &admin(),
        of: Some(SOL),
        change: narrower(),
    });
    town.world.advance(172_800);
    town
}

fn apply_change() -> Fixture {
    with_a_queued_change().fixture(|town| town.world.call(ApplyChange { number: 0 }))
}

fn cancel_change() -> Fixture {
    with_a_queued_change().fixture(|town| {
        town.world.call(CancelChange {
            authority: &guardian(),
            number: 0,
        })
    })
}

fn tighten() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(Tighten {
            admin: &admin(),
            of: Some(SOL),
            change: narrower(),
        })
    })
}

fn propose_admin() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(ProposeAdmin {
            admin: &admin(),
            successor: town.alice.address(),
        })
    })
}

/// Alice may accept the admin's powers.
fn with_a_successor() -> Town {
    let mut town = Town::new();
    town.world.land(ProposeAdmin {
        admin: &admin(),
        successor: town.alice.address(),
    });
    town.world.advance(172_800);
    town
}

fn cancel_admin_proposal() -> Fixture {
    with_a_successor().fixture(|town| town.world.call(CancelAdminProposal { authority: &guardian() }))
}

fn accept_admin() -> Fixture {
    with_a_successor().fixture(|town| town.world.call(AcceptAdmin { successor: &town.alice }))
}

fn pause() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(Pause {
            authority: &guardian(),
            action: Pausable::Deposit,
            seconds: 60,
        })
    })
}

fn unpause() -> Fixture {
    let mut town = Town::new();
    town.world.land(Pause {
        authority: &guardian(),
        action: Pausable::Deposit,
        seconds: 60,
    });
    town.fixture(|town| {
        town.world.call(Unpause {
            authority: &guardian(),
            action: Pausable::Deposit,
        })
    })
}

/// With an update that is newer than the stored price, so that it changes something.
fn update_price() -> Fixture {
    let mut town = Town::new();
    town.world.advance(1);
    let update = Feed::of(SOL, usd(201), town.world.now());
    town.world.write_feed(SOL.feed(), &update);
    town.fixture(|town| {
        town.world.call(UpdatePrice {
            asset: SOL,
            feed: SOL.feed(),
        })
    })
}

fn mark_hour() -> Fixture {
    let mut town = Town::new();
    let next_hour = START + hours(1);
    town.world.set_time(next_hour);
    town.world.write_feed(SOL.feed(), &Feed::of(SOL, usd(201), next_hour));
    town.fixture(|town| {
        town.world.call(MarkHour {
            asset: SOL,
            feed: SOL.feed(),
        })
    })
}

fn close_chain() -> Fixture {
    let mut town = Town::settled();
    for of in [town.alice.clone(), town.bob.clone()] {
        town.world.land(SettleAccount {
            chain: town.near,
            of: &of,
        });
    }
    town.fixture(|town| town.world.call(CloseChain { chain: town.near }))
}

fn sweep() -> Fixture {
    let mut town = Town::new();
    town.world.edit_chain(town.near, |chain| chain.fees_atoms = 1_001);
    town.fixture(|town| town.world.call(Sweep { chain: town.near }))
}

fn pay_treasury() -> Fixture {
    let mut town = Town::new();
    let treasury = town.world.visitor("treasury");
    town.world.edit_house(|house| {
        house.fees = USUAL_FEES;
        house.treasury = treasury.address();
    });
    town.world
        .trade_at_mark(&town.alice, &town.bob, town.near.call(200), 1_000);
    town.world.land(Sweep { chain: town.near });
    town.fixture(|town| town.world.call(PayTreasury { to: &treasury }))
}

fn create_chain() -> Fixture {
    let chain = ChainOf {
        asset: SOL,
        expiry: FIRST_EXPIRY + weeks(2),
    };
    Town::new().fixture(|town| {
        town.world.call(CreateChain {
            payer: &anyone(),
            chain,
        })
    })
}

fn add_strikes() -> Fixture {
    let strikes = vec![usd(190), usd(210)];
    Town::new().fixture(|town| {
        town.world.call(AddStrikes {
            payer: &anyone(),
            chain: town.near,
            strikes,
        })
    })
}

fn post_surface() -> Fixture {
    Town::new().fixture(|town| {
        let args = town.near.slice(70, town.world.now());
        town.world.call(PostSurface {
            authority: &surface_authority(),
            chain: town.near,
            args,
        })
    })
}

fn refresh_risk() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(RefreshRisk {
            chain: town.near,
            strike_slots: vec![0, 2],
        })
    })
}

fn open_account() -> Fixture {
    Town::new().fixture(|town| {
        let owner = town.alice.with_account_number(1);
        town.world.call(OpenAccount {
            payer: &anyone(),
            owner: &owner,
            capacity: 8,
        })
    })
}

/// Alice with a second account, empty and opened by somebody else.
fn with_second() -> (Town, Actor) {
    let mut town = Town::new();
    let second = town.alice.with_account_number(1);
    town.world.land(OpenAccount {
        payer: &anyone(),
        owner: &second,
        capacity: 8,
    });
    (town, second)
}

fn grow_account() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(GrowAccount {
            payer: &anyone(),
            of: &town.alice,
            capacity: 40,
        })
    })
}

fn close_account() -> Fixture {
    let (town, second) = with_second();
    town.fixture(|town| town.world.call(CloseAccount { owner: &second }))
}

fn set_delegate() -> Fixture {
    Town::new().fixture(|town| {
        let args = SetDelegateArgs {
            delegate: town.bob.address(),
            max_daily_loss_e9: 1,
        };
        town.world.call(SetDelegate {
            owner: &town.alice,
            args,
        })
    })
}

fn accrue() -> Fixture {
    Town::new().fixture(|town| town.world.call(Accrue { of: &town.alice }))
}

fn transfer() -> Fixture {
    let (town, second) = with_second();
    town.fixture(|town| {
        town.world.call(Transfer {
            from: &town.alice,
            to: &second,
            asset: USDC,
            atoms: usdc(5),
        })
    })
}

fn transfer_position() -> Fixture {
    let (mut town, second) = with_second();
    town.world.deposit(&second, USDC, usdc(5_000));
    town.fixture(|town| {
        town.world.call(TransferPosition {
            from: &town.alice,
            to: &second,
            option: town.near.call(200),
            lots: 10,
        })
    })
}

fn health() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(ShowHealth {
            of: &town.alice,
            view_of: ViewOf::Action,
        })
    })
}

fn deposit() -> Fixture {
    Town::new().fixture(|town| {
        let (depositor, to) = (&town.alice, &town.alice);
        town.world.call(Deposit {
            depositor,
            to,
            asset: USDC,
            atoms: usdc(5),
        })
    })
}

fn withdraw() -> Fixture {
    Town::new().fixture(|town| {
        town.world.call(Withdraw {
            owner: &town.alice,
            asset: USDC,
            atoms: usdc(5),
        })
    })
}

fn trade() -> Fixture {
    Town::new().fixture(|town| {
        let option = town.near.call(220);
        let quotes = vec![Quote {
            option,
            lots: 5,
            price: town.world.picture().mark(option),
        }];
        town.world.call(Trade {
            buyer: &town.alice,
            seller: &town.bob,
            quotes,
        })
    })
}

fn begin_bracket() -> Fixture {
    Town::new().fixture(|town| {
        let (of, by) = (&town.alice, &town.alice);
        let end = town.world.call(EndBracket { of, opened: vec![] });
        town.world.call(BeginBracket { of, by }).then(end)
    })
}

fn end_bracket() -> Fixture {
    let mut town = Town::new();
    town.world
        .edit_account(&town.alice, |account| account.bracket = BracketState::BEGUN);
    town.fixture(|town| {
        town.world.call(EndBracket {
            of: &town.alice,
            opened: vec![],
        })
    })
}

fn settle_chain() -> Fixture {
    let mut town = Town::new();
    town.world.bring_marks(town.near, usd(210));
    town.world.advance(SETTLEMENT_GRACE);
    town.fixture(|town| town.world.call(SettleChain { chain: town.near }))
}

fn mark_settlement() -> Fixture {
    let mut town = Town::new();
    town.world.set_time(town.near.expiry);
    town.world
        .write_feed(SOL.feed(), &Feed::of(SOL, usd(210), town.near.expiry));
    town.fixture(|town| {
        town.world.call(MarkSettlement {
            chain: town.near,
            feed: SOL.feed(),
        })
    })
}

fn settle_account() -> Fixture {
    Town::settled().fixture(|town| {
        town.world.call(SettleAccount {
            chain: town.near,
            of: &town.alice,
        })
    })
}

fn touch_liquidation() -> Fixture {
    Town::in_distress().fixture(|town| town.world.call(Touch { of: &town.alice }))
}

fn liquidate_slice() -> Fixture {
    let mut town = Town::in_distress();
    town.world.land(Touch { of: &town.alice });
    town.fixture(|town| {
        let largest = LiquidateSlice::largest(&town.alice, &town.bob, &town.world.picture());
        let args = LiquidateSliceArgs {
            max_fraction_e18: 500_000_000_000_000_000,
            ..largest.args
        };
        town.world.call(LiquidateSlice { args, ..largest })
    })
}

#[test]
fn every_instruction_of_the_program_has_a_fixture_that_lands() {
    let idl: serde_json::Value = serde_json::from_str(include_str!("../../../idl/tenor_margin.json")).expect("an IDL");
    let instructions = idl["instructions"].as_array().expect("instructions");
    let mut described: Vec<&str> = instructions
        .iter()
        .map(|each| each["name"].as_str().expect("a name"))
        .collect();
    let mut fixtures: Vec<&str> = FIXTURES.iter().map(|(name, _)| *name).collect();
    described.sort_unstable();
    fixtures.sort_unstable();
    assert_eq!(fixtures, described);
    for (_, fixture) in FIXTURES {
        let Fixture { mut world, call } = fixture();
        world.land(call);
    }
}
