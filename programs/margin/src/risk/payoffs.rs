//! What an account's options can pay whatever the price will be: the ends of their range, the standard rule, and the
//! greatest loss until expiry.

use crate::error::{MarginError, OrMarginError};
use crate::state::{Position, Strike};
use alloc::vec::Vec;
use tenor_math::Round;
use tenor_math::pricing::OptionKind;
use tenor_math::quantity::{LotSize, Lots, Price, Ratio, Value};
use tenor_math::risk::{
    StrikePosition, best_expiry_payoff, greatest_expiry_loss, standard_requirement, worst_expiry_payoff,
};

/// Farthest that a price is taken to rise while nobody can see it: to five times the last one, the farthest scenario.
const HIGHEST_OVER_LAST: Ratio = Ratio::from_e9(5_000_000_000);

/// An account's positions in one chain.
#[derive(Clone, Debug)]
pub(super) struct ExpiryBook<'a> {
    strikes: &'a [Strike],
    held: Vec<&'a Position>,
    lot: LotSize,
}

impl<'a> ExpiryBook<'a> {
    /// Those of `positions` that name the chain's slot in the account's table.
    pub(super) fn new(positions: &'a [Position], chain_slot: usize, strikes: &'a [Strike], lot: LotSize) -> Self {
        let held = positions
            .iter()
            .filter(|position| usize::from(position.chain_slot) == chain_slot)
            .collect();
        Self { strikes, held, lot }
    }

    fn entry(&self, price: Price, position: Option<&Position>) -> Result<StrikePosition, MarginError> {
        let lots = |kind| position.map_or(Lots::ZERO, |position| position.lots(kind));
        Ok(StrikePosition {
            strike: self.lot.value(price, Round::Down).or_margin_error()?,
            call: lots(OptionKind::Call),
            put: lots(OptionKind::Put),
        })
    }

    /// The strikes held, ascending.
    fn held_strikes(&self) -> Result<Vec<StrikePosition>, MarginError> {
        let mut entries = Vec::with_capacity(self.held.len());
        for position in &self.held {
            let strike = self
                .strikes
                .get(usize::from(position.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            entries.push(self.entry(strike.price(), Some(position))?);
        }
        entries.sort_unstable_by_key(|entry| entry.strike);
        Ok(entries)
    }

    /// Every strike of the chain, ascending, with what is held of it.
    fn all_strikes(&self) -> Result<Vec<StrikePosition>, MarginError> {
        let mut entries = Vec::with_capacity(self.strikes.len());
        for (slot, strike) in self.strikes.iter().enumerate() {
            let position = self.held.iter().find(|held| usize::from(held.strike_slot) == slot);
            entries.push(self.entry(strike.price(), position.copied())?);
        }
        entries.sort_unstable_by_key(|entry| entry.strike);
        Ok(entries)
    }

    /// Worth at mark, re-centred to a spot price, rounded down.
    pub(super) fn mark(&self, spot: Price) -> Result<Value, MarginError> {
        let mut total = Value::ZERO;
        for position in &self.held {
            let strike = self
                .strikes
                .get(usize::from(position.strike_slot))
                .ok_or(MarginError::NoSuchStrike)?;
            let marks = strike.view().marks(spot).or_margin_error()?;
            let worth = |kind: OptionKind, mark: Value| position.lots(kind).value(mark).or_margin_error();
            let of_strike = worth(OptionKind::Call, marks.call)?
                .try_add(worth(OptionKind::Put, marks.put)?)
                .or_margin_error()?;
            total = total.try_add(of_strike).or_margin_error()?;
        }
        Ok(total)
    }

    /// Requirement by the standard rule, rounded up.
    pub(super) fn standard(&self, spot: Price, unpaired_rate: Ratio) -> Result<Value, MarginError> {
        let reference = self.lot.value(spot, Round::Up).or_margin_error()?;
        standard_requirement(&self.all_strikes()?, reference, unpaired_rate).or_margin_error()
    }

    /// The most that the options can pay at any price up to five times the last.
    pub(super) fn best(&self, last: Price) -> Result<Value, MarginError> {
        let per_lot = self.lot.value(last, Round::Up).or_margin_error()?;
        let highest = HIGHEST_OVER_LAST.of(per_lot, Round::Up).or_margin_error()?;
        best_expiry_payoff(&self.held_strikes()?, highest).or_margin_error()
    }

    /// The least that the options can pay at any price, with as much of the `cover` as they need; takes that off it.
    ///
    /// # Errors
    /// [`MarginError::NotCovered`] if that has no bound.
    pub(super) fn worst(&self, cover_lots: &mut u64) -> Result<Value, MarginError> {
        let strikes = self.held_strikes()?;
        let used = self.cover_needed(&strikes)?.min(*cover_lots);
        let worst = worst_expiry_payoff(&strikes, used).or_margin_error()?;
        if worst.unpaired > 0 {
            return Err(MarginError::NotCovered);
        }
        *cover_lots = cover_lots.saturating_sub(used);
        Ok(worst.payoff)
    }

    /// The most that options worth `mark` and the cover they need can lose until expiry; none if that has no bound. Takes
    /// what they need off the cover.
    pub(super) fn greatest_loss(
        &self,
        mark: Value,
        spot: Price,
        cover_lots: &mut u64,
    ) -> Result<Option<Value>, MarginError> {
        let strikes = self.held_strikes()?;
        let used = self.cover_needed(&strikes)?.min(*cover_lots);
        let of_cover = i64::try_from(used)
            .map_err(|_| MarginError::MathOverflow)
            .and_then(|lots| {
                let per_lot = self.lot.value(spot, Round::Up).or_margin_error()?;
                Lots::new(lots).value(per_lot).or_margin_error()
            })?;
        *cover_lots = cover_lots.saturating_sub(used);
        let value = mark.try_add(of_cover).or_margin_error()?;
        greatest_expiry_loss(&strikes, used, value).or_margin_error()
    }

    fn cover_needed(&self, strikes: &[StrikePosition]) -> Result<u64, MarginError> {
        worst_expiry_payoff(strikes, 0)
            .map(|worst| worst.unpaired)
            .or_margin_error()
    }
}

/// The most that collateral worth `value` at the last price can be worth: at five times that price.
pub(super) fn best_collateral(value: Value) -> Result<Value, MarginError> {
    HIGHEST_OVER_LAST.of(value, Round::Up).or_margin_error()
}
