//! The page around the charts.

mod accounts;
mod facts;
mod figures;
mod graphs;
mod legend;
mod portfolio;
mod samples;
mod transactions;
mod verdict;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::format::{date, duration};
use crate::timeline::Timeline;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
/// The browser itself refuses whatever is not in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The whole page as one HTML document.
///
/// Never fails: what a timeline lacks is said to be missing.
pub fn render(timeline: &Timeline) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(timeline))
            body {
                (header(timeline))
                main {
                    (verdict::banner(timeline))
                    (figures::section(timeline))
                    (graphs::price(timeline))
                    (graphs::margin(timeline))
                    (portfolio::section(timeline))
                    (graphs::positions(timeline))
                    (transactions::section(timeline))
                    (accounts::section(timeline))
                    (verdict::checks(timeline))
                    (facts::section(timeline))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn head(timeline: &Timeline) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            title { (timeline.title) }
            // An empty icon, so that no browser asks for one.
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn header(timeline: &Timeline) -> Markup {
    let length_ms = timeline
        .ticks
        .iter()
        .map(|tick| tick.elapsed_ms)
        .chain(timeline.transactions.iter().map(|landed| landed.elapsed_ms))
        .max();
    html! {
        header {
            h1 { (timeline.title) }
            p.subtitle {
                "Started " (date(timeline.started_at_secs))
                @if let Some(length_ms) = length_ms { " · ran for " (duration(length_ms)) }
                @if timeline.replay_speed > 1 {
                    " · " (timeline.underlying) " market replayed " (timeline.replay_speed) " times as fast"
                }
            }
        }
    }
}

/// A table that scrolls by itself where the screen is too narrow for it.
fn table(id: &str, caption: &str, rows: &Markup) -> Markup {
    html! {
        div.scroll role="region" aria-labelledby=(id) tabindex="0" {
            table {
                caption id=(id) { (caption) }
                (rows)
            }
        }
    }
}

/// Says that something is not there.
fn missing(what: &str) -> Markup {
    html! { p.missing { (what) } }
}

/// Whether one row holds, in words as well as in colour.
fn mark(holds: bool) -> Markup {
    html! {
        @if holds {
            span.mark.good { "✓ holds" }
        } @else {
            span.mark.bad { "✗ fails" }
        }
    }
}
