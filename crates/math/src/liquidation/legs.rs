//! Whether chosen legs of an unhealthy account may be taken.

use super::Standing;
use crate::quantity::{Ratio, Value};
use crate::{MathError, Round};
use core::fmt;

/// What decides whether legs may be taken. Legs move at mark, so they leave equity as it is, but for the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegsTerms {
    /// The account before.
    pub before: Standing,
    /// Its requirement without the legs.
    pub maintenance_after: Value,
    /// Its requirement had one lot less been taken, of the last leg; for a single lot, the requirement before.
    pub maintenance_one_lot_less: Value,
    /// Discount d on the requirement freed, at most E/M.
    pub discount: Ratio,
    /// Target t of equity over requirement.
    pub target: Ratio,
}

/// Legs that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegsPlan {
    /// What the account pays the liquidator beside the legs' worth at mark.
    pub payment: Value,
    /// Where the account stands after legs and payment.
    pub after: Standing,
}

/// Why legs may not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegsRefusal {
    /// Equity is not positive: the account is offered as a whole.
    EquityExhausted,
    /// The account stands at its target already.
    AtTarget,
    /// The discount exceeds equity over requirement.
    DiscountTooLarge,
    /// Equity less requirement would not rise.
    HealthNotRaised,
    /// A lot less would have reached the target.
    BeyondTarget,
    /// A value does not fit.
    Math(MathError),
}

impl fmt::Display for LegsRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::EquityExhausted => "equity is exhausted, so the account is offered as a whole",
            Self::AtTarget => "the account stands at its target already",
            Self::DiscountTooLarge => "the discount exceeds equity over requirement",
            Self::HealthNotRaised => "equity less requirement would not rise",
            Self::BeyondTarget => "a lot less would have reached the target",
            Self::Math(error) => return error.fmt(formatter),
        })
    }
}

impl core::error::Error for LegsRefusal {}

impl From<MathError> for LegsRefusal {
    fn from(error: MathError) -> Self {
        Self::Math(error)
    }
}

/// Decides on legs: they may be taken if health rises strictly and the account ends at E <= t M or, lots being whole,
/// within one lot of it. The largest number of lots of a leg is the largest for which this answers a plan.
///
/// The payment is d times the requirement freed, rounded down in favour of the account. Since d <= E/M and no more than M
/// is freed, equity stays non-negative; while d < 1, any margin freed raises health by (1 - d) times itself at least. Source: design section 6.
///
/// # Errors
/// The [`LegsRefusal`] that says why not; the first that applies, in the order of the enumeration.
pub fn decide_legs(terms: &LegsTerms) -> Result<LegsPlan, LegsRefusal> {
    let before = terms.before;
    if before.equity <= Value::ZERO {
        return Err(LegsRefusal::EquityExhausted);
    }
    if before.is_at_target(terms.target) {
        return Err(LegsRefusal::AtTarget);
    }
    let largest_payment = terms.discount.of(before.maintenance, Round::Down)?;
    if largest_payment > before.equity {
        return Err(LegsRefusal::DiscountTooLarge);
    }
    let plan = terms.plan(terms.maintenance_after)?;
    if plan.after.health()? <= before.health()? {
        return Err(LegsRefusal::HealthNotRaised);
    }
    let one_lot_less = terms.plan(terms.maintenance_one_lot_less)?.after;
    if plan.after.is_beyond_target(terms.target) && one_lot_less.is_at_target(terms.target) {
        return Err(LegsRefusal::BeyondTarget);
    }
    Ok(plan)
}

impl LegsTerms {
    fn plan(&self, maintenance: Value) -> Result<LegsPlan, MathError> {
        let freed = self.before.maintenance.try_sub(maintenance)?;
        let payment = self.discount.of(freed.or_zero(), Round::Down)?;
        let equity = self.before.equity.try_sub(payment)?;
        Ok(LegsPlan {
            payment,
            after: Standing { equity, maintenance },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E = 90, M = 100, d = 10%, t = 1.15: the line E - d x = t (M - x) crosses at x = 25 / 1.05 = 23.8.
    fn terms(maintenance_after: i64, maintenance_one_lot_less: i64) -> LegsTerms {
        LegsTerms {
            before: Standing {
                equity: Value::from_e9(90),
                maintenance: Value::from_e9(100),
            },
            maintenance_after: Value::from_e9(maintenance_after),
            maintenance_one_lot_less: Value::from_e9(maintenance_one_lot_less),
            discount: Ratio::from_bps(1_000),
            target: Ratio::from_bps(11_500),
        }
    }

    #[test]
    fn legs_pay_the_discount_on_the_margin_that_they_free() {
        let plan = decide_legs(&terms(80, 90)).unwrap();
        assert_eq!(plan.payment, Value::from_e9(2));
        assert_eq!(plan.after.equity, Value::from_e9(88));
        assert_eq!(plan.after.maintenance, Value::from_e9(80));
    }

    #[test]
    fn legs_that_free_nothing_are_refused() {
        assert_eq!(decide_legs(&terms(100, 100)), Err(LegsRefusal::HealthNotRaised));
        assert_eq!(decide_legs(&terms(101, 100)), Err(LegsRefusal::HealthNotRaised));
        let whole = LegsTerms {
            before: Standing {
                equity: Value::from_e9(100),
                maintenance: Value::from_e9(100),
            },
            discount: Ratio::ONE,
            ..terms(80, 90)
        };
        assert_eq!(decide_legs(&whole), Err(LegsRefusal::HealthNotRaised));
    }

    #[test]
    fn legs_may_pass_the_target_by_their_last_lot_only() {
        assert!(decide_legs(&terms(77, 78)).is_ok()); // Short of it.
        assert!(decide_legs(&terms(50, 77)).is_ok()); // The last lot passes it.
        assert_eq!(decide_legs(&terms(50, 75)), Err(LegsRefusal::BeyondTarget));
        assert!(decide_legs(&terms(0, 100)).is_ok()); // One lot is all there is.
    }

    #[test]
    fn accounts_out_of_reach_are_refused() {
        let with = |equity, discount| LegsTerms {
            before: Standing {
                equity: Value::from_e9(equity),
                maintenance: Value::from_e9(100),
            },
            discount: Ratio::from_bps(discount),
            ..terms(80, 90)
        };
        assert_eq!(decide_legs(&with(0, 0)), Err(LegsRefusal::EquityExhausted));
        assert_eq!(decide_legs(&with(115, 1_000)), Err(LegsRefusal::AtTarget));
        assert_eq!(decide_legs(&with(5, 600)), Err(LegsRefusal::DiscountTooLarge));
        assert!(decide_legs(&with(5, 500)).is_ok());
        let huge = LegsTerms {
            maintenance_after: Value::from_e9(i64::MIN),
            ..terms(0, 0)
        };
        assert_eq!(decide_legs(&huge), Err(LegsRefusal::Math(MathError::Overflow)));
    }
}
