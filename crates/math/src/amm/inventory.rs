//! The volatility that the pool quotes as a function of its inventory.

use crate::MathError;
use crate::fixed::mul_q56;
use crate::quantity::{E9, Ratio, Value};
use crate::special::ONE_Q56;

/// What a trader does with the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Buys options from the pool, at its ask: the pool's net vega falls.
    Buy,
    /// Sells options to the pool, at its bid: the pool's net vega rises.
    Sell,
}

/// The rule of the volatility multiplier, x being net vega over its cap:
/// `clamp(1 - shift x, floor, ceiling) +- min(half_spread + half_spread_slope |x|, half_spread_cap)`.
///
/// Source: the optimal quote of a vega-bounded book shifts in proportion to its net vega (Baldacci, Bergault and Gueant,
/// arXiv:1907.12433); all terms are relative to the surface's volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InventoryParams {
    /// Net vega at which x is one: USD per 1.00 of volatility.
    pub vega_cap: Value,
    /// Fall of the multiplier from x = 0 to x = 1, at most 4.
    pub shift: Ratio,
    /// Least multiplier before the half-spread, at most one.
    pub floor: Ratio,
    /// Greatest multiplier before the half-spread, from one to 4.
    pub ceiling: Ratio,
    /// Half-spread at no inventory.
    pub half_spread: Ratio,
    /// What |x| = 1 adds to the half-spread; at most `shift`.
    pub half_spread_slope: Ratio,
    /// Greatest half-spread; the floor exceeds it by an eighth at least.
    pub half_spread_cap: Ratio,
}

/// A checked [`InventoryParams`]: piecewise linear in x, and never rising with x on either side (but by two units of
/// 2^-56, the roundings of slopes and kinks: `proofs/amm.py`), so a larger order never
/// has a better average price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InventoryCurve {
    vega_cap_e9: i64,
    shift_q56: i64,
    floor_q56: i64,
    ceiling_q56: i64,
    half_spread_q56: i64,
    slope_q56: i64,
    half_spread_cap_q56: i64,
    /// Where the slope changes, ascending.
    kinks_q56: [i64; 5],
}

/// |x| that a path may reach.
const MAX_POSITION_Q56: i64 = 16 * ONE_Q56;
/// A kink that no path reaches.
const NO_KINK_Q56: i64 = i64::MAX;

