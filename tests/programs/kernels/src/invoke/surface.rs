//! Slices of the surface.

use super::variance;
use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::surface::{RawSvi, RawSviParams, Slice, TermPoint, check_calendar, check_raw_calendar, interpolate};

fn slice(row: &mut Row<'_>) -> Option<(u64, i64, u64)> {
    Some((row.u64()?, row.i64()?, row.u64()?))
}

#[inline(never)]
pub(super) fn surface(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let accept = |(theta, rho, psi): (u64, i64, u64)| Slice::try_new(theta, rho, psi);
    Some(match kernel {
        Kernel::SliceAccept => measured(meter, slice(row)?, |slice| accept(*slice)),
        Kernel::PairAccept => measured(meter, (slice(row)?, slice(row)?), |(near, far)| {
            let (near, far) = (accept(*near).ok()?, accept(*far).ok()?);
            check_calendar(&near, &far).ok()?;
            Some((near, far))
        }),
        Kernel::RawAccept => measured(meter, raw(row)?, |params| RawSvi::try_new(*params)),
        Kernel::RawRefuse => measured(meter, raw(row)?, |params| RawSvi::try_new(*params).err()),
        Kernel::RawCalendar => measured(meter, raw_pair(row)?, |(near, far)| check_raw_calendar(near, far)),
        Kernel::RawCalendarRefuse => measured(meter, raw_pair(row)?, |(near, far)| check_raw_calendar(near, far).err()),
        Kernel::RawVariance => {
            let slice = RawSvi::try_new(raw(row)?).ok()?;
            measured(meter, (slice, row.i64()?), |(slice, log)| slice.total_variance(*log))
        }
        Kernel::RawDensity => {
            let slice = RawSvi::try_new(raw(row)?).ok()?;
            measured(meter, (slice, row.i64()?), |(slice, k)| slice.density_q40(*k))
        }
        Kernel::SliceVariance => {
            let slice = accept(slice(row)?).ok()?;
            measured(meter, (slice, row.i64()?), |(slice, log)| slice.total_variance(*log))
        }
        Kernel::Interpolate => {
            let (near, far) = (point(row)?, point(row)?);
            measured(meter, (near, far, row.u64()?), |(near, far, seconds)| {
                interpolate(*near, *far, *seconds)
            })
        }
        _ => return None,
    })
}

fn raw(row: &mut Row<'_>) -> Option<RawSviParams> {
    Some(RawSviParams {
        a_e12: row.i64()?,
        b_e12: row.u64()?,
        rho_e12: row.i64()?,
        m_e12: row.i64()?,
        sigma_e12: row.u64()?,
    })
}

fn raw_pair(row: &mut Row<'_>) -> Option<(RawSvi, RawSvi)> {
    let mut slice = || RawSvi::try_new(raw(row)?).ok();
    Some((slice()?, slice()?))
}

fn point(row: &mut Row<'_>) -> Option<TermPoint> {
    Some(TermPoint {
        seconds: row.u64()?,
        variance: variance(row)?,
    })
}
