//! The path of a trade, cut where the multiplier changes its slope.

use super::inventory::{InventoryCurve, Side};
use crate::MathError;

/// A stretch of a trade on which the multiplier is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from_q56: i64,
    pub(super) to_q56: i64,
    /// How far the position moves, Q56.
    pub(super) length_q56: u64,
}

/// The path of one trade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    pub(super) curve: &'a InventoryCurve,
    pub(super) side: Side,
    pub(super) from_q56: i64,
    pub(super) to_q56: i64,
    /// Multiplier of the posted volatility that scales the rule.
    pub(super) base_q56: i64,
    /// Multiplier of the posted volatility at the mark, which an ask never falls below and a bid never exceeds.
    pub(super) mark_q56: i64,
}

impl Path<'_> {
    /// The multiplier at a position, held on the pool's side of the mark.
    pub(super) fn held_q56(&self, position_q56: i64) -> i64 {
        let free = self.curve.multiplier_q56(self.side, position_q56, self.base_q56);
        match self.side {
            Side::Buy => free.max(self.mark_q56),
            Side::Sell => free.min(self.mark_q56),
        }
    }

    /// How far the free multiplier lies on the pool's side of the mark; negative where the mark holds it.
    #[expect(clippy::arithmetic_side_effects, reason = "multipliers are between 0 and 32 in Q56")]
    fn excess_q56(&self, position_q56: i64) -> i64 {
        let free = self.curve.multiplier_q56(self.side, position_q56, self.base_q56);
        match self.side {
            Side::Buy => free - self.mark_q56,
            Side::Sell => self.mark_q56 - free,
        }
    }

    /// Visits the pieces from start to end: the path is cut at each kink of the rule and where the multiplier crosses
    /// the mark.
    pub(super) fn visit(&self, mut visit: impl FnMut(Piece) -> Result<(), MathError>) -> Result<(), MathError> {
        let mut at = self.from_q56;
        while at != self.to_q56 {
            let next = self.curve.next_stop_q56(at, self.to_q56);
            self.visit_stretch(at, next, &mut visit)?;
            at = next;
        }
        Ok(())
    }

    fn visit_stretch(
        &self,
        from_q56: i64,
        to_q56: i64,
        visit: &mut impl FnMut(Piece) -> Result<(), MathError>,
    ) -> Result<(), MathError> {
        let (first, last) = (self.excess_q56(from_q56), self.excess_q56(to_q56));
        let length_q56 = to_q56.abs_diff(from_q56);
        let (from_held, to_held) = (self.held_q56(from_q56), self.held_q56(to_q56));
        if (first < 0) == (last < 0) {
            return visit(Piece {
                from_q56: from_held,
                to_q56: to_held,
                length_q56,
            });
        }
        let before = part(length_q56, first.unsigned_abs(), first.abs_diff(last));
        visit(Piece {
            from_q56: from_held,
            to_q56: self.mark_q56,
            length_q56: before,
        })?;
        visit(Piece {
            from_q56: self.mark_q56,
            to_q56: to_held,
            length_q56: length_q56.saturating_sub(before),
        })
    }
}

/// `length * numerator / denominator` for a fraction of at most one, rounded down; nothing for a zero denominator.
fn part(length: u64, numerator: u64, denominator: u64) -> u64 {
    crate::mul_div(length, numerator, denominator, crate::Round::Down).unwrap_or(0)
}
