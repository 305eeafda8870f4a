//! From a fitted point to the integers that are posted.
//!
//! Each integer is rounded to the nearest, then moved inside its exact bounds in the order psi, rho, theta; theta is only
//! bounded from below (but for its cap), so it takes what rounding of the others cost. What comes out is verified with
//! the same functions that accept it on chain.

use super::region::Point;
use super::{Condition, Parameters};
use crate::quantity::{E9, Ratio};
use crate::surface::{E12, Slice, check_calendar};
use crate::{Round, mul_div};

const ONE: i128 = 1_000_000_000_000;
const MAX_THETA: i128 = 16 * ONE;

/// The integers nearest to a point that are accepted after the previous slice, also when theta and psi are multiplied
/// by `factor`; failing that, the previous slice's shape. `None` if not even that is accepted.
pub(super) fn round(point: &Point, previous: Option<Parameters>, factor: Ratio) -> Option<Parameters> {
    let hold = previous.map_or((0, 0), |previous| (previous.psi_e12.into(), previous.rho_e12.into()));
    let nearest = |value: f64| (value * 1e12).round() as i64;
    let (theta, psi) = (nearest(point.theta), nearest(point.psi));
    let rho = nearest(if point.psi > 0.0 { point.rho() } else { 0.0 });
    [(psi.into(), rho.into()), hold]
        .into_iter()
        .find_map(|(psi, rho)| settle([theta.into(), rho, psi], previous, factor))
}

/// Moves integers inside the bounds and verifies them.
fn settle([theta, rho, psi]: [i128; 3], previous: Option<Parameters>, factor: Ratio) -> Option<Parameters> {
    let least_psi = previous.map_or(0, |previous| i128::from(previous.psi_e12));
    let psi = psi.clamp(least_psi, (4 * ONE).max(least_psi));
    let largest = scaled(psi, factor, Round::Up)?;
    let (low, high) = rho_range(psi, largest, previous);
    if low > high {
        return None;
    }
    let rho = rho.clamp(low, high);
    let most = unscaled(MAX_THETA, factor, Round::Down)?;
    let theta = theta.max(least_theta(rho, psi, largest, previous, factor)?).min(most);
    let parameters = Parameters {
        theta_e12: theta.try_into().ok()?,
        rho_e12: rho.try_into().ok()?,
        psi_e12: psi.try_into().ok()?,
    };
    let slice = accepted(&parameters, factor)?;
    let follows = |previous: Parameters| {
        let near = Slice::try_new(previous.theta_e12, previous.rho_e12, previous.psi_e12);
        near.is_ok_and(|near| check_calendar(&near, &slice).is_ok())
    };
    previous.is_none_or(follows).then_some(parameters)
}

/// Where rho may lie, given psi and the multiplied psi: below one, under the wing's bound, within the turn from the
/// slice before.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "the multiplied psi is at most 6.4e13 and not zero where it divides; 4e24 and 4e12 x 1e12 are far below 2^127"
)]
fn rho_range(psi: i128, largest: i128, previous: Option<Parameters>) -> (i128, i128) {
    let mut limit = ONE - 1;
    if largest > 0 {
        limit = limit.min((4 * ONE * ONE - 1) / largest - ONE);
    }
    match previous {
        Some(previous) if psi > 0 => {
            let (turned, growth) = (skew(&previous), (psi - i128::from(previous.psi_e12)) * ONE);
            let (low, high) = (ceiling(turned - growth, psi), (turned + growth).div_euclid(psi));
            (low.max(-limit), high.min(limit))
        }
        _ => (-limit, limit),
    }
}

/// The least theta: the butterfly bound for the multiplied slice, and the level and curvature of the slice before.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the multiplied psi is at most 6.4e13 and |rho| below 1e12: the largest products, 4.1e27, 1e15 x 2e12 and \
              4e12 x 1.6e13, are below 2^93"
)]
fn least_theta(rho: i128, psi: i128, largest: i128, previous: Option<Parameters>, factor: Ratio) -> Option<i128> {
    let multiplied = ceiling(ceiling(largest * largest, 4 * ONE) * (ONE + rho.abs()), ONE);
    let least = unscaled(multiplied, factor, Round::Up)?.max(1);
    let Some(previous) = previous else {
        return Some(least);
    };
    let (theta, before) = (i128::from(previous.theta_e12), i128::from(previous.psi_e12));
    let curvature = if before > 0 { ceiling(psi * theta, before) } else { 0 };
    Some(least.max(theta).max(curvature))
}

