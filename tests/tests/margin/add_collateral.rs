//! `add_collateral`: lists a collateral and creates the house's vault for it.

use solana_account::ReadableAccount;
use tenor_margin::MarginError;
use tenor_margin::event::CollateralListed;
use tenor_margin::governance::Change;
use tenor_margin::instructions::AddCollateralArgs;
use tenor_margin::state::NO_UNDERLYING;
use tenor_sdk::address;
use tenor_testkit::action::{AddCollateral, AddUnderlying, Deposit, EndGenesis, Initialize, QueueChange};
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
    let list = |ramp_seconds| AddCollateralArgs {
        deposit_cap_atoms: 1_000_000,
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
