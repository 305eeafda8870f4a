//! Remaining accounts: a health check reads exactly what the account's stored positions need, or refuses.

use crate::fixture::Town;
use solana_account::{Account, ReadableAccount};
use solana_instruction::{AccountMeta, error::InstructionError};
use solana_pubkey::Pubkey;
use tenor_margin::MarginError;
use tenor_testkit::action::{LiquidateSlice, Quote, Touch, Trade, Withdraw};
use tenor_testkit::{BTC, Call, SOL, USDC, World, assert_fails_with, assert_lands};

/// The calls that check health, with the number of accounts before the remaining ones.
fn checked_calls(town: &Town) -> [(Call, usize); 3] {
    let picture = town.world.picture();
    let option = town.near.call(200);
    let quotes = vec![Quote {
        option,
        lots: 1,
        price: picture.mark(option),
    }];
    [
        (
            town.world.call(Withdraw {
                owner: &town.alice,
                asset: USDC,
                atoms: 1,
            }),
            10,
        ),
        (
            town.world.call(Trade {
                buyer: &town.alice,
                seller: &town.bob,
                quotes,
            }),
            8,
        ),
        (town.world.call(Touch { of: &town.alice }), 5),
    ]
}

/// A town whose Alice has an auction that runs, so that a touch lands too.
fn town() -> Town {
    let mut town = Town::new();
    town.world
        .edit_account(&town.alice, |account| account.liquidation.active = 1);
    town
}

fn without(call: &Call, address: &Pubkey) -> Call {
    let mut call = call.clone();
    call.instruction_mut().accounts.retain(|meta| meta.pubkey != *address);
    call
}

fn with(call: &Call, meta: AccountMeta) -> Call {
    let mut call = call.clone();
    call.instruction_mut().accounts.push(meta);
    call
}

#[test]
fn a_missing_chain_is_refused() {
    let mut town = town();
    for (call, _) in checked_calls(&town) {
        let far = town.far.address();
        assert_fails_with(town.world.send(without(&call, &far)), MarginError::MissingChain);
        assert_lands(town.world.send(call));
    }
}

#[test]
fn a_missing_underlying_is_refused() {
    let mut town = town();
    for (call, _) in checked_calls(&town) {
        assert_fails_with(
            town.world.send(without(&call, &SOL.underlying())),
            MarginError::MissingUnderlying,
        );
        assert_lands(town.world.send(call));
    }
}

#[test]
fn an_underlying_that_only_collateral_needs_is_missed_too() {
    let mut town = town();
    town.world.deposit(&town.alice, BTC, 1_000);
    for (call, _) in checked_calls(&town) {
        assert_fails_with(
            town.world.send(without(&call, &BTC.underlying())),
            MarginError::MissingUnderlying,
        );
        assert_lands(town.world.send(call));
    }
}

#[test]
fn a_remaining_account_twice_is_refused() {
    let mut town = town();
    for (call, declared) in checked_calls(&town) {
        for place in declared..call.instructions[0].accounts.len() {
            let twice = call.instructions[0].accounts[place].clone();
            assert_fails_with(town.world.send(with(&call, twice)), MarginError::DuplicateMarketAccount);
        }
        assert_lands(town.world.send(call));
    }
}

#[test]
fn a_foreign_remaining_account_is_refused() {
    let mut town = town();
    let chain = Account::from(town.world.account(&town.near.address()).unwrap());
    let forged = Pubkey::new_from_array([113; 32]);
    town.world.set_account(
        forged,
        Account {
            owner: Pubkey::new_from_array([66; 32]),
            ..chain
        }
        .into(),
    );
    let foreign = [
        forged,
        SOL.feed(),
        USDC.mint(),
        tenor_sdk::address::insurance(),
        town.mallory.account(),
        town.mallory.address(),
        Pubkey::new_from_array([114; 32]),
    ];
    for (call, _) in checked_calls(&town) {
        for address in foreign {
            let result = town.world.send(with(&call, AccountMeta::new_readonly(address, false)));
            assert_fails_with(result, MarginError::ForeignMarketAccount);
        }
        assert_lands(town.world.send(call));
    }
}

