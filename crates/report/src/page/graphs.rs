//! The charts with their headings, legends and descriptions.

use maud::{Markup, PreEscaped, html};

use super::legend::{Entry, legend_of};
use super::samples::{Column, read_out};
use super::{missing, samples};
use crate::chart::{self, Drawn, Frame, Ink, Svg};
use crate::figures::Figures;
use crate::format::{count, usd};
use crate::timeline::{Actor, LiquidationClock, PriceSample, PriceSeries, Tick, Timeline};

const PRICE_LEGEND: [Entry<'static>; 4] = [
    Entry::line(Ink::Price, "oracle price"),
    Entry::patch(Ink::Confidence, "± confidence"),
    Entry::line(Ink::Strike, "strike"),
    Entry::dot(Ink::Slice, "liquidation slice"),
];

/// A chart over the width of the page.
struct Graph<'a> {
    /// Start of its ids.
    key: String,
    /// What it shows, for those who cannot see it.
    title: String,
    /// What it says, likewise.
    words: String,
    columns: &'a [Column],
    legend: &'a [Entry<'static>],
    draw: fn(&Timeline, Frame) -> Option<Drawn<Svg>>,
}

pub(super) fn price(timeline: &Timeline) -> Markup {
    let off_chart = chart::strikes_off_chart(timeline);
    let graph = Graph {
        key: "price".to_owned(),
        title: "Oracle price in USD".to_owned(),
        words: price_in_words(timeline),
        columns: &[Column::Time, Column::Price, Column::Confidence],
        legend: &PRICE_LEGEND,
        draw: chart::price,
    };
    html! {
        section aria-labelledby="price" {
            h2 id="price" {
                "Price"
                @if !timeline.underlying.is_empty() { " of " (timeline.underlying) }
            }
            (graph.markup(timeline))
            @if !off_chart.is_empty() {
                p.caption { "Strikes beyond the chart: " (off_chart.join(", ")) "." }
            }
            @for series in &timeline.also {
                h3 { "Price of " (series.symbol) }
                (series_graph(timeline, series))
            }
        }
    }
}

/// The same chart for another asset, with the slices of the run.
fn series_graph(timeline: &Timeline, series: &PriceSeries) -> Markup {
    let own = of_series(timeline, series);
    let key: String = series.symbol.chars().filter(char::is_ascii_alphanumeric).collect();
    let graph = Graph {
        key: format!("price-{}", key.to_lowercase()),
        title: format!("Oracle price of {} in USD", series.symbol),
        words: price_in_words(&own),
        columns: &[],
        legend: &PRICE_LEGEND,
        draw: chart::price,
    };
    graph.markup(&own)
}

/// The run as it looks to those who only see this asset's price.
fn of_series(timeline: &Timeline, series: &PriceSeries) -> Timeline {
    let tick = |sample: &PriceSample| Tick {
        elapsed_ms: sample.elapsed_ms,
        price_usd_e9: sample.price_usd_e9,
        confidence_usd_e9: sample.confidence_usd_e9,
        equity_usd_e9: 0,
        initial_requirement_usd_e9: 0,
        maintenance_requirement_usd_e9: 0,
        clock: LiquidationClock::Idle,
    };
    Timeline {
        ticks: series.samples.iter().map(tick).collect(),
        strikes: series.strikes.clone(),
        transactions: timeline.transactions.clone(),
        also: timeline.also.clone(),
        ..Timeline::default()
    }
}

pub(super) fn margin(timeline: &Timeline) -> Markup {
    let requirements = Graph {
        key: "requirements".to_owned(),
        title: "Writer’s equity and requirements in USD".to_owned(),
        words: health_in_words(timeline),
        columns: &[Column::Time, Column::Equity, Column::Initial, Column::Maintenance],
        legend: &[
            Entry::line(Ink::Equity, "equity"),
            Entry::line(Ink::Initial, "initial requirement"),
            Entry::line(Ink::Maintenance, "maintenance requirement"),
            Entry::patch(Ink::Shortfall, "equity below maintenance"),
            Entry::line(Ink::SliceRule, "slice"),
        ],
        draw: chart::requirements,
    };
    let health = Graph {
        key: "health".to_owned(),
        title: "Writer’s maintenance health in USD".to_owned(),
        words: health_in_words(timeline),
        columns: &[Column::Time, Column::Health, Column::Clock],
        legend: &[
            Entry::line(Ink::Health, "equity less maintenance"),
            Entry::patch(Ink::Shortfall, "below zero"),
            Entry::patch(Ink::ClockRuns, "liquidation clock runs"),
            Entry::line(Ink::SliceRule, "slice"),
        ],
        draw: chart::health,
    };
    html! {
        section aria-labelledby="margin" {
            h2 id="margin" { "Writer’s margin" }
            h3 { "Equity against requirements" }
            (requirements.markup(timeline))
            h3 { "Maintenance health" }
            (health.markup(timeline))
            (samples::details(timeline))
        }
    }
}

