//! Quotes of Avellaneda and Stoikov.

use tenor_math::amm::{Reservation, reservation};

use crate::exact::{integer, power_of_ten, whole};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

/// Price and spread are rounded by a few units of 1e-9.
pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut price = Measure::new("reservation price", 2, -9);
    let mut spread = Measure::new("spread", 4, -9);
    for row in table.rows() {
        let (want_price, want_spread) = (row.number("r")?, row.number("spread")?);
        match quote(&row)? {
            None => {
                price.leave_out("an input of more than nine decimals");
                spread.leave_out("an input of more than nine decimals");
            }
            Some(Ok(got)) => {
                let e9 = power_of_ten(-9);
                price.error(&row, &(integer(got.price_e9) * &e9 - want_price));
                spread.error(&row, &(integer(got.spread_e9) * e9 - want_spread));
            }
            Some(Err(error)) => price.refused(&row, &error),
        }
    }
    Ok(vec![price.line(), spread.line()])
}

type Answer = Result<Reservation, tenor_math::MathError>;

fn quote(row: &Row<'_>) -> Result<Option<Answer>, Unreadable> {
    let sigma = row.number("sigma")?;
    let variance = &sigma * &sigma * row.number("tau")?;
    let (mid, aversion, decay) = (row.number("s")?, row.number("gamma")?, row.number("kappa")?);
    let inventory = row.number("q")?;
    let e9 = power_of_ten(9);
    let inputs = || {
        Some(reservation(
            whole(&(mid * &e9))?,
            whole(&inventory)?,
            whole(&(aversion * &e9))?,
            whole(&(variance * &e9))?,
            whole(&(decay * &e9))?,
        ))
    };
    Ok(inputs())
}
