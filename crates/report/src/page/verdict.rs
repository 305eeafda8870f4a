//! The banner above everything, and the list of checks behind it.

use maud::{Markup, html};

use super::{mark, missing, table};
use crate::timeline::Timeline;
use crate::verdict::Verdict;

pub(super) fn banner(timeline: &Timeline) -> Markup {
    match Verdict::of(timeline) {
        Verdict::Holds => html! {
            section.banner.good aria-labelledby="verdict" {
                h2 id="verdict" { span aria-hidden="true" { "✓ " } (all_hold(timeline.checks.len())) }
                p {
                    @if !timeline.tokens.is_empty() && !timeline.lots.is_empty() {
                        "Vaults, books and lots add up. "
                    }
                    a href="#checks" { "What was checked" }
                }
            }
        },
        Verdict::Failed(failed) => html! {
            section.banner.bad aria-labelledby="verdict" {
                h2 id="verdict" { span aria-hidden="true" { "✗ " } "The run failed" }
                p { (some_hold(timeline)) }
                ul {
                    @for failure in &failed { li { (failure) } }
                }
                p { a href="#checks" { "All checks" } }
            }
        },
        Verdict::Unchecked => html! {
            section.banner.unsure aria-labelledby="verdict" {
                h2 id="verdict" { "Nothing was checked" }
                p { "The run made no assertion, so this page proves nothing." }
            }
        },
    }
}

fn all_hold(checks: usize) -> String {
    match checks {
        1 => "The one check holds".to_owned(),
        _ => format!("All {checks} checks hold"),
    }
}

fn some_hold(timeline: &Timeline) -> String {
    let passed = timeline.checks.iter().filter(|check| check.passed).count();
    match timeline.checks.len() {
        0 => "Nothing was checked.".to_owned(),
        of => format!("{passed} of {of} checks hold."),
    }
}

pub(super) fn checks(timeline: &Timeline) -> Markup {
    html! {
        section aria-labelledby="checks" {
            h2 id="checks" { "Checks" }
            @if timeline.checks.is_empty() {
                (missing("Nothing was checked."))
            } @else {
                (table("checks-table", "What the run asserted", &rows(timeline)))
            }
        }
    }
}

fn rows(timeline: &Timeline) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Result" }
                th scope="col" { "Check" }
                th scope="col" { "Detail" }
            }
        }
        tbody {
            @for check in &timeline.checks {
                tr.wrong[!check.passed] {
                    td { (mark(check.passed)) }
                    th.text scope="row" { (check.name) }
                    td.text { (check.detail) }
                }
            }
        }
    }
}
