//! What the marks of a chart stand for.

use maud::{Markup, html};

use crate::chart::Ink;

/// One line of a legend.
pub(super) struct Entry<'a> {
    ink: Ink,
    shape: Shape,
    text: &'a str,
}

enum Shape {
    Line,
    Patch,
    Dot,
}

impl<'a> Entry<'a> {
    pub(super) const fn line(ink: Ink, text: &'a str) -> Self {
        let shape = Shape::Line;
        Self { ink, shape, text }
    }

    pub(super) const fn patch(ink: Ink, text: &'a str) -> Self {
        let shape = Shape::Patch;
        Self { ink, shape, text }
    }

    pub(super) const fn dot(ink: Ink, text: &'a str) -> Self {
        let shape = Shape::Dot;
        Self { ink, shape, text }
    }

    pub(super) fn markup(&self) -> Markup {
        let class = self.ink.class();
        html! {
            span.entry {
                svg.swatch viewBox="0 0 24 12" aria-hidden="true" {
                    @match self.shape {
                        Shape::Line => line.stroke.(class) x1="1" y1="6" x2="23" y2="6" {},
                        Shape::Patch => rect.fill.(class) x="1" y="1" width="22" height="10" {},
                        Shape::Dot => circle.fill.(class) cx="12" cy="6" r="5" {},
                    }
                }
                (self.text)
            }
        }
    }
}

pub(super) fn legend_of(entries: &[Entry<'_>]) -> Markup {
    html! {
        p.legend { @for entry in entries { (entry.markup()) " " } }
    }
}
