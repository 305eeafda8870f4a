//! The premium of an order.

use super::inventory::{InventoryCurve, Side, ratio_from_q56, ratio_q56};
use super::limits::Refusal;
use super::nudge::Anchor;
use super::path::Path;
use super::quadrature::{SLACK, ScaledOption};
use super::spread::PriceSpread;
use crate::pricing::{OptionKind, TotalVariance, black};
use crate::quantity::{E9, LotSize, Price, Ratio, SECONDS_PER_YEAR, Value};
use crate::special::{ONE_Q62, sqrt_q64};
use crate::{MathError, Round, mul_div};

/// An option as the pool sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionTerms {
    /// Call or put.
    pub kind: OptionKind,
    /// Forward to the expiry, below 2^62.
    pub forward: Price,
    /// Strike, below 2^62.
    pub strike: Price,
    /// Worth today of one USD at expiry.
    pub discount: Ratio,
    /// Size of a lot.
    pub lot: LotSize,
    /// Total variance of the posted slice at the strike.
    pub variance: TotalVariance,
}

/// Sensitivities of one lot at the pool's base volatility, which move the pool's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LotGreeks {
    /// USD per 1.00 of volatility.
    pub vega: Value,
    /// Cash gamma F^2 d2V/dF2, USD.
    pub gamma: Value,
    /// Cash delta F dV/dF, USD, negative for a put.
    pub delta: Value,
}

impl LotGreeks {
    /// Greeks of a lot at the pool's base volatility, which neither trades nor nudges move. Vega and gamma round down,
    /// delta toward zero.
    ///
    /// # Errors
    /// [`MathError::OutOfDomain`] outside the pricing kernel's domain; [`MathError::Overflow`].
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "years of u64 seconds in Q64 fit u128; the divisor is a constant; a delta is at most one in Q62"
    )]
    pub fn at_base(terms: &OptionTerms, anchor: Anchor, seconds_to_expiry: u64) -> Result<Self, MathError> {
        let variance = anchor.based(terms.variance)?;
        let (_, greeks) = black(terms.forward.e9(), terms.strike.e9(), variance)?;
        let per_lot = |per_unit_e9: u64| {
            let discounted = mul_div(per_unit_e9, terms.discount.e9(), E9, Round::Down)?;
            terms.lot.value(Price::from_e9(discounted), Round::Down)
        };
        let root_years_q56 = sqrt_q64((u128::from(seconds_to_expiry) << 64) / u128::from(SECONDS_PER_YEAR));
        let vega = mul_div(greeks.vega_per_deviation, root_years_q56, 1 << 56, Round::Down)?;
        let one_q62 = ONE_Q62.unsigned_abs();
        let delta_q62 = match terms.kind {
            OptionKind::Call => greeks.delta_q62,
            OptionKind::Put => one_q62.saturating_sub(greeks.delta_q62),
        };
        let delta = per_lot(mul_div(terms.forward.e9(), delta_q62, one_q62, Round::Down)?)?;
        Ok(Self {
            vega: per_lot(vega)?,
            gamma: per_lot(greeks.gamma_cash)?,
            delta: match terms.kind {
                OptionKind::Call => delta,
                OptionKind::Put => delta.try_neg()?,
            },
        })
    }
}

/// What moves with every trade: the sums of the positions' greeks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// Net vega, USD per 1.00 of volatility; positive where the pool is long.
    pub vega: Value,
    /// Net cash gamma, USD.
    pub gamma: Value,
}

impl PoolState {
    /// The state after a trade: a buyer takes greeks away, a seller brings them.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn after(self, greeks: &LotGreeks, side: Side, lots: u64) -> Result<Self, MathError> {
        let lots = i64::try_from(lots).map_err(|_| MathError::Overflow)?;
        let moved = |before: Value, per_lot: Value| {
            let change = lots
                .checked_mul(per_lot.e9())
                .map(Value::from_e9)
                .ok_or(MathError::Overflow)?;
            match side {
                Side::Buy => before.try_sub(change),
                Side::Sell => before.try_add(change),
            }
        };
        Ok(Self {
            vega: moved(self.vega, greeks.vega)?,
            gamma: moved(self.gamma, greeks.gamma)?,
        })
    }
}

