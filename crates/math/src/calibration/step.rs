//! One damped Gauss-Newton step under linear bounds: a convex quadratic programme in three variables.
//!
//! With so few variables the active set is found by trying them all: at most three of the bounds hold with equality at
//! the minimum, and the first set whose multipliers and rooms are not negative is the answer.

#![allow(
    clippy::indexing_slicing,
    reason = "matrices of fixed size, walked by indices below their constant dimensions"
)]

use super::region::{BOUNDS, Bound};

type Matrix = [[f64; 3]; 3];

/// Sums of a weighted least-squares problem around a point: value, gradient and Gauss-Newton matrix.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Normal {
    pub(super) value: f64,
    gradient: [f64; 3],
    matrix: Matrix,
}

impl Normal {
    /// Adds half the square of a residual with its weight.
    pub(super) fn add(&mut self, weight: f64, residual: f64, slope: [f64; 3]) {
        self.value += weight * residual * residual / 2.0;
        for i in 0..3 {
            self.gradient[i] += weight * residual * slope[i];
            for j in 0..3 {
                self.matrix[i][j] += weight * slope[i] * slope[j];
            }
        }
    }

    /// The step that minimises the damped model under the bounds; `None` if rounding leaves none.
    pub(super) fn step(&self, bounds: &[Bound; BOUNDS], damping: f64) -> Option<[f64; 3]> {
        // In units that make the diagonal one, so that damping and tolerances mean the same for every parameter.
        let units: [f64; 3] = core::array::from_fn(|i| self.matrix[i][i].sqrt().max(1e-150).recip());
        let scaled: Matrix = core::array::from_fn(|i| {
            core::array::from_fn(|j| self.matrix[i][j] * units[i] * units[j] + if i == j { damping } else { 0.0 })
        });
        let inverse = invert(&scaled)?;
        let gradient = core::array::from_fn(|i| self.gradient[i] * units[i]);
        let free = times(&inverse, gradient).map(|value| -value);
        let bounds = bounds.map(|bound| normalised(&bound, units));
        let step = ActiveSets::new(&inverse, free, &bounds).solve()?;
        let step: [f64; 3] = core::array::from_fn(|i| step[i] * units[i]);
        step.iter().all(|value| value.is_finite()).then_some(step)
    }
}

/// A bound in other units of the variables, with a normal of length one.
fn normalised(bound: &Bound, units: [f64; 3]) -> Bound {
    let normal: [f64; 3] = core::array::from_fn(|i| bound.normal[i] * units[i]);
    let length = dot(normal, normal).sqrt();
    if length > 0.0 {
        Bound {
            normal: normal.map(|value| value / length),
            room: bound.room / length,
        }
    } else {
        Bound {
            normal: [0.0; 3],
            room: f64::INFINITY,
        }
    }
}

struct ActiveSets<'a> {
    free: [f64; 3],
    bounds: &'a [Bound; BOUNDS],
    /// The inverse matrix times each normal.
    pulls: [[f64; 3]; BOUNDS],
    /// How far the free step oversteps each bound.
    excess: [f64; BOUNDS],
}

impl<'a> ActiveSets<'a> {
    fn new(inverse: &Matrix, free: [f64; 3], bounds: &'a [Bound; BOUNDS]) -> Self {
        Self {
            free,
            bounds,
            pulls: core::array::from_fn(|i| times(inverse, bounds[i].normal)),
            excess: core::array::from_fn(|i| dot(bounds[i].normal, free) - bounds[i].room),
        }
    }

    fn solve(&self) -> Option<[f64; 3]> {
        let none = self.attempt(&[]);
        none.or_else(|| (0..BOUNDS).find_map(|i| self.attempt(&[i])))
            .or_else(|| (0..BOUNDS).find_map(|i| (0..i).find_map(|j| self.attempt(&[i, j]))))
            .or_else(|| (0..BOUNDS).find_map(|i| (0..i).find_map(|j| (0..j).find_map(|l| self.attempt(&[i, j, l])))))
    }

    /// The minimum with these bounds held as equalities, if it is the minimum under all.
    fn attempt(&self, active: &[usize]) -> Option<[f64; 3]> {
        // Of the bounds that the free step oversteps, one at least is active at the minimum.
        if !active.is_empty() && active.iter().all(|&i| self.excess[i] <= 0.0) {
            return None;
        }
        // The unused rows stay those of the unit matrix, so that one solver serves every size.
        let mut gram: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let mut excess = [0.0; 3];
        for (row, &i) in active.iter().enumerate() {
            if !self.bounds[i].room.is_finite() {
                return None;
            }
            excess[row] = self.excess[i];
            for (column, &j) in active.iter().enumerate() {
                gram[row][column] = dot(self.bounds[i].normal, self.pulls[j]);
            }
        }
        let multipliers = if active.is_empty() {
            [0.0; 3]
        } else {
            times(&invert(&gram)?, excess)
        };
        if multipliers.iter().any(|&multiplier| multiplier < 0.0) {
            return None;
        }
        let mut step = self.free;
        for (multiplier, &i) in multipliers.iter().zip(active) {
            step = core::array::from_fn(|axis| step[axis] - multiplier * self.pulls[i][axis]);
        }
        let length = dot(step, step).sqrt();
        let fits = |bound: &Bound| dot(bound.normal, step) - bound.room <= 1e-9 * length;
        self.bounds.iter().all(fits).then_some(step)
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn times(matrix: &Matrix, vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| dot(row, vector))
}

/// By cofactors; `None` for a matrix that is singular to working precision.
fn invert(m: &Matrix) -> Option<Matrix> {
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let columns = [cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])];
    let determinant = dot(m[0], columns[0]);
    let size = dot(m[0], m[0]) * dot(m[1], m[1]) * dot(m[2], m[2]);
    if !(determinant.abs() > 1e-14 * size.sqrt()) {
        return None;
    }
    Some(core::array::from_fn(|i| {
        core::array::from_fn(|j| columns[j][i] / determinant)
    }))
}
