//! The price range of the scenarios, which follows the market's own volatility.
//!
//! Source: design section 5.1. One mark an hour enters an exponentially weighted variance of log returns (RiskMetrics,
//! J. P. Morgan 1996), so that nobody moves it by choosing samples; the range is z sigma sqrt(h) between a floor and a
//! cap, and rises slowly enough that an account at its initial requirement has hours of notice.

use crate::fixed::scale_by_q62;
use crate::quantity::{E9, Price, Ratio, UnixSeconds};
use crate::special::{ONE_Q62, ln_ratio_q56, sqrt_q64};
use crate::{MathError, Round, mul_div};

/// Most that the range rises in an hour x 1e9: two points.
pub const MAX_RISE_PER_HOUR_E9: u64 = 20_000_000;
const SECONDS_PER_HOUR: u64 = 3_600;
/// A return counts as at most this: one e-fold in an hour.
const MAX_RETURN_Q56: u64 = 1 << 56;
/// Hours after which an old variance weighs nothing: at 0.97 an hour, 1e-13.
const FORGOTTEN_AFTER_HOURS: u64 = 1_000;

/// Variance of hourly log returns, Q62, in [0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HourlyVariance(u64);

impl HourlyVariance {
    /// From Q62; more than one counts as one.
    pub const fn from_q62(q62: u64) -> Self {
        Self(if q62 > ONE { ONE } else { q62 })
    }

    /// Q62.
    pub const fn q62(self) -> u64 {
        self.0
    }

    /// The variance after a mark that stands `hours` after the one before: `v l^n + (1 - l^n) r^2 / n` with decay l, the
    /// return r over all n hours spread evenly over them. No hours change nothing; a return beyond one e-fold counts as one
    /// e-fold. Within 2 n + 12 units of 2^-62 either way, for up to 1,000 hours and a decay of 0.9 or more; after that nothing of
    /// the old is left.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a zero price or a decay of one or more.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::integer_division,
        reason = "a return of at most 2^56 squared and shifted by 50 is at most 2^62; hours are not zero; the kept part \
                  is at most one and its complement not negative; two parts of numbers of at most one add up to one"
    )]
    pub fn after(self, previous: Price, mark: Price, hours: u64, decay: Ratio) -> Result<Self, MathError> {
        if decay >= Ratio::ONE {
            return Err(MathError::OutOfDomain);
        }
        let magnitude = ln_ratio_q56(mark.e9(), previous.e9())?
            .unsigned_abs()
            .min(MAX_RETURN_Q56);
        if hours == 0 {
            return Ok(self);
        }
        let square_q62 = ((u128::from(magnitude) * u128::from(magnitude)) >> 50) as u64 / hours;
        let kept_q62 = power_q62(decay, hours);
        Ok(Self(
            scale_by_q62(self.0, kept_q62) + scale_by_q62(square_q62, ONE - kept_q62),
        ))
    }
}

#[expect(clippy::as_conversions, reason = "positive")]
const ONE: u64 = ONE_Q62 as u64;

/// decay^hours, Q62, by repeated squaring. Rounds down.
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "a ratio below one times 2^62 fits u128 and its quotient u64"
)]
fn power_q62(decay: Ratio, hours: u64) -> u64 {
    if hours > FORGOTTEN_AFTER_HOURS {
        return 0;
    }
    let mut base = ((u128::from(decay.e9()) << 62) / u128::from(E9)) as u64;
    let (mut power, mut rest) = (ONE, hours);
    while rest != 0 {
        if rest & 1 == 1 {
            power = scale_by_q62(power, base);
        }
        base = scale_by_q62(base, base);
        rest >>= 1;
    }
    power
}

/// How the range follows the variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeParams {
    /// Standard deviations that the range holds x 1e9, at most 10.
    pub deviations_e9: u64,
    /// Hours over which it holds them, at most 720.
    pub horizon_hours: u64,
    /// Least range.
    pub floor: Ratio,
    /// Largest range, at least the floor.
    pub cap: Ratio,
}

