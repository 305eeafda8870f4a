//! What the pool is worth to those who enter and to those who leave.

use crate::quantity::{Lots, UnixSeconds, Value};
use crate::{MathError, Round, mul_div};

/// One option that the pool holds or has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Signed lots.
    pub lots: Lots,
    /// The pool's bid for a lot.
    pub bid: Value,
    /// The pool's ask for a lot.
    pub ask: Value,
    /// Premium received on the position beyond its mark that time has not yet earned: see [`unearned`].
    pub unearned: Value,
}

/// Net asset values of a pool. `ask >= bid` always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Navs {
    /// The high one, at which shares are bought: longs at the ask, shorts at the bid, unearned premium counted.
    pub ask: Value,
    /// The low one, at which shares are redeemed: longs at the bid, shorts at the ask, unearned premium left out.
    pub bid: Value,
}

/// Adds up the net asset values of a pool, option by option: every open option is an asset or a liability at its side of
/// the spread.
#[derive(Clone, Copy, Debug)]
pub struct NavBuilder(Navs);

impl NavBuilder {
    /// Starts with the pool's cash and other assets, less all that it owes: accrued fees, withdrawals in service and
    /// deposits in the queue.
    pub const fn new(net_cash: Value) -> Self {
        Self(Navs {
            ask: net_cash,
            bid: net_cash,
        })
    }

    /// Adds a position.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] for a bid above its ask or negative unearned premium; [`MathError::Overflow`].
    pub fn add(&mut self, holding: &Holding) -> Result<(), MathError> {
        if holding.bid > holding.ask || holding.bid < Value::ZERO || holding.unearned < Value::ZERO {
            return Err(MathError::OutOfDomain);
        }
        let (high, low) = if holding.lots.get() >= 0 {
            (holding.ask, holding.bid)
        } else {
            (holding.bid, holding.ask)
        };
        let ask = self.0.ask.try_add(holding.lots.value(high)?)?;
        let bid = self
            .0
            .bid
            .try_add(holding.lots.value(low)?)?
            .try_sub(holding.unearned)?;
        self.0 = Navs { ask, bid };
        Ok(())
    }

    /// The sums.
    pub const fn finish(self) -> Navs {
        self.0
    }
}

/// The part of a premium beyond mark that is not yet earned: it is earned evenly from the trade to the expiry. Rounds
/// up, against those who leave.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a negative premium; [`MathError::Overflow`].
pub fn unearned(
    beyond_mark: Value,
    traded: UnixSeconds,
    expiry: UnixSeconds,
    now: UnixSeconds,
) -> Result<Value, MathError> {
    let premium = beyond_mark.to_unsigned_e9()?;
    let (life, left) = (expiry.since(traded), expiry.since(now));
    if life == 0 {
        return Ok(Value::ZERO);
    }
    mul_div(premium, left.min(life), life, Round::Up).and_then(Value::from_unsigned_e9)
}

/// The value of the pool at which a deposit buys shares: the higher ask-NAV of the two moments, so that knowing one
/// before the other is worth nothing.
pub fn entry_nav(at_maturity: Navs, at_service: Navs) -> Value {
    at_maturity.ask.max(at_service.ask)
}

/// The value of the pool at which shares are redeemed: the lower bid-NAV of the two moments, never below zero.
pub fn exit_nav(at_maturity: Navs, at_service: Navs) -> Value {
    at_maturity.bid.min(at_service.bid).or_zero()
}
