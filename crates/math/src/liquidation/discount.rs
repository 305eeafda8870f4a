//! What a liquidator earns: the discount that the clock gives.

use super::AuctionClock;
use crate::quantity::{E9, Ratio, Value};
use crate::{MathError, Round, mul_div};

/// The discount at one reading of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountPoint {
    /// Reading of the clock.
    pub seconds: u32,
    /// Discount there, at most one.
    pub discount: Ratio,
}

impl DiscountPoint {
    /// A point.
    pub const fn new(seconds: u32, discount: Ratio) -> Self {
        Self { seconds, discount }
    }
}

/// A discount that grows with the clock, linear between three points and constant outside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountSchedule {
    points: [DiscountPoint; 3],
}

impl DiscountSchedule {
    /// Liquidation, as a fraction of the maintenance margin freed: 2% to 20% over ten minutes, then to 100% over six
    /// hours. Source: design section 6.
    pub const LIQUIDATION: Self = Self {
        points: [
            DiscountPoint::new(0, Ratio::from_bps(200)),
            DiscountPoint::new(600, Ratio::from_bps(2_000)),
            DiscountPoint::new(22_200, Ratio::ONE),
        ],
    };

    /// Conversion of collateral, as a fraction of its oracle price: 0.5% to 5% over ten minutes, then to 50% over six
    /// hours.
    pub const CONVERSION: Self = Self {
        points: [
            DiscountPoint::new(0, Ratio::from_bps(50)),
            DiscountPoint::new(600, Ratio::from_bps(500)),
            DiscountPoint::new(22_200, Ratio::from_bps(5_000)),
        ],
    };

    /// A schedule through three points.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless the clock's readings rise, the discounts do not fall, and none exceeds one.
    pub fn try_new(points: [DiscountPoint; 3]) -> Result<Self, MathError> {
        let [first, knee, last] = points;
        let rises = first.seconds < knee.seconds && knee.seconds < last.seconds;
        let grows = first.discount <= knee.discount && knee.discount <= last.discount && last.discount <= Ratio::ONE;
        if rises && grows {
            Ok(Self { points })
        } else {
            Err(MathError::OutOfDomain)
        }
    }

    /// Discount at a reading of the clock. Rounds down, in favour of the account; never falls as the clock runs.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "readings rise and discounts do not fall from point to point, so no difference is negative nor the \
                  divisor zero; a discount of at most 1e9 times a reading below 2^32 is below 2^62"
    )]
    pub fn at(&self, clock: AuctionClock) -> Ratio {
        let [first, knee, last] = self.points;
        let (from, to) = if clock.seconds() <= knee.seconds {
            (first, knee)
        } else {
            (knee, last)
        };
        let duration = u64::from(to.seconds - from.seconds);
        let ran = u64::from(clock.seconds().saturating_sub(from.seconds)).min(duration);
        let grown_e9 = (to.discount.e9() - from.discount.e9()) * ran / duration;
        Ratio::from_e9(from.discount.e9() + grown_e9)
    }
}

/// Discount of a slice, as a fraction of the maintenance margin that it frees: from 2% to 20% over ten minutes, then to
/// 100% over six hours, but never more than equity over the requirement, so that a liquidation cannot make equity
/// negative. Rounds down, in favour of the account.
///
/// # Errors
/// [`MathError::OutOfDomain`] unless equity and requirement are positive.
pub fn discount(clock: AuctionClock, equity: Value, maintenance: Value) -> Result<Ratio, MathError> {
    discount_on(&DiscountSchedule::LIQUIDATION, clock, equity, maintenance)
}

/// [`discount`] by another schedule: the lesser of the schedule's and of equity over the requirement.
///
/// # Errors
/// [`MathError::OutOfDomain`] unless equity and requirement are positive.
pub fn discount_on(
    schedule: &DiscountSchedule,
    clock: AuctionClock,
    equity: Value,
    maintenance: Value,
) -> Result<Ratio, MathError> {
    if equity <= Value::ZERO || maintenance <= Value::ZERO {
        return Err(MathError::OutOfDomain);
    }
    let by_clock = schedule.at(clock);
    if equity >= maintenance {
        return Ok(by_clock);
    }
    let (equity, maintenance) = (equity.e9().unsigned_abs(), maintenance.e9().unsigned_abs());
    let by_equity_e9 = mul_div(equity, E9, maintenance, Round::Down)?;
    Ok(by_clock.min(Ratio::from_e9(by_equity_e9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u32, equity_e9: i64) -> u64 {
        discount(
            AuctionClock::from_seconds(seconds),
            Value::from_e9(equity_e9),
            Value::from_e9(1_000_000),
        )
        .unwrap()
        .e9()
    }

    #[test]
    fn discount_follows_the_schedule_of_the_design() {
        assert_eq!(at(0, 1_000_000), 20_000_000);
        assert_eq!(at(300, 1_000_000), 110_000_000);
        assert_eq!(at(600, 1_000_000), 200_000_000);
        assert_eq!(at(601, 1_000_000), 200_037_037); // 0.2 + 0.8 / 21,600
        assert_eq!(at(600 + 10_800, 1_000_000), 600_000_000);
        assert_eq!(at(600 + 21_600, 1_000_000), E9);
        assert_eq!(at(u32::MAX, 1_000_000), E9);
    }

    #[test]
    fn discount_never_exceeds_equity_over_requirement() {
        assert_eq!(at(u32::MAX, 50_000), 50_000_000);
        assert_eq!(at(u32::MAX, 999_999), 999_999_000);
        let out = Err(MathError::OutOfDomain);
        let of = |equity, maintenance| {
            discount(
                AuctionClock::default(),
                Value::from_e9(equity),
                Value::from_e9(maintenance),
            )
        };
        assert_eq!(of(0, 1), out);
        assert_eq!(of(1, 0), out);
        assert_eq!(of(1, -1), out);
    }

    #[test]
    fn a_schedule_runs_forward_and_never_falls_or_passes_one() {
        let point = |seconds, bps| DiscountPoint::new(seconds, Ratio::from_bps(bps));
        let refused = |points| assert_eq!(DiscountSchedule::try_new(points), Err(MathError::OutOfDomain));
        refused([point(0, 0), point(0, 1), point(2, 2)]);
        refused([point(0, 0), point(1, 1), point(1, 2)]);
        refused([point(0, 2), point(1, 1), point(2, 2)]);
        refused([point(0, 0), point(1, 3), point(2, 2)]);
        refused([point(0, 0), point(1, 1), point(2, 10_001)]);
        let late = DiscountSchedule::try_new([point(10, 100), point(20, 100), point(30, 10_000)]).unwrap();
        let at = |seconds| late.at(AuctionClock::from_seconds(seconds));
        assert_eq!([at(0), at(9), at(20)], [Ratio::from_bps(100); 3]);
        assert_eq!(at(25), Ratio::from_bps(5_050));
        assert_eq!(at(31), Ratio::ONE);
    }
}
