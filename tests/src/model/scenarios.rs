//! The moves of the 33 scenarios, their weights and their neighbours. Source: design section 5.1.

use super::exact::Exact;
use super::state::SCENARIOS;

/// Quarters of the range by place, in the order of the arrays: three volatilities each.
const QUARTERS: [i128; 9] = [0, 1, -1, 2, -2, 3, -3, 4, -4];
/// Tails x 1e9.
const TAILS_E9: [i128; 6] = [
    -660_000_000,
    -330_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    4_000_000_000,
];
/// First tail.
const FIRST_TAIL: usize = 27;
/// Volatility up.
const UP: usize = 2;

/// What a scenario does to the price.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Relative move x 1e9.
    pub move_e9: i128,
    /// Weight of its result.
    pub weight: Exact,
    /// The scenarios of the same volatility at the next lower and the next higher move.
    pub below: Option<usize>,
    /// See `below`.
    pub above: Option<usize>,
}

/// The scenarios of a range x 1e9: its quarters round down to 1e-9, so that the grid is even.
pub fn scenarios(range_e9: i128) -> Vec<Scenario> {
    let grid = QUARTERS.iter().flat_map(|quarters| {
        (0..3).map(move |volatility| {
            let beside = |step: i128| place_of(quarters + step).map(|place| 3 * place + volatility);
            Scenario {
                move_e9: range_e9 / 4 * quarters,
                weight: 1.into(),
                below: beside(-1),
                above: beside(1),
            }
        })
    });
    let tails = TAILS_E9.iter().enumerate().map(|(tail, move_e9)| {
        // The unmoved scenario with volatility up lies between falls and rises; the outermost have one neighbour.
        let (below, above) = match tail {
            0 => (None, Some(FIRST_TAIL + 1)),
            1 => (Some(FIRST_TAIL), Some(UP)),
            2 => (Some(UP), Some(FIRST_TAIL + 3)),
            5 => (Some(FIRST_TAIL + 4), None),
            _ => (Some(FIRST_TAIL + tail - 1), Some(FIRST_TAIL + tail + 1)),
        };
        let weight = Exact::quotient(range_e9, move_e9.abs());
        Scenario {
            move_e9: *move_e9,
            weight: weight.min(1.into()),
            below,
            above,
        }
    });
    let all: Vec<Scenario> = grid.chain(tails).collect();
    assert_eq!(all.len(), SCENARIOS);
    all
}

fn place_of(quarters: i128) -> Option<usize> {
    QUARTERS.iter().position(|each| *each == quarters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_lie_beside_each_other_in_price() {
        let all = scenarios(180_000_000);
        for (index, scenario) in all.iter().enumerate() {
            for (below, above) in [(scenario.below, Some(index)), (Some(index), scenario.above)] {
                if let (Some(below), Some(above)) = (below, above) {
                    assert!(all[below].move_e9 < all[above].move_e9, "{below} and {above}");
                }
            }
        }
        assert_eq!(
            (all[0].move_e9, all[26].move_e9, all[27].move_e9),
            (0, -180_000_000, -660_000_000)
        );
        assert_eq!(all[28].weight, Exact::quotient(18, 33));
        assert_eq!((all[21].below, all[21].above), (Some(15), None));
    }
}
