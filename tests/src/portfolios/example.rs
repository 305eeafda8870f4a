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
        market,
        holdings,
        model,
        ..
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
    line(
        text,
        format_args!("| **equity** | the sum | **{:.2}** |\n", model.equity),
    );
}

fn write_scenarios(text: &mut String, compared: &Compared) {
    let Compared { market, model, .. } = compared;
    let part = &model.underlyings[0];
    line(
        text,
        format_args!(
            "| price | volatility | weight | options x weight | collateral x weight | result |\n|---:|---|---:|---:|---:|---:|"
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
    let Compared {
        market,
        holdings,
        model,
        ..
    } = compared;
    let part = &model.underlyings[0];
    line(text, format_args!("| requirement | how | USD |\n|---|---|---:|"));
    let sol = &market.underlyings[0];
    let shorts: f64 = holdings.options.iter().map(|holding| -market.units(holding)).sum();
    let delta = part.options_delta;
    let collateral = holdings.collaterals[0].1 * (1.0 - market.collaterals[0].haircut);
    let percent = |rate: f64| format!("{:.1}%", 100.0 * rate);
    let contingency = |rate: f64| {
        let (short, roll) = (percent(rate), percent(sol.charges.roll));
        format!(
            "{shorts:.0} short x {} x {short} + {:.2} SOL of delta x {} x {roll}",
            sol.spot,
            delta.abs(),
            sol.spot
        )
    };
    let rows = [
        ("R", "the worst line above".to_owned(), model.scenarios),
        (
            "contingencies, IM",
            contingency(sol.charges.initial_short),
            part.initial_contingency,
        ),
        (
            "contingencies, MM",
            contingency(sol.charges.maintenance_short),
            part.maintenance_contingency,
        ),
        (
            "price uncertainty",
            format!(
                "{:.2} SOL of delta, collateral included, x {:.2} of confidence",
                delta + collateral,
                sol.confidence
            ),
            part.uncertainty,
        ),
        (
            "**IM**",
            "R + contingencies + uncertainty".to_owned(),
            model.initial + model.uncertainty,
        ),
        (
            "**MM**",
            format!("{} R + contingencies", market.house.maintenance_factor),
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
            format!(
                "cash + collateral - {:.2} in the worst line - contingencies - {:.2} of uncertainty",
                part.withdrawal_loss, part.withdrawal_uncertainty
            ),
            model.withdrawable,
        ),
    ];
    for (name, how, value) in rows {
        line(text, format_args!("| {name} | {how} | {value:.2} |"));
    }
}