/// The answer to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What the trader pays (buying) or receives (selling) for the whole order; never negative.
    pub premium: Value,
    /// The whole order at its mark, rounded up for a buyer and down for a seller: never worse than the premium for the
    /// pool.
    pub mark: Value,
    /// Average multiplier of the posted volatility along the path, rounded down.
    pub multiplier: Ratio,
    /// The pool after the trade.
    pub pool: PoolState,
}

/// Why there is no quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteError {
    /// The pool does not make this trade.
    Refused(Refusal),
    /// A formula has no answer.
    Math(MathError),
}

impl From<MathError> for QuoteError {
    fn from(error: MathError) -> Self {
        Self::Math(error)
    }
}

impl From<Refusal> for QuoteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A pool ready to quote.
#[derive(Clone, Copy, Debug)]
pub struct Quoter<'a> {
    /// Rule of the volatility.
    pub curve: &'a InventoryCurve,
    /// Rule of the half-spreads in price.
    pub spread: &'a PriceSpread,
    /// Level of the surface and of the pool.
    pub anchor: Anchor,
    /// State before the order.
    pub pool: PoolState,
}

impl Quoter<'_> {
    /// The premium of an order of `lots`, rounded for the pool: the average price errs by at most 2^-45 of the larger of
    /// forward and strike, which is added to an ask and taken from a bid before the one rounding to 1e-9 USD. Charges
    /// round up, each once.
    ///
    /// Hence, at one price and one surface: an ask is at least the lots' mark, their intrinsic value and a tick each; a
    /// bid is at most their mark. So every purchase is at the mark or above and every sale at the mark or below, and no
    /// sequence of trades in any options that ends flat gains. Slices together cost what the whole costs, less at most
    /// 2^-44 of the larger of forward and strike and four units of 1e-9 USD (below an atom up to 17 million USD of
    /// underlying), and more at most twice that.
    ///
    /// # Errors
    /// [`Refusal::NoBid`] where the charges exceed what the last lot is worth; [`MathError::OutOfDomain`] for no lots or
    /// terms outside the stated domains; [`MathError::Overflow`].
    pub fn quote(&self, terms: &OptionTerms, greeks: &LotGreeks, side: Side, lots: u64) -> Result<Quote, QuoteError> {
        if lots == 0 {
            return Err(MathError::OutOfDomain.into());
        }
        let option = ScaledOption::try_new(terms)?;
        let pool = self.pool.after(greeks, side, lots)?;
        let path = self.path(side, pool)?;
        let mark = option.value(path.mark_q56)?;
        let (average, multiplier_q56) = average_along(&path, &option)?;
        let charges = self.charges(greeks, side, lots, pool)?;
        let worth = Worth {
            terms,
            shift: option.shift,
        };
        let (premium, at_mark) = match side {
            Side::Buy => {
                let at_mark = worth.of(mark, lots, Round::Up)?;
                let fair = worth.of(average.saturating_add(SLACK), lots, Round::Up)?.max(at_mark);
                let lift = self.lift_to_tick(worth.of(mark, 1, Round::Down)?, lots)?;
                (sum(&[fair, charges, lift])?, at_mark)
            }
            Side::Sell => {
                let last = worth.of(option.value(path.held_q56(path.to_q56))?, 1, Round::Down)?;
                self.require_bid(greeks, pool, last)?;
                let at_mark = worth.of(mark, lots, Round::Down)?;
                let fair = worth.of(average.saturating_sub(SLACK), lots, Round::Down)?.min(at_mark);
                (fair.checked_sub(charges).ok_or(Refusal::NoBid)?, at_mark)
            }
        };
        Ok(Quote {
            premium: Value::from_unsigned_e9(premium)?,
            mark: Value::from_unsigned_e9(at_mark)?,
            multiplier: ratio_from_q56(multiplier_q56)?,
            pool,
        })
    }

    fn path(&self, side: Side, after: PoolState) -> Result<Path<'_>, MathError> {
        Ok(Path {
            curve: self.curve,
            side,
            from_q56: self.curve.position_q56(self.pool.vega)?,
            to_q56: self.curve.position_q56(after.vega)?,
            base_q56: ratio_q56(self.anchor.base()?).ok_or(MathError::OutOfDomain)?,
            mark_q56: ratio_q56(self.anchor.level()).ok_or(MathError::OutOfDomain)?,
        })
    }

    fn charges(&self, greeks: &LotGreeks, side: Side, lots: u64, after: PoolState) -> Result<u64, MathError> {
        let gap = self.spread.gap_charge(side, self.pool.gamma, after.gamma)?;
        sum(&[gap, self.spread.latency_charge(lots, greeks.delta)?])
    }

    /// What lifts lots of a mark below a tick to the tick. Added rather than taken as a maximum, so that it has no kink
    /// along the path.
    fn lift_to_tick(&self, mark_e9: u64, lots: u64) -> Result<u64, MathError> {
        let tick = self.spread.tick.to_unsigned_e9()?;
        tick.saturating_sub(mark_e9)
            .checked_mul(lots)
            .ok_or(MathError::Overflow)
    }

    /// Bids fall along the path, so the last lot's is the least: below zero the pool would be paid for taking options.
    fn require_bid(&self, greeks: &LotGreeks, after: PoolState, last_e9: u64) -> Result<(), QuoteError> {
        let gap = self.spread.last_gap(Side::Sell, after.gamma, greeks.gamma)?;
        let charges = sum(&[gap, self.spread.latency_charge(1, greeks.delta)?])?;
        if charges > last_e9 {
            return Err(Refusal::NoBid.into());
        }
        Ok(())
    }
}

