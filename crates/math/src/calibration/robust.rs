//! The best slice for a set of observations, some of which are wrong.
//!
//! Iteratively reweighted least squares with Tukey's biweight, whose scale starts so wide that every quote counts and
//! narrows step by step (graduated non-convexity: Black and Rangarajan, *On the unification of line processes, outlier
//! rejection, and robust statistics*, 1996); and again from the best of some fits through three quotes (Rousseeuw,
//! *Least median of squares regression*, 1984), which wrong quotes in a wing cannot lever. Each reweighted problem is solved by damped
//! Gauss-Newton steps (Marquardt 1963) that stay inside the region.

use super::loss::{Loss, MAD, TUKEY, median};
use super::quote::{Observation, Wish};
use super::region::{Point, Region};
use super::step::Normal;
use std::vec::Vec;

/// Where the fit goes if quotes say nothing, and how hard it is pulled there: inverse standard errors of ln theta, rho
/// and psi / sqrt(theta).
#[derive(Clone, Copy, Debug)]
pub(super) struct Pull {
    pub(super) toward: Point,
    pub(super) level: f64,
    pub(super) shape: f64,
}

/// What is fitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem<'a> {
    pub(super) observations: &'a [Observation],
    pub(super) years: f64,
    pub(super) region: Region,
    pub(super) pull: Pull,
    /// Whether quotes may be rejected; with very few no one can say which is wrong.
    pub(super) may_reject: bool,
}

/// By how much the scale of the biweight narrows at a time.
const NARROWING: f64 = 0.6;
/// Reweightings at one scale on the way, and at the last one.
const PASSING_ROUNDS: usize = 3;
const FINAL_ROUNDS: usize = 40;
const STEPS: usize = 12;
/// Scales that a descent may pass: from 1e12 standard errors to one takes 55.
const MAX_SCALES: usize = 80;
/// Triples of quotes that are tried.
const TRIPLES: u32 = 24;
/// Multiples of these modulo one fill the cube evenly: powers of the root of x^4 = x + 1.
const SPREADING: [f64; 3] = [
    0.819_172_513_396_164_4,
    0.671_043_606_703_789_2,
    0.549_700_477_901_970_3,
];
/// What fits of different scales are compared by.
const YARDSTICK: Loss = Loss::Tukey(TUKEY);
/// A relative move of less is none.
const SETTLED: f64 = 1e-9;

/// A fitted slice and, for each observation, whether it counted.
pub(super) struct Solution {
    pub(super) point: Point,
    pub(super) counted: Vec<bool>,
}

