//! Options on a settlement average of which a part is fixed.
//!
//! A chain settles at the mean of its one-minute marks. With n marks in all, of which some are fixed and sum to s and m
//! are open, the option pays max((s + sum of open marks)/n - K, 0): (1 - x) times an option on the mean of the open marks
//! with strike (K - x A)/(1 - x), where x = 1 - m/n is the fixed share and A the mean of the fixed marks. Source: design
//! section 7.
//!
//! The mean of the open marks is priced by Black's formula as lognormal with the forward as its mean and, for w = sigma^2
//! tau, the variance sigma^2/m^2 sum_ij min(t_i, t_j) of the mean of their Brownian motion (the first order of E. Levy's
//! moment matching, *Pricing European average rate currency options*, 1992). What is neglected is skewness: that of the
//! mean of a continuum of marks is 3.6 sqrt(w) where the lognormal's is 3 sqrt(w), which is worth at most
//! 0.6/6 max(z phi(z)) = 0.0242 of w times the forward. With one mark due it stays below w/20: at 100% volatility less
//! than 1e-6 of the forward, at 300% less than 1e-5. `tests/vectors/averaging.csv` has prices by quadrature and by
//! simulation to compare.

use super::{Greeks, OptionPair, TotalVariance, black};
use crate::MathError;

/// Seconds between two marks.
pub const MARK_SECONDS: u64 = 60;
/// Most marks of an average.
pub const MAX_MARKS: u8 = 30;

/// A settlement average as far as it is known.
///
/// Prices are in one scale of the caller's choice, below 2^57.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementAverage {
    fixed_sum: u64,
    fixed: u8,
    open: u8,
}

/// When the open marks fall. The marks that are due but not yet taken are open and no longer move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FutureMarks {
    /// Open marks that lie ahead.
    pub count: u8,
    /// Seconds to the first of them.
    pub seconds_to_next: u64,
    /// Seconds to expiry; no mark is later.
    pub seconds_to_expiry: u64,
}

/// The time whose variance a mean of marks has: `sum / pairs` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTime {
    /// Sum of the lesser times over all pairs of marks, seconds.
    pub sum: u64,
    /// Number of pairs; at least one.
    pub pairs: u64,
}

impl OpenTime {
    /// In whole seconds, rounded up.
    pub const fn seconds(self) -> u64 {
        self.sum.div_ceil(self.pairs)
    }
}

/// An option on the average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AveragedOption {
    /// What the average is expected to be, rounded down: what a forward on it is worth.
    pub expected: u64,
    /// Undiscounted values; `call - put == expected - strike` to the last bit.
    pub value: OptionPair,
    /// The call's sensitivities to the forward price of the underlying, which moves the open share only.
    pub greeks: Greeks,
}

impl SettlementAverage {
    /// An average of `fixed` marks that sum to `fixed_sum` and `open` ones.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for no marks or more than [`MAX_MARKS`], a sum without marks or a mean of 2^57 or more.
    pub fn try_new(fixed_sum: u64, fixed: u8, open: u8) -> Result<Self, MathError> {
        let total = fixed.checked_add(open).filter(|total| (1..=MAX_MARKS).contains(total));
        if total.is_none() || fixed_sum >= MAX_PRICE.wrapping_mul(u64::from(fixed)).max(1) {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self { fixed_sum, fixed, open })
    }

    /// All marks, fixed and open.
    fn total(&self) -> u64 {
        u64::from(self.fixed).wrapping_add(u64::from(self.open))
    }

    /// Total variance of the mean of the open marks, from the variance to expiry, rounded down: see [`Self::open_time`].
    ///
    /// # Errors
    /// As [`Self::open_time`].
    pub fn open_variance(&self, to_expiry: TotalVariance, marks: FutureMarks) -> Result<TotalVariance, MathError> {
        let time = self.open_time(marks)?;
        if time.sum == 0 {
            return Ok(TotalVariance::ZERO);
        }
        let seconds = time.pairs.checked_mul(marks.seconds_to_expiry);
        to_expiry.scaled(time.sum, seconds.ok_or(MathError::OutOfDomain)?)
    }

