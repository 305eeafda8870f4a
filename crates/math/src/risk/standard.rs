//! The standard rule: what an expiry can lose by its payoffs alone, without a model.
//!
//! Net payoff of an expiry is linear between strikes, so its least value lies at zero, at a strike or, if calls are
//! short on balance, nowhere: there it falls without bound. Source: design section 5.3; the principle is that of
//! strategy-based margin (Cboe rule 10.3), where a spread costs its greatest loss over zero and its strikes.

use crate::quantity::{Lots, Ratio, Value};
use crate::{MathError, Round};

/// What an account holds at one strike of an expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikePosition {
    /// Strike price per lot.
    pub strike: Value,
    /// Calls.
    pub call: Lots,
    /// Puts.
    pub put: Lots,
}

/// The least that an expiry can pay to an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorstPayoff {
    /// Least net payoff over zero and the strikes given; negative where the account pays.
    pub payoff: Value,
    /// Price per lot at which it occurs, the lowest of several.
    pub price: Value,
    /// Lots by which short calls exceed long ones and cover: above the last strike each loses a dollar a dollar.
    pub unpaired: u64,
}

impl WorstPayoff {
    /// The most that the expiry, worth `value` together with the cover, can lose until it is settled; `None` if that has no
    /// bound. Never negative.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn greatest_loss(&self, value: Value) -> Result<Option<Value>, MathError> {
        if self.unpaired > 0 {
            return Ok(None);
        }
        Ok(Some(value.try_sub(self.payoff)?.or_zero()))
    }

    /// Requirement by the standard rule, of a payoff without cover: see [`standard_requirement`]. Rounds up.
    ///
    /// # Errors
    /// [`MathError::Overflow`].
    pub fn standard_requirement(&self, reference: Value, unpaired_rate: Ratio) -> Result<Value, MathError> {
        let unpaired = i64::try_from(self.unpaired).map_err(|_| MathError::Overflow)?;
        let naked = unpaired_rate.of(Lots::new(unpaired).value(reference)?, Round::Up)?;
        self.payoff.try_neg()?.or_zero().try_add(naked)
    }
}

/// Least payoff of an expiry over a price of zero and every strike given, with `cover` lots of the underlying held
/// against it. Exact; O(strikes).
///
/// Strikes ascend, and may repeat. A strike without a position is a price to look at: with all strikes of a chain the
/// result is super-additive in the positions, with an account's own strikes alone it need not be, since a price that
/// only one of two portfolios looks at can be the worst for both. Without unpaired calls the two agree, and the result
/// is the least over all prices.
///
/// # Errors
/// [`MathError::OutOfDomain`] for a negative strike or strikes that descend; [`MathError::Overflow`] for a notional of 2^62 or
/// more at the last strike.
pub fn worst_expiry_payoff(strikes: &[StrikePosition], cover: u64) -> Result<WorstPayoff, MathError> {
    check_notional(strikes, cover)?;
    // Every number from here on is at most the notional: nothing wraps, and checking each would cost several times as much.
    let cover = i64::try_from(cover).map_err(|_| MathError::Overflow)?;
    let (mut payoff_e9, mut slope) = (0_i64, cover);
    for position in strikes {
        let put = position.put.get();
        payoff_e9 = payoff_e9.wrapping_add(put.wrapping_mul(position.strike.e9()));
        slope = slope.wrapping_sub(put);
    }
    let mut price_e9 = 0;
    let (mut worst_e9, mut worst_price_e9) = (payoff_e9, price_e9);
    for position in strikes {
        let strike_e9 = position.strike.e9();
        if strike_e9 < price_e9 {
            return Err(MathError::OutOfDomain);
        }
        payoff_e9 = payoff_e9.wrapping_add(slope.wrapping_mul(strike_e9.wrapping_sub(price_e9)));
        price_e9 = strike_e9;
        if payoff_e9 < worst_e9 {
            (worst_e9, worst_price_e9) = (payoff_e9, price_e9);
        }
        // Above its strike a put stops falling and a call starts to rise.
        slope = slope.wrapping_add(position.call.get()).wrapping_add(position.put.get());
    }
    Ok(WorstPayoff {
        payoff: Value::from_e9(worst_e9),
        price: Value::from_e9(worst_price_e9),
        unpaired: if slope < 0 { slope.unsigned_abs() } else { 0 },
    })
}

