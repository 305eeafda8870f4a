//! Ranges of the axes and the text on them.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;

/// Range of the time axis in seconds; its end is after its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimeSpan {
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl TimeSpan {
    /// From the first of these moments to the last, at least one second; from zero if that is hardly longer.
    /// `None` without any.
    pub(crate) fn of(elapsed_ms: impl Iterator<Item = u64> + Clone) -> Option<Self> {
        const HARDLY: f64 = 0.05;
        let first = super::seconds(elapsed_ms.clone().min()?);
        let last = super::seconds(elapsed_ms.max()?);
        Some(Self {
            start: if first < last * HARDLY { 0.0 } else { first },
            end: last.max(first + 1.0),
        })
    }

    /// At most `count` round moments inside the range.
    pub(super) fn marks(self, count: usize) -> Vec<f64> {
        const STEPS: [f64; 15] = [
            0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0,
        ];
        let widest = (self.end - self.start) / count.max(1) as f64;
        let step = STEPS
            .into_iter()
            .find(|step| *step >= widest)
            .unwrap_or_else(|| (widest / 3_600.0).ceil() * 3_600.0);
        let first = (self.start / step).ceil();
        (0..=count)
            .map(|index| (first + index as f64) * step)
            .take_while(|mark| *mark <= self.end)
            .collect()
    }
}

/// The time axis: the library's linear one, with marks that suit a clock.
pub(super) struct TimeAxis(pub(super) TimeSpan);

impl Ranged for TimeAxis {
    type ValueType = f64;
    type FormatOption = NoDefaultFormatting;

    fn map(&self, seconds: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range()).map(seconds, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.0.marks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.0.start..self.0.end
    }
}

impl ValueFormatter<f64> for TimeAxis {
    fn format(seconds: &f64) -> String {
        clock(*seconds)
    }
}

/// A mark of the time axis: `1:30`, or `0:00.5` where seconds are too coarse.
fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    let text = format!("{}:{:02}", tenths / 600, tenths / 10 % 60);
    match tenths % 10 {
        0 => text,
        tenth => format!("{text}.{tenth}"),
    }
}

/// Range of a value axis; its end is above its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ValueSpan {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl ValueSpan {
    /// The range of these values, with room above and below; `None` without any.
    pub(super) fn around(values: impl Iterator<Item = f64>) -> Option<Self> {
        const ROOM: f64 = 0.07;
        const LEAST_ROOM: f64 = 1e-3;
        let tight = values.fold(None, |span: Option<Self>, value| {
            Some(span.map_or(
                Self {
                    low: value,
                    high: value,
                },
                |span| Self {
                    low: span.low.min(value),
                    high: span.high.max(value),
                },
            ))
        })?;
        let size = tight.low.abs().max(tight.high.abs()).max(1.0);
        let room = ((tight.high - tight.low) * ROOM).max(size * LEAST_ROOM);
        Some(Self {
            low: tight.low - room,
            high: tight.high + room,
        })
    }

    pub(super) fn height(self) -> f64 {
        self.high - self.low
    }
}

/// Text for amounts of a range with about `count` marks: `$185`, `−$2.5k`.
pub(super) fn dollars(span: ValueSpan, count: usize) -> impl Fn(f64) -> String {
    let largest = span.low.abs().max(span.high.abs());
    let (unit, suffix) = match largest {
        size if size >= 2e6 => (1e6, "M"),
        size if size >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    // Marks are at least an even share of the range apart, in steps of 1, 2 or 5 times a power of ten.
    let step = span.height() / unit / count.max(1) as f64;
    let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
    move |value| {
        let size = crate::format::size(value / unit, decimals);
        if size.chars().all(|digit| matches!(digit, '0' | '.')) {
            return "$0".to_owned();
        }
        let sign = if value < 0.0 { "−" } else { "" };
        format!("{sign}${size}{suffix}")
    }
}

/// Text for whole lots; empty between them.
pub(super) fn lots(value: f64) -> String {
    if (value - value.round()).abs() > 1e-6 {
        return String::new();
    }
    crate::format::count(value.round() as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_marks_are_round_and_few() {
        let marks = |moments_ms: [u64; 2], count| TimeSpan::of(moments_ms.into_iter()).map(|span| span.marks(count));
        assert_eq!(
            marks([0, 94_000], 7),
            Some(vec![0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0])
        );
        assert_eq!(marks([400, 20_000], 2), Some(vec![0.0, 10.0, 20.0]));
        assert_eq!(marks([12_300, 12_300], 2), Some(vec![12.5, 13.0]));
        assert!(marks([0, u64::MAX], 8).is_some_and(|marks| marks.len() <= 9));
        assert_eq!(TimeSpan::of(std::iter::empty()), None);
    }

    #[test]
    fn a_constant_series_still_has_a_range() {
        let height = |value| ValueSpan::around([value, value].into_iter()).map(ValueSpan::height);
        assert!(height(5.0).is_some_and(|height| height > 0.0));
        assert!(height(0.0).is_some_and(|height| height > 0.0));
        assert_eq!(ValueSpan::around(std::iter::empty()), None);
    }

    #[test]
    fn marks_have_the_decimals_that_tell_them_apart() {
        let prices = dollars(
            ValueSpan {
                low: 170.0,
                high: 225.0,
            },
            6,
        );
        assert_eq!(prices(180.0), "$180");
        let thousands = dollars(
            ValueSpan {
                low: -12_000.0,
                high: 4_000.0,
            },
            6,
        );
        assert_eq!(thousands(-5_000.0), "−$5k");
        assert_eq!(thousands(-0.0), "$0");
        let narrow = dollars(ValueSpan { low: 0.99, high: 1.01 }, 5);
        assert_eq!(narrow(0.995), "$0.995");
        let hundreds = dollars(
            ValueSpan {
                low: 5_000.0,
                high: 6_000.0,
            },
            5,
        );
        assert_eq!(hundreds(5_800.0), "$5,800");
        assert_eq!(clock(90.0), "1:30");
        assert_eq!(clock(0.5), "0:00.5");
        assert_eq!(lots(-40_000.0), "−40,000");
        assert_eq!(lots(0.5), "");
    }
}
