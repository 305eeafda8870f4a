//! What those who run a pool take.

use super::{SharePool, VIRTUAL_ASSETS};
use crate::quantity::{Atoms, Ratio, SECONDS_PER_YEAR};
use crate::wide::mul_q64;
use crate::{MathError, Round, mul_div};

/// Price of a share in atoms as Q64, rounded up: a high-water mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharePrice(u128);

impl SharePrice {
    /// Price of a share of an empty pool: where a high-water mark starts.
    pub const INITIAL: Self = Self((1_u128 << 64).div_ceil(1_000));

    /// A price as Q64, as stored.
    pub const fn from_q64(q64: u128) -> Self {
        Self(q64)
    }

    /// Q64.
    pub const fn q64(self) -> u128 {
        self.0
    }

    /// Price of a pool's share, rounded up by less than 2^-64 atoms, so that a fee is never taken twice on one profit.
    pub fn of(pool: SharePool) -> Self {
        let (assets, shares) = pool.price();
        Self((u128::from(assets) << 64).div_ceil(u128::from(shares)))
    }
}

/// Rates of the two fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeTerms {
    /// Of net assets, a year.
    pub management: Ratio,
    /// Of profit above the high-water mark.
    pub performance: Ratio,
}

/// What is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Management fee.
    pub management: Atoms,
    /// Performance fee.
    pub performance: Atoms,
    /// The pool after both.
    pub pool: SharePool,
    /// The new high-water mark: the old one or the price after both fees, whichever is higher.
    pub high_water_mark: SharePrice,
}

impl FeeTerms {
    /// Charges a pool for a time. The management fee is net assets times rate times time, pro rata, at most all of them;
    /// the performance fee is its rate times the profit of all shares above the high-water mark, net of the management
    /// fee, and leaves the price of a share at the mark or above. Both round down, in favour of the pool.
    ///
    /// A pool without shares pays nothing: what it holds belongs to nobody, and the mark stays. Source: design section 10.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a rate above one.
    pub fn charge(&self, pool: SharePool, high_water_mark: SharePrice, seconds: u64) -> Result<Fees, MathError> {
        if self.management > Ratio::ONE || self.performance > Ratio::ONE {
            return Err(MathError::OutOfDomain);
        }
        if pool.shares() == 0 {
            let none = Atoms::ZERO;
            return Ok(Fees {
                management: none,
                performance: none,
                pool,
                high_water_mark,
            });
        }
        let yearly = self.management.of_count(pool.assets().get(), Round::Down)?;
        // Beyond a year the fee of several years may exceed the assets, and their product u64.
        let management = mul_div(yearly, seconds, SECONDS_PER_YEAR, Round::Down)
            .map_or(pool.assets(), |fee| Atoms::new(fee).min(pool.assets()));
        let pool = SharePool::try_new(pool.assets().try_sub(management)?, pool.shares())?;
        let profit = profit_above(high_water_mark, pool);
        let performance = Atoms::new(self.performance.of_count(profit, Round::Down)?);
        let pool = SharePool::try_new(pool.assets().try_sub(performance)?, pool.shares())?;
        let high_water_mark = high_water_mark.max(SharePrice::of(pool));
        Ok(Fees {
            management,
            performance,
            pool,
            high_water_mark,
        })
    }
}

