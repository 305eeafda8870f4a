//! The books at the end of a run: every token and every lot.

use crate::market::{Listed, QUOTE_INDEX};
use crate::tokens;
use crate::validator::Validator;
use anyhow::{Context, Result};
use solana_pubkey::Pubkey;
use std::collections::HashMap;
use tenor_report::{LotTotals, TokenTotals};
use tenor_sdk::client::Snapshot;
use tenor_sdk::decode::{self, ChainData};
use tenor_sdk::margin::risk::chain_slot;
use tenor_sdk::margin::state::CollateralEntry;
use tenor_sdk::math::pricing::OptionKind;

/// An option whose lots, or whose open interest, do not add up.
pub type Imbalance = String;

/// Every vault against what the program booked and what the accounts hold.
///
/// # Errors
/// If an account cannot be read.
pub async fn tokens(validator: &Validator, snapshot: &Snapshot, listed: &Listed) -> Result<Vec<TokenTotals>> {
    let registry = snapshot.market.registry().context("there is no registry")?;
    let mut totals = Vec::new();
    for (index, entry) in (0_u8..).zip(registry.listed()) {
        let vault = validator.client().rpc().get_account_data(&entry.vault).await?;
        totals.push(TokenTotals {
            symbol: listed
                .token(index)
                .map_or_else(|| "?".to_owned(), |token| token.symbol.clone()),
            mint: entry.mint.to_string(),
            decimals: entry.decimals,
            vault_atoms: tokens::amount(&vault).context("the vault is no token account")?,
            booked_atoms: entry.booked_total_atoms,
            accounts_atoms: accounts_atoms(snapshot, index),
            reserves_atoms: reserves_atoms(validator, snapshot, entry, index).await?,
            // Premiums and slices move whole atoms, and what interest rounds is the pool's: nothing is lost.
            residue_limit_atoms: 0,
        });
    }
    Ok(totals)
}

fn accounts_atoms(snapshot: &Snapshot, index: u8) -> i128 {
    let accounts = snapshot.accounts.iter().map(|(_, data)| &data.account);
    let balances = accounts.map(|account| match index {
        QUOTE_INDEX => i128::from(account.cash_atoms),
        _ => account
            .balances_atoms
            .get(usize::from(index))
            .copied()
            .unwrap_or(0)
            .into(),
    });
    balances.sum()
}

/// Insurance, fees and what a settlement has not paid out yet: all in the quote.
async fn reserves_atoms(
    validator: &Validator,
    snapshot: &Snapshot,
    entry: &CollateralEntry,
    index: u8,
) -> Result<i128> {
    if index != QUOTE_INDEX {
        return Ok(0);
    }
    let data = validator
        .client()
        .rpc()
        .get_account_data(&tenor_sdk::address::insurance())
        .await?;
    let insurance = decode::insurance(&data)?;
    anyhow::ensure!(insurance.vault == entry.vault, "the insurance fund names another vault");
    let chains = snapshot.market.chains().map(|(_, data)| &data.chain);
    let of_chains: i128 = chains
        .map(|chain| i128::from(chain.fees_atoms) + i128::from(chain.settlement_balance_atoms))
        .sum();
    let of_funds = i128::from(insurance.balance_atoms) + i128::from(insurance.treasury_atoms);
    let pool_q32 = pool_q32(snapshot).context("there is no registry")?;
    anyhow::ensure!(
        pool_q32.rem_euclid(1 << 32) == 0,
        "the pool of cash holds a part of an atom"
    );
    Ok(of_chains + of_funds + (pool_q32 >> 32))
}

/// Interest that the pool has accrued and no account has got yet, with what is due to its reserve, in units of 2^-32 atoms:
/// deposits less borrows plus reserve, less what the pool counts for the accounts. Exactly a number of whole atoms.
fn pool_q32(snapshot: &Snapshot) -> Option<i128> {
    let totals = snapshot.market.registry()?.interest.pool().totals();
    let signed = |q32: u128| i128::try_from(q32).ok();
    let held = signed(totals.deposited_q32)? - signed(totals.borrowed_q32)? + signed(totals.reserve_q32)?;
    let of_accounts: i128 = snapshot
        .accounts
        .iter()
        .map(|(_, data)| {
            let cash = data.account.cash();
            i128::from(cash.reserve_due.get()) - i128::from(cash.counted_atoms)
        })
        .sum();
    Some(held + (of_accounts << 32))
}

/// Lots of every option that anyone holds, and those whose open interest is not the sum of the longs.
pub fn lots(snapshot: &Snapshot, listed: &Listed) -> (Vec<LotTotals>, Vec<Imbalance>) {
    let mut totals = Vec::new();
    let mut imbalances = Vec::new();
    for (_, chain) in listed.chains() {
        match snapshot.market.chain_data(&chain.address) {
            Some(data) => count_chain(snapshot, listed, &chain.address, data, &mut totals, &mut imbalances),
            None => imbalances.push(format!("there is no chain {}", chain.address)),
        }
    }
    (totals, imbalances)
}

fn count_chain(
    snapshot: &Snapshot,
    listed: &Listed,
    address: &Pubkey,
    chain: &ChainData,
    totals: &mut Vec<LotTotals>,
    imbalances: &mut Vec<Imbalance>,
) {
    let held = held(snapshot, address);
    for (slot, kind, open_interest) in options(chain) {
        let positions = held
            .get(&(slot, kind == OptionKind::Put))
            .map_or(&[][..], Vec::as_slice);
        let sum = |sign: i64| {
            positions
                .iter()
                .filter(|lots| lots.signum() == sign)
                .map(|lots| i128::from(*lots))
                .sum()
        };
        let (long_lots, short_lots): (i128, i128) = (sum(1), sum(-1));
        let instrument = listed
            .instrument(address, slot, kind)
            .unwrap_or_else(|| format!("strike {slot} of {address}"));
        if i128::from(open_interest) != long_lots {
            imbalances.push(format!(
                "{instrument}: open interest {open_interest}, longs {long_lots}"
            ));
        }
        if long_lots != 0 || short_lots != 0 {
            totals.push(LotTotals {
                instrument,
                long_lots,
                short_lots,
            });
        }
    }
}

/// Every option of a chain with its open interest.
fn options(chain: &ChainData) -> impl Iterator<Item = (u16, OptionKind, u64)> + '_ {
    (0..).zip(&chain.strikes).flat_map(|(slot, strike)| {
        [
            (slot, OptionKind::Call, strike.call_open_interest_lots),
            (slot, OptionKind::Put, strike.put_open_interest_lots),
        ]
    })
}

/// Lots of all accounts in a chain, by strike slot and whether it is the put.
fn held(snapshot: &Snapshot, chain: &Pubkey) -> HashMap<(u16, bool), Vec<i64>> {
    let mut held: HashMap<_, Vec<_>> = HashMap::new();
    for (_, data) in &snapshot.accounts {
        let slot = chain_slot(&data.account, chain);
        for position in data
            .positions
            .iter()
            .filter(|position| Some(position.chain_slot) == slot)
        {
            held.entry((position.strike_slot, false))
                .or_default()
                .push(position.call_lots);
            held.entry((position.strike_slot, true))
                .or_default()
                .push(position.put_lots);
        }
    }
    held
}
