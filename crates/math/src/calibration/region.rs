//! Where a slice may lie.
//!
//! In the coordinates (theta, a = rho psi, psi) the conditions between slices and on the wings are linear, and so is the
//! butterfly condition but for psi (psi + |a|) <= 4 theta. All but the cap bound theta from below only, so that a point
//! is repaired by clamping psi, then a, then raising theta.

use super::quote::MAX_VARIANCE;

/// A slice in the coordinates of the fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// At-the-money total variance.
    pub(super) theta: f64,
    /// rho psi.
    pub(super) skew: f64,
    /// theta phi.
    pub(super) psi: f64,
}

impl Point {
    /// From at-the-money variance, correlation and psi / sqrt(theta).
    pub(super) fn of_shape(theta: f64, rho: f64, curvature: f64) -> Self {
        let psi = curvature * theta.sqrt();
        Self {
            theta,
            skew: rho * psi,
            psi,
        }
    }

    pub(super) fn rho(&self) -> f64 {
        self.skew / self.psi
    }

    /// psi / sqrt(theta): what the smile looks like in standardised strikes.
    pub(super) fn curvature(&self) -> f64 {
        self.psi / self.theta.sqrt()
    }

    /// Largest relative difference of the coordinates.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let theta = (other.theta - self.theta).abs() / self.theta;
        let turn = (other.psi - self.psi).abs().max((other.skew - self.skew).abs());
        theta.max(turn / self.psi)
    }

    /// Total variance at ln(strike/forward), and its gradient in (theta, a, psi).
    pub(super) fn variance(&self, log_strike: f64) -> (f64, [f64; 3]) {
        let k = log_strike;
        let tilt = self.theta + self.skew * k;
        // (psi k + rho theta)^2 + theta^2 (1 - rho^2), without the division that rho needs.
        let inner = self.psi * self.psi * k * k + 2.0 * self.skew * self.theta * k + self.theta * self.theta;
        let root = inner.max(f64::MIN_POSITIVE).sqrt();
        let gradient = [
            (1.0 + tilt / root) / 2.0,
            (k + self.theta * k / root) / 2.0,
            self.psi * k * k / root / 2.0,
        ];
        (((tilt + root) / 2.0).max(f64::MIN_POSITIVE), gradient)
    }
}

/// One linear bound on a step: `normal . step <= room`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) normal: [f64; 3],
    pub(super) room: f64,
}

pub(super) const BOUNDS: usize = 12;

/// Strictly below 4, so that rounding to integers stays below.
const WING: f64 = 4.0 - 1e-9;
/// Correlation beyond this is numerically one.
const MAX_RHO: f64 = 0.9999;
/// A slice without a smile would forbid all later ones theirs; this much of one is left.
const MIN_CURVATURE: f64 = 1e-3;

/// The conditions on a slice, given the one before it and the factor up to which it must hold them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    previous: Option<Point>,
    factor: f64,
    max_rho: f64,
    wing: f64,
    theta: (f64, f64),
    psi: (f64, f64),
}

impl Region {
    /// `level` is a rough at-the-money variance: the scale of the least psi where there is no slice before.
    pub(super) fn new(previous: Option<Point>, factor: f64, level: f64) -> Self {
        let (wing, most) = (WING / factor, MAX_VARIANCE / factor);
        let (theta, psi, max_rho) = match previous {
            Some(point) => (
                point.theta,
                (point.psi, wing.min(most * point.psi / point.theta).max(point.psi)),
                point.rho().abs().max(MAX_RHO),
            ),
            None => (1e-12, (MIN_CURVATURE * level.sqrt(), wing), MAX_RHO),
        };
        Self {
            previous,
            factor,
            max_rho,
            wing,
            theta: (theta, most.max(theta)),
            psi,
        }
    }

    /// The nearest repair of a point: psi, then a, then theta.
    pub(super) fn project(&self, point: Point) -> Point {
        let psi = point.psi.max(self.psi.0).min(self.psi.1);
        let reach = (self.wing - psi).max(0.0).min(self.max_rho * psi);
        let (low, high) = match self.previous {
            Some(previous) => {
                let growth = psi - previous.psi;
                (previous.skew - growth, previous.skew + growth)
            }
            None => (-reach, reach),
        };
        let skew = point.skew.max(low.max(-reach)).min(high.min(reach));
        let butterfly = self.factor * psi * (psi + skew.abs()) / 4.0;
        let calendar = self
            .previous
            .map_or(0.0, |previous| psi * previous.theta / previous.psi);
        let least = self.theta.0.max(butterfly).max(calendar);
        Point {
            theta: point.theta.max(least).min(self.theta.1),
            skew,
            psi,
        }
    }

    /// The conditions around a point, linearised.
    pub(super) fn bounds(&self, point: &Point) -> [Bound; BOUNDS] {
        let Point { theta, skew, psi } = *point;
        let bound = |normal: [f64; 3], room: f64| Bound {
            normal,
            room: room.max(0.0),
        };
        let [calendar_up, calendar_down, calendar_slope] = self.calendar(point);
        let c = self.factor;
        [
            bound([-1.0, 0.0, 0.0], theta - self.theta.0),
            bound([1.0, 0.0, 0.0], self.theta.1 - theta),
            bound([0.0, 0.0, -1.0], psi - self.psi.0),
            bound([0.0, 1.0, 1.0], self.wing - psi - skew),
            bound([0.0, -1.0, 1.0], self.wing - psi + skew),
            bound([0.0, 1.0, -self.max_rho], self.max_rho * psi - skew),
            bound([0.0, -1.0, -self.max_rho], self.max_rho * psi + skew),
            bound(
                [-4.0, c * psi, c * (2.0 * psi + skew)],
                4.0 * theta - c * psi * (psi + skew),
            ),
            bound(
                [-4.0, -c * psi, c * (2.0 * psi - skew)],
                4.0 * theta - c * psi * (psi - skew),
            ),
            calendar_up,
            calendar_down,
            calendar_slope,
        ]
    }

    fn calendar(&self, point: &Point) -> [Bound; 3] {
        let Some(previous) = self.previous else {
            let free = Bound {
                normal: [0.0; 3],
                room: f64::INFINITY,
            };
            return [free; 3];
        };
        let (turn, growth) = (point.skew - previous.skew, point.psi - previous.psi);
        let slope = previous.psi / previous.theta;
        [
            Bound {
                normal: [0.0, 1.0, -1.0],
                room: (growth - turn).max(0.0),
            },
            Bound {
                normal: [0.0, -1.0, -1.0],
                room: (growth + turn).max(0.0),
            },
            Bound {
                normal: [-slope, 0.0, 1.0],
                room: (slope * point.theta - point.psi).max(0.0),
            },
        ]
    }
}
