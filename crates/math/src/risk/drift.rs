//! Moving a strike's numbers from the spot price at which they were computed to the present one.
//!
//! A call's value is convex in the price of the underlying. Over a relative step `d` a scenario at move m sits at
//! `m + d (1 + m)`, so its value changes by that distance times a slope between those of the chords to its neighbours. The
//! middle of the two slopes is linear in the array, so an account takes it from its own sums; how far the true slope can
//! be from the middle is a number of the strike alone, its *drift*, which every lot adds to the account's doubt.
//! Volatility moves too, since a slice is a function of moneyness: by at most the steepest slope of the slice.
//!
//! A rule that used the account's own chords alone would not hold: longs and shorts that cancel at the grid's points can
//! leave any slope between them.

use super::scenario::{MOVES, PRICE_MOVES, PriceShocks, SCENARIOS, VolatilityShocks, scenario};
use crate::pricing::TotalVariance;
use crate::quantity::E9;
use crate::{MathError, Round, mul_div};

/// Moves of the grid beside the first: their place for quarters of -4..=4 of the range.
const PLACE_OF_QUARTER: [usize; 9] = [8, 6, 4, 2, 0, 1, 3, 5, 7];
/// Scenario of no move with volatility up: the inner neighbour of the tails.
const UNMOVED_UP: usize = 2;
/// First tail.
const FIRST_TAIL: usize = 27;

/// The scenarios below and above one at the same volatility, where the set has them. Tails take the unmoved scenario as
/// their inner neighbour, whatever the range.
pub(super) fn neighbours(index: usize) -> (Option<usize>, Option<usize>) {
    NEIGHBOURS.get(index).copied().unwrap_or((None, None))
}

const NEIGHBOURS: [(Option<usize>, Option<usize>); SCENARIOS] = all_neighbours();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler"
)]
const fn all_neighbours() -> [(Option<usize>, Option<usize>); SCENARIOS] {
    let mut all = [(None, None); SCENARIOS];
    let mut quarter = 0;
    while quarter < PLACE_OF_QUARTER.len() {
        let mut shock = 0;
        while shock < 3 {
            let below = if quarter > 0 {
                Some(3 * PLACE_OF_QUARTER[quarter - 1] + shock)
            } else {
                None
            };
            let above = if quarter < 8 {
                Some(3 * PLACE_OF_QUARTER[quarter + 1] + shock)
            } else {
                None
            };
            all[3 * PLACE_OF_QUARTER[quarter] + shock] = (below, above);
            shock += 1;
        }
        quarter += 1;
    }
    all[FIRST_TAIL] = (None, Some(FIRST_TAIL + 1));
    all[FIRST_TAIL + 1] = (Some(FIRST_TAIL), Some(UNMOVED_UP));
    all[FIRST_TAIL + 2] = (Some(UNMOVED_UP), Some(FIRST_TAIL + 3));
    all[FIRST_TAIL + 3] = (Some(FIRST_TAIL + 2), Some(FIRST_TAIL + 4));
    all[FIRST_TAIL + 4] = (Some(FIRST_TAIL + 3), Some(FIRST_TAIL + 5));
    all[FIRST_TAIL + 5] = (Some(FIRST_TAIL + 4), None);
    all
}

/// What a strike's outer scenarios need besides its array: its results one quarter of the range beyond the grid's ends,
/// by volatility shock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OuterResults {
    /// At -5/4 of the range.
    pub(super) below_e9: [i64; 3],
    /// At +5/4 of the range.
    pub(super) above_e9: [i64; 3],
}

/// A bound on how far a lot's results can be from their re-centred values, per unit of relative step.
pub(super) struct StrikeDrift<'a> {
    pub(super) pnl_e9: &'a [i64; SCENARIOS],
    pub(super) outer: OuterResults,
    /// Discounted forward of a lot: the steepest slope of a call by the relative move.
    pub(super) forward_e9: u64,
    /// Slope of the unshocked call by the relative move: forward times delta.
    pub(super) slope_e9: u64,
}

/// Each entry of an array may be two units off, and a second difference takes four of them.
const ROUNDING_UNITS: i64 = 8;

