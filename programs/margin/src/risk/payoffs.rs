//! What an account's options can pay whatever the price will be: the ends of their range, the standard rule, and the
//! greatest loss until expiry.

use crate::error::{MarginError, OrMarginError};
use crate::state::{MAX_STRIKES, Position, Strike};
use tenor_math::Round;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    StrikePosition, best_expiry_payoff, greatest_expiry_loss, standard_requirement, worst_expiry_payoff,
};

/// Farthest that a price is taken to rise while nobody can see it: to five times the last one, the farthest scenario.
const HIGHEST_OVER_LAST: Ratio = Ratio::from_e9(5_000_000_000);
/// Strikes of a chain, and one for cover.
const MOST_ENTRIES: usize = MAX_STRIKES + 1;

/// Strikes of a chain, on the stack: the heap gives nothing back within a transaction.
struct Strikes {
    entries: [StrikePosition; MOST_ENTRIES],
    len: usize,
}

impl Strikes {
    const fn new() -> Self {
        const NONE: StrikePosition = StrikePosition {
            strike: Value::ZERO,
            call: Lots::ZERO,
            put: Lots::ZERO,
        };
        Self {
            entries: [NONE; MOST_ENTRIES],
            len: 0,
        }
    }

    fn push(&mut self, entry: StrikePosition) -> Result<(), MarginError> {
        let place = self.entries.get_mut(self.len).ok_or(MarginError::ChainFull)?;
        *place = entry;
        self.len = self.len.saturating_add(1);
        Ok(())
    }

    fn ascending(&mut self) -> &[StrikePosition] {
        let entries = self.entries.get_mut(..self.len).unwrap_or_default();
        entries.sort_unstable_by_key(|entry| entry.strike);
        entries
    }
}

/// An account's positions in one chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExpiryBook<'a> {
    positions: &'a [Position],
    chain_slot: usize,
    strikes: &'a [Strike],
    lot: LotSize,
}

impl<'a> ExpiryBook<'a> {
    /// Those of `positions` that name the chain's slot in the account's table.
    pub(super) const fn new(positions: &'a [Position], chain_slot: usize, strikes: &'a [Strike], lot: LotSize) -> Self {
        Self {
            positions,
            chain_slot,
            strikes,
            lot,
        }
    }

    fn held(&self) -> impl Iterator<Item = &'a Position> + use<'a> {
        let chain_slot = self.chain_slot;
        self.positions
            .iter()
            .filter(move |position| usize::from(position.chain_slot) == chain_slot)
    }

    fn strike_of(&self, position: &Position) -> Result<&'a Strike, MarginError> {
        self.strikes
            .get(usize::from(position.strike_slot))
            .ok_or(MarginError::NoSuchStrike)
    }

    fn entry(&self, price: Price, position: Option<&Position>) -> Result<StrikePosition, MarginError> {
        let lots = |kind| position.map_or(Lots::ZERO, |position| position.lots(kind));
        Ok(StrikePosition {
            strike: self.lot.value(price, Round::Down).or_margin_error()?,
            call: lots(OptionKind::Call),
            put: lots(OptionKind::Put),
        })
    }

    /// The strikes held.
    fn held_strikes(&self) -> Result<Strikes, MarginError> {
        let mut strikes = Strikes::new();
        for position in self.held() {
            strikes.push(self.entry(self.strike_of(position)?.price(), Some(position))?)?;
        }
        Ok(strikes)
    }

    /// Every strike of the chain, with what is held of it.
    fn all_strikes(&self) -> Result<Strikes, MarginError> {
        let mut strikes = Strikes::new();
        for (slot, strike) in self.strikes.iter().enumerate() {
            let position = self.held().find(|held| usize::from(held.strike_slot) == slot);
            strikes.push(self.entry(strike.price(), position)?)?;
        }
        Ok(strikes)
    }

    /// Worth at mark, re-centred to a spot price, rounded down.
    #[inline(never)]
    pub(super) fn mark(&self, spot: Price) -> Result<Value, MarginError> {
        let mut total = Value::ZERO;
        for position in self.held() {
            let marks = self.strike_of(position)?.view().marks(spot).or_margin_error()?;
            let worth = |kind: OptionKind, mark: Value| position.lots(kind).value(mark).or_margin_error();
            let of_strike = worth(OptionKind::Call, marks.call)?
                .try_add(worth(OptionKind::Put, marks.put)?)
                .or_margin_error()?;
            total = total.try_add(of_strike).or_margin_error()?;
        }
        Ok(total)
    }

    /// Requirement by the standard rule, rounded up.
    #[inline(never)]
    pub(super) fn standard(&self, spot: Price, unpaired_rate: Ratio) -> Result<Value, MarginError> {
        let reference = self.lot.value(spot, Round::Up).or_margin_error()?;
        standard_requirement(self.all_strikes()?.ascending(), reference, unpaired_rate).or_margin_error()
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
        let paid = best_expiry_payoff(self.held_strikes()?.ascending(), self.highest(last)?).or_margin_error()?;
        // Without a refresh there is no mark, and nothing that anybody could have traded at.
        Ok(self.mark(last).map_or(paid, |mark| paid.max(mark)))
    }

    /// The least that the options can pay at any price up to five times the last, with as much of the `cover` as their short
    /// calls need; takes that off it.
    #[inline(never)]
    pub(super) fn worst(&self, last: Price, cover_lots: &mut u64) -> Result<Value, MarginError> {
        let used = self.unpaired()?.min(*cover_lots);
        *cover_lots = cover_lots.saturating_sub(used);
        // The worst for the holder is the best for who holds the opposite; cover is a call struck at nothing.
        let mut opposite = Strikes::new();
        opposite.push(StrikePosition {
            strike: Value::ZERO,
            call: lots_of(used)?.try_neg().or_margin_error()?,
            put: Lots::ZERO,
        })?;
        for position in self.held() {
            let held = self.entry(self.strike_of(position)?.price(), Some(position))?;
            opposite.push(StrikePosition {
                strike: held.strike,
                call: held.call.try_neg().or_margin_error()?,
                put: held.put.try_neg().or_margin_error()?,
            })?;
        }
        best_expiry_payoff(opposite.ascending(), self.highest(last)?)
            .and_then(Value::try_neg)
            .or_margin_error()
    }

    /// Lots by which short calls exceed long ones.
    #[inline(never)]
    pub(super) fn unpaired(&self) -> Result<u64, MarginError> {
        worst_expiry_payoff(self.held_strikes()?.ascending(), 0)
            .map(|worst| worst.unpaired)
            .or_margin_error()
    }

    /// The most that options worth `mark` and the cover they need can lose until expiry; none if that has no bound. Takes
    /// what they need off the cover.
    #[inline(never)]
    pub(super) fn greatest_loss(
        &self,
        mark: Value,
        spot: Price,
        cover_lots: &mut u64,
    ) -> Result<Option<Value>, MarginError> {
        let used = self.unpaired()?.min(*cover_lots);
        *cover_lots = cover_lots.saturating_sub(used);
        let per_lot = self.lot.value(spot, Round::Up).or_margin_error()?;
        let of_cover = lots_of(used)?.value(per_lot).or_margin_error()?;
        let value = mark.try_add(of_cover).or_margin_error()?;
        greatest_expiry_loss(self.held_strikes()?.ascending(), used, value).or_margin_error()
    }
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
