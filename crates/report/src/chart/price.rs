//! The oracle's price with its confidence, the strikes, and where slices landed.

use std::collections::BTreeMap;

use super::axis::{ValueSpan, dollars};
use super::canvas::{Axes, Drawn, Frame, Svg, draw};
use super::ink::Ink;
use super::{seconds, time_span, usd};
use crate::timeline::{Strike, Tick, Timeline};

/// The chart; `None` without a price.
pub(crate) fn price(timeline: &Timeline, frame: Frame) -> Option<Drawn<Svg>> {
    let time = time_span(timeline)?;
    let shown = strikes(timeline, Shown::OnChart);
    let values = ValueSpan::around(
        timeline
            .ticks
            .iter()
            .flat_map(|tick| [bounds(tick).0, bounds(tick).1])
            .chain(shown.iter().map(|(value, _)| *value)),
    )?;
    let axes = Axes {
        time,
        values,
        text: dollars(values, frame.value_marks),
    };

    Some(draw(frame, axes, |plot| {
        let upper = timeline.ticks.iter().map(|tick| (at(tick), bounds(tick).1));
        let lower = timeline.ticks.iter().map(|tick| (at(tick), bounds(tick).0));
        plot.area(upper.chain(lower.rev()).collect(), Ink::Confidence)?;
        for (value, _) in &shown {
            plot.level(*value, Ink::Strike)?;
        }
        for (value, text) in spread(&shown, values.height() * frame.line_share()) {
            plot.label(value, text)?;
        }
        let line = timeline.ticks.iter().map(|tick| (at(tick), mid(tick)));
        plot.line(line.collect(), Ink::Price)?;
        for (landed, _) in timeline.liquidations() {
            let at = seconds(landed.elapsed_ms);
            plot.dot((at, price_at(&timeline.ticks, at)), Ink::Slice)?;
        }
        Ok(())
    }))
}

/// The frame with room for the names of the strikes. All charts of a page take it, or their times would not line up.
pub(crate) fn with_label_room(timeline: &Timeline, frame: Frame) -> Frame {
    let shown = strikes(timeline, Shown::OnChart);
    let others = timeline.also.iter().flat_map(|series| &series.strikes);
    let longest = shown
        .iter()
        .map(|(_, label)| label.chars().count())
        .chain(others.map(|strike| strike.label.chars().count()))
        .max();
    frame.right_text(longest.unwrap_or(0))
}

/// Names of the strikes too far away to be on the chart.
pub(crate) fn strikes_off_chart(timeline: &Timeline) -> Vec<String> {
    strikes(timeline, Shown::OffChart)
        .into_iter()
        .map(|(_, label)| label)
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    OnChart,
    OffChart,
}

/// Strikes in order of price, those of one price joined. On the chart are those that do not more than
/// double the height which the prices need.
fn strikes(timeline: &Timeline, shown: Shown) -> Vec<(f64, String)> {
    let Some(prices) = ValueSpan::around(timeline.ticks.iter().map(mid)) else {
        return Vec::new();
    };
    let reach = (prices.height() / 2.0).max(prices.high * 0.05);

    let mut by_price: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for Strike { label, price_usd_e9 } in &timeline.strikes {
        by_price.entry(*price_usd_e9).or_default().push(label);
    }
    by_price
        .into_iter()
        .map(|(price_usd_e9, labels)| (usd(price_usd_e9.into()), labels.join(", ")))
        .filter(|(price, _)| {
            let is_near = (prices.low - reach..=prices.high + reach).contains(price);
            is_near == (shown == Shown::OnChart)
        })
        .collect()
}

/// Moves labels up just enough that none covers the one below.
fn spread(labels: &[(f64, String)], least_gap: f64) -> Vec<(f64, &str)> {
    let mut floor = f64::NEG_INFINITY;
    labels
        .iter()
        .map(|(value, text)| {
            let value = value.max(floor);
            floor = value + least_gap;
            (value, text.as_str())
        })
        .collect()
}

fn at(tick: &Tick) -> f64 {
    seconds(tick.elapsed_ms)
}

fn mid(tick: &Tick) -> f64 {
    usd(tick.price_usd_e9.into())
}

fn bounds(tick: &Tick) -> (f64, f64) {
    let confidence = usd(tick.confidence_usd_e9.into());
    (mid(tick) - confidence, mid(tick) + confidence)
}

/// The price line's height at a moment; beyond its ends, that of the end.
fn price_at(ticks: &[Tick], moment: f64) -> f64 {
    let next = ticks.iter().position(|tick| at(tick) >= moment);
    let (before, after) = match next {
        None => (ticks.last(), ticks.last()),
        Some(index) => (
            index.checked_sub(1).and_then(|before| ticks.get(before)),
            ticks.get(index),
        ),
    };
    match (before.or(after), after) {
        (Some(before), Some(after)) if at(after) > at(before) => {
            let share = (moment - at(before)) / (at(after) - at(before));
            mid(before) + (mid(after) - mid(before)) * share.clamp(0.0, 1.0)
        }
        (Some(tick), _) => mid(tick),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::LiquidationClock;

    fn tick(elapsed_ms: u64, dollars: i64) -> Tick {
        Tick {
            elapsed_ms,
            price_usd_e9: dollars * 1_000_000_000,
            confidence_usd_e9: 0,
            equity_usd_e9: 0,
            initial_requirement_usd_e9: 0,
            maintenance_requirement_usd_e9: 0,
            clock: LiquidationClock::Idle,
        }
    }

    #[test]
    fn a_marker_sits_on_the_line_at_any_moment() {
        let ticks = [tick(1_000, 200), tick(2_000, 100)];
        assert_eq!(price_at(&ticks, 0.0), 200.0);
        assert_eq!(price_at(&ticks, 1.5), 150.0);
        assert_eq!(price_at(&ticks, 9.0), 100.0);
        assert_eq!(price_at(&[], 9.0), 0.0);
    }

    #[test]
    fn strikes_of_one_price_share_a_line_and_far_ones_are_named_apart() {
        let strike = |label: &str, dollars: i64| Strike {
            label: label.to_owned(),
            price_usd_e9: dollars * 1_000_000_000,
        };
        let timeline = Timeline {
            ticks: vec![tick(0, 220), tick(1_000, 174)],
            strikes: vec![strike("200 P", 200), strike("400 C", 400), strike("200 C", 200)],
            ..Timeline::default()
        };
        assert_eq!(strikes(&timeline, Shown::OnChart), [(200.0, "200 P, 200 C".to_owned())]);
        assert_eq!(strikes_off_chart(&timeline), ["400 C"]);
    }

    #[test]
    fn close_labels_are_moved_apart() {
        let labels = [(1.0, "a".to_owned()), (1.5, "b".to_owned()), (9.0, "c".to_owned())];
        assert_eq!(spread(&labels, 1.0), [(1.0, "a"), (2.0, "b"), (9.0, "c")]);
    }
}
