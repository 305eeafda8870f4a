//! Values of raw SVI slices at points. The slices are those of `svi_slices.csv`, which must lie beside this file.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Signed;
use tenor_math::pricing::Deviation;
use tenor_math::surface::RawSvi;

use super::svi_slices::PARAMETERS;
use crate::exact::{fixed, integer, power_of_ten, root, to_fixed};
use crate::measure::Measure;
use crate::report::Line;
use crate::svi::Slice;
use crate::table::{Row, Table, Unreadable};

struct Measures {
    variance: Measure,
    volatility: Measure,
    slope: Measure,
    curvature: Measure,
    factor: Measure,
    density: Measure,
}

impl Measures {
    fn all(self) -> [Measure; 6] {
        [
            self.variance,
            self.volatility,
            self.slope,
            self.curvature,
            self.factor,
            self.density,
        ]
    }

    fn leave_out(&mut self, reason: &'static str) {
        self.variance.leave_out(reason);
        self.volatility.leave_out(reason);
        self.leave_out_derivatives(reason);
    }

    fn leave_out_derivatives(&mut self, reason: &'static str) {
        for measure in [
            &mut self.slope,
            &mut self.curvature,
            &mut self.factor,
            &mut self.density,
        ] {
            measure.leave_out(reason);
        }
    }
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let slices = accepted_slices(&table.beside("svi_slices.csv")?)?;
    let mut measures = Measures {
        variance: Measure::new("w", 2, -15),
        volatility: Measure::new("iv sqrt T s", 1, -15),
        slope: Measure::new("w' sigma", 1, -15),
        curvature: Measure::new("w'' sigma^2 / b", 1, -15),
        factor: Measure::new("g / (1 + |g|)", 1, -8),
        density: Measure::new("density / (d + 1e-3 + 1e-4/s)", 1, -8),
    };
    for row in table.rows() {
        match slices.get(row.text("name")?) {
            None => return Err(row.nonsense("name")),
            Some(None) => measures.leave_out("the slice is not accepted"),
            Some(Some((stated, slice))) => compare(&row, stated, slice, &mut measures)?,
        }
    }
    Ok(measures.all().map(Measure::line).into())
}

type Accepted = HashMap<String, Option<(Slice, RawSvi)>>;

fn accepted_slices(table: &Table) -> Result<Accepted, Unreadable> {
    let mut slices = HashMap::new();
    for row in table.rows() {
        let slice = Slice::of(&row, PARAMETERS)?.and_then(|slice| {
            let accepted = RawSvi::try_new(slice.params).ok()?;
            Some((slice, accepted))
        });
        slices.insert(row.text("name")?.to_owned(), slice);
    }
    Ok(slices)
}

fn compare(row: &Row<'_>, stated: &Slice, slice: &RawSvi, measures: &mut Measures) -> Result<(), Unreadable> {
    let (k, w) = (row.number("k")?, row.positive("w")?);
    let k_q56 = to_fixed::<i64>(&k, 56).ok_or_else(|| row.nonsense("k"))?;
    let (point, variance) = match (slice.at(k_q56), slice.total_variance(-k_q56)) {
        (Ok(point), Ok(variance)) => (point, variance),
        (Err(error), _) | (_, Err(error)) => {
            measures.variance.refused(row, &error);
            return Ok(());
        }
    };
    let carried = stated.carried(&k, &w, k_q56);
    measures
        .variance
        .error(row, &(fixed(point.variance_q56, 56) - &carried));
    // An error of w is one of 1 / (2 s) in s: times s it is comparable.
    let deviation = Deviation::of(variance).map_or(0, Deviation::s_q56);
    let want = row.positive("iv")? * root(&row.positive("T")?);
    let moved = (carried - &w) / (integer(2) * &want);
    let error = (fixed(deviation, 56) - &want - moved) * want;
    measures.volatility.error(row, &error);
    if !stated.is_exact() {
        measures.leave_out_derivatives("parameters of more than twelve decimals");
        return Ok(());
    }
    let (sigma, b) = (stated.sigma(), stated.b());
    let (w1, w2) = (row.number("w1")?, row.number("w2")?);
    let carried = w1 + &w2 * (fixed(k_q56, 56) - k);
    measures
        .slope
        .error(row, &((fixed(point.slope_q56, 56) - carried) * sigma));
    if b.is_positive() {
        let curvature = (fixed(point.curvature_q56, 56) - w2) * sigma * sigma / b;
        measures.curvature.error(row, &curvature);
    } else {
        measures.curvature.leave_out("a flat slice");
    }
    compare_density(row, slice, k_q56, measures)
}

fn compare_density(row: &Row<'_>, slice: &RawSvi, k_q56: i64, measures: &mut Measures) -> Result<(), Unreadable> {
    let (g, density) = (row.number("g")?, row.number("density_k")?);
    match slice.density_factor_q40(k_q56) {
        Ok(got) => {
            let size: BigRational = integer(1) + g.abs();
            measures.factor.error(row, &((fixed(got, 40) - g) / size));
        }
        Err(error) => measures.factor.refused(row, &error),
    }
    match slice.density_q40(k_q56) {
        Ok(got) => {
            // Its last place is worth 1e-12, and g phi(d2) is rounded to as much before it is divided by s.
            let size = power_of_ten(-3) + power_of_ten(-4) / root(&row.number("w")?) + density.abs();
            measures.density.error(row, &((fixed(got, 40) - density) / size));
        }
        Err(error) => measures.density.refused(row, &error),
    }
    Ok(())
}
