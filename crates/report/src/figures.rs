//! The few numbers that sum a run up, drawn from its timeline.

use crate::timeline::{Landed, Tick, Timeline};

/// What the head of the page states. A number that the run never reached is `None`.
pub(crate) struct Figures<'a> {
    pub(crate) fall: Option<Fall>,
    pub(crate) response: Response,
    pub(crate) slices: usize,
    /// Smallest and largest discount of a slice, in hundredths of a percent.
    pub(crate) discount_range_bps: Option<(u32, u32)>,
    pub(crate) discount_paid_usd_e9: i128,
    pub(crate) health: Option<HealthChange>,
    pub(crate) reactions: Option<Reactions>,
    pub(crate) peak: Option<Peak<'a>>,
    pub(crate) landed: usize,
    pub(crate) failed: usize,
}

/// From the first price to the lowest.
pub(crate) struct Fall {
    pub(crate) from_usd_e9: i64,
    pub(crate) low_usd_e9: i64,
    /// Hundredths of a percent, below zero for a fall.
    pub(crate) change_bps: i128,
    pub(crate) took_ms: u64,
}

/// How long an unhealthy writer stayed untouched.
pub(crate) enum Response {
    /// Nothing was sampled.
    Unknown,
    NeverUnhealthy,
    NeverLiquidated,
    /// From the first unhealthy sample to the first slice.
    After {
        ms: u64,
    },
    /// It went unhealthy and was liquidated between two samples; this long after the last one.
    Within {
        ms: u64,
    },
}

/// The writer's maintenance health around the slices, or over the run if there were none.
pub(crate) struct HealthChange {
    pub(crate) before_usd_e9: i128,
    pub(crate) after_usd_e9: i128,
}

/// From a price change to the keeper's transaction.
pub(crate) struct Reactions {
    pub(crate) median_ms: u64,
    pub(crate) slowest_ms: u64,
}

/// The dearest instruction of the run.
pub(crate) struct Peak<'a> {
    pub(crate) instruction: &'a str,
    pub(crate) compute_units: u64,
    pub(crate) limit_compute_units: Option<u64>,
}

impl<'a> Figures<'a> {
    pub(crate) fn of(timeline: &'a Timeline) -> Self {
        let discounts = || timeline.liquidations().map(|(_, slice)| slice.discount_bps);
        Self {
            fall: fall(&timeline.ticks),
            response: response(timeline),
            slices: timeline.liquidations().count(),
            discount_range_bps: discounts().min().zip(discounts().max()),
            discount_paid_usd_e9: timeline
                .liquidations()
                .map(|(_, slice)| slice.discount_paid_usd_e9)
                .fold(0, i128::saturating_add),
            health: health(timeline),
            reactions: reactions(&timeline.transactions),
            peak: peak(timeline),
            landed: timeline.transactions.len(),
            failed: timeline
                .transactions
                .iter()
                .filter(|landed| landed.failure.is_some())
                .count(),
        }
    }
}

fn fall(ticks: &[Tick]) -> Option<Fall> {
    let first = ticks.first()?;
    let low = ticks.iter().min_by_key(|tick| tick.price_usd_e9)?;
    let (from, to) = (i128::from(first.price_usd_e9), i128::from(low.price_usd_e9));
    Some(Fall {
        from_usd_e9: first.price_usd_e9,
        low_usd_e9: low.price_usd_e9,
        change_bps: ((to - from) * 10_000).checked_div(from)?,
        took_ms: low.elapsed_ms.saturating_sub(first.elapsed_ms),
    })
}

fn response(timeline: &Timeline) -> Response {
    let unhealthy = timeline
        .ticks
        .iter()
        .find(|tick| tick.maintenance_health_usd_e9() < 0)
        .map(|tick| tick.elapsed_ms);
    let Some((slice, _)) = timeline.liquidations().next() else {
        return match unhealthy {
            Some(_) => Response::NeverLiquidated,
            None if timeline.ticks.is_empty() => Response::Unknown,
            None => Response::NeverUnhealthy,
        };
    };
    if let Some(unhealthy_ms) = unhealthy.filter(|at_ms| *at_ms <= slice.elapsed_ms) {
        return Response::After {
            ms: slice.elapsed_ms - unhealthy_ms,
        };
    }
    let last_seen_ms = timeline
        .ticks
        .iter()
        .map(|tick| tick.elapsed_ms)
        .filter(|at_ms| *at_ms <= slice.elapsed_ms)
        .max()
        .unwrap_or_default();
    Response::Within {
        ms: slice.elapsed_ms - last_seen_ms,
    }
}

fn health(timeline: &Timeline) -> Option<HealthChange> {
    let ticks = &timeline.ticks;
    let first_slice = timeline.liquidations().next();
    let last_slice = timeline.liquidations().last();

    let before = first_slice
        .and_then(|(slice, _)| ticks.iter().rev().find(|tick| tick.elapsed_ms < slice.elapsed_ms))
        .or(ticks.first())?;
    let after = last_slice
        .and_then(|(slice, _)| ticks.iter().find(|tick| tick.elapsed_ms > slice.elapsed_ms))
        .or(ticks.last())?;
    Some(HealthChange {
        before_usd_e9: before.maintenance_health_usd_e9(),
        after_usd_e9: after.maintenance_health_usd_e9(),
    })
}

fn reactions(transactions: &[Landed]) -> Option<Reactions> {
    let mut times: Vec<_> = transactions.iter().filter_map(|landed| landed.reaction_ms).collect();
    times.sort_unstable();
    Some(Reactions {
        median_ms: *times.get(times.len() / 2)?,
        slowest_ms: *times.last()?,
    })
}

fn peak(timeline: &Timeline) -> Option<Peak<'_>> {
    timeline
        .facts
        .compute
        .iter()
        .max_by_key(|peak| peak.max_compute_units)
        .map(|peak| Peak {
            instruction: &peak.instruction,
            compute_units: peak.max_compute_units,
            limit_compute_units: peak.limit_compute_units,
        })
}
