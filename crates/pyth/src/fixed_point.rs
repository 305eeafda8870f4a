//! From a feed's decimal numbers to e9 integers: USD x 1e9.
//!
//! Prices round down. Confidences round up: a wider interval is the safe side for every caller.

use core::num::NonZeroU64;
use core::ops::RangeInclusive;

use crate::{PriceUpdate, PythError};

/// Exponents that are converted: far more than feeds use, and powers of ten stay within 64 bits.
pub const EXPONENTS: RangeInclusive<i32> = -18..=9;

/// Decimals of an e9 integer.
const E9_DECIMALS: i32 = 9;

/// `mantissa x 10^exponent` in e9, rounded down.
///
/// # Errors
/// [`PythError::ExponentOutOfRange`] outside [`EXPONENTS`]; [`PythError::Overflow`] beyond 64 bits.
pub fn to_e9_floor(mantissa: u64, exponent: i32) -> Result<u64, PythError> {
    match Scale::of(exponent)? {
        Scale::Up(factor) => scale_up(mantissa, factor),
        #[expect(
            clippy::integer_division,
            reason = "rounds down, as named; the divisor's type excludes zero"
        )]
        Scale::Down(divisor) => Ok(mantissa / divisor),
    }
}

/// `mantissa x 10^exponent` in e9, rounded up.
///
/// # Errors
/// [`PythError::ExponentOutOfRange`] outside [`EXPONENTS`]; [`PythError::Overflow`] beyond 64 bits.
pub fn to_e9_ceil(mantissa: u64, exponent: i32) -> Result<u64, PythError> {
    match Scale::of(exponent)? {
        Scale::Up(factor) => scale_up(mantissa, factor),
        Scale::Down(divisor) => Ok(mantissa.div_ceil(divisor.get())),
    }
}

impl PriceUpdate {
    /// Price in e9, rounded down; at least 1.
    ///
    /// # Errors
    /// [`PythError::NotPositive`] also if a positive price rounds to zero, so that callers may
    /// divide by the result; else as [`to_e9_floor`].
    pub fn price_e9(&self) -> Result<u64, PythError> {
        positive_e9(self.price, self.exponent)
    }

    /// Confidence in e9, rounded up; zero only if Pyth says exactly zero.
    ///
    /// # Errors
    /// As [`to_e9_ceil`].
    pub fn conf_e9(&self) -> Result<u64, PythError> {
        to_e9_ceil(self.conf, self.exponent)
    }

    /// Pyth's moving average of the price in e9, rounded down; at least 1.
    ///
    /// # Errors
    /// As [`price_e9`](Self::price_e9).
    pub fn ema_price_e9(&self) -> Result<u64, PythError> {
        positive_e9(self.ema_price, self.exponent)
    }

    /// Pyth's moving average of the confidence in e9, rounded up.
    ///
    /// # Errors
    /// As [`to_e9_ceil`].
    pub fn ema_conf_e9(&self) -> Result<u64, PythError> {
        to_e9_ceil(self.ema_conf, self.exponent)
    }
}

pub(crate) fn positive_e9(mantissa: i64, exponent: i32) -> Result<u64, PythError> {
    if mantissa <= 0 {
        return Err(PythError::NotPositive);
    }
    match to_e9_floor(mantissa.unsigned_abs(), exponent)? {
        0 => Err(PythError::NotPositive),
        price_e9 => Ok(price_e9),
    }
}

/// The power of ten between a mantissa and its e9 integer.
enum Scale {
    Up(NonZeroU64),
    Down(NonZeroU64),
}

impl Scale {
    fn of(exponent: i32) -> Result<Self, PythError> {
        if !EXPONENTS.contains(&exponent) {
            return Err(PythError::ExponentOutOfRange);
        }
        let decimals = exponent.saturating_add(E9_DECIMALS);
        let power = 10_u64
            .checked_pow(decimals.unsigned_abs())
            .and_then(NonZeroU64::new)
            .ok_or(PythError::Overflow)?;
        Ok(if decimals < 0 {
            Self::Down(power)
        } else {
            Self::Up(power)
        })
    }
}

