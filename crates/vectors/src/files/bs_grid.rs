//! Prices and greeks of European options.
//!
//! Rows in spot form are taken back to the forward, which is what the kernel computes: with S the spot and F its
//! forward, delta = Delta_S S / (DF F), gamma = Gamma_S S^2 / (DF F^2), vanna likewise, vega and volga are the same, and
//! theta = (Theta_S - r C + (r - q) S Delta_S) / DF.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use tenor_math::MathError;
use tenor_math::pricing::{FullGreeks, TotalVariance, black, black_greeks};

use crate::exact::{bits_above, fixed, integer, root, whole};
use crate::measure::Measure;
use crate::pricing::{Scaled, total_variance};
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

/// What a row states, undiscounted and of the forward.
struct Case {
    forward: BigRational,
    strike: BigRational,
    sigma: BigRational,
    seconds: BigRational,
    call: BigRational,
    put: BigRational,
    /// None where there is no variance: the greeks of such rows are blank.
    greeks: Option<Expected>,
}

struct Expected {
    delta: BigRational,
    gamma: BigRational,
    vega: BigRational,
    theta: BigRational,
    vanna: BigRational,
    volga: BigRational,
}

impl Case {
    fn of(row: &Row<'_>) -> Result<Self, Unreadable> {
        let discount = row.positive("DF")?;
        Ok(Self {
            forward: row.positive("F")?,
            strike: row.positive("K")?,
            sigma: row.number("sigma")?,
            seconds: row.number("T_sec")?,
            call: row.number("call")? / &discount,
            put: row.number("put")? / &discount,
            greeks: Expected::of(row, &discount)?,
        })
    }

    fn years(&self) -> BigRational {
        &self.seconds / integer(31_536_000)
    }

    fn variance(&self) -> BigRational {
        &self.sigma * &self.sigma * self.years()
    }
}

impl Expected {
    fn of(row: &Row<'_>, discount: &BigRational) -> Result<Option<Self>, Unreadable> {
        if row.text("gamma")?.is_empty() || row.text("d1")?.is_empty() {
            return Ok(None);
        }
        // Underlying per forward, and what the theta holds besides the passing of variance.
        let (ratio, carry) = match row.text("form")? {
            "B76" => (integer(1), BigRational::zero()),
            "BS" => {
                let (rate, spot) = (row.number("r")?, row.number("U")?);
                let drift = (&rate - row.number("q")?) * &spot * row.number("call_delta")?;
                (spot / row.positive("F")?, drift - rate * row.number("call")?)
            }
            _ => return Err(row.nonsense("form")),
        };
        Ok(Some(Self {
            delta: row.number("call_delta")? * &ratio / discount,
            gamma: row.number("gamma")? * &ratio * &ratio / discount,
            vega: row.number("vega")? / discount,
            theta: (row.number("call_theta")? + carry) / discount,
            vanna: row.number("vanna")? * &ratio / discount,
            volga: row.number("volga")? / discount,
        }))
    }
}

struct Measures {
    price: Measure,
    parity: Measure,
    delta: Measure,
    gamma: Measure,
    vega: Measure,
    theta: Measure,
    vanna: Measure,
    volga: Measure,
}

impl Measures {
    fn greeks(&mut self) -> [&mut Measure; 6] {
        [
            &mut self.delta,
            &mut self.gamma,
            &mut self.vega,
            &mut self.theta,
            &mut self.vanna,
            &mut self.volga,
        ]
    }
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut measures = Measures {
        price: Measure::new("price / (max(F,K) DF)", 1, -14),
        parity: Measure::new("C - P - (F - K)", 0, 0),
        delta: Measure::new("delta / DF", 1, -13),
        gamma: Measure::new("gamma F s / DF", 1, -12),
        vega: Measure::new("vega / (F DF sqrt T)", 1, -12),
        theta: Measure::new("2 theta sqrt T / (F DF sig)", 1, -12),
        vanna: Measure::new("vanna sigma / DF", 1, -12),
        volga: Measure::new("volga sigma / (F DF sqrt T)", 1, -12),
    };
    for row in table.rows() {
        let case = Case::of(&row)?;
        match total_variance(&case.variance()) {
            Some(variance) => compare(&row, &case, variance, &mut measures),
            None => measures.price.leave_out("total variance of 2^16 or more"),
        }
    }
    let Measures {
        price,
        parity,
        delta,
        gamma,
        vega,
        theta,
        vanna,
        volga,
    } = measures;
    Ok([price, parity, delta, gamma, vega, theta, vanna, volga]
        .map(Measure::line)
        .into())
}

