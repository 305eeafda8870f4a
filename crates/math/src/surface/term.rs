//! Between expiries.
//!
//! Total variance is interpolated linearly in time at fixed log-moneyness, which keeps calendar order (Gatheral and
//! Jacquier, arXiv:1204.0646, lemma 5.1). Before the first and after the last expiry volatility is constant, so total
//! variance is proportional to time.
//!
//! Order with rounding: each piece is the floor of a number that does not fall in time (w1 <= w2 make the mean
//! w1 (T2 - T) + w2 (T - T1) not fall), the floor keeps that, and both pieces at an expiry give that expiry's variance
//! exactly. So the result does not fall from one second to the next, to the last bit.

use super::{CalendarError, Slice, check_calendar};
use crate::MathError;
use crate::pricing::TotalVariance;

/// Total variance at one time to expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermPoint {
    /// Seconds to expiry, below 2^47.
    pub seconds: u64,
    /// Total variance to then.
    pub variance: TotalVariance,
}

/// Total variance between two expiries, linear in time and rounded down; exact at both ends.
///
/// # Errors
/// [`MathError::OutOfDomain`] if `seconds` lies outside [near, far], near is not before far, far is 2^47 seconds or more,
/// or variance falls from near to far.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "near <= seconds <= far were checked, so no difference is negative; a variance is below 2^80 and each weight \
              below 2^47, so the sum is below 2^128; the divisor is positive"
)]
pub fn interpolate(near: TermPoint, far: TermPoint, seconds: u64) -> Result<TotalVariance, MathError> {
    let in_order = near.seconds <= seconds
        && seconds <= far.seconds
        && near.seconds < far.seconds
        && far.seconds >> 47 == 0
        && near.variance <= far.variance;
    if !in_order {
        return Err(MathError::OutOfDomain);
    }
    let before = near.variance.q64() * u128::from(far.seconds - seconds);
    let after = far.variance.q64() * u128::from(seconds - near.seconds);
    TotalVariance::from_q64((before + after) / u128::from(far.seconds - near.seconds))
}

/// Total variance at constant volatility, rounded down: w T / T_0. Before the first expiry and after the last.
///
/// # Errors
/// [`MathError::DivideByZero`] if the point is at no time; [`MathError::OutOfDomain`] for 2^47 seconds or more, or if the
/// result is 2^16 or more.
pub fn scale_in_time(point: TermPoint, seconds: u64) -> Result<TotalVariance, MathError> {
    if seconds >> 47 != 0 {
        return Err(MathError::OutOfDomain);
    }
    point.variance.scaled(seconds, point.seconds)
}

/// One expiry of a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Seconds to expiry.
    pub seconds: u64,
    /// Its slice.
    pub slice: Slice,
}

/// Slices of rising expiries, each pair of neighbours in calendar order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface<'a> {
    expiries: &'a [Expiry],
}

/// Why slices do not make a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermError {
    /// There is no slice.
    Empty,
    /// Expiries must rise, from above zero to below 2^47 seconds.
    Order,
    /// Two neighbours are not in calendar order.
    Calendar(CalendarError),
}

impl core::fmt::Display for TermError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => formatter.write_str("there is no slice"),
            Self::Order => formatter.write_str("expiries do not rise"),
            Self::Calendar(error) => error.fmt(formatter),
        }
    }
}

impl core::error::Error for TermError {}

impl<'a> Surface<'a> {
    /// Accepts slices by rising expiry.
    ///
    /// # Errors
    /// [`TermError`].
    pub fn try_new(expiries: &'a [Expiry]) -> Result<Self, TermError> {
        let (Some(first), Some(last)) = (expiries.first(), expiries.last()) else {
            return Err(TermError::Empty);
        };
        if first.seconds == 0 || last.seconds >> 47 != 0 {
            return Err(TermError::Order);
        }
        for (near, far) in expiries.iter().zip(expiries.iter().skip(1)) {
            if near.seconds >= far.seconds {
                return Err(TermError::Order);
            }
            check_calendar(&near.slice, &far.slice).map_err(TermError::Calendar)?;
        }
        Ok(Self { expiries })
    }

    /// Total variance at a log-moneyness ln(F/K), where F is the forward to the time asked for, and a time to expiry;
    /// rounded down.
    ///
    /// Each slice counts for at least its predecessor, so the last bits that rounding may have crossed do no harm and the
    /// result does not fall with time, exactly.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for 2^47 seconds or more, or if the result is 2^16 or more.
    pub fn total_variance(&self, log_moneyness_q56: i64, seconds: u64) -> Result<TotalVariance, MathError> {
        let point = |expiry: &Expiry| -> Result<TermPoint, MathError> {
            Ok(TermPoint {
                seconds: expiry.seconds,
                variance: expiry.slice.total_variance(log_moneyness_q56)?,
            })
        };
        let mut near: Option<TermPoint> = None;
        for expiry in self.expiries {
            let mut far = point(expiry)?;
            if let Some(near) = near {
                far.variance = far.variance.max(near.variance);
            }
            if seconds <= expiry.seconds {
                return match near {
                    Some(near) => interpolate(near, far, seconds),
                    None => scale_in_time(far, seconds),
                };
            }
            near = Some(far);
        }
        near.ok_or(MathError::OutOfDomain)
            .and_then(|last| scale_in_time(last, seconds))
    }
}
