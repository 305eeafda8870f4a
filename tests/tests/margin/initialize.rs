//! `initialize`: creates the house, its registry and its insurance fund.

use crate::scene::ACCOUNT_EXISTS;
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_margin::event::HouseInitialized;
use tenor_margin::instructions::InitializeArgs;
use tenor_sdk::address;
use tenor_testkit::action::Initialize;
use tenor_testkit::world::{admin, house_terms, upgrade_authority};
use tenor_testkit::{USDC, World, assert_fails_with, assert_lands};

#[test]
fn requires_that_the_signer_is_the_programs_upgrade_authority() {
    let mut world = World::without_house();
    let mallory = world.visitor("mallory");

    let usurped = world.send(Initialize {
        upgrade_authority: &mallory,
        quote: USDC,
        args: house_terms(),
    });
    assert_fails_with(usurped, MarginError::NotUpgradeAuthority);

    let rightful = Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: house_terms(),
    };
    assert_lands(world.send(rightful));
}

#[test]
fn requires_that_every_parameter_is_within_its_bounds() {
    // The parameters of each set have their own table in `parameters.rs`; here are those of the call.
    let mut world = World::without_house();
    let terms = house_terms();
    let outside = [
        InitializeArgs {
            admin: Pubkey::default(),
            ..terms
        },
        InitializeArgs {
            guardian: Pubkey::default(),
            ..terms
        },
        InitializeArgs {
            genesis_seconds: 604_801,
            ..terms
        },
    ];
    for args in outside {
        assert_fails_with(
            world.send(Initialize {
                upgrade_authority: &upgrade_authority(),
                quote: USDC,
                args,
            }),
            MarginError::ParameterOutOfRange,
        );
    }
    assert_lands(world.send(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: InitializeArgs {
            surface_authority: Pubkey::default(),
            treasury: Pubkey::default(),
            ..terms
        },
    }));
}

#[test]
fn requires_that_the_guardian_is_not_the_admin() {
    let mut world = World::without_house();
    let args = InitializeArgs {
        guardian: admin().address(),
        ..house_terms()
    };
    let result = world.send(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args,
    });
    assert_fails_with(result, MarginError::ParameterOutOfRange);
}

#[test]
fn house_registry_and_insurance_fund_exist_with_the_arguments_as_parameters() {
    let mut world = World::without_house();
    let args = house_terms();

    let receipt = world.land(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args,
    });

    let picture = world.picture();
    let house = picture.market.house().unwrap();
    assert_eq!((house.admin, house.guardian), (args.admin, args.guardian));
    assert_eq!(house.surface_authority, args.surface_authority);
    assert_eq!((house.quote_mint, house.quote_decimals), (USDC.mint(), 6));
    assert_eq!(house.treasury, args.treasury);
    assert_eq!(house.genesis_until, world.now() + 604_800);
    assert_eq!((house.timelock, house.risk), (args.timelock, args.risk));
    assert_eq!((house.interest, house.fees), (args.interest, args.fees));
    assert_eq!(picture.market.registry().unwrap().withdrawals, args.withdrawals);
    assert_eq!((house.underlying_count, house.change_count, house.sequence), (0, 0, 1));
    assert_eq!((house.paused_until, house.wound_down_at), ([0; 8], 0));
    assert_eq!(house.pending_admin, Pubkey::default());
    let registry = picture.market.registry().unwrap();
    assert_eq!((registry.house, registry.count), (address::house(), 0));
    let insurance = picture.insurance.unwrap();
    assert_eq!((insurance.house, insurance.balance_atoms), (address::house(), 0));
    assert_eq!(receipt.events(), ["HouseInitialized"]);
    let event: HouseInitialized = receipt.event();
    assert_eq!((event.house, event.quote_mint), (address::house(), USDC.mint()));
    assert_eq!((event.sequence, event.quote_decimals, event.args), (1, 6, args));
}

#[test]
fn there_is_one_house_and_a_second_call_fails() {
    let mut world = World::without_house();
    let initialize = Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: house_terms(),
    };

    world.land(initialize);

    assert_fails_with(world.send(initialize), ACCOUNT_EXISTS);
}