impl StrikeDrift<'_> {
    /// The larger of the scenarios' and the mark's, without what volatility adds. Rounds up.
    ///
    /// # Errors
    /// [`MathError::Overflow`]; [`MathError::OutOfDomain`] never.
    pub(super) fn per_step_e9(&self, shocks: &PriceShocks) -> Result<u64, MathError> {
        let spacing_e9 = shocks.move_e9(1).unsigned_abs();
        let of_mark = self.of_mark(spacing_e9)?;
        let mut largest = of_mark;
        for quarter in 0..PLACE_OF_QUARTER.len() {
            largest = largest.max(self.of_quarter(quarter, shocks, spacing_e9)?);
        }
        for tail in FIRST_TAIL..SCENARIOS {
            largest = largest.max(self.of_tail(tail, of_mark, shocks)?);
        }
        Ok(largest)
    }

    /// Half the difference of the chords to both sides of a grid move, or the whole one at an end, where the account's sums
    /// know one chord only; the steepest of the three volatilities.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "results are below 2^62 in magnitude with the rest of a lot's values, so twice one fits i128; places \
                  beside an inner quarter exist"
    )]
    fn of_quarter(&self, quarter: usize, shocks: &PriceShocks, spacing_e9: u64) -> Result<u64, MathError> {
        let at = |quarter: usize, shock: usize| {
            let place = PLACE_OF_QUARTER.get(quarter).copied().unwrap_or(0);
            self.pnl_e9.get(3 * place + shock).copied().unwrap_or(0)
        };
        let mut second = 0_i128;
        for (shock, (low, high)) in self.outer.below_e9.iter().zip(self.outer.above_e9).enumerate() {
            let below = if quarter == 0 { *low } else { at(quarter - 1, shock) };
            let above = if quarter == 8 { high } else { at(quarter + 1, shock) };
            let middle = i128::from(at(quarter, shock));
            second = second.max(i128::from(below) + i128::from(above) - 2 * middle);
        }
        let second = u64::try_from(second + i128::from(ROUNDING_UNITS)).map_err(|_| MathError::Overflow)?;
        let is_end = quarter == 0 || quarter == 8;
        let width = if is_end { spacing_e9 } else { 2 * spacing_e9 };
        let place = PLACE_OF_QUARTER.get(quarter).copied().unwrap_or(0);
        mul_div(second, shocks.moved_e9(place)?, width, Round::Up)
    }

    /// The same for a tail, times its weight w. Equity and w times a result are 1 - w of the mark's error and w of the
    /// value's in the tail. Beyond the outermost tails a call's slope is between zero and the forward.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "slopes are at most the forward and a few units of rounding, below 2^63"
    )]
    fn of_tail(&self, tail: usize, of_mark: u64, shocks: &PriceShocks) -> Result<u64, MathError> {
        let (below, above) = neighbours(tail);
        let slope = |low: usize, high: usize| -> Result<u64, MathError> {
            let result = |index: usize| self.pnl_e9.get(index).copied().unwrap_or(0);
            let rise = (i128::from(result(high)) - i128::from(result(low))).max(0);
            let rise = u64::try_from(rise).map_err(|_| MathError::Overflow)?;
            let run = shocks.move_e9(scenario(high).price_move) - shocks.move_e9(scenario(low).price_move);
            mul_div(rise, E9, run.unsigned_abs(), Round::Up)
        };
        let flattest = below.map_or(Ok(0), |below| slope(below, tail))?;
        let steepest = above.map_or(Ok(self.forward_e9), |above| slope(tail, above))?;
        let rounding = ROUNDING_UNITS.unsigned_abs() * 8;
        let difference = steepest.saturating_sub(flattest) + rounding;
        let width = if below.is_some() && above.is_some() {
            difference.div_ceil(2)
        } else {
            difference
        };
        let place = scenario(tail).price_move;
        let moved = mul_div(width, shocks.moved_e9(place)?, E9, Round::Up)?;
        let weighted = |value: u64| -> Result<u64, MathError> {
            let value = i64::try_from(value).map_err(|_| MathError::Overflow)?;
            Ok(shocks.weighted(place, value).unsigned_abs())
        };
        let of_rest = of_mark.saturating_sub(weighted(of_mark)?);
        Ok(weighted(moved)?.saturating_add(of_rest).saturating_add(2))
    }

    /// How far the tangent at the mark is from the chords beside it.
    fn of_mark(&self, spacing_e9: u64) -> Result<u64, MathError> {
        let result = |index: usize| self.pnl_e9.get(index).copied().unwrap_or(0).unsigned_abs();
        // Places 1 and 2 are a quarter up and down, each with flat volatility in the middle.
        let rising = mul_div(result(4).saturating_add(4), E9, spacing_e9, Round::Up)?;
        let falling = mul_div(result(7).saturating_sub(4), E9, spacing_e9, Round::Down)?;
        let (above, below) = (
            rising.saturating_sub(self.slope_e9),
            self.slope_e9.saturating_sub(falling),
        );
        Ok(above.max(below).saturating_add(4))
    }
}

/// What re-centred volatility can add to a lot's value per unit of relative step: at most
/// `0.4 strike (1 + u) slope / sqrt(w)`.
///
/// Derivation: dC/ds = F phi(d1) = K phi(d2) <= 0.399 K for s = sqrt(w); a step d moves ln(F/K) by at most 1.031 |d| while
/// |d| <= 3%, so w by at most that times the slice's steepest slope, and sqrt(w) by at most that over sqrt(w); a shock
/// multiplies it by at most 1 + u. 7/17 > 0.399 x 1.031. Rounds up.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a slope of two or more, which no accepted slice has; [`MathError::Overflow`].
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::integer_division,
    reason = "a strike below 2^63 times a slope below 2 in Q62 is below 2^126; a product of 64 and 43 bits fits u128, and \
              times 7 too"
)]
pub(super) fn volatility_drift_e9(
    strike_e9: u64,
    slope: TotalVariance,
    deviations: &VolatilityShocks,
) -> Result<u64, MathError> {
    let Some(flat) = deviations.flat else {
        return Ok(0);
    };
    let slope_q62 = slope.q96() >> 34;
    if slope_q62 >> 63 != 0 || strike_e9 >> 63 != 0 {
        return Err(MathError::OutOfDomain);
    }
    let moved = ((u128::from(strike_e9) * slope_q62) >> 62) as u64;
    let per_root = flat.divide(moved.saturating_add(1));
    if per_root == u64::MAX {
        return Err(MathError::Overflow);
    }
    let shocked = (u128::from(per_root) * u128::from(deviations.up_factor_q40)) >> 40;
    u64::try_from((shocked + 1) * 7 / 17 + 1).map_err(|_| MathError::Overflow)
}