/// Refuses lots whose worth at the last strike, all signs apart, is not below 2^62: a bound on every payoff up to there.
fn check_notional(strikes: &[StrikePosition], cover: u64) -> Result<(), MathError> {
    let highest = strikes.last().map_or(Value::ZERO, |last| last.strike.or_zero());
    let lots = strikes.iter().fold(cover, |sum, position| {
        sum.saturating_add(position.call.magnitude())
            .saturating_add(position.put.magnitude())
    });
    let is_small = |number: u64| number >> 62 == 0;
    lots.checked_mul(highest.e9().unsigned_abs().max(1))
        .filter(|notional_e9| is_small(*notional_e9))
        .map(|_| ())
        .ok_or(MathError::Overflow)
}

/// The most that an expiry can pay to an account at any price from zero to `highest` per lot. Exact; O(strikes).
///
/// Strikes ascend, and may repeat; those above `highest` count as far as they pay below it.
///
/// # Errors
/// As [`worst_expiry_payoff`].
pub fn best_expiry_payoff(strikes: &[StrikePosition], highest: Value) -> Result<Value, MathError> {
    let (mut payoff, mut slope) = (Value::ZERO, Lots::ZERO);
    for position in strikes {
        payoff = payoff.try_add(position.put.value(position.strike)?)?;
        slope = slope.try_add(position.put.try_neg()?)?;
    }
    let (mut best, mut price) = (payoff, Value::ZERO);
    for position in strikes {
        let next = position.strike.min(highest.or_zero());
        let step = next.try_sub(price)?;
        if position.strike < price {
            return Err(MathError::OutOfDomain);
        }
        payoff = payoff.try_add(slope.value(step)?)?;
        best = best.max(payoff);
        price = next;
        // A strike beyond the highest price bends nothing below it.
        if position.strike < highest {
            slope = slope.try_add(position.call)?.try_add(position.put)?;
        }
    }
    let rest = highest.or_zero().try_sub(price)?;
    Ok(best.max(payoff.try_add(slope.value(rest)?)?))
}

/// Requirement of an expiry by the standard rule: the worst payoff, and `unpaired_rate` of a reference price per lot
/// (spot, or the forward) for each short call that no long call pairs. Rounds up. It is held on top of marks, as the
/// scenario requirement is, so a naked call costs its mark and the rate.
///
/// Give it every strike of the chain, held or not (see [`worst_expiry_payoff`]), or of those not held the highest alone, which
/// is the only one that can be worst: then it is sub-additive and homogeneous, no long raises it and no short lowers it.
///
/// # Errors
/// As [`worst_expiry_payoff`].
pub fn standard_requirement(
    strikes: &[StrikePosition],
    reference: Value,
    unpaired_rate: Ratio,
) -> Result<Value, MathError> {
    worst_expiry_payoff(strikes, 0)?.standard_requirement(reference, unpaired_rate)
}

/// What the last arrays' requirement is multiplied by where the surface is stale: five quarters.
pub const STALE_FACTOR: Ratio = Ratio::from_e9(1_250_000_000);

/// Initial requirement while the surface is stale: the larger of the last arrays' x 1.25 and the standard rule's.
/// Rounds up.
///
/// # Errors
/// [`MathError::Overflow`].
pub fn fallback_requirement(last: Value, standard: Value) -> Result<Value, MathError> {
    Ok(STALE_FACTOR.of(last, Round::Up)?.max(standard))
}

