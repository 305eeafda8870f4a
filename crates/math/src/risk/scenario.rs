//! The 33 scenarios of an underlying.
//!
//! Nine moves of {0, +-1/4, +-1/2, +-3/4, +-1} of the price range, each with volatility down, flat and up, then six
//! tails at -66%, -33%, +50%, +100%, +200% and +400% with volatility up. A tail's result is weighted by
//! min(1, range / |move|), so that a linear position loses in a tail what it loses at the end of the range.

use crate::fixed::{mul_q60, mul_q62};
use crate::pricing::{Deviation, TotalVariance};
use crate::quantity::{E9, Ratio, SECONDS_PER_DAY, Value};
use crate::special::{ONE_Q62, exp_neg_q62, ln_e9_q56, ln_ratio_q56};
use crate::{MathError, Round, mul_div};

/// Number of scenarios of an underlying.
pub const SCENARIOS: usize = 33;
/// Number of distinct price moves among them.
pub const MOVES: usize = 15;
/// Moves inside the price range, each of which meets all three volatilities.
pub(super) const GRID_MOVES: usize = 9;

/// Moves of the grid in quarters of the price range.
const GRID_QUARTERS: [i64; GRID_MOVES] = [0, 1, -1, 2, -2, 3, -3, 4, -4];
/// Moves of the tails x 1e9.
const TAIL_MOVES_E9: [i64; MOVES - GRID_MOVES] = [
    -660_000_000,
    -330_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    4_000_000_000,
];

/// Place of each scenario's price move among the moves.
pub(super) const PRICE_MOVES: [usize; SCENARIOS] = price_moves();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler"
)]
const fn price_moves() -> [usize; SCENARIOS] {
    let mut places = [0; SCENARIOS];
    let mut index = 0;
    while index < SCENARIOS {
        places[index] = scenario(index).price_move;
        index += 1;
    }
    places
}

/// The tails' moves in Q60, rounded toward zero.
const TAILS_Q60: [i64; MOVES - GRID_MOVES] = tails_q60();

#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::integer_division,
    reason = "evaluated by the compiler"
)]
const fn tails_q60() -> [i64; MOVES - GRID_MOVES] {
    let mut moves = [0; MOVES - GRID_MOVES];
    let mut tail = 0;
    while tail < TAIL_MOVES_E9.len() {
        moves[tail] = (((TAIL_MOVES_E9[tail] as i128) << 60) / E9 as i128) as i64;
        tail += 1;
    }
    moves
}

/// What a scenario does to implied volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolatilityShock {
    /// Lower.
    Down,
    /// Unchanged.
    Flat,
    /// Higher, and at least the volatility floor.
    Up,
}

/// One scenario: a price move, by its place among the moves, and a volatility shock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Index into the moves of [`PriceShocks`].
    pub price_move: usize,
    /// Shock to volatility.
    pub volatility: VolatilityShock,
}

/// The scenario at an index below [`SCENARIOS`]: 3 per grid move (down, flat, up), then the tails. Any larger index is
/// the last tail.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "constant divisors; the subtraction is guarded by the comparison"
)]
pub const fn scenario(index: usize) -> Scenario {
    if index < 3 * GRID_MOVES {
        let volatility = match index % 3 {
            0 => VolatilityShock::Down,
            1 => VolatilityShock::Flat,
            _ => VolatilityShock::Up,
        };
        Scenario {
            price_move: index / 3,
            volatility,
        }
    } else {
        let tail = index - 3 * GRID_MOVES;
        let price_move = if GRID_MOVES + tail < MOVES {
            GRID_MOVES + tail
        } else {
            MOVES - 1
        };
        Scenario {
            price_move,
            volatility: VolatilityShock::Up,
        }
    }
}

/// The price moves of an underlying and the weights of its tails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceShocks {
    /// Relative moves x 1e9.
    moves_e9: [i64; MOVES],
    /// A quarter of the range, Q60, rounded down: what linear holdings are multiplied with.
    quarter_q60: i64,
    /// Weight of each move's result, Q62, rounded up so that a loss is never made smaller: one on the grid.
    weights_q62: [i64; MOVES],
}