fn compare(row: &Row<'_>, case: &Case, variance: TotalVariance, measures: &mut Measures) {
    compare_prices(row, case, variance, measures);
    if let (Some(expected), true) = (&case.greeks, variance != TotalVariance::ZERO) {
        compare_greeks(row, case, variance, expected, measures);
        return;
    }
    for measure in measures.greeks() {
        measure.leave_out("no greeks stated");
    }
}

fn compare_prices(row: &Row<'_>, case: &Case, variance: TotalVariance, measures: &mut Measures) {
    let Some(scaled) = Scaled::new(&case.forward, &case.strike, 62) else {
        measures.price.refused(row, &"forward or strike is negative");
        return;
    };
    match black(scaled.forward, scaled.strike, variance) {
        Ok((pair, _)) => {
            let largest = (&case.forward).max(&case.strike);
            let call = (scaled.worth(pair.call) - &case.call) / largest;
            let put = (scaled.worth(pair.put) - &case.put) / largest;
            let (forward, strike) = (i128::from(scaled.forward), i128::from(scaled.strike));
            let parity = i128::from(pair.call) - i128::from(pair.put) - (forward - strike);
            measures.price.error(row, &larger(call, put));
            measures.parity.error(row, &integer(parity));
        }
        Err(error) => measures.price.refused(row, &error),
    }
}

/// Each greek in the finest scale that has room for it: `size` is how large it may grow, in forwards.
fn compare_greeks(row: &Row<'_>, case: &Case, variance: TotalVariance, expected: &Expected, measures: &mut Measures) {
    let (forward, sigma) = (&case.forward, &case.sigma);
    let (deviation, time) = (root(&case.variance()), root(&case.years()));
    type Pick = fn(&FullGreeks) -> BigInt;
    let [delta, measures @ ..] = measures.greeks();
    let greeks: [(BigRational, BigRational, Pick); 5] = [
        (deviation.recip(), &expected.gamma * forward * forward, |greeks| {
            greeks.gamma_cash.into()
        }),
        (time.clone(), expected.vega.clone(), |greeks| greeks.vega.into()),
        (sigma / (&time * integer(2)), expected.theta.clone(), |greeks| {
            greeks.theta.into()
        }),
        (sigma.recip(), &expected.vanna * forward, |greeks| {
            greeks.vanna_cash.into()
        }),
        (time / sigma, expected.volga.clone(), |greeks| greeks.volga.into()),
    ];
    for (measure, (size, want, pick)) in measures.into_iter().zip(greeks) {
        match scaled_greeks(case, variance, &size) {
            Ok((scaled, greeks)) => {
                let got = scaled.worth(pick(&greeks));
                measure.error(row, &((got - want) / forward / size));
            }
            Err(error) => measure.refused(row, &error),
        }
    }
    match scaled_greeks(case, variance, &integer(1)) {
        Ok((_, greeks)) => delta.error(row, &(fixed(greeks.delta_q62, 62) - &expected.delta)),
        Err(error) => delta.refused(row, &error),
    }
}

/// The kernel's greeks in a scale in which one of `size` forwards has room.
fn scaled_greeks(case: &Case, variance: TotalVariance, size: &BigRational) -> Result<(Scaled, FullGreeks), MathError> {
    let seconds = whole(&case.seconds).ok_or(MathError::OutOfDomain)?;
    let bits = 61 - bits_above(size).max(0);
    let scaled = Scaled::new(&case.forward, &case.strike, bits).ok_or(MathError::OutOfDomain)?;
    let (_, greeks) = black_greeks(scaled.forward, scaled.strike, variance, seconds)?;
    Ok((scaled, greeks))
}

fn larger(a: BigRational, b: BigRational) -> BigRational {
    a.abs().max(b.abs())
}
