//! What an account's options can pay whatever the price will be: the ends of their range, the standard rule, and the
//! greatest loss until expiry.

use super::holdings::{HeldChain, Holdings};
use crate::error::{MarginError, OrMarginError};
use crate::state::{MAX_STRIKES, Position, Strike};
use arrayvec::ArrayVec;
use tenor_math::Round;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{StrikePosition, best_expiry_payoff, greatest_expiry_loss, worst_expiry_payoff};

/// Farthest that a price is taken to rise while nobody can see it: to five times the last one, the farthest scenario.
const HIGHEST_OVER_LAST: Ratio = Ratio::from_e9(5_000_000_000);
/// Strikes of a chain, and one for cover.
const MOST_ENTRIES: usize = MAX_STRIKES + 1;

/// Strikes of a chain, on the stack: the heap gives nothing back within a transaction.
type Strikes = ArrayVec<StrikePosition, MOST_ENTRIES>;

fn push(strikes: &mut Strikes, entry: StrikePosition) -> Result<(), MarginError> {
    strikes.try_push(entry).map_err(|_| MarginError::ChainFull)
}

/// What needs no model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most that can be lost until expiry; none if that has no bound.
    pub(super) greatest_loss: Option<Value>,
    /// Requirement by the standard rule, rounded up; zero where it was not asked for.
    pub(super) standard: Value,
}

/// An account's positions in one chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExpiryBook<'a> {
    holdings: &'a Holdings<'a>,
    held: &'a HeldChain<'a>,
    lot: LotSize,
}

impl<'a> ExpiryBook<'a> {
    pub(super) const fn new(holdings: &'a Holdings<'a>, held: &'a HeldChain<'a>, lot: LotSize) -> Self {
        Self { holdings, held, lot }
    }

    fn positions(&self) -> impl Iterator<Item = &'a Position> + use<'a> {
        self.holdings.positions(self.held)
    }

