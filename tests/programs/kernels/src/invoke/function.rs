//! Elementary functions.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::special;
use tenor_math::{Round, mul_div, mul_div_signed};

#[inline(never)]
pub(super) fn function(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::MulDiv | Kernel::MulDivWide => measured(meter, (row.u64()?, row.u64()?, row.u64()?), |(a, b, c)| {
            mul_div(*a, *b, *c, Round::Down)
        }),
        Kernel::MulDivSigned => measured(meter, (row.i64()?, row.u64()?, row.u64()?), |(a, b, c)| {
            mul_div_signed(*a, *b, *c, Round::Down)
        }),
        Kernel::Ln => measured(meter, row.u64()?, |x| special::ln_u64_q56(*x)),
        Kernel::LnRatio => measured(meter, (row.u64()?, row.u64()?), |(x, y)| special::ln_ratio_q56(*x, *y)),
        Kernel::Log1p => measured(meter, row.i64()?, |x| special::ln_1p_q62(*x)),
        Kernel::Exp => measured(meter, row.i64()?, |x| special::exp_neg_q62(*x)),
        Kernel::ExpAny => measured(meter, row.i64()?, |x| special::exp_q56(*x)),
        Kernel::Expm1 => measured(meter, row.i64()?, |x| special::exp_m1_q62(*x)),
        Kernel::Pow => measured(meter, (row.u128()?, row.i64()?), |(base, power)| {
            special::pow_e9(*base, *power)
        }),
        Kernel::Rsqrt => measured(meter, row.u128()?, |x| special::rsqrt_q64(*x)),
        Kernel::Survival => measured(meter, row.i64()?, |x| special::normal_sf_q62(*x)),
        Kernel::Quantile => measured(meter, row.u128()?, |p| special::normal_quantile_q56(*p)),
        Kernel::Sqrt => measured(meter, row.u128()?, |x| special::sqrt_q64(*x)),
        Kernel::Cdf => measured(meter, row.i64()?, |x| special::normal_cdf_q62(*x)),
        Kernel::Pdf => measured(meter, row.i64()?, |x| special::normal_pdf_q62(*x)),
        _ => return None,
    })
}
