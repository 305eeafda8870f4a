//! The market maker.

use super::{kind, variance};
use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::amm::{
    Anchor, HedgeParams, Holding, InventoryCurve, InventoryParams, LotGreeks, MidAverage, NavBuilder, OptionTerms,
    PoolState, PriceSpread, Quoter, Side, hedge_quote, reservation, unearned,
};
use tenor_math::quantity::{LotSize, Ratio, UnixSeconds, Value};

/// The pool of the measured quotes: a million of vega each way, every charge on.
fn pool() -> Option<(InventoryCurve, PriceSpread, Anchor)> {
    let curve = InventoryCurve::try_new(&InventoryParams {
        vega_cap: Value::from_e9(1_000_000_000_000_000),
        shift: Ratio::from_bps(4_000),
        floor: Ratio::from_bps(7_000),
        ceiling: Ratio::from_bps(15_000),
        half_spread: Ratio::from_bps(200),
        half_spread_slope: Ratio::from_bps(200),
        half_spread_cap: Ratio::from_bps(300),
    });
    let spread = PriceSpread {
        gap: Ratio::from_bps(100),
        gamma_cap: Value::from_e9(1_000_000_000_000_000),
        latency: Ratio::from_bps(10),
        tick: Value::from_e9(100_000),
    };
    let anchor = Anchor::try_new(Ratio::from_bps(10_500), 20_000_000);
    Some((curve.ok()?, spread, anchor.ok()?))
}

#[inline(never)]
pub(super) fn quoting(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    if !matches!(kernel, Kernel::AmmGreeks | Kernel::AmmQuote) {
        return None;
    }
    let (curve, spread, anchor) = pool()?;
    let terms = OptionTerms {
        kind: kind(row)?,
        forward: row.price()?,
        strike: row.price()?,
        discount: row.ratio()?,
        lot: LotSize::from_units_e9(row.u64()?).ok()?,
        variance: variance(row)?,
    };
    let seconds = row.u64()?;
    if kernel == Kernel::AmmGreeks {
        return Some(measured(meter, (terms, seconds), |(terms, seconds)| {
            LotGreeks::at_base(terms, anchor, *seconds)
        }));
    }
    let greeks = LotGreeks::at_base(&terms, anchor, seconds).ok()?;
    let state = PoolState {
        vega: row.value()?,
        gamma: row.value()?,
    };
    let side = if row.u64()? == 0 { Side::Buy } else { Side::Sell };
    let quoter = Quoter {
        curve: &curve,
        spread: &spread,
        anchor,
        pool: state,
    };
    Some(measured(
        meter,
        (quoter, terms, greeks, side, row.u64()?),
        |(quoter, terms, greeks, side, lots)| quoter.quote(terms, greeks, *side, *lots),
    ))
}

/// The hedging auction of the measured pool.
const HEDGE: HedgeParams = HedgeParams {
    band_units_e9: 10_000_000,
    first: Ratio::from_bps(10),
    per_hour: Ratio::from_bps(25),
    most: Ratio::from_bps(200),
};
/// Farthest that the level moves at once.
const MAX_NUDGE: Ratio = Ratio::from_bps(200);

/// What a pool computes beside its quotes.
#[inline(never)]
pub(super) fn upkeep(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::Nudge => {
            let anchor = Anchor::try_new(row.ratio()?, row.i64()?).ok()?;
            measured(meter, (anchor, row.ratio()?), |(anchor, mid)| {
                anchor.nudged(*mid, MAX_NUDGE)
            })
        }
        Kernel::MidRecorded => {
            let average = MidAverage::starting(row.ratio()?, time(row)?).ok()?;
            measured(meter, (average, row.ratio()?, time(row)?), |(average, mid, now)| {
                average.recorded(*mid, *now)
            })
        }
        Kernel::MidSince => {
            let start = MidAverage::starting(row.ratio()?, time(row)?).ok()?;
            let end = start.recorded(row.ratio()?, time(row)?).ok()?;
            measured(meter, (start, end), |(start, end)| end.since(*start))
        }
        Kernel::HedgeQuote => measured(
            meter,
            (row.i64()?, row.price()?, row.u64()?),
            |(delta, oracle, seconds)| hedge_quote(&HEDGE, *delta, *oracle, *seconds),
        ),
        Kernel::NavAdd => {
            let nav = NavBuilder::new(row.value()?);
            let holding = Holding {
                lots: row.lots()?,
                bid: row.value()?,
                ask: row.value()?,
                unearned: row.value()?,
            };
            measured(meter, (nav, holding), |(nav, holding)| {
                let mut nav = *nav;
                nav.add(holding).map(|()| nav.finish())
            })
        }
        Kernel::Unearned => measured(
            meter,
            (row.value()?, time(row)?, time(row)?, time(row)?),
            |(premium, traded, expiry, now)| unearned(*premium, *traded, *expiry, *now),
        ),
        Kernel::Reservation => measured(
            meter,
            (row.i64()?, row.i64()?, row.u64()?, row.u64()?, row.u64()?),
            |(mid, inventory, aversion, variance, decay)| reservation(*mid, *inventory, *aversion, *variance, *decay),
        ),
        _ => return None,
    })
}

fn time(row: &mut Row<'_>) -> Option<UnixSeconds> {
    row.i64().map(UnixSeconds::new)
}
