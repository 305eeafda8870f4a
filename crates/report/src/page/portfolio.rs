//! The writer's requirement by underlying, and what was borrowed.

use maud::{Markup, html};

use super::table;
use crate::format::{tokens, usd};
use crate::timeline::{Loan, PortfolioSample, Timeline};

pub(super) fn section(timeline: &Timeline) -> Markup {
    html! {
        @if !timeline.portfolios.is_empty() || timeline.loan.is_some() {
            section aria-labelledby="portfolio" {
                h2 id="portfolio" { "Portfolio and cash" }
                @if !timeline.portfolios.is_empty() {
                    p.caption {
                        "The writer is margined for all underlyings as one portfolio. Each has its greatest loss over the "
                        "scenarios; losses that they do not have in the same scenario are credited in part."
                    }
                    (table("portfolio-table", "Writer’s requirement by underlying, in USD", &rows(timeline)))
                }
                @if let Some(loan) = &timeline.loan { (loan_in_words(loan)) }
            }
        }
    }
}

fn rows(timeline: &Timeline) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Moment" }
                th scope="col" { "Part" }
                th.number scope="col" { "Greatest loss" }
                th.number scope="col" { "Contingencies" }
                th.number scope="col" { "Options at mark" }
                th.number scope="col" { "Collateral after haircut" }
            }
        }
        tbody {
            @for sample in &timeline.portfolios { (moment(sample)) }
        }
    }
}

fn moment(sample: &PortfolioSample) -> Markup {
    html! {
        @for part in &sample.parts {
            tr {
                th scope="row" { (sample.moment) }
                td { (part.symbol) }
                td.number { (usd(part.scenario_loss_usd_e9)) }
                td.number { (usd(part.contingency_usd_e9)) }
                td.number { (usd(part.option_value_usd_e9)) }
                td.number { (usd(part.collateral_value_usd_e9)) }
            }
        }
        tr {
            th scope="row" { (sample.moment) }
            td { b { "whole" } }
            td.text colspan="4" {
                "initial " (usd(sample.initial_usd_e9)) ", after a correlation credit of " (usd(sample.credit_usd_e9()))
                "; maintenance " (usd(sample.maintenance_usd_e9)) "; equity " (usd(sample.equity_usd_e9))
            }
        }
    }
}

fn loan_in_words(loan: &Loan) -> Markup {
    let amount = |atoms: i64| tokens(atoms.into(), loan.decimals);
    html! {
        h3 { "Borrowed cash" }
        p {
            "The borrower took out " (amount(loan.borrowed_atoms)) " of the quote against its collateral and owes "
            (amount(loan.owed_atoms)) " at the end: interest of " (amount(loan.interest_atoms())) "."
        }
    }
}
