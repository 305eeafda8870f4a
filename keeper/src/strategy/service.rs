//! What anybody may do for the house: cheap work that keeps its numbers good. Liquidations come first.

use super::projection::{Projection, feed_price};
use super::upkeep::{Eagerness, MAX_STRIKES, PRICE_UNITS, STRIKE_UNITS, Upkeep};
use super::{Intent, IntentKind, Settings};
use crate::world::World;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use tenor_sdk::decode::ChainData;
use tenor_sdk::instruction::{accrue, close_chain, mark_hour, refresh_risk, sweep};
use tenor_sdk::margin::hourly::{GRACE_SECONDS, marked_hour, seconds_into_hour, straddles_hour};
use tenor_sdk::margin::risk::{FeedState, MarketView};
use tenor_sdk::margin::state::Underlying;
use tenor_sdk::math::quantity::UnixSeconds;

/// Fees that are worth a transaction: one unit of a quote with six decimals.
const WORTH_SWEEPING_ATOMS: u64 = 1_000_000;
/// How long interest may wait.
const ACCRUE_AFTER_SECONDS: u64 = 3_600;
/// Payers of strikes that are passed at most, so that a transaction holds them.
const RENT_PAYERS_PER_CLOSE: usize = 20;
/// Compute units of a sweep or an accrual, with room.
const SMALL_UNITS: u32 = 40_000;
/// Compute units of a close of as many strikes as there can be with as many payers as are passed, with room.
const CLOSE_UNITS: u32 = 80_000;

/// The work that is due, most useful first.
pub(super) fn intents(world: &World, projection: &Projection, settings: &Settings) -> Vec<Intent> {
    let mut due = Vec::new();
    due.extend(marks(world, settings));
    due.extend(moved_ranges(world, projection, settings));
    due.extend(sweeps(world));
    due.extend(closes(world));
    due.extend(accrual(world, settings));
    due
}

/// The update that straddles the hour is in its feed account for a moment only.
fn marks(world: &World, settings: &Settings) -> Vec<Intent> {
    let mark = |(address, underlying): (&Pubkey, &Underlying)| {
        let feed = settings.feed_accounts.get(&underlying.index)?;
        let price = feed_price(underlying, &world.feeds.get(feed)?.update)?;
        marked_hour(&price, underlying)?;
        let is_in_time = straddles_hour(&price) && seconds_into_hour(&price, world.now) < GRACE_SECONDS;
        let is_certain = price.check_confidence(underlying.feed.max_confidence_e9).is_ok();
        (is_in_time && is_certain && price.check_time(world.now).is_ok()).then(|| Intent {
            account: *address,
            sequence: underlying.sequence,
            kind: IntentKind::Mark,
            instructions: vec![mark_hour(*address, *feed)],
            compute_units: PRICE_UNITS,
        })
    };
    world.market.underlyings().filter_map(mark).collect()
}

/// Arrays of an earlier range block whoever also holds arrays of the present one: nobody has to wait for their owner.
fn moved_ranges(world: &World, projection: &Projection, settings: &Settings) -> Vec<Intent> {
    let refresh = |(address, data): (&Pubkey, &ChainData)| {
        let chain = &data.chain;
        let underlying = projection.market().underlying(chain.underlying_index)?;
        let limit = underlying.feed.max_age_seconds;
        let is_priced = FeedState::of(underlying, world.now, limit) <= FeedState::Wide;
        if chain.settlement_price().is_some() || !chain.has_slice() || !is_priced {
            return None;
        }
        let strikes: Vec<u16> = (0_u16..)
            .zip(&data.strikes)
            .filter(|(_, strike)| strike.call_open_interest_lots > 0 || strike.put_open_interest_lots > 0)
            .filter(|(_, strike)| strike.range_e9 != underlying.range_e9)
            .map(|(slot, _)| slot)
            .take(MAX_STRIKES)
            .collect();
        let units = STRIKE_UNITS.saturating_mul(u32::try_from(strikes.len()).ok().filter(|count| *count > 0)?);
        let mut upkeep = Upkeep::default();
        upkeep.update_price(underlying.index, world, projection, settings, Eagerness::Exact);
        upkeep
            .instructions
            .push(refresh_risk(chain.underlying, *address, strikes));
        Some(Intent {
            account: *address,
            sequence: chain.sequence,
            kind: IntentKind::Range,
            instructions: upkeep.instructions,
            compute_units: upkeep.compute_units.saturating_add(units),
        })
    };
    world.market.chains().filter_map(refresh).collect()
}

fn sweeps(world: &World) -> Vec<Intent> {
    let is_worth = |data: &ChainData| {
        let chain = &data.chain;
        // What is left of a chain that is over keeps it from closing, however little it is.
        let is_over = chain.settlement_price().is_some() && chain.open_positions == 0 && chain.debt_atoms == 0;
        chain.fees_atoms >= WORTH_SWEEPING_ATOMS
            || (is_over && (chain.fees_atoms > 0 || chain.settlement_balance_atoms > 0))
    };
    let chains = world.market.chains().filter(|(_, data)| is_worth(data));
    chains
        .map(|(address, data)| small(*address, data.chain.sequence, IntentKind::Sweep, sweep(*address)))
        .collect()
}

fn closes(world: &World) -> Vec<Intent> {
    let is_over = |data: &ChainData| {
        let chain = &data.chain;
        world.now >= chain.expiry()
            && chain.open_positions == 0
            && chain.fees_atoms == 0
            && chain.debt_atoms == 0
            && chain.settlement_balance_atoms == 0
    };
    let chains = world.market.chains().filter(|(_, data)| is_over(data));
    chains
        .map(|(address, data)| {
            let others = data.rent_payers(RENT_PAYERS_PER_CLOSE);
            Intent {
                account: *address,
                sequence: data.chain.sequence,
                kind: IntentKind::Close,
                instructions: vec![close_chain(*address, data.chain.rent_payer, &others)],
                compute_units: CLOSE_UNITS,
            }
        })
        .collect()
}

/// Brings the pool to the present by the keeper's own account, which is counted anew.
fn accrual(world: &World, settings: &Settings) -> Option<Intent> {
    let own = settings.liquidator.account;
    let tracked = world.accounts.get(&own)?;
    let accrued_at = UnixSeconds::new(world.market.registry()?.interest.accrued_at);
    let is_due = world.now.since(accrued_at) >= ACCRUE_AFTER_SECONDS;
    let sequence = tracked.data.account.sequence;
    is_due.then(|| small(own, sequence, IntentKind::Accrue, accrue(own)))
}

fn small(account: Pubkey, sequence: u64, kind: IntentKind, instruction: Instruction) -> Intent {
    Intent {
        account,
        sequence,
        kind,
        instructions: vec![instruction],
        compute_units: SMALL_UNITS,
    }
}
