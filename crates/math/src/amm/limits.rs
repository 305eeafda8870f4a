//! The trades that the pool does not make.

use crate::quantity::{Lots, Ratio, Value};

/// Why the pool refuses a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Net vega would grow beyond its cap.
    VegaCap,
    /// Net vega of the expiry would grow beyond its cap.
    ExpiryCap,
    /// The pool's position in the option would grow beyond its cap.
    StrikeCap,
    /// The option is too far from the money, either way, for the pool to grow its position.
    Delta,
    /// The expiry is too near.
    CutOff,
    /// The half-spread exceeds what the option is worth: there is no bid.
    NoBid,
}

/// Bounds of what the pool holds and quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Greatest |net vega|.
    pub vega: Value,
    /// Greatest |net vega| of one expiry.
    pub expiry_vega: Value,
    /// Most lots of one option, either way.
    pub strike_lots: u64,
    /// Least |delta| at which a position may grow: 5%.
    pub min_delta: Ratio,
    /// Greatest |delta| at which a position may grow: 95%.
    pub max_delta: Ratio,
    /// Seconds before expiry at which quoting stops.
    pub cut_off_seconds: u64,
}

/// A quantity before and after a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<T> {
    /// Before the trade.
    pub before: T,
    /// After it.
    pub after: T,
}

/// What a trade would do to the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The pool's net vega.
    pub vega: Change<Value>,
    /// Its net vega in the option's expiry.
    pub expiry_vega: Change<Value>,
    /// Its position in the option.
    pub position: Change<Lots>,
    /// |delta| of the option at its mark.
    pub delta: Ratio,
    /// Time left.
    pub seconds_to_expiry: u64,
}

impl Limits {
    /// Refuses what grows beyond a limit. What shrinks passes every limit but the cut-off, so an option can be sold back to a
    /// pool that is short of it however far it has moved. What crosses zero grows from zero.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn check(&self, exposure: &Exposure) -> Result<(), Refusal> {
        if exposure.seconds_to_expiry < self.cut_off_seconds {
            return Err(Refusal::CutOff);
        }
        let vega_beyond = |change: &Change<Value>, cap: Value| {
            let (before, after) = (change.before.e9(), change.after.e9());
            after.unsigned_abs() > cap.e9().unsigned_abs() && grows(before, after)
        };
        if vega_beyond(&exposure.vega, self.vega) {
            return Err(Refusal::VegaCap);
        }
        if vega_beyond(&exposure.expiry_vega, self.expiry_vega) {
            return Err(Refusal::ExpiryCap);
        }
        let position = &exposure.position;
        let position_grows = grows(position.before.get(), position.after.get());
        if position_grows && position.after.magnitude() > self.strike_lots {
            return Err(Refusal::StrikeCap);
        }
        let outside = exposure.delta < self.min_delta || exposure.delta > self.max_delta;
        if position_grows && outside {
            return Err(Refusal::Delta);
        }
        Ok(())
    }
}

/// Whether an exposure is farther from zero after than before, on the side where it ends: one that crosses zero starts there.
const fn grows(before: i64, after: i64) -> bool {
    let from = if (before < 0) == (after < 0) {
        before.unsigned_abs()
    } else {
        0
    };
    after.unsigned_abs() > from
}
