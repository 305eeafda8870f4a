//! What must add up at any time, computed from account bytes alone.

use crate::bank::Bank;
use crate::picture::Picture;
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tenor_sdk::decode::{AccountData, ChainData};
use tenor_sdk::margin::state::{InterestState, QUOTE_INDEX};
use tenor_sdk::math::pricing::OptionKind;

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lots of one option over all accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct LotSums {
    sum: i128,
    longs: u128,
    positions: u64,
}

/// Everything that does not add up; empty if all does.
pub fn violations<B: Bank>(world: &World<B>) -> Vec<Violation> {
    let picture = world.picture();
    let mut found = Vec::new();
    check_money(world, &picture, &mut found);
    check_lots(&picture, &mut found);
    for (address, account) in &picture.accounts {
        check_tables(&address.to_string(), account, &mut found);
    }
    found
}

/// Asserts that everything adds up.
///
/// # Panics
/// With all that does not.
#[track_caller]
pub fn assert_adds_up<B: Bank>(world: &World<B>) {
    let found = violations(world);
    assert!(
        found.is_empty(),
        "{}",
        found.iter().map(Violation::to_string).collect::<Vec<_>>().join("\n")
    );
}

/// Vault balance = booked total = sum of balances, and for the quote also what chains, insurance and the pool of cash hold.
/// Of cash the sum is exact in units of 2^-32 atoms, whenever each account was last counted: what the pool has accrued and
/// accounts have not yet got, or got less of by rounding, is its deposits less borrows less what it counts for accounts.
fn check_money<B: Bank>(world: &World<B>, picture: &Picture, found: &mut Vec<Violation>) {
    let Some(registry) = picture.market.registry() else {
        return;
    };
    for (index, entry) in registry.listed().iter().enumerate() {
        let vault = i128::from(world.tokens(&entry.vault));
        let booked = i128::from(entry.booked_total_atoms);
        if vault != booked {
            found.push(Violation(format!(
                "collateral {index}: vault holds {vault}, booked are {booked}"
            )));
        }
        let owned: i128 = picture.accounts.values().map(|account| balance(account, index)).sum();
        let (owned, booked) = if index == usize::from(QUOTE_INDEX) {
            (
                ((owned + held_by_house(picture)) << 32) + held_by_pool_q32(&registry.interest),
                booked << 32,
            )
        } else {
            (owned, booked)
        };
        if owned != booked {
            found.push(Violation(format!(
                "collateral {index}: booked are {booked}, owned {owned}"
            )));
        }
    }
}

fn balance(account: &AccountData, index: usize) -> i128 {
    if index == usize::from(QUOTE_INDEX) {
        let cash = account.account.cash();
        i128::from(cash.cash_atoms) - i128::from(cash.counted_atoms) + i128::from(cash.reserve_due.get())
    } else {
        i128::from(account.account.balances_atoms[index])
    }
}

fn held_by_pool_q32(interest: &InterestState) -> i128 {
    let totals = interest.pool().totals();
    let signed = |q32: u128| i128::try_from(q32).expect("a total below 2^96");
    signed(totals.deposited_q32) - signed(totals.borrowed_q32) + signed(totals.reserve_q32)
}

fn held_by_house(picture: &Picture) -> i128 {
    let of_chain =
        |data: &ChainData| i128::from(data.chain.settlement_balance_atoms) + i128::from(data.chain.fees_atoms);
    let chains: i128 = picture.market.chains().map(|(_, data)| of_chain(data)).sum();
    chains
        + picture.insurance.map_or(0, |insurance| {
            i128::from(insurance.balance_atoms) + i128::from(insurance.treasury_atoms)
        })
}

/// Lots of each option sum to zero, its open interest is the sum of its longs, and chains count their positions. While
/// a settled chain pays out, longs and shorts leave one by one.
fn check_lots(picture: &Picture, found: &mut Vec<Violation>) {
    for (address, data) in picture.market.chains() {
        let mut sums: BTreeMap<(u16, bool), LotSums> = BTreeMap::new();
        let mut positions = 0;
        for account in picture.accounts.values() {
            for held in &account.positions {
                if account.account.chains[usize::from(held.chain_slot)].chain != *address {
                    continue;
                }
                positions += 1;
                for (kind, is_call) in [(OptionKind::Call, true), (OptionKind::Put, false)] {
                    let entry = sums.entry((held.strike_slot, is_call)).or_default();
                    entry.sum += i128::from(held.lots(kind).get());
                    entry.longs += u128::from(held.lots(kind).long_part());
                    entry.positions += 1;
                }
            }
        }
        if positions != data.chain.open_positions {
            found.push(Violation(format!(
                "chain {address}: {positions} positions, counts {}",
                data.chain.open_positions
            )));
        }
        for (slot, strike) in (0..).zip(&data.strikes) {
            for (is_call, open) in [
                (true, strike.call_open_interest_lots),
                (false, strike.put_open_interest_lots),
            ] {
                let LotSums { sum, longs, .. } = sums.get(&(slot, is_call)).copied().unwrap_or_default();
                if longs != u128::from(open) {
                    found.push(Violation(format!(
                        "chain {address} strike {slot}: longs {longs}, open interest {open}"
                    )));
                }
                if sum != 0 && data.chain.settlement_price().is_none() {
                    found.push(Violation(format!("chain {address} strike {slot}: lots sum to {sum}")));
                }
            }
        }
        check_residue(&address.to_string(), data, found);
    }
}

/// Once everybody is paid, a chain keeps the rounding of each account: less than an atom, and never a debt.
fn check_residue(address: &str, data: &ChainData, found: &mut Vec<Violation>) {
    const MOST_ACCOUNTS: i64 = 1_000;
    let residue = data.chain.settlement_balance_atoms;
    let is_paid = data.chain.settlement_price().is_some() && data.chain.open_positions == 0;
    if is_paid && !(0..=MOST_ACCOUNTS).contains(&residue) {
        found.push(Violation(format!("chain {address}: settled with {residue} atoms left")));
    }
}

/// The chain table counts the positions, each strike appears once, and nothing flat is kept.
fn check_tables(address: &str, data: &AccountData, found: &mut Vec<Violation>) {
    let mut seen = BTreeSet::new();
    let mut counts = BTreeMap::<u8, u32>::new();
    for held in &data.positions {
        *counts.entry(held.chain_slot).or_default() += 1;
        if !seen.insert((held.chain_slot, held.strike_slot)) {
            found.push(Violation(format!(
                "account {address}: strike {} twice",
                held.strike_slot
            )));
        }
        if held.is_flat() {
            found.push(Violation(format!("account {address}: a flat position is kept")));
        }
    }
    let mut chains = BTreeSet::new();
    for (place, slot) in (0_u8..).zip(&data.account.chains) {
        let counted = counts.get(&place).copied().unwrap_or(0);
        if counted != slot.positions {
            found.push(Violation(format!(
                "account {address}: chain {place} counts {}, has {counted}",
                slot.positions
            )));
        }
        if slot.positions > 0 && !chains.insert(slot.chain) {
            found.push(Violation(format!("account {address}: chain {} twice", slot.chain)));
        }
    }
}