    /// The time whose variance the mean of the open marks has.
    ///
    /// For q marks ahead, the first after t seconds, of m open ones, `sum_ij min(t_i, t_j)` is
    /// `q^2 t + 10 q (q - 1) (2 q - 1)` seconds, and the time is that over `m^2`.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for more marks ahead than open, marks after expiry or an expiry 2^37 seconds away.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "counts are at most 30 and seconds below 2^37, so products stay below 2^47"
    )]
    pub fn open_time(&self, marks: FutureMarks) -> Result<OpenTime, MathError> {
        let (ahead, open) = (u64::from(marks.count), u64::from(self.open));
        let pairs = (open * open).max(1);
        if ahead == 0 {
            return Ok(OpenTime { sum: 0, pairs });
        }
        let (next, expiry) = (marks.seconds_to_next, marks.seconds_to_expiry);
        if ahead > open || (next | expiry) >> 37 != 0 || next + MARK_SECONDS * (ahead - 1) > expiry {
            return Err(MathError::OutOfDomain);
        }
        let sum = ahead * ahead * next + 10 * ahead * (ahead - 1) * (2 * ahead - 1);
        Ok(OpenTime { sum, pairs })
    }

    /// Number of marks, fixed and open.
    pub fn marks(&self) -> u8 {
        self.fixed.saturating_add(self.open)
    }

    /// Open marks.
    pub const fn open(&self) -> u8 {
        self.open
    }

    /// What the fixed marks add to the average, x A, rounded down.
    pub fn fixed_part(&self) -> u64 {
        self.fixed_sum.checked_div(self.total()).unwrap_or(0)
    }

    /// The open share as an option of its own, in units of 1/n: n times the forward of the open marks, and n times the
    /// strike that the fixed marks leave for them; no strike if the fixed marks alone reach it. Exact. What scenarios
    /// price: a move of the underlying moves the first number and not the second.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a price of 2^57 or more.
    #[expect(clippy::arithmetic_side_effects, reason = "thirty prices below 2^57 stay below 2^62")]
    pub fn open_share(&self, forward: u64, strike: u64) -> Result<(u64, Option<u64>), MathError> {
        if forward >= MAX_PRICE || strike >= MAX_PRICE {
            return Err(MathError::OutOfDomain);
        }
        let open_strike = (strike * self.total()).checked_sub(self.fixed_sum);
        Ok((forward * u64::from(self.open), open_strike.filter(|strike| *strike > 0)))
    }

    /// Values and sensitivities of an option on the average at the forward price of the underlying and the variance of
    /// the open mean. A scenario shocks `forward`: fixed marks stay. Once the fixed marks alone exceed the strike the call
    /// is linear; once all are fixed it is its payoff.
    ///
    /// The out-of-the-money leg rounds down and errs by at most two units plus 1e-16 of the larger price.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a price of 2^57 or more.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "thirty prices below 2^57 sum to less than 2^62; there is at least one mark"
    )]
    pub fn option(&self, forward: u64, strike: u64, variance: TotalVariance) -> Result<AveragedOption, MathError> {
        // In units of 1/n nothing is rounded before the end.
        let total = self.total();
        let (open_forward, open_strike) = self.open_share(forward, strike)?;
        let expected = (open_forward + self.fixed_sum) / total;
        let Some(open_strike) = open_strike else {
            let value = OptionPair {
                call: expected - strike,
                put: 0,
            };
            return Ok(self.result(expected, value, &LINEAR));
        };
        let (pair, greeks) = black(open_forward, open_strike, variance)?;
        let value = if expected < strike {
            let call = pair.call / total;
            OptionPair {
                call,
                put: call + (strike - expected),
            }
        } else {
            let put = pair.put / total;
            OptionPair {
                call: put + (expected - strike),
                put,
            }
        };
        Ok(self.result(expected, value, &greeks))
    }

    /// Sensitivities of the n-fold option become the option's.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        clippy::as_conversions,
        reason = "a delta of at most 2^62 times a count fits u128 and the share of it u64; there is at least one mark"
    )]
    fn result(&self, expected: u64, value: OptionPair, greeks: &Greeks) -> AveragedOption {
        let total = self.total();
        let delta = u128::from(greeks.delta_q62) * u128::from(self.open) / u128::from(total);
        AveragedOption {
            expected,
            value,
            greeks: Greeks {
                delta_q62: delta as u64,
                gamma_cash: greeks.gamma_cash / total,
                vega_per_deviation: greeks.vega_per_deviation / total,
            },
        }
    }
}

/// Prices are below this, so that the sum of all marks is below 2^62.
const MAX_PRICE: u64 = 1 << 57;