/// Scaled average price and average multiplier along a path; at a path without length, those of its point.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::as_conversions,
    reason = "lengths sum to at most 2^61 and values and multipliers are below 2^62; averages are within their terms"
)]
fn average_along(path: &Path<'_>, option: &ScaledOption) -> Result<(u64, i64), MathError> {
    let total = path.to_q56.abs_diff(path.from_q56);
    if total == 0 {
        let multiplier = path.held_q56(path.from_q56);
        return Ok((option.value(multiplier)?, multiplier));
    }
    let (mut area, mut moment) = (0_u128, 0_i128);
    path.visit(|piece| {
        area += u128::from(option.average(piece.from_q56, piece.to_q56)?) * u128::from(piece.length_q56);
        let middle = piece.from_q56 + ((piece.to_q56 - piece.from_q56) >> 1);
        moment += i128::from(middle) * i128::from(piece.length_q56);
        Ok(())
    })?;
    Ok(((area / u128::from(total)) as u64, (moment / i128::from(total)) as i64))
}

/// Turns a scaled, undiscounted price per unit into the worth of lots.
struct Worth<'a> {
    terms: &'a OptionTerms,
    shift: u32,
}

impl Worth<'_> {
    /// Discounted worth, x 1e9, each of the two divisions rounded the same way.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::integer_division,
        reason = "two u64 factors fit u128; the divisor is 1e9 shifted by at most 61"
    )]
    fn of(&self, scaled: u64, lots: u64, round: Round) -> Result<u64, MathError> {
        let discounted = mul_div(scaled, self.terms.discount.e9(), E9, round)?;
        let units_e9 = lots.checked_mul(self.terms.lot.units_e9()).ok_or(MathError::Overflow)?;
        let product = u128::from(discounted) * u128::from(units_e9);
        let divisor = u128::from(E9) << self.shift;
        let worth = match round {
            Round::Down => product / divisor,
            Round::Up => product.div_ceil(divisor),
        };
        u64::try_from(worth).map_err(|_| MathError::Overflow)
    }
}

fn sum(terms: &[u64]) -> Result<u64, MathError> {
    terms
        .iter()
        .try_fold(0_u64, |total, term| total.checked_add(*term))
        .ok_or(MathError::Overflow)
}
