//! Shares of a pool, and its fees.

use crate::kernel::Kernel;
use crate::meter::{Meter, Sample, measured};
use crate::row::Row;
use tenor_math::quantity::{Atoms, Ratio};
use tenor_math::shares::{FeeTerms, ServiceRound, SharePool, SharePrice};

/// Two percent of net assets a year and a fifth of profits.
const FEES: FeeTerms = FeeTerms {
    management: Ratio::from_bps(200),
    performance: Ratio::from_bps(2_000),
};

#[inline(never)]
pub(super) fn shares(kernel: Kernel, row: &mut Row<'_>, meter: &mut impl Meter) -> Option<Sample> {
    Some(match kernel {
        Kernel::Mint => measured(meter, (pool(row)?, atoms(row)?), |(pool, offered)| pool.mint(*offered)),
        Kernel::Burn => measured(meter, (pool(row)?, row.u64()?), |(pool, shares)| pool.burn(*shares)),
        Kernel::Fees => {
            let (pool, mark) = (pool(row)?, SharePrice::from_q64(row.u128()?));
            measured(meter, (pool, mark, row.u64()?), |(pool, mark, seconds)| {
                FEES.charge(*pool, *mark, *seconds)
            })
        }
        Kernel::ServeDeposit => measured(
            meter,
            (round(row)?, pool(row)?, atoms(row)?),
            |(round, pool, offered)| round.serve_deposit(*pool, *offered),
        ),
        Kernel::ServeWithdrawal => measured(meter, (round(row)?, pool(row)?, row.u64()?), |(round, pool, shares)| {
            round.serve_withdrawal(*pool, *shares)
        }),
        _ => return None,
    })
}

fn pool(row: &mut Row<'_>) -> Option<SharePool> {
    SharePool::try_new(atoms(row)?, row.u64()?).ok()
}

fn round(row: &mut Row<'_>) -> Option<ServiceRound> {
    ServiceRound::between(atoms(row)?, atoms(row)?, row.u64()?).ok()
}

fn atoms(row: &mut Row<'_>) -> Option<Atoms> {
    row.u64().map(Atoms::new)
}
