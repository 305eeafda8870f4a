//! Implied volatilities.

use num_traits::Signed;
use tenor_math::pricing::{ImpliedError, OptionQuote, implied_deviation};

use super::kind;
use crate::exact::{fixed, integer, power_of_ten, root, to_fixed, whole};
use crate::measure::{Judgement, Measure, Tolerance};
use crate::pricing::Scaled;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut solvable = Judgement::new("price has a volatility", Tolerance::Exact);
    let mut volatility = Measure::new("iv / max(1e-9, tick / vega)", 1, 0);
    for row in table.rows() {
        let is_solvable = row.text("status")? == "ok";
        match solve(&row)? {
            None => solvable.leave_out("a price that is negative or beyond any scale"),
            Some(answer) => {
                solvable.answer(&row, answer.is_ok(), is_solvable);
                match (answer, is_solvable) {
                    (Ok(s_q56), true) => compare(&row, s_q56, &mut volatility)?,
                    (Err(error), true) => volatility.refused(&row, &error),
                    (_, false) => volatility.leave_out("no volatility gives the price"),
                }
            }
        }
    }
    Ok(vec![volatility.line(), solvable.line()])
}

fn solve(row: &Row<'_>) -> Result<Option<Result<i64, ImpliedError>>, Unreadable> {
    let (forward, strike) = (row.positive("F")?, row.positive("K")?);
    let price = row.number("price")? / row.positive("DF")?;
    let kind = kind(row)?;
    let quote = Scaled::new(&forward, &strike, 62).and_then(|scaled| {
        Some(OptionQuote {
            kind,
            forward: scaled.forward,
            strike: scaled.strike,
            price_q64: to_fixed(&scaled.units(&price), 64)?,
        })
    });
    Ok(quote.map(|quote| implied_deviation(&quote)))
}

/// The tick is one in the last decimal of the price; without a number of decimals, nothing.
fn compare(row: &Row<'_>, s_q56: i64, measure: &mut Measure) -> Result<(), Unreadable> {
    let years = row.positive("T_sec")? / integer(31_536_000);
    let (want, vega) = (row.number("iv")?, row.number("vega")?);
    let limit = match row.optional("price_places")? {
        Some(places) if vega.is_positive() => {
            let places: i32 = whole(&places).ok_or_else(|| row.nonsense("price_places"))?;
            power_of_ten(-places) / vega
        }
        _ => integer(0),
    };
    let error = fixed(s_q56, 56) / root(&years) - want;
    measure.error(row, &(error / limit.max(power_of_ten(-9))));
    Ok(())
}
