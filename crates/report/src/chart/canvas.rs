//! One chart: its frame, its axes, and the few marks that the charts are made of.

use std::io;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{TimeAxis, TimeSpan, ValueSpan};
use super::ink::{Ink, classes};

/// A drawing, or why there is none.
pub(crate) type Drawn<T> = Result<T, DrawingAreaErrorKind<io::Error>>;

type Coordinates = Cartesian2d<TimeAxis, RangedCoordf64>;

/// Canvas units per pixel: the library draws on whole units, and curves need parts of a pixel.
const UNIT: u32 = 8;
/// Pixels between the plot's right end and the text beyond it.
const LABEL_GAP: u32 = 6;
/// Ratio of the library's font size to that of its output.
const FONT_RATIO: f64 = 1.24;

/// Size of a chart in pixels of its design; the page scales it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Class that the style sheet shows or hides it by.
    pub(crate) class: &'static str,
    width: u32,
    height: u32,
    font: f64,
    left: u32,
    right: u32,
    time_marks: usize,
    pub(super) value_marks: usize,
}

impl Frame {
    /// For screens that have room.
    pub(crate) const WIDE: Self = Self {
        class: "wide",
        width: 960,
        height: 330,
        font: 12.0,
        left: 56,
        right: 16,
        time_marks: 10,
        value_marks: 7,
    };
    /// For phones.
    pub(crate) const NARROW: Self = Self {
        class: "narrow",
        width: 345,
        height: 260,
        font: 12.0,
        left: 46,
        right: 18,
        time_marks: 4,
        value_marks: 6,
    };
    /// One of several, side by side or stacked.
    pub(crate) const PANEL: Self = Self {
        class: "panel",
        width: 330,
        height: 220,
        font: 12.0,
        left: 60,
        right: 18,
        time_marks: 4,
        value_marks: 6,
    };

    /// Takes another height.
    pub(super) const fn height(self, height: u32) -> Self {
        Self { height, ..self }
    }

    /// Keeps room for text of this many characters at the right end.
    pub(super) fn right_text(self, characters: usize) -> Self {
        const MOST: u32 = 120;
        // A character is about 0.6 of the font's size wide.
        let text = (characters as f64 * self.font * 0.6) as u32;
        Self {
            right: self.right.max((text + LABEL_GAP * 2).min(MOST)),
            ..self
        }
    }

    /// The share of a value axis that one line of text covers.
    pub(super) fn line_share(self) -> f64 {
        self.font * 1.25 / f64::from(self.height)
    }
}

/// A finished drawing, with what a script needs to find a moment on it.
pub(crate) struct Svg {
    pub(crate) frame: Frame,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Ends of the plot in canvas units.
    pub(crate) left: i32,
    pub(crate) right: i32,
    pub(crate) top: i32,
    pub(crate) bottom: i32,
    pub(crate) span: TimeSpan,
    /// The elements inside the `svg` element.
    pub(crate) body: String,
}

/// Ranges of both axes and the text on the value axis.
pub(super) struct Axes<F> {
    pub(super) time: TimeSpan,
    pub(super) values: ValueSpan,
    pub(super) text: F,
}

/// Draws a chart's axes, then its marks.
pub(super) fn draw(
    frame: Frame,
    axes: Axes<impl Fn(f64) -> String>,
    marks: impl FnOnce(&Plot<'_, '_>) -> Drawn<()>,
) -> Drawn<Svg> {
    let (width, height) = (frame.width * UNIT, frame.height * UNIT);
    let mut drawing = String::new();
    let (horizontal, vertical) = {
        let root = SVGBackend::with_string(&mut drawing, (width, height)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(8 * UNIT)
            .margin_right(frame.right * UNIT)
            .set_label_area_size(LabelAreaPosition::Left, frame.left * UNIT)
            .set_label_area_size(LabelAreaPosition::Bottom, 26 * UNIT)
            .build_cartesian_2d(TimeAxis(axes.time), axes.values.low..axes.values.high)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(1)
            .light_line_style(TRANSPARENT)
            .bold_line_style(Ink::Grid.style())
            .axis_style(Ink::Axis.style())
            .set_all_tick_mark_size(4 * UNIT)
            .x_labels(frame.time_marks)
            .y_labels(frame.value_marks)
            .y_label_formatter(&|value| (axes.text)(*value))
            .label_style(text_style(frame))
            .draw()?;

        let plot = Plot {
            area: chart.plotting_area(),
            time: axes.time,
            values: axes.values,
            frame,
        };
        marks(&plot)?;
        root.present()?;
        plot.area.get_pixel_range()
    };
    Ok(Svg {
        frame,
        width,
        height,
        left: horizontal.start,
        right: horizontal.end,
        top: vertical.start,
        bottom: vertical.end,
        span: axes.time,
        body: classes(inside(&drawing)),
    })
}

/// Where marks are drawn, in seconds and values.
pub(super) struct Plot<'a, 'svg> {
    area: &'a DrawingArea<SVGBackend<'svg>, Coordinates>,
    time: TimeSpan,
    values: ValueSpan,
    frame: Frame,
}

impl Plot<'_, '_> {
    /// A line through these points; a dot if there is only one.
    pub(super) fn line(&self, points: Vec<(f64, f64)>, ink: Ink) -> Drawn<()> {
        match points.as_slice() {
            [] => Ok(()),
            [point] => self.dot(*point, ink),
            _ => self.area.draw(&PathElement::new(points, ink.style())),
        }
    }

    pub(super) fn area(&self, outline: Vec<(f64, f64)>, ink: Ink) -> Drawn<()> {
        if outline.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(outline, ink.style()))
    }

    pub(super) fn dot(&self, at: (f64, f64), ink: Ink) -> Drawn<()> {
        self.area.draw(&Circle::new(at, 4 * UNIT, ink.style()))
    }

    /// A line across the chart at this value.
    pub(super) fn level(&self, value: f64, ink: Ink) -> Drawn<()> {
        self.line(vec![(self.time.start, value), (self.time.end, value)], ink)
    }

    /// A line from bottom to top at this moment.
    pub(super) fn moment(&self, at: f64, ink: Ink) -> Drawn<()> {
        self.line(vec![(at, self.values.low), (at, self.values.high)], ink)
    }

    /// Everything between two moments.
    pub(super) fn stretch(&self, from: f64, to: f64, ink: Ink) -> Drawn<()> {
        let corners = [(from, self.values.high), (to, self.values.low)];
        self.area.draw(&Rectangle::new(corners, ink.style()))
    }

    /// Text beyond the right end, level with this value.
    pub(super) fn label(&self, value: f64, text: &str) -> Drawn<()> {
        let style = text_style(self.frame).pos(Pos::new(HPos::Left, VPos::Center));
        let offset = ((LABEL_GAP * UNIT) as i32, 0);
        self.area
            .draw(&(EmptyElement::at((self.time.end, value)) + Text::new(text.to_owned(), offset, style)))
    }
}

fn text_style(frame: Frame) -> TextStyle<'static> {
    let size = frame.font * FONT_RATIO * f64::from(UNIT);
    TextStyle {
        color: Ink::Label.stand_in().to_backend_color(),
        ..TextStyle::from(("sans-serif", size).into_font())
    }
}

/// The elements of a drawing without the `svg` element around them, which the page writes itself.
fn inside(drawing: &str) -> &str {
    drawing
        .split_once('>')
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(body, _)| body.trim())
}
