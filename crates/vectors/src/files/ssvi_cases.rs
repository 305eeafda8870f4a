//! eSSVI slices: acceptance, total variance, and the order of slices of one surface.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Zero;
use tenor_math::surface::{RawSvi, Slice, check_calendar};

use crate::exact::{fixed, integer, nearest, power_of_ten, to_fixed, whole};
use crate::measure::{Judgement, Measure, Tolerance};
use crate::report::Line;
use crate::svi;
use crate::table::{Row, Table, Unreadable};

/// The parameters of a row as a slice takes them, x 1e12.
struct Case {
    theta: BigRational,
    rho: BigRational,
    psi: BigRational,
    theta_e12: u64,
    rho_e12: i64,
    psi_e12: u64,
}

impl Case {
    /// `None` if theta or rho have more than twelve decimals.
    fn of(row: &Row<'_>) -> Result<Option<Self>, Unreadable> {
        let (theta, rho) = (row.number("theta")?, row.number("rho")?);
        let psi = &theta * row.number("phi")?;
        let e12 = power_of_ten(12);
        let raw = whole(&(&theta * &e12))
            .zip(whole(&(&rho * &e12)))
            .zip(nearest(&(&psi * &e12)));
        Ok(raw.map(|((theta_e12, rho_e12), psi_e12)| Self {
            theta,
            rho,
            psi,
            theta_e12,
            rho_e12,
            psi_e12,
        }))
    }
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut acceptance = Judgement::new("acceptance", Tolerance::Exact);
    let mut variance = Measure::new("w(k)", 1, -15);
    for row in table.rows() {
        let is_good = row.flag("cond1")? && row.flag("cond2")?;
        let Some(case) = Case::of(&row)? else {
            acceptance.leave_out("more than twelve decimals");
            variance.leave_out("more than twelve decimals");
            continue;
        };
        let slice = Slice::try_new(case.theta_e12, case.rho_e12, case.psi_e12);
        acceptance.answer(&row, slice.is_ok(), is_good);
        match slice {
            Ok(slice) => compare_variance(&row, &case, &slice, &mut variance)?,
            Err(_) => variance.leave_out("no slice"),
        }
    }
    let [raw_acceptance, raw_variance] = raw(table)?;
    Ok(vec![
        acceptance.line(),
        variance.line(),
        calendar(table)?,
        raw_acceptance,
        raw_variance,
    ])
}

/// Slices of one surface at growing theta, where the surface is free of calendar arbitrage.
fn calendar(table: &Table) -> Result<Line, Unreadable> {
    let mut order = Judgement::new("calendar order", Tolerance::Exact);
    let mut previous: HashMap<[&str; 3], (BigRational, Slice)> = HashMap::new();
    for row in table.rows() {
        let surface = [row.text("rho")?, row.text("eta")?, row.text("gamma")?];
        let Some((case, slice)) = Case::of(&row)?.and_then(|case| {
            let slice = Slice::try_new(case.theta_e12, case.rho_e12, case.psi_e12).ok()?;
            Some((case, slice))
        }) else {
            order.leave_out("no slice");
            continue;
        };
        let is_free = row.flag("cal_ok")?;
        match previous.get(&surface) {
            Some((theta, near)) if *theta < case.theta => {
                order.answer(&row, check_calendar(near, &slice).is_ok(), is_free);
            }
            Some((theta, _)) if *theta == case.theta => order.leave_out("another k of the same slice"),
            _ => order.leave_out("the first slice of its surface"),
        }
        previous.insert(surface, (case.theta, slice));
    }
    Ok(order.line())
}

/// The same variance in raw SVI parameters. The conditions are sufficient, so rows that fail them say nothing of what the
/// sampled test of raw slices should find.
fn raw(table: &Table) -> Result<[Line; 2], Unreadable> {
    let mut acceptance = Judgement::new("raw SVI acceptance", Tolerance::FewFalseRejects);
    let mut variance = Measure::new("raw SVI w(k)", 2, -15);
    for row in table.rows() {
        let (k, w) = (row.number("k")?, row.number("w")?);
        let stated = svi::Slice::of(&row, ["raw_a", "raw_b", "raw_rho", "raw_m", "raw_sigma"])?;
        let slice = stated.and_then(|stated| {
            let slice = RawSvi::try_new(stated.params).ok()?;
            Some((stated, slice))
        });
        if row.flag("cond1")? && row.flag("cond2")? {
            acceptance.answer(&row, slice.is_some(), true);
        } else {
            acceptance.leave_out("the conditions fail, and are sufficient only");
        }
        let Some((stated, slice)) = slice else {
            variance.leave_out("the raw slice is not accepted");
            continue;
        };
        let k_q56 = to_fixed::<i64>(&k, 56).ok_or_else(|| row.nonsense("k"))?;
        match slice.at(k_q56) {
            Ok(point) => variance.error(&row, &(fixed(point.variance_q56, 56) - stated.carried(&k, &w, k_q56))),
            Err(error) => variance.refused(&row, &error),
        }
    }
    Ok([acceptance.line(), variance.line()])
}

/// psi is rounded to 1e-12 and k to Q56; dw/dpsi and dw/dk carry the row's value over. With
/// root = 2w - theta - rho psi k, dw/dpsi = k (rho + (psi k + rho theta) / root) / 2 and dw/dk likewise with psi for k.
fn compare_variance(row: &Row<'_>, case: &Case, slice: &Slice, measure: &mut Measure) -> Result<(), Unreadable> {
    let (k, want) = (row.number("k")?, row.number("w")?);
    let Case { theta, rho, psi, .. } = case;
    let log_moneyness = to_fixed::<i64>(&-&k, 56).ok_or_else(|| row.nonsense("k"))?;
    let root = integer(2) * &want - theta - rho * psi * &k;
    if root.is_zero() {
        return Err(row.nonsense("w"));
    }
    let slope = (rho + (psi * &k + rho * theta) / root) / integer(2);
    let psi_step = integer(case.psi_e12) * power_of_ten(-12) - psi;
    let k_step = -fixed(log_moneyness, 56) - &k;
    let carried = want + slope * (k * psi_step + psi * k_step);
    match slice.total_variance(log_moneyness) {
        Ok(got) => measure.error(row, &(fixed(got.q96(), 96) - carried)),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}
