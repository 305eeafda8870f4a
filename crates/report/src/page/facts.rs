//! What ran, and what each instruction cost.

use maud::{Markup, html};

use super::table;
use crate::format::{NONE, count, percent};
use crate::timeline::{ComputePeak, Timeline};

pub(super) fn section(timeline: &Timeline) -> Markup {
    let facts = &timeline.facts;
    html! {
        section aria-labelledby="facts" {
            h2 id="facts" { "What ran" }
            dl.facts {
                dt { "Validator" }
                dd { (or_none(&facts.validator)) }
                dt { "Keeper" }
                dd { (or_none(&facts.keeper_version)) }
                @for program in &facts.programs {
                    dt { "Program " (program.name) }
                    dd {
                        (count(program.size_bytes.into())) " bytes, SHA-256 "
                        code.hash { (program.sha256) }
                    }
                }
            }
            @if !facts.compute.is_empty() {
                (table("compute", "Compute units of each instruction", &compute(&facts.compute)))
            }
        }
    }
}

fn compute(peaks: &[ComputePeak]) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Instruction" }
                th.number scope="col" { "Most in one call" }
                th.number scope="col" { "Budget" }
                th.number scope="col" { "Share" }
            }
        }
        tbody {
            @for peak in peaks {
                tr.wrong[exceeds(peak)] {
                    th scope="row" { code { (peak.instruction) } }
                    td.number { (count(peak.max_compute_units.into())) }
                    td.number { (peak.limit_compute_units.map_or(NONE.to_owned(), |limit| count(limit.into()))) }
                    td.number { (share(peak)) }
                }
            }
        }
    }
}

fn exceeds(peak: &ComputePeak) -> bool {
    peak.limit_compute_units
        .is_some_and(|limit| peak.max_compute_units > limit)
}

fn share(peak: &ComputePeak) -> String {
    peak.limit_compute_units
        .and_then(|limit| (i128::from(peak.max_compute_units) * 10_000).checked_div(limit.into()))
        .map_or(NONE.to_owned(), percent)
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { NONE } else { text }
}
