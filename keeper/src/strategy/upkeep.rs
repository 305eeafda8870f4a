//! Price updates and risk refreshes that a health check on chain will need.

use super::Settings;
use super::projection::Projection;
use crate::world::World;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use std::collections::{BTreeMap, BTreeSet};
use tenor_sdk::decode::AccountData;
use tenor_sdk::instruction::{refresh_risk, update_price};
use tenor_sdk::margin::instructions::MAX_STRIKES_PER_REFRESH;
use tenor_sdk::margin::risk::{Counting, FeedState, Freshness, MarketView, needed_underlyings};
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::math::quantity::{Ratio, UnixSeconds};

/// Compute units of a price update, with room.
pub(super) const PRICE_UNITS: u32 = 20_000;
/// Compute units of one strike's refresh, with room.
pub(super) const STRIKE_UNITS: u32 = 75_000;

/// Strikes of one refresh.
pub(super) const MAX_STRIKES: usize = MAX_STRIKES_PER_REFRESH;
/// A stored price that would be this near to its age limit is renewed: the transaction takes time to land.
const LANDING_SECONDS: u64 = 4;

/// Instructions that bring the inputs of health checks up to date.
#[derive(Clone, Debug, Default)]
pub(super) struct Upkeep {
    pub(super) instructions: Vec<Instruction>,
    pub(super) compute_units: u32,
    /// Strikes that need a refresh; beyond what one transaction holds, the next tick sends the rest.
    pub(super) strikes: usize,
}

/// How eager a refresh is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eagerness {
    /// Every price and strike that differs from the projection, so that the program sees exactly what was decided on.
    Exact,
    /// Only what the program would refuse as stale, strikes of another range among them.
    Required,
}

impl Upkeep {
    /// What the health checks of `accounts` need.
    pub(super) fn of(
        accounts: &[&AccountData],
        world: &World,
        projection: &Projection,
        settings: &Settings,
        eagerness: Eagerness,
    ) -> Self {
        let mut upkeep = Self::default();
        upkeep.update_prices(accounts, world, projection, settings, eagerness);
        let mut stale: BTreeMap<Pubkey, BTreeSet<u16>> = BTreeMap::new();
        for data in accounts {
            for position in &data.positions {
                let Some(slot) = data.account.chains.get(usize::from(position.chain_slot)) else {
                    continue;
                };
                if is_stale(&slot.chain, position.strike_slot, world, projection, eagerness) {
                    stale.entry(slot.chain).or_default().insert(position.strike_slot);
                }
            }
        }
        for (chain, strikes) in stale {
            let Some(data) = world.market.chain_data(&chain) else {
                continue;
            };
            let room = MAX_STRIKES.saturating_sub(upkeep.strikes);
            upkeep.strikes = upkeep.strikes.saturating_add(strikes.len());
            let sent: Vec<u16> = strikes.into_iter().take(room).collect();
            if sent.is_empty() {
                continue;
            }
            let units = STRIKE_UNITS.saturating_mul(u32::try_from(sent.len()).unwrap_or(u32::MAX));
            upkeep
                .instructions
                .push(refresh_risk(data.chain.underlying, chain, sent));
            upkeep.compute_units = upkeep.compute_units.saturating_add(units);
        }
        upkeep
    }

    /// A price that the projection moved, or whose publish time it renewed, must be stored first: those of every underlying
    /// that the accounts' health reads, also of those that only price their collaterals.
    fn update_prices(
        &mut self,
        accounts: &[&AccountData],
        world: &World,
        projection: &Projection,
        settings: &Settings,
        eagerness: Eagerness,
    ) {
        let Some(registry) = world.market.registry() else {
            return;
        };
        let needed: BTreeSet<u8> = accounts
            .iter()
            .flat_map(|data| needed_underlyings(&data.account, registry))
            .collect();
        for index in needed {
            self.update_price(index, world, projection, settings, eagerness);
        }
    }

    /// Stores the price of one underlying, if it is newer than the stored one.
    pub(super) fn update_price(
        &mut self,
        index: u8,
        world: &World,
        projection: &Projection,
        settings: &Settings,
        eagerness: Eagerness,
    ) {
        let market = projection.market();
        let (Some(address), Some(projected)) = (market.underlying_address(index), market.underlying(index)) else {
            return;
        };
        let stored = world.market.underlying(index);
        let is_newer = stored.is_none_or(|stored| stored.published_at != projected.published_at);
        let is_wanted = match eagerness {
            Eagerness::Exact => true,
            Eagerness::Required => stored.is_none_or(|stored| is_ageing(stored, world.now)),
        };
        if let Some(feed) = settings.feed_accounts.get(&index).filter(|_| is_newer && is_wanted) {
            self.instructions.push(update_price(address, *feed));
            self.compute_units = self.compute_units.saturating_add(PRICE_UNITS);
        }
    }
}

/// Whether a stored price would soon be too old for a liquidation.
fn is_ageing(stored: &Underlying, now: UnixSeconds) -> bool {
    let limit = stored.feed.max_liquidation_age_seconds.saturating_sub(LANDING_SECONDS);
    FeedState::of(stored, now, limit) > FeedState::Wide
}

fn is_stale(chain: &Pubkey, strike_slot: u16, world: &World, projection: &Projection, eagerness: Eagerness) -> bool {
    let slot = usize::from(strike_slot);
    let Some(stored) = world.market.chain(chain) else {
        return false;
    };
    if stored.chain.settlement_price().is_some() {
        return false;
    }
    let Some(strike) = stored.strikes.get(slot) else {
        return false;
    };
    let Some(underlying) = projection.market().underlying(stored.chain.underlying_index) else {
        return false;
    };
    if !stored.chain.has_slice() {
        // The program would refuse the refresh; the stored array may still be good.
        return false;
    }
    // What counts at its best is left alone, and its arrays are not looked at.
    let counting = Freshness::Liquidation(world.now).counting(underlying, true);
    let is_taken_over = Freshness::TakeOver(world.now).counting(underlying, true).is_ok();
    if counting == Ok(Counting::AtBest) && !is_taken_over {
        return false;
    }
    let projected = projection.market().chain(chain).and_then(|view| view.strikes.get(slot));
    match eagerness {
        Eagerness::Exact => projected.is_some_and(|projected| {
            projected.reference_price_e9 != strike.reference_price_e9
                || projected.range_e9 != strike.range_e9
                || projected.pnl_e9 != strike.pnl_e9
        }),
        Eagerness::Required => Freshness::Liquidation(world.now)
            .of_arrays(stored.chain, underlying)
            .with_range(Ratio::from_e9(underlying.range_e9))
            .check(strike)
            .is_err(),
    }
}
