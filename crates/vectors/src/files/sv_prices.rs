//! Prices under models with jumps and stochastic volatility.
//!
//! Merton's is a mixture of Black prices, weighted by a Poisson law: R. Merton, *Option pricing when underlying stock
//! returns are discontinuous* (1976). With jumps of log-size N(mu, d^2) at rate lambda and 1 + kappa = exp(mu + d^2/2),
//! n jumps leave the forward F exp(-lambda kappa T) (1 + kappa)^n and the variance sigma^2 T + n d^2, and n is Poisson
//! with mean lambda T. Written with the mean lambda (1 + kappa) T, as the original has it, the formula wants each term
//! discounted at its own rate; rows that take that mean without that discounting are mixtures whose mean is
//! F exp(lambda kappa^2 T), not F. They are no prices, but they test the kernel as well, and the note counts them.
//!
//! The other models validate simulators and have no closed form in this library.

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use tenor_math::pricing::black;

use crate::exact::{decimal, exponential, fixed, integer, power_of_ten, power_of_two};
use crate::measure::Measure;
use crate::pricing::{Scaled, total_variance};
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut merton = Measure::new("Merton mixture / max(F,K)", 1, -14);
    let mut skewed = 0;
    let (mut heston, mut bates) = (0, 0);
    for row in table.rows() {
        match row.text("model")? {
            "M" => skewed += usize::from(compare(&row, &mut merton)? == Weights::Skewed),
            "H" => heston += 1,
            "B" => bates += 1,
            _ => return Err(row.nonsense("model")),
        }
    }
    let for_simulators = "for simulators, no formula here";
    let mut merton = merton.line();
    if skewed > 0 {
        merton.note = format!("{skewed} rows weighted by lambda (1 + kappa), so that their mean is not F");
    }
    Ok(vec![
        merton,
        Line::not_run("Heston price", heston, for_simulators),
        Line::not_run("Bates price", bates, for_simulators),
    ])
}

/// What the mixture needs of a row.
struct Merton {
    variance: BigRational,
    /// Expected number of jumps.
    jumps: BigRational,
    /// Mean and variance of the log of a jump.
    mean: BigRational,
    spread: BigRational,
}

impl Merton {
    fn of(row: &Row<'_>) -> Result<Self, Unreadable> {
        let years = row.number("T")?;
        let sigma = parameter(row, "sig")?;
        let deviation = parameter(row, "dJ")?;
        Ok(Self {
            variance: &sigma * &sigma * &years,
            jumps: parameter(row, "lam")? * years,
            mean: parameter(row, "muJ")?,
            spread: &deviation * &deviation,
        })
    }
}

/// The value of `name=value` among the parameters.
fn parameter(row: &Row<'_>, name: &str) -> Result<BigRational, Unreadable> {
    row.text("params")?
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| decimal(value))
        .ok_or_else(|| row.nonsense("params"))
}

/// Mean number of jumps by which a row weights its terms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weights {
    /// lambda T: the mean of the mixture is the forward.
    Fair,
    /// lambda (1 + kappa) T.
    Skewed,
}

/// Which weights come closer, and the error with them.
fn compare(row: &Row<'_>, measure: &mut Measure) -> Result<Weights, Unreadable> {
    let (forward, strike, want) = (row.positive("F")?, row.positive("K")?, row.number("call")?);
    let parity = (&want - row.number("put")? - &forward + &strike).abs();
    let model = Merton::of(row)?;
    let error = |weights| Some((model.call(&forward, &strike, weights)? - &want).abs());
    let Some((fair, skewed)) = error(Weights::Fair).zip(error(Weights::Skewed)) else {
        measure.refused(row, &"a term has no Black price");
        return Ok(Weights::Fair);
    };
    let closer = if fair <= skewed { Weights::Fair } else { Weights::Skewed };
    measure.error(row, &(fair.min(skewed).max(parity) / forward.max(strike)));
    Ok(closer)
}

impl Merton {
    /// The call, summed until the weights are below 1e-30.
    fn call(&self, forward: &BigRational, strike: &BigRational, weights: Weights) -> Option<BigRational> {
        let jump = exponential(&(&self.mean + &self.spread / integer(2)));
        let mut forward = forward * exponential(&(&self.jumps * (integer(1) - &jump)));
        let mean = match weights {
            Weights::Fair => self.jumps.clone(),
            Weights::Skewed => &self.jumps * &jump,
        };
        let mut weight = exponential(&-&mean);
        let mut variance = self.variance.clone();
        let (mut call, mut n) = (BigRational::zero(), 0);
        while weight > power_of_ten(-30) || integer(n) < mean {
            let scaled = Scaled::new(&forward, strike, 62)?;
            let (pair, _) = black(scaled.forward, scaled.strike, total_variance(&variance)?).ok()?;
            call += &weight * scaled.worth(pair.call);
            n += 1;
            forward = to_digits(&(forward * &jump));
            variance += &self.spread;
            weight = to_digits(&(weight * &mean / integer(n)));
        }
        Some(call)
    }
}

/// A term without the digits that no vector has: 2^-240 of one.
fn to_digits(value: &BigRational) -> BigRational {
    fixed((value * power_of_two(240)).to_integer(), 240)
}
