//! One module per file format.

mod amm_as;
mod amm_vega;
mod bs_grid;
mod iv_cases;
mod liquidation_cases;
mod margin_standard;
mod margin_strategy;
mod ncdf;
mod prim;
mod ssvi_cases;
mod sv_prices;
mod svi_calendar;
mod svi_cases;
mod svi_slices;

use num_rational::BigRational;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{Ratio, Value};

use crate::exact::{integer, power_of_ten, whole};
use crate::report::Line;
use crate::table::{Row, Table, Unreadable};

/// A file format, known by the file's name.
pub(crate) struct Format {
    /// Name of the file.
    pub(crate) file: &'static str,
    /// Compares its rows with the formulas.
    pub(crate) check: fn(&Table) -> Result<Vec<Line>, Unreadable>,
}

/// Every format there is.
pub(crate) const FORMATS: &[Format] = &[
    Format {
        file: "amm_as.csv",
        check: amm_as::check,
    },
    Format {
        file: "amm_vega.csv",
        check: amm_vega::check,
    },
    Format {
        file: "bs_grid.csv",
        check: bs_grid::check,
    },
    Format {
        file: "iv_cases.csv",
        check: iv_cases::check,
    },
    Format {
        file: "liquidation_cases.csv",
        check: liquidation_cases::check,
    },
    Format {
        file: "margin_standard.csv",
        check: margin_standard::check,
    },
    Format {
        file: "margin_strategy.csv",
        check: margin_strategy::check,
    },
    Format {
        file: "ncdf.csv",
        check: ncdf::check,
    },
    Format {
        file: "prim.csv",
        check: prim::check,
    },
    Format {
        file: "ssvi_cases.csv",
        check: ssvi_cases::check,
    },
    Format {
        file: "stress_scenarios.csv",
        check: |table| {
            Ok(vec![Line::not_run(
                "historical shocks",
                table.len(),
                "for simulators, no formula here",
            )])
        },
    },
    Format {
        file: "sv_prices.csv",
        check: sv_prices::check,
    },
    Format {
        file: "svi_calendar.csv",
        check: svi_calendar::check,
    },
    Format {
        file: "svi_cases.csv",
        check: svi_cases::check,
    },
    Format {
        file: "svi_slices.csv",
        check: svi_slices::check,
    },
];

/// An amount of at most nine decimals.
fn e9(amount: &BigRational) -> Option<Value> {
    whole(&(amount * power_of_ten(9))).map(Value::from_e9)
}

/// A ratio of at most nine decimals.
fn ratio_e9(ratio: &BigRational) -> Option<Ratio> {
    whole(&(ratio * power_of_ten(9))).map(Ratio::from_e9)
}

/// What an amount is worth.
fn value(amount: Value) -> BigRational {
    integer(amount.e9()) * power_of_ten(-9)
}

/// The `C` or `P` in the column `cp`.
fn kind(row: &Row<'_>) -> Result<OptionKind, Unreadable> {
    match row.text("cp")? {
        "C" => Ok(OptionKind::Call),
        "P" => Ok(OptionKind::Put),
        _ => Err(row.nonsense("cp")),
    }
}
