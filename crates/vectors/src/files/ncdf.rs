//! The normal distribution.

use num_traits::Signed;
use tenor_math::special::{normal_cdf_q62, normal_pdf_q62, normal_quantile_q56, normal_sf_q62};

use crate::exact::{fixed, integer, power_of_two, to_fixed};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

const OUT_OF_FORMAT: &str = "|x| of 128 or more";

struct Measures {
    cdf: Measure,
    survival: Measure,
    sum: Measure,
    density: Measure,
    quantile: Measure,
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut measures = Measures {
        cdf: Measure::new("cdf", 2, -17),
        survival: Measure::new("survival", 2, -17),
        sum: Measure::new("cdf + survival - 1", 0, 0),
        density: Measure::new("pdf", 2, -17),
        quantile: Measure::new("inverse cdf", 6, -17),
    };
    for row in table.rows() {
        match row.text("kind")? {
            "cdf" => compare_probabilities(&row, &mut measures)?,
            "inv" => compare_quantile(&row, &mut measures.quantile)?,
            _ => return Err(row.nonsense("kind")),
        }
    }
    let Measures {
        cdf,
        survival,
        sum,
        density,
        quantile,
    } = measures;
    Ok([cdf, survival, sum, density, quantile].map(Measure::line).into())
}

/// The argument is rounded to Q56; the density, which is the slope of the others, carries them over to it.
fn compare_probabilities(row: &Row<'_>, measures: &mut Measures) -> Result<(), Unreadable> {
    let (x, pdf, cdf, sf) = (
        row.number("arg")?,
        row.number("pdf")?,
        row.number("cdf")?,
        row.number("sf")?,
    );
    let Some(raw) = to_fixed::<i64>(&x, 56) else {
        for measure in [
            &mut measures.cdf,
            &mut measures.survival,
            &mut measures.sum,
            &mut measures.density,
        ] {
            measure.leave_out(OUT_OF_FORMAT);
        }
        return Ok(());
    };
    let step = fixed(raw, 56) - &x;
    let rise = &pdf * &step;
    measures.cdf.error(row, &(fixed(normal_cdf_q62(raw), 62) - cdf - &rise));
    measures
        .survival
        .error(row, &(fixed(normal_sf_q62(raw), 62) - sf + rise));
    if raw == 0 {
        measures.sum.leave_out("at zero each is a half on its own");
    } else {
        let sum = u128::from(normal_cdf_q62(raw)) + u128::from(normal_sf_q62(raw));
        measures.sum.error(row, &(fixed(sum, 62) - integer(1)));
    }
    let fall = &pdf * x * step;
    measures
        .density
        .error(row, &(fixed(normal_pdf_q62(raw), 62) - pdf + fall));
    Ok(())
}

/// The probability is rounded to Q96. What that may move the quantile x by is allowed for: the slope is 1 / phi(x), and
/// phi(x) is at least |x| times the tail beyond x, and at least half the tail.
fn compare_quantile(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (p, want) = (row.number("arg")?, row.number("ppf")?);
    let tail = p.clone().min(integer(1) - &p);
    if tail < power_of_two(-60) {
        measure.leave_out("tail below 2^-60");
        return Ok(());
    }
    let raw = to_fixed::<u128>(&p, 96).ok_or_else(|| row.nonsense("arg"))?;
    let slack = (fixed(raw, 96) - p).abs() / (tail * want.abs().max(fixed(1, 1)));
    match normal_quantile_q56(raw) {
        Ok(x) => {
            let error = (fixed(x, 56) - want).abs() - slack;
            measure.error(row, &error.max(integer(0)));
        }
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}