impl RangeParams {
    /// `clamp(z sigma sqrt(h), floor, cap)` for a variance of hourly returns. Rounded down.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for parameters out of range.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a variance of at most 2^62 times 720 hours shifted by two is below 2^74"
    )]
    pub fn target(&self, variance: HourlyVariance) -> Result<Ratio, MathError> {
        if self.cap < self.floor || self.deviations_e9 > 10 * E9 || self.horizon_hours > 720 {
            return Err(MathError::OutOfDomain);
        }
        let total_q64 = (u128::from(variance.0) * u128::from(self.horizon_hours)) << 2;
        let range_e9 = mul_div(sqrt_q64(total_q64), self.deviations_e9, 1 << 56, Round::Down)?;
        Ok(Ratio::from_e9(range_e9).clamp(self.floor, self.cap))
    }

    /// The range at `now`, when it was `range` at `moved_at`: toward the target, falling at once and rising by at most two
    /// points an hour, pro rata. Rises round down, so within a day many small steps never outrun one large one; a pause
    /// counts for a day at most. A range below a floor that was raised rises to it no faster.
    ///
    /// # Errors
    /// As [`RangeParams::target`].
    pub fn next(
        &self,
        range: Ratio,
        variance: HourlyVariance,
        moved_at: UnixSeconds,
        now: UnixSeconds,
    ) -> Result<Ratio, MathError> {
        let target = self.target(variance)?;
        let elapsed = now.since(moved_at).min(SECONDS_PER_HOUR.saturating_mul(24));
        let rise_e9 = mul_div(MAX_RISE_PER_HOUR_E9, elapsed, SECONDS_PER_HOUR, Round::Down)?;
        let limit = Ratio::from_e9(range.e9().saturating_add(rise_e9));
        Ok(target.min(limit))
    }
}

#[cfg(test)]
#[allow(
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "a test states what it expects by failing there"
)]
mod tests {
    use super::*;

    const PARAMS: RangeParams = RangeParams {
        deviations_e9: 3 * E9,
        horizon_hours: 24,
        floor: Ratio::from_bps(1_800),
        cap: Ratio::from_bps(4_000),
    };
    const DECAY: Ratio = Ratio::from_bps(9_700);

    /// The variance of a return every hour, Q62.
    fn variance(hourly: f64) -> HourlyVariance {
        HourlyVariance::from_q62((hourly * hourly * 2_f64.powi(62)) as u64)
    }

    #[test]
    fn target_is_three_deviations_of_a_day_between_floor_and_cap() {
        // 3 x 1.5% x sqrt(24) = 22.045...%
        let target = PARAMS.target(variance(0.015)).unwrap().e9();
        assert!(target.abs_diff(220_454_077) <= 2, "{target}");
        assert_eq!(PARAMS.target(variance(0.001)), Ok(PARAMS.floor));
        assert_eq!(PARAMS.target(variance(0.5)), Ok(PARAMS.cap));
    }

    #[test]
    fn range_rises_by_two_points_an_hour_and_falls_at_once() {
        let (at, wild, calm) = (UnixSeconds::new, variance(0.1), variance(0.0));
        let start = Ratio::from_bps(2_000);
        let next = |variance, seconds| PARAMS.next(start, variance, at(0), at(seconds)).unwrap();
        assert_eq!(next(wild, 3_600), Ratio::from_bps(2_200));
        assert_eq!(next(wild, 1_800), Ratio::from_bps(2_100));
        assert_eq!(next(wild, 0), start);
        assert_eq!(next(wild, -5), start);
        assert_eq!(next(wild, 1_000_000), PARAMS.cap);
        assert_eq!(next(calm, 0), PARAMS.floor);
    }