/// Atoms by which a pool exceeds a mark per share, rounded down; zero below it.
fn profit_above(mark: SharePrice, pool: SharePool) -> u64 {
    let (assets, shares) = pool.price();
    let at_mark = u64::try_from(mul_q64(mark.0, shares, Round::Up)).unwrap_or(u64::MAX);
    // The virtual atom is part of the price but nobody can be paid with it.
    assets.saturating_sub(at_mark.max(VIRTUAL_ASSETS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_starts_at_the_price_of_an_empty_pool() {
        assert_eq!(SharePrice::of(SharePool::default()), SharePrice::INITIAL);
    }

    const TERMS: FeeTerms = FeeTerms {
        management: Ratio::from_bps(200),
        performance: Ratio::from_bps(1_000),
    };

    fn pool(assets: u64, shares: u64) -> SharePool {
        SharePool::try_new(Atoms::new(assets), shares).unwrap()
    }

    #[test]
    fn profit_alone_bears_the_performance_fee() {
        // A million atoms in, a fifth gained. The mark rounds up, so one atom of the profit is not counted.
        let grown = pool(1_200_000, 1_000_000_000);
        let fees = TERMS.charge(grown, SharePrice::INITIAL, 0).unwrap();
        assert_eq!((fees.management, fees.performance), (Atoms::ZERO, Atoms::new(19_999)));
        assert_eq!(fees.high_water_mark, SharePrice::of(pool(1_180_001, 1_000_000_000)));
        let again = TERMS.charge(fees.pool, fees.high_water_mark, 0).unwrap();
        assert_eq!(again.performance, Atoms::ZERO);
        let lost = TERMS
            .charge(pool(900_000, 1_000_000_000), SharePrice::INITIAL, 0)
            .unwrap();
        assert_eq!(
            (lost.performance, lost.high_water_mark),
            (Atoms::ZERO, SharePrice::INITIAL)
        );
    }

    #[test]
    fn management_fee_is_pro_rata_in_time_and_comes_first() {
        let flat = TERMS
            .charge(
                pool(1_000_000, 1_000_000_000),
                SharePrice::INITIAL,
                SECONDS_PER_YEAR >> 2,
            )
            .unwrap();
        assert_eq!((flat.management, flat.performance), (Atoms::new(5_000), Atoms::ZERO));
        let grown = TERMS
            .charge(pool(1_200_000, 1_000_000_000), SharePrice::INITIAL, SECONDS_PER_YEAR)
            .unwrap();
        assert_eq!(
            (grown.management, grown.performance),
            (Atoms::new(24_000), Atoms::new(17_599))
        );
        let all = TERMS.charge(pool(7, 7_000), SharePrice::INITIAL, u64::MAX).unwrap();
        assert_eq!(all.management, Atoms::ZERO); // 2% of seven atoms is none a year.
        let all = TERMS
            .charge(pool(1_000, 1_000_000), SharePrice::INITIAL, u64::MAX)
            .unwrap();
        assert_eq!((all.management, all.pool.assets()), (Atoms::new(1_000), Atoms::ZERO));
    }

    #[test]
    fn rates_above_one_are_refused_and_empty_pools_pay_nothing() {
        let over = Ratio::from_e9(1_000_000_001);
        let whole = FeeTerms {
            management: Ratio::ONE,
            ..TERMS
        };
        let fees = whole
            .charge(pool(5, 1_000), SharePrice::INITIAL, SECONDS_PER_YEAR)
            .unwrap();
        assert_eq!(fees.management, Atoms::new(5));
        let refused = |terms: FeeTerms| {
            assert_eq!(
                terms.charge(pool(1, 1), SharePrice::INITIAL, 1),
                Err(MathError::OutOfDomain)
            );
        };
        refused(FeeTerms {
            management: over,
            ..TERMS
        });
        refused(FeeTerms {
            performance: over,
            ..TERMS
        });
        let fees = TERMS
            .charge(pool(1_000_000, 0), SharePrice::INITIAL, SECONDS_PER_YEAR)
            .unwrap();
        assert_eq!(
            (fees.pool, fees.high_water_mark),
            (pool(1_000_000, 0), SharePrice::INITIAL)
        );
    }

    #[test]
    fn whole_profit_may_go_but_nothing_below_the_mark() {
        let all = FeeTerms {
            management: Ratio::ZERO,
            performance: Ratio::ONE,
        };
        let fees = all
            .charge(pool(1_200_000, 1_000_000_000), SharePrice::INITIAL, 0)
            .unwrap();
        assert_eq!(fees.performance, Atoms::new(199_999));
        assert!(SharePrice::of(fees.pool) >= SharePrice::INITIAL);
        let free = all.charge(pool(5, 1_000), SharePrice::from_q64(0), 0).unwrap();
        assert_eq!(free.performance, Atoms::new(5));
        let far = all.charge(pool(5, 1_000), SharePrice::from_q64(u128::MAX), 0).unwrap();
        assert_eq!(far.performance, Atoms::ZERO);
    }
}
