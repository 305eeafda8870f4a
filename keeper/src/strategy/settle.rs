//! Expiries: the marks of the last half hour, the price that follows from them, and everybody's payout.

use super::projection::feed_price;
use super::upkeep::PRICE_UNITS;
use super::{Intent, IntentKind, Settings};
use crate::world::World;
use solana_pubkey::Pubkey;
use tenor_sdk::decode::ChainData;
use tenor_sdk::instruction::{mark_settlement, settle_account, settle_chain};
use tenor_sdk::margin::risk::MarketView;
use tenor_sdk::margin::settlement::{Taken, final_price, taken};
use tenor_sdk::math::settlement::mark_time;

/// How long after expiry a later minute's mark is brought, because whoever still has the first minute's did not bring it.
const LATE_SECONDS: u64 = 3_600;
/// Compute units of a settlement price.
const CHAIN_UNITS: u32 = 20_000;
/// Compute units of an account with as many positions as a chain has strikes, with room.
const ACCOUNT_UNITS: u32 = 150_000;

/// The work that is due, what cannot be done later first.
pub(super) fn intents(world: &World, settings: &Settings) -> Vec<Intent> {
    let mut due: Vec<Intent> = world
        .market
        .chains()
        .filter(|(_, data)| data.chain.settlement_price().is_none() && data.chain.open_positions > 0)
        .filter_map(|(address, data)| mark(address, data, world, settings).or_else(|| price(address, data, world)))
        .collect();
    due.extend(payouts(world));
    due
}

/// The update that straddles a mark is in its feed account for a moment only.
fn mark(address: &Pubkey, data: &ChainData, world: &World, settings: &Settings) -> Option<Intent> {
    let chain = &data.chain;
    let underlying = world.market.underlying(chain.underlying_index)?;
    let feed = settings.feed_accounts.get(&chain.underlying_index)?;
    let update = feed_price(underlying, &world.feeds.get(feed)?.update)?;
    if update.published_at < mark_time(chain.expiry(), 0) {
        return None;
    }
    update.check_time(world.now).ok()?;
    let is_wanted = match taken(chain, &update, world.now).ok()? {
        Taken::Marks(_) | Taken::Minute(1) => true,
        Taken::Minute(_) => world.now.since(chain.expiry()) >= LATE_SECONDS,
        Taken::Nothing => false,
    };
    is_wanted.then(|| Intent {
        account: *address,
        sequence: chain.sequence,
        kind: IntentKind::SettlementMark,
        instructions: vec![mark_settlement(chain.underlying, *address, *feed)],
        compute_units: PRICE_UNITS,
    })
}

/// Nothing can change any more what the chain settles at.
fn price(address: &Pubkey, data: &ChainData, world: &World) -> Option<Intent> {
    final_price(&data.chain, world.now).map(|_| Intent {
        account: *address,
        sequence: data.chain.sequence,
        kind: IntentKind::SettleChain,
        instructions: vec![settle_chain(*address)],
        compute_units: CHAIN_UNITS,
    })
}

/// One chain of each account at a time: the next follows when this one has landed.
fn payouts(world: &World) -> Vec<Intent> {
    let payout = |(address, tracked): (&Pubkey, &crate::world::Tracked)| {
        let account = &tracked.data.account;
        let held = account.chains.iter().filter(|slot| slot.positions > 0);
        let mut settled = held.filter_map(|slot| {
            let view = world.market.chain(&slot.chain)?;
            view.chain.settlement_price()?;
            Some((slot.chain, view.chain.underlying))
        });
        settled.next().map(|(chain, underlying)| Intent {
            account: *address,
            sequence: account.sequence,
            kind: IntentKind::SettleAccount,
            instructions: vec![settle_account(underlying, chain, *address)],
            compute_units: ACCOUNT_UNITS,
        })
    };
    world.accounts.iter().filter_map(payout).collect()
}