/// The most that an expiry with `cover` lots of the underlying, worth `value` together, can lose until it is settled;
/// `None` if that has no bound. Never negative. What a requirement on the same holdings need not exceed.
///
/// With several expiries the sum bounds the loss if each lot of cover is counted in one of them; cover that is counted
/// in none can lose all its worth. Part of a lot of collateral is no cover: rounding it away makes the bound larger.
///
/// # Errors
/// As [`worst_expiry_payoff`].
pub fn greatest_expiry_loss(strikes: &[StrikePosition], cover: u64, value: Value) -> Result<Option<Value>, MathError> {
    worst_expiry_payoff(strikes, cover)?.greatest_loss(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(strike: i64, call: i64, put: i64) -> StrikePosition {
        StrikePosition {
            strike: Value::from_e9(strike),
            call: Lots::new(call),
            put: Lots::new(put),
        }
    }

    fn standard(strikes: &[StrikePosition]) -> i64 {
        standard_requirement(strikes, Value::from_e9(200), Ratio::from_bps(1_500))
            .unwrap()
            .e9()
    }

    #[test]
    fn spreads_cost_their_width_and_naked_calls_a_share_of_spot() {
        assert_eq!(standard(&[at(180, -1, 0), at(200, 1, 0)]), 20);
        assert_eq!(standard(&[at(180, 0, 1), at(200, 0, -1)]), 20);
        assert_eq!(standard(&[at(180, 1, 0), at(200, -1, 0)]), 0);
        assert_eq!(standard(&[at(200, -1, 0)]), 30);
        assert_eq!(standard(&[at(200, 0, -1)]), 200);
        assert_eq!(standard(&[at(200, -2, -1), at(250, 1, 0)]), 200 + 30);
        assert_eq!(standard(&[]), 0);
    }

    #[test]
    fn a_strike_without_a_position_is_looked_at() {
        assert_eq!(standard(&[at(200, -1, 0), at(260, 0, 0)]), 60 + 30);
    }

    #[test]
    fn the_share_of_spot_rounds_up() {
        let requirement = standard_requirement(&[at(7, -1, 0)], Value::from_e9(7), Ratio::from_bps(1_500));
        assert_eq!(requirement, Ok(Value::from_e9(2)));
    }

    #[test]
    fn names_the_price_of_the_worst_payoff() {
        let condor = [at(160, 0, 1), at(180, 0, -1), at(220, -1, 0), at(250, 1, 0)];
        let worst = WorstPayoff {
            payoff: Value::from_e9(-30),
            price: Value::from_e9(250),
            unpaired: 0,
        };
        assert_eq!(worst_expiry_payoff(&condor, 0), Ok(worst));
        // From zero to the lower strike the put spread pays the same.
        let spread = worst_expiry_payoff(&[at(180, 0, 1), at(200, 0, -1)], 0).unwrap();
        assert_eq!((spread.payoff.e9(), spread.price.e9()), (-20, 0));
    }

    #[test]
    fn a_covered_call_loses_at_most_the_cover() {
        let short = [at(220, -1, 0)];
        // The call's mark is 12, the cover's worth 200.
        let value = Value::from_e9(200 - 12);
        assert_eq!(greatest_expiry_loss(&short, 0, Value::from_e9(-12)), Ok(None));
        assert_eq!(greatest_expiry_loss(&short, 1, value), Ok(Some(value)));
        assert_eq!(
            greatest_expiry_loss(&[at(200, 0, -1)], 0, Value::from_e9(-20)),
            Ok(Some(Value::from_e9(180)))
        );
        assert_eq!(
            greatest_expiry_loss(&[at(200, 0, 1)], 0, Value::from_e9(-1)),
            Ok(Some(Value::ZERO))
        );
    }

    #[test]
    fn the_best_payoff_lies_at_zero_at_a_strike_or_at_the_highest_price() {
        let best =
            |strikes: &[StrikePosition], highest| best_expiry_payoff(strikes, Value::from_e9(highest)).unwrap().e9();
        assert_eq!(best(&[at(200, 0, 2)], 1_000), 400);
        assert_eq!(best(&[at(200, 2, 0)], 1_000), 1_600);
        assert_eq!(best(&[at(200, -1, -1)], 1_000), 0);
        assert_eq!(best(&[at(180, 1, 0), at(200, -1, 0)], 1_000), 20);
        assert_eq!(best(&[at(180, 1, 0), at(200, -2, 0)], 1_000), 20);
        assert_eq!(best(&[at(1_200, 5, 0)], 1_000), 0);
        // From a put struck above the highest price only what it pays below it.
        assert_eq!(best(&[at(1_200, 0, -1)], 1_000), -200);
        assert_eq!(best(&[at(1_200, 0, 1)], 1_000), 1_200);
        assert_eq!(best(&[], 1_000), 0);
        let descending = [at(200, 0, 1), at(180, 0, -1)];
        assert_eq!(
            best_expiry_payoff(&descending, Value::from_e9(1_000)),
            Err(MathError::OutOfDomain)
        );
    }

    #[test]
    fn refuses_what_it_cannot_sum() {
        let descending = [at(200, 0, 1), at(180, 0, -1)];
        assert_eq!(worst_expiry_payoff(&descending, 0), Err(MathError::OutOfDomain));
        assert_eq!(worst_expiry_payoff(&[at(-1, 1, 0)], 0), Err(MathError::OutOfDomain));
        assert_eq!(worst_expiry_payoff(&[], u64::MAX), Err(MathError::Overflow));
        assert_eq!(worst_expiry_payoff(&[at(i64::MAX, 0, -2)], 0), Err(MathError::Overflow));
    }

    #[test]
    fn a_stale_surface_costs_a_quarter_more_or_the_standard_rule() {
        let fallback = |last, standard| fallback_requirement(Value::from_e9(last), Value::from_e9(standard));
        assert_eq!(fallback(100, 124), Ok(Value::from_e9(125)));
        assert_eq!(fallback(101, 126), Ok(Value::from_e9(127)));
        assert_eq!(fallback(100, 126), Ok(Value::from_e9(126)));
        assert_eq!(fallback(i64::MAX, 0), Err(MathError::Overflow));
    }
}
