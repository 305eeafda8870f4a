//! The key figures under the banner.

use maud::{Markup, html};

use crate::figures::{Figures, Response};
use crate::format::{NONE, count, duration, percent, usd};
use crate::timeline::Timeline;

/// One figure: what it is, its value, and what to read it against.
struct Card {
    name: &'static str,
    /// In parts that stay on one line each.
    value: Vec<String>,
    note: String,
}

pub(super) fn section(timeline: &Timeline) -> Markup {
    let figures = Figures::of(timeline);
    let cards = [
        fall(&figures),
        response(&figures),
        slices(&figures),
        discount(&figures),
        health(&figures),
        reactions(&figures),
        peak(&figures),
        landed(&figures),
    ];
    html! {
        section aria-labelledby="figures" {
            h2 id="figures" { "Key figures" }
            dl.figures {
                @for card in &cards {
                    div {
                        dt { (card.name) }
                        dd.value { @for part in &card.value { span { (part) } " " } }
                        dd.note { (card.note) }
                    }
                }
            }
        }
    }
}

fn fall(figures: &Figures<'_>) -> Card {
    let name = "Price, first to lowest";
    figures.fall.as_ref().map_or_else(
        || Card::empty(name, "no price"),
        |fall| Card {
            name,
            value: vec![percent(fall.change_bps)],
            note: format!(
                "{} to {} in {}",
                usd(fall.from_usd_e9.into()),
                usd(fall.low_usd_e9.into()),
                duration(fall.took_ms)
            ),
        },
    )
}

fn response(figures: &Figures<'_>) -> Card {
    let name = "Unhealthy to first slice";
    match figures.response {
        Response::Unknown => Card::empty(name, "no sample"),
        Response::NeverUnhealthy => Card::empty(name, "the writer stayed healthy"),
        Response::NeverLiquidated => Card {
            name,
            value: vec!["never".to_owned()],
            note: "the writer went unhealthy and no slice landed".to_owned(),
        },
        Response::After { ms } => Card {
            name,
            value: vec![duration(ms)],
            note: "from the first sample with health below zero".to_owned(),
        },
        Response::Within { ms } => Card {
            name,
            value: vec![format!("< {}", duration(ms))],
            note: "from the last sample, which was healthy".to_owned(),
        },
    }
}

fn slices(figures: &Figures<'_>) -> Card {
    Card {
        name: "Liquidation slices",
        value: vec![count(figures.slices as i128)],
        note: figures.discount_range_bps.map_or_else(
            || "none landed".to_owned(),
            |(least, most)| {
                format!(
                    "at discounts of {} to {} of the margin freed",
                    percent(least.into()),
                    percent(most.into())
                )
            },
        ),
    }
}

fn discount(figures: &Figures<'_>) -> Card {
    Card {
        name: "Discount paid",
        value: vec![usd(figures.discount_paid_usd_e9)],
        note: "by the writer to the liquidator, in all".to_owned(),
    }
}

fn health(figures: &Figures<'_>) -> Card {
    let name = "Writer’s health";
    let note = match figures.slices {
        0 => "over maintenance, at the first and the last sample",
        _ => "over maintenance, before the first slice and after the last",
    };
    figures.health.as_ref().map_or_else(
        || Card::empty(name, "no sample"),
        |health| Card {
            name,
            value: vec![usd(health.before_usd_e9), format!("→ {}", usd(health.after_usd_e9))],
            note: note.to_owned(),
        },
    )
}

fn reactions(figures: &Figures<'_>) -> Card {
    let name = "Keeper’s reaction";
    figures.reactions.as_ref().map_or_else(
        || Card::empty(name, "it never had to act"),
        |reactions| Card {
            name,
            value: vec![duration(reactions.median_ms)],
            note: format!(
                "median from price change to landing; slowest {}",
                duration(reactions.slowest_ms)
            ),
        },
    )
}

fn peak(figures: &Figures<'_>) -> Card {
    let name = "Most compute units";
    figures.peak.as_ref().map_or_else(
        || Card::empty(name, "nothing measured"),
        |peak| Card {
            name,
            value: vec![count(peak.compute_units.into())],
            note: peak.limit_compute_units.map_or_else(
                || peak.instruction.to_owned(),
                |limit| format!("{}, of a budget of {}", peak.instruction, count(limit.into())),
            ),
        },
    )
}

fn landed(figures: &Figures<'_>) -> Card {
    Card {
        name: "Transactions",
        value: vec![count(figures.landed as i128)],
        note: match figures.failed {
            0 => "none failed".to_owned(),
            failed => format!("{failed} failed"),
        },
    }
}

impl Card {
    fn empty(name: &'static str, note: &str) -> Self {
        Self {
            name,
            value: vec![NONE.to_owned()],
            note: note.to_owned(),
        }
    }
}
