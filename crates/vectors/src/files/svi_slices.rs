//! Which raw SVI slices are free of butterfly arbitrage.

use tenor_math::surface::RawSvi;

use crate::measure::{Judgement, Tolerance};
use crate::report::Line;
use crate::svi::Slice;
use crate::table::{Table, Unreadable};

/// The columns of a slice.
pub(super) const PARAMETERS: [&str; 5] = ["a", "b", "rho", "m", "sigma"];

pub(crate) fn check(table: &Table) -> Result<Vec<Line>, Unreadable> {
    let mut acceptance = Judgement::new("raw SVI acceptance", Tolerance::FewFalseRejects);
    for row in table.rows() {
        let is_free = row.flag("butterfly_free")?;
        let slice = Slice::of(&row, PARAMETERS)?;
        let accepted = slice.is_some_and(|slice| RawSvi::try_new(slice.params).is_ok());
        acceptance.answer(&row, accepted, is_free);
    }
    Ok(vec![acceptance.line()])
}
