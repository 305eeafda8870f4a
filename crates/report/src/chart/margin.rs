//! The writer's account: equity against both requirements, and what is left above maintenance.

use super::axis::{ValueSpan, dollars};
use super::canvas::{Axes, Drawn, Frame, Plot, Svg, draw};
use super::ink::Ink;
use super::region::{Gap, Part, outlines};
use super::{seconds, time_span, usd};
use crate::timeline::{LiquidationClock, Tick, Timeline};

/// Equity, initial and maintenance requirement; `None` without a sample.
pub(crate) fn requirements(timeline: &Timeline, frame: Frame) -> Option<Drawn<Svg>> {
    let ticks = &timeline.ticks;
    let curves = [
        (Ink::Initial, curve(ticks, |tick| tick.initial_requirement_usd_e9)),
        (
            Ink::Maintenance,
            curve(ticks, |tick| tick.maintenance_requirement_usd_e9),
        ),
        (Ink::Equity, curve(ticks, |tick| tick.equity_usd_e9)),
    ];
    let heights = curves.iter().flat_map(|(_, points)| points);
    let values = ValueSpan::around(heights.map(|(_, height)| *height))?;
    let axes = Axes {
        time: time_span(timeline)?,
        values,
        text: dollars(values, frame.value_marks),
    };
    let gaps = gaps(ticks, |tick| (tick.equity_usd_e9, tick.maintenance_requirement_usd_e9));

    Some(draw(frame, axes, |plot| {
        for outline in outlines(&gaps, Part::Below) {
            plot.area(outline, Ink::Shortfall)?;
        }
        slices(timeline, plot)?;
        for (ink, points) in curves {
            plot.line(points, ink)?;
        }
        Ok(())
    }))
}

/// Equity less maintenance, shaded on both sides of zero; `None` without a sample.
pub(crate) fn health(timeline: &Timeline, frame: Frame) -> Option<Drawn<Svg>> {
    const HEIGHT: u32 = 240;
    let ticks = &timeline.ticks;
    if ticks.is_empty() {
        return None;
    }
    let gaps = gaps(ticks, |tick| (tick.maintenance_health_usd_e9(), 0));
    let values = ValueSpan::around(gaps.iter().flat_map(|gap| [gap.value, gap.bound]))?;
    let axes = Axes {
        time: time_span(timeline)?,
        values,
        text: dollars(values, frame.value_marks),
    };

    Some(draw(frame.height(HEIGHT), axes, |plot| {
        for (from, to) in clock_stretches(ticks) {
            plot.stretch(from, to, Ink::ClockRuns)?;
        }
        for (part, ink) in [(Part::Above, Ink::Surplus), (Part::Below, Ink::Shortfall)] {
            for outline in outlines(&gaps, part) {
                plot.area(outline, ink)?;
            }
        }
        slices(timeline, plot)?;
        plot.level(0.0, Ink::Zero)?;
        let line = gaps.iter().map(|gap| (gap.at, gap.value));
        plot.line(line.collect(), Ink::Health)
    }))
}

fn slices(timeline: &Timeline, plot: &Plot<'_, '_>) -> Drawn<()> {
    for (landed, _) in timeline.liquidations() {
        plot.moment(seconds(landed.elapsed_ms), Ink::SliceRule)?;
    }
    Ok(())
}

fn curve(ticks: &[Tick], amount: impl Fn(&Tick) -> i128) -> Vec<(f64, f64)> {
    ticks.iter().map(|tick| (at(tick), usd(amount(tick)))).collect()
}

fn gaps(ticks: &[Tick], sides: impl Fn(&Tick) -> (i128, i128)) -> Vec<Gap> {
    ticks
        .iter()
        .map(|tick| {
            let (value, bound) = sides(tick);
            Gap {
                at: at(tick),
                value: usd(value),
                bound: usd(bound),
            }
        })
        .collect()
}

/// From each tick at which the clock runs until the next, neighbours joined.
fn clock_stretches(ticks: &[Tick]) -> Vec<(f64, f64)> {
    let ends = ticks.iter().skip(1).chain(ticks.last());
    let mut stretches: Vec<(f64, f64)> = Vec::new();
    for (tick, end) in ticks.iter().zip(ends) {
        if !matches!(tick.clock, LiquidationClock::Running { .. }) {
            continue;
        }
        match stretches.last_mut() {
            Some((_, previous_end)) if *previous_end == at(tick) => *previous_end = at(end),
            _ => stretches.push((at(tick), at(end))),
        }
    }
    stretches
}

fn at(tick: &Tick) -> f64 {
    seconds(tick.elapsed_ms)
}
