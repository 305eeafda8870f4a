//! Scenario results for a set of moves, weights and cases that the caller chooses.

use super::array::{StrikePrices, moved_forward};
use super::scenario::{Scenario, VolatilityShocks, log_move_q56};
use crate::pricing::call_value;
use crate::quantity::E9;
use crate::special::ln_ratio_q56;
use crate::{MathError, Round, mul_div_signed};

/// One in the scale of weights.
pub const WEIGHT_ONE: u64 = 1_000_000_000_000;

/// A set of scenarios: price moves, the weight of each move's result, and the cases that combine a move with a shock to
/// volatility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioGrid<'a> {
    moves_e9: &'a [i64],
    weights_e12: &'a [u64],
    cases: &'a [Scenario],
}

impl<'a> ScenarioGrid<'a> {
    /// A set from relative moves x 1e9, weights x 1e12 and cases.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless there is a weight for each move, each move is above minus one and each case's
    /// move exists.
    pub fn try_new(moves_e9: &'a [i64], weights_e12: &'a [u64], cases: &'a [Scenario]) -> Result<Self, MathError> {
        let is_positive = |move_e9: &i64| E9.checked_add_signed(*move_e9).is_some_and(|moved| moved > 0);
        let is_valid = moves_e9.len() == weights_e12.len()
            && moves_e9.iter().all(is_positive)
            && cases.iter().all(|case| case.price_move < moves_e9.len());
        if !is_valid {
            return Err(MathError::OutOfDomain);
        }
        Ok(Self {
            moves_e9,
            weights_e12,
            cases,
        })
    }

    /// The cases in order.
    pub const fn cases(&self) -> &'a [Scenario] {
        self.cases
    }

    /// The relative move of a case x 1e9.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] never for a case of this set.
    pub fn move_e9(&self, case: Scenario) -> Result<i64, MathError> {
        self.moves_e9
            .get(case.price_move)
            .copied()
            .ok_or(MathError::OutOfDomain)
    }

    /// What a holding that moves with the price gains in each case, added to `sums`. Rounds down.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless there is a sum for each case; [`MathError::Overflow`].
    pub fn add_linear(&self, value: i64, sums: &mut [i64]) -> Result<(), MathError> {
        self.check_length(sums)?;
        for (sum, case) in sums.iter_mut().zip(self.cases) {
            let move_e9 = self.move_e9(*case)?;
            let signed = if move_e9 < 0 {
                value.checked_neg().ok_or(MathError::Overflow)?
            } else {
                value
            };
            let gain = mul_div_signed(signed, move_e9.unsigned_abs(), E9, Round::Down)?;
            *sum = sum.checked_add(gain).ok_or(MathError::Overflow)?;
        }
        Ok(())
    }

    /// The least of the results, each times the weight of its case's move, rounded down; zero if none is negative.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] unless there is a result for each case; [`MathError::Overflow`].
    pub fn worst_weighted(&self, results: &[i64]) -> Result<i64, MathError> {
        self.check_length(results)?;
        let mut worst = 0;
        for (result, case) in results.iter().zip(self.cases) {
            let weight = self.weights_e12.get(case.price_move).copied().unwrap_or(WEIGHT_ONE);
            worst = worst.min(mul_div_signed(*result, weight, WEIGHT_ONE, Round::Down)?);
        }
        Ok(worst)
    }

    fn check_length(&self, numbers: &[i64]) -> Result<(), MathError> {
        if numbers.len() == self.cases.len() {
            Ok(())
        } else {
            Err(MathError::OutOfDomain)
        }
    }
}

/// A strike as its scenario results need it; forward and strike in one scale of the caller's choice, discounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikeInputs {
    /// Forward, below 2^62 in every scenario.
    pub forward: u64,
    /// Strike, below 2^62.
    pub strike: u64,
    /// The three deviations.
    pub deviations: VolatilityShocks,
}

/// Value of the call now; `results` receives `value(case) - value(now)` for each case of the set, in the scale of the
/// inputs. Each shocked forward rounds down. With the protocol's moves and
/// cases the results are those of [`super::strike_risk`], bit for bit. The put follows by parity: forward times move less.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a zero forward or strike, or unless there is a place for each case;
/// [`MathError::Overflow`] where a shocked forward is 2^62 or more.
pub fn grid_results(grid: &ScenarioGrid<'_>, inputs: &StrikeInputs, results: &mut [i64]) -> Result<u64, MathError> {
    grid.check_length(results)?;
    bounded(inputs.strike)?;
    let log_moneyness_q56 = ln_ratio_q56(inputs.forward, inputs.strike)?;
    let now = call_value(inputs.forward, inputs.strike, log_moneyness_q56, inputs.deviations.flat);
    bounded(now)?;
    let prices = StrikePrices {
        strike: inputs.strike,
        mark_e9: now,
        deviations: inputs.deviations,
    };
    // Cases of one move follow each other: its forward and logarithm are computed once.
    let (mut last_move, mut moved, mut log) = (0, inputs.forward, log_moneyness_q56);
    for (result, case) in results.iter_mut().zip(grid.cases) {
        let move_e9 = grid.move_e9(*case)?;
        if move_e9 != last_move {
            moved = moved_forward(inputs.forward, move_e9)?;
            log = log_moneyness_q56.wrapping_add(log_move_q56(move_e9)?);
            last_move = move_e9;
        }
        *result = prices.result(moved, log, case.volatility)?;
    }
    Ok(now)
}

