//! Health of every portfolio, and the numbers of `docs/margin.md`.

use crate::closeness::{Bounds, Worst};
use std::collections::BTreeMap;
use tenor_tests::portfolios::model::Rules;
use tenor_tests::portfolios::{Document, Stage, catalogue, example, table};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/margin.md");

/// Every portfolio's health on a stage; the worst differences.
fn compare_all(mut stage: Stage) -> BTreeMap<&'static str, Worst> {
    let portfolios = catalogue();
    let held: Vec<_> = portfolios
        .iter()
        .enumerate()
        .map(|(number, portfolio)| stage.hold(number, portfolio))
        .collect();
    let mut worst = BTreeMap::<_, Worst>::new();
    for held in &held {
        let compared = stage.compare(held, &Rules::OF_THE_PROGRAM);
        let (program, model) = (&compared.program, &compared.model);
        let bounds = Bounds::of(&compared.market, &compared.holdings);
        let lots = compared.holdings.options.iter().map(|holding| holding.lots.abs()).sum();
        // Equity less requirement is what an action asks for, so each must be the formulas'.
        let of_withdrawals = bounds.requirements + bounds.uncertainty;
        for (what, program, model, bound) in [
            ("equity", program.equity, model.equity, bounds.values),
            ("haircut", program.haircut, model.haircut, bounds.values),
            (
                "initial requirement",
                program.initial,
                model.initial,
                bounds.requirements,
            ),
            (
                "maintenance requirement",
                program.maintenance,
                model.maintenance,
                bounds.requirements,
            ),
            (
                "uncertainty",
                program.uncertainty,
                model.uncertainty,
                bounds.uncertainty,
            ),
            ("withdrawable", program.withdrawable, model.withdrawable, of_withdrawals),
        ] {
            let name = format!("{what} of {}", held.portfolio.name);
            let worst = worst.entry(what).or_default();
            worst.compare(&name, program, model, bound, lots);
        }
        assert_eq!(compared.holdings.options.len(), held.portfolio.legs.len());
    }
    worst
}

#[test]
fn the_programs_numbers_equal_the_formulas_in_a_quiet_market() {
    println!("{:#?}", compare_all(Stage::quiet()));
}

#[test]
fn the_programs_numbers_equal_the_formulas_after_a_jump_of_an_uncertain_price() {
    println!("{:#?}", compare_all(Stage::jumpy()));
}

#[test]
fn the_document_has_the_numbers_of_the_formulas() {
    let committed = Document(std::fs::read_to_string(DOCUMENT).expect("docs/margin.md"));
    for section in [example(), table()] {
        let written = committed.with(&section).expect("a section between comments");
        assert!(
            committed == written,
            "{} differ: run `cargo run -p tenor-tests --bin margin_table` and look at what changed",
            section.name
        );
    }
}
