//! `add_collateral`: lists a collateral and creates the house's vault for it.

use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::CollateralListed;
use tenor_margin::governance::Change;
use tenor_margin::instructions::AddCollateralArgs;
use tenor_margin::params::CollateralTerms;
use tenor_margin::state::NO_UNDERLYING;
use tenor_sdk::address;
use tenor_testkit::action::{
    AddCollateral, AddUnderlying, ApplyChange, Deposit, EndGenesis, Initialize, QueueChange, Tighten,
};
use tenor_testkit::mint::mint_account;
use tenor_testkit::world::{admin, house_terms, upgrade_authority};
use tenor_testkit::{JITOSOL, SOL, USDC, World, assert_fails_with, assert_lands, usdc};

fn world_with_jitosol() -> World {
    let mut world = World::new();
    world.set_account(JITOSOL.mint(), mint_account(JITOSOL));
    world
}

/// A house that lists SOL with a feed and no collateral yet.
fn world_without_collateral() -> World {
    let mut world = World::without_house();
    world.land(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: house_terms(),
    });
    world.land(AddUnderlying {
        admin: &admin(),
        args: SOL.listing(),
        approval: None,
    });
    world
}

#[test]
fn requires_that_the_signer_is_the_admin() {
    let mut world = world_with_jitosol();
    let mallory = world.visitor("mallory");
    let by = |admin| AddCollateral {
        admin,
        asset: JITOSOL,
        args: JITOSOL.collateral(0),
        approval: None,
    };

    assert_fails_with(world.send(by(&mallory)), MarginError::NotAuthorised);
    assert_lands(world.send(by(&admin())));
}

#[test]
fn requires_that_the_quote_comes_first_and_without_haircut() {
    let mut world = world_without_collateral();
    let quote = USDC.collateral(NO_UNDERLYING);
    let admin = admin();
    let list = |asset, args| AddCollateral {
        admin: &admin,
        asset,
        args,
        approval: None,
    };

    let sol_first = world.send(list(SOL, SOL.collateral(0)));
    assert_fails_with(sol_first, MarginError::ParameterOutOfRange);
    let with_haircut = world.send(list(USDC, AddCollateralArgs { haircut_e9: 1, ..quote }));
    assert_fails_with(with_haircut, MarginError::ParameterOutOfRange);
    let priced_by_sol = world.send(list(
        USDC,
        AddCollateralArgs {
            underlying_index: 0,
            ..quote
        },
    ));
    assert_fails_with(priced_by_sol, MarginError::ParameterOutOfRange);

    assert_lands(world.send(list(USDC, quote)));
}