fn bounded(value: u64) -> Result<i64, MathError> {
    i64::try_from(value)
        .ok()
        .filter(|value| value >> 62 == 0)
        .ok_or(MathError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{Deviation, TotalVariance};
    use crate::risk::VolatilityShock;

    const CASES: [Scenario; 2] = [
        Scenario {
            price_move: 0,
            volatility: VolatilityShock::Flat,
        },
        Scenario {
            price_move: 1,
            volatility: VolatilityShock::Up,
        },
    ];

    fn inputs() -> StrikeInputs {
        let flat = Deviation::of(TotalVariance::from_q64(1 << 60).unwrap());
        StrikeInputs {
            forward: 1_000_000,
            strike: 1_000_000,
            deviations: VolatilityShocks {
                down: None,
                flat,
                up: None,
                up_factor_q40: 1 << 40,
            },
        }
    }

    #[test]
    fn results_are_differences_to_now() {
        let grid = ScenarioGrid::try_new(&[0, 500_000_000], &[WEIGHT_ONE, WEIGHT_ONE], &CASES).unwrap();
        let mut results = [7, 7];
        let now = grid_results(&grid, &inputs(), &mut results).unwrap();
        assert_eq!(results[0], 0);
        assert_eq!(results[1], 500_000 - i64::try_from(now).unwrap());
    }

    #[test]
    fn the_worst_result_is_weighted_and_never_positive() {
        let grid = ScenarioGrid::try_new(&[0, -500_000_000], &[WEIGHT_ONE, 250_000_000_000], &CASES).unwrap();
        assert_eq!(grid.worst_weighted(&[5, 3]), Ok(0));
        assert_eq!(grid.worst_weighted(&[-2, -9]), Ok(-3));
        let mut sums = [1, 1];
        grid.add_linear(7, &mut sums).unwrap();
        assert_eq!(sums, [1, -3]);
        // The least of all holdings has no negative, but where nothing moves it gains nothing.
        let still = ScenarioGrid::try_new(&[0], &[WEIGHT_ONE], &CASES[..1]).unwrap();
        let mut sum = [1];
        assert_eq!(still.add_linear(i64::MIN, &mut sum), Ok(()));
        assert_eq!(sum, [1]);
        assert_eq!(grid.add_linear(i64::MIN, &mut sums), Err(MathError::Overflow));
    }

    #[test]
    fn refuses_sets_that_do_not_fit() {
        let refused = Err(MathError::OutOfDomain);
        assert_eq!(ScenarioGrid::try_new(&[0], &[], &[]), refused);
        assert_eq!(ScenarioGrid::try_new(&[-1_000_000_000], &[1], &[]), refused);
        assert_eq!(ScenarioGrid::try_new(&[0], &[1], &CASES), refused);
        let grid = ScenarioGrid::try_new(&[0, 8_000_000_000], &[1, 1], &CASES).unwrap();
        assert_eq!(grid_results(&grid, &inputs(), &mut []), Err(MathError::OutOfDomain));
        assert_eq!(grid.worst_weighted(&[0]), Err(MathError::OutOfDomain));
        let large = StrikeInputs {
            forward: 1 << 60,
            ..inputs()
        };
        assert_eq!(grid_results(&grid, &large, &mut [0, 0]), Err(MathError::Overflow));
        let far = StrikeInputs {
            strike: 1 << 62,
            ..inputs()
        };
        assert_eq!(grid_results(&grid, &far, &mut [0, 0]), Err(MathError::Overflow));
    }

    #[test]
    fn a_shocked_forward_may_be_anything_below_two_to_the_62() {
        let large = StrikeInputs {
            forward: 1 << 60,
            strike: 1 << 61,
            ..inputs()
        };
        let result = |move_e9: i64| {
            let moves = [0, move_e9];
            let grid = ScenarioGrid::try_new(&moves, &[WEIGHT_ONE, WEIGHT_ONE], &CASES).unwrap();
            let mut results = [0, 0];
            let now = grid_results(&grid, &large, &mut results)?;
            Ok(results[1] + i64::try_from(now).unwrap())
        };
        assert_eq!(result(2_999_999_999), Ok((1 << 61) - 1_152_921_505));
        assert_eq!(result(3_000_000_000), Err(MathError::Overflow));
        assert_eq!(result(-999_999_999), Ok(0));
    }
}
