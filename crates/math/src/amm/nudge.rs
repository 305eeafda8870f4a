//! How the surface learns from the pool's trades.

use crate::pricing::TotalVariance;
use crate::quantity::{E9, Ratio, SECONDS_PER_HOUR, UnixSeconds};
use crate::special::{LN_2_Q56, ONE_Q56, exp_neg_q62, ln_u64_q56};
use crate::{MathError, Round, mul_div};

/// Shortest time over which the pool's mid is averaged: one hour.
pub const MIN_WINDOW_SECONDS: u64 = SECONDS_PER_HOUR;

const MIN_LEVEL_E9: u64 = E9 >> 2;
const MAX_LEVEL_E9: u64 = 4 * E9;

/// Two multipliers of the posted volatility: the surface's level, and the pool's base, which is the level plus an
/// offset. The pool quotes from the base, so a nudge that moves the level and takes the same from the offset leaves its
/// quotes as they were; only the bound at the mark follows the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    level: Ratio,
    offset_e9: i64,
}

impl Default for Anchor {
    fn default() -> Self {
        Self {
            level: Ratio::ONE,
            offset_e9: 0,
        }
    }
}

impl Anchor {
    /// A level and an offset x 1e9.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless level and base both lie in [1/4, 4].
    pub fn try_new(level: Ratio, offset_e9: i64) -> Result<Self, MathError> {
        let anchor = Self { level, offset_e9 };
        let inside = |ratio: Ratio| (MIN_LEVEL_E9..=MAX_LEVEL_E9).contains(&ratio.e9());
        if inside(level) && inside(anchor.base()?) {
            Ok(anchor)
        } else {
            Err(MathError::OutOfDomain)
        }
    }

    /// Multiplier of the posted volatility at which options are marked.
    pub const fn level(self) -> Ratio {
        self.level
    }

    /// What the pool's base exceeds the level by, x 1e9.
    pub const fn offset_e9(self) -> i64 {
        self.offset_e9
    }

    /// Multiplier of the posted volatility from which the pool quotes: level plus offset, exact.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if negative.
    pub fn base(self) -> Result<Ratio, MathError> {
        self.level
            .e9()
            .checked_add_signed(self.offset_e9)
            .map(Ratio::from_e9)
            .ok_or(MathError::OutOfDomain)
    }

    /// Posted variance at the level: what options are marked at. Rounded down, by at most 2e-12 of itself.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the result is 2^16 or more.
    pub fn marked(self, posted: TotalVariance) -> Result<TotalVariance, MathError> {
        posted.times_square_q40(factor_q40(self.level)?)
    }

    /// Posted variance at the base: what the pool measures its greeks at. Rounded down, by at most 2e-12 of itself.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] if the result is 2^16 or more.
    pub fn based(self, posted: TotalVariance) -> Result<TotalVariance, MathError> {
        posted.times_square_q40(factor_q40(self.base()?)?)
    }

    /// The anchor after the level has moved toward the average mid of the pool by at most `max_step`, and within
    /// [1/4, 4]. The base is the same to the last bit.
    ///
    /// # Errors
    /// [`MathError::Overflow`] never for a mid below 2^63.
    pub fn nudged(self, average_mid: Ratio, max_step: Ratio) -> Result<Self, MathError> {
        let target = average_mid.e9().clamp(MIN_LEVEL_E9, MAX_LEVEL_E9);
        let step = target.abs_diff(self.level.e9()).min(max_step.e9());
        let step = i64::try_from(step).map_err(|_| MathError::Overflow)?;
        let gain = if target >= self.level.e9() {
            Some(step)
        } else {
            step.checked_neg()
        };
        let gain = gain.ok_or(MathError::Overflow)?;
        let level = self.level.e9().checked_add_signed(gain).ok_or(MathError::Overflow)?;
        let offset_e9 = self.offset_e9.checked_sub(gain).ok_or(MathError::Overflow)?;
        Self::try_new(Ratio::from_e9(level), offset_e9)
    }
}

/// A ratio of at most 4 as the factor that [`TotalVariance::times_square_q40`] takes, rounded down.
fn factor_q40(ratio: Ratio) -> Result<u64, MathError> {
    mul_div(ratio.e9(), 1 << 40, E9, Round::Down)
}

/// The running integral of the logarithm of the pool's mid, from which its geometric average over any window follows. A
/// mid counts for the time that it stood: what one transaction or one second does to it weighs nothing or a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MidAverage {
    integral_q56: i128,
    logarithm_q56: i64,
    at: UnixSeconds,
}

impl MidAverage {
    /// Starts with a mid at a time.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a mid of zero.
    pub fn starting(mid: Ratio, now: UnixSeconds) -> Result<Self, MathError> {
        Ok(Self {
            integral_q56: 0,
            logarithm_q56: ln_u64_q56(mid.e9())?,
            at: now,
        })
    }

    /// The integral up to `now`, from where on `mid` stands.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a mid of zero; [`MathError::Overflow`] after 2^64 seconds.
    pub fn recorded(self, mid: Ratio, now: UnixSeconds) -> Result<Self, MathError> {
        let stood = i128::from(self.logarithm_q56)
            .checked_mul(i128::from(now.since(self.at)))
            .ok_or(MathError::Overflow)?;
        Ok(Self {
            integral_q56: self.integral_q56.checked_add(stood).ok_or(MathError::Overflow)?,
            logarithm_q56: ln_u64_q56(mid.e9())?,
            at: now.max(self.at),
        })
    }

    /// Geometric average of the mid since an earlier state of the same integral, to within 1e-9 and 1e-15 of itself.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] over less than [`MIN_WINDOW_SECONDS`]; [`MathError::Overflow`].
    pub fn since(self, earlier: Self) -> Result<Ratio, MathError> {
        let window = self.at.since(earlier.at);
        if window < MIN_WINDOW_SECONDS {
            return Err(MathError::OutOfDomain);
        }
        let gained = self
            .integral_q56
            .checked_sub(earlier.integral_q56)
            .ok_or(MathError::Overflow)?;
        let mean = gained.div_euclid(i128::from(window));
        exp_e9(i64::try_from(mean).map_err(|_| MathError::Overflow)?).map(Ratio::from_e9)
    }
}

/// exp(x) for 0 <= x < 32 in Q56, rounded to the nearest unit: 2^n times a number in (1/2, 1].
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "x / ln 2 is below 47; a mantissa of at most 2^62 shifted by at most 64 fits u128"
)]
fn exp_e9(x_q56: i64) -> Result<u64, MathError> {
    if !(0..64 * (ONE_Q56 >> 1)).contains(&x_q56) {
        return Err(MathError::Overflow);
    }
    let halvings = x_q56 / LN_2_Q56 + 1;
    let mantissa_q62 = exp_neg_q62(halvings * LN_2_Q56 - x_q56);
    let shift = u32::try_from(62 - halvings).map_err(|_| MathError::Overflow)?;
    let half = (1_u64 << shift) >> 1;
    Ok((mantissa_q62.unsigned_abs() + half) >> shift)
}