impl PriceShocks {
    /// Moves for a price range, which rounds down to a multiple of 4e-9 so that the grid is even.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless 1% <= range <= 78%.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "four times a range below 1e9 fits; divisors are constants or the non-zero tail moves"
    )]
    pub fn from_range(range: Ratio) -> Result<Self, MathError> {
        if range.e9() < 10_000_000 || range.e9() > 780_000_000 {
            return Err(MathError::OutOfDomain);
        }
        let range_e9 = i64::try_from(range.e9()).map_err(|_| MathError::OutOfDomain)?;
        let mut shocks = Self {
            moves_e9: [0; MOVES],
            quarter_q60: mul_div(range.e9() / 4, 1 << 60, E9, Round::Down)?.cast_signed(),
            weights_q62: [ONE_Q62; MOVES],
        };
        let (grid, tails) = shocks.moves_e9.split_at_mut(GRID_MOVES);
        for (place, quarters) in grid.iter_mut().zip(GRID_QUARTERS) {
            *place = range_e9 / 4 * quarters;
        }
        let weights = shocks.weights_q62.iter_mut().skip(GRID_MOVES);
        for ((place, weight), tail_e9) in tails.iter_mut().zip(weights).zip(TAIL_MOVES_E9) {
            *place = tail_e9;
            let weight_q62 = mul_div(range.e9(), ONE_Q62.unsigned_abs(), tail_e9.unsigned_abs(), Round::Up)?;
            // Above two in Q62 a quotient is no signed word: cut off first.
            *weight = weight_q62.min(ONE_Q62.unsigned_abs()).cast_signed();
        }
        Ok(shocks)
    }

    /// The relative move of a place among the moves, x 1e9; zero out of range.
    pub fn move_e9(&self, price_move: usize) -> i64 {
        self.moves_e9.get(price_move).copied().unwrap_or(0)
    }

    /// One plus the move of a place, x 1e9.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] never, since moves lie above -90%.
    pub(super) fn moved_e9(&self, price_move: usize) -> Result<u64, MathError> {
        E9.checked_add_signed(self.move_e9(price_move))
            .ok_or(MathError::OutOfDomain)
    }

    /// The moves a quarter of the range beyond the grid's ends, -5/4 and +5/4 of it, x 1e9: above -98%.
    #[expect(clippy::arithmetic_side_effects, reason = "five quarters of a range below one")]
    pub(super) fn outer_moves_e9(&self) -> [i64; 2] {
        let quarter = self.move_e9(1);
        [-5 * quarter, 5 * quarter]
    }

    /// All moves x 1e9.
    pub const fn moves_e9(&self) -> &[i64; MOVES] {
        &self.moves_e9
    }

    /// The result of a scenario times its weight. Rounds down: a loss is never made smaller.
    pub fn weighted(&self, price_move: usize, result_e9: i64) -> i64 {
        match self.weights_q62.get(price_move) {
            None | Some(&ONE_Q62) => result_e9,
            // A weight of at most one: the product fits.
            Some(&weight_q62) => mul_q62(result_e9, weight_q62),
        }
    }

    /// What a linear holding worth `value` gains at each move, rounded down, within four units of 2^-60 of the value.
    ///
    /// # Errors
    /// [`MathError::Overflow`] for a value of 2^60 or more: a fourfold move stays below 2^62.
    pub(super) fn linear_e9(&self, value: Value) -> Result<[i64; MOVES], MathError> {
        let mut results = [0; MOVES];
        if value == Value::ZERO {
            return Ok(results);
        }
        if value.e9().unsigned_abs() >> 60 != 0 {
            return Err(MathError::Overflow);
        }
        let (grid, tails) = results.split_at_mut(GRID_MOVES);
        for (result, move_q60) in tails.iter_mut().zip(TAILS_Q60) {
            *result = mul_q60(value.e9(), move_q60);
        }
        // One product for the whole grid: its moves are multiples of a quarter of the range.
        let quarter_q60 = i128::from(value.e9()).wrapping_mul(i128::from(self.quarter_q60));
        for (result, quarters) in grid.iter_mut().zip(GRID_QUARTERS) {
            *result = scaled_by_quarters(quarter_q60, quarters);
        }
        Ok(results)
    }

    /// [`Self::linear_e9`] times the weights of the moves: once for each move instead of for each scenario.
    ///
    /// # Errors
    /// As [`Self::linear_e9`].
    pub(super) fn weighted_linear_e9(&self, value: Value) -> Result<[i64; MOVES], MathError> {
        let mut results = self.linear_e9(value)?;
        if value != Value::ZERO {
            for (price_move, result) in results.iter_mut().enumerate().skip(GRID_MOVES) {
                *result = self.weighted(price_move, *result);
            }
        }
        Ok(results)
    }

    /// ln(1 + move) of each move, Q56: what a scenario adds to a log-moneyness.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] never, since moves lie above -90%.
    pub fn log_moves_q56(&self) -> Result<[i64; MOVES], MathError> {
        let mut logs = [0; MOVES];
        for (log, move_e9) in logs.iter_mut().zip(self.moves_e9) {
            *log = log_move_q56(move_e9)?;
        }
        Ok(logs)
    }
}

/// A product in Q60 times a number of quarters from -4 to 4, as a whole number rounded down; sums and shifts instead of a
/// second product.
#[expect(
    clippy::as_conversions,
    reason = "a value below 2^60 times a quarter below 2^58 and four is below 2^120, and shifted by 60 below 2^60"
)]
fn scaled_by_quarters(product_q60: i128, quarters: i64) -> i64 {
    let twice = product_q60.wrapping_add(product_q60);
    let magnitude = match quarters.unsigned_abs() {
        0 => 0,
        1 => product_q60,
        2 => twice,
        3 => twice.wrapping_add(product_q60),
        _ => twice.wrapping_add(twice),
    };
    let signed = if quarters < 0 {
        magnitude.wrapping_neg()
    } else {
        magnitude
    };
    (signed >> 60) as i64
}

