//! Requirements without scenarios, and what the price range follows.

use super::kind;
use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::average::moving_average;
use tenor_math::quantity::{Lots, Ratio, UnixSeconds, Value};
use tenor_math::risk::{
    HourlyVariance, IsolatedOption, IsolatedParams, RangeParams, StrikePosition, isolated_short, standard_requirement,
    worst_expiry_payoff,
};

/// What a variance keeps in an hour.
const DECAY: Ratio = Ratio::from_bps(9_700);
/// Six deviations of a day between the floor and the cap of the design.
const RANGE: RangeParams = RangeParams {
    deviations_e9: 6_000_000_000,
    horizon_hours: 24,
    floor: Ratio::from_bps(1_800),
    cap: Ratio::from_bps(4_000),
};
/// Lots of the underlying held against an expiry.
const COVER: u64 = 3;
const STRIKES: usize = 8;

#[inline(never)]
pub(super) fn rule(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::StandardRule => {
            let strikes = strikes(row)?;
            let reference = strikes[STRIKES / 2].strike;
            measured(meter, strikes, |strikes| {
                standard_requirement(strikes, reference, Ratio::from_bps(1_500))
            })
        }
        Kernel::WorstPayoff => measured(meter, strikes(row)?, |strikes| worst_expiry_payoff(strikes, COVER)),
        Kernel::Isolated => {
            let option = IsolatedOption {
                kind: kind(row)?,
                spot: row.value()?,
                strike: row.value()?,
                mark: row.value()?,
            };
            let params = IsolatedParams {
                initial: row.ratio()?,
                initial_floor: row.ratio()?,
                maintenance: row.ratio()?,
                put_multiple: Ratio::ONE,
            };
            measured(meter, (option, params), |(option, params)| {
                isolated_short(option, params)
            })
        }
        Kernel::HourlyVariance => {
            let variance = HourlyVariance::from_q62(row.u64()?);
            measured(
                meter,
                (variance, row.price()?, row.price()?, row.u64()?),
                |(variance, previous, mark, hours)| variance.after(*previous, *mark, *hours, DECAY),
            )
        }
        Kernel::RangeNext => {
            let (range, variance) = (row.ratio()?, HourlyVariance::from_q62(row.u64()?));
            let (moved_at, now) = (UnixSeconds::new(row.i64()?), UnixSeconds::new(row.i64()?));
            measured(
                meter,
                (range, variance, moved_at, now),
                |(range, variance, moved_at, now)| RANGE.next(*range, *variance, *moved_at, *now),
            )
        }
        Kernel::MovingAverage => measured(
            meter,
            (row.price()?, row.price()?, row.u64()?),
            |(average, price, seconds)| moving_average(*average, *price, *seconds),
        ),
        _ => return None,
    })
}

fn strikes(row: &mut Row<'_>) -> Option<[StrikePosition; STRIKES]> {
    let mut strikes = [StrikePosition {
        strike: Value::ZERO,
        call: Lots::ZERO,
        put: Lots::ZERO,
    }; STRIKES];
    for strike in &mut strikes {
        *strike = StrikePosition {
            strike: row.value()?,
            call: row.lots()?,
            put: row.lots()?,
        };
    }
    Some(strikes)
}