    fn strike_of(&self, position: &Position) -> Result<&'a Strike, MarginError> {
        self.held
            .strikes
            .get(usize::from(position.strike_slot))
            .ok_or(MarginError::NoSuchStrike)
    }

    fn strike_value(&self, price: Price) -> Result<Value, MarginError> {
        self.lot.value(price, Round::Down).or_margin_error()
    }

    /// Fills `strikes` with those held and another entry, ascending. In place: a frame of bytecode holds no second copy.
    #[inline(never)]
    fn collect(&self, strikes: &mut Strikes, other: Option<StrikePosition>) -> Result<(), MarginError> {
        for position in self.positions() {
            let entry = StrikePosition {
                strike: self.strike_value(self.strike_of(position)?.price())?,
                call: position.lots(OptionKind::Call),
                put: position.lots(OptionKind::Put),
            };
            push(strikes, entry)?;
        }
        if let Some(other) = other {
            push(strikes, other)?;
        }
        strikes.sort_unstable_by_key(|entry| entry.strike);
        Ok(())
    }

    /// The highest strike of the chain, without a position.
    fn highest_strike(&self) -> Result<StrikePosition, MarginError> {
        let highest = self.held.strikes.iter().map(|strike| strike.price_e9).max();
        Ok(StrikePosition {
            strike: self.strike_value(Price::from_e9(highest.unwrap_or(0)))?,
            call: Lots::ZERO,
            put: Lots::ZERO,
        })
    }

    /// Worth at mark, re-centred to a spot price, rounded down.
    #[inline(never)]
    pub(super) fn mark(&self, spot: Price) -> Result<Value, MarginError> {
        let mut total = Value::ZERO;
        for position in self.positions() {
            let marks = self.strike_of(position)?.view().marks(spot).or_margin_error()?;
            let worth = |kind: OptionKind, mark: Value| position.lots(kind).value(mark).or_margin_error();
            let of_strike = worth(OptionKind::Call, marks.call)?
                .try_add(worth(OptionKind::Put, marks.put)?)
                .or_margin_error()?;
            total = total.try_add(of_strike).or_margin_error()?;
        }
        Ok(total)
    }

    /// Five times the last price, per lot.
    fn highest(&self, last: Price) -> Result<Value, MarginError> {
        let per_lot = self.lot.value(last, Round::Up).or_margin_error()?;
        HIGHEST_OVER_LAST.of(per_lot, Round::Up).or_margin_error()
    }

    /// The most that the options can be worth: the most that they can pay at any price up to five times the last, or their
    /// last mark where that is more, as of debts that are due later.
    #[inline(never)]
    pub(super) fn best(&self, last: Price) -> Result<Value, MarginError> {
        let mut strikes = Strikes::new();
        self.collect(&mut strikes, None)?;
        let paid = best_expiry_payoff(&strikes, self.highest(last)?).or_margin_error()?;
        // Without a refresh there is no mark, and nothing that anybody could have traded at.
        Ok(self.mark(last).map_or(paid, |mark| paid.max(mark)))
    }

    /// The least that the options can pay at any price up to five times the last, with as much of the `cover` as their short
    /// calls need; takes that off it.
    #[inline(never)]
    pub(super) fn worst(&self, last: Price, cover_lots: &mut u64) -> Result<Value, MarginError> {
        let mut strikes = Strikes::new();
        self.collect(&mut strikes, None)?;
        let used = unpaired(&strikes)?.min(*cover_lots);
        *cover_lots = cover_lots.saturating_sub(used);
        // The worst for the holder is the best for who holds the opposite; cover is a call struck at nothing.
        for entry in &mut strikes {
            entry.call = entry.call.try_neg().or_margin_error()?;
            entry.put = entry.put.try_neg().or_margin_error()?;
        }
        let cover = StrikePosition {
            strike: Value::ZERO,
            call: lots_of(used)?.try_neg().or_margin_error()?,
            put: Lots::ZERO,
        };
        if strikes.try_insert(0, cover).is_err() {
            return Err(MarginError::ChainFull);
        }
        best_expiry_payoff(&strikes, self.highest(last)?)
            .and_then(Value::try_neg)
            .or_margin_error()
    }

    /// Lots by which short calls exceed long ones.
    #[inline(never)]
    pub(super) fn unpaired(&self) -> Result<u64, MarginError> {
        let mut strikes = Strikes::new();
        self.collect(&mut strikes, None)?;
        unpaired(&strikes)
    }

    /// What can be lost until expiry with options worth `mark` and the cover they need, which is taken off; and with a rate for
    /// unpaired short calls the requirement by the standard rule.
    #[inline(never)]
    pub(super) fn bounds(
        &self,
        mark: Value,
        spot: Price,
        unpaired_rate: Option<Ratio>,
        cover_lots: &mut u64,
    ) -> Result<Bounds, MarginError> {
        let per_lot = self.lot.value(spot, Round::Up).or_margin_error()?;
        // Payoffs are linear between the strikes held and above them: no other strike of the chain but the highest can be the
        // worst, and that one only where calls are unpaired.
        let highest = unpaired_rate.map(|_| self.highest_strike()).transpose()?;
        let mut strikes = Strikes::new();
        self.collect(&mut strikes, highest)?;
        let uncovered = worst_expiry_payoff(&strikes, 0).or_margin_error()?;
        let standard = unpaired_rate.map_or(Ok(Value::ZERO), |rate| uncovered.standard_requirement(per_lot, rate));
        let used = uncovered.unpaired.min(*cover_lots);
        *cover_lots = cover_lots.saturating_sub(used);
        let greatest_loss = if used == 0 {
            uncovered.greatest_loss(mark)
        } else {
            let of_cover = lots_of(used)?.value(per_lot).or_margin_error()?;
            let value = mark.try_add(of_cover).or_margin_error()?;
            greatest_expiry_loss(&strikes, used, value)
        };
        Ok(Bounds {
            greatest_loss: greatest_loss.or_margin_error()?,
            standard: standard.or_margin_error()?,
        })
    }
}

fn unpaired(strikes: &[StrikePosition]) -> Result<u64, MarginError> {
    worst_expiry_payoff(strikes, 0)
        .map(|worst| worst.unpaired)
        .or_margin_error()
}

fn lots_of(count: u64) -> Result<Lots, MarginError> {
    i64::try_from(count)
        .map(Lots::new)
        .map_err(|_| MarginError::MathOverflow)
}

/// The most that collateral worth `value` at the last price can be worth: at five times that price.
pub(super) fn best_collateral(value: Value) -> Result<Value, MarginError> {
    HIGHEST_OVER_LAST.of(value, Round::Up).or_margin_error()
}
