//! Requirements of one short option alone.

use tenor_math::quantity::Ratio;
use tenor_math::risk::{IsolatedOption, IsolatedParams, isolated_short};

use super::{e9, kind, ratio_e9, value};
use crate::measure::Measure;
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

const TOO_FINE: &str = "more than nine decimals";

/// Each requirement rounds up twice at most, in the ninth decimal.
pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut initial = Measure::new("initial, USD", 2, -9);
    let mut maintenance = Measure::new("maintenance, USD", 2, -9);
    for row in table.rows() {
        let (want_initial, want_maintenance) = (row.number("IM")?, row.number("MM")?);
        let Some((option, params)) = inputs(&row)? else {
            initial.leave_out(TOO_FINE);
            maintenance.leave_out(TOO_FINE);
            continue;
        };
        match isolated_short(&option, &params) {
            Ok(got) => {
                initial.error(&row, &(value(got.initial) - want_initial));
                maintenance.error(&row, &(value(got.maintenance) - want_maintenance));
            }
            Err(error) => {
                initial.refused(&row, &error);
                maintenance.refused(&row, &error);
            }
        }
    }
    Ok(vec![initial.line(), maintenance.line()])
}

fn inputs(row: &Row<'_>) -> Result<Option<(IsolatedOption, IsolatedParams)>, Unreadable> {
    let kind = kind(row)?;
    let amounts = [row.number("spot")?, row.number("strike")?, row.number("mark")?];
    let rates = [row.number("im_hi")?, row.number("im_lo")?, row.number("mm")?];
    let [Some(spot), Some(strike), Some(mark)] = amounts.map(|amount| e9(&amount)) else {
        return Ok(None);
    };
    let [Some(initial), Some(initial_floor), Some(maintenance)] = rates.map(|rate| ratio_e9(&rate)) else {
        return Ok(None);
    };
    let option = IsolatedOption {
        kind,
        spot,
        strike,
        mark,
    };
    let params = IsolatedParams {
        initial,
        initial_floor,
        maintenance,
        put_multiple: Ratio::ONE,
    };
    Ok(Some((option, params)))
}
