//! Which pairs of raw SVI slices are free of calendar arbitrage.

use tenor_math::surface::{RawSvi, check_raw_calendar};

use crate::measure::{Judgement, Tolerance};
use crate::report::Line;
use crate::svi::Slice;
use crate::table::{Row, Table, Unreadable};

/// A pair is accepted if each slice is by itself and the order is.
pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut order = Judgement::new("raw SVI calendar", Tolerance::Exact);
    for row in table.rows() {
        let is_free = row.flag("calendar_free")?;
        let near = slice(&row, ["a1", "b1", "rho1", "m1", "sigma1"])?;
        let far = slice(&row, ["a2", "b2", "rho2", "m2", "sigma2"])?;
        let accepted = near
            .zip(far)
            .is_some_and(|(near, far)| check_raw_calendar(&near, &far).is_ok());
        order.answer(&row, accepted, is_free);
    }
    Ok(vec![order.line()])
}

fn slice(row: &Row<'_>, columns: [&'static str; 5]) -> Result<Option<RawSvi>, Unreadable> {
    Ok(Slice::of(row, columns)?.and_then(|slice| RawSvi::try_new(slice.params).ok()))
}
