//! The charts: `plotters` lays them out and draws them, the page's style sheet colours them.

mod axis;
mod canvas;
mod ink;
mod margin;
mod positions;
mod price;
mod region;

pub(crate) use canvas::{Drawn, Frame, Svg};
pub(crate) use ink::Ink;
pub(crate) use margin::{health, requirements};
pub(crate) use positions::{instruments, positions};
pub(crate) use price::{price, strikes_off_chart, with_label_room};

use axis::TimeSpan;

use crate::timeline::Timeline;

/// One e9 amount as a float, for pixels only.
fn usd(usd_e9: i128) -> f64 {
    usd_e9 as f64 / 1e9
}

/// Milliseconds as seconds.
fn seconds(elapsed_ms: u64) -> f64 {
    elapsed_ms as f64 / 1e3
}

/// The stretch of time that every chart of a page shows, so that they can be read against each other.
///
/// It is that of the prices, with the slices that landed after the last one; without prices, that of the
/// positions.
fn time_span(timeline: &Timeline) -> Option<TimeSpan> {
    let prices = timeline.ticks.iter().map(|tick| tick.elapsed_ms);
    let slices = timeline.liquidations().map(|(landed, _)| landed.elapsed_ms);
    let positions = timeline.positions.iter().map(|sample| sample.elapsed_ms);

    if timeline.ticks.is_empty() {
        TimeSpan::of(positions)
    } else {
        TimeSpan::of(prices.chain(slices))
    }
}