#[test]
fn requires_that_other_collaterals_name_listed_underlyings_for_price_and_scenarios() {
    let mut world = world_with_jitosol();
    for underlying_index in [2, 63, 64, NO_UNDERLYING] {
        let args = JITOSOL.collateral(underlying_index);
        let result = world.send(AddCollateral {
            admin: &admin(),
            asset: JITOSOL,
            args,
            approval: None,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
        let args = AddCollateralArgs {
            scenario_index: underlying_index,
            ..JITOSOL.collateral(0)
        };
        let result = world.send(AddCollateral {
            admin: &admin(),
            asset: JITOSOL,
            args,
            approval: None,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
    assert_lands(world.send(AddCollateral {
        admin: &admin(),
        asset: JITOSOL,
        args: AddCollateralArgs {
            scenario_index: 0,
            ..JITOSOL.collateral(1)
        },
        approval: None,
    }));
}

#[test]
fn the_deposit_cap_ramps_from_zero_in_a_house_that_holds_something() {
    let mut world = world_with_jitosol();
    let alice = world.trader("alice", &[(USDC, usdc(1))]);
    world.allow_listing();
    let list = |ramp_seconds| AddCollateralArgs {
        deposit_cap_atoms: 1_000_000,
        window_cap_atoms: 1_000_000,
        ramp_seconds,
        ..JITOSOL.collateral(0)
    };
    let admin = admin();
    let listing = |args| AddCollateral {
        admin: &admin,
        asset: JITOSOL,
        args,
        approval: None,
    };
    assert_fails_with(world.send(listing(list(172_799))), MarginError::ParameterOutOfRange);
    assert_lands(world.send(listing(list(172_800))));
    let listed_at = world.now();
    world.end_set_up();
    world.set_wallet(&alice, JITOSOL, 2_000_000);
    let deposit = |atoms| Deposit {
        depositor: &alice,
        to: &alice,
        asset: JITOSOL,
        atoms,
    };
    assert_fails_with(world.send(deposit(1)), MarginError::DepositCap);
    // A quarter of the ramp is a quarter of the cap; 43,201 seconds are 250,005.7 atoms of it.
    world.set_time(listed_at + 43_201);
    assert_fails_with(world.send(deposit(250_006)), MarginError::DepositCap);
    assert_lands(world.send(deposit(250_005)));
    world.set_time(listed_at + 172_800);
    assert_fails_with(world.send(deposit(749_996)), MarginError::DepositCap);
    assert_lands(world.send(deposit(749_995)));
}

#[test]
fn requires_that_haircut_caps_and_ramp_are_within_their_bounds() {
    let mut world = world_with_jitosol();
    let terms = JITOSOL.collateral(0);
    let outside = [
        AddCollateralArgs {
            haircut_e9: 500_000_001,
            ..terms
        },
        AddCollateralArgs {
            deposit_cap_atoms: 0,
            ..terms
        },
        AddCollateralArgs {
            window_cap_atoms: 0,
            ..terms
        },
        // A window that takes months to leave by, and one that is none.
        AddCollateralArgs {
            window_cap_atoms: 49_999_999_999_999,
            ..terms
        },
        AddCollateralArgs {
            window_cap_atoms: 1_000_000_000_000_001,
            ..terms
        },
        AddCollateralArgs {
            deposit_cap_atoms: (1 << 62) + 1,
            window_cap_atoms: 1 << 62,
            ..terms
        },
        AddCollateralArgs {
            ramp_seconds: 90 * 86_400 + 1,
            ..terms
        },
        AddCollateralArgs {
            accepts_freeze_authority: 2,
            ..terms
        },
    ];
    for args in outside {
        let result = world.send(AddCollateral {
            admin: &admin(),
            asset: JITOSOL,
            args,
            approval: None,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }
    let args = AddCollateralArgs {
        haircut_e9: 500_000_000,
        deposit_cap_atoms: 1,
        window_cap_atoms: 1,
        ..terms
    };
    assert_lands(world.send(AddCollateral {
        admin: &admin(),
        asset: JITOSOL,
        args,
        approval: None,
    }));
}

#[test]
fn requires_that_set_up_lasts_or_the_same_listing_was_queued_and_is_ready() {
    let mut world = world_with_jitosol();
    let (admin, args) = (admin(), JITOSOL.collateral(0));
    let list = |approval| AddCollateral {
        admin: &admin,
        asset: JITOSOL,
        args,
        approval,
    };
    world.land(EndGenesis { admin: &admin });
    assert_fails_with(world.send(list(None)), MarginError::ListingNotApproved);

    let mint = JITOSOL.mint();
    for change in [
        Change::ListCollateral { mint, args },
        Change::ListCollateral { mint: SOL.mint(), args },
    ] {
        world.land(QueueChange {
            admin: &admin,
            of: None,
            change,
        });
    }
    world.advance(172_799);
    assert_fails_with(world.send(list(Some(0))), MarginError::ChangeNotReady);
    world.advance(1);
    assert_fails_with(world.send(list(Some(1))), MarginError::WrongApproval);
    assert_lands(world.send(list(Some(0))));
}

#[test]
fn the_registry_has_the_entry_and_the_vault_exists_and_belongs_to_the_house() {
    let mut world = world_with_jitosol();
    let args = AddCollateralArgs {
        underlying_index: 0,
        haircut_e9: 150_000_000,
        deposit_cap_atoms: 77,
        scenario_index: 1,
        accepts_freeze_authority: 1,
        ramp_seconds: 500,
        window_cap_atoms: 66,
    };

    let receipt = world.land(AddCollateral {
        admin: &admin(),
        asset: JITOSOL,
        args,
        approval: None,
    });

    let picture = world.picture();
    let entry = picture.collateral(JITOSOL);
    assert_eq!(picture.collateral_index(JITOSOL), 3, "after USDC, SOL and BTC");
    assert_eq!(entry.vault, address::vault(&JITOSOL.mint()));
    assert_eq!((entry.haircut_e9, entry.deposit_cap_atoms), (150_000_000, 77));
    assert_eq!(
        (entry.underlying_index, entry.decimals, entry.booked_total_atoms),
        (0, 9, 0)
    );
    assert_eq!((entry.scenario_index, entry.accepts_freeze_authority), (1, 1));
    assert_eq!(
        (entry.ramp_started_at, entry.ramp_seconds, entry.window_cap_atoms),
        (world.now(), 500, 66)
    );
    assert_eq!(entry.token_program, address::TOKEN_PROGRAM);
    let vault = world.account(&entry.vault).unwrap();
    let expected = tenor_testkit::mint::token_account(&JITOSOL.mint(), &address::house(), 0);
    assert_eq!(vault.data(), expected.data());
    assert_eq!(vault.owner(), expected.owner());
    assert_eq!(receipt.events(), ["CollateralListed"]);
    let event: CollateralListed = receipt.event();
    assert_eq!((event.index, event.mint, event.vault), (3, JITOSOL.mint(), entry.vault));
    assert_eq!(
        (
            event.registry_sequence,
            event.scenario_index,
            event.accepts_freeze_authority
        ),
        (4, 1, 1)
    );
    assert_eq!(event.token_program, entry.token_program);
}

#[test]
fn the_insurance_funds_vault_is_that_of_the_quote() {
    let world = World::new();
    assert_eq!(world.picture().insurance.unwrap().vault, address::vault(&USDC.mint()));
}

#[test]
fn a_mint_is_listed_once() {
    let mut world = World::new();
    // The vault exists, so the framework refuses before the program's own check can.
    let result = world.send(AddCollateral {
        admin: &admin(),
        asset: SOL,
        args: SOL.collateral(0),
        approval: None,
    });
    assert_fails_with(result, crate::scene::ACCOUNT_EXISTS);
}

/// Terms of SOL, whose caps are 1e15 at first.
fn sol_terms(world: &mut World, change: impl FnOnce(&mut CollateralTerms)) -> Change {
    let mut terms = CollateralTerms::of(world.picture().collateral(SOL));
    change(&mut terms);
    Change::Collateral { index: 1, terms }
}

fn queue(world: &mut World, change: Change) -> tenor_testkit::Outcome {
    world.send(QueueChange {
        admin: &admin(),
        of: None,
        change,
    })
}

/// Three zeros too many or too few are refused, whoever signs; and an emergency still lowers the deposit cap alone.
#[test]
fn caps_are_held_against_each_other_and_against_what_they_were() {
    let mut world = World::new();
    let refused: [fn(&mut CollateralTerms); 4] = [
        |terms| terms.deposit_cap_atoms *= 1_000,
        |terms| terms.window_cap_atoms /= 1_000,
        |terms| terms.window_cap_atoms *= 1_000,
        |terms| (terms.deposit_cap_atoms, terms.window_cap_atoms) = (5_000, 1_000_000_000_000_001),
    ];
    for change in refused {
        let change = sol_terms(&mut world, change);
        assert_fails_with(queue(&mut world, change), MarginError::ParameterOutOfRange);
    }
    let closed = sol_terms(&mut world, |terms| terms.deposit_cap_atoms = 0);
    world.land(Tighten {
        admin: &admin(),
        of: None,
        change: closed,
    });
    // It can be opened again although ten times nothing is nothing: the window's cap tells what was usual.
    let opened = sol_terms(&mut world, |terms| terms.deposit_cap_atoms = 10_000_000_000_000_000);
    assert_lands(queue(&mut world, opened));
    let further = sol_terms(&mut world, |terms| terms.deposit_cap_atoms = 10_000_000_000_000_001);
    assert_fails_with(queue(&mut world, further), MarginError::ParameterOutOfRange);
}

/// A change that fits when it is queued may not fit any more when it is made.
#[test]
fn caps_are_held_against_what_they_were_when_a_change_is_made_too() {
    let mut world = World::new();
    let raised = sol_terms(&mut world, |terms| terms.deposit_cap_atoms *= 10);
    assert_lands(queue(&mut world, raised));
    let lowered = sol_terms(&mut world, |terms| terms.deposit_cap_atoms /= 2);
    world.land(Tighten {
        admin: &admin(),
        of: None,
        change: lowered,
    });
    world.advance(172_800);
    // What it replaces is not what it was: refused before its size is looked at.
    assert_fails_with(world.send(ApplyChange { number: 0 }), MarginError::ChangeOutdated);
}

/// The ramp keeps its clock: a cap that is raised half-way is half of the new cap at once, and all of it when the ramp ends.
#[test]
fn a_cap_that_is_raised_during_its_ramp_goes_on_with_the_same_clock() {
    let mut world = world_with_jitosol();
    let admin = admin();
    world.land(AddCollateral {
        admin: &admin,
        asset: JITOSOL,
        args: AddCollateralArgs {
            deposit_cap_atoms: 1_000,
            window_cap_atoms: 1_000,
            ramp_seconds: 345_600,
            ..JITOSOL.collateral(0)
        },
        approval: None,
    });
    world.end_set_up();
    let listed_at = world.now();
    let alice = world.trader("alice", &[]);
    world.set_wallet(&alice, JITOSOL, 100_000);
    let deposit = |atoms| Deposit {
        depositor: &alice,
        to: &alice,
        asset: JITOSOL,
        atoms,
    };
    let terms = CollateralTerms {
        deposit_cap_atoms: 10_000,
        ..CollateralTerms::of(world.picture().collateral(JITOSOL))
    };
    assert_lands(queue(&mut world, Change::Collateral { index: 3, terms }));
    world.set_time(listed_at + 172_800);
    // Half of the old cap.
    assert_lands(world.send(deposit(500)));
    assert_fails_with(world.send(deposit(1)), MarginError::DepositCap);
    world.land(ApplyChange { number: 0 });
    let ramp = |world: &World| {
        let entry = *world.picture().collateral(JITOSOL);
        (entry.ramp_started_at, entry.ramp_seconds)
    };
    assert_eq!(ramp(&world), (listed_at, 345_600));
    // Half of the new one.
    assert_fails_with(world.send(deposit(4_501)), MarginError::DepositCap);
    assert_lands(world.send(deposit(4_500)));
    // Lowered at once, what is there stays.
    let terms = CollateralTerms {
        deposit_cap_atoms: 9_000,
        ..CollateralTerms::of(world.picture().collateral(JITOSOL))
    };
    world.land(Tighten {
        admin: &admin,
        of: None,
        change: Change::Collateral { index: 3, terms },
    });
    assert_fails_with(world.send(deposit(1)), MarginError::DepositCap);
    world.set_time(listed_at + 345_600);
    assert_fails_with(world.send(deposit(4_001)), MarginError::DepositCap);
    assert_lands(world.send(deposit(4_000)));
    // After the ramp a raise counts at once: it has waited out the timelock.
    let terms = CollateralTerms {
        deposit_cap_atoms: 20_000,
        ..CollateralTerms::of(world.picture().collateral(JITOSOL))
    };
    assert_lands(queue(&mut world, Change::Collateral { index: 3, terms }));
    world.advance(172_800);
    world.land(ApplyChange { number: 1 });
    assert_fails_with(world.send(deposit(11_001)), MarginError::DepositCap);
    assert_lands(world.send(deposit(11_000)));
}