impl Graph<'_> {
    /// Read-out, legend, and the chart for wide and for narrow screens, of which the style sheet shows one.
    fn markup(&self, timeline: &Timeline) -> Markup {
        let charts: Vec<_> = [Frame::WIDE, Frame::NARROW]
            .into_iter()
            .filter_map(|frame| {
                let frame = chart::with_label_room(timeline, frame);
                Some((frame, (self.draw)(timeline, frame)?))
            })
            .collect();
        html! {
            @if charts.is_empty() {
                (missing("No price was recorded."))
            } @else {
                @if !self.columns.is_empty() { (read_out(timeline, self.columns)) }
                (legend_of(self.legend))
            }
            @for (frame, chart) in &charts {
                (figure(&format!("{}-{}", self.key, frame.class), &self.title, &self.words, chart))
            }
        }
    }
}

pub(super) fn positions(timeline: &Timeline) -> Markup {
    let panels: Vec<_> = Actor::ALL
        .into_iter()
        .filter_map(|actor| Some((actor, chart::positions(timeline, actor, Frame::PANEL)?)))
        .collect();
    html! {
        section aria-labelledby="positions" {
            h2 id="positions" { "Positions" }
            @if panels.is_empty() {
                (missing("No position was recorded."))
            } @else {
                p.caption { "Lots held, long above zero and short below; all panels have the same axes." }
                div.panels {
                    @for (actor, panel) in &panels {
                        (position_panel(timeline, *actor, panel))
                    }
                }
            }
        }
    }
}

fn position_panel(timeline: &Timeline, actor: Actor, panel: &Drawn<Svg>) -> Markup {
    let samples: Vec<_> = timeline
        .positions
        .iter()
        .filter(|sample| sample.actor == actor)
        .collect();
    let ends = |instrument| {
        let first = samples.first().map_or(0, |sample| sample.lots_of(instrument));
        let last = samples.last().map_or(0, |sample| sample.lots_of(instrument));
        (first, last)
    };
    let held: Vec<_> = chart::instruments(timeline)
        .into_iter()
        .filter(|(instrument, _)| samples.iter().any(|sample| sample.lots_of(instrument) != 0))
        .map(|(instrument, ink)| (instrument, ink, ends(instrument)))
        .collect();
    let words: Vec<_> = held
        .iter()
        .map(|(instrument, _, (first, last))| {
            format!(
                "{instrument} from {} to {} lots",
                count((*first).into()),
                count((*last).into())
            )
        })
        .collect();
    let key = format!("positions-{actor}").to_lowercase();
    html! {
        div {
            h3 { (actor) }
            (figure(&key, &format!("Positions of the {actor}"), &words.join("; "), panel))
            ul.holdings {
                @for (instrument, ink, (first, last)) in &held {
                    li {
                        (Entry::line(*ink, instrument).markup())
                        span.number {
                            @if first != last { (count((*first).into())) " → " }
                            (count((*last).into()))
                        }
                    }
                }
                @if held.is_empty() { li { "No position." } }
            }
        }
    }
}

fn price_in_words(timeline: &Timeline) -> String {
    let figures = Figures::of(timeline);
    figures.fall.map_or_else(String::new, |fall| {
        format!(
            "From {} to a low of {}. Slices: {}.",
            usd(fall.from_usd_e9.into()),
            usd(fall.low_usd_e9.into()),
            figures.slices
        )
    })
}

fn health_in_words(timeline: &Timeline) -> String {
    let ticks = &timeline.ticks;
    let least = ticks.iter().map(Tick::maintenance_health_usd_e9).min();
    let last = ticks.last().map(Tick::maintenance_health_usd_e9);
    least.zip(last).map_or_else(String::new, |(least, last)| {
        format!(
            "Maintenance health at its lowest {}, at the end {}.",
            usd(least),
            usd(last)
        )
    })
}

fn figure(key: &str, title: &str, words: &str, drawn: &Drawn<Svg>) -> Markup {
    match drawn {
        Ok(svg) => html! {
            svg.chart.(svg.frame.class)
                viewBox=(format!("0 0 {} {}", svg.width, svg.height))
                role="img" aria-labelledby=(format!("{key}-title {key}-words"))
                data-left=(svg.left) data-right=(svg.right) data-top=(svg.top) data-bottom=(svg.bottom)
                data-start=(svg.span.start) data-end=(svg.span.end)
            {
                title id=(format!("{key}-title")) { (title) }
                desc id=(format!("{key}-words")) { (words) }
                // Drawn by the chart library, which escapes its text.
                (PreEscaped(&svg.body))
            }
        },
        Err(error) => missing(&format!("The chart could not be drawn: {error}")),
    }
}
