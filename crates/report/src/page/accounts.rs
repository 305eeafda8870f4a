//! The books at the end: tokens in the vaults, and lots over all accounts.

use maud::{Markup, html};

use super::{mark, missing, table};
use crate::format::{abbreviated, count, tokens};
use crate::timeline::Timeline;

pub(super) fn section(timeline: &Timeline) -> Markup {
    html! {
        section aria-labelledby="accounts" {
            h2 id="accounts" { "Accounts at the end" }
            h3 { "Tokens" }
            @if timeline.tokens.is_empty() {
                (missing("No vault was read."))
            } @else {
                p.caption {
                    "A vault holds at least what is booked, and what is booked is the sum of its parts but for a residue of rounding."
                }
                (table("tokens-table", "Vaults against the books", &token_rows(timeline)))
            }
            h3 { "Lots" }
            @if timeline.lots.is_empty() {
                (missing("No lots were counted."))
            } @else {
                p.caption { "Every long has its short: the lots of an instrument sum to zero." }
                (table("lots-table", "Lots over all accounts", &lot_rows(timeline)))
            }
        }
    }
}

fn token_rows(timeline: &Timeline) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Token" }
                th.number scope="col" { "Vault" }
                th.number scope="col" { "Booked" }
                th.number scope="col" { "Sum of accounts" }
                th.number scope="col" { "Fees and reserves" }
                th.number scope="col" { "Residue, atoms" }
                th scope="col" { "Result" }
            }
        }
        tbody {
            @for row in &timeline.tokens {
                tr.wrong[!row.holds()] {
                    th scope="row" { (row.symbol) " " code title=(row.mint) { (abbreviated(&row.mint)) } }
                    td.number { (tokens(row.vault_atoms.into(), row.decimals)) }
                    td.number { (tokens(row.booked_atoms.into(), row.decimals)) }
                    td.number { (tokens(row.accounts_atoms, row.decimals)) }
                    td.number { (tokens(row.reserves_atoms, row.decimals)) }
                    td.number { (count(row.residue_atoms())) " of " (count(row.residue_limit_atoms.into())) }
                    td { (mark(row.holds())) }
                }
            }
        }
    }
}

fn lot_rows(timeline: &Timeline) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Instrument" }
                th.number scope="col" { "Long" }
                th.number scope="col" { "Short" }
                th.number scope="col" { "Sum" }
                th scope="col" { "Result" }
            }
        }
        tbody {
            @for row in &timeline.lots {
                tr.wrong[!row.holds()] {
                    th scope="row" { (row.instrument) }
                    td.number { (count(row.long_lots)) }
                    td.number { (count(row.short_lots)) }
                    td.number { (count(row.sum_lots())) }
                    td { (mark(row.holds())) }
                }
            }
        }
    }
}