/// The slice if it is free of butterfly arbitrage for every factor from one to this.
pub(super) fn accepted(parameters: &Parameters, factor: Ratio) -> Option<Slice> {
    Slice::try_new(parameters.theta_e12, parameters.rho_e12, parameters.psi_e12)
        .ok()
        .filter(|slice| slice.keeps_free_up_to(factor).is_ok())
}

/// By how much each condition between two slices is met, and the size of what it compares.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "theta and psi are at most 1.6e13 and 4e12 in slices that were accepted, |rho| at most 1e12: products are \
              below 2^90"
)]
fn slacks(shorter: &Parameters, longer: &Parameters) -> [(i128, i128); 4] {
    let [theta1, psi1] = [shorter.theta_e12, shorter.psi_e12].map(i128::from);
    let [theta2, psi2] = [longer.theta_e12, longer.psi_e12].map(i128::from);
    let turn = (skew(longer) - skew(shorter)).abs();
    [
        (theta2 - theta1, theta2),
        (psi2 - psi1, psi2),
        ((psi2 - psi1) * ONE - turn, psi2 * ONE),
        (psi1 * theta2 - psi2 * theta1, psi1 * theta2),
    ]
}

/// The conditions that hold with next to nothing to spare.
pub(super) fn binding(
    parameters: Parameters,
    previous: Option<Parameters>,
    factor: Ratio,
) -> impl Iterator<Item = Condition> + use<> {
    let names = [
        Condition::Level,
        Condition::Slope,
        Condition::Turn,
        Condition::Curvature,
    ];
    let between = previous.into_iter().flat_map(move |previous| {
        slacks(&previous, &parameters)
            .into_iter()
            .zip(names)
            .filter(|((slack, size), _)| slack.saturating_mul(1_000_000) <= *size)
            .map(|(_, name)| name)
    });
    let [theta, rho, psi] = parameters.floats();
    let c = factor.e9() as f64 / E9 as f64;
    let spread = psi * (1.0 + rho.abs());
    let within = [
        (4.0 - c * spread <= 4e-6, Condition::Wing),
        (4.0 * theta - c * psi * spread <= 4e-6 * theta, Condition::Butterfly),
    ];
    between.chain(within.into_iter().filter_map(|(binds, name)| binds.then_some(name)))
}

/// rho psi, x 1e24.
#[expect(clippy::arithmetic_side_effects, reason = "64 x 64 bits")]
fn skew(parameters: &Parameters) -> i128 {
    i128::from(parameters.rho_e12) * i128::from(parameters.psi_e12)
}

/// Rounded toward plus infinity, by a positive divisor.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a quotient of i128 below its extremes; the divisor is positive"
)]
fn ceiling(numerator: i128, divisor: i128) -> i128 {
    -(-numerator).div_euclid(divisor)
}

fn scaled(value: i128, factor: Ratio, round: Round) -> Option<i128> {
    let value = u64::try_from(value).ok()?;
    mul_div(value, factor.e9(), E9, round).ok().map(Into::into)
}

/// Divided by the factor.
fn unscaled(value: i128, factor: Ratio, round: Round) -> Option<i128> {
    let value = u64::try_from(value).ok()?;
    mul_div(value, E9, factor.e9(), round).ok().map(Into::into)
}

impl Parameters {
    /// theta, rho and psi.
    #[must_use]
    pub fn floats(&self) -> [f64; 3] {
        let unit = E12 as f64;
        [
            self.theta_e12 as f64 / unit,
            self.rho_e12 as f64 / unit,
            self.psi_e12 as f64 / unit,
        ]
    }
}
