//! How much of an account is closed, by three rules that are one formula, `f = (tM - E) / (M (t - d) + H)`:
//!
//! - A, the slice of an auction that sells at the share p of what the account is worth above cash R already received,
//!   until its buffer margin BM is zero: E is the worth MtM, M = MtM - BM, t = 1, and what the buyer keeps,
//!   (1 - p)(MtM - R), is the discount d M.
//! - B, the slice to a target health: the fee on the notional is the discount on the requirement.
//! - C, a loan: E is the collateral at its liquidation threshold v, M the debt, t the target health, and a unit repaid
//!   costs d = v (1 + bonus) of E.

use num_rational::BigRational;
use num_traits::Signed;
use tenor_math::MathError;
use tenor_math::liquidation::{Fraction, SliceTerms, slice_fraction};

use super::{e9, ratio_e9};
use crate::exact::{integer, power_of_ten};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

const TOO_FINE: &str = "an amount of more than nine decimals";

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut auction = Measure::new("A: slice of an auction", 1, -13);
    let mut target = Measure::new("B: slice to target health", 1, -13);
    let mut lending = Measure::new("C: share of a loan", 1, -13);
    for row in table.rows() {
        match row.text("kind")? {
            "A" => compare_auction(&row, &mut auction)?,
            "B" => compare_target(&row, &mut target)?,
            "C" => compare_lending(&row, &mut lending)?,
            _ => return Err(row.nonsense("kind")),
        }
    }
    Ok([auction, target, lending].map(Measure::line).into())
}

/// The terms of the formula, before they are rounded to its formats.
struct Terms {
    equity: BigRational,
    maintenance: BigRational,
    haircut: BigRational,
    discount: BigRational,
    target: BigRational,
}

impl Terms {
    /// `None` if the formats cannot hold them.
    fn fraction(&self) -> Option<Result<BigRational, MathError>> {
        let fraction = slice_fraction(&SliceTerms {
            equity: e9(&self.equity)?,
            maintenance: e9(&self.maintenance)?,
            haircut: e9(&self.haircut)?,
            discount: ratio_e9(&self.discount)?,
            target: ratio_e9(&self.target)?,
        });
        Some(fraction.map(|fraction: Fraction| integer(fraction.e18()) * power_of_ten(-18)))
    }

    fn compare(&self, row: &Row<'_>, want: &BigRational, measure: &mut Measure) {
        match self.fraction() {
            None => measure.leave_out(TOO_FINE),
            Some(Ok(got)) => measure.error(row, &(got - want)),
            Some(Err(error)) => measure.refused(row, &error),
        }
    }
}

fn compare_auction(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (buffer, worth, price) = (row.number("in1")?, row.number("in2")?, row.number("in3")?);
    let (received, want) = (row.number("in4")?, row.number("fraction_or_x")?);
    let maintenance = &worth - buffer;
    if !maintenance.is_positive() {
        measure.leave_out("nothing is required");
        return Ok(());
    }
    let kept = (integer(1) - price) * (&worth - received);
    // A discount of six decimals, rounded up, and as a haircut what that is too much: both exact.
    let discount = (&kept / &maintenance * power_of_ten(6)).ceil() * power_of_ten(-6);
    let terms = Terms {
        haircut: &maintenance * &discount - kept,
        equity: worth,
        maintenance,
        discount,
        target: integer(1),
    };
    terms.compare(row, &want, measure);
    Ok(())
}

fn compare_target(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (equity, maintenance, target) = (row.number("in1")?, row.positive("in2")?, row.number("in3")?);
    let (fee, notional) = (row.number("in4")?, row.number("in5")?);
    let want = row.number("fraction_or_x")?;
    let discount = fee * notional / &maintenance;
    if !equity.is_positive() {
        measure.leave_out("no equity: the whole account is offered, without a formula");
        return Ok(());
    }
    if discount >= target {
        measure.leave_out("the fee eats what a slice frees: the account closes in full");
        return Ok(());
    }
    let terms = Terms {
        equity,
        maintenance,
        haircut: integer(0),
        discount,
        target,
    };
    terms.compare(row, &want, measure);
    Ok(())
}

/// Rows without a partial close are those in which the whole debt does not suffice, or each step lowers health: there
/// the formula must say "all", or refuse.
fn compare_lending(row: &Row<'_>, measure: &mut Measure) -> Result<(), Unreadable> {
    let (debt, collateral, threshold) = (row.positive("in1")?, row.number("in2")?, row.number("in3")?);
    let (bonus, target) = (row.number("in4")?, row.number("in5")?);
    let repaid = row.optional("fraction_or_x")?;
    let terms = Terms {
        equity: &threshold * collateral,
        maintenance: debt.clone(),
        haircut: integer(0),
        discount: threshold * (integer(1) + bonus),
        target,
    };
    match (repaid, terms.fraction()) {
        (None, Some(Err(MathError::OutOfDomain))) => measure.error(row, &integer(0)),
        (None, Some(Ok(_))) => measure.refused(row, &"a slice although each step lowers health"),
        (repaid, _) => {
            let share = repaid.map_or(integer(1), |repaid| (repaid / debt).min(integer(1)));
            terms.compare(row, &share, measure);
        }
    }
    Ok(())
}
