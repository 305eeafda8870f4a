//! `initialize`: creates the house, its registry and its insurance fund.

use crate::scene::ACCOUNT_EXISTS;
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
    let mut world = World::without_house();
    let terms = house_terms();
    let outside = [
        InitializeArgs {
            timelock_seconds: 172_799,
            ..terms
        },
        InitializeArgs {
            timelock_seconds: 7_776_001,
            ..terms
        },
        InitializeArgs {
            correlation_credit_e9: 1_000_000_001,
            ..terms
        },
        InitializeArgs {
            maintenance_factor_e9: 499_999_999,
            ..terms
        },
        InitializeArgs {
            maintenance_factor_e9: 1_000_000_001,
            ..terms
        },
        InitializeArgs {
            liquidation_target_e9: 1_000_000_000,
            ..terms
        },
        InitializeArgs {
            liquidation_target_e9: 2_000_000_001,
            ..terms
        },
        InitializeArgs {
            full_close_below_e9: -1,
            ..terms
        },
        InitializeArgs {
            full_close_below_e9: 1_000_000_000_001,
            ..terms
        },
        InitializeArgs {
            auction_memory_seconds: 86_401,
            ..terms
        },
    ];
    for args in outside {
        let result = world.send(Initialize {
            upgrade_authority: &upgrade_authority(),
            quote: USDC,
            args,
        });
        assert_fails_with(result, MarginError::ParameterOutOfRange);
    }

    let widest = InitializeArgs {
        timelock_seconds: 7_776_000,
        correlation_credit_e9: 1_000_000_000,
        maintenance_factor_e9: 1_000_000_000,
        liquidation_target_e9: 2_000_000_000,
        full_close_below_e9: 1_000_000_000_000,
        auction_memory_seconds: 86_400,
        ..terms
    };
    assert_lands(world.send(Initialize {
        upgrade_authority: &upgrade_authority(),
        quote: USDC,
        args: widest,
    }));
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
    assert_eq!(house.timelock_seconds, 172_800);
    assert_eq!(house.correlation_credit_e9, 250_000_000);
    assert_eq!(house.maintenance_factor_e9, 800_000_000);
    assert_eq!(house.liquidation_target_e9, 1_150_000_000);
    assert_eq!(house.full_close_below_e9, 50_000_000_000);
    assert_eq!(house.auction_memory_seconds, 1_800);
    assert_eq!((house.underlying_count, house.pause_flags), (0, 0));
    let registry = picture.market.registry().unwrap();
    assert_eq!((registry.house, registry.count), (address::house(), 0));
    let insurance = picture.insurance.unwrap();
    assert_eq!((insurance.house, insurance.balance_atoms), (address::house(), 0));
    assert_eq!(receipt.events(), ["HouseInitialized"]);
    let event: HouseInitialized = receipt.event();
    assert_eq!(
        (event.house, event.admin, event.quote_mint),
        (address::house(), admin().address(), USDC.mint())
    );
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