    #[test]
    fn a_constant_return_becomes_the_variance() {
        let (from, to) = (Price::from_e9(100 * E9), Price::from_e9(101 * E9));
        let mut variance = HourlyVariance::default();
        for _ in 0..500 {
            variance = variance.after(from, to, 1, DECAY).unwrap();
        }
        // ln(1.01)^2 = 9.90099e-5
        let got = variance.q62() as f64 / 2_f64.powi(62);
        assert!((got - 9.900_990_7e-5).abs() < 1e-9, "{got}");
    }

    #[test]
    fn missed_hours_spread_their_return_and_forget_like_hours_that_passed() {
        let (from, to) = (Price::from_e9(100 * E9), Price::from_e9(110 * E9));
        let calm = |variance: HourlyVariance| variance.after(from, from, 1, DECAY).unwrap();
        let start = variance(0.02);
        let (two, one_and_one) = (start.after(from, from, 2, DECAY).unwrap(), calm(calm(start)));
        assert!(two.q62().abs_diff(one_and_one.q62()) <= 3);
        let spread = HourlyVariance::default().after(from, to, 10, DECAY).unwrap();
        let at_once = HourlyVariance::default().after(from, to, 1, DECAY).unwrap();
        assert!(spread.q62() < at_once.q62());
        assert_eq!(start.after(from, to, 0, DECAY), Ok(start));
        // Nothing of the old is left: ln(1.1)^2 / 2,000.
        let late = start.after(from, to, 2_000, DECAY).unwrap().q62() as f64 / 2_f64.powi(62);
        assert!((late - 4.542_015_2e-6).abs() < 1e-11, "{late}");
    }

    #[test]
    fn a_variance_is_at_most_one_and_so_is_a_return() {
        let one = HourlyVariance::from_q62(1 << 62);
        assert_eq!(
            [1, (1 << 62) + 1, u64::MAX].map(|q62| HourlyVariance::from_q62(q62).q62()),
            [1, 1 << 62, 1 << 62]
        );
        // Ten times the price is more than one e-fold: 3% of one.
        let (from, to) = (Price::from_e9(E9), Price::from_e9(10 * E9));
        let jumped = HourlyVariance::default().after(from, to, 1, DECAY).unwrap().q62();
        assert!(jumped.abs_diff(138_350_580_552_821_637) <= 3, "{jumped}");
        // mpmath: 0.97^1000; an hour later it is forgotten.
        let left = |hours| one.after(from, from, hours, DECAY).unwrap().q62();
        assert!(left(1_000).abs_diff(272_643) <= 20, "{}", left(1_000));
        assert_eq!(left(1_001), 0);
    }

    #[test]
    fn parameters_may_lie_at_the_ends_of_their_range() {
        let target = |params: RangeParams, hourly| params.target(variance(hourly)).map(Ratio::e9);
        let widest = RangeParams {
            deviations_e9: 10 * E9,
            horizon_hours: 720,
            floor: Ratio::ZERO,
            cap: Ratio::ONE,
        };
        // 10 x 0.1% x sqrt(720).
        assert!(target(widest, 0.001).unwrap().abs_diff(268_328_157) <= 1);
        let point = RangeParams {
            cap: PARAMS.floor,
            ..PARAMS
        };
        assert_eq!(target(point, 0.5), Ok(PARAMS.floor.e9()));
    }

    #[test]
    fn refuses_parameters_out_of_range() {
        let price = Price::from_e9(E9);
        let refused = |params: RangeParams| assert_eq!(params.target(variance(0.0)), Err(MathError::OutOfDomain));
        refused(RangeParams {
            cap: Ratio::from_bps(1_799),
            ..PARAMS
        });
        refused(RangeParams {
            deviations_e9: 10 * E9 + 1,
            ..PARAMS
        });
        refused(RangeParams {
            horizon_hours: 721,
            ..PARAMS
        });
        let none = HourlyVariance::default();
        assert_eq!(none.after(price, price, 1, Ratio::ONE), Err(MathError::OutOfDomain));
        assert_eq!(
            none.after(Price::from_e9(0), price, 1, DECAY),
            Err(MathError::OutOfDomain)
        );
    }
}