impl InventoryCurve {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a cap that is not positive, a parameter outside the range that its field states,
    /// or where the half-spread still grows beyond a clamp of the shift: there the ask would fall as the pool sells.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "each parameter is at most 4 in Q56 when it is used in a sum"
    )]
    pub fn try_new(params: &InventoryParams) -> Result<Self, MathError> {
        let q56 = |ratio: Ratio| ratio_q56(ratio).ok_or(MathError::OutOfDomain);
        let (shift, floor, ceiling) = (q56(params.shift)?, q56(params.floor)?, q56(params.ceiling)?);
        let (spread, slope) = (q56(params.half_spread)?, q56(params.half_spread_slope)?);
        let cap = q56(params.half_spread_cap)?;
        let ordered = floor <= ONE_Q56 && ceiling >= ONE_Q56 && spread <= cap && slope <= shift;
        if !ordered || params.vega_cap <= Value::ZERO || floor - cap < ONE_Q56 >> 3 {
            return Err(MathError::OutOfDomain);
        }
        let lowest = kink_q56(ONE_Q56 - floor, shift);
        let highest = kink_q56(ceiling - ONE_Q56, shift);
        let widest = if slope == 0 { 0 } else { kink_q56(cap - spread, slope) };
        if widest > lowest.min(highest) {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self {
            vega_cap_e9: params.vega_cap.e9(),
            shift_q56: shift,
            floor_q56: floor,
            ceiling_q56: ceiling,
            half_spread_q56: spread,
            slope_q56: slope,
            half_spread_cap_q56: cap,
            kinks_q56: [-highest, -widest, 0, widest, lowest],
        })
    }

    /// Net vega over its cap, Q56, rounded down.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] beyond sixteen caps.
    pub(super) fn position_q56(&self, vega: Value) -> Result<i64, MathError> {
        let position = (i128::from(vega.e9()) << 56).div_euclid(i128::from(self.vega_cap_e9));
        match i64::try_from(position) {
            Ok(position) if position.unsigned_abs() <= MAX_POSITION_Q56.unsigned_abs() => Ok(position),
            _ => Err(MathError::OutOfDomain),
        }
    }

    /// The multiplier at a position within sixteen caps, before `base` scales it, each product rounded down.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "|x| <= 16 and slopes <= 4 give products within 64 in Q56; the sums stay below 2^63"
    )]
    fn unscaled_q56(&self, side: Side, position_q56: i64) -> i64 {
        let shift = (ONE_Q56 - mul_q56(self.shift_q56, position_q56)).clamp(self.floor_q56, self.ceiling_q56);
        let widened = self.half_spread_q56 + mul_q56(self.slope_q56, position_q56.abs());
        let half_spread = widened.min(self.half_spread_cap_q56);
        match side {
            Side::Buy => shift + half_spread,
            Side::Sell => shift - half_spread,
        }
    }

    /// The multiplier of the posted volatility at a position: `base` times the rule's.
    pub(super) fn multiplier_q56(&self, side: Side, position_q56: i64, base_q56: i64) -> i64 {
        mul_q56(base_q56, self.unscaled_q56(side, position_q56))
    }

    /// The multiplier without half-spread at a net vega, x 1e9, rounded down: what the pool's mid is to its base.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] beyond sixteen caps.
    #[expect(clippy::arithmetic_side_effects, reason = "the shift's product is within 64 in Q56")]
    pub fn mid(&self, vega: Value) -> Result<Ratio, MathError> {
        let position = self.position_q56(vega)?;
        let mid = (ONE_Q56 - mul_q56(self.shift_q56, position)).clamp(self.floor_q56, self.ceiling_q56);
        ratio_from_q56(mid)
    }

    /// The first kink strictly between two positions on the way from one to the other, or the end.
    pub(super) fn next_stop_q56(&self, from_q56: i64, to_q56: i64) -> i64 {
        if from_q56 < to_q56 {
            let ahead = self.kinks_q56.iter().copied().find(|kink| *kink > from_q56);
            ahead.unwrap_or(to_q56).min(to_q56)
        } else {
            let ahead = self.kinks_q56.iter().rev().copied().find(|kink| *kink < from_q56);
            ahead.unwrap_or(to_q56).max(to_q56)
        }
    }
}

/// Where `slope x` reaches `height`, Q56, rounded down; out of reach if never.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "59 + 56 bits fit i128; the slope was checked"
)]
fn kink_q56(height_q56: i64, slope_q56: i64) -> i64 {
    if slope_q56 == 0 {
        return NO_KINK_Q56;
    }
    i64::try_from((i128::from(height_q56) << 56) / i128::from(slope_q56)).unwrap_or(NO_KINK_Q56)
}

/// A ratio of at most 4 as Q56, rounded down.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "33 + 56 bits fit u128; the divisor is a constant"
)]
pub(super) fn ratio_q56(ratio: Ratio) -> Option<i64> {
    if ratio.e9() > 4 * E9 {
        return None;
    }
    i64::try_from((u128::from(ratio.e9()) << 56) / u128::from(E9)).ok()
}

/// A non-negative Q56 as a ratio, rounded down.
#[expect(clippy::arithmetic_side_effects, reason = "63 + 30 bits fit i128")]
pub(super) fn ratio_from_q56(q56: i64) -> Result<Ratio, MathError> {
    let e9 = (i128::from(q56) * i128::from(E9)) >> 56;
    u64::try_from(e9)
        .map(Ratio::from_e9)
        .map_err(|_| MathError::OutOfDomain)
}
