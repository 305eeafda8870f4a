//! The table of portfolios.

use super::catalogue::catalogue;
use super::document::Section;
use super::model::{Rules, standard_rule};
use super::stage::Stage;
use std::fmt::Write;

/// Every portfolio in a quiet market, by the formulas.
///
/// # Panics
/// If the program refuses what a portfolio needs.
pub fn table() -> Section {
    let mut stage = Stage::quiet();
    let mut text = String::from(
        "| portfolio | holds | options, USD | R | IM | MM | standard rule | capital saved |\n\
         |---|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for (number, portfolio) in catalogue().iter().enumerate() {
        let held = stage.hold(number, portfolio);
        let compared = stage.compare(&held, &Rules::OF_THE_PROGRAM);
        let model = &compared.model;
        let initial = model.initial + model.uncertainty;
        let standard = standard_rule(&compared.market, &compared.holdings);
        let saved = if standard > 0.5 {
            format!("{:.0}%", 100.0 * (1.0 - initial / standard))
        } else {
            "-".to_owned()
        };
        let row = writeln!(
            text,
            "| {} | {portfolio} | {:.0} | {:.0} | {initial:.0} | {:.0} | {standard:.0} | {saved} |",
            portfolio.name, model.options_value, model.scenarios, model.maintenance
        );
        row.expect("text grows");
    }
    Section {
        name: "portfolios",
        text,
    }
}
