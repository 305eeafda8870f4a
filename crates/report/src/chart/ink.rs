//! What a stroke or a fill stands for.
//!
//! Colours belong to the style sheet, which has a light and a dark set of them. `plotters` is given one
//! made-up colour per ink, and its output is turned into class names.

use plotters::style::{Color, RGBColor, ShapeStyle};

/// Purpose of a mark on a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Grid,
    Axis,
    Label,
    Zero,
    Price,
    Confidence,
    Strike,
    Slice,
    SliceRule,
    Equity,
    Initial,
    Maintenance,
    Health,
    Surplus,
    Shortfall,
    ClockRuns,
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
}

/// Inks of series that have no meaning of their own.
pub(crate) const SERIES_INKS: [Ink; 6] = [
    Ink::Series1,
    Ink::Series2,
    Ink::Series3,
    Ink::Series4,
    Ink::Series5,
    Ink::Series6,
];

impl Ink {
    const ALL: [Self; 22] = [
        Self::Grid,
        Self::Axis,
        Self::Label,
        Self::Zero,
        Self::Price,
        Self::Confidence,
        Self::Strike,
        Self::Slice,
        Self::SliceRule,
        Self::Equity,
        Self::Initial,
        Self::Maintenance,
        Self::Health,
        Self::Surplus,
        Self::Shortfall,
        Self::ClockRuns,
        Self::Series1,
        Self::Series2,
        Self::Series3,
        Self::Series4,
        Self::Series5,
        Self::Series6,
    ];

    /// Class of the mark in the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Grid => "ink-grid",
            Self::Axis => "ink-axis",
            Self::Label => "ink-label",
            Self::Zero => "ink-zero",
            Self::Price => "ink-price",
            Self::Confidence => "ink-confidence",
            Self::Strike => "ink-strike",
            Self::Slice => "ink-slice",
            Self::SliceRule => "ink-slice-rule",
            Self::Equity => "ink-equity",
            Self::Initial => "ink-initial",
            Self::Maintenance => "ink-maintenance",
            Self::Health => "ink-health",
            Self::Surplus => "ink-surplus",
            Self::Shortfall => "ink-shortfall",
            Self::ClockRuns => "ink-clock",
            Self::Series1 => "ink-series-1",
            Self::Series2 => "ink-series-2",
            Self::Series3 => "ink-series-3",
            Self::Series4 => "ink-series-4",
            Self::Series5 => "ink-series-5",
            Self::Series6 => "ink-series-6",
        }
    }

    /// The colour that stands for the ink until [`classes`] removes it.
    pub(super) const fn stand_in(self) -> RGBColor {
        RGBColor(0xA0, 0x5E, self as u8)
    }

    pub(super) fn style(self) -> ShapeStyle {
        self.stand_in().filled()
    }
}

/// Turns the stand-in colours of a drawing into classes: `stroke="#A05E03"` becomes `class="stroke ink-zero"`.
///
/// Only attributes can match, because the quotation marks of text are escaped.
pub(super) fn classes(drawing: &str) -> String {
    Ink::ALL
        .iter()
        .fold(drawing.to_owned(), |drawing, ink| {
            let RGBColor(red, green, blue) = ink.stand_in();
            let class = ink.class();
            ["stroke", "fill"].iter().fold(drawing, |drawing, paint| {
                drawing.replace(
                    &format!("{paint}=\"#{red:02X}{green:02X}{blue:02X}\""),
                    &format!("class=\"{paint} {class}\""),
                )
            })
        })
        // Always the same, or set by the style sheet.
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" stroke-width=\"1\"", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ink_is_listed_once_under_its_own_colour() {
        for (index, ink) in Ink::ALL.iter().enumerate() {
            assert_eq!(*ink as usize, index);
        }
    }

    #[test]
    fn stand_ins_become_classes_and_text_stays() {
        let drawing = "<text fill=\"#A05E02\">fill=&quot;#A05E02&quot;</text><line stroke=\"#A05E03\"/>";
        assert_eq!(
            classes(drawing),
            "<text class=\"fill ink-label\">fill=&quot;#A05E02&quot;</text><line class=\"stroke ink-zero\"/>"
        );
    }
}