#[test]
fn a_declared_writable_account_among_the_remaining_is_refused() {
    let mut town = town();
    for (call, _) in checked_calls(&town) {
        let again = with(&call, AccountMeta::new(town.alice.account(), false));
        assert_fails_with(town.world.send(again), InstructionError::Custom(2040));
        assert_lands(town.world.send(call));
    }
}

#[test]
fn chains_and_underlyings_of_the_house_that_are_not_needed_do_no_harm() {
    let mut town = town();
    for (call, _) in checked_calls(&town) {
        let more = with(&call, AccountMeta::new_readonly(town.bitcoin.address(), false));
        assert_lands(
            town.world
                .send(with(&more, AccountMeta::new_readonly(BTC.underlying(), false))),
        );
    }
}

#[test]
fn the_order_of_remaining_accounts_does_not_matter_where_no_leg_names_a_place() {
    let mut town = town();
    for (call, declared) in checked_calls(&town) {
        let mut reversed = call.clone();
        reversed.instruction_mut().accounts[declared..].reverse();
        if call.instructions[0].data.len() > 12 + 17 {
            // A trade's legs name chains by place: the other chain has no such leg at this price.
            continue;
        }
        assert_lands(town.world.send(reversed));
    }
}

#[test]
fn a_chain_whose_open_interest_changes_must_be_writable() {
    let mut town = town();
    let [_, (trade, declared), _] = checked_calls(&town);
    let mut locked = trade.clone();
    for meta in &mut locked.instruction_mut().accounts[declared..] {
        meta.is_writable = false;
    }
    assert_fails_with(town.world.send(locked), MarginError::ChainNotWritable);
    assert_lands(town.world.send(trade));
}

#[test]
fn a_liquidation_needs_the_market_of_both_accounts() {
    let mut town = town();
    town.world
        .trade_at_mark(&town.mallory, &town.bob, town.bitcoin.call(100_000), 10);
    let health = town.world.picture().health(&town.alice);
    let excess = (health.equity.e9() - health.maintenance.e9() / 2) / 1_000;
    town.world
        .edit_account(&town.alice, |account| account.cash_atoms -= excess);
    let slice = LiquidateSlice::largest(&town.alice, &town.mallory, &town.world.picture());
    let call = town.world.call(slice);
    for chain in [town.near, town.far, town.bitcoin] {
        assert_fails_with(
            town.world.send(without(&call, &chain.address())),
            MarginError::MissingChain,
        );
    }
    for underlying in [SOL.underlying(), BTC.underlying()] {
        assert_fails_with(
            town.world.send(without(&call, &underlying)),
            MarginError::MissingUnderlying,
        );
    }
    assert_lands(town.world.send(call));
}

#[test]
fn an_account_of_another_house_is_refused() {
    // There is one house; bytes that name another can only come from a migration gone wrong.
    let mut town = town();
    let other_house = |world: &mut World, address: Pubkey, at: usize| {
        let mut account = Account::from(world.account(&address).unwrap());
        account.data[at..at + 32].copy_from_slice(&[5; 32]);
        world.set_account(address, account.into());
    };
    let [(withdraw, _), ..] = checked_calls(&town);
    let original = town.world.account(&town.near.address()).unwrap();
    assert_eq!(original.data()[16..48], tenor_sdk::address::house().to_bytes());
    other_house(&mut town.world, town.near.address(), 16);
    assert_fails_with(town.world.send(&withdraw), MarginError::WrongHouse);
    town.world.set_account(town.near.address(), original);
    assert_lands(town.world.send(&withdraw));

    other_house(&mut town.world, town.alice.account(), 16);
    assert_fails_with(town.world.send(&withdraw), MarginError::WrongHouse);
}

#[test]
fn an_account_of_another_layout_version_is_refused() {
    let mut town = town();
    let [(withdraw, _), (trade, _), (touch, _)] = checked_calls(&town);
    for address in [town.near.address(), SOL.underlying(), town.alice.account()] {
        let original = town.world.account(&address).unwrap();
        let mut account = Account::from(original.clone());
        account.data[8] = 2;
        town.world.set_account(address, account.into());
        for call in [&withdraw, &trade, &touch] {
            assert_fails_with(town.world.send(call), MarginError::WrongVersion);
        }
        town.world.set_account(address, original);
    }
    for call in [&withdraw, &trade, &touch] {
        assert_lands(town.world.send(call));
    }
}
