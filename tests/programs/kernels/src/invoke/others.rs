//! The crate that others use, in its decimal format of twelve digits.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;

#[inline(never)]
pub(super) fn others(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    let mut wide = || row.u64().map(u128::from);
    Some(match kernel {
        Kernel::SolmathLn => measured(meter, wide()?, |x| solmath::ln_fixed_i(*x)),
        Kernel::SolmathExp => measured(meter, i128::from(row.i64()?), |x| solmath::exp_fixed_i(*x)),
        Kernel::SolmathSqrt => measured(meter, wide()?, |x| solmath::fp_sqrt(*x)),
        Kernel::SolmathCdf => measured(meter, i128::from(row.i64()?), |x| solmath::norm_cdf_poly(*x)),
        Kernel::SolmathPrice => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::black_scholes_price(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathFull => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::bs_full(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathFullHp => measured(meter, market(row)?, |[s, k, r, sigma, t]| {
            solmath::bs_full_hp(*s, *k, *r, *sigma, *t)
        }),
        Kernel::SolmathImpliedVolatility => measured(meter, market(row)?, |[price, s, k, r, t]| {
            solmath::implied_vol(*price, *s, *k, *r, *t)
        }),
        _ => return None,
    })
}

fn market(row: &mut Row<'_>) -> Option<[u128; 5]> {
    let mut word = || row.u64().map(u128::from);
    Some([word()?, word()?, word()?, word()?, word()?])
}
