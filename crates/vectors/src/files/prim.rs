//! Elementary functions.
//!
//! The argument is rounded to the kernel's format and the expected value carried over to it: to first order in the
//! relative step where that is below 2^-30, which leaves out less than 1e-18 of it squared, and else the row is left out.

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use tenor_math::special::{
    Exponential, exp_m1_q62, exp_neg_q62, exp_q56, ln_1p_q62, ln_q64_q56, ln_ratio_q56, pow_e9, rsqrt_q64, sqrt_q64,
};

use crate::exact::{fixed, integer, power_of_ten, power_of_two, to_fixed, whole};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

struct Measures {
    ln_ratio: Measure,
    ln_q64: Measure,
    ln_1p: Measure,
    exp: Measure,
    exp_neg: Measure,
    exp_m1: Measure,
    sqrt: Measure,
    rsqrt: Measure,
    pow: Measure,
    maturity: Measure,
}

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut measures = Measures {
        ln_ratio: Measure::new("ln of a ratio", 1, -17),
        ln_q64: Measure::new("ln of a Q64", 1, -17),
        ln_1p: Measure::new("log1p", 1, -17),
        exp: Measure::new("exp / mantissa", 2, -17),
        exp_neg: Measure::new("exp(-x), absolute", 2, -18),
        exp_m1: Measure::new("expm1", 1, -17),
        sqrt: Measure::new("sqrt in Q56", 14, -18),
        rsqrt: Measure::new("1 / sqrt / mantissa", 1, -18),
        pow: Measure::new("pow, relative", 2, -17),
        maturity: Measure::new("(30 d / T)^p, relative", 2, -17),
    };
    for row in table.rows() {
        match row.text("fn")? {
            "ln" => {
                compare_ln_ratio(&row, &mut measures.ln_ratio)?;
                compare_ln_q64(&row, &mut measures.ln_q64)?;
            }
            "log1p" => compare_ln_1p(&row, &mut measures.ln_1p)?,
            "exp" => {
                compare_exp(&row, &mut measures.exp)?;
                compare_exp_neg(&row, &mut measures.exp_neg)?;
            }
            "expm1" => compare_exp_m1(&row, &mut measures.exp_m1)?,
            "sqrt" => {
                compare_sqrt(&row, &mut measures.sqrt)?;
                compare_rsqrt(&row, &mut measures.rsqrt)?;
            }
            "pow" => compare_pow(&row, &row.number("x")?, &mut measures.pow)?,
            "vegapow" => compare_pow(&row, &(integer(30) / row.positive("x")?), &mut measures.maturity)?,
            _ => return Err(row.nonsense("fn")),
        }
    }
    Ok(lines(measures))
}

fn lines(measures: Measures) -> Vec<Line> {
    let Measures {
        ln_ratio,
        ln_q64,
        ln_1p,
        exp,
        exp_neg,
        exp_m1,
        sqrt,
        rsqrt,
        pow,
        maturity,
    } = measures;
    [
        ln_ratio, ln_q64, ln_1p, exp, exp_neg, exp_m1, sqrt, rsqrt, pow, maturity,
    ]
    .map(Measure::line)
    .into()
}

const BEYOND_Q64: &str = "at least 2^64";
const NOT_POSITIVE: &str = "not positive";
const TOO_COARSE: &str = "the format keeps fewer than 30 bits of the argument";

/// `given / stated - 1`, if the format keeps enough of the argument for the first order to be all that matters.
fn relative_step(given: &BigRational, stated: &BigRational) -> Option<BigRational> {
    let step = given / stated - integer(1);
    (step.abs() < power_of_two(-30)).then_some(step)
}

/// ln(1 + step) up to the third order.
fn ln_of_step(step: &BigRational) -> BigRational {
    step - step * step / integer(2)
}

