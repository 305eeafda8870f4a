//! Implied volatility: solved for views and tests, checked against a witness in programs.

use super::implied_search::Target;
use super::{OptionKind, TotalVariance, Volatility, black};
use crate::MathError;
use crate::special::ln_ratio_q56;

/// An option and an undiscounted price of it, all in one scale of the caller's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionQuote {
    /// Call or put.
    pub kind: OptionKind,
    /// Forward, from 1 to below 2^63.
    pub forward: u64,
    /// Strike, from 1 to below 2^63.
    pub strike: u64,
    /// Price with 64 fractional bits, because far out of the money it is much smaller than the forward.
    pub price_q64: u128,
}

/// Why a price has no implied volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImpliedError {
    /// Forward, strike or time lie outside their range.
    OutOfDomain,
    /// The price is at or below intrinsic value.
    NoTimeValue,
    /// The price is at or above its bound: the forward for a call, the strike for a put.
    AboveMaximum,
    /// The standard deviation lies below 1e-12, or beyond what the search can resolve.
    Unresolvable,
    /// The witness's price differs by more than the tick.
    Mismatch,
}

impl core::fmt::Display for ImpliedError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::OutOfDomain => "forward, strike or time lie outside their range",
            Self::NoTimeValue => "the price is at or below intrinsic value",
            Self::AboveMaximum => "the price is at or above what the option can be worth",
            Self::Unresolvable => "the volatility cannot be resolved",
            Self::Mismatch => "the price at the given volatility differs by more than the tick",
        })
    }
}

impl core::error::Error for ImpliedError {}

impl From<MathError> for ImpliedError {
    fn from(_: MathError) -> Self {
        Self::OutOfDomain
    }
}

/// About 1e-12: below it an option at the money is worth less than 4e-13 of its forward.
const MIN_DEVIATION_Q56: i64 = 1 << 16;

/// The standard deviation s = sigma sqrt(T) at which Black's formula gives the price, Q56.
///
/// Error at most 3e-16 + 2e-15 s from the arithmetic (the price itself is taken as exact). An error e of the logarithm of
/// the price moves s by D e with D < min(4.5 s, 3.5), where e <= 2e-16; the Mills ratios add 2e-17, the logarithm k of
/// F/K 8e-17 times |d1| D/s < 1.8, and the search ends within two units of the last place.
///
/// # Errors
/// [`ImpliedError`]; never a number for a price outside (intrinsic, maximum).
pub fn implied_deviation(quote: &OptionQuote) -> Result<i64, ImpliedError> {
    let least = quote.forward.min(quote.strike);
    let value_q64 = quote.time_value_q64()?;
    let k_q56 = ln_ratio_q56(quote.forward.max(quote.strike), least)?;
    Target::new(k_q56, value_q64, least)?
        .search()
        .filter(|s_q56| *s_q56 >= MIN_DEVIATION_Q56)
        .ok_or(ImpliedError::Unresolvable)
}

/// The total variance at which Black's formula gives the price, rounded down to 2^-64.
///
/// # Errors
/// As [`implied_deviation`].
#[expect(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a deviation is positive and below 2^62, so its square is below 2^124"
)]
pub fn implied_variance(quote: &OptionQuote) -> Result<TotalVariance, ImpliedError> {
    let s = implied_deviation(quote)? as u128;
    Ok(TotalVariance::from_q64((s * s) >> 48)?)
}

/// The volatility per year at which Black's formula gives the price, for the time to expiry.
///
/// # Errors
/// As [`implied_deviation`]; [`ImpliedError::OutOfDomain`] also for no time.
pub fn implied_volatility(quote: &OptionQuote, seconds_to_expiry: u64) -> Result<Volatility, ImpliedError> {
    Ok(Volatility::of_deviation(implied_deviation(quote)?, seconds_to_expiry)?)
}

/// Checks a claimed total variance with one pricing: |Black(variance) - price| <= tick, and the price lies strictly
/// between intrinsic value and maximum. What a program does in place of a search.
///
/// The kernel's own error, two units of the scale, counts as part of the tick. Where vega is small many variances pass;
/// the caller bounds them by other means.
///
/// # Errors
/// [`ImpliedError::Mismatch`], and as [`implied_deviation`] for prices out of range.
pub fn check_implied(quote: &OptionQuote, variance: TotalVariance, tick_q64: u128) -> Result<(), ImpliedError> {
    quote.time_value_q64()?;
    let (pair, _) = black(quote.forward, quote.strike, variance)?;
    let model = match quote.kind {
        OptionKind::Call => pair.call,
        OptionKind::Put => pair.put,
    };
    if (u128::from(model) << 64).abs_diff(quote.price_q64) > tick_q64 {
        return Err(ImpliedError::Mismatch);
    }
    Ok(())
}

impl OptionQuote {
    /// Value of the out-of-the-money leg, Q64, by parity: strictly between zero and the lesser of forward and strike.
    fn time_value_q64(&self) -> Result<u128, ImpliedError> {
        if self.forward == 0 || self.strike == 0 || self.forward >> 63 != 0 || self.strike >> 63 != 0 {
            return Err(ImpliedError::OutOfDomain);
        }
        let intrinsic = match self.kind {
            OptionKind::Call => self.forward.saturating_sub(self.strike),
            OptionKind::Put => self.strike.saturating_sub(self.forward),
        };
        let value = self
            .price_q64
            .checked_sub(u128::from(intrinsic) << 64)
            .filter(|value| *value > 0)
            .ok_or(ImpliedError::NoTimeValue)?;
        if value >= u128::from(self.forward.min(self.strike)) << 64 {
            return Err(ImpliedError::AboveMaximum);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIANCE: u128 = 1 << 58;

    fn quote(price_q64: u128) -> OptionQuote {
        OptionQuote {
            kind: OptionKind::Call,
            forward: 1_000_000,
            strike: 1_100_000,
            price_q64,
        }
    }

    #[test]
    fn a_price_may_be_a_tick_off_on_either_side() {
        let variance = TotalVariance::from_q64(VARIANCE).unwrap();
        let (pair, _) = black(1_000_000, 1_100_000, variance).unwrap();
        let model_q64 = u128::from(pair.call) << 64;
        for price_q64 in [model_q64 - 5, model_q64 + 5] {
            assert_eq!(check_implied(&quote(price_q64), variance, 5), Ok(()));
            assert_eq!(
                check_implied(&quote(price_q64), variance, 4),
                Err(ImpliedError::Mismatch)
            );
        }
    }

    #[test]
    fn prices_lie_strictly_between_intrinsic_value_and_maximum() {
        let value = |forward, strike, price_q64| {
            let quote = OptionQuote {
                forward,
                strike,
                ..quote(price_q64)
            };
            quote.time_value_q64()
        };
        assert_eq!(value(3, 2, 1 << 64), Err(ImpliedError::NoTimeValue));
        assert_eq!(value(3, 2, (1 << 64) + 1), Ok(1));
        assert_eq!(value(3, 2, (3 << 64) - 1), Ok((2 << 64) - 1));
        assert_eq!(value(3, 2, 3 << 64), Err(ImpliedError::AboveMaximum));
        let largest = (1 << 63) - 1;
        assert_eq!(value(largest, largest, 1), Ok(1));
        for (forward, strike) in [(0, 2), (2, 0), (1 << 63, 2), (2, 1 << 63)] {
            assert_eq!(value(forward, strike, 1), Err(ImpliedError::OutOfDomain));
        }
    }
}