impl Problem<'_> {
    pub(super) fn solve(&self) -> Solution {
        let start = self.start();
        let (point, loss) = if self.may_reject {
            self.reject(start)
        } else {
            (self.reweight(start, Loss::Huber, FINAL_ROUNDS), Loss::Huber)
        };
        let counts = |observation: &Observation| loss.weight(self.residual(observation, &point).0) > 0.0;
        Solution {
            point,
            counted: self.observations.iter().map(counts).collect(),
        }
    }

    /// The best of two descents: from where all quotes count a little, and from where a few say all.
    fn reject(&self, start: Point) -> (Point, Loss) {
        let all = self.reweight(start, Loss::Huber, PASSING_ROUNDS);
        let residuals = self
            .observations
            .iter()
            .map(|observation| self.residual(observation, &all).0.abs());
        let widest = residuals.fold(0.0, f64::max);
        let wide = self.narrow(all, 2.0 * widest);
        let few = self.narrow(self.elemental(all), 0.0);
        if self.cost(&few.0, YARDSTICK) < self.cost(&wide.0, YARDSTICK) {
            few
        } else {
            wide
        }
    }

    /// The best of the pull's shape and a few others, at the level of the quotes nearest the forward.
    fn start(&self) -> Point {
        let level = self.level();
        let shape = (self.pull.toward.rho(), self.pull.toward.curvature());
        let grid = [-0.6, 0.0, 0.6]
            .into_iter()
            .flat_map(|rho| [0.2, 0.6, 1.2].map(|curvature| (rho, curvature)));
        let points = core::iter::once(shape)
            .chain(grid)
            .map(|(rho, curvature)| self.region.project(Point::of_shape(level, rho, curvature)));
        self.cheapest(points, Loss::Huber).unwrap_or(self.pull.toward)
    }

    /// The best of the fits through three quotes, one from each third of the strikes: some triple holds no wrong quote.
    fn elemental(&self, start: Point) -> Point {
        let mut order: Vec<(f64, usize)> = self
            .observations
            .iter()
            .enumerate()
            .filter(|(_, observation)| observation.wish.is_two_sided())
            .map(|(position, observation)| (observation.log_strike, position))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let thirds: Vec<&[(f64, usize)]> = order.chunks(order.len().div_ceil(3).max(1)).collect();
        let triples = (0..TRIPLES).map(|round| {
            let mut weights = std::vec![0.0; self.observations.len()];
            for (third, share) in thirds.iter().zip(SPREADING) {
                let pick = third.get(((f64::from(round) * share).fract() * third.len() as f64) as usize);
                if let Some(weight) = pick.and_then(|&(_, position)| weights.get_mut(position)) {
                    *weight = 1.0;
                }
            }
            self.least_squares(start, &weights)
        });
        self.cheapest(triples.chain([start]), YARDSTICK).unwrap_or(start)
    }

    fn cheapest(&self, points: impl Iterator<Item = Point>, loss: Loss) -> Option<Point> {
        points
            .map(|point| (self.cost(&point, loss), point))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, point)| point)
    }

    /// Total variance at the forward: the median of the five two-sided quotes nearest to it.
    fn level(&self) -> f64 {
        let mut nearest: Vec<(f64, f64)> = self
            .observations
            .iter()
            .filter(|observation| observation.wish.is_two_sided())
            .map(|observation| (observation.log_strike.abs(), observation.wish.volatility()))
            .collect();
        nearest.sort_by(|a, b| a.0.total_cmp(&b.0));
        let volatilities = nearest.iter().take(5).map(|&(_, volatility)| volatility).collect();
        median(volatilities).map_or(self.pull.toward.theta, |volatility| {
            volatility * volatility * self.years
        })
    }

    /// Narrows the biweight from a reach to what the residuals of the quotes that agree call for.
    fn narrow(&self, start: Point, widest: f64) -> (Point, Loss) {
        let (mut point, mut reach) = (start, widest);
        for _ in 0..MAX_SCALES {
            let enough = TUKEY * self.scale(&point).max(1.0);
            if reach > enough {
                point = self.reweight(point, Loss::Tukey(reach), PASSING_ROUNDS);
                reach *= NARROWING;
                continue;
            }
            point = self.reweight(point, Loss::Tukey(enough), FINAL_ROUNDS);
            reach = enough;
            // Without what this scale let go of, the others may agree better than they seemed to.
            if TUKEY * self.scale(&point).max(1.0) > 0.9 * enough {
                break;
            }
            reach *= NARROWING;
        }
        (point, Loss::Tukey(reach))
    }

    /// Standard deviation of the two-sided residuals as the median sees it.
    fn scale(&self, point: &Point) -> f64 {
        let residuals = self
            .observations
            .iter()
            .filter(|observation| observation.wish.is_two_sided())
            .map(|observation| self.residual(observation, point).0.abs())
            .collect();
        MAD * median(residuals).unwrap_or(0.0)
    }

    fn reweight(&self, start: Point, loss: Loss, rounds: usize) -> Point {
        let mut point = start;
        for _ in 0..rounds {
            let weights: Vec<f64> = self
                .observations
                .iter()
                .map(|observation| loss.weight(self.residual(observation, &point).0))
                .collect();
            let next = self.least_squares(point, &weights);
            let moved = point.distance(&next);
            point = next;
            if moved < SETTLED {
                break;
            }
        }
        point
    }

    /// Damped Gauss-Newton on fixed weights. Each accepted point is in the region and no worse than the one before.
    fn least_squares(&self, start: Point, weights: &[f64]) -> Point {
        let (mut point, mut damping) = (start, 1e-4);
        let mut normal = self.normal(&point, weights);
        for _ in 0..STEPS {
            let candidate = normal
                .step(&self.region.bounds(&point), damping)
                .map(|[theta, skew, psi]| {
                    self.region.project(Point {
                        theta: point.theta + theta,
                        skew: point.skew + skew,
                        psi: point.psi + psi,
                    })
                });
            if candidate.is_some_and(|candidate| point.distance(&candidate) < SETTLED) {
                break;
            }
            let improved = candidate.and_then(|candidate| {
                let next = self.normal(&candidate, weights);
                (next.value < normal.value).then_some((candidate, next))
            });
            match improved {
                Some((candidate, next)) => {
                    let gain = normal.value - next.value;
                    (point, normal) = (candidate, next);
                    damping = (damping / 10.0_f64).max(1e-9);
                    if gain <= 1e-12 * normal.value {
                        break;
                    }
                }
                None if damping > 1e6 => break,
                None => damping *= 10.0,
            }
        }
        point
    }

    /// Residual in standard errors and its gradient.
    fn residual(&self, observation: &Observation, point: &Point) -> (f64, [f64; 3]) {
        let (variance, gradient) = point.variance(observation.log_strike);
        let volatility = (variance / self.years).sqrt();
        let miss = match observation.wish {
            Wish::Near(wanted) => volatility - wanted,
            Wish::AtLeast(least) => (volatility - least).min(0.0),
            Wish::AtMost(most) => (volatility - most).max(0.0),
        };
        if miss == 0.0 && !observation.wish.is_two_sided() {
            return (0.0, [0.0; 3]);
        }
        let slope = 1.0 / (2.0 * volatility * self.years * observation.error);
        (miss / observation.error, gradient.map(|value| value * slope))
    }

    fn normal(&self, point: &Point, weights: &[f64]) -> Normal {
        let mut normal = Normal::default();
        for (observation, &weight) in self
            .observations
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight > 0.0)
        {
            let (residual, slope) = self.residual(observation, point);
            normal.add(weight, residual, slope);
        }
        for (residual, slope) in self.pull_residuals(point) {
            normal.add(1.0, residual, slope);
        }
        normal
    }

    fn pull_residuals(&self, point: &Point) -> [(f64, [f64; 3]); 3] {
        let Pull { toward, level, shape } = self.pull;
        let (root, psi) = (point.theta.sqrt(), point.psi);
        [
            (
                level * (point.theta / toward.theta).ln(),
                [level / point.theta, 0.0, 0.0],
            ),
            (
                shape * (point.rho() - toward.rho()),
                [0.0, shape / psi, -shape * point.skew / (psi * psi)],
            ),
            (
                shape * (point.curvature() - toward.curvature()),
                [-shape * psi / (2.0 * root * point.theta), 0.0, shape / root],
            ),
        ]
    }

    fn cost(&self, point: &Point, loss: Loss) -> f64 {
        let quotes = self
            .observations
            .iter()
            .map(|observation| loss.cost(self.residual(observation, point).0));
        let pull = self
            .pull_residuals(point)
            .into_iter()
            .map(|(residual, _)| residual * residual / 2.0);
        quotes.chain(pull).sum()
    }
}
