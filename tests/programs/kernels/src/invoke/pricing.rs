//! Option values.

use super::{kind, variance};
use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::MathError;
use tenor_math::pricing::{
    Deviation, FutureMarks, OptionQuote, SettlementAverage, TotalVariance, black, black_greeks, call_value,
    check_implied, implied_deviation, payoff_per_lot,
};
use tenor_math::quantity::LotSize;
use tenor_math::special::ln_ratio_q56;

#[inline(never)]
pub(super) fn pricing(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::DeviationOf => measured(meter, variance(row)?, |variance| Deviation::of(*variance)),
        Kernel::CallValue => {
            let (forward, strike, log) = (row.u64()?, row.u64()?, row.i64()?);
            let deviation = Deviation::of(variance(row)?);
            measured(meter, (forward, strike, log, deviation), |(forward, strike, log, s)| {
                call_value(*forward, *strike, *log, *s)
            })
        }
        Kernel::Price => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?),
            |(forward, strike, w)| price(*forward, *strike, *w),
        ),
        Kernel::PriceGreeks => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?),
            |(forward, strike, w)| black(*forward, *strike, *w),
        ),
        Kernel::FullGreeks => measured(
            meter,
            (row.u64()?, row.u64()?, variance(row)?, row.u64()?),
            |(forward, strike, w, seconds)| black_greeks(*forward, *strike, *w, *seconds),
        ),
        Kernel::Payoff => {
            let (settlement, strike) = (row.price()?, row.price()?);
            let lot = LotSize::from_units_e9(row.u64()?).ok()?;
            let kind = kind(row)?;
            measured(
                meter,
                (settlement, strike, lot, kind),
                |(settlement, strike, lot, kind)| payoff_per_lot(*kind, *settlement, *strike, *lot),
            )
        }
        Kernel::AverageVariance => {
            let (average, _, marks, to_expiry) = average(row)?;
            measured(meter, (average, to_expiry, marks), |(average, to_expiry, marks)| {
                average.open_variance(*to_expiry, *marks)
            })
        }
        Kernel::AverageOption => {
            let (average, [forward, strike], marks, to_expiry) = average(row)?;
            let variance = average.open_variance(to_expiry, marks).ok()?;
            measured(
                meter,
                (average, forward, strike, variance),
                |(average, forward, strike, variance)| average.option(*forward, *strike, *variance),
            )
        }
        Kernel::ImpliedWitness => {
            let quote = quote(row)?;
            measured(meter, (quote, variance(row)?), |(quote, w)| {
                check_implied(quote, *w, TICK_Q64)
            })
        }
        Kernel::ImpliedSolve => measured(meter, quote(row)?, implied_deviation),
        _ => return None,
    })
}

/// An average, forward and strike, the marks ahead and the variance to expiry.
fn average(row: &mut Row<'_>) -> Option<(SettlementAverage, [u64; 2], FutureMarks, TotalVariance)> {
    let prices = [row.u64()?, row.u64()?];
    let mut count = || u8::try_from(row.u64()?).ok();
    let (fixed, open, ahead) = (count()?, count()?, count()?);
    let average = SettlementAverage::try_new(row.u64()?, fixed, open).ok()?;
    let marks = FutureMarks {
        count: ahead,
        seconds_to_next: row.u64()?,
        seconds_to_expiry: row.u64()?,
    };
    Some((average, prices, marks, variance(row)?))
}

/// A billionth of a forward of one in Q62.
const TICK_Q64: u128 = 1 << 96;

fn quote(row: &mut Row<'_>) -> Option<OptionQuote> {
    Some(OptionQuote {
        kind: kind(row)?,
        forward: row.u64()?,
        strike: row.u64()?,
        price_q64: row.u128()?,
    })
}

/// A call's value from forward, strike and total variance alone.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a forward or strike of zero.
pub fn price(forward: u64, strike: u64, variance: TotalVariance) -> Result<u64, MathError> {
    Ok(call_value(
        forward,
        strike,
        ln_ratio_q56(forward, strike)?,
        Deviation::of(variance),
    ))
}
