//! Every transaction of the run.

use maud::{Markup, html};

use super::{missing, table};
use crate::format::{NONE, abbreviated, count, duration, moment, percent, usd};
use crate::timeline::{Actor, Landed, Timeline};

pub(super) fn section(timeline: &Timeline) -> Markup {
    let transactions = &timeline.transactions;
    let routine = transactions.iter().filter(|landed| is_routine(landed)).count();
    html! {
        section aria-labelledby="transactions" {
            h2 id="transactions" { "Transactions" }
            @if transactions.is_empty() {
                (missing("No transaction landed."))
            } @else {
                @if routine > 0 && routine < transactions.len() {
                    input #show-routine type="checkbox";
                    label for="show-routine" {
                        "Show the operator’s " (routine) " as well, of " (transactions.len()) " in all"
                    }
                }
                (table("transactions-table", "Transactions in order of time", &rows(transactions)))
            }
        }
    }
}

fn rows(transactions: &[Landed]) -> Markup {
    let has_others = transactions.iter().any(|landed| !is_routine(landed));
    html! {
        thead {
            tr {
                th.number scope="col" { "Time" }
                th scope="col" { "Actor" }
                th scope="col" { "Instructions" }
                th scope="col" { "Result" }
                th.number scope="col" { "Compute units" }
                th.number scope="col" { "Reaction" }
                th scope="col" { "Signature" }
            }
        }
        tbody {
            @for landed in transactions {
                tr.routine[has_others && is_routine(landed)]
                    .slice[landed.liquidation.is_some()]
                    .wrong[landed.failure.is_some()]
                {
                    th.number scope="row" { (moment(landed.elapsed_ms)) }
                    td { (landed.actor) }
                    td.text {
                        @for (index, instruction) in landed.instructions.iter().enumerate() {
                            @if index > 0 { ", " }
                            code { (instruction) }
                        }
                    }
                    td { (result(landed)) }
                    td.number { (count(landed.compute_units.into())) }
                    td.number { (landed.reaction_ms.map_or(NONE.to_owned(), duration)) }
                    td { code title=(landed.signature) { (abbreviated(&landed.signature)) } }
                }
            }
        }
    }
}

fn result(landed: &Landed) -> Markup {
    html! {
        @match (&landed.failure, &landed.liquidation) {
            (Some(failure), _) => {
                span.mark.bad { "✗ " (failure.name) }
                @if let Some(code) = failure.code { " (" (code) ")" }
            }
            (None, Some(slice)) => {
                "slice " (percent(i128::from(slice.fraction_e9) / 100_000))
                ", discount " (usd(slice.discount_paid_usd_e9))
                " (" (percent(slice.discount_bps.into())) ")"
            }
            (None, None) => { span.mark.good { "✓ landed" } }
        }
    }
}

/// Prices and the like, which would bury the rest.
fn is_routine(landed: &Landed) -> bool {
    landed.actor == Actor::Operator && landed.failure.is_none()
}