/// ln(1 + move) of a relative move x 1e9, Q56.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a move of minus one or below.
pub(super) fn log_move_q56(move_e9: i64) -> Result<i64, MathError> {
    ln_e9_q56(E9.checked_add_signed(move_e9).ok_or(MathError::OutOfDomain)?)
}

/// How far volatility moves in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolatilityParams {
    /// Relative rise at thirty days.
    pub up: Ratio,
    /// Relative fall at thirty days.
    pub down: Ratio,
    /// Shocked volatility is at least this in the up scenarios, per year.
    pub floor: Ratio,
    /// Power of maturity below thirty days.
    pub short_power: Ratio,
    /// Power of maturity above thirty days.
    pub long_power: Ratio,
}

/// ln 4, Q56: keeps the exponential's argument negative.
const LN_4_Q56: i64 = 99_893_036_290_645_747;

impl VolatilityParams {
    /// (30 days / max(T, 1 day))^p, Q40, rounded down; p is the short power below thirty days and the long one above.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a power above 0.4, whose result could leave the format.
    #[expect(
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "|ln| <= 44 in Q56 times a power below 2^29 fits i128 and, over 1e9, i64; the exponential is in [0, 2^62]"
    )]
    fn maturity_scale_q40(&self, seconds_to_expiry: u64) -> Result<u64, MathError> {
        let seconds = seconds_to_expiry.max(SECONDS_PER_DAY);
        let thirty_days = 30 * SECONDS_PER_DAY;
        let power = if seconds < thirty_days {
            self.short_power
        } else {
            self.long_power
        };
        if power.e9() > 400_000_000 {
            return Err(MathError::OutOfDomain);
        }
        let log = i128::from(ln_ratio_q56(thirty_days, seconds)?) * i128::from(power.e9()) / i128::from(E9);
        // 4 x exp(log - ln 4): 30^0.4 < 4, so the argument is not positive.
        let quarter_q62 = exp_neg_q62(LN_4_Q56 - log as i64);
        Ok((quarter_q62 >> 20) as u64)
    }

    /// The three total variances of a strike at its unshocked variance and time to expiry, each with its root, ready
    /// for pricing. Up is `max(sigma (1 + u X), floor)`, down `sigma max(1 - d X, 0)` with X the maturity scale.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for parameters or a variance out of range.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "ratios up to 1 times a scale below 4 in Q40 fit u128; sums stay below 2^43"
    )]
    #[expect(clippy::integer_division, reason = "constant divisors")]
    pub fn shocked(&self, variance: TotalVariance, seconds_to_expiry: u64) -> Result<VolatilityShocks, MathError> {
        if self.up > Ratio::ONE || self.down > Ratio::ONE || self.floor > Ratio::ONE || seconds_to_expiry >> 40 != 0 {
            return Err(MathError::OutOfDomain);
        }
        let scale_q40 = self.maturity_scale_q40(seconds_to_expiry)?;
        let shift_by = |ratio: Ratio, scale_q40: u64| {
            u64::try_from(u128::from(ratio.e9()) * u128::from(scale_q40) / u128::from(E9)).unwrap_or(u64::MAX)
        };
        let shift = |ratio: Ratio| shift_by(ratio, scale_q40);
        let one = 1_u64 << 40;
        let flat = Deviation::of(variance);
        let up_factor_q40 = one + shift(self.up);
        let up = flat.and_then(|flat| flat.times_q40(up_factor_q40));
        let floor = Deviation::of_time(seconds_to_expiry)
            .and_then(|root_years| root_years.times_q40(shift_by(self.floor, one)));
        Ok(VolatilityShocks {
            down: flat.and_then(|flat| flat.times_q40(one.saturating_sub(shift(self.down)))),
            flat,
            up: match (up, floor) {
                (Some(up), Some(floor)) => Some(up.max(floor)),
                (up, floor) => up.or(floor),
            },
            up_factor_q40,
        })
    }
}

/// Deviations under the three volatility shocks; `None` where no variance is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolatilityShocks {
    /// Volatility down.
    pub down: Option<Deviation>,
    /// Volatility unchanged.
    pub flat: Option<Deviation>,
    /// Volatility up.
    pub up: Option<Deviation>,
    /// Factor of the shock up, Q40: no shock moves a deviation by more.
    pub up_factor_q40: u64,
}

impl VolatilityShocks {
    /// Nothing is left that volatility moves.
    pub const NONE: Self = Self {
        down: None,
        flat: None,
        up: None,
        up_factor_q40: 1 << 40,
    };

    /// The deviation under one shock.
    pub const fn get(&self, shock: VolatilityShock) -> Option<Deviation> {
        match shock {
            VolatilityShock::Down => self.down,
            VolatilityShock::Flat => self.flat,
            VolatilityShock::Up => self.up,
        }
    }
}

#[cfg(test)]
mod tests;