fn compare_ln_ratio(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    if !x.is_positive() {
        measure.leave_out(NOT_POSITIVE);
        return Ok(());
    }
    if x >= power_of_two(64) {
        measure.leave_out(BEYOND_Q64);
        return Ok(());
    }
    let (numerator, denominator) = ratio(&x);
    let Some(step) = relative_step(&BigRational::new(numerator.into(), denominator.into()), &x) else {
        measure.leave_out(TOO_COARSE);
        return Ok(());
    };
    match ln_ratio_q56(numerator, denominator) {
        Ok(got) => measure.error(row, &(fixed(got, 56) - want - ln_of_step(&step))),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

/// Two integers whose ratio is x, or close to it: the larger has 63 bits.
fn ratio(x: &BigRational) -> (u64, u64) {
    if let (Ok(numerator), Ok(denominator)) = (u64::try_from(x.numer()), u64::try_from(x.denom())) {
        return (numerator, denominator);
    }
    let nearest = |value: BigRational| to_fixed(&value, 63).unwrap_or(1).max(1);
    if *x > integer(1) {
        (1 << 63, nearest(x.recip()))
    } else {
        (nearest(x.clone()), 1 << 63)
    }
}

fn compare_ln_q64(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    let Some((raw, step)) = q64(&x, measure) else {
        return Ok(());
    };
    match ln_q64_q56(raw) {
        Ok(got) => measure.error(row, &(fixed(got, 56) - want - ln_of_step(&step))),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

/// The Q64 number next to x and the relative step to it.
fn q64(x: &BigRational, measure: &mut Measure) -> Option<(u128, BigRational)> {
    if !x.is_positive() {
        measure.leave_out(NOT_POSITIVE);
        return None;
    }
    let Some(raw) = to_fixed::<u128>(x, 64) else {
        measure.leave_out(BEYOND_Q64);
        return None;
    };
    let step = relative_step(&fixed(raw, 64), x);
    if step.is_none() {
        measure.leave_out(TOO_COARSE);
    }
    Some((raw, step?))
}

fn compare_ln_1p(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    if x <= fixed(-1, 1) || x > integer(1) {
        measure.leave_out("x outside (-1/2, 1]");
        return Ok(());
    }
    let raw = to_fixed::<i64>(&x, 62).ok_or_else(|| row.nonsense("x"))?;
    let moved = (fixed(raw, 62) - &x) / (integer(1) + x);
    match ln_1p_q62(raw) {
        Ok(got) => measure.error(row, &(fixed(got, 62) - want - moved)),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

/// The error of the mantissa, in [1, 2).
fn compare_exp(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    let Some(raw) = to_fixed::<i64>(&x, 56) else {
        measure.leave_out("|x| of 128 or more");
        return Ok(());
    };
    let want = want * (integer(1) + fixed(raw, 56) - x);
    match exp_q56(raw) {
        Ok(got) => measure.error(row, &((value(got) - want) / power_of_two(got.exponent))),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

fn compare_exp_neg(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    match to_fixed::<i64>(&-&x, 56) {
        Some(raw) if raw >= 0 => {
            let want = want * (integer(1) - fixed(raw, 56) - x);
            measure.error(row, &(fixed(exp_neg_q62(raw), 62) - want));
        }
        Some(_) => measure.leave_out("a positive exponent"),
        None => measure.leave_out("|x| of 128 or more"),
    }
    Ok(())
}

fn compare_exp_m1(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    if x.abs() > integer(1) {
        measure.leave_out("|x| above one: exp less one");
        return Ok(());
    }
    let raw = to_fixed::<i64>(&x, 62).ok_or_else(|| row.nonsense("x"))?;
    let moved = (integer(1) + &want) * (fixed(raw, 62) - x);
    match exp_m1_q62(raw) {
        Ok(got) => measure.error(row, &(fixed(got, 62) - want - moved)),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

/// The root of the Q64 number that was given, rounded down: the limit is one unit of Q56.
fn compare_sqrt(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, want) = (row.number("x")?, row.number("out")?);
    if x >= power_of_two(14) {
        measure.leave_out("at least 2^14");
        return Ok(());
    }
    if x.is_zero() {
        measure.error(row, &fixed(sqrt_q64(0), 56));
        return Ok(());
    }
    if let Some((raw, step)) = q64(&x, measure) {
        let (got, given) = (fixed(sqrt_q64(raw), 56), fixed(raw, 64));
        let next = &got + fixed(1, 56);
        if &got * &got > given || &next * &next <= given {
            measure.refused(row, &"not the largest root that is not too large");
        }
        let want = want * (integer(1) + step / integer(2));
        measure.error(row, &(got - want));
    }
    Ok(())
}

fn compare_rsqrt(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (x, root) = (row.number("x")?, row.number("out")?);
    if x.is_positive() && !root.is_positive() {
        return Err(row.nonsense("out"));
    }
    let Some((raw, step)) = q64(&x, measure) else {
        return Ok(());
    };
    let want = (integer(1) - step / integer(2)) / root;
    match rsqrt_q64(raw) {
        Ok(got) => measure.error(row, &((value(got) - want) / power_of_two(got.exponent))),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

fn compare_pow(row: &Row<'_>, base: &BigRational, measure: &mut Measure) -> Result<(), Unreadable> {
    let (y, want) = (row.number("y")?, row.positive("out")?);
    let Some(power_e9) = whole::<i64>(&(&y * power_of_ten(9))) else {
        measure.leave_out("a power of more than nine decimals");
        return Ok(());
    };
    let Some((raw, step)) = q64(base, measure) else {
        return Ok(());
    };
    match pow_e9(raw, power_e9) {
        Ok(got) => measure.error(row, &(value(got) / want - integer(1) - step * y)),
        Err(error) => measure.refused(row, &error),
    }
    Ok(())
}

/// What a number in floating form is worth.
fn value(number: Exponential) -> BigRational {
    fixed(number.mantissa_q63, 63) * power_of_two(number.exponent)
}