/// The open marks, as they are.
const LINEAR: Greeks = Greeks {
    delta_q62: 1 << 62,
    gamma_cash: 0,
    vega_per_deviation: 0,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn variance(q64: u128) -> TotalVariance {
        TotalVariance::from_q64(q64).unwrap()
    }

    const fn marks(count: u8, seconds_to_next: u64, seconds_to_expiry: u64) -> FutureMarks {
        FutureMarks {
            count,
            seconds_to_next,
            seconds_to_expiry,
        }
    }

    #[test]
    fn the_variance_of_equal_times_is_the_mean_of_their_minima() {
        let of = |open, marks| {
            let average = SettlementAverage::try_new(0, 0, open).unwrap();
            average
                .open_variance(variance(3_600_000), marks)
                .map(TotalVariance::q64)
        };
        // One mark at expiry has it all; of two, at 0 and 60 seconds, a quarter of a minute each way is left.
        assert_eq!(of(1, marks(1, 3_600, 3_600)), Ok(3_600_000));
        assert_eq!(of(2, marks(2, 0, 3_600)), Ok(15_000));
        // (60 + 60 + 60 + 120) / 4 = 75 seconds.
        assert_eq!(of(2, marks(2, 60, 3_600)), Ok(75_000));
        // A due mark does not move: 60 / 4.
        assert_eq!(of(2, marks(1, 60, 3_600)), Ok(15_000));
        assert_eq!(of(2, marks(0, 0, 0)), Ok(0));
        assert_eq!(of(1, marks(1, 0, 0)), Ok(0));
    }

    #[test]
    fn refuses_marks_that_cannot_be() {
        let refused = Err(MathError::OutOfDomain);
        assert_eq!(SettlementAverage::try_new(0, 0, 0), refused);
        assert_eq!(SettlementAverage::try_new(0, 16, 15), refused);
        assert_eq!(SettlementAverage::try_new(1, 0, 1), refused);
        assert_eq!(SettlementAverage::try_new(u64::MAX, 30, 0), refused);
        assert_eq!(SettlementAverage::try_new(0, 255, 1), refused);
        let average = SettlementAverage::try_new(0, 0, 2).unwrap();
        for marks in [
            marks(3, 0, 3_600),
            marks(2, 0, 59),
            marks(1, 0, 1 << 37),
            marks(1, 1 << 37, 1 << 37),
        ] {
            assert_eq!(average.open_variance(variance(1), marks), Err(MathError::OutOfDomain));
        }
        assert_eq!(average.option(1 << 57, 1, variance(1)), Err(MathError::OutOfDomain));
        assert_eq!(average.option(1, 1 << 57, variance(1)), Err(MathError::OutOfDomain));
    }

    #[test]
    fn a_fixed_average_pays_and_no_longer_moves() {
        let average = SettlementAverage::try_new(3_000, 30, 0).unwrap();
        let (call, put) = (
            average.option(500, 90, TotalVariance::ZERO).unwrap(),
            average.option(500, 130, TotalVariance::ZERO).unwrap(),
        );
        assert_eq!((call.value.call, call.value.put, call.greeks.delta_q62), (10, 0, 0));
        assert_eq!((put.value.call, put.value.put, put.greeks.delta_q62), (0, 30, 0));
        assert_eq!(call.expected, 100);
    }

    #[test]
    fn the_leg_that_rounds_down_is_the_one_out_of_the_money() {
        // The mean of 30 marks is expected half a unit above the strike: the put is out of the money by that.
        let average = SettlementAverage::try_new(1_000 * 15 + 15, 15, 15).unwrap();
        let option = average.option(1_000, 1_000, variance(1 << 48)).unwrap();
        let (forward, strike) = average.open_share(1_000, 1_000).unwrap();
        let (pair, _) = black(forward, strike.unwrap(), variance(1 << 48)).unwrap();
        assert!(pair.call >= 30 && pair.put < 30, "{pair:?}");
        assert_eq!((option.expected, option.value.call, option.value.put), (1_000, 0, 0));
    }

    #[test]
    fn a_call_that_the_fixed_marks_decide_is_linear() {
        // Half fixed at 400: the average exceeds 150 whatever comes.
        let average = SettlementAverage::try_new(6_000, 15, 15).unwrap();
        let option = average.option(120, 150, variance(1 << 60)).unwrap();
        assert_eq!((option.expected, option.value.call, option.value.put), (260, 110, 0));
        assert_eq!(option.greeks.delta_q62, 1 << 61);
        assert_eq!(average.open_share(120, 150), Ok((1_800, None)));
        assert_eq!(average.open_share(120, 200), Ok((1_800, None)));
        assert_eq!(average.open_share(120, 201), Ok((1_800, Some(30))));
    }
}
