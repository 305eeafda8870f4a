//! Health of every portfolio, and the numbers of `docs/margin.md`.

use crate::closeness::{Worst, bound};
use tenor_tests::portfolios::model::Rules;
use tenor_tests::portfolios::{Document, Stage, catalogue, example, table};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/margin.md");

/// Every portfolio's health on a stage; returns how many numbers were compared.
fn compare_all(mut stage: Stage) -> Worst {
    let portfolios = catalogue();
    let held: Vec<_> = portfolios
        .iter()
        .enumerate()
        .map(|(number, portfolio)| stage.hold(number, portfolio))
        .collect();
    let mut worst = Worst::default();
    for held in &held {
        let compared = stage.compare(held, &Rules::OF_THE_PROGRAM);
        let (program, model) = (&compared.program, &compared.model);
        let bound = bound(&compared.market, &compared.holdings);
        let lots = compared.holdings.options.iter().map(|holding| holding.lots.abs()).sum();
        // Equity less requirement is what an action asks for, so each must be the formulas'.
        for (what, program, model) in [
            ("equity", program.equity, model.equity),
            ("haircut", program.haircut, model.haircut),
            ("initial requirement", program.initial, model.initial),
            ("maintenance requirement", program.maintenance, model.maintenance),
            ("uncertainty", program.uncertainty, model.uncertainty),
            ("withdrawable", program.withdrawable, model.withdrawable),
        ] {
            let what = format!("{} of {}", what, held.portfolio.name);
            worst.compare(&what, program, model, bound, lots);
        }
        assert_eq!(compared.holdings.options.len(), held.portfolio.legs.len());
    }
    worst
}

#[test]
fn the_programs_numbers_equal_the_formulas_in_a_quiet_market() {
    println!("{:?}", compare_all(Stage::quiet()));
}

#[test]
fn the_programs_numbers_equal_the_formulas_after_a_jump_of_an_uncertain_price() {
    println!("{:?}", compare_all(Stage::jumpy()));
}

#[test]
fn the_document_has_the_numbers_of_the_formulas() {
    let committed = Document(std::fs::read_to_string(DOCUMENT).expect("docs/margin.md"));
    for section in [example(), table()] {
        let written = committed.with(&section).expect("a section between comments");
        assert_eq!(
            committed, written,
            "run `cargo run -p tenor-tests --bin margin_table` and look at what changed"
        );
    }
}
