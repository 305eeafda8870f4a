//! The worked example.

use super::catalogue::strangle_on_sol;
use super::document::Section;
use super::model::{Kind, Rules, Volatility, scenarios};
use super::stage::{Compared, Stage};
use std::fmt::Write;

/// The account of the example in a quiet market, step by step, by the formulas.
///
/// # Panics
/// If the program refuses what the account needs.
pub fn example() -> Section {
    let mut stage = Stage::quiet();
    let held = stage.hold(0, &strangle_on_sol());
    let compared = stage.compare(&held, &Rules::OF_THE_PROGRAM);
    let mut text = String::new();
    write_equity(&mut text, &compared);
    write_scenarios(&mut text, &compared);
    write_requirement(&mut text, &compared);
    Section { name: "example", text }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("text grows");
    text.push('\n');
}

fn write_equity(text: &mut String, compared: &Compared) {
    let Compared {
        market, holdings, model, ..
    } = compared;
    let sol = &market.underlyings[0];
    let units = holdings.collaterals[0].1;
    let worth = units * sol.spot;
    line(text, format_args!("| equity | how | USD |\n|---|---|---:|"));
    line(
        text,
        format_args!("| cash | 3,000 and the premiums | {:.2} |", holdings.cash),
    );
    for holding in &holdings.options {
        let option = market.option(holding, 0.0);
        let expiry = &market.expiries[holding.expiry];
        let mark = expiry.discount * option.value();
        let name = match holding.kind {
            Kind::Call => "calls",
            Kind::Put => "puts",
        };
        let held = market.units(holding);
        line(
            text,
            format_args!(
                "| {name} {:.0} | {held:.0} x {mark:.4} | {:.2} |",
                option.strike,
                held * mark
            ),
        );
    }
    line(
        text,
        format_args!(
            "| collateral | {units:.0} x {:.0}, less a haircut of {:.0}% | {:.2} |",
            sol.spot,
            100.0 * model.haircut / worth,
            worth - model.haircut
        ),
    );
    line(text, format_args!("| **equity** | the sum | **{:.2}** |\n", model.equity));
}

fn write_scenarios(text: &mut String, compared: &Compared) {
    let Compared { market, model, .. } = compared;
    let part = &model.underlyings[0];
    line(
        text,
        format_args!(
            "| price | volatility | weight | options | collateral | weighted result |\n|---:|---|---:|---:|---:|---:|"
        ),
    );
    let all = scenarios(market.underlyings[0].range);
    for (index, scenario) in all.iter().enumerate() {
        let is_end = scenario.price_move.abs() >= market.underlyings[0].range - 1e-9;
        if !is_end && index > 2 {
            continue;
        }
        let volatility = match scenario.volatility {
            Volatility::Down => "down",
            Volatility::Flat => "as it is",
            Volatility::Up => "up",
        };
        let mark = if index == part.worst_scenario { "**" } else { "" };
        line(
            text,
            format_args!(
                "| {:+.0}% | {volatility} | {:.3} | {:.2} | {:.2} | {mark}{:.2}{mark} |",
                100.0 * scenario.price_move,
                scenario.weight,
                part.option_results[index],
                part.collateral_results[index],
                part.results[index]
            ),
        );
    }
    text.push('\n');
}

fn write_requirement(text: &mut String, compared: &Compared) {
    let Compared { market, model, .. } = compared;
    let part = &model.underlyings[0];
    let factor = market.house.maintenance_factor;
    line(text, format_args!("| requirement | how | USD |\n|---|---|---:|"));
    let rows = [
        ("R", "the worst line above".to_owned(), model.scenarios),
        (
            "contingencies, initial",
            "60 net short options and the net delta".to_owned(),
            part.initial_contingency,
        ),
        (
            "contingencies, maintenance",
            "the same at the lower rate".to_owned(),
            part.maintenance_contingency,
        ),
        (
            "price uncertainty",
            "net delta with collateral x 0.1% of the price".to_owned(),
            part.uncertainty,
        ),
        (
            "**IM**",
            "R + initial contingencies + uncertainty".to_owned(),
            model.initial + model.uncertainty,
        ),
        (
            "**MM**",
            format!("{factor} R + maintenance contingencies"),
            model.maintenance,
        ),
        (
            "initial health",
            "equity - IM: what is free for new risk".to_owned(),
            model.equity - model.initial - model.uncertainty,
        ),
        (
            "maintenance health",
            "equity - MM: below zero a liquidation may start".to_owned(),
            model.equity - model.maintenance,
        ),
        (
            "withdrawable",
            "the withdrawal rule below".to_owned(),
            model.withdrawable,
        ),
    ];
    for (name, how, value) in rows {
        line(text, format_args!("| {name} | {how} | {value:.2} |"));
    }
}