fn scale_up(mantissa: u64, factor: NonZeroU64) -> Result<u64, PythError> {
    mantissa.checked_mul(factor.get()).ok_or(PythError::Overflow)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use crate::VerificationLevel;

    fn update(price: i64, conf: u64, exponent: i32) -> PriceUpdate {
        PriceUpdate {
            write_authority: [0; 32],
            verification_level: VerificationLevel::Full,
            feed_id: [0; 32],
            price,
            conf,
            exponent,
            publish_time_secs: 0,
            prev_publish_time_secs: 0,
            ema_price: price,
            ema_conf: conf,
            posted_slot: 0,
        }
    }

    /// Both sides of every power of ten and of two, then a fixed pseudo-random walk over 64 bits.
    fn mantissas() -> impl Iterator<Item = u64> {
        let powers = (0..20).map(|n| 10_u64.pow(n)).chain((0..64).map(|n| 1 << n));
        let edges = powers.flat_map(|p: u64| [p - 1, p, p.saturating_add(1)]);
        let walk = core::iter::successors(Some(1_u64), |x| {
            Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1))
        });
        edges.chain([u64::MAX - 1, u64::MAX]).chain(walk.take(2_000))
    }

    /// `value_e9 = numerator / denominator`, exactly. No numerator reaches 2^64 x 1e18 < 2^127.
    fn exact_e9(mantissa: u64, exponent: i32) -> (i128, i128) {
        let ten_to = |decimals: i32| 10_i128.pow(decimals.max(0).unsigned_abs());
        let decimals = exponent + 9;
        (i128::from(mantissa) * ten_to(decimals), ten_to(-decimals))
    }

    #[test]
    fn floor_and_ceil_bracket_the_exact_value_at_every_exponent() {
        for exponent in EXPONENTS {
            for mantissa in mantissas() {
                let (numerator, denominator) = exact_e9(mantissa, exponent);
                let fits = |units: i128| u64::try_from(units).is_ok();

                match to_e9_floor(mantissa, exponent) {
                    Ok(floor) => {
                        let floor = i128::from(floor);
                        assert!(floor * denominator <= numerator, "{mantissa}e{exponent}");
                        assert!(numerator < (floor + 1) * denominator, "{mantissa}e{exponent}");
                    }
                    Err(error) => {
                        assert_eq!(error, PythError::Overflow);
                        assert!(!fits(numerator), "{mantissa}e{exponent}");
                        assert_eq!(denominator, 1);
                    }
                }
                match to_e9_ceil(mantissa, exponent) {
                    Ok(ceil) => {
                        let ceil = i128::from(ceil);
                        assert!(ceil * denominator >= numerator, "{mantissa}e{exponent}");
                        assert!(numerator > (ceil - 1) * denominator, "{mantissa}e{exponent}");
                    }
                    Err(error) => {
                        assert_eq!(error, PythError::Overflow);
                        assert!(!fits(numerator), "{mantissa}e{exponent}");
                        assert_eq!(denominator, 1);
                    }
                }
            }
        }
    }

    #[test]
    fn every_other_exponent_is_refused() {
        let below = (-1_000..-18).chain([i32::MIN, i32::MIN + 1]);
        let above = (10..1_000).chain([i32::MAX - 1, i32::MAX]);
        for exponent in below.chain(above) {
            let refused = Err(PythError::ExponentOutOfRange);
            assert_eq!(to_e9_floor(0, exponent), refused);
            assert_eq!(to_e9_ceil(0, exponent), refused);
            assert_eq!(update(1, 1, exponent).price_e9(), refused);
            assert_eq!(update(1, 1, exponent).conf_e9(), refused);
            assert_eq!(update(1, 1, exponent).ema_price_e9(), refused);
            assert_eq!(update(1, 1, exponent).ema_conf_e9(), refused);
        }
    }

    #[test]
    fn price_rounds_down_and_confidence_rounds_up() {
        // 12.3456789019 ± 12.3456789011 USD
        let update = update(123_456_789_019, 123_456_789_011, -10);
        assert_eq!(update.price_e9(), Ok(12_345_678_901));
        assert_eq!(update.ema_price_e9(), Ok(12_345_678_901));
        assert_eq!(update.conf_e9(), Ok(12_345_678_902));
        assert_eq!(update.ema_conf_e9(), Ok(12_345_678_902));
    }

    #[test]
    fn average_is_converted_from_its_own_fields() {
        let update = PriceUpdate {
            ema_price: 7,
            ema_conf: 8,
            ..update(1, 2, -9)
        };
        assert_eq!(update.price_e9(), Ok(1));
        assert_eq!(update.conf_e9(), Ok(2));
        assert_eq!(update.ema_price_e9(), Ok(7));
        assert_eq!(update.ema_conf_e9(), Ok(8));
    }

    #[test]
    fn price_that_is_not_positive_is_refused() {
        for price in [i64::MIN, -1, 0] {
            for exponent in EXPONENTS {
                let update = update(price, 0, exponent);
                assert_eq!(update.price_e9(), Err(PythError::NotPositive));
                assert_eq!(update.ema_price_e9(), Err(PythError::NotPositive));
            }
        }
    }

    #[test]
    fn positive_price_below_one_unit_is_refused() {
        assert_eq!(update(9, 0, -10).price_e9(), Err(PythError::NotPositive));
        assert_eq!(update(10, 0, -10).price_e9(), Ok(1));
    }

    #[test]
    fn zero_confidence_stays_zero_and_any_other_does_not() {
        assert_eq!(update(1, 0, -18).conf_e9(), Ok(0));
        assert_eq!(update(1, 1, -18).conf_e9(), Ok(1));
    }

    #[test]
    fn value_beyond_64_bits_overflows() {
        assert_eq!(update(i64::MAX, u64::MAX, -9).price_e9(), Ok(i64::MAX.unsigned_abs()));
        assert_eq!(update(i64::MAX, u64::MAX, -9).conf_e9(), Ok(u64::MAX));
        assert_eq!(update(i64::MAX, 0, -8).price_e9(), Err(PythError::Overflow));
        assert_eq!(update(1, u64::MAX, -8).conf_e9(), Err(PythError::Overflow));
    }
}
