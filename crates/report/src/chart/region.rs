//! Areas between a curve and its bound, split by which of the two is on top.

/// A curve and its bound at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap {
    pub(super) at: f64,
    pub(super) value: f64,
    pub(super) bound: f64,
}

impl Gap {
    fn signed(self) -> f64 {
        self.value - self.bound
    }

    /// Where the straight lines from here to `next` cross.
    fn crossing(self, next: Self) -> Self {
        let share = self.signed() / (self.signed() - next.signed());
        let value = self.value + (next.value - self.value) * share;
        Self {
            at: self.at + (next.at - self.at) * share,
            value,
            bound: value,
        }
    }
}

/// Which part of the area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Where the curve is above its bound.
    Above,
    /// Where it is below.
    Below,
}

impl Part {
    fn contains(self, gap: Gap) -> bool {
        match self {
            Self::Above => gap.signed() > 0.0,
            Self::Below => gap.signed() < 0.0,
        }
    }
}

/// Outlines of the areas of one part, each closed along the bound.
pub(super) fn outlines(gaps: &[Gap], part: Part) -> Vec<Vec<(f64, f64)>> {
    let mut outlines = Vec::new();
    let mut run: Vec<Gap> = Vec::new();
    let mut previous: Option<Gap> = None;
    for &gap in gaps {
        let crossing = previous
            .filter(|previous| previous.signed() * gap.signed() < 0.0)
            .map(|previous| previous.crossing(gap));
        if part.contains(gap) {
            if run.is_empty() {
                // From the crossing, or from the touching point before.
                run.extend(crossing.or(previous));
            }
            run.push(gap);
        } else if !run.is_empty() {
            run.push(crossing.unwrap_or(gap));
            outlines.push(outline(&run));
            run.clear();
        }
        previous = Some(gap);
    }
    if run.len() > 1 {
        outlines.push(outline(&run));
    }
    outlines
}

fn outline(run: &[Gap]) -> Vec<(f64, f64)> {
    let along = run.iter().map(|gap| (gap.at, gap.value));
    let back = run.iter().rev().map(|gap| (gap.at, gap.bound));
    along.chain(back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against_zero(values: &[f64]) -> Vec<Gap> {
        values
            .iter()
            .enumerate()
            .map(|(index, &value)| Gap {
                at: index as f64,
                value,
                bound: 0.0,
            })
            .collect()
    }

    #[test]
    fn an_area_starts_and_ends_where_the_curve_crosses_its_bound() {
        let gaps = against_zero(&[1.0, -1.0, 1.0]);
        assert_eq!(
            outlines(&gaps, Part::Below),
            [[(0.5, 0.0), (1.0, -1.0), (1.5, 0.0), (1.5, 0.0), (1.0, 0.0), (0.5, 0.0)]]
        );
        assert_eq!(outlines(&gaps, Part::Above).len(), 2);
    }

    #[test]
    fn a_curve_on_its_bound_has_no_area() {
        assert!(outlines(&against_zero(&[0.0, 0.0]), Part::Below).is_empty());
        assert!(outlines(&against_zero(&[-1.0]), Part::Below).is_empty());
        assert!(outlines(&[], Part::Above).is_empty());
    }
}
