//! Positions of one actor as step lines. The panels of all actors share both axes.

use super::axis::{ValueSpan, lots};
use super::canvas::{Axes, Drawn, Frame, Svg, draw};
use super::ink::{Ink, SERIES_INKS};
use super::{seconds, time_span};
use crate::timeline::{Actor, PositionSample, Timeline};

/// Every instrument that anyone held, in the order in which they first appear, with its ink.
pub(crate) fn instruments(timeline: &Timeline) -> Vec<(&str, Ink)> {
    let mut names: Vec<&str> = Vec::new();
    for holding in timeline.positions.iter().flat_map(|sample| &sample.holdings) {
        if !names.contains(&holding.instrument.as_str()) {
            names.push(&holding.instrument);
        }
    }
    names.into_iter().zip(SERIES_INKS.into_iter().cycle()).collect()
}

/// The panel of one actor; `None` if it has no sample.
pub(crate) fn positions(timeline: &Timeline, actor: Actor, frame: Frame) -> Option<Drawn<Svg>> {
    let samples: Vec<_> = timeline
        .positions
        .iter()
        .filter(|sample| sample.actor == actor)
        .collect();
    if samples.is_empty() {
        return None;
    }
    let time = time_span(timeline)?;
    let all_lots = timeline
        .positions
        .iter()
        .flat_map(|sample| &sample.holdings)
        .map(|holding| holding.lots as f64);
    let axes = Axes {
        time,
        values: ValueSpan::around(all_lots.chain([0.0]))?,
        text: lots,
    };

    Some(draw(frame, axes, |plot| {
        plot.level(0.0, Ink::Zero)?;
        for (instrument, ink) in instruments(timeline) {
            let held: Vec<_> = samples
                .iter()
                .map(|sample| {
                    let at = seconds(sample.elapsed_ms).clamp(time.start, time.end);
                    (at, sample.lots_of(instrument) as f64)
                })
                .collect();
            if held.iter().any(|(_, lots)| *lots != 0.0) {
                plot.line(steps(&held, time.end), ink)?;
            }
        }
        Ok(())
    }))
}

impl PositionSample {
    /// Lots of one instrument; zero if it is not held.
    pub(crate) fn lots_of(&self, instrument: &str) -> i64 {
        self.holdings
            .iter()
            .find(|holding| holding.instrument == instrument)
            .map_or(0, |holding| holding.lots)
    }
}

/// Each value until the next one, the last until `end`.
fn steps(held: &[(f64, f64)], end: f64) -> Vec<(f64, f64)> {
    let ends = held.iter().skip(1).map(|(at, _)| *at).chain([end]);
    held.iter()
        .zip(ends)
        .flat_map(|(&(at, lots), until)| [(at, lots), (until, lots)])
        .collect()
}
