//! The numbers behind the charts, as a table and as the line under each chart's heading.

use maud::{Markup, html};

use super::table;
use crate::format::{duration, moment, percent, usd};
use crate::timeline::{LiquidationClock, Tick, Timeline};

/// A column of the table. Its position is how the script finds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Time,
    Price,
    Confidence,
    Equity,
    Initial,
    Maintenance,
    Health,
    Clock,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Time,
        Self::Price,
        Self::Confidence,
        Self::Equity,
        Self::Initial,
        Self::Maintenance,
        Self::Health,
        Self::Clock,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Price => "Price",
            Self::Confidence => "Confidence",
            Self::Equity => "Equity",
            Self::Initial => "Initial",
            Self::Maintenance => "Maintenance",
            Self::Health => "Health",
            Self::Clock => "Clock",
        }
    }

    fn text(self, tick: &Tick) -> String {
        match self {
            Self::Time => moment(tick.elapsed_ms),
            Self::Price => usd(tick.price_usd_e9.into()),
            Self::Confidence => format!("± {}", usd(tick.confidence_usd_e9.into())),
            Self::Equity => usd(tick.equity_usd_e9),
            Self::Initial => usd(tick.initial_requirement_usd_e9),
            Self::Maintenance => usd(tick.maintenance_requirement_usd_e9),
            Self::Health => usd(tick.maintenance_health_usd_e9()),
            Self::Clock => clock(tick.clock),
        }
    }
}

fn clock(clock: LiquidationClock) -> String {
    match clock {
        LiquidationClock::Idle => "idle".to_owned(),
        LiquidationClock::Running { clock_ms, discount_bps } => {
            format!("{}, discount {}", duration(clock_ms), percent(discount_bps.into()))
        }
        LiquidationClock::Ended { clock_ms } => format!("ended at {}", duration(clock_ms)),
    }
}

/// The last sample's values of these columns; the script puts in those under the pointer.
pub(super) fn read_out(timeline: &Timeline, columns: &[Column]) -> Markup {
    html! {
        @if let Some(last) = timeline.ticks.last() {
            p.read-out {
                @for column in columns {
                    span {
                        (column.name()) " "
                        b data-column=(*column as usize) { (column.text(last)) }
                    }
                    " "
                }
            }
        }
    }
}

/// The table, folded.
pub(super) fn details(timeline: &Timeline) -> Markup {
    html! {
        @if !timeline.ticks.is_empty() {
            details {
                summary { "Samples behind the charts (" (timeline.ticks.len()) ")" }
                (table("samples", "Oracle and writer’s account at each sample, in USD", &rows(timeline)))
            }
        }
    }
}

fn rows(timeline: &Timeline) -> Markup {
    html! {
        thead {
            tr {
                @for column in Column::ALL { th.number scope="col" { (column.name()) } }
            }
        }
        tbody id="sample-rows" {
            @for tick in &timeline.ticks {
                tr.wrong[tick.maintenance_health_usd_e9() < 0] data-ms=(tick.elapsed_ms) {
                    @for column in Column::ALL {
                        @if column == Column::Time {
                            th.number scope="row" { (column.text(tick)) }
                        } @else {
                            td.number { (column.text(tick)) }
                        }
                    }
                }
            }
        }
    }
}