/// Moves an account's summed results of one reference price by a relative step in Q30, taking the middle slope of each
/// scenario. What the rounding loses is in the strikes' drift.
///
/// # Errors
/// [`MathError::Overflow`] where a result leaves the range of values.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "sums are below 2^61 and runs at least 2.5e-3, so factors are below 2^44 and both products together below \
              2^107"
)]
pub(super) fn recentred(
    sums_e9: &[i64; SCENARIOS],
    shocks: &PriceShocks,
    step_q30: i64,
) -> Result<[i64; SCENARIOS], MathError> {
    let factors = slope_factors(shocks, step_q30.unsigned_abs());
    let mut moved = *sums_e9;
    for ((result, (below, above)), price_move) in moved.iter_mut().zip(NEIGHBOURS).zip(PRICE_MOVES) {
        let (of_fall, of_rise) = factors.get(price_move).copied().unwrap_or((0, 0));
        let value = |other: Option<usize>| other.and_then(|other| sums_e9.get(other)).copied();
        let middle = *result;
        let change = match (value(below), value(above)) {
            // Inside the grid both chords have the same run: their middle is the chord across.
            (Some(below), Some(above)) if of_fall == of_rise => part_q30(above.wrapping_sub(below), of_rise)?,
            (Some(below), Some(above)) => {
                let term = |rise: i64, factor: u64| i128::from(rise).wrapping_mul(i128::from(factor));
                let both = term(middle.wrapping_sub(below), of_fall) + term(above.wrapping_sub(middle), of_rise);
                i64::try_from(both >> 30).map_err(|_| MathError::Overflow)?
            }
            (Some(below), None) => part_q30(middle.wrapping_sub(below), of_fall)?,
            (None, Some(above)) => part_q30(above.wrapping_sub(middle), of_rise)?,
            (None, None) => 0,
        };
        let change = if step_q30 < 0 {
            change.checked_neg()
        } else {
            Some(change)
        };
        *result = change
            .and_then(|change| middle.checked_add(change))
            .ok_or(MathError::Overflow)?;
    }
    Ok(moved)
}

/// `rise * factor` for a factor in Q30, rounded down.
///
/// Exact: with `rise = high 2^30 + low` and `low` not negative it is `high factor` and the part of `low factor`.
///
/// # Errors
/// [`MathError::Overflow`].
fn part_q30(rise: i64, factor: u64) -> Result<i64, MathError> {
    const LOW: i64 = (1 << 30) - 1;
    if factor >> 30 == 0 {
        // A high part is below 2^33: both products fit a word, where the 128-bit product costs several times as much.
        let factor = factor.cast_signed();
        let of_low = (rise & LOW).wrapping_mul(factor) >> 30;
        return Ok((rise >> 30).wrapping_mul(factor).wrapping_add(of_low));
    }
    let product = i128::from(rise).wrapping_mul(i128::from(factor));
    i64::try_from(product >> 30).map_err(|_| MathError::Overflow)
}

/// By move: what the chord to the neighbour below and the one above count for, Q30: the distance `step (1 + m)` over the
/// chord's run, half of it where there are two.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "a step below 2^30 times one plus a move, below 2^33, fits; a run was checked"
)]
fn slope_factors(shocks: &PriceShocks, step_q30: u64) -> [(u64, u64); MOVES] {
    let mut factors = [(0, 0); MOVES];
    for (place, factor) in factors.iter_mut().enumerate() {
        // The middle volatility of a grid move stands for all three: their neighbours have the same moves.
        let (below, above) = neighbours(if place < FIRST_TAIL / 3 {
            3 * place + 1
        } else {
            FIRST_TAIL - 9 + place
        });
        let reach = step_q30 * shocks.moved_e9(place).unwrap_or(0);
        let reach = if below.is_some() && above.is_some() {
            reach / 2
        } else {
            reach
        };
        let per = |other: Option<usize>| {
            let run = other.map_or(0, |other| {
                shocks
                    .move_e9(scenario(other).price_move)
                    .abs_diff(shocks.move_e9(place))
            });
            reach.checked_div(run).unwrap_or(0)
        };
        *factor = (per(below), per(above));
    }
    factors
}

#[cfg(test)]
mod tests;
