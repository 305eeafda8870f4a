//! Deposits and borrows of cash.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::interest::{InterestPool, RateModel};
use tenor_math::quantity::{Atoms, Ratio};

#[inline(never)]
pub(super) fn interest(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    if !matches!(kernel, Kernel::Accrue | Kernel::Socialise) {
        return None;
    }
    let ratio = Ratio::from_bps;
    let model = RateModel::try_new(ratio(100), ratio(8_000), ratio(1_000), ratio(10_000)).ok()?;
    let mut pool = InterestPool::EMPTY;
    pool.add_deposit(Atoms::new(row.u64()?)).ok()?;
    pool.add_borrow(Atoms::new(row.u64()?)).ok()?;
    pool.accrue(&model, ratio(1_000), row.u64()?).ok()?;
    let last = row.u64()?;
    Some(if kernel == Kernel::Accrue {
        measured(meter, (pool, last), |(pool, seconds)| {
            let mut pool = *pool;
            pool.accrue(&model, ratio(1_000), *seconds).map(|_| pool)
        })
    } else {
        measured(meter, (pool, Atoms::new(last)), |(pool, debt)| {
            let mut pool = *pool;
            pool.socialise(*debt).map(|taken| (taken, pool))
        })
    })
}
